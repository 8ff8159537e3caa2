"""Hand-worked response times: five answers, one automatic, one still waiting."""

import pytest

from metrics.desk import Target
from metrics.facts import Facts
from tests.builders import desk, facts, message, period, rows, ticket, value

MINUTES = (1, 2, 3, 4, 30)


@pytest.fixture(scope="module")
def answered() -> Facts:
    tickets = [
        ticket(str(minutes), "2026-03-02 11:45", agent="Ann", channel="chat",
               first_responded_at=f"2026-03-02 {11 + (45 + minutes) // 60}:{(45 + minutes) % 60:02}",
               first_responder="Bob" if minutes < 3 else None, first_auto_responded_at="2026-03-02 11:45:10")
        for minutes in MINUTES
    ]  # fmt: skip
    waiting = [ticket("late", "2026-03-02 11:00", channel="chat"), ticket("new", "2026-03-02 14:59", channel="chat")]
    settings = desk(Target("first_response", 180, "calendar", {"channel": "chat"}))
    return facts(tickets + waiting, settings=settings, as_of="2026-03-02 15:00")


@pytest.mark.parametrize(
    ("statistic", "calendar", "business"),
    [("p50", 180, 180), ("p75", 240, 240), ("p90", 240 + 0.6 * 1560, 240 + 0.6 * 660), ("p95", 1488, 768),
     ("p99", 1737.6, 873.6), ("mean", 480, 300)],
)  # fmt: skip
def test_first_response_on_both_clocks(answered: Facts, statistic: str, calendar: float, business: float) -> None:
    assert value(f"first_response_calendar_{statistic}", answered) == pytest.approx(calendar)
    assert value(f"first_response_business_{statistic}", answered) == pytest.approx(business)


def test_the_automatic_reply_is_a_figure_of_its_own(answered: Facts) -> None:
    assert value("first_auto_response_calendar_p99", answered) == 10


def test_within_target_counts_the_overdue_and_leaves_out_the_running(answered: Facts) -> None:
    (row,) = rows("first_response_within_target", answered)
    assert (row["value"], row["n"]) == (3 / 6, 6)


def test_a_response_is_credited_to_who_wrote_it_else_to_the_assignee(answered: Facts) -> None:
    found = {row["agent"]: row["n"] for row in rows("first_response_calendar_p50", answered, by=["agent"])}
    assert found == {"Ann": 3, "Bob": 2, None: 0}
    assert value("first_response_calendar_p50", answered, where={"agent": ("Bob",)}) == 90


def test_a_response_is_dated_by_the_reply() -> None:
    night = facts([ticket("1", "2026-03-02 23:50", first_responded_at="2026-03-03 00:10")])
    assert value("first_response_calendar_p50", night, during=period("2026-03-02", "2026-03-03")) is None
    assert value("first_response_calendar_p50", night, during=period("2026-03-03", "2026-03-04")) == 1200


def test_next_response_measures_every_wait() -> None:
    talk = [
        message("1", "2026-03-02 09:00"),
        message("1", "2026-03-02 09:10", "agent", author="Ann"),
        message("1", "2026-03-02 09:20"),
        message("1", "2026-03-02 09:25"),
        message("1", "2026-03-02 09:50", "agent", author="Bob"),
        message("1", "2026-03-02 11:00"),
    ]
    made = facts([ticket()], talk, settings=desk(Target("next_response", 900)), as_of="2026-03-02 11:30")
    assert value("next_response_calendar_mean", made) == 1200
    assert value("next_response_calendar_p50", made, where={"agent": ("Bob",)}) == 1800
    assert value("next_response_within_target", made) == pytest.approx(1 / 3)
