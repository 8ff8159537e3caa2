"""A hand-worked week: what came, what ended, what stands open."""

import pytest

from metrics.definitions import volume
from metrics.facts import Facts
from metrics.model import Measure, Total, Unit
from tests.builders import facts, period, rows, ticket, value


@pytest.fixture(scope="module")
def week() -> Facts:
    return facts(
        [
            ticket("1", "2026-03-02 09:00", team="a", agent="Ann", status="closed", resolved_at="2026-03-03 09:00",
                   resolved_by="Bob", reopens=0, handoffs=1, replies=2),
            ticket("2", "2026-03-02 10:00", team="a", agent="Ann", status="resolved", resolved_at="2026-03-04 00:00",
                   reopens=2, handoffs=0, replies=3),
            ticket("3", "2026-03-03 09:00", team="b", agent="Bob", status="closed", closed_at="2026-03-05 09:00",
                   reopens=0),
            ticket("4", "2026-03-03 12:00", team="b", agent="Bob", status="open", reopens=1, replies=0),
            ticket("5", "2026-03-04 09:00", status="spam", closed_at="2026-03-04 09:05"),
            ticket("6", "2026-03-05 12:00", team="a", agent="Cid", status="new"),
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("id", "worth"),
    [
        ("tickets_created", 6), ("tickets_resolved", 2), ("closed_without_resolution", 1), ("tickets_set_aside", 1),
        ("backlog", 2), ("replies", 5), ("reopens", 3), ("handoffs", 1), ("reopen_rate", 2 / 4),
    ],
)  # fmt: skip
def test_the_week_as_a_whole(week: Facts, id: str, worth: float) -> None:
    assert value(id, week) == worth


def test_each_count_is_dated_by_its_own_instant(week: Facts) -> None:
    tuesday = period("2026-03-03", "2026-03-04")
    ids = ("tickets_created", "tickets_resolved", "closed_without_resolution", "backlog", "reopen_rate")
    assert [value(id, week, during=tuesday) for id in ids] == [2, 1, 0, 3, 0.5]


def test_opening_stock_and_flows_make_the_closing_stock(week: Facts) -> None:
    stock = 0.0
    for day in ("02", "03", "04", "05", "06"):
        one = period(f"2026-03-{day}", f"2026-03-{int(day) + 1:02}")
        flows = ("tickets_created", "tickets_resolved", "closed_without_resolution", "tickets_set_aside")
        came, *gone = (value(id, week, during=one) or 0 for id in flows)
        stock += came - sum(gone)
        if day != "06":
            assert value("backlog", week, during=one) == stock
    assert stock == 2


def test_a_ticket_resolved_at_midnight_still_stands_open_at_the_end_of_the_day_before(week: Facts) -> None:
    days = rows("backlog", week, every="day")
    assert [row["value"] for row in days] == [2, 3, 2, 2]


def test_a_resolution_is_credited_to_the_resolver_and_a_reply_count_to_the_assignee(week: Facts) -> None:
    found = {
        (row["metric"], row["agent"]): row["value"] for row in rows(["tickets_resolved", "replies"], week, by=["agent"])
    }
    assert (found["tickets_resolved", "Bob"], found["tickets_resolved", "Ann"]) == (1, 1)
    assert (found["replies", "Bob"], found["replies", "Ann"]) == (0, 5)


def test_what_a_source_does_not_tell_is_unknown_and_not_zero() -> None:
    silent = facts([ticket(status=None), ticket("2", status=None)])
    ids = ("tickets_resolved", "closed_without_resolution", "backlog", "replies", "reopens", "handoffs", "reopen_rate")
    for during in (None, period("2026-03-02", "2026-03-03")):
        assert [value(id, silent, during=during) for id in ids] == [None] * len(ids)
    assert value("tickets_created", silent) == 2


@pytest.mark.parametrize(
    ("id", "of", "at", "better", "person"),
    [
        ("tickets_created", Measure("rows"), "created_at", "neither", "agent"),
        ("tickets_resolved", Measure("true", "is_resolved"), "full_resolution_at", "higher", "resolution_by"),
        ("closed_without_resolution", Measure("true", "is_closed_without_resolution"), "ended_at", "lower", "agent"),
        ("tickets_set_aside", Measure("true", "is_set_aside"), "ended_at", "neither", "agent"),
        ("replies", Measure("sum", "replies"), "created_at", "neither", "agent"),
        ("reopens", Measure("sum", "reopens"), "created_at", "lower", "agent"),
        ("escalations", Measure("true", "is_escalated"), "escalation_at", "lower", "agent"),
    ],
)
def test_a_count_is_dated_and_credited_as_declared(id: str, of: Measure, at: str, better: str, person: str) -> None:
    (metric,) = [metric for metric in volume.METRICS if metric.id == id]
    assert (metric.unit, metric.fact, metric.value) == (Unit.COUNT, "tickets", Total(of))
    assert (metric.at, metric.better, metric.person) == (at, better, person)
