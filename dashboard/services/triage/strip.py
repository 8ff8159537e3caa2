"""A ticket's story on one strip: what happened on which side, the gaps between, where the triage of it came in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from dashboard.services.analysis.ticket_story import Kind, Story
from dashboard.triage.items import Event

Sign = Literal["received", "customer", "answer", "note", "hand_off", "wait", "resolved", "reopened", "rated", "late",
               "triage"]  # fmt: skip
SIGNS: dict[Kind, Sign] = {
    "created": "received", "customer": "customer", "agent": "answer", "responded": "answer", "bot": "answer",
    "auto_responded": "answer", "note": "note", "team": "hand_off", "assigned": "hand_off", "tier": "hand_off",
    "escalated": "hand_off", "paused": "wait", "resolved": "resolved", "ended": "resolved", "reopened": "reopened",
    "rated": "rated", "overdue": "late",
}  # fmt: skip
MARKS_AT_MOST = 60
GAP_SHARE = 0.08
"""A gap is told when it takes at least so much of the strip."""
GAPS_AT_MOST = 4


@dataclass(frozen=True)
class Mark:
    """One thing on the strip. is_first: the first answer of a person."""

    at: datetime
    sign: Sign
    is_first: bool = False
    action: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A span of the strip: nothing happened in it, or the ticket waited for the customer or somebody outside."""

    begin: datetime
    end: datetime
    is_wait: bool

    @property
    def seconds(self) -> float:
        return (self.end - self.begin).total_seconds()


@dataclass(frozen=True)
class Strip:
    """The strip from the request to the end of the data, or to now where triage went on after it."""

    begin: datetime
    end: datetime
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]

    def share(self, at: datetime) -> float:
        """Where an instant lies on the strip, from 0 to 1."""
        whole = (self.end - self.begin).total_seconds()
        return 0.0 if whole <= 0 else min(max((at - self.begin).total_seconds() / whole, 0.0), 1.0)


def strip(story: Story, events: Sequence[Event], *, until: datetime) -> Strip:
    """The strip of a ticket: its own story, and what triage did with it."""
    marks = sorted([*_of_ticket(story), *(_of_triage(event) for event in events)], key=lambda mark: mark.at)
    begin = story.ticket["created_at"]
    end = max([mark.at for mark in marks] + [begin, min(until, _end_of(story, until))])
    waits = [
        Stretch(row["begin"], row["end"], is_wait=True)
        for row in story.spans.filter(part="paused").iter_rows(named=True)
    ]
    return Strip(begin, end, _spread(marks), (*waits, *_gaps(marks, begin, end, waits)))


def _end_of(story: Story, until: datetime) -> datetime:
    """Where the story ends: with the ticket, else it goes on."""
    ended: datetime | None = story.ticket.get("ended_at")
    return ended or until


def _of_ticket(story: Story) -> Iterator[Mark]:
    has_answer = False
    for event in story.events:
        sign = SIGNS.get(event.kind)
        if sign is None:
            continue
        is_first = not has_answer and event.kind in ("agent", "responded")
        has_answer = has_answer or is_first
        yield Mark(event.at, sign, is_first=is_first)


def _of_triage(event: Event) -> Mark:
    return Mark(event.at, "triage", action=event.action)


def _spread(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """All marks, or of very many the telling ones and an even choice of the others."""
    if len(marks) <= MARKS_AT_MOST:
        return tuple(marks)
    plain = [mark for mark in marks if mark.sign in ("customer", "answer", "note") and not mark.is_first]
    step = -(-len(plain) // MARKS_AT_MOST)
    dropped = {id(mark) for place, mark in enumerate(plain) if place % step}
    return tuple(mark for mark in marks if id(mark) not in dropped)


def _gaps(
    marks: Sequence[Mark], begin: datetime, end: datetime, waits: Sequence[Stretch]
) -> tuple[Stretch, ...]:  # fmt: skip
    """The longest stretches in which nothing happened, outside of waits."""
    instants = [begin, *(mark.at for mark in marks), end]
    found = [Stretch(one, other, is_wait=False) for one, other in pairwise(instants)]
    whole = (end - begin).total_seconds() or 1.0
    long = [gap for gap in found if gap.seconds / whole >= GAP_SHARE and not any(_covers(wait, gap) for wait in waits)]
    kept = sorted(long, key=lambda gap: -gap.seconds)[:GAPS_AT_MOST]
    return tuple(sorted(kept, key=lambda gap: gap.begin))


def _covers(wait: Stretch, gap: Stretch) -> bool:
    overlap = min(wait.end, gap.end) - max(wait.begin, gap.begin)
    return overlap.total_seconds() > gap.seconds / 2
