"""The runnings of targets at their edges: pauses that nobody recorded, reopenings, who is credited."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from metrics.desk import EarlierRules, Target
from metrics.facts.sla import _ordered
from metrics.model import Clock
from tests.builders import Row, at, change, desk, facts, message, ticket

HOUR = 3600
EIGHT_HOURS = Target("resolution", 8 * HOUR)
TOLD = ticket("told", "2026-02-23 09:00", status="resolved", resolved_at="2026-02-23 10:00")
"""Makes the source one that tells of resolutions."""


def runs(*tickets: Row, settings: Any = None, thing: str = "resolution", **given: Any) -> list[Row]:
    found = facts([TOLD, *tickets], settings=settings or desk(EIGHT_HOURS), **given).sla_instances.to_dicts()
    return [row for row in found if row["ticket_id"] != "told" and row["thing"] == thing]


@pytest.mark.parametrize(
    ("until", "state"), [(date(2026, 3, 2), "paused"), (date(2026, 3, 3), "running"), (date(2027, 1, 1), "running")]
)
def test_a_wait_for_others_that_nobody_recorded_pauses_by_the_rules_of_the_day_of_the_figures(
    until: date, state: str
) -> None:
    rules = desk(EIGHT_HOURS, on_hold_pauses=True, earlier=(EarlierRules(until, (), 0.75, False),))
    (row,) = runs(ticket(status="on_hold"), settings=rules, as_of="2026-03-02 12:00")
    assert row["state"] == state


def test_a_ticket_of_unknown_status_is_not_taken_to_rest() -> None:
    (row,) = runs(ticket(status=None), as_of="2026-03-02 12:00")
    assert (row["state"], row["due_at"], row["left_seconds"]) == ("running", at("2026-03-02 18:00"), 5 * HOUR)


def test_it_is_known_that_a_wait_for_the_next_reply_never_rests() -> None:
    talk = [
        message("1", "2026-03-02 09:00"),
        message("1", "2026-03-02 09:10", "agent"),
        message("1", "2026-03-02 10:00"),
    ]
    promised = desk(Target("next_response", HOUR, "calendar"))
    (row,) = runs(
        ticket(status="pending"), messages=talk, settings=promised, as_of="2026-03-02 10:30", thing="next_response"
    )
    assert (row["state"], row["left_seconds"], row["due_at"]) == ("running", 1800, at("2026-03-02 11:00"))
    assert (row["pauses_known"], row["paused_calendar_seconds"], row["paused_business_seconds"]) == (True, 0, 0)


@pytest.mark.parametrize(
    ("clock", "pause", "due"),
    [
        ("calendar", ("15:30", "16:00"), "15:00"),
        ("calendar", ("14:59", "16:00"), "16:01"),
        ("business", ("15:30", "15:45"), "16:15"),
        ("business", ("16:00", "16:15"), "16:00"),
    ],
)
def test_only_a_pause_that_began_before_the_promised_time_was_used_up_on_its_clock_moves_the_due_instant(
    clock: Clock, pause: tuple[str, str], due: str
) -> None:
    """Six hours from nine on end at 15:00 on the wall, and at 16:00 by the opening hours with their lunch break."""
    changes = [change("1", f"2026-03-02 {hour}", to) for hour, to in zip(pause, ("pending", "open"), strict=True)]
    made = ticket(status="resolved", resolved_at="2026-03-03 17:00")
    (row,) = runs(made, changes=changes, settings=desk(Target("resolution", 6 * HOUR, clock)))
    assert (row["state"], row["due_at"]) == ("breached", at(f"2026-03-02 {due}"))


def test_a_ticket_that_came_this_instant_and_waits_for_the_customer_rests() -> None:
    (row,) = runs(ticket(status="pending"), as_of="2026-03-02 09:00")
    assert (row["state"], row["due_at"], row["left_seconds"]) == ("paused", None, 8 * HOUR)


def told(*changes: Row, as_of: str = "2026-03-20 09:00", **columns: Any) -> list[tuple[Any, ...]]:
    """run, state, from and until (day and hour), who, of the resolutions of one ticket of Monday the 2nd, 09:00."""
    return [
        (row["run"], row["state"], f"{row['started_at']:%d %H:%M}", row["done_at"] and f"{row['done_at']:%d %H:%M}",
         row["agent"])
        for row in runs(ticket(**columns), changes=list(changes), as_of=as_of)
    ]  # fmt: skip


def moved(instant: str, to: str, **columns: Any) -> Row:
    return change("1", f"2026-03-{instant}", to, **columns)


def test_recorded_reopenings_start_runnings_even_where_the_source_counts_none() -> None:
    found = told(
        moved("02 10:00", "resolved", by="Ann"), moved("02 11:00", "open"), moved("02 12:00", "resolved", by="Bob"),
        status="resolved", resolved_at="2026-03-02 12:00", resolved_by="Cid", reopens=0,
    )  # fmt: skip
    assert found == [(1, "met", "02 09:00", "02 10:00", "Ann"), (2, "met", "02 11:00", "02 12:00", "Cid")]


def test_each_running_ends_with_the_first_settling_of_its_own_time() -> None:
    found = told(
        moved("02 10:00", "resolved", by="Ann"), moved("02 11:00", "closed", by="Bob"), moved("02 12:00", "open"),
        moved("03 10:00", "confirmed", by="Cid"), moved("03 11:00", "closed", by="Bob"), moved("04 09:00", "pending"),
        moved("04 10:00", "closed", by="Dee"), moved("04 11:00", "open"), status="open",
    )  # fmt: skip
    assert found == [
        (1, "met", "02 09:00", "02 10:00", "Ann"), (2, "met", "02 12:00", "03 10:00", "Cid"),
        (3, "met", "04 09:00", "04 10:00", "Dee"), (4, "breached", "04 11:00", None, None),
    ]  # fmt: skip


def test_a_ticket_settled_and_opened_again_in_one_instant_ends_one_running_and_starts_the_next() -> None:
    both = told(moved("02 12:00", "resolved", sequence=1), moved("02 12:00", "open", sequence=2), status="open",
                as_of="2026-03-02 13:30")  # fmt: skip
    assert both == [(1, "met", "02 09:00", "02 12:00", None), (2, "running", "02 12:00", None, None)]
    first = told(moved("02 09:00", "resolved", sequence=1), moved("02 09:00", "open", sequence=2), status="open",
                 as_of="2026-03-02 13:30")  # fmt: skip
    assert first == [(1, "met", "02 09:00", "02 09:00", None), (2, "running", "02 09:00", None, None)]


def test_a_running_that_was_reopened_without_a_recorded_end_is_none_that_could_be_measured() -> None:
    found = told(moved("02 11:00", "open", from_value="closed"), status="open", as_of="2026-03-02 13:30")
    assert found == [(2, "running", "02 11:00", None, None)]


def test_what_was_opened_again_before_it_was_created_is_no_reopening() -> None:
    found = told(moved("01 11:00", "open", from_value="closed"), status="open", reopens=0, as_of="2026-03-02 13:30")
    assert found == [(1, "running", "02 09:00", None, None)]


def test_the_last_running_ends_with_the_stamp_of_the_source_else_with_the_change() -> None:
    back = (moved("02 10:00", "resolved", by="Ann"), moved("03 09:00", "open"), moved("03 10:00", "resolved", by="Bob"))
    later = told(*back, status="resolved", resolved_at="2026-03-03 12:00", resolved_by="Cid")
    assert later[1] == (2, "met", "03 09:00", "03 12:00", "Cid")
    at_once = told(*back, status="resolved", resolved_at="2026-03-03 09:00", resolved_by="Cid")
    assert at_once[1] == (2, "met", "03 09:00", "03 09:00", "Cid")
    older = told(*back, status="resolved", resolved_at="2026-03-02 10:00", resolved_by="Cid")
    assert older[1] == (2, "met", "03 09:00", "03 10:00", "Bob")
    nobody = told(*back[:2], moved("03 10:00", "resolved"), status="resolved", resolved_at="2026-03-02 10:00",
                  resolved_by="Cid")  # fmt: skip
    assert nobody[1] == (2, "met", "03 09:00", "03 10:00", "Cid")


def test_a_last_running_that_is_known_to_have_ended_on_a_day_only_cannot_be_measured() -> None:
    found = told(moved("02 10:00", "resolved"), moved("03 09:00", "open"), status="resolved",
                 resolved_at="2026-03-04 00:00", date_only=["resolved_at"])  # fmt: skip
    assert [row[:4] for row in found] == [(1, "met", "02 09:00", "02 10:00")]


def test_a_reopened_ticket_that_was_closed_without_a_resolution_stops_its_clock_then() -> None:
    back = (moved("02 10:00", "resolved"), moved("03 09:00", "open"))
    assert told(*back, status="closed", closed_at="2026-03-03 10:00")[1][:2] == (2, "cancelled")
    assert told(*back, status="closed", closed_at="2026-03-04 10:00")[1][:2] == (2, "breached")
    assert told(*back, status="closed", closed_at="2026-03-02 10:00")[1][:2] == (2, "cancelled")


@pytest.mark.parametrize("odd", [{"status": "merged"}, {"status": "spam"}, {"date_only": ["created_at"]}])
def test_neither_set_aside_nor_undated_tickets_run_again(odd: dict[str, Any]) -> None:
    columns = {"status": "resolved", "resolved_at": "2026-03-02 12:00", **odd}
    assert told(moved("02 10:00", "resolved"), moved("02 11:00", "open"), **columns) == []


def test_a_reopening_that_is_only_counted_leaves_the_first_resolution_where_its_instant_is_known() -> None:
    counted: dict[str, Any] = {"status": "open", "reopens": 1, "resolved_by": "Cid"}
    assert told(**counted, first_resolved_at="2026-03-02 12:00") == [(1, "met", "02 09:00", "02 12:00", "Cid")]
    assert told(**counted, first_resolved_at="2026-03-03 00:00", date_only=["first_resolved_at"]) == []
    assert told(**counted) == [(1, "breached", "02 09:00", None, "Cid")]


def test_runnings_of_several_tickets_count_each_for_itself() -> None:
    changes = [
        change(id, f"2026-03-02 {hour}", to)
        for id in ("1", "2") for hour, to in (("10:00", "resolved"), ("11:00", "open"), ("12:00", "resolved"))
    ]  # fmt: skip
    made = [ticket(id, status="resolved", resolved_at="2026-03-02 12:00") for id in ("1", "2", "3")]
    found = runs(*made, changes=changes)
    assert sorted((row["ticket_id"], row["run"], f"{row['done_at']:%H:%M}") for row in found) == [
        ("1", 1, "10:00"), ("1", 2, "12:00"), ("2", 1, "10:00"), ("2", 2, "12:00"), ("3", 1, "12:00"),
    ]  # fmt: skip


def test_a_running_carries_what_the_source_says_of_its_ticket() -> None:
    (row,) = runs(ticket(x_shop="north", team="a", customer="Li", subject="Where is it?"), as_of="2026-03-02 12:00")
    said = {"x_shop": "north", "team": "a", "customer": "Li", "subject": "Where is it?", "calendar": "desk"}
    assert {name: row[name] for name in said} == said


def test_a_running_is_kept_or_not_only_once_that_is_decided() -> None:
    rows = runs(
        ticket("met", status="resolved", resolved_at="2026-03-02 10:00"),
        ticket("breached", status="resolved", resolved_at="2026-03-04 10:00"),
        ticket("late", "2026-03-03 09:00"), ticket("running", "2026-03-05 09:00"),
        ticket("cancelled", status="closed", closed_at="2026-03-02 10:00"),
        ticket("paused", "2026-03-05 09:00", status="pending"), as_of="2026-03-05 10:00",
    )  # fmt: skip
    assert {row["ticket_id"]: (row["state"], row["is_met"]) for row in rows} == {
        "met": ("met", True), "breached": ("breached", False), "late": ("breached", False),
        "running": ("running", None), "cancelled": ("cancelled", None), "paused": ("paused", None),
    }  # fmt: skip


def test_runnings_stand_in_the_order_in_which_they_began_then_by_ticket_and_thing() -> None:
    promised = desk(EIGHT_HOURS, Target("first_response", HOUR))
    replied = {"first_responded_at": "2026-03-02 10:30"}
    made = [ticket("2", **replied), ticket("1", "2026-03-02 10:00", **replied), ticket("3", **replied)]
    found = facts([*made, TOLD], settings=promised, as_of="2026-03-02 12:00").sla_instances
    assert found.filter(found["ticket_id"] != "told").select("ticket_id", "thing").rows() == [
        ("2", "first_response"), ("2", "resolution"), ("3", "first_response"), ("3", "resolution"),
        ("1", "first_response"), ("1", "resolution"),
    ]  # fmt: skip


def test_what_was_rested_before_it_was_due_is_no_lateness() -> None:
    changes = [change("1", "2026-03-02 14:59", "pending"), change("1", "2026-03-02 16:00", "open")]
    made = ticket(status="resolved", resolved_at="2026-03-02 17:00")
    (row,) = runs(made, changes=changes, settings=desk(Target("resolution", 6 * HOUR, "calendar")))
    assert row["due_at"] == at("2026-03-02 16:01")
    assert (row["sla_overrun_calendar_seconds"], row["sla_overrun_business_seconds"]) == (59 * 60, 59 * 60)


def test_runnings_stand_by_when_they_began_whichever_ticket_came_first() -> None:
    runs = pl.DataFrame({"started_at": [3, 1, 3, 2], "row": [1, 2, 0, 0], "none": [None] * 4, "kind": list("abcd")})
    assert _ordered(runs)["kind"].to_list() == ["b", "d", "c", "a"]
    assert _ordered(runs).columns == runs.columns
