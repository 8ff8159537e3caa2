"""What time it is for triage: the clock on the wall, or one that was set to an instant, as for a demo or a training."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache

CLOCK = "FLOORWALKER_CLOCK"
"""The environment variable with the instant (ISO 8601) at which time begins when the process first asks for it."""
_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let it be that instant as long as the block lasts."""
    before = _standing.set(instant)
    try:
        yield
    finally:
        _standing.reset(before)


def now() -> datetime:
    """The present instant in UTC."""
    stands = _standing.get()
    if stands is not None:
        return stands
    given = os.environ.get(CLOCK)
    behind = _behind(given) if given else timedelta()
    return datetime.now(UTC) - behind


@cache
def _behind(given: str) -> timedelta:
    """How far the clock that was set is behind the one on the wall."""
    stands = datetime.fromisoformat(given)
    return datetime.now(UTC) - (stands if stands.tzinfo else stands.replace(tzinfo=UTC)).astimezone(UTC)
