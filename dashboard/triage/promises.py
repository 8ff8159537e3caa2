"""Whether a promise of a stand-up was kept: judged by what really happened by its time, and by nothing that was said.

Three things can be promised: that it is *solved* (and still is at that time), that the customer is *answered*, or that
somebody *reported* (did anything with it). What happened up to the promised instant counts, that instant included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from dashboard.triage.items import Event

Promised = Literal["solved", "answered", "reported"]
PROMISED: tuple[Promised, ...] = get_args(Promised)
Standing = Literal["kept", "late", "broken", "open", "untold"]
"""late: it happened, but after its time · open: its time is still to come · untold: the data end before its time."""
Span = tuple[datetime, datetime | None]
SOLVED = frozenset({"resolved", "closed"})
REPORTS = frozenset({"start", "wait", "tell", "escalate", "resolve", "close", "merge"})
"""What a person does with an item that tells how it goes on; taking it or putting it off does not."""


@dataclass(frozen=True)
class Promise:
    """What was promised in a meeting, when, and for when."""

    what: Promised
    made_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Happened:
    """What really happened: since when (until when) it was solved, the answers to the customer, the reports.

    known_until: up to when the ticket's source was loaded; what happened there later cannot be told yet.
    """

    solved: tuple[Span, ...] = ()
    answers: tuple[datetime, ...] = ()
    reports: tuple[datetime, ...] = ()
    known_until: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """How a promise stands; `at` is when the thing happened, where it did."""

    standing: Standing
    at: datetime | None = None

    @property
    def is_kept(self) -> bool | None:
        """None while nobody can tell."""
        return {"kept": True, "late": False, "broken": False}.get(self.standing)


def judged(promise: Promise, happened: Happened, at: datetime) -> Verdict:
    """How the promise stands at that instant; what happened after it is not looked at."""
    by = min(promise.due_at, at)
    since = _solved_at(happened.solved, by) if promise.what == "solved" else None
    done = since or _first(_signs(promise, happened), promise.made_at, by)
    if done is not None:
        return Verdict("kept", done)
    if at < promise.due_at:
        return Verdict("open")
    if happened.known_until is not None and happened.known_until < promise.due_at:
        return Verdict("untold")
    later = _first(_later(promise, happened), promise.due_at, at)
    return Verdict("broken") if later is None else Verdict("late", later)


def _signs(promise: Promise, happened: Happened) -> tuple[datetime, ...]:
    """The instants any of which keeps a promise that is not about being solved."""
    begun = tuple(since for since, _until in happened.solved)
    match promise.what:
        case "solved":
            return ()
        case "answered":
            return (*happened.answers, *begun)
        case "reported":
            return (*happened.reports, *happened.answers, *begun)


def _later(promise: Promise, happened: Happened) -> tuple[datetime, ...]:
    return tuple(since for since, _until in happened.solved) if promise.what == "solved" else _signs(promise, happened)


def _solved_at(spans: Sequence[Span], at: datetime) -> datetime | None:
    """Since when it is solved at that instant; None where it is not."""
    return min((since for since, until in spans if since <= at and (until is None or at < until)), default=None)


def _first(instants: Iterable[datetime], after: datetime, until: datetime) -> datetime | None:
    return min((one for one in instants if after < one <= until), default=None)


def solved_spans(history: Iterable[Event]) -> tuple[Span, ...]:
    """Of an item's events, in any order: from when to when it was solved.

    To close what is resolved does not solve it again.
    """
    spans: list[Span] = []
    since: datetime | None = None
    for event in sorted(history, key=lambda event: event.version):
        is_solved = event.after.get("state", "resolved" if since else "new") in SOLVED
        if is_solved and since is None:
            since = event.at
        elif not is_solved and since is not None:
            spans.append((since, event.at))
            since = None
    return (*spans, (since, None)) if since else tuple(spans)


def reports(history: Iterable[Event]) -> tuple[datetime, ...]:
    """When a person told how an item goes on, without what was taken back."""
    return tuple(sorted(event.at for event in history if event.action in REPORTS and event.undone_by is None))
