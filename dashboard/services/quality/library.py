"""Good and bad cases that are kept for training: named, explained, and found again by line and type."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.privacy.masking import masked
from dashboard.quality.queues import is_blind_to
from dashboard.quality.reviewing import NotAllowedNow, demanded
from dashboard.services.quality.reviews import required
from dashboard.store import LibraryCase
from dashboard.store.swap import compare_and_set
from dashboard.triage.now import now
from metrics.words import N_

TITLE_AT_MOST = 120
_TITLE = N_("Give the case a title of at most {most} characters.")
_THERE = N_("This conversation is in the library already: “{title}”.")
_NOT_SUBMITTED = N_("A conversation is kept as a case after its review was submitted.")
_CALIBRATION = N_("What is read in a calibration is not kept as a case; it would tell the others.")


@dataclass(frozen=True)
class Case:
    """One case. criterion: what it is an example of; None: of the whole."""

    id: int
    version: int
    source: str
    ticket_id: str
    is_good: bool
    criterion: str | None
    type: str | None
    title: str
    why: str
    kept_by: str
    kept_at: datetime


@needs(Act.COACH)
def keep_case(
    actor: Actor, desk: Desk, review_id: int, *, is_good: bool, title: str, why: str, criterion: str | None = None,
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Keep the conversation of a review as a good or a bad example; the number of the case."""
    named, said, moment = masked(" ".join(title.split())), required(why), at or now()
    if not 1 <= len(named) <= TITLE_AT_MOST:
        raise NotAllowedNow(_TITLE, most=TITLE_AT_MOST)
    with desk.keeping() as session:
        row = demanded(session, actor, review_id)
        if row.revision == 0:
            raise NotAllowedNow(_NOT_SUBMITTED)
        if row.kind == "calibration":
            raise NotAllowedNow(_CALIBRATION)
        same = (LibraryCase.source == row.source) & (LibraryCase.ticket_id == row.ticket_id)
        there = session.scalar(select(LibraryCase).where(same))
        if there is not None and there.withdrawn_at is None:
            raise NotAllowedNow(_THERE, title=there.title)
        made = there or LibraryCase(source=row.source, ticket_id=row.ticket_id)
        made.review_id, made.is_good, made.criterion, made.type = row.id, is_good, criterion, row.type
        made.title, made.why, made.kept_by, made.kept_at, made.withdrawn_at = named, said, actor.name, moment, None
        session.add(made)
        session.flush()
        record(session, actor, "library.keep", f"case:{made.id}", {"review": row.id}, at=moment)
        return made.id


@needs(Act.COACH)
def withdraw(
    actor: Actor, desk: Desk, case_id: int, expected_version: int, *, at: datetime | None = None
) -> None:  # fmt: skip
    """Take a case out of the library."""
    moment = at or now()
    with desk.keeping() as session:
        compare_and_set(session, LibraryCase, case_id, expected_version=expected_version,
                        values={"withdrawn_at": moment})  # fmt: skip
        record(session, actor, "library.withdraw", f"case:{case_id}", {}, at=moment)


@needs(Act.SEE_REVIEWS)
def library(actor: Actor, desk: Desk) -> tuple[Case, ...]:
    """The cases, the newest first. Titles and reasons are for everybody, but for whoever is to judge the same himself;
    the conversation for whom may open it."""
    blind = is_blind_to(actor, LibraryCase.source, LibraryCase.ticket_id)
    asked = select(LibraryCase).where(LibraryCase.withdrawn_at.is_(None), ~blind)
    with desk.reading() as session:
        rows = session.scalars(asked.order_by(LibraryCase.kept_at.desc()))
        return tuple(
            Case(row.id, row.version, row.source, row.ticket_id, row.is_good, row.criterion, row.type, row.title,
                 row.why, row.kept_by, row.kept_at)
            for row in rows
        )  # fmt: skip
