"""Every running of a promise read by hand from the lives of tickets, pauses second by second."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.oracles.tickets import ACTIVE, OVER, Life, Row, World, due, is_day, promised, rests, worked
from tests.oracles.tickets import late as is_late

Pauses = Sequence[tuple[datetime, datetime | None]]
FAR = timedelta(days=9)


@dataclass(frozen=True)
class Running:
    """One running of one promise."""

    ticket: Row
    thing: str
    run: int
    state: str
    started_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    paused: tuple[int, int]
    overrun: tuple[int, int] | None
    left: int | None
    seconds: int
    agent: str | None


def runnings(world: World, lives: Sequence[Life]) -> Iterator[Running]:
    """All that can be measured; a silent source starts none."""
    for life in lives:
        yield from filter(None, _of(world, life))


def _of(world: World, life: Life) -> Iterator[Running | None]:
    ticket = life.ticket
    replier, resolver = life.people["first_response"], life.people["resolution"]
    done = life.at["first_response"]
    tells = life.tells["first_response"] if done is None else life.took["first_response"] is not None
    yield _running(world, life, "first_response", 1, life.start, done, (), tells, replier)
    for wait in life.waits:
        tells = wait["is_exact"] if wait["answered"] is None else wait["took"] is not None
        if not wait["is_first"]:
            yield _running(world, life, "next_response", 1, wait["asked"], wait["answered"], (), tells, wait["agent"])
    if ticket["status"] in {"merged", "spam"} or is_day(ticket, "created_at"):
        return
    pauses = rests(world, ticket)
    for run, start, done, tells, by in _resolutions(world, life):
        yield _running(world, life, "resolution", run, start, done, pauses, tells, by or resolver)


def _resolutions(world: World, life: Life) -> Iterator[tuple[int, datetime, datetime | None, bool, str | None]]:
    ticket, full, first = life.ticket, life.at["full_resolution"], life.at["first_resolution"]
    created = ticket["created_at"]
    moves = sorted((row for row in world.of("changes", ticket) if row["field"] == "status"),
                   key=lambda row: (row["at"], row["sequence"]))  # fmt: skip
    backs, last = [], None
    for row in moves:
        before = row["from_value"] if row["from_value"] is not None else last
        if before in OVER and row["to_value"] in ACTIVE and row["at"] >= created:
            backs.append(row["at"])
        last = row["to_value"]
    exact = life.took["full_resolution"] is not None
    if not backs:
        if (life.counts["reopens"] or 0) > 0 and first is not None:
            yield 1, created, first, life.took["first_resolution"] is not None, None
        else:
            yield 1, created, full, life.tells["resolution"] if full is None else exact, None
        return
    for run, start in enumerate([created, *backs], 1):
        until = backs[run - 1] if run <= len(backs) else None
        ends = [
            row for row in moves
            if row["to_value"] in {"resolved", "confirmed", "closed"} and (until is None or row["at"] <= until)
            and (row["at"] > start or (run == 1 and row["at"] == start))
        ]  # fmt: skip
        if until is not None:
            yield run, start, ends[0]["at"] if ends else None, bool(ends), ends[0]["by"] if ends else None
        elif full is not None and full >= start:
            yield run, start, full, not is_day(ticket, "resolved_at"), None
        elif full is not None and ends:
            yield run, start, ends[0]["at"], True, ends[0]["by"]
        else:
            yield run, start, None, life.tells["resolution"], None


def _running(
    world: World, life: Life, thing: str, run: int, start: datetime | None, done: datetime | None, pauses: Pauses,
    tells: bool, agent: str | None,
) -> Running | None:  # fmt: skip
    promise = promised(world, life.ticket, thing, start)
    if promise is None or start is None or not tells:
        return None
    side, team = (0 if promise.clock == "calendar" else 1), life.ticket["team"]
    over = life.ended if life.state is not None else None
    stop = done or max(start, min(over or world.as_of, world.as_of))
    used, through = worked(world, start, stop, pauses, team), worked(world, start, stop, (), team)
    late = is_late(promise, used[side], start, stop)
    rests_now = any(end is None and begin <= stop for begin, end in pauses)
    unknown = life.ticket["status"] == "pending" and not any(
        row["field"] == "status" and row["source"] == life.ticket["source"] for row in world.changes
    )
    if late:
        state = "breached"
    elif done is not None:
        state = "met"
    elif over is not None:
        state = "cancelled"
    else:
        state = "paused" if rests_now or (unknown and thing == "resolution") else "running"
    until = [(begin, min(end or stop, stop)) for begin, end in pauses if begin <= stop]
    at = due(world, start, promise, until, team, FAR)
    gone = worked(world, start, at, until, team)
    return Running(
        life.ticket, thing, run, state, start, None if state == "paused" else at,
        done if state == "met" else at if late else None,
        (through[0] - used[0], through[1] - used[1]),
        (used[0] - gone[0], used[1] - gone[1]) if late else None,
        promise.seconds - used[side] if state in {"running", "paused"} else None,
        promise.seconds, agent,
    )  # fmt: skip
