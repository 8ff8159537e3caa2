"""Random small desks: every state, gap and oddity that a source may bring."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from metrics.desk import Calendar, DeskSettings, Target
from metrics.tables import STATUSES
from tests.oracles.business_minutes import Desk, MinuteOracle
from tests.oracles.tickets import Promise, World
from tests.thorough import examples

Row = dict[str, Any]
DESKS = int(os.environ.get("FLOORWALKER_DESKS", examples(10)))
CASES = int(os.environ.get("FLOORWALKER_CASES", examples(240)))
"""How many random desks each figure is held against, and how many each law: 1,000 and 10,000 in a long run."""
BEGIN = datetime(2026, 3, 25, tzinfo=UTC)
ZONE = "Europe/Berlin"
"""Summer time begins inside the days of these desks."""
OFFICE = (((540, 720), (780, 1080)),) * 5 + ((), ())
NIGHTS = (((1320, 1800),),) * 6 + (((60, 200),),)
HOLIDAY, MAKE_UP = date(2026, 3, 27), date(2026, 3, 28)
DAYS = {HOLIDAY: (), MAKE_UP: ((540, 720),)}
CALENDARS = (Calendar("office", ZONE, OFFICE, DAYS), Calendar("nights", ZONE, NIGHTS))
PROMISES = (
    Promise("first_response", 3600, "business", {}, date.min),
    Promise("first_response", 7200, "calendar", {"channel": "chat"}, date.min),
    Promise("first_response", 1800, "business", {"channel": "chat"}, date(2026, 3, 28)),
    Promise("first_response", 60, "business", {"channel": "chat", "team": "night"}, date(2026, 3, 26)),
    Promise("next_response", 3600, "business", {}, date.min),
    Promise("next_response", 600, "calendar", {"team": "night"}, date.min),
    Promise("resolution", 28800, "business", {"channel": "chat"}, date.min),
    Promise("resolution", 86400, "calendar", {"team": "day"}, date.min),
)
SETTINGS = DeskSettings(
    zone=ZONE,
    calendars=CALENDARS,
    targets=tuple(Target(p.thing, p.seconds, p.clock, p.where, p.since) for p in PROMISES),  # type: ignore[arg-type]
    team_calendars={"night": "nights"},
)


@cache
def minutes(nights: bool) -> MinuteOracle:
    made = Desk(ZONE, NIGHTS, {}) if nights else Desk(ZONE, OFFICE, DAYS)
    return MinuteOracle([made], date(2026, 3, 15), date(2026, 5, 15))


def open_seconds(start: datetime, end: datetime, team: str | None) -> int:
    oracle = minutes(team == "night")
    return oracle.seconds(end) - oracle.seconds(start)


moments = st.integers(0, 5 * 288).map(lambda step: BEGIN + timedelta(seconds=300 * step)) | st.integers(
    0, 5 * 86_400_000
).map(lambda milliseconds: BEGIN + timedelta(milliseconds=milliseconds))
days_only = st.integers(0, 5).map(lambda days: BEGIN + timedelta(days=days, hours=-1))
OFTEN = (*STATUSES, "pending", "pending", "pending", "resolved", "open")
KINDS = ("customer", "customer", "agent", "agent", "bot", "system", None)
STAMPS = (
    "first_responded_at",
    "first_auto_responded_at",
    "first_resolved_at",
    "resolved_at",
    "closed_at",
    "updated_at",
)


def mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def tickets(draw: st.DrawFn, id: str) -> Row:
    created = draw(moments)
    row: Row = {"source": draw(st.sampled_from(["a", "a", "b"])), "ticket_id": id, "created_at": created}
    day_names = []
    for name in STAMPS:
        if not draw(st.booleans()):
            row[name] = None
        elif draw(st.integers(0, 7)) == 0:
            row[name] = draw(days_only)
            day_names.append(name)
        else:
            row[name] = created + timedelta(seconds=draw(st.integers(0, 3 * 86_400)))
    if draw(st.integers(0, 9)) == 0:
        row["created_at"] = draw(days_only)
        day_names.append("created_at")
    for name in ("first_responded_at", "first_auto_responded_at", "first_resolved_at", "resolved_at", "closed_at"):
        if row[name] is not None and row[name] < row["created_at"]:
            row[name] = None
    row |= {
        "status": draw(mostly(st.sampled_from(STATUSES))) if row["source"] == "a" else None,
        "channel": draw(mostly(st.sampled_from(["chat", "email"]))),
        "team": draw(mostly(st.sampled_from(["night", "day"]))),
        "agent": draw(mostly(st.sampled_from(["Ann", "Bob"]))),
        "first_responder": draw(mostly(st.sampled_from(["Ann", "Cid"]))),
        "resolved_by": draw(mostly(st.sampled_from(["Bob", "Cid"]))),
        **{name: draw(mostly(st.integers(0, 2))) for name in ("reopens", "handoffs", "replies")},
        "date_only": day_names or None,
    }
    return row


@st.composite
def messages(draw: st.DrawFn, ticket: Row, number: int) -> Row:
    at = draw(st.just(ticket["created_at"]) | moments | st.just(ticket["first_responded_at"] or ticket["created_at"]))
    return {
        "source": ticket["source"], "ticket_id": ticket["ticket_id"], "message_id": f"{ticket['ticket_id']}-{number}",
        "at": at, "author_kind": draw(st.sampled_from(KINDS)), "author": draw(mostly(st.sampled_from(["Ann", "Dee"]))),
        "is_public": draw(st.sampled_from([True, True, None, False])),
        "date_only": draw(st.sampled_from([None, None, None, ["at"]])),
    }  # fmt: skip


@st.composite
def changes(draw: st.DrawFn, ticket: Row, number: int) -> Row:
    field = draw(st.sampled_from(["status", "status", "status", "team", "agent"]))
    values = st.sampled_from(OFTEN) if field == "status" else st.sampled_from(["x", "y"])
    return {
        "source": ticket["source"], "ticket_id": ticket["ticket_id"], "field": field, "sequence": number,
        "at": draw(moments), "from_value": draw(mostly(values)), "to_value": draw(values),
        "by": draw(mostly(st.sampled_from(["Ann", "Eve"]))),
    }  # fmt: skip


@st.composite
def ratings(draw: st.DrawFn, ticket: Row, number: int) -> Row:
    scale = draw(st.sampled_from([5, 5, 10, 1, None]))
    return {
        "source": ticket["source"], "ticket_id": draw(st.sampled_from([ticket["ticket_id"], "gone"])),
        "rating_id": f"{ticket['ticket_id']}-{number}", "given_at": draw(mostly(moments)),
        "offered_at": draw(mostly(moments)),
        "score": draw(mostly(st.integers(0, scale or 5).map(float))), "scale": scale,
        "agent": draw(mostly(st.sampled_from(["Ann", "Bob"]))), "date_only": None,
    }  # fmt: skip


@st.composite
def desks(draw: st.DrawFn) -> World:
    """A desk of up to eight tickets, and an instant at or after its newest stamp."""
    made = [draw(tickets(str(n))) for n in range(draw(st.integers(0, 8)))]

    def some(of: Callable[[Row, int], st.SearchStrategy[Row]], most: int) -> list[Row]:
        return [draw(of(row, n)) for row in made for n in range(draw(st.integers(0, most)))]

    talk, moved, rated = some(messages, 5), some(changes, 5), some(ratings, 1)
    stamps = [row[name] for row in made for name in ("created_at", *STAMPS)]
    stamps += [row["at"] for row in [*talk, *moved]] + [
        row[name] for row in rated for name in ("given_at", "offered_at")
    ]
    newest = max((stamp for stamp in stamps if stamp is not None), default=BEGIN)
    as_of = newest + timedelta(hours=draw(st.sampled_from([0, 0, 5, 100])))
    return World(made, talk, moved, rated, as_of, ZONE, PROMISES, open_seconds)
