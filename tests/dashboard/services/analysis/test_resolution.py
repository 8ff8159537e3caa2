"""Cohorts as they age, and why the rest is not resolved."""

from datetime import date, timedelta

import pytest

from dashboard.services.analysis.resolution import AGES, cohort_scope, cohort_tickets, cohorts, counted, unresolved
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import Row, at, change, desk, facts, period, ticket, value

AS_OF = "2026-04-01 12:00"
MARCH = Scope(period=period("2026-03-02", "2026-03-30"))


def resolved_after(ticket_id: str, created: str, days: float | None) -> Row:
    done = None if days is None else at(created) + timedelta(days=days)
    return ticket(ticket_id, created, resolved_at=done, status="open" if days is None else "resolved")


ROWS = [
    resolved_after("a", "2026-03-02 09:00", 0.5),
    resolved_after("b", "2026-03-03 09:00", 1),
    resolved_after("c", "2026-03-04 09:00", 2),
    resolved_after("d", "2026-03-08 23:00", 10),
    resolved_after("e", "2026-03-05 09:00", None),
    resolved_after("f", "2026-03-23 09:00", 2),
    resolved_after("g", "2026-03-24 09:00", None),
]


def made(rows: list[Row] | None = None, changes: list[Row] | None = None) -> Facts:
    return facts(rows or ROWS, changes=changes or (), settings=desk(), as_of=AS_OF)


def shares(found: Facts, week: date) -> dict[int | None, int]:
    return {row["age"]: row["resolved"] for row in cohorts(found, MARCH).to_dicts() if row["week"] == week}


def test_a_cohort_grows_with_its_age() -> None:
    assert shares(made(), date(2026, 3, 2)) == {1: 2, 3: 3, 7: 3, 14: 4, 30: 4, None: 4}


def test_by_now_is_the_resolution_rate() -> None:
    rows = {row["week"]: row for row in cohorts(made(), MARCH).to_dicts() if row["age"] is None}
    for week, row in rows.items():
        asked = value("resolution_rate", made(), during=period(f"{week}", f"{week + timedelta(days=7)}"))
        assert row["share"] == asked
    assert list(rows) == [date(2026, 3, 2), date(2026, 3, 23)]


def test_a_week_is_settled_once_its_last_day_is_that_old_and_reached_once_its_first_is() -> None:
    rows = {row["age"]: row for row in cohorts(made(), MARCH).to_dicts() if row["week"] == date(2026, 3, 23)}
    assert {age: rows[age]["is_settled"] for age in AGES} == {1: True, 3: False, 7: False, 14: False, 30: False}
    assert {age: rows[age]["is_reached"] for age in AGES} == {1: True, 3: True, 7: True, 14: False, 30: False}


def test_the_tickets_behind_a_field_are_those_not_resolved_by_then() -> None:
    week = date(2026, 3, 2)
    assert cohort_tickets(made(), MARCH, week, 1)["ticket_id"].to_list() == ["c", "e", "d"]
    assert cohort_tickets(made(), MARCH, week, 14)["ticket_id"].to_list() == ["e"]
    assert cohort_tickets(made(), MARCH, week, None)["ticket_id"].to_list() == ["e"]


def test_cohorts_go_back_twelve_whole_weeks_where_there_are_data() -> None:
    old = made([*ROWS, resolved_after("old", "2025-11-03 09:00", 1)])
    week = Scope(period=period("2026-03-26", "2026-04-02"), where={"channel": ("chat",)})
    found = cohort_scope(old, week)
    assert found.period == period("2026-01-05", "2026-04-02")
    assert found.where == week.where
    assert cohort_scope(made(), week).period == period("2026-03-02", "2026-04-02")
    long = cohort_scope(old, Scope(period=period("2025-11-20", "2026-04-02"))).period
    assert long == period("2025-11-17", "2026-04-02")


REASONS = [
    (ticket("closed", status="closed", closed_at="2026-03-03 09:00"), "ended_unresolved"),
    (ticket("pending", status="pending", first_responded_at="2026-03-02 10:00"), "waits_for_customer"),
    (ticket("on_hold", status="on_hold", first_responded_at="2026-03-02 10:00"), "waits_for_others"),
    (ticket("silent", status="open"), "unanswered"),
    (ticket("again", status="open", first_responded_at="2026-03-02 10:00", reopens=1), "reopened"),
    (ticket("second", tier="specialist", first_responded_at="2026-03-02 10:00", reopens=0), "with_specialists"),
    (ticket("raised", tier="first_line", first_responded_at="2026-03-02 10:00", escalated_at="2026-03-02 11:00"),
     "with_specialists"),
    (ticket("work", tier="first_line", first_responded_at="2026-03-02 10:00", reopens=0), "in_work"),
    (ticket("nothing", status=None, first_responded_at="2026-03-02 10:00"), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "reason"), REASONS, ids=[str(row["ticket_id"]) for row, _reason in REASONS])
def test_the_reason_is_the_first_that_holds(row: Row, reason: str) -> None:
    done = ticket("done", first_responded_at="2026-03-02 10:00", resolved_at="2026-03-02 12:00", status="resolved")
    found = unresolved(made([row, done]), Scope())
    assert found.select("ticket_id", "reason").rows() == [(row["ticket_id"], reason)]


def test_the_unresolved_are_what_the_resolution_rate_misses() -> None:
    rows = [row for row, _reason in REASONS]
    found = made([*rows, *ROWS])
    missed = unresolved(found, MARCH)
    rate = value("resolution_rate", found, during=MARCH.period)
    assert rate == pytest.approx(1 - missed.height / (len(rows) + len(ROWS)))
    assert counted(missed, "type")["n"].sum() == missed.height


def test_merged_tickets_are_not_missing_a_resolution() -> None:
    found = unresolved(made([ticket("m", status="merged"), resolved_after("done", "2026-03-02 09:00", 1)]), Scope())
    assert found.is_empty()


def test_ages_stand_in_their_bands_with_the_lower_bound_in() -> None:
    rows = [
        ticket(name, f"{at(AS_OF) - timedelta(days=days):%Y-%m-%d %H:%M}")
        for name, days in (("day", 1), ("two", 2), ("three", 3), ("week", 7), ("old", 30), ("new", 0.5))
    ]
    found = unresolved(made([*rows, resolved_after("done", "2026-03-02 09:00", 1)]), Scope())
    bands = dict(found.select("ticket_id", "age_band").iter_rows())
    assert bands == {"day": "1_to_3", "two": "1_to_3", "three": "3_to_7", "week": "7_to_14", "old": "over_30",
                     "new": "under_1"}  # fmt: skip
    assert found["ticket_id"][0] == "old"


def test_a_ticket_that_ended_unresolved_stops_ageing() -> None:
    found = unresolved(made([REASONS[0][0], resolved_after("done", "2026-03-02 09:00", 1)]), Scope())
    assert found["age_seconds"].to_list() == [86_400]


def test_a_ticket_resolved_again_later_counts_from_its_last_resolution() -> None:
    again = ticket("r", "2026-03-02 09:00", status="resolved", resolved_at="2026-03-12 09:00")
    changed = [
        change("r", "2026-03-02 12:00", "resolved", from_value="open"),
        change("r", "2026-03-05 12:00", "open", from_value="resolved"),
        change("r", "2026-03-12 09:00", "resolved", from_value="open"),
    ]
    assert shares(made([again], changed), date(2026, 3, 2))[7] == 0
    assert shares(made([again], changed), date(2026, 3, 2))[14] == 1
