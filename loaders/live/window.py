"""Reading by the instant of the last change, where a system has no cursor: borders overlap, nothing counts twice.

Several records may share an instant, a record may be written later than its stamp says, and clocks differ. So each
question reaches back before the newest stamp seen, and what was seen with the same stamp is left out.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from loaders.live.page import Record

OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Window:
    """The newest stamp seen, and what was seen within the overlap before it: number -> stamp and digest of the content.

    A stamp alone does not tell what was seen: a ticket may change twice within one second.
    """

    newest: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    overlap: timedelta = OVERLAP

    @classmethod
    def of(cls, state: Mapping[str, Any] | None, *, overlap: timedelta = OVERLAP) -> "Window":
        state = state or {}
        newest = datetime.fromisoformat(state["newest"]) if state.get("newest") else None
        return cls(newest, dict(state.get("seen", {})), overlap)

    @property
    def since(self) -> datetime | None:
        """From when on to ask; None: from the very beginning."""
        return None if self.newest is None else self.newest - self.overlap

    @property
    def stamps(self) -> list[str]:
        """What was seen, by its stamps as they were written."""
        return [mark.rpartition("#")[0] for mark in self.seen.values()]

    def unseen(self, records: Sequence[Record], *, id: str, at: str) -> list[Record]:
        """Those records that were not seen as they are."""
        return [record for record in records if self.seen.get(str(record[id])) != _mark(record, at)]

    def after(self, records: Iterable[Record], *, id: str, at: str) -> "Window":
        """The window once these records have been kept."""
        found = {str(record[id]): _mark(record, at) for record in records}
        newest = max((_marked(mark) for mark in found.values()), default=None)
        if newest is None or (self.newest is not None and newest < self.newest):
            newest = self.newest
        if newest is None:
            return self
        border = newest - self.overlap
        seen = {number: mark for number, mark in {**self.seen, **found}.items() if _marked(mark) >= border}
        return Window(newest, seen, self.overlap)

    def to_state(self) -> dict[str, Any]:
        return {"newest": self.newest.isoformat() if self.newest else None, "seen": dict(self.seen)}


def _mark(record: Record, at: str) -> str:
    told = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
    return f"{record[at]}#{crc32(told.encode()):08x}"


def _marked(mark: str) -> datetime:
    return stamp_of(mark.rpartition("#")[0])


def swept(
    window: Window, pages: Iterable[Sequence[Record]], *, id: str, at: str
) -> Iterator[tuple[list[Record], Window]]:
    """What is new of pages in any order; the window goes on with the last of them only, as older ones may follow."""
    now, held = window, None
    for page in pages:
        since = window.since
        recent = [one for one in page if since is None or stamp_of(str(one[at])) >= since]
        fresh = window.unseen(recent, id=id, at=at)
        now = now.after(fresh, id=id, at=at)
        if fresh and held:
            yield held, window
        held = fresh or held
    if held:
        yield held, now


def ascending(
    window: Window, ask: Callable[[datetime | None, int], Sequence[Record]], *, id: str, at: str, size: int
) -> Iterator[tuple[list[Record], Window]]:
    """What is new of pages that are sorted by their stamps: `ask` gives the page of this number since an instant.

    A record that changes meanwhile moves to the end, and all behind it move up a place: who turns pages would miss one
    at each border. So the first page is asked for again, since the last stamp seen; pages are turned within a stamp.
    """
    since, number = window.since, 1
    while True:
        page = ask(since, number)
        fresh = window.unseen(page, id=id, at=at)
        if fresh:
            window = window.after(fresh, id=id, at=at)
            yield fresh, window
        if len(page) < size:
            return
        last = stamp_of(str(page[-1][at]))
        since, number = (last, 1) if since is None or last > since else (since, number + 1)


def stamp_of(text: str) -> datetime:
    """An ISO stamp, or seconds or milliseconds since 1970, in UTC."""
    if text.replace(".", "", 1).isdigit():
        number = float(text)
        return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
