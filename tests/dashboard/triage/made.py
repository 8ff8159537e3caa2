"""Items of triage put straight into a desk's database, for tests of what is done with them afterwards."""

from datetime import datetime
from typing import Any

from dashboard.desk import Desk
from dashboard.store.triage import TriageClock, TriageEvent, TriageItem


def item(desk: Desk, ticket_id: str, at: datetime, **columns: Any) -> int:
    """An item that was opened then, new, without an owner unless the columns say otherwise; its number."""
    told: dict[str, Any] = {
        "source": "s", "state": "new", "owner": None, "tier": 1, "team": "甲组", "agent": "王芳", "priority": "normal",
        "channel": "email", "type": "returns_exchanges", "opened_at": at, "raised_at": at, "changed_at": at,
        "ticket_created_at": at, "is_complaint": False, "reopen_count": 0, "version": 1,
    }  # fmt: skip
    with desk.keeping() as session:
        row = TriageItem(ticket_id=ticket_id, **{**told, **columns})
        session.add(row)
        session.flush()
        opened = TriageEvent(item_id=row.id, version=1, at=at, actor_id=None, actor="server", action="open", before={},
                             after={"state": row.state})  # fmt: skip
        session.add(opened)
        return row.id


def clock(desk: Desk, item_id: int, start: datetime, due: datetime, *, kind: str = "resolution", run: int = 1) -> int:
    """A clock of an item that runs day and night; its number."""
    with desk.keeping() as session:
        row = TriageClock(
            item_id=item_id, kind=kind, run=run, tier=1, started_at=start, due_at=due, clock="calendar", calendar=None,
            target_seconds=int((due - start).total_seconds()), pauses=[],
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id
