"""The steps that tiers promise, read ticket by ticket from its changes and messages: plain Python, nothing shared."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.oracles.sla import Running
from tests.oracles.tickets import Life, Row, World, due, is_day, promised, worked

HIGHER = {"specialist", "cross_team"}
LINES = {"first_line", *HIGHER}
BY_REPLY = {"detailed_answer", "interim_plan"}
STEPS = ("acknowledge", "detailed_answer", "joint_start", "interim_plan")
Sign = tuple[datetime, int, str | None]


def ordered(world: World, ticket: Row, field: str) -> list[tuple[Row, str | None]]:
    """The changes of one field with the value before each."""
    rows = [row for row in world.of("changes", ticket) if row["field"] == field]
    found, last = [], None
    for row in sorted(rows, key=lambda row: (row["at"], row["sequence"])):
        found.append((row, row["from_value"] if row["from_value"] is not None else last))
        last = row["to_value"]
    return found


def stays(world: World, ticket: Row) -> Iterator[tuple[str, datetime, datetime | None]]:
    """Tier, when the ticket came to it, when it left it."""
    created = ticket["created_at"]
    moves = [(row["at"], before, row["to_value"]) for row, before in ordered(world, ticket, "tier")
             if row["to_value"] in LINES and before != row["to_value"]]  # fmt: skip
    if not moves:
        mine = [other for other in world.tickets if other["source"] == ticket["source"]]
        tells = any(other.get("escalated_at") for other in mine) or any(
            row["field"] == "tier" for other in mine for row in world.of("changes", other)
        )
        escalated = ticket.get("escalated_at")
        if tells and ticket.get("tier") and not is_day(ticket, "escalated_at"):
            if escalated is None:
                yield ticket["tier"], created, None
            elif ticket["tier"] in HIGHER:
                yield ticket["tier"], escalated, None
        return
    if moves[0][1] is not None and moves[0][0] > created:
        yield moves[0][1], created, moves[0][0]
    for (at, _, tier), following in zip(moves, [*moves[1:], None], strict=True):
        came, left = max(at, created), following[0] if following else None
        if left is None or left > came:
            yield tier, came, left


def signs(world: World, life: Life, *, replies_only: bool) -> list[Sign]:
    """(instant, rank among those of one instant, who) of all signs."""
    ticket, created = life.ticket, life.ticket["created_at"]
    found: list[Sign] = []
    for row in world.of("messages", ticket):
        timed = row["author_kind"] == "agent" and "at" not in (row["date_only"] or [])
        if timed and (row["is_public"] is not False or not replies_only):
            found.append((row["at"], 0, row["author"]))
    if life.at["first_response"] is not None and life.at["first_response_exact"] is not None:
        found.append((life.at["first_response"], 1, life.people["first_response"]))
    if replies_only:
        return found
    for field in ("agent", "status", "tier"):
        for row, before in ordered(world, ticket, field):
            to = row["to_value"]
            counts = {
                "agent": to is not None, "tier": True,
                "status": (before == "new" and to not in {"new", "merged", "spam"})
                or to in {"pending", "on_hold", "resolved", "confirmed", "closed"},
            }[field]  # fmt: skip
            if counts and row["at"] > created:
                found.append((row["at"], 2, to if field == "agent" else row["by"]))
    full = life.at["full_resolution"]
    if full is not None and not is_day(ticket, "resolved_at"):
        found.append((full, 3, life.people["resolution"]))
    return found


def steps(world: World, lives: Sequence[Life]) -> Iterator[Running]:
    """Every running of a step's promise."""
    for life in lives:
        if life.ticket["status"] in {"merged", "spam"}:
            continue
        for thing in STEPS:
            count = 0
            for tier, came, left in sorted(stays(world, life.ticket), key=lambda stay: stay[1]):
                run = _running(world, lives, life, thing, (tier, came, left))
                if run is not None:
                    count += 1
                    yield Running(**{**vars(run), "run": count})


def _running(
    world: World, lives: Sequence[Life], life: Life, thing: str, stay: tuple[str, datetime, datetime | None]
) -> Running | None:
    tier, came, left = stay
    ticket: dict[str, Any] = {**life.ticket, "tier": tier}
    ended = life.ended if life.state is not None else None
    created = came == ticket["created_at"]
    promise = promised(world, ticket, thing, came)
    if promise is None or (created and is_day(ticket, "created_at")) or (ended is not None and came > ended):
        return None
    all_signs = signs(world, life, replies_only=thing in BY_REPLY)
    here = [sign for sign in all_signs if (sign[0] > came or (created and sign[0] == came))
            and (left is None or sign[0] <= left)]  # fmt: skip
    done = min(here, key=lambda sign: (sign[0], sign[1], sign[2] is None, sign[2] or "")) if here else None
    if done is None and not _tells(world, lives, life, thing):
        return None
    over = min((at for at in (left, ended) if at is not None), default=None)
    stop = done[0] if done else max(came, min(over or world.as_of, world.as_of))
    side = 0 if promise.clock == "calendar" else 1
    used = worked(world, came, stop, (), ticket["team"])
    late = used[side] > promise.seconds
    state = "breached" if late else "met" if done else "cancelled" if over is not None else "running"
    at = due(world, came, promise, (), ticket["team"], timedelta(days=9))
    gone = worked(world, came, at, (), ticket["team"])
    who = (done[2] if done else None) or ticket["agent"]
    return Running(
        ticket, thing, 0, state, came, at, done[0] if done and state == "met" else at if late else None, (0, 0),
        (used[0] - gone[0], used[1] - gone[1]) if late else None,
        promise.seconds - used[side] if state == "running" else None, promise.seconds, who,
    )  # fmt: skip


def _tells(world: World, lives: Sequence[Life], life: Life, thing: str) -> bool:
    mine = {(row["source"], row["ticket_id"]) for row in world.tickets if row["source"] == life.ticket["source"]}
    talk = [row for row in world.messages if (row["source"], row["ticket_id"]) in mine]
    moved = [row for row in world.changes if (row["source"], row["ticket_id"]) in mine]
    own = [row for row in talk if row["ticket_id"] == life.ticket["ticket_id"] and row["author_kind"] == "agent"]
    if any("at" in (row["date_only"] or []) for row in own):
        return False
    reply = life.at["first_response"]
    if life.at["first_response_exact"] is None and (reply is not None or is_day(life.ticket, "first_responded_at")):
        return False
    desk = any(row["author_kind"] in {"agent", "bot", "system"} for row in talk)
    if thing in BY_REPLY:
        told = [other for other in lives if other.ticket["source"] == life.ticket["source"]]
        return desk or (reply is None and any(other.at["first_response"] for other in told))
    return desk or any(row["field"] in {"status", "team", "agent"} for row in moved)
