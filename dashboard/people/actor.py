"""Who acts: what every service function that reads or writes a desk is told first."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Role = Literal["agent", "inspector", "supervisor", "manager", "administrator"]


@dataclass(frozen=True)
class Actor:
    """One person in one run, as the desk database said at its start. Never kept from one run to the next.

    teams: the teams that he belongs to or leads today · agent: the name by which the tickets know him · also: other
    names of the same person by the desk's settings.
    """

    id: int | None
    """None: the command line, or the one person of a desk without accounts."""
    name: str
    role: Role
    teams: frozenset[str] = frozenset()
    agent: str | None = None
    also: frozenset[str] = frozenset()
    is_disabled: bool = False


def as_plain(actor: Actor) -> dict[str, Any]:
    """Who acts as JSON can hold it, for a process of our own; `read_actor` reads it."""
    return {**asdict(actor), "teams": sorted(actor.teams), "also": sorted(actor.also)}


def read_actor(told: Mapping[str, Any]) -> Actor:
    """Who `as_plain` wrote."""
    return Actor(**{**told, "teams": frozenset(told["teams"]), "also": frozenset(told["also"])})


COMMAND_LINE = Actor(None, "command line", "administrator")
"""Who can start a command on the machine can read the desk's folder, too."""
NOBODY = Actor(None, "nobody", "agent", is_disabled=True)
"""Who is not signed in on a desk with accounts: may do nothing."""
SERVER = Actor(None, "server", "administrator")
"""Reads once what the figures of all are made of; each reader is handed his part of it."""
ONE_PERSON = Actor(None, "this computer", "administrator")
"""Whoever sits before a desk that has no accounts and listens on this machine only."""
