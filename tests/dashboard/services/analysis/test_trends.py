"""What a course amounts to: settled days only, judged by the interval of the difference."""

from datetime import date, timedelta

import pytest

from dashboard.components.analysis.figure_words import marks_note, moments_in_words
from dashboard.services.analysis.groups import by_groups
from dashboard.services.analysis.marks import AxisMark, marks_of
from dashboard.services.analysis.trends import cut_periods, first_provisional, settled, verdict
from metrics.catalog import metric
from metrics.desk import EarlierRules, Target
from metrics.facts import Facts
from metrics.model import Scope
from metrics.staffing.model import Event
from tests.builders import desk, facts, period, ticket

WEEKS = period("2026-03-09", "2026-03-16")


def answered(day: int, place: int, *, late: bool, channel: str = "chat") -> dict[str, object]:
    after = "18:00" if late else "09:05"
    return ticket(
        f"{channel}-{day}-{place}", f"2026-03-{day:02d} 09:00", channel=channel, status="resolved",
        first_responded_at=f"2026-03-{day:02d} {after}", resolved_at=f"2026-03-{day:02d} 19:00",
    )  # fmt: skip


def a_desk(late_before: int, late_now: int) -> Facts:
    """Two weeks of twenty answers a day, of which so many are late in each week."""
    days = [(day, late_before) for day in range(2, 9)] + [(day, late_now) for day in range(9, 16)]
    rows = [answered(day, place, late=place < late) for day, late in days for place in range(20)]
    return facts(rows, settings=desk(Target("first_response", 1800, clock="calendar")), as_of="2026-03-31 12:00")


def test_a_share_that_fell_far_fell_by_more_than_noise() -> None:
    found = verdict(a_desk(2, 10), Scope(period=WEEKS), "first_response_within_target")
    assert found is not None
    assert (found.before, found.after) == (0.9, 0.5)
    assert found.is_more_than_noise is True
    assert found.against == period("2026-03-02", "2026-03-09")


def test_a_share_that_moved_a_little_moved_by_no_more_than_noise() -> None:
    found = verdict(a_desk(2, 3), Scope(period=WEEKS), "first_response_within_target")
    assert found is not None
    assert found.is_more_than_noise is False


def test_with_too_few_nothing_is_said_of_noise() -> None:
    few = facts([answered(3, 0, late=False), answered(10, 0, late=True)], as_of="2026-03-31 12:00",
                settings=desk(Target("first_response", 1800, clock="calendar")))  # fmt: skip
    found = verdict(few, Scope(period=WEEKS), "first_response_within_target")
    assert found is not None
    assert found.is_more_than_noise is None


def test_counts_that_always_scatter_have_not_moved_by_scattering_again() -> None:
    waves = (90, 5, 120, 8, 75, 3, 105, 12)
    days = [date(2026, 2, 1) + timedelta(days=day) for day in range(43)]
    rows = [
        ticket(f"{day}-{number}", f"{day} 09:00")
        for place, day in enumerate(days)
        for number in range(waves[place % len(waves)])
    ]
    found = verdict(facts(rows, as_of="2026-03-31 12:00"), Scope(period=WEEKS), "tickets_created")
    assert found is not None
    assert found.before is not None
    assert found.after is not None
    poisson = 1.96 * (found.before + found.after) ** 0.5
    assert abs(found.after - found.before) > poisson
    assert found.is_more_than_noise is False


def test_days_that_may_still_change_are_not_judged() -> None:
    known = a_desk(2, 2)
    one = metric("fcr_repeat")
    assert settled(one, known, period("2026-03-20", "2026-04-01")) == period("2026-03-20", "2026-03-24")
    assert settled(one, known, period("2026-03-25", "2026-04-01")) is None
    assert verdict(known, Scope(period=period("2026-03-25", "2026-04-01")), "fcr_repeat") is None
    weeks = [date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 30)]
    assert first_provisional([one], known, weeks, "week") == date(2026, 3, 23)
    assert first_provisional([metric("csat")], known, weeks, "week") is None


