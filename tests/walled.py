"""A desk of several teams in which every text of a ticket holds a word of its owner, and people who may see some."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.desk import Desk, keep_zone, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.people.actor import NOBODY
from dashboard.services.loading.load_report import FileReport
from dashboard.store import LoadRow
from tests.builders import change, frame, interval, message, outcome, rating, state, ticket

Row = dict[str, Any]
SOURCE = "desk"
EACH = 8
"""Tickets of each owner."""
FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Owner:
    """Whose some tickets are. `word` stands in all that is told of them, in other hands nowhere."""

    word: str
    team: str | None
    agent: str | None


OWN = Owner("zqown", "alpha", "Ann zqown")
MATE = Owner("zqmate", "alpha", "Cleo zqmate")
OTHER = Owner("zqother", "bravo zqother", "Ben zqother")
GONE = Owner("zqgone", "closed zqgone", "Gus zqgone")
"""A team to which nobody belongs any more."""
NONE = Owner("zqnone", None, None)
MOVED = Owner("zqmoved", "bravo zqother", "Ben zqother")
"""Was Ann's, of the team alpha: she answered first."""
OWNERS = (OWN, MATE, OTHER, GONE, NONE, MOVED)

ALPHA = frozenset({"alpha"})
ANN = Actor(1, "Ann", "agent", ALPHA, "Ann zqown")
UNKNOWN_AGENT = Actor(2, "Una", "agent", ALPHA)
INSPECTOR = Actor(3, "Ines", "inspector", ALPHA)
SUPERVISOR = Actor(4, "Sun", "supervisor", ALPHA)
WITHOUT_TEAM = Actor(5, "Wu", "supervisor")
OF_NO_TICKETS = Actor(6, "Olga", "supervisor", frozenset({"was deleted"}))
MANAGER = Actor(7, "Mei", "manager")
ADMINISTRATOR = Actor(8, "Ada", "administrator")
DISABLED = replace(ADMINISTRATOR, id=9, name="Dan", is_disabled=True)
DISABLED_SUPERVISOR = replace(SUPERVISOR, id=10, name="Dora", is_disabled=True)
PEOPLE: Mapping[str, Actor] = {
    "agent": ANN, "agent without a name": UNKNOWN_AGENT, "inspector": INSPECTOR, "supervisor": SUPERVISOR,
    "supervisor without a team": WITHOUT_TEAM, "supervisor of a deleted team": OF_NO_TICKETS, "manager": MANAGER,
    "administrator": ADMINISTRATOR, "disabled": DISABLED, "disabled supervisor": DISABLED_SUPERVISOR, "nobody": NOBODY,
}  # fmt: skip
ALL = frozenset(owner.word for owner in OWNERS)
MAY_SEE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(PEOPLE, frozenset()),
    "agent": frozenset({OWN.word}), "supervisor": frozenset({OWN.word, MATE.word}),
    **dict.fromkeys(("inspector", "manager", "administrator"), ALL),
}  # fmt: skip
"""Written down by hand: what the table of rights has to come to on this desk."""


def number(owner: Owner, place: int) -> str:
    """The number of a ticket; it tells nothing of its owner."""
    return f"{1000 + OWNERS.index(owner) * 100 + place}"


def _at(place: int, **later: float) -> str:
    return (FIRST + timedelta(days=place, **later)).strftime("%Y-%m-%d %H:%M")


def _ticket(owner: Owner, place: int) -> Row:
    answered_by = OWN.agent if owner is MOVED else owner.agent
    is_open = place % 4 == 3
    word = owner.word
    return ticket(
        number(owner, place), _at(place), status="open" if is_open else "resolved",
        channel=("chat", "email")[place % 2],
        type="parcel" if owner is MOVED else f"parcel {word}", priority="normal", team=owner.team, agent=owner.agent,
        customer=f"customer {word} {place % 3}", subject=f"subject {word}", first_responder=answered_by,
        product=None if owner is MOVED else f"product {word}", x_note=f"note {word}",
        resolved_at=None if is_open else _at(place, hours=5), resolved_by=None if is_open else owner.agent,
    )  # fmt: skip


