"""The life of one ticket read by hand: plain Python over rows, slow, without a line shared with the product."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Seconds = Callable[[datetime, datetime, str | None], int]
"""Open seconds between two instants for a team."""

OVER = {"resolved", "confirmed", "closed", "merged", "spam"}
ACTIVE = {"new", "open", "pending", "on_hold"}
ORDER = {"customer": 0, "bot": 1, "system": 1, "agent": 2}


@dataclass(frozen=True)
class Promise:
    thing: str
    seconds: int
    clock: str
    where: Mapping[str, str]
    since: date


@dataclass(frozen=True)
class World:
    """Everything that is known of a desk at `as_of`."""

    tickets: Sequence[Row]
    messages: Sequence[Row]
    changes: Sequence[Row]
    ratings: Sequence[Row]
    as_of: datetime
    zone: str
    promises: Sequence[Promise]
    open_seconds: Seconds

    def of(self, table: str, ticket: Row) -> list[Row]:
        return self._by_ticket.get((table, ticket["source"], ticket["ticket_id"]), [])

    @cached_property
    def _by_ticket(self) -> dict[tuple[str, str, str], list[Row]]:
        found: dict[tuple[str, str, str], list[Row]] = {}
        for table in ("messages", "changes", "ratings"):
            for row in getattr(self, table):
                found.setdefault((table, row["source"], row["ticket_id"]), []).append(row)
        return found

    def local_day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()


@dataclass
class Life:
    """What one ticket comes to; durations by name as (calendar, business)."""

    ticket: Row
    start: datetime | None
    waits: list[dict[str, Any]] = field(default_factory=list)
    took: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    at: dict[str, datetime | None] = field(default_factory=dict)
    met: dict[str, tuple[bool, datetime] | None] = field(default_factory=dict)
    counts: dict[str, int | None] = field(default_factory=dict)
    people: dict[str, str | None] = field(default_factory=dict)
    tells: dict[str, bool] = field(default_factory=dict)
    ended: datetime | None = None
    state: str | None = None


def is_day(row: Row, name: str) -> bool:
    return name in (row["date_only"] or [])


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def between(world: World, start: datetime | None, end: datetime | None, team: str | None) -> tuple[int, int] | None:
    if start is None or end is None or end < start:
        return None
    return int((whole(end) - whole(start)).total_seconds()), world.open_seconds(start, end, team)


def rests(world: World, ticket: Row) -> list[tuple[datetime, datetime | None]]:
    """When the ticket waited for the customer by its recorded statuses; the last one may still go on."""
    moves = sorted((row for row in world.of("changes", ticket) if row["field"] == "status"),
                   key=lambda row: (row["at"], row["sequence"]))  # fmt: skip
    after = [*(row["at"] for row in moves[1:]), None]
    return [(row["at"], end) for row, end in zip(moves, after, strict=False) if row["to_value"] == "pending"]


def worked(
    world: World, start: datetime, stop: datetime, pauses: Sequence[tuple[datetime, datetime | None]], team: str | None
) -> tuple[int, int]:
    """What passed between two instants outside the pauses, calendar and business."""
    left = list(between(world, start, stop, team) or (0, 0))
    for begin, end in pauses:
        inside = between(world, max(begin, start), min(end or stop, stop), team) or (0, 0)
        left = [left[0] - inside[0], left[1] - inside[1]]
    return left[0], left[1]


def talk(world: World, ticket: Row) -> list[dict[str, Any]]:
    """The public messages of a ticket in order, with what a source left unwritten put in its place."""
    kept = [
        {"at": row["at"], "kind": row["author_kind"], "who": row["author"], "day": is_day(row, "at"),
         "key": (row["at"], ORDER[row["author_kind"]], row["message_id"])}
        for row in world.of("messages", ticket)
        if row["author_kind"] in ORDER and (row["is_public"] is not False or row["author_kind"] == "customer")
    ]  # fmt: skip
    return sorted(kept, key=lambda row: row["key"])


def live(world: World, ticket: Row) -> Life:
    every = [row for row in world.of("messages", ticket) if row["author_kind"] in ORDER]
    heard = talk(world, ticket)
    customers = [row["at"] for row in heard if row["kind"] == "customer"]
    persons = [row["at"] for row in heard if row["kind"] == "agent"]
    stamp, created = ticket["first_responded_at"], ticket["created_at"]
    others = any(row["author_kind"] != "customer" for row in every)
    outbound = bool(persons) and persons[0] <= created and (
        (bool(customers) and persons[0] < customers[0]) or (not customers and stamp is None)
    )  # fmt: skip
    start = (customers[0] if customers else None) if outbound else created
    if persons and not outbound and (not customers or customers[0] > persons[0]):
        heard.insert(0, {"at": created, "kind": "customer", "who": None, "day": is_day(ticket, "created_at")})
    if every and not others and stamp is not None and stamp >= created:
        heard.append({"at": stamp, "kind": "agent", "who": ticket["first_responder"],
                      "day": is_day(ticket, "first_responded_at")})  # fmt: skip
    heard.sort(key=lambda row: (row["at"], ORDER[row["kind"]], row.get("key", ("", 0, ""))[2]))
    life = Life(ticket, start)
    aside = ticket["status"] in {"merged", "spam"}
    _responses(world, life, heard, trust_stamp=not others, aside=aside)
    _resolutions(world, life, aside=aside)
    _waits(world, life, [] if aside or not every else heard)
    return life


def _responses(world: World, life: Life, heard: Sequence[Row], *, trust_stamp: bool, aside: bool) -> None:
    ticket, start = life.ticket, life.start
    begin = None if start == ticket["created_at"] and is_day(ticket, "created_at") else start
    for name, kinds, stamp in (
        ("first_response", {"agent"}, "first_responded_at"),
        ("first_auto_response", {"bot", "system"}, "first_auto_responded_at"),
    ):
        said = [row for row in heard if row["kind"] in kinds and start is not None and row["at"] >= start]
        at, day, who = (said[0]["at"], said[0]["day"], said[0]["who"]) if said else (None, False, None)
        if not said and trust_stamp and ticket[stamp] is not None:
            at, day = ticket[stamp], is_day(ticket, stamp)
        elif said and at == ticket[stamp]:
            day = day or is_day(ticket, stamp) if name == "first_response" else day
        if aside or at is None or start is None or at < start:
            at = None
        life.at[name] = at
        life.took[name] = None if day else between(world, begin, at, ticket["team"])
        if name == "first_response":
            life.people[name] = who or ticket["first_responder"] or ticket["agent"]
            life.at["first_response_exact"] = None if day else at
    counted = [row for row in world.of("messages", ticket) if row["author_kind"] in ORDER]
    if any(row["author_kind"] != "customer" for row in counted):
        life.counts["replies"] = sum(row["author_kind"] == "agent" and row["is_public"] is not False for row in counted)
    else:
        life.counts["replies"] = ticket["replies"]


def _resolutions(world: World, life: Life, *, aside: bool) -> None:
    ticket = life.ticket
    moves = sorted((row for row in world.of("changes", ticket) if row["field"] == "status"),
                   key=lambda row: (row["at"], row["sequence"]))  # fmt: skip
    recorded = any(row["field"] == "status" for row in world.changes if row["source"] == ticket["source"])
    backs, last = 0, None
    for row in moves:
        before = row["from_value"] if row["from_value"] is not None else last
        backs += before in OVER and row["to_value"] in ACTIVE
        last = row["to_value"]
    reopens = ticket["reopens"] if ticket["reopens"] is not None else backs if recorded else None
    life.counts["reopens"] = reopens
    life.counts["handoffs"] = _handoffs(world, ticket)
    again = ticket["status"] in ACTIVE and bool(reopens)
    full = None if aside or again else ticket["resolved_at"]
    done = [row["at"] for row in moves if row["to_value"] in {"resolved", "confirmed", "closed"}]
    first = min(done) if done and (full is not None or again) else ticket["first_resolved_at"]
    if first is None and not recorded and reopens == 0:
        first = full
    if first is not None and full is not None:
        first = min(first, full)
    first = None if aside else first
    begin = None if is_day(ticket, "created_at") else ticket["created_at"]
    first_day = (
        first is not None and first == ticket["first_resolved_at"] and is_day(ticket, "first_resolved_at")
    ) or (first is not None and first == full and is_day(ticket, "resolved_at"))
    full_exact = None if is_day(ticket, "resolved_at") else full
    life.at |= {"first_resolution": first, "full_resolution": full}
    life.took["first_resolution"] = None if first_day else between(world, begin, first, ticket["team"])
    life.took["full_resolution"] = between(world, begin, full_exact, ticket["team"])
    life.took["full_resolution_from_response"] = between(
        world, life.at["first_response_exact"], full_exact, ticket["team"]
    )
    life.people["resolution"] = ticket["resolved_by"] or ticket["agent"]
    over = ticket["status"] in OVER or (ticket["closed_at"] is not None and not again)
    told = any(
        other[name] is not None
        for other in world.tickets if other["source"] == ticket["source"]
        for name in ("status", "resolved_at", "closed_at")
    )  # fmt: skip
    if full is not None:
        life.state, life.ended = "resolved", max(full, ticket["created_at"])
    elif over:
        ends = [row["at"] for row in moves if row["to_value"] in OVER]
        seen = [ticket["closed_at"], max(ends, default=None), ticket["resolved_at"], ticket["updated_at"],
                life.at["first_response"], ticket["created_at"]]  # fmt: skip
        life.ended = max(next(at for at in seen if at is not None), ticket["created_at"])
        life.state = "aside" if aside else "closed"
    else:
        life.state = "open" if told else None


def _handoffs(world: World, ticket: Row) -> int | None:
    if ticket["handoffs"] is not None:
        return int(ticket["handoffs"])
    fields = {"team", "agent"}
    if not any(row["field"] in fields for row in world.changes if row["source"] == ticket["source"]):
        return None
    instants = set()
    for name in fields:
        last = None
        moves = [row for row in world.of("changes", ticket) if row["field"] == name]
        for row in sorted(moves, key=lambda row: (row["at"], row["sequence"])):
            before = row["from_value"] if row["from_value"] is not None else last
            if before is not None and row["to_value"] is not None and before != row["to_value"]:
                instants.add(row["at"])
            last = row["to_value"]
    return len(instants)


def _waits(world: World, life: Life, heard: Sequence[Row]) -> None:
    asked: Row | None = None
    for row in [*heard, None]:
        if row is None:
            if asked is not None:
                life.waits.append(_wait(world, life, asked, None))
        elif row["kind"] == "customer":
            asked = asked or row
        elif row["kind"] == "agent" and asked is not None:
            life.waits.append(_wait(world, life, asked, row))
            asked = None
    for place, wait in enumerate(life.waits):
        wait["is_first"] = place == 0


def _wait(world: World, life: Life, asked: Row, reply: Row | None) -> dict[str, Any]:
    exact = reply is not None and not asked["day"] and not reply["day"]
    took = between(world, asked["at"], reply["at"], life.ticket["team"]) if reply is not None and exact else None
    return {
        "asked": asked["at"], "answered": reply["at"] if reply else None, "took": took,
        "agent": (reply["who"] if reply else None) or life.ticket["agent"], "is_exact": not asked["day"],
    }  # fmt: skip


def judge(world: World, lives: Sequence[Life]) -> None:
    """Whether each promise was kept, once all tickets have been read: a silent source breaks no promise."""
    by_source: dict[str, list[Life]] = {}
    for life in lives:
        by_source.setdefault(life.ticket["source"], []).append(life)
    for life in lives:
        ticket, source = life.ticket, by_source[life.ticket["source"]]
        aside = ticket["status"] in {"merged", "spam"}
        tells_response = not is_day(ticket, "first_responded_at") and any(
            other.at["first_response"] is not None
            or any(row["author_kind"] in set(ORDER) - {"customer"} for row in world.of("messages", other.ticket))
            for other in source
        )
        tells_resolution = not is_day(ticket, "resolved_at") and any(o.at["full_resolution"] for o in source)
        day_only = is_day(ticket, "created_at")
        life.tells = {
            "first_response": tells_response and not aside and not (day_only and life.start == ticket["created_at"]),
            "resolution": bool(tells_resolution) and not aside and not day_only,
        }
        life.met["first_response"] = _kept(
            world, life, "first_response", life.start, life.at["first_response"], life.took["first_response"],
            tells=life.tells["first_response"],
        )  # fmt: skip
        life.met["resolution"] = _kept(
            world, life, "resolution", ticket["created_at"], life.at["full_resolution"],
            life.took["full_resolution"], tells=life.tells["resolution"], pauses=rests(world, ticket),
        )  # fmt: skip
        for wait in life.waits:
            wait["met"] = _kept(world, life, "next_response", wait["asked"], wait["answered"], wait["took"],
                                tells=wait["is_exact"])  # fmt: skip


def _kept(
    world: World,
    life: Life,
    thing: str,
    start: datetime | None,
    done: datetime | None,
    took: tuple[int, int] | None,
    *,
    tells: bool,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> tuple[bool, datetime] | None:
    promise = promised(world, life.ticket, thing, start)
    if promise is None or start is None:
        return None
    side, team = (0 if promise.clock == "calendar" else 1), life.ticket["team"]
    if done is not None:
        if took is None:
            return None
        if not late(promise, worked(world, start, done, pauses, team)[side], start, done):
            return True, done
    else:
        stop = max(start, min(life.ended or world.as_of, world.as_of))
        if not tells or not late(promise, worked(world, start, stop, pauses, team)[side], start, stop):
            return None
    return False, due(world, start, promise, pauses, team)


def late(promise: Promise, used: int, start: datetime, stop: datetime) -> bool:
    """Whether more than the promise has gone, on the calendar by whatever part of a second."""
    fraction = promise.clock == "calendar" and stop.microsecond > start.microsecond
    return used > promise.seconds or (used == promise.seconds and fraction)


def due(
    world: World, start: datetime, promise: Promise, pauses: Sequence[tuple[datetime, datetime | None]],
    team: str | None, limit: timedelta = timedelta(seconds=1),
) -> datetime:  # fmt: skip
    """The first whole second at which the promise is used up."""
    side = 0 if promise.clock == "calendar" else 1
    low, high = whole(start), whole(world.as_of) + limit
    while low < high:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if worked(world, start, middle, pauses, team)[side] >= promise.seconds:
            high = middle
        else:
            low = middle + timedelta(seconds=1)
    return low.replace(microsecond=start.microsecond) if side == 0 else max(low, whole(start))


def promised(world: World, ticket: Row, thing: str, start: datetime | None) -> Promise | None:
    if start is None:
        return None
    day = world.local_day(start)
    fitting = [
        promise for promise in world.promises
        if promise.thing == thing and promise.since <= day
        and all(ticket.get(name) == value for name, value in promise.where.items())
    ]  # fmt: skip
    if not fitting:
        return None
    most = max(len(promise.where) for promise in fitting)
    fitting = [promise for promise in fitting if len(promise.where) == most]
    latest = max(promise.since for promise in fitting)
    return min((promise for promise in fitting if promise.since == latest), key=lambda promise: promise.seconds)
