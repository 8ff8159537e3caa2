"""Views, search, screens and marks of the triage page, each against rows that are counted by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from dashboard.services.triage.page import (
    after_leaving,
    counts,
    found,
    held_in_place,
    level,
    marks,
    of_team,
    of_view,
    screen,
    screen_of,
    teams,
    with_loads,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "version": 1, "source": "s", "state": "new", "owner": None, "team": "north", "agent": None, "type": "refund",
    "channel": "chat", "is_acknowledged": False, "late_seconds": None, "left_seconds": 600, "target_seconds": 3600,
    "due_kind": "t1_ack", "snoozed_until": None, "opened_at": AT,
}  # fmt: skip
SCHEMA = {"late_seconds": pl.Int64, "owner": pl.String, "agent": pl.String, "snoozed_until": pl.Datetime("us", "UTC")}


def queue(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [PLAIN | {"id": place, "ticket_id": f"T{place}"} | row for place, row in enumerate(rows, 1)],
        schema_overrides=SCHEMA,
    )


MIXED = queue(
    {"owner": "Li", "is_acknowledged": True, "state": "acknowledged"},
    {"late_seconds": 60, "left_seconds": None, "team": "south"},
    {"state": "waiting", "owner": "Wu", "is_acknowledged": True},
    {"snoozed_until": AT + timedelta(hours=1), "owner": "Li"},
    {"snoozed_until": AT - timedelta(hours=1)},
    {"state": "resolved", "owner": "Li", "is_acknowledged": True},
)


@pytest.mark.parametrize(
    ("view", "ids"),
    [
        ("open", [1, 2, 3, 5]),
        ("mine", [1]),
        ("unacknowledged", [2, 5]),
        ("breached", [2]),
        ("waiting", [3]),
        ("snoozed", [4]),
        ("resolved", [6]),
    ],
)
def test_each_view_has_its_items_in_the_order_of_the_queue(view: Any, ids: list[int]) -> None:
    assert of_view(MIXED, view, me="Li", at=AT)["id"].to_list() == ids
    assert counts(MIXED, me="Li", at=AT)[view] == len(ids)


def test_a_team_is_chosen_among_those_that_have_items() -> None:
    assert teams(MIXED) == ("north", "south")
    assert of_team(MIXED, "south")["id"].to_list() == [2]
    assert of_team(MIXED, None).height == MIXED.height


def test_a_search_finds_numbers_people_and_subjects_whatever_the_case() -> None:
    subjects = pl.DataFrame({"source": ["s"], "ticket_id": ["T5"], "subject": ["Parcel (lost)"]})
    assert found(MIXED, " t2 ", subjects)["id"].to_list() == [2]
    assert found(MIXED, "wu", subjects)["id"].to_list() == [3]
    assert found(MIXED, "(LOST", subjects)["id"].to_list() == [5]
    assert found(MIXED, ".*", subjects).is_empty()
    assert found(MIXED, "  ", subjects).height == MIXED.height


def test_a_screen_is_whole_and_the_last_one_is_shown_where_the_queue_became_shorter() -> None:
    items = queue(*({} for _place in range(7)))
    assert screen(items, 3, size=3).rows["id"].to_list() == [4, 5, 6]
    assert screen(items, 4, size=3).first == 3
    assert screen(items, 30, size=3).rows["id"].to_list() == [7]
    assert screen(items, -5, size=3).first == 0
    assert screen(items.clear(), 3, size=3).total == 0
    assert (screen_of(items, 7, size=3), screen_of(items, 99, size=3)) == (6, None)


def test_the_cursor_goes_to_the_next_row_that_is_left_else_to_the_one_before() -> None:
    assert after_leaving([1, 2, 3], 2, {1, 3}) == 3
    assert after_leaving([1, 2, 3], 3, {1, 2}) == 2
    assert after_leaving([1, 2, 3], 1, {3}) == 3
    assert after_leaving([1], 1, set()) is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"late_seconds": 1, "left_seconds": None}, "late"),
        ({"left_seconds": 899}, "soon"),
        ({"left_seconds": 900}, "calm"),
        ({"left_seconds": None}, "paused"),
        ({"left_seconds": None, "due_kind": None}, "none"),
    ],
)
def test_how_pressing_a_deadline_is(row: dict[str, Any], told: str) -> None:
    assert level(PLAIN | row) == told


def test_what_came_or_changed_since_somebody_looked_is_marked() -> None:
    items = queue({}, {"version": 3}, {"opened_at": AT + timedelta(minutes=1)}, {"version": 2})
    assert marks(items, {1: 1, 2: 2, 4: 2}, AT) == {2: "changed", 3: "new"}


def test_who_can_be_given_an_item_stands_with_what_he_has_oneself_first() -> None:
    loads = pl.DataFrame({"owner": ["Wu", "Xu", None], "open": [4, 1, 9], "late": [2, 0, 9]})
    told = with_loads(["Wu", "An"], loads, me="Li")
    assert list(told.iter_rows()) == [("Li", 0, 0), ("An", 0, 0), ("Xu", 1, 0), ("Wu", 4, 2)]


@pytest.mark.parametrize(
    ("item", "place", "order"),
    [(3, 0, [3, 1, 2, 4]), (1, 2, [2, 3, 1, 4]), (2, 1, [1, 2, 3, 4]), (1, 99, [2, 3, 4, 1]), (9, 0, [1, 2, 3, 4]),
     (None, 0, [1, 2, 3, 4])],
)  # fmt: skip
def test_a_row_stays_where_it_stood_whatever_its_new_order_is(item: int | None, place: int, order: list[int]) -> None:
    assert held_in_place(queue({}, {}, {}, {}), item, place)["id"].to_list() == order
