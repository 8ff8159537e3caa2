"""What one person is shown of a desk: his own figures, the same as others see of him, and nothing of other tickets."""

from functools import cache

import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.credited import asked_of, credited, without_content
from metrics.facts import Facts
from metrics.model import Scope
from tests.metrics.many_desks import facts_of, many_desks

FRAMES = ("tickets", "replies", "ratings", "sla_instances", "contacts")
PEOPLE = ("Ann", "Bob", "Cid")
SECRET = ("team", "customer", "subject", "comment")


@cache
def desk() -> Facts:
    return facts_of(many_desks(240, 77))


def keys(frame: pl.DataFrame) -> set[tuple[str, str]]:
    return set(frame.select("source", "ticket_id").iter_rows())


@pytest.mark.parametrize("person", PEOPLE)
def test_a_persons_figures_are_those_that_a_filter_by_his_name_shows_to_others(person: str) -> None:
    asked, everything = Scope(where={"agent": (person,)}), list(METRICS.values())
    own = Scope(where=asked_of({}, [person]))
    for by in ([], ["channel"], ["weekday"]):
        told = compute(everything, desk(), asked, by=by)
        found = compute(everything, credited(desk(), [person]), own, by=by)
        known = told.filter(pl.col("n") > 0)
        assert known.height > 50
        shown = found.filter(pl.col("n") > 0)
        assert shown.drop("low", "high").equals(known.drop("low", "high"), null_equal=True), person


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_of_a_ticket_that_is_not_his_is_left_but_his_own_part_in_it(person: str) -> None:
    own = keys(desk().tickets.filter(pl.col("agent") == person))
    found = credited(desk(), [person])
    assert keys(found.tickets) > own, "he answered tickets that are another's now"
    for name in FRAMES:
        frame = found.frame(name)  # type: ignore[arg-type]  # the names are those of facts
        hidden = [column for column in frame.columns if column in SECRET or column.startswith("x_")]
        others = frame.filter(
            ~pl.struct("source", "ticket_id").is_in(
                [dict(zip(("source", "ticket_id"), key, strict=True)) for key in own]
            )
        )
        assert others.select(hidden).null_count().sum_horizontal().sum() == others.height * len(hidden), name
        told = {
            value
            for column in ("agent", "first_response_by", "resolution_by")
            if column in frame.columns
            for value in frame[column].unique()
        }
        assert told <= {person, None}, name
    assert found.rollups is None


def test_whoever_has_no_name_in_the_tickets_has_no_figures() -> None:
    nobody = credited(desk(), [])
    assert all(nobody.frame(name).is_empty() for name in (*FRAMES, "calls", "agent_time"))  # type: ignore[arg-type]


def test_a_question_about_others_becomes_one_about_nobody() -> None:
    assert asked_of({}, ["Ann"]) == {"agent": ("Ann",)}
    assert asked_of({"agent": ("Bob", "Ann", None)}, ["Ann"]) == {"agent": ("Ann",)}
    assert asked_of({"agent": ("Bob",), "team": ("day",)}, ["Ann"]) == {"agent": (), "team": ("day",)}


def test_rows_of_tickets_that_may_be_read_stay_as_they_are() -> None:
    tickets = desk().tickets
    assert without_content(tickets, tickets.select("source", "ticket_id")).equals(tickets)
    assert (
        without_content(tickets, tickets.select("source", "ticket_id").clear())["customer"].null_count()
        == tickets.height
    )
