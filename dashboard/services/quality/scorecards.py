"""Scorecards: those in use, and making versions of them; what was published stays as it was under its reviews."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.quality import cards
from dashboard.quality.answers import Reading
from dashboard.quality.cards import AUTO_RULES, LINES_AT_MOST, Card, CardLine, Cause, NoSuchCard
from dashboard.quality.conversation import conversation, promises_kept, reading_of
from dashboard.services.facts.figures import readable_facts
from dashboard.store import Criterion, Scorecard, ScorecardVersion
from dashboard.store.swap import compare_and_set
from dashboard.triage.now import now
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.quality.scoring import Marks
from metrics.words import N_

WHOLE = 100.0
TEXT_AT_MOST = 1000
_NAME = N_("Give the scorecard a name that no other one has, of at most {most} characters.")
_NOT_DRAFT = N_("This version is published; it does not change any more. Make a new version of it.")
_MANY = N_("A card has from 1 to {most} lines that people judge; this one has {n}.")
_CODE = N_("Each line needs a code of its own, of letters and digits, at most 20: “{code}”.")
_WORDS = N_("Line {code} needs a title and a section, each text at most {most} characters.")
_WEIGHT = N_("Line {code}: a weight is a number from 0 to 100, and a critical line has none.")
_SUM = N_("The weights come to {sum}; let them come to 100, so that a line's weight is its share of the score.")
_SCALE = N_("Line {code}: a critical line is yes or no; the scale has 2 or 3 steps.")
_RULE = N_("Line {code}: “{rule}” is no rule by which a line is computed; known are {known}.")
_MARK = N_("The pass mark is a number from 0 to 100; the share that must apply one from 0 to 1.")


class CardFault(ActionableError):
    """A scorecard that cannot be used as it is."""


@needs(Act.SEE_REVIEWS)
def published(actor: Actor, desk: Desk) -> tuple[Card, ...]:
    """The scorecards in use, the newest version of each; a desk that has none yet gets those of the product."""
    del actor
    _begin(desk)
    with desk.reading() as session:
        newest: dict[int, Card] = {}
        for one in cards.cards(session):
            newest.setdefault(one.scorecard_id, one)
        return tuple(newest.values())


@needs(Act.SEE_REVIEWS)
def causes(actor: Actor, desk: Desk) -> tuple[Cause, ...]:
    """The root causes that can be chosen."""
    del actor
    _begin(desk)
    with desk.reading() as session:
        return cards.causes(session)


def _begin(desk: Desk) -> None:
    with desk.reading() as session:
        if cards.is_begun(session):
            return
    with desk.keeping() as session:
        cards.begin(session)


@needs(Act.SEE_REVIEWS)
def card(actor: Actor, desk: Desk, version_id: int) -> Card:
    """One version of a scorecard, whatever its state. Raises NoSuchCard."""
    del actor
    with desk.reading() as session:
        return cards.card(session, version_id)


@needs(Act.EDIT_SCORECARDS)
def versions(actor: Actor, desk: Desk) -> tuple[Card, ...]:
    """Every version of every scorecard, the newest of each first."""
    del actor
    _begin(desk)
    with desk.reading() as session:
        return cards.cards(session, only=("draft", "published", "retired"))


@needs(Act.EDIT_SCORECARDS)
def new_version(actor: Actor, desk: Desk, version_id: int, *, at: datetime | None = None) -> int:
    """A draft that begins as a copy of that version; an open draft of the same scorecard is gone on with."""
    with desk.keeping() as session:
        what, moment = cards.card(session, version_id), at or now()
        same = (ScorecardVersion.scorecard_id == what.scorecard_id) & (ScorecardVersion.status == "draft")
        there = session.scalar(select(ScorecardVersion.id).where(same))
        if there is not None:
            return there
        scorecard = session.get_one(Scorecard, what.scorecard_id)
        row = cards.keep_version(session, scorecard, what, by=actor.name, at=moment)
        record(session, actor, "scorecard.draft", f"scorecard:{what.scorecard_id}", {"number": row.number}, at=moment)
        return row.id


@needs(Act.EDIT_SCORECARDS)
def new_scorecard(actor: Actor, desk: Desk, name: str, version_id: int, *, at: datetime | None = None) -> int:
    """A scorecard of its own under that name, whose first draft begins as a copy of that version."""
    said, moment = " ".join(name.split()), at or now()
    with desk.keeping() as session:
        is_taken = session.scalar(select(func.count()).select_from(Scorecard).where(Scorecard.name == said))
        if not said or len(said) > 200 or is_taken:
            raise CardFault(_NAME, most=200)
        scorecard = Scorecard(name=said, made_at=moment)
        session.add(scorecard)
        session.flush()
        row = cards.keep_version(session, scorecard, cards.card(session, version_id), by=actor.name, at=moment)
        record(session, actor, "scorecard.draft", f"scorecard:{scorecard.id}", {"number": row.number}, at=moment)
        return row.id


@needs(Act.EDIT_SCORECARDS)
def save_draft(
    actor: Actor, desk: Desk, version_id: int, expected_version: int, *, marks: Marks, lines: Sequence[CardLine]
) -> int:
    """Keep a draft as it is now; the version of the row then. Raises CardFault with what could never be published."""
    sound = tuple(map(_sound, lines))
    _demand_codes(sound)
    if not (0 <= marks.pass_mark <= WHOLE and 0 <= marks.least_share <= 1):
        raise CardFault(_MARK)
    with desk.keeping() as session:
        row = _draft(session, version_id)
        values = {"pass_mark": marks.pass_mark, "least_share": marks.least_share}
        version = compare_and_set(session, ScorecardVersion, row.id, expected_version=expected_version, values=values)
        session.execute(delete(Criterion).where(Criterion.version_id == row.id))
        cards.keep_lines(session, row.id, sound)
        record(session, actor, "scorecard.save", f"scorecard:{row.scorecard_id}", {"number": row.number})
        return version


def _draft(session: Session, version_id: int) -> ScorecardVersion:
    row = session.get(ScorecardVersion, version_id)
    if row is None:
        raise NoSuchCard(N_("There is no such scorecard here any more. Choose another one."))
    if row.status != "draft":
        raise CardFault(_NOT_DRAFT)
    return row


def _sound(line: CardLine) -> CardLine:
    """The line with its texts in order. Raises CardFault."""
    told = replace(line, code=line.code.strip(), section=line.section.strip(), title=line.title.strip(),
                   guidance=line.guidance.strip())  # fmt: skip
    if not (told.code.isalnum() and len(told.code) <= 20):
        raise CardFault(_CODE, code=told.code)
    if not told.title or not told.section or max(map(len, (told.title, told.guidance))) > TEXT_AT_MOST:
        raise CardFault(_WORDS, code=told.code, most=TEXT_AT_MOST)
    if not 0 <= told.weight <= WHOLE or (told.kind == "critical" and told.weight):
        raise CardFault(_WEIGHT, code=told.code)
    if told.scale not in (2, 3) or (told.kind == "critical" and told.scale != 2):
        raise CardFault(_SCALE, code=told.code)
    if told.auto_rule is not None and told.auto_rule not in AUTO_RULES:
        raise CardFault(_RULE, code=told.code, rule=told.auto_rule, known=", ".join(AUTO_RULES))
    return told


def _demand_codes(lines: Sequence[CardLine]) -> None:
    codes = [line.code for line in lines]
    for code in codes:
        if codes.count(code) > 1:
            raise CardFault(_CODE, code=code)


@needs(Act.EDIT_SCORECARDS)
def publish(
    actor: Actor, desk: Desk, version_id: int, expected_version: int, *, at: datetime | None = None
) -> None:  # fmt: skip
    """Put a draft into use in the place of the version before, which is retired. Raises CardFault."""
    moment = at or now()
    with desk.keeping() as session:
        row = _draft(session, version_id)
        _demand_fit(cards.card(session, row.id))
        same = (ScorecardVersion.scorecard_id == row.scorecard_id) & (ScorecardVersion.status == "published")
        for before in session.scalars(select(ScorecardVersion).where(same)):
            compare_and_set(session, ScorecardVersion, before.id, expected_version=before.version,
                            values={"status": "retired"})  # fmt: skip
        compare_and_set(session, ScorecardVersion, row.id, expected_version=expected_version,
                        values={"status": "published", "published_at": moment})  # fmt: skip
        record(session, actor, "scorecard.publish", f"scorecard:{row.scorecard_id}", {"number": row.number}, at=moment)


def _demand_fit(what: Card) -> None:
    judged = sum(line.auto_rule is None and line.kind == "scored" for line in what.lines)
    if not what.lines or judged > LINES_AT_MOST:
        raise CardFault(_MANY, most=LINES_AT_MOST, n=judged)
    weights = sum(line.weight for line in what.lines)
    if weights and abs(weights - WHOLE) > 1e-6:
        raise CardFault(_SUM, sum=f"{weights:g}")


@needs(Act.EDIT_SCORECARDS)
def retire(actor: Actor, desk: Desk, version_id: int, expected_version: int, *, at: datetime | None = None) -> None:
    """Take a version out of use; reviews that were made with it stay."""
    moment = at or now()
    with desk.keeping() as session:
        what = cards.card(session, version_id)
        compare_and_set(session, ScorecardVersion, version_id, expected_version=expected_version,
                        values={"status": "retired"})  # fmt: skip
        record(session, actor, "scorecard.retire", f"scorecard:{what.scorecard_id}", {"number": what.number}, at=moment)


@needs(Act.EDIT_SCORECARDS)
def preview(
    actor: Actor, desk: Desk, version_id: int, source: str, ticket_id: str, *, facts: Facts | None = None
) -> Reading:  # fmt: skip
    """What the desk itself would say of a real conversation on this card; nothing of it is kept.

    Raises NoSuchConversation, NoSuchCard.
    """
    known = conversation(desk, facts or readable_facts(actor, desk), source, ticket_id)
    with desk.reading() as session:
        promises = promises_kept(session, desk, source, ticket_id, at=now())
        return reading_of(cards.card(session, version_id), known, promises)
