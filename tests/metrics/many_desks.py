"""Many small desks beside each other, each a source of its own: a thousand random cases in one frame."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from metrics.facts import Facts, build_facts
from metrics.tables import STATUSES, TIERS
from tests.builders import tables
from tests.metrics.random_desks import BEGIN, KINDS, OFTEN, PROMISES, SETTINGS, STAMPS, ZONE, open_seconds
from tests.oracles.tickets import World

Row = dict[str, Any]
DAY_SECONDS = 86_400
NOT_BEFORE_CREATION = ("first_responded_at", "first_auto_responded_at", "first_resolved_at", "resolved_at", "closed_at")


def moment(random: Random) -> datetime:
    """Within five days around the beginning of summer time; often at a round five minutes, so that instants meet."""
    if random.random() < 0.5:
        return BEGIN + timedelta(seconds=300 * random.randrange(5 * 288))
    return BEGIN + timedelta(milliseconds=random.randrange(5 * 1000 * DAY_SECONDS))


def day_only(random: Random) -> datetime:
    return BEGIN + timedelta(days=random.randrange(6), hours=-1)


def ticket(random: Random, source: str, number: int) -> Row:
    """A ticket with every state, gap and oddity that a source may bring."""
    created, days = moment(random), []
    row: Row = {"source": source, "ticket_id": str(number), "created_at": created}
    for name in STAMPS:
        row[name] = None
        if random.random() < 0.5:
            row[name] = created + timedelta(seconds=random.randrange(3 * DAY_SECONDS))
            if random.random() < 0.12:
                row[name] = day_only(random)
                days.append(name)
    if random.random() < 0.1:
        row["created_at"] = day_only(random)
        days.append("created_at")
    for name in NOT_BEFORE_CREATION:
        if row[name] is not None and row[name] < row["created_at"]:
            row[name] = None
    return row | {
        "status": None if source.startswith("mute") else random.choice([None, *STATUSES, "open", "pending"]),
        "channel": random.choice([None, "chat", "email"]),
        "team": random.choice([None, "night", "day"]),
        "agent": random.choice([None, "Ann", "Bob"]),
        "customer": random.choice([None, "Li", "Wu"]),
        "type": random.choice([None, "x"]),
        "first_responder": random.choice([None, "Ann", "Cid"]),
        "resolved_by": random.choice([None, "Bob", "Cid"]),
        "escalated_at": random.choice([None, row["created_at"]]) if source.startswith("mute") else None,
        "x_fcr_survey": random.choice([None, "yes", "no"]),
        **{name: random.choice([None, 0, 1, 2]) for name in ("reopens", "handoffs", "replies")},
        "date_only": days or None,
    }


def message(random: Random, row: Row, number: int) -> Row:
    at = random.choice([row["created_at"], moment(random), moment(random), row["first_responded_at"] or moment(random)])
    return {
        "source": row["source"], "ticket_id": row["ticket_id"], "message_id": f"{row['ticket_id']}-{number}", "at": at,
        "author_kind": random.choice(KINDS), "author": random.choice([None, "Ann", "Dee"]),
        "is_public": random.choice([True, True, None, False]), "date_only": random.choice([None, None, None, ["at"]]),
    }  # fmt: skip


def change(random: Random, row: Row, number: int) -> Row:
    field = random.choice(["status", "status", "status", "team", "agent", "tier"])
    values: Sequence[str] = {"status": OFTEN, "tier": TIERS}.get(field, ("x", "y"))
    return {
        "source": row["source"], "ticket_id": row["ticket_id"], "field": field, "sequence": number,
        "at": moment(random), "from_value": random.choice([None, random.choice(values)]),
        "to_value": random.choice(values), "by": random.choice([None, "Ann", "Eve"]),
    }  # fmt: skip


def rating(random: Random, row: Row, number: int) -> Row:
    scale = random.choice([5, 5, 10, 1, None])
    return {
        "source": row["source"], "ticket_id": random.choice([row["ticket_id"], row["ticket_id"], "gone"]),
        "rating_id": f"{row['ticket_id']}-{number}", "given_at": random.choice([None, moment(random)]),
        "offered_at": random.choice([None, moment(random)]), "scale": scale,
        "score": random.choice([None, *(float(score) for score in range((scale or 5) + 1))]),
        "agent": random.choice([None, "Ann", "Bob"]), "date_only": None,
    }  # fmt: skip


def stamps(desk: World) -> Iterable[datetime]:
    """Every instant of a desk."""
    names = ("created_at", *STAMPS, "at", "given_at", "offered_at")
    rows = [*desk.tickets, *desk.messages, *desk.changes, *desk.ratings]
    return (row[name] for row in rows for name in names if row.get(name) is not None)


def many_desks(count: int, seed: int) -> list[World]:
    """So many desks of up to six tickets, all seen at the same instant, at or after the newest stamp of any."""
    random, made = Random(seed), []
    for number in range(count):
        source = f"{random.choice(['told', 'told', 'mute'])} {number}"
        rows = [ticket(random, source, place) for place in range(random.randrange(1, 7))]
        records = random.random() < 0.8
        desk = World(
            rows,
            [message(random, row, n) for row in rows for n in range(random.randrange(6))],
            [change(random, row, n) for row in rows for n in range(random.randrange(6)) if records],
            [rating(random, row, n) for row in rows for n in range(random.randrange(2))],
            BEGIN, ZONE, PROMISES, open_seconds,
        )  # fmt: skip
        made.append(desk)
    newest = max((at for desk in made for at in stamps(desk)), default=BEGIN)
    as_of = newest + timedelta(hours=random.choice([0, 0, 5, 100, 200, 400]))
    return [replace(desk, as_of=as_of) for desk in made]


def facts_of(desks: Sequence[World]) -> Facts:
    """The facts of all these desks, built at once."""
    made = tables(*([row for desk in desks for row in getattr(desk, name)]  # type: ignore[arg-type]
                    for name in ("tickets", "messages", "changes", "ratings")))  # fmt: skip
    return build_facts(made, SETTINGS, as_of=desks[0].as_of if desks else None)
