"""The story of one ticket: what happened in order, each thing once, and how its clocks ran."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from dashboard.components.ticket_words import sentence, time_line
from dashboard.services.analysis.explain import UnknownTicketError
from dashboard.services.analysis.ticket_story import Event, Story, found_by_number, spans_of, story
from metrics.desk import Calendar, DeskSettings, Target
from metrics.facts import build_facts
from metrics.tables import Tables
from tests.builders import ALWAYS, change, frame, message, rating, ticket

SETTINGS = DeskSettings(
    "UTC", (Calendar("always", "UTC", ALWAYS),),
    (Target("first_response", 600, "calendar"), Target("resolution", 7200, "calendar")),
)  # fmt: skip
TABLES = Tables.of(
    tickets=frame("tickets", [
        ticket("1", status="open", customer="c", x_shop="north", resolved_at="2026-03-02 14:00",
               first_responded_at="2026-03-02 09:20", escalated_at="2026-03-02 11:00", reopens=1),
        ticket("2", "2026-03-01 09:00", customer="c", status="resolved", resolved_at="2026-03-01 10:00"),
        ticket("3", "2026-03-03 09:00", customer="c"),
        ticket("12", "2026-03-05 09:00", customer="d"),
    ]),
    messages=frame("messages", [
        message("1", "2026-03-02 09:00", text="help"),
        message("1", "2026-03-02 09:00:05", "bot", text="hello"),
        message("1", "2026-03-02 09:20", "agent", author="Ann", text="which order?"),
        message("1", "2026-03-02 09:21", "agent", author="Ann", text="odd", is_public=False),
    ]),
    changes=frame("changes", [
        change("1", "2026-03-02 09:00", "new"),
        change("1", "2026-03-02 09:30", "pending", from_value="open", by="Ann"),
        change("1", "2026-03-02 10:30", "open", from_value="pending"),
        change("1", "2026-03-02 14:00", "resolved", from_value="open", by="Bob"),
        change("1", "2026-03-02 15:00", "open", from_value="resolved"),
        change("1", "2026-03-02 12:00", "B", from_value="A", field="team"),
    ]),
    ratings=frame("ratings", [rating("1", 2, "2026-03-02 14:30", offered_at="2026-03-02 14:10", comment="slow")]),
)  # fmt: skip
FACTS = build_facts(TABLES, SETTINGS)


def told(ticket_id: str = "1") -> Story:
    return story(FACTS, SETTINGS, TABLES, ticket_id)


def test_all_that_happened_is_told_once_and_in_order() -> None:
    assert [(f"{event.at:%H:%M}", event.kind) for event in told().events] == [
        ("09:00", "created"), ("09:00", "customer"), ("09:00", "bot"), ("09:10", "overdue"), ("09:20", "agent"),
        ("09:21", "note"), ("09:30", "paused"), ("10:30", "resumed"), ("11:00", "escalated"), ("12:00", "team"),
        ("12:00", "overdue"), ("14:00", "resolved"), ("14:10", "offered"), ("14:30", "rated"), ("15:00", "reopened"),
        ("17:00", "overdue"),
    ]  # fmt: skip


def test_every_second_of_a_clock_is_counted_paused_or_late_once() -> None:
    found = told()
    for run in found.clocks.iter_rows(named=True):
        mine = (pl.col("thing") == run["thing"]) & (pl.col("run") == run["run"])
        spans = found.spans.filter(mine)
        stop = run["ended_at"] or FACTS.as_of
        assert spans["begin"][0] == run["started_at"]
        assert spans["end"][-1] == stop
        assert spans["begin"][1:].to_list() == spans["end"][:-1].to_list()


def test_a_clock_pauses_while_the_customer_is_waited_for() -> None:
    first = told().spans.filter((pl.col("thing") == "resolution") & (pl.col("run") == 1))
    assert [(row["part"], (row["end"] - row["begin"]) / timedelta(hours=1)) for row in first.to_dicts()] == [
        ("counted", 0.5), ("paused", 1), ("counted", 1.5), ("late", 2),
    ]  # fmt: skip


def test_a_clock_that_stands_still_now_ends_with_its_pause() -> None:
    start, hour = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(hours=1)
    run = {"thing": "resolution", "run": 1, "started_at": start, "ended_at": None, "due_at": None, "pauses_known": True}
    kinds = {"ended_at": pl.Datetime("us", "UTC"), "due_at": pl.Datetime("us", "UTC")}
    pauses = pl.DataFrame(
        {"from_at": [start + hour], "to_at": [None]}, schema_overrides={"to_at": pl.Datetime("us", "UTC")}
    )
    spans = spans_of(pl.DataFrame([run], schema_overrides=kinds), pauses, start + 3 * hour)
    assert [(row["part"], row["end"] - row["begin"]) for row in spans.to_dicts()] == [
        ("counted", hour), ("paused", 2 * hour),
    ]  # fmt: skip


def test_the_other_tickets_of_the_customer_are_there_the_newest_first() -> None:
    assert told().siblings["ticket_id"].to_list() == ["3", "2"]
    assert told("12").siblings.is_empty()


def test_the_sources_own_fields_are_kept_and_an_unknown_ticket_is_refused() -> None:
    assert told().own_fields == {"x_shop": "north"}
    with pytest.raises(UnknownTicketError):
        told("9")


def test_a_number_finds_the_ticket_itself_before_those_that_hold_it() -> None:
    assert found_by_number(FACTS, " 1 ")["ticket_id"].to_list() == ["1"]
    assert found_by_number(FACTS, "2")["ticket_id"].to_list() == ["2"]
    assert found_by_number(FACTS, "")["ticket_id"].to_list() == []


def test_a_sentence_holds_no_markup_of_what_was_written() -> None:
    event = Event(FACTS.as_of, "customer", text="**big** [here](http://example.com)\n# head")
    assert sentence(event) == (
        "The customer wrote: “\\*\\*big\\*\\* \\[here\\]\\(http\\:\u2060\\/\\/example\\.com\\) \\# head”"
    )


def test_longer_gaps_are_told_between_two_events() -> None:
    lines = time_line(told().events, "UTC").splitlines()
    assert lines[1] == "**2026 · Mon 2 Mar**"
    assert next(line for line in lines if "later" in line) == "- :material/more_vert: *1 h later*"
