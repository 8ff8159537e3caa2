"""One ticket's whole story: all that happened on it in order, how its clocks ran, what else its customer asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import polars as pl

from dashboard.services.analysis.explain import ticket_of
from metrics.calendar import open_spans
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.dimensions import source_fields
from metrics.facts.history import ACTIVE_STATUSES, RESOLVED_STATUSES
from metrics.facts.pauses import pause_spans, status_steps
from metrics.tables import ENDED_STATUSES, INSTANT, Tables

Row = Mapping[str, Any]
Kind = Literal[
    "created", "customer", "agent", "bot", "system", "note", "responded", "auto_responded", "status", "paused",
    "resumed", "resolved", "reopened", "ended", "team", "assigned", "tier", "field", "escalated", "offered", "rated",
    "overdue",
]  # fmt: skip
STAMPS: Mapping[str, Kind] = {
    "first_responded_at": "responded", "first_auto_responded_at": "auto_responded", "first_resolved_at": "resolved",
    "resolved_at": "resolved", "closed_at": "ended", "escalated_at": "escalated",
}  # fmt: skip
TOLD_BY: Mapping[str, tuple[Kind, ...]] = {
    "responded": ("agent",), "auto_responded": ("bot", "system"), "resolved": ("resolved",), "ended": ("ended",),
    "escalated": ("tier", "escalated"),
}  # fmt: skip
"""What tells of the same as a stamp of the source, so that a thing that happened once is told once."""
PAUSES = ("pending", "on_hold")
MOVES: Mapping[str, Kind] = {"team": "team", "agent": "assigned", "tier": "tier"}
SAME_SECONDS = 60
SIBLINGS_AT_MOST = 50
FOUND_AT_MOST = 20
SPANS: Mapping[str, pl.DataType] = {
    "thing": pl.String(), "run": pl.Int64(), "begin": INSTANT, "end": INSTANT, "part": pl.String(),
}  # fmt: skip
HOURS_AT_MOST_DAYS = 31
"""Over a longer stretch closed hours are too narrow to be seen."""


@dataclass(frozen=True)
class Event:
    """One thing that happened: `params` are what a sentence about it needs, `text` is what somebody wrote."""

    at: datetime
    kind: Kind
    who: str | None = None
    params: Mapping[str, str | None] = field(default_factory=dict)
    text: str | None = None
    is_day: bool = False


@dataclass(frozen=True)
class Story:
    """All of one ticket. `clocks`: its runnings of targets · `spans`: how each of them ran, see `spans_of`."""

    ticket: Row
    events: tuple[Event, ...]
    clocks: pl.DataFrame
    spans: pl.DataFrame
    closed: tuple[tuple[datetime, datetime], ...]
    messages: pl.DataFrame
    siblings: pl.DataFrame
    own_fields: Mapping[str, str]


def story(facts: Facts, settings: DeskSettings, tables: Tables, ticket_id: str, *, source: str | None = None) -> Story:
    """The story of one ticket up to the end of the data. Raises UnknownTicketError."""
    ticket = ticket_of(facts, ticket_id, source)
    mine = (pl.col("source") == ticket["source"]) & (pl.col("ticket_id") == ticket_id)
    until = facts.as_of
    messages = tables.messages.filter(mine & (pl.col("at") <= until)).collect().sort("at", "message_id")
    changes = tables.changes.filter(mine & (pl.col("at") <= until)).collect().sort("at", "sequence")
    ratings = tables.ratings.filter(mine).collect()
    clocks = facts.sla_instances.filter(mine).sort("started_at", "thing", "run")
    pauses = pause_spans(status_steps(changes.with_columns(row=pl.lit(0, pl.UInt32))), settings)
    events = [*_told(ticket, messages, changes, ratings), *_overdue(clocks, until)]
    own = {name: str(ticket[name]) for name in source_fields(facts.tickets) if ticket[name] is not None}
    return Story(
        ticket=ticket,
        events=tuple(sorted((event for event in events if event.at <= until), key=_order)),
        clocks=clocks,
        spans=spans_of(clocks, pauses, until),
        closed=tuple(_closed(settings, ticket, clocks, until)),
        messages=messages,
        siblings=siblings(facts, ticket),
        own_fields=own,
    )


def _order(event: Event) -> tuple[datetime, int]:
    """At one instant: the creation, what was written, what was changed, what ran out."""
    ranks = {"created": 0, "customer": 1, "bot": 2, "system": 2, "agent": 3, "note": 3, "overdue": 9}
    return event.at, ranks.get(event.kind, 5)


def _told(ticket: Row, messages: pl.DataFrame, changes: pl.DataFrame, ratings: pl.DataFrame) -> list[Event]:
    days = ticket["date_only"] or []
    events = [Event(ticket["created_at"], "created", is_day="created_at" in days)]
    events += [_message(row) for row in messages.iter_rows(named=True)]
    events += [_change(row) for row in changes.iter_rows(named=True) if not _is_first_sight(row, ticket)]
    events += [event for row in ratings.iter_rows(named=True) for event in _rating(row)]
    return [*events, *_stamps(ticket, events)]


def _message(row: Row) -> Event:
    kind: Kind = row["author_kind"] or "system"
    if kind == "agent" and row["is_public"] is False:
        kind = "note"
    return Event(row["at"], kind, row["author"], text=row["text"], is_day="at" in (row["date_only"] or []))


def _change(row: Row) -> Event:
    before, after = row["from_value"], row["to_value"]
    params = {"field": row["field"], "before": before, "after": after}
    kind = _status_kind(before, after) if row["field"] == "status" else MOVES.get(row["field"], "field")
    return Event(row["at"], kind, row["by"], params)


def _is_first_sight(row: Row, ticket: Row) -> bool:
    """What a ticket was given at its creation is no change."""
    return row["from_value"] is None and abs((row["at"] - ticket["created_at"]).total_seconds()) <= SAME_SECONDS


def _status_kind(before: str | None, after: str | None) -> Kind:
    if before in ENDED_STATUSES and after in ACTIVE_STATUSES:
        return "reopened"
    if after in RESOLVED_STATUSES and before not in RESOLVED_STATUSES:
        return "resolved"
    if after in PAUSES:
        return "paused"
    if after in ENDED_STATUSES:
        return "ended"
    return "resumed" if before in PAUSES else "status"


def _rating(row: Row) -> Iterator[Event]:
    if row["offered_at"] is not None:
        yield Event(row["offered_at"], "offered")
    if row["score"] is None:
        return
    at = row["given_at"] or row["offered_at"]
    if at is not None:
        params = {"score": f"{row['score']:g}", "scale": None if row["scale"] is None else str(row["scale"])}
        yield Event(at, "rated", row["agent"], params, row["comment"], "given_at" in (row["date_only"] or []))


def _stamps(ticket: Row, events: list[Event]) -> Iterator[Event]:
    """The source's own stamps of what no message and no change tells."""
    days = ticket["date_only"] or []
    for name, kind in STAMPS.items():
        at = ticket[name]
        if at is None or any(_is_same(event, kind, at) for event in events):
            continue
        if name == "resolved_at" and at == ticket["first_resolved_at"]:
            continue
        who = {"responded": ticket["first_responder"], "resolved": ticket["resolved_by"]}.get(kind)
        yield Event(at, kind, who, is_day=name in days)


