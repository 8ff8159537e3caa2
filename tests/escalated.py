"""Escalated tickets of a desk as rows, so many as a test wants: written straight into its tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dashboard.desk import Desk
from dashboard.store.triage import TriageCause, TriageClock, TriageEvent, TriageItem

PRIORITIES = ("urgent", "important", "normal", "low")
RULES = ("overdue", "complaint", "low_rating", "words", "reopened")


def escalate(
    desk: Desk, tickets: Sequence[tuple[str, str]], *, at: datetime, teams: Sequence[str] = ("甲组", "乙组"),
    agent: str | None = None,
) -> list[int]:  # fmt: skip
    """Open an item for each of these tickets (source, number), a minute apart; their numbers, in the same order.

    Every second one has a clock that is up already, the others one that is up in hours; every tenth is a complaint.
    """
    items = [_item(place, *ticket, at=at, team=teams[place % len(teams)], agent=agent)
             for place, ticket in enumerate(tickets)]  # fmt: skip
    with desk.keeping() as session:
        session.add_all(items)
        session.flush()
        for place, item in enumerate(items):
            session.add_all(_with(item, place, at))
        return [item.id for item in items]


def _item(place: int, source: str, ticket_id: str, *, at: datetime, team: str, agent: str | None) -> TriageItem:
    opened = at - timedelta(minutes=5 + place % 600)
    told: dict[str, Any] = {
        "source": source, "ticket_id": ticket_id, "state": "new", "tier": 1 + place % 3, "opened_at": opened,
        "raised_at": opened, "changed_at": opened, "is_complaint": place % 10 == 0,
        "priority": PRIORITIES[place % 4], "channel": "chat", "type": "refund", "team": team, "agent": agent,
        "ticket_created_at": opened - timedelta(hours=1 + place % 50), "reopen_count": 0,
    }  # fmt: skip
    return TriageItem(**told)


def _with(item: TriageItem, place: int, at: datetime) -> list[Any]:
    due = at - timedelta(minutes=30 + place % 300) if place % 2 else at + timedelta(hours=2, minutes=place % 300)
    rule = "complaint" if item.is_complaint else RULES[place % len(RULES)]
    return [
        TriageEvent(item_id=item.id, version=1, at=item.opened_at, actor_id=None, actor="rules", action="open",
                    before={}, after={"state": "new"}),
        TriageCause(item_id=item.id, source=item.source, ticket_id=item.ticket_id, rule=rule, occurrence="1",
                    since=item.opened_at, values={}, seen_at=item.opened_at),
        TriageClock(item_id=item.id, kind=("t1_ack", "t2_ack", "t3_start")[item.tier - 1], run=1, tier=item.tier,
                    started_at=due - timedelta(hours=1), target_seconds=3600, clock="calendar", due_at=due, pauses=[],
                    breached_at=due if place % 2 else None),
    ]  # fmt: skip
