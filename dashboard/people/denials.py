"""What somebody asked for in vain is kept in the audit: who, what kind of thing, when; nothing of the thing itself."""

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.store import AuditRow
from metrics.errors import ActionableError

ACTION = "denied"
AGAIN_SECONDS = 60
"""A page asks many times; the same denial is told once in so many seconds."""

_log = logging.getLogger(__name__)


def note_denial(desk: Desk, actor: Actor, act: str, subject: str) -> None:
    """Record that this person was refused. It stays refused where the audit cannot be written; the log tells then."""
    try:
        with desk.keeping() as session:
            who = (AuditRow.actor_id == actor.id, AuditRow.actor == actor.name)
            just_now = AuditRow.at > datetime.now(UTC) - timedelta(seconds=AGAIN_SECONDS)
            same = select(AuditRow.id).where(AuditRow.action == ACTION, AuditRow.subject == subject, *who, just_now)
            if session.scalars(same).first() is None:
                record(session, actor, ACTION, subject, {"act": act})
    except ActionableError:
        _log.exception("a denial could not be kept in the audit")
