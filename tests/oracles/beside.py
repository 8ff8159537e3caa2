"""Calls, people's time and what customers did, read by hand: plain Python, minute by minute, without a line shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracles.tickets import Life, Row, World

MINUTE = timedelta(minutes=1)
ON_SHIFT = {"talking", "after_call", "available", "break", "other_work"}
COUNTS = {"calls_offered": "offered", "calls_answered": "answered", "calls_abandoned": "abandoned"}
OF_CALLS = {*COUNTS, "handle_time_calendar_mean", "asa_calendar_mean", "asa_served_calendar_mean", "service_level",
            "abandonment"}  # fmt: skip
OF_TIME = {"occupancy", "adherence", "tickets_per_agent_hour", "cost_per_inquiry"}
OF_CONTACTS = {"conversion_rate": 7, "repurchase_rate": 30}
NEVER_TOLD = {f"{thing}_calendar_p{q}" for thing in ("handle_time", "asa") for q in (50, 75, 90, 95, 99)}


def is_beside(id: str) -> bool:
    """Whether this file counts that metric."""
    return id in OF_CALLS | OF_TIME | set(OF_CONTACTS) | NEVER_TOLD | {"kb_use"}


@dataclass(frozen=True)
class Beside:
    """What a switch and a shop tell; the desk's target of answering, its cost of an hour."""

    arrivals: Sequence[Row]
    states: Sequence[Row]
    outcomes: Sequence[Row]
    target: int
    cost: float | None


@dataclass(frozen=True)
class Piece:
    """One row that figures are made of: what stands above and below, how many it counts, its instant and dimensions."""

    above: float | None
    below: float | None
    counts: float
    at: datetime
    dims: Row


def pieces(id: str, world: World, beside: Beside, lives: Sequence[Life]) -> list[Piece]:
    """All rows of one figure, known or not."""
    if id in OF_CALLS:
        return [_call(id, row, world, beside) for row in beside.arrivals if _over(row) <= world.as_of]
    if id in OF_TIME:
        return _days(id, world, beside, lives)
    if id == "kb_use":
        return _articles(world, lives)
    return _contacts(OF_CONTACTS[id], world, beside) if id in OF_CONTACTS else []


def _over(row: Row) -> datetime:
    return row["start_at"] + timedelta(minutes=row["minutes"])  # type: ignore[no-any-return]


def _call(id: str, row: Row, world: World, beside: Beside) -> Piece:
    answered, abandoned = row["answered"], row["abandoned"]
    both = None if answered is None or abandoned is None else answered + abandoned
    offered = row["offered"] if row["offered"] is not None else both
    parts: dict[str, tuple[float | None, float | None]] = {
        "handle_time_calendar_mean": (row["handle_seconds"], answered),
        "asa_calendar_mean": (row["wait_seconds"], both),
        "asa_served_calendar_mean": (row["answered_wait_seconds"], answered),
        "abandonment": (abandoned, offered),
        "service_level": _level(row, beside),
        "calls_offered": (offered, 1), "calls_answered": (answered, 1), "calls_abandoned": (abandoned, 1),
    }  # fmt: skip
    above, below = parts[id]
    dims = {"channel": row["channel"], "team": row["team"], "source": row["source"], "agent": None}
    return Piece(above, below, below or 0, row["start_at"], {**dims, "weekday": _weekday(row["start_at"], world)})


def _level(row: Row, beside: Beside) -> tuple[int | None, int | None]:
    mine = [other for other in beside.arrivals if other["source"] == row["source"]]
    tells = any(other[name] is not None for other in mine for name in ("abandoned_within_target", "abandoned_short"))
    early = row["abandoned_within_target"] if row["abandoned_within_target"] is not None else row["abandoned_short"]
    late = 0 if row["abandoned"] == 0 else None if None in (row["abandoned"], early) else row["abandoned"] - early
    known = tells and None not in (late, row["answered"], row["answered_within_target"])
    if not known or row["target_seconds"] not in (None, beside.target):
        return None, None
    return row["answered_within_target"], row["answered"] + late


