"""The rows behind a mark: of any figure, no more than can be read, with what their tickets tell."""

from datetime import date

import pytest

from dashboard.services.analysis import behind as module
from dashboard.services.analysis.behind import GOES_ON, VALUE, behind
from metrics.desk import Target
from metrics.model import Period, Scope
from tests.builders import desk, facts, ticket

SMALL = facts(
    [
        ticket("1", "2026-03-02 09:00", channel="chat", subject="one", first_responded_at="2026-03-02 09:10"),
        ticket("2", "2026-03-03 10:00", channel="chat", subject="two", first_responded_at="2026-03-03 18:30"),
        ticket("3", "2026-03-05 09:00", channel="email", subject="three"),
    ],
    settings=desk(Target("first_response", 1800, clock="calendar")),
    as_of="2026-03-06 12:00",
)


def test_the_rows_of_a_mark_are_those_of_the_scope_the_mark_and_its_period() -> None:
    found = behind(SMALL, Scope(), "tickets_created", where={"channel": ("chat",)})
    assert found.rows["ticket_id"].to_list() == ["2", "1"]
    one = behind(SMALL, Scope(), "tickets_created", period=Period(date(2026, 3, 2), date(2026, 3, 3)))
    assert one.rows["ticket_id"].to_list() == ["1"]
    assert one.total == 1


def test_of_a_share_those_that_fulfil_it_can_be_asked_for() -> None:
    late = behind(SMALL, Scope(), "first_response_within_target", only=False)
    every = behind(SMALL, Scope(), "first_response_within_target")
    kept = behind(SMALL, Scope(), "first_response_within_target", only=True)
    assert (late.total, kept.total, every.total) == (2, 1, 3)
    assert not late.rows[VALUE].any()


def test_a_wait_that_goes_on_is_marked_and_measured_so_far() -> None:
    found = behind(SMALL, Scope(), "first_response_calendar_waiting_p50")
    goes_on = {row["ticket_id"]: (row[VALUE], row[GOES_ON]) for row in found.rows.iter_rows(named=True)}
    assert goes_on == {"1": (600, False), "2": (30600, False), "3": (97200, True)}


def test_rows_of_another_fact_carry_what_their_ticket_tells() -> None:
    found = behind(SMALL, Scope(), "sla_attainment")
    assert sorted(found.rows["subject"]) == ["one", "three", "two"]


def test_no_more_rows_are_shown_than_a_person_reads_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHOWN_AT_MOST", 2)
    found = behind(SMALL, Scope(), "tickets_created")
    assert (found.rows.height, found.total) == (2, 3)
