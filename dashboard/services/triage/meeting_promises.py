"""What earlier stand-ups promised, and what really happened: from the triage's own events and the tickets as loaded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select

from dashboard.desk import Desk, Head
from dashboard.people import Act, Actor, needs
from dashboard.services.triage.queue import history
from dashboard.store.triage import Meeting, MeetingItem, TriageItem
from dashboard.triage.items import Event, NoSuchItem
from dashboard.triage.meetings import Point, is_of, point_of, sees
from dashboard.triage.now import now
from dashboard.triage.promises import Happened, Promise, Span, Verdict, judged, reports, solved_spans
from dashboard.triage.rights import kept_items
from metrics.tables import ENDED_STATUSES, INSTANT

KEYS = ["source", "ticket_id"]
MERGES_AT_MOST = 20
Ticket = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """A promise and how it stands."""

    point: Point
    verdict: Verdict

    @property
    def needs_word(self) -> bool:
        """Whether the meeting has to talk about it."""
        return self.verdict.standing in ("late", "broken", "untold")


@needs(Act.SEE_MEETINGS)
def promises(actor: Actor, desk: Desk, *, at: datetime | None = None) -> tuple[Standing, ...]:
    """The promises of stand-ups that were not judged for good yet, in the order of their times, as they stand now."""
    moment = at or now()
    made = _made(actor, desk)
    tickets = _tickets(desk, made)
    found = [Standing(point, judged(_promise(point), _happened(actor, desk, point, tickets), moment)) for point in made]
    return tuple(sorted(found, key=lambda one: (one.point.promised_at or moment, one.point.id)))


def _made(actor: Actor, desk: Desk) -> list[Point]:
    """The promises of the meetings that this person may be in, about what he may see."""
    asked = (
        select(MeetingItem, Meeting)
        .join(Meeting)
        .where(MeetingItem.promised_at.is_not(None), MeetingItem.left_at.is_not(None), MeetingItem.judged_at.is_(None))
    )
    with desk.reading() as session:
        kept = kept_items(session, actor)
        return [
            point_of(row)
            for row, meeting in session.execute(asked)
            if is_of(actor, Act.SEE_MEETINGS, meeting)
            and sees(actor, Act.SEE_MEETINGS, row.team)
            and row.item_id not in kept
        ]


def _promise(point: Point) -> Promise:
    if point.left_at is None or point.promised_at is None:
        raise ValueError(f"point {point.id} promises nothing")
    return Promise(point.about.get("promises", "answered"), point.left_at, point.promised_at)


def _happened(actor: Actor, desk: Desk, point: Point, tickets: Mapping[Ticket, Happened]) -> Happened:
    """What the triage knows of the item beside what the source tells of its ticket."""
    told = tickets.get((str(point.source), str(point.ticket_id)), Happened())
    events = _events(actor, desk, point.item_id)
    return Happened((*solved_spans(events), *told.solved), told.answers, reports(events), told.known_until)


def _events(actor: Actor, desk: Desk, item_id: int | None) -> Sequence[Event]:
    """The history of an item; of one that was merged into another, what came of that one from then on too."""
    if item_id is None:
        return ()
    try:
        found = history(actor, desk, item_id)
    except NoSuchItem:
        return ()
    with desk.reading() as session:
        row = session.get(TriageItem, item_id)
        into = row.merged_into if row is not None else None
    return found if into is None else (*found, *_following(actor, desk, into, found))


def _following(actor: Actor, desk: Desk, item_id: int, before: Sequence[Event]) -> Iterable[Event]:
    since = max(event.at for event in before)
    offset = max(event.version for event in before)
    for event in _events(actor, desk, item_id):
        if event.at >= since:
            yield _numbered(event, offset)


def _numbered(event: Event, offset: int) -> Event:
    return Event(**{**vars(event), "version": event.version + offset})


def _tickets(desk: Desk, made: Sequence[Point]) -> dict[Ticket, Happened]:
    """What the sources tell of the tickets of these points."""
    keys = {(point.source, point.ticket_id) for point in made if point.source and point.ticket_id}
    head = desk.head()
    if not keys or head is None:
        return {}
    wanted = pl.DataFrame(sorted(keys), schema=dict.fromkeys(KEYS, pl.String), orient="row")
    with desk.warehouse.damage_told(head.versions):
        told = desk.warehouse.scan("tickets", head.versions).select(*KEYS, "status", "resolved_at", "closed_at")
        rows = told.join(wanted.lazy(), on=KEYS, how="semi").collect()
    answers = _answers(desk, head, wanted, min(point.left_at for point in made if point.left_at))
    return {
        (row["source"], row["ticket_id"]): Happened(
            _solved(row), tuple(answers.get((row["source"], row["ticket_id"]), ())), known_until=head.as_of
        )
        for row in rows.iter_rows(named=True)
    }


def _solved(row: Mapping[str, Any]) -> tuple[Span, ...]:
    """Since when the ticket has been solved, by its last resolution; a source tells of no earlier one when it ended."""
    since = row["resolved_at"] or row["closed_at"]
    return ((since, None),) if row["status"] in ENDED_STATUSES and since is not None else ()


def _answers(desk: Desk, head: Head, wanted: pl.DataFrame, since: datetime) -> dict[Ticket, list[datetime]]:
    """When people wrote to the customers of these tickets since the first of the promises was made."""
    is_answer = (pl.col("author_kind") == "agent") & pl.col("is_public").fill_null(True)
    with desk.warehouse.damage_told(head.versions):
        written = desk.warehouse.scan("messages", head.versions)
        told = written.filter(is_answer & (pl.col("at") >= pl.lit(since, INSTANT)))
        rows = told.join(wanted.lazy(), on=KEYS, how="semi").group_by(KEYS).agg(pl.col("at")).collect()
    return {(row["source"], row["ticket_id"]): row["at"] for row in rows.iter_rows(named=True)}