def test_weeks_of_which_only_a_part_is_asked_for_are_named() -> None:
    known = a_desk(2, 2)
    weeks = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 30)]
    asked = Scope(period=period("2026-03-04", "2026-04-06"))
    assert cut_periods(weeks, "week", asked, known) == (date(2026, 3, 2), date(2026, 3, 30))
    assert cut_periods(weeks, "day", asked, known) == ()


def test_a_group_that_differs_from_the_whole_by_more_than_noise_is_placed_and_few_are_last() -> None:
    rows = [answered(day, place, late=False) for day in range(2, 9) for place in range(20)]
    rows += [answered(day, place, late=place < 15, channel="email") for day in range(2, 9) for place in range(20)]
    rows += [answered(2, 0, late=True, channel="phone")]
    known = facts(rows, settings=desk(Target("first_response", 1800, clock="calendar")), as_of="2026-03-31 12:00")
    found = by_groups(known, Scope(), "first_response_within_target", "channel")
    assert found.rows.select("value", "enough", "place").rows() == [
        ("chat", True, "above"),
        ("email", True, "below"),
        ("phone", False, None),
    ]
    assert found.n == sum(found.rows["n"])


def test_values_with_an_order_of_their_own_are_not_ranked() -> None:
    rows = [ticket(str(i), "2026-03-02 09:00", priority=name) for i, name in enumerate(("low", "urgent", "normal"))]
    found = by_groups(facts(rows), Scope(), "tickets_created", "priority")
    assert found.rows["value"].to_list() == ["urgent", "normal", "low"]


def test_days_of_one_event_stand_together_and_agreements_have_their_day() -> None:
    settings = desk(
        Target("resolution", 60, valid_from=date(2026, 2, 1)),
        event_days=frozenset({date(2026, 6, 17), date(2026, 6, 18), date(2026, 11, 11)}),
        earlier=(EarlierRules(date(2026, 5, 1), (), 0.75, False),),
    )
    assert marks_of(settings) == (
        AxisMark(date(2026, 2, 1), "agreement"),
        AxisMark(date(2026, 5, 1), "agreement"),
        AxisMark(date(2026, 6, 17), "event", date(2026, 6, 19)),
        AxisMark(date(2026, 11, 11), "event", date(2026, 11, 12)),
    )


def test_a_measure_has_its_day_on_the_axis_and_is_named_below_it() -> None:
    settings = desk(event_days=frozenset({date(2026, 6, 17)}))
    marks = marks_of(settings, [date(2026, 6, 20)])
    assert marks == (
        AxisMark(date(2026, 6, 17), "event", date(2026, 6, 18)), AxisMark(date(2026, 6, 20), "measure"),
    )  # fmt: skip
    asked = period("2026-06-15", "2026-06-22")
    told = marks_note(moments_in_words(marks), asked, [])
    assert told == "★ shaded: event days · ▾ dashed: measures meant for it"
    assert marks_note(moments_in_words(marks_of(settings)), asked, []) == "★ shaded: event days"


@pytest.mark.parametrize("asked", [Scope(), Scope(period=period("2026-05-01", "2026-06-01"))])
def test_where_nothing_was_before_nothing_is_judged(asked: Scope) -> None:
    assert verdict(a_desk(2, 2), asked, "tickets_created") is None


def test_an_event_that_people_entered_stands_by_its_name_for_the_event_days_it_lies_on() -> None:
    settings = desk(event_days=frozenset({date(2026, 6, 17), date(2026, 6, 18), date(2026, 7, 1)}))
    entered = Event("年中<b>大促", "promotion", date(2026, 6, 16), date(2026, 6, 18))
    marks = marks_of(settings, events=[entered])
    assert marks == (
        AxisMark(date(2026, 6, 16), "event", date(2026, 6, 19), "年中<b>大促"),
        AxisMark(date(2026, 7, 1), "event", date(2026, 7, 2)),
    )
    asked = period("2026-06-01", "2026-07-08")
    assert marks_note(moments_in_words(marks), asked, []) == r"★ shaded: 年中\<b\>大促, event days"