def _messages(owner: Owner, place: int) -> Iterator[Row]:
    answered_by = OWN.agent if owner is MOVED else owner.agent
    id = number(owner, place)
    yield message(id, _at(place), text=f"where is my parcel {owner.word} please")
    yield message(id, _at(place, minutes=10 + place), "agent", author=answered_by, text=f"on its way {owner.word}")
    yield message(id, _at(place, hours=2), text=f"still waiting {owner.word}")
    yield message(id, _at(place, hours=3), "agent", author=owner.agent, text=f"tomorrow {owner.word}")


def _changes(owner: Owner, place: int) -> Iterator[Row]:
    id = number(owner, place)
    if owner is MOVED:
        yield change(id, _at(place, hours=1), owner.team, field="team", from_value=OWN.team, by=f"by {owner.word}")
        yield change(id, _at(place, hours=1), owner.agent, field="agent", from_value=OWN.agent, sequence=9)
    yield change(id, _at(place, hours=2), "pending", from_value="open", by=owner.agent)
    yield change(id, _at(place, hours=3), "open", from_value="pending", by=owner.agent)


def _rating(owner: Owner, place: int) -> Row:
    return rating(
        number(owner, place), 1 + place % 5, _at(place, hours=6), agent=owner.agent, comment=f"slow {owner.word}"
    )


def _interval(owner: Owner, place: int) -> Row:
    return interval(_at(place), 5, answered=4, abandoned=1, team=owner.team)


def _rows() -> dict[str, list[Row]]:
    placed = [(owner, place) for owner in OWNERS for place in range(EACH)]
    people = [owner for owner in OWNERS if owner.agent and owner is not MOVED]
    return {
        "tickets": [_ticket(owner, place) for owner, place in placed],
        "messages": [row for owner, place in placed for row in _messages(owner, place)],
        "changes": [row for owner, place in placed for row in _changes(owner, place)],
        "ratings": [_rating(owner, place) for owner, place in placed if place % 4 != 3],
        "arrivals": [_interval(owner, place) for owner, place in placed if owner not in (MOVED, MATE)],
        "agent_states": [state(str(owner.agent), "talking", _at(place), _at(place, hours=1), team=owner.team)
                         for owner in people for place in range(EACH)],
        "outcomes": [outcome(f"customer {owner.word} {place % 3}", _at(place, hours=20)) for owner, place in placed],
    }  # fmt: skip


WRITTEN = {
    "tickets": ("subject", "x_note"), "messages": ("text",), "ratings": ("comment",)
}  # fmt: skip
"""Where customers' words stand."""


def make(folder: Path, *, said: str = "") -> Desk:
    """The desk in this folder, as one load; everybody has said *said*, too."""
    desk = open_desk(folder)
    frames = {
        name: frame(name, rows).with_columns(pl.col(column) + said for column in WRITTEN.get(name, ()) if said)
        for name, rows in _rows().items()
    }
    committed = desk.warehouse.commit(SOURCE, frames, base={})
    report = FileReport(file="walled.csv", source=SOURCE, rows_read=len(OWNERS) * EACH, loaded=len(OWNERS) * EACH)
    entry = LoadRow(
        at=datetime(2026, 3, 12, tzinfo=UTC), actor=COMMAND_LINE.name, kind="load", source=SOURCE,
        versions=dict(committed.versions), as_of=desk.warehouse.newest(committed.versions), files=[report.to_json()],
        settings={},
    )  # fmt: skip
    with desk.keeping() as session:
        session.add(entry)
        keep_zone(session, "UTC")
    return desk


def words_in(text: str) -> frozenset[str]:
    """Whose words stand in a text."""
    return frozenset(word for word in ALL if word in text)