def _is_same(event: Event, kind: Kind, at: datetime) -> bool:
    return event.kind in TOLD_BY[kind] and abs((event.at - at).total_seconds()) <= SAME_SECONDS


def _overdue(clocks: pl.DataFrame, until: datetime) -> Iterator[Event]:
    for run in clocks.filter((pl.col("state") == "breached") & (pl.col("due_at") <= until)).iter_rows(named=True):
        yield Event(run["due_at"], "overdue", params={"thing": run["thing"]})


def spans_of(clocks: pl.DataFrame, pauses: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """How each clock ran: rows thing, run, begin, end, part (`counted`, `paused`, `late`), in order.

    late: after the due instant. Pauses are those of resolution only; after the due instant they are late too.
    """
    rests = [(row["from_at"], row["to_at"] or until) for row in pauses.iter_rows(named=True)]
    rows = []
    for run in clocks.iter_rows(named=True):
        stop = run["ended_at"] or until
        due = min(run["due_at"] or stop, stop)
        cuts = rests if run["thing"] == "resolution" and run["pauses_known"] else []
        rows += [
            {"thing": run["thing"], "run": run["run"], "begin": begin, "end": end, "part": part}
            for part, begin, end in _cut(run["started_at"], due, stop, cuts)
        ]
    return pl.DataFrame(rows, schema=SPANS)


def _cut(
    start: datetime, due: datetime, stop: datetime, rests: list[tuple[datetime, datetime]]
) -> Iterator[tuple[str, datetime, datetime]]:
    at = start
    for begin, end in rests:
        begin, end = max(begin, at), min(end, due)
        if end > begin:
            if begin > at:
                yield "counted", at, begin
            yield "paused", begin, end
            at = end
    if due > at:
        yield "counted", at, due
    if stop > max(due, start):
        yield "late", max(due, start), stop


def _closed(
    settings: DeskSettings, ticket: Row, clocks: pl.DataFrame, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The hours in which the desk was closed while the clocks ran; none where no clock stands still for them."""
    if clocks.is_empty() or not settings.calendars or not (clocks["clock"] == "business").any():
        return
    start = ticket["created_at"]
    stop = max(end for end in (*clocks["ended_at"].fill_null(until), *clocks["due_at"], start) if end is not None)
    if (stop - start).days > HOURS_AT_MOST_DAYS:
        return
    name = settings.team_calendars.get(ticket["team"], settings.calendars[0].name)
    at = start
    for begin, end in open_spans(settings.calendars, name, start=start, end=stop):
        if begin > at:
            yield at, begin
        at = max(at, end)
    if stop > at:
        yield at, stop


def siblings(facts: Facts, ticket: Row) -> pl.DataFrame:
    """The other tickets of the same customer, newest first, at most 50."""
    if ticket["customer"] is None:
        return facts.tickets.clear()
    same = (pl.col("customer") == ticket["customer"]) & (pl.col("source") == ticket["source"])
    found = facts.tickets.filter(same & (pl.col("ticket_id") != ticket["ticket_id"]))
    return found.sort("created_at", descending=True).head(SIBLINGS_AT_MOST)


def found_by_number(facts: Facts, text: str) -> pl.DataFrame:
    """The tickets of this number, else those whose number holds the text, newest first, at most 20."""
    wanted = text.strip()
    if not wanted:
        return facts.tickets.clear()
    exact = facts.tickets.filter(pl.col("ticket_id") == wanted)
    if exact.is_empty():
        exact = facts.tickets.filter(pl.col("ticket_id").str.contains(wanted, literal=True))
    return exact.sort("created_at", descending=True).head(FOUND_AT_MOST)
