"""Small desks for tests: rows with defaults, instants as text, figures by id."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute
from metrics.desk import Calendar, DeskSettings, Target
from metrics.facts import Facts, build_facts
from metrics.model import Every, Period, Scope
from metrics.tables import INSTANT, TABLES, Tables

Row = dict[str, Any]
OFFICE = (((540, 720), (780, 1080)),) * 5 + ((), ())
"""Monday to Friday 09:00–12:00 and 13:00–18:00."""
ALWAYS = (((0, 1440),),) * 7


def at(text: str) -> datetime:
    """An instant: `2026-03-02 09:00`, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ticket(ticket_id: str = "1", created_at: str = "2026-03-02 09:00", **columns: Any) -> Row:
    """A ticket of the source `desk`, open; instants may be given as text."""
    return _row("tickets", {"ticket_id": ticket_id, "created_at": created_at, "status": "open", **columns})


def message(ticket_id: str, written_at: str, author_kind: str = "customer", **columns: Any) -> Row:
    """A public message; its id follows from its ticket and instant."""
    made = {"message_id": f"{ticket_id}/{written_at}/{author_kind}", "is_public": True, "author_kind": author_kind}
    return _row("messages", {"ticket_id": ticket_id, "at": written_at, **made, **columns})


def change(ticket_id: str, changed_at: str, to_value: str | None, **columns: Any) -> Row:
    """A change of status; its place in the order follows from its instant."""
    sequence = int(at(changed_at).timestamp())
    row = {"ticket_id": ticket_id, "at": changed_at, "to_value": to_value, "field": "status", "sequence": sequence}
    return _row("changes", {**row, **columns})


def rating(ticket_id: str, score: float | None, given_at: str | None = None, **columns: Any) -> Row:
    """A rating out of five."""
    row = {"ticket_id": ticket_id, "rating_id": ticket_id, "score": score, "scale": 5, "given_at": given_at}
    return _row("ratings", {**row, **columns})


def interval(start_at: str, offered: int | None = None, **columns: Any) -> Row:
    """Half an hour of the hotline's switch."""
    made = {"start_at": start_at, "minutes": 30, "channel": "phone", "team": "hotline", "offered": offered}
    return _row("arrivals", {**made, **columns})


def state(agent: str, kind: str | None, start_at: str, end_at: str | None = None, **columns: Any) -> Row:
    """What a person did at the switch."""
    row = {"agent": agent, "state_kind": kind, "state": kind, "start_at": start_at, "end_at": end_at}
    return _row("agent_states", {**row, **columns})


def outcome(customer: str, at: str, kind: str = "order", **columns: Any) -> Row:
    """What a customer did."""
    return _row("outcomes", {"customer": customer, "at": at, "kind": kind, **columns})


def _row(table: str, columns: Row) -> Row:
    instants = {column.name for column in TABLES[table].columns if column.dtype == INSTANT}
    settled = {
        name: at(value) if name in instants and isinstance(value, str) else value for name, value in columns.items()
    }
    return {"source": "desk", **settled}


def frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Rows as a canonical frame; columns that are not given are unknown."""
    listed = list(rows)
    extra = dict.fromkeys((name for row in listed for name in row if name not in TABLES[table].schema), pl.String())
    return pl.DataFrame(listed, schema={**TABLES[table].schema, **extra}, orient="row")


def tables(
    tickets: Iterable[Row] = (),
    messages: Iterable[Row] = (),
    changes: Iterable[Row] = (),
    ratings: Iterable[Row] = (),
    **beside: Iterable[Row],
) -> Tables:
    """Canonical tables from rows; `beside`: arrivals, agent_states, outcomes."""
    return Tables.of(
        tickets=frame("tickets", tickets),
        messages=frame("messages", messages),
        changes=frame("changes", changes),
        ratings=frame("ratings", ratings),
        **{name: frame(name, rows) for name, rows in beside.items()},
    )


def calendar(name: str = "desk", zone: str = "UTC", **changes: Any) -> Calendar:
    """Office hours in UTC unless said otherwise."""
    return Calendar(**{"name": name, "zone": zone, "weekly": OFFICE, **changes})


def desk(*targets: Target, zone: str = "UTC", **changes: Any) -> DeskSettings:
    """Settings of a desk in UTC with office hours."""
    return DeskSettings(**{"zone": zone, "calendars": (calendar(zone=zone),), "targets": targets, **changes})


def facts(
    tickets: Iterable[Row] = (),
    messages: Iterable[Row] = (),
    changes: Iterable[Row] = (),
    ratings: Iterable[Row] = (),
    *,
    settings: DeskSettings | None = None,
    as_of: str | None = None,
    **beside: Iterable[Row],
) -> Facts:
    """Facts of a small desk."""
    made = tables(tickets, messages, changes, ratings, **beside)
    return build_facts(made, settings or desk(), as_of=at(as_of) if as_of else None)


def period(start: str, end: str) -> Period:
    """Local days `[start, end)`."""
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def rows(
    ids: str | Sequence[str],
    of: Facts,
    *,
    during: Period | None = None,
    where: Mapping[str, tuple[str | None, ...]] | None = None,
    by: Sequence[str] = (),
    every: Every | None = None,
) -> list[Row]:
    """The rows of an answer, as dictionaries."""
    asked = [metric(id) for id in ([ids] if isinstance(ids, str) else ids)]
    return compute(asked, of, Scope(period=during, where=where or {}), by=by, every=every).to_dicts()


def value(id: str, of: Facts, **asked: Any) -> float | None:
    """One figure."""
    (row,) = rows(id, of, **asked)
    found = row["value"]
    assert found is None or isinstance(found, float)
    return found