def _weekday(at: datetime, world: World) -> str:
    return str(at.astimezone(ZoneInfo(world.zone)).isoweekday())


Person = tuple[str, str]
Span = tuple[str | None, str, datetime, datetime]
"""Team, kind, begin, end."""


def _spans(rows: Sequence[Row], as_of: datetime) -> list[Span]:
    """The states of one person at one switch, each until the next one at the latest."""
    found = []
    for plan in (False, True):
        mine = sorted(
            (row for row in rows if (row["state_kind"] == "planned") == plan), key=lambda row: row["start_at"]
        )
        for row, following in zip(mine, [*mine[1:], None], strict=False):
            limit = min(as_of, following["start_at"]) if following else as_of
            if row["end_at"] is not None:
                end = min(row["end_at"], limit)
            elif not plan and limit - row["start_at"] <= timedelta(hours=16):
                end = limit
            else:
                continue
            if end > row["start_at"] and row["state_kind"] is not None:
                found.append((row["team"], row["state_kind"], row["start_at"], end))
    return sorted(found, key=lambda span: span[2])


def _minutes(span: Span) -> list[datetime]:
    return [span[2] + MINUTE * number for number in range(int((span[3] - span[2]) / MINUTE))]


def _days(id: str, world: World, beside: Beside, lives: Sequence[Life]) -> list[Piece]:
    people: dict[Person, list[Span]] = {}
    for key in {(row["source"], row["agent"]) for row in beside.states}:
        mine = [row for row in beside.states if (row["source"], row["agent"]) == key]
        people[key] = _spans(mine, world.as_of)
    done = [span for spans in people.values() for span in spans if span[1] != "planned"]
    reach = (min(span[2] for span in done), max(span[3] for span in done)) if done else None
    present: dict[str, set[datetime]] = {}
    for (_, agent), spans in people.items():
        there = {minute for span in spans if span[1] in ON_SHIFT for minute in _minutes(span)}
        present.setdefault(agent, set()).update(there)
    rows = _person_days(world, people, present, reach)
    resolved = _resolved(world, lives, rows)
    return [_piece(id, key, row, resolved.get(key), beside, world) for key, row in rows.items()]


Day = tuple[str, str, date]


def _person_days(
    world: World, people: dict[Person, list[Span]], present: dict[str, set[datetime]],
    reach: tuple[datetime, datetime] | None,
) -> dict[Day, dict[str, Any]]:  # fmt: skip
    rows: dict[Day, dict[str, Any]] = {}
    for (source, agent), spans in people.items():
        for span in spans:
            for minute in _minutes(span):
                if span[1] == "planned" and (reach is None or not _reached(minute, reach, world)):
                    continue
                row = rows.setdefault(
                    (source, agent, world.local_day(minute)), {"kinds": {}, "planned": [], "team": None}
                )
                if span[1] == "planned":
                    row["planned"].append(minute in present[agent])
                else:
                    row["kinds"][span[1]] = row["kinds"].get(span[1], 0) + 60
                    row["team"] = row["team"] or span[0]
    return rows


def _reached(minute: datetime, reach: tuple[datetime, datetime], world: World) -> bool:
    return world.local_day(minute) >= world.local_day(reach[0]) and minute < reach[1]


def _shift(row: dict[str, Any]) -> int | None:
    return sum(seconds for kind, seconds in row["kinds"].items() if kind in ON_SHIFT) if row["kinds"] else None


def _resolved(world: World, lives: Sequence[Life], rows: dict[Day, dict[str, Any]]) -> dict[Day, int]:
    first: dict[tuple[str, date], Day] = {}
    for key in sorted(rows):
        if (_shift(rows[key]) or 0) > 0:
            first.setdefault(key[1:], key)
    found = dict.fromkeys(first.values(), 0)
    matched = False
    for life in lives:
        at = life.at["full_resolution"]
        if life.state == "resolved" and at is not None:
            own = first.get((life.people["resolution"] or "", world.local_day(at)))
            if own is not None:
                matched = True
                found[own] += 1
    return found if matched else {}


