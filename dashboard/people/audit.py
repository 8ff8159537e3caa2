"""The audit: what was done, by whom, chained so that no row can be changed or taken away unseen."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.people.actor import Actor
from dashboard.store import AuditRow

BEGINNING = "0" * 64
"""What stands before the first row."""
_ENCODE = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode
"""Made once: a check of a million rows encodes each."""


def record(
    session: Session, actor: Actor, action: str, subject: str, details: Mapping[str, Any] | None = None,
    *, at: datetime | None = None,
) -> AuditRow:  # fmt: skip
    """Add a row inside the caller's write transaction: both are kept or neither.

    `details` holds ids, names of settings and counts, never a customer's words, names or numbers.
    """
    last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).first()
    row = AuditRow(
        id=1 if last is None else last.id + 1,
        at=(at or datetime.now(UTC)).astimezone(UTC),
        actor_id=actor.id,
        actor=actor.name,
        action=action,
        subject=subject,
        details=dict(details or {}),
        before=BEGINNING if last is None else last.digest,
        digest="",
    )
    row.digest = digest_of(row)
    session.add(row)
    session.flush()
    return row


def digest_of(row: AuditRow) -> str:
    """SHA-256 over the digest before it and everything that the row says."""
    return chained(row.id, row.at, row.actor_id, row.actor, row.action, row.subject, row.details, row.before)


def chained(
    id: int, at: datetime, actor_id: int | None, actor: str, action: str, subject: str, details: Any, before: str
) -> str:
    """The same of a row's cells."""
    said = _ENCODE([id, at.isoformat(), actor_id, actor, action, subject, details, before])
    return hashlib.sha256(said.encode()).hexdigest()
