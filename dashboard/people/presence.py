"""Who may pass at this moment: asked of the database at most once a second for each browser, never longer kept."""

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from threading import Lock

from dashboard.desk import Desk
from dashboard.people import sessions
from dashboard.people.accounts import has_accounts
from dashboard.people.actor import NOBODY, ONE_PERSON, Actor
from dashboard.people.sessions import NOTED_EVERY, Live, hash_of
from loaders.errors import WarehouseError

FRESH_SECONDS = 1.0
AT_MOST = 4096
"""Answers kept at once: forged tokens must not fill the memory."""


class Presence:
    """The sessions of one desk, as this process knows them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.cookie = f"floorwalker_{sha256(str(desk.root).encode()).hexdigest()[:8]}"
        """The name of its cookie: browsers share cookies among all ports of a machine, so each desk has its own."""
        self._lock = Lock()
        self._open: tuple[float, bool] | None = None
        self._live: dict[str, tuple[float, Live | None]] = {}
        self._active: dict[str, float] = {}
        self._heard: list[Callable[[], None]] = []

    def is_open(self) -> bool:
        """Whether nobody has an account: then the desk is its one person's."""
        kept = self._open
        if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
            with self.desk.reading() as session:
                kept = (time.monotonic(), not has_accounts(session))
            self._open = kept
        return kept[1]

    def live(self, token: str | None) -> Live | None:
        """The session of this token (as the browser has it), where it may pass."""
        if not token:
            return None
        digest = hash_of(token)
        with self._lock:
            kept = self._live.get(digest)
        if kept is not None and time.monotonic() - kept[0] <= FRESH_SECONDS:
            return kept[1]
        return self.live_of([digest]).get(digest)

    def live_of(self, digests: Collection[str]) -> dict[str, Live]:
        """Those of the hashed tokens that may pass, asked anew."""
        at = time.monotonic()
        found = sessions.live_of(self.desk, digests)
        with self._lock:
            if len(self._live) + len(digests) > AT_MOST:
                self._live.clear()
            self._live.update({digest: (at, found.get(digest)) for digest in digests})
        return found

    def actor(self, token: str | None) -> Actor:
        """Who shows this token; nobody where it does not open a desk that has accounts."""
        found = self.live(token)
        if found is not None:
            return found.actor
        return ONE_PERSON if self.is_open() else NOBODY

    def note(self, digest: str) -> bool:
        """Somebody did something; whether it is time to tell the database."""
        now = time.monotonic()
        with self._lock:
            if now - self._active.get(digest, -1e9) < NOTED_EVERY.total_seconds():
                return False
            if len(self._active) >= AT_MOST:
                self._active.clear()
            self._active[digest] = now
            return True

    def tell(self, digest: str) -> None:
        """Tell the database of it; where it cannot be written now, the next one tells."""
        try:
            sessions.note_activity(self.desk, [digest], now=datetime.now(UTC))
        except WarehouseError:
            with self._lock:
                self._active.pop(digest, None)

    def look_again(self) -> None:
        """Rights were changed here: keep no answer, and let open pages be looked at now."""
        with self._lock:
            self._open = None
            self._live.clear()
            heard = list(self._heard)
        for hear in heard:
            hear()

    def on_change(self, hear: Callable[[], None]) -> None:
        """Call this whenever rights are changed in this process, from whichever thread."""
        with self._lock:
            self._heard.append(hear)


@lru_cache(maxsize=8)
def presence_of(desk: Desk) -> Presence:
    """The one of this desk."""
    return Presence(desk)