def _piece(id: str, key: Day, row: dict[str, Any], resolved: int | None, beside: Beside, world: World) -> Piece:
    kinds, shift = row["kinds"], _shift(row)
    busy = kinds.get("talking", 0) + kinds.get("after_call", 0)
    cost = None if shift is None or beside.cost is None else shift / 3600 * beside.cost
    above, below = {
        "occupancy": (busy, busy + kinds.get("available", 0)) if kinds else (None, None),
        "adherence": (60 * sum(row["planned"]), 60 * len(row["planned"])) if row["planned"] else (None, None),
        "tickets_per_agent_hour": (resolved, None if shift is None else shift / 3600),
        "cost_per_inquiry": (cost, resolved),
    }[id]
    source, agent, day = key
    dims = {"source": source, "agent": agent, "team": row["team"], "channel": None, "weekday": str(day.isoweekday())}
    at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(world.zone))
    counts = (resolved or 0) if id == "cost_per_inquiry" else 1
    return Piece(above, below, counts, at, dims)


def _articles(world: World, lives: Sequence[Life]) -> list[Piece]:
    tells = {row["source"] for row in world.tickets if row.get("kb_article") is not None}
    found = []
    for life in lives:
        ticket, at = life.ticket, life.at["full_resolution"]
        if life.state == "resolved" and ticket["source"] in tells and at is not None:
            used = ticket.get("kb_article") is not None and ticket["kb_article"].strip().lower() not in {"no", "否"}
            dims = {**ticket, "agent": life.people["resolution"], "weekday": _weekday(ticket["created_at"], world)}
            found.append(Piece(used, 1, 1, at, dims))
    return found


def _contacts(days: int, world: World, beside: Beside) -> list[Piece]:
    known = [row for row in beside.outcomes if row["at"] <= world.as_of]
    bought = [(row["customer"], row["at"]) for row in known if row["kind"] in {"order", "repurchase"}]
    asked = [row for row in world.tickets if row["status"] not in {"merged", "spam"} and row["customer"] is not None]
    asked.sort(key=lambda row: (row["created_at"], row["source"], row["ticket_id"]))
    if not {customer for customer, _ in bought} & {row["customer"] for row in asked}:
        return []
    window, found = timedelta(days=days), []
    for place, row in enumerate(asked):
        at, own = row["created_at"], [bought_at for customer, bought_at in bought if customer == row["customer"]]
        earlier = [other["created_at"] for other in asked[:place] if other["customer"] == row["customer"]]
        first = not earlier or at - earlier[-1] > window
        exact = "created_at" not in (row["date_only"] or [])
        reached = bool(known) and min(k["at"] for k in known) <= at and at + window <= max(k["at"] for k in known)
        counts = first and exact and reached and (days == 7 or any(bought_at <= at for bought_at in own))
        after = any(at < bought_at <= at + window for bought_at in own)
        if counts:
            found.append(Piece(after, 1, 1, at, {**row, "weekday": _weekday(at, world)}))
    return found


def quotient(chosen: Sequence[Piece]) -> tuple[float | None, float | None, float | None]:
    """Sum over sum with the interval of the ratio estimator."""
    known = [(float(p.above), float(p.below)) for p in chosen if p.above is not None and p.below is not None]
    below, m = sum(pair[1] for pair in known), len(known)
    if below == 0:
        return None, None, None
    value = sum(pair[0] for pair in known) / below
    if m < 2:
        return value, None, None
    spread = sum((above - value * one) ** 2 for above, one in known) * m / (m - 1)
    half = 1.959963984540054 * sqrt(spread) / below
    return value, value - half, value + half
