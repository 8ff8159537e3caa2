"""The strip of a ticket's story: what happened where, the waits, and the long silences between."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from dashboard.services.analysis.ticket_story import SPANS, Event, Story
from dashboard.services.triage.strip import MARKS_AT_MOST, Strip, strip
from dashboard.triage.items import Event as Act

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def hour(number: float) -> datetime:
    return BEGIN + timedelta(hours=number)


def drawn(*events: Event, waits: tuple[tuple[float, float], ...] = (), until: float = 10, acts: Any = ()) -> Strip:
    spans = [{"thing": "resolution", "run": 1, "begin": hour(a), "end": hour(b), "part": "paused"} for a, b in waits]
    story = Story(
        {"created_at": BEGIN, "ended_at": None}, events, pl.DataFrame(), pl.DataFrame(spans, schema=SPANS), (),
        pl.DataFrame(), pl.DataFrame(), {},
    )  # fmt: skip
    return strip(story, acts, until=hour(until))


def test_the_first_answer_of_a_person_is_told_from_later_ones_and_from_a_bots() -> None:
    made = drawn(Event(BEGIN, "created"), Event(hour(1), "bot"), Event(hour(2), "agent"), Event(hour(3), "agent"))
    assert [(mark.sign, mark.is_first) for mark in made.marks] == [
        ("received", False), ("answer", False), ("answer", True), ("answer", False),
    ]  # fmt: skip


def test_what_triage_did_stands_among_what_happened() -> None:
    act = Act(1, 1, 2, hour(5), "Li", "escalate", {}, {}, None, None)
    made = drawn(Event(BEGIN, "created"), Event(hour(6), "rated"), acts=(act,))
    assert [(mark.sign, mark.action) for mark in made.marks][1:] == [("triage", "escalate"), ("rated", None)]


def test_a_long_silence_is_told_and_a_wait_is_none() -> None:
    made = drawn(Event(BEGIN, "created"), Event(hour(1), "agent"), Event(hour(5), "customer"), waits=((1, 5),))
    assert [(span.is_wait, span.seconds / 3600) for span in made.stretches] == [(True, 4), (False, 1), (False, 5)]


def test_the_strip_ends_where_the_last_thing_happened_at_least() -> None:
    made = drawn(Event(BEGIN, "created"), Event(hour(12), "agent"), until=10)
    assert made.end == hour(12)
    assert [made.share(at) for at in (hour(-1), BEGIN, hour(6), hour(99))] == [0, 0, 0.5, 1]


def test_of_very_many_messages_an_even_choice_is_drawn_and_everything_telling_stays() -> None:
    messages = [Event(hour(place / 100), "customer") for place in range(500)]
    made = drawn(Event(BEGIN, "created"), *messages, Event(hour(9), "reopened"))
    assert len(made.marks) <= MARKS_AT_MOST + 2
    assert {mark.sign for mark in made.marks} == {"received", "customer", "reopened"}
