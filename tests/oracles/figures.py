"""Every metric counted by hand from the lives of tickets: what each row is worth, when, and to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, sqrt
from typing import Any

from tests.oracles.sla import runnings
from tests.oracles.tickets import Life, Row, World

TIMES = (
    "first_response",
    "first_auto_response",
    "first_resolution",
    "full_resolution",
    "full_resolution_from_response",
)
CREDIT = {"first_response": "first_response", "first_auto_response": None}


@dataclass(frozen=True)
class Sample:
    """One thing that a metric counts: its worth, when it happened, on which ticket, by whom."""

    worth: float
    at: datetime | None
    ticket: Row
    agent: str | None


def samples(id: str, world: World, lives: Sequence[Life]) -> Iterator[Sample]:
    """What one metric is made of; only known things."""
    name, side = split(id)
    for life in lives:
        ticket, own = life.ticket, life.ticket["agent"]
        resolver, replier = life.people["resolution"], life.people["first_response"]
        if id == "tickets_created":
            yield Sample(1, ticket["created_at"], ticket, own)
        elif id in {"tickets_resolved", "closed_without_resolution", "tickets_set_aside"}:
            state = {
                "tickets_resolved": "resolved",
                "closed_without_resolution": "closed",
                "tickets_set_aside": "aside",
            }[id]
            if life.state is not None:
                dated = life.at["full_resolution"] if id == "tickets_resolved" else life.ended
                yield Sample(life.state == state, dated, ticket, resolver if id == "tickets_resolved" else own)
        elif id in {"replies", "reopens", "handoffs"}:
            if life.counts[id] is not None:
                yield Sample(life.counts[id] or 0, ticket["created_at"], ticket, own)
        elif id == "reopen_rate":
            if life.counts["reopens"] is not None:
                yield Sample(life.counts["reopens"] > 0, ticket["created_at"], ticket, own)
        elif id in {"first_response_within_target", "resolution_within_target"}:
            thing = id.removesuffix("_within_target")
            met = life.met[thing]
            if met is not None:
                yield Sample(met[0], met[1], ticket, replier if thing == "first_response" else resolver)
        elif name in TIMES:
            took = life.took[name]
            if took is not None:
                at = life.at["full_resolution" if name.startswith("full") else name]
                agent = {"first_response": replier, "first_auto_response": own}.get(name, resolver)
                yield Sample(took[side], at, ticket, agent)
        for wait in life.waits:
            if id == "next_response_within_target" and wait["met"] is not None:
                yield Sample(wait["met"][0], wait["met"][1], ticket, wait["agent"])
            elif name == "next_response" and id != "next_response_within_target" and wait["took"] is not None:
                yield Sample(wait["took"][side], wait["answered"], ticket, wait["agent"])
    if name.startswith("sla_"):
        yield from _promised(name, side, world, lives)
    if id in {"ratings", "csat", "csat_mean"}:
        yield from _rated(id, world, lives)


def _promised(name: str, side: int, world: World, lives: Sequence[Life]) -> Iterator[Sample]:
    for run in runnings(world, lives):
        if name == "sla_at_risk":
            near = run.state == "running" and run.left is not None and run.left < run.seconds / 4
            yield Sample(near, run.started_at, run.ticket, run.agent)
        elif name == "sla_attainment" and run.state in {"met", "breached"}:
            yield Sample(run.state == "met", run.decided_at, run.ticket, run.agent)
        elif name == "sla_overrun" and run.overrun is not None:
            yield Sample(run.overrun[side], run.decided_at, run.ticket, run.agent)


def split(id: str) -> tuple[str, int]:
    """The thing of a time and the place of its clock."""
    for side, clock in enumerate(("calendar", "business")):
        if f"_{clock}_" in id:
            return id.split(f"_{clock}_")[0], side
    return id, 0


def _rated(id: str, world: World, lives: Sequence[Life]) -> Iterator[Sample]:
    by_ticket = {(life.ticket["source"], life.ticket["ticket_id"]): life for life in lives}
    for row in world.ratings:
        if row["score"] is None:
            continue
        life = by_ticket.get((row["source"], row["ticket_id"]))
        dates = [row["given_at"]]
        if life is not None:
            dates += [life.at["full_resolution"], life.ended, life.ticket["created_at"]]
        at = next((date for date in [*dates, row["offered_at"]] if date is not None), None)
        ticket: Row = life.ticket if life is not None else {"source": row["source"]}
        agent = row["agent"] or ticket.get("agent")
        if id == "ratings":
            yield Sample(1, at, ticket, agent)
        elif row["scale"] is not None:
            part = row["score"] if row["scale"] == 1 else (row["score"] - 1) / (row["scale"] - 1)
            part = min(max(part, 0), 1)
            yield Sample(part >= 0.75 if id == "csat" else 1 + 4 * part, at, ticket, agent)


def figure(id: str, kind: str, chosen: Sequence[Sample]) -> tuple[float | None, int]:
    """Value and n; kind: total, share, mean, or p and the per cent of a quantile."""
    worths = [float(sample.worth) for sample in chosen]
    if kind == "total":
        return sum(worths), len(worths) if id in {"replies", "reopens", "handoffs"} else int(sum(worths))
    if not worths:
        return None, 0
    if kind.startswith("p"):
        return quantile(worths, int(kind[1:]) / 100), len(worths)
    return sum(worths) / len(worths), len(worths)


def quantile(worths: Sequence[float], q: float) -> float:
    ordered = sorted(worths)
    place = (len(ordered) - 1) * q
    below = floor(round(place, 9))
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def open_at(lives: Sequence[Life], end: datetime) -> list[Any]:
    """The tickets that were there before the instant and not over before it."""
    return [
        life for life in lives
        if life.state is not None and life.ticket["created_at"] < end and not (life.ended and life.ended < end)
    ]  # fmt: skip


def wilson(share: float, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    middle = (share + z * z / 2 / n) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / 4 / n / n)
    return max(0.0, middle - half), min(1.0, middle + half)
