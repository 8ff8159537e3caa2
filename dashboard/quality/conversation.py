"""What the desk knows of a conversation that is to be read: whose it is, how its speed is scored, what was written."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.actor import Actor
from dashboard.quality.answers import Reading
from dashboard.quality.cards import Card
from dashboard.store.triage import TriageItem, TriageNote
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.words import N_

STEPS = ("first_response", "acknowledge", "detailed_answer", "joint_start", "interim_plan")
"""The promises of speed that a conversation is held to: the first answer, and the steps of its tiers."""
WORKED = ("agent", "first_responder", "resolved_by")
_GONE = N_("There is no conversation {ticket} here for you to read.")
_OWN = N_("You have worked on this conversation yourself; somebody else has to read it.")


class NoSuchConversation(ActionableError):
    """A conversation that is not on the desk, or not this person's to see."""


class OwnWork(ActionableError):
    """Somebody would judge what he has done himself."""


@dataclass(frozen=True)
class Conversation:
    """A ticket with what a review takes over from it. agents: everybody of the desk who had a hand in it."""

    source: str
    ticket_id: str
    agent: str | None
    team: str | None
    channel: str | None
    type: str | None
    created_at: datetime
    agents: frozenset[str]
    speed: float | None
    messages: Mapping[str, int]


def conversation(desk: Desk, facts: Facts, source: str, ticket_id: str) -> Conversation:
    """The conversation of that number in these facts. Raises NoSuchConversation."""
    mine = (pl.col("source") == source) & (pl.col("ticket_id") == ticket_id)
    found = facts.tickets.filter(mine)
    if found.is_empty():
        raise NoSuchConversation(_GONE, ticket=ticket_id)
    row = found.row(0, named=True)
    messages = _messages(desk, mine, facts.as_of)
    wrote = messages.filter(pl.col("author_kind") == "agent")["author"].drop_nulls().to_list()
    return Conversation(
        source, ticket_id, row["agent"], row["team"], row["channel"], row["type"], row["created_at"],
        frozenset(filter(None, [*(row[name] for name in WORKED), *wrote])), tier_deadlines(facts.sla_instances, mine),
        {id: length or 0 for id, length in messages.select("message_id", "length").iter_rows()},
    )  # fmt: skip


def _messages(desk: Desk, mine: pl.Expr, until: datetime) -> pl.DataFrame:
    head = desk.head()
    versions = head.versions if head else {}
    with desk.warehouse.damage_told(versions):
        told = desk.warehouse.scan("messages", versions).filter(mine & (pl.col("at") <= until))
        return told.select(
            "message_id", "author", "author_kind", length=pl.col("text").str.strip_chars().str.len_chars()
        ).collect()


def tier_deadlines(instances: pl.DataFrame, mine: pl.Expr) -> float | None:
    """1 where all promises of speed were kept that are decided, 0 where none was, else a half; None: none is."""
    decided = instances.filter(mine & pl.col("thing").is_in(STEPS) & pl.col("is_met").is_not_null())["is_met"]
    if decided.is_empty():
        return None
    return 1.0 if decided.all() else 0.5 if decided.any() else 0.0


def promises_kept(session: Session, desk: Desk, source: str, ticket_id: str, *, at: datetime) -> float | None:
    """Whether the customer heard before each promised time passed, by the notes of triage; None: nothing was promised.

    A public answer or a further note before the promised time keeps it; what is not due yet says nothing.
    """
    same = (TriageItem.source == source) & (TriageItem.ticket_id == ticket_id)
    rows = session.execute(select(TriageNote.at, TriageNote.promised_at).join(TriageItem).where(same)).all()
    due = [(told, promised) for told, promised in rows if promised is not None and promised <= at]
    if not due:
        return None
    heard = [told for told, _ in rows] + _public_answers(desk, source, ticket_id)
    return float(all(any(told < one <= promised for one in heard) for told, promised in due))


def _public_answers(desk: Desk, source: str, ticket_id: str) -> list[datetime]:
    head = desk.head()
    mine = (pl.col("source") == source) & (pl.col("ticket_id") == ticket_id)
    answer = (pl.col("author_kind") == "agent") & pl.col("is_public").fill_null(value=True)
    return (
        desk.warehouse.scan("messages", head.versions if head else {})
        .filter(mine & answer)
        .select("at")
        .collect()["at"]
        .to_list()
    )


def reading_of(card: Card, known: Conversation, promises: float | None) -> Reading:
    """What no reader has a say in. A promise that only the conversation tells of is his to judge."""
    auto: dict[str, float | None] = {}
    for line in card.lines:
        if line.auto_rule == "tier_deadlines":
            auto[line.code] = known.speed
        elif line.auto_rule == "promises" and promises is not None:
            auto[line.code] = promises
    return Reading(auto, known.messages)


def demand_other_work(actor: Actor, agents: Collection[str]) -> None:
    """Raises OwnWork where the person is one of those who worked on it, under whichever of his names."""
    if names_of(actor) & set(agents):
        raise OwnWork(_OWN)


def names_of(actor: Actor) -> frozenset[str]:
    """Every name by which tickets and reviews may know this person."""
    return frozenset({actor.name, *actor.also, *filter(None, [actor.agent])})


def told(reading: Reading) -> dict[str, Any]:
    """As the draft keeps it."""
    return {"auto": dict(reading.auto), "messages": dict(reading.messages)}


def reading_from(draft: Mapping[str, Any]) -> Reading:
    """What a draft keeps of it."""
    return Reading(draft.get("auto", {}), draft.get("messages", {}))


def is_same(actor: Actor, id: int | None, name: str | None, names: Iterable[str] = ()) -> bool:
    """Whether the person is the one with this account, or on a desk without accounts this name."""
    if actor.id is not None and id is not None:
        return actor.id == id
    return name is not None and name in {actor.name, *names}
