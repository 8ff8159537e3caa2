"""Calibrations: several inspectors read the same conversations, blind to each other until the reveal.

Nobody reads what a colleague gave before `revealed_at` is set: every reader of reviews asks
`dashboard.quality.blindness`, which looks at that column. Calibration reviews are in no rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import SERVER, Act, Actor, needs, record
from dashboard.quality.calibrations import (
    Action,
    Calibration,
    CalibrationError,
    calibration_with,
    calibrations_in,
    following,
)
from dashboard.quality.finals import answers_of
from dashboard.quality.readers import Reader, assign, demanded_readers, readers_in
from dashboard.services.facts.figures import facts_of
from dashboard.store import Assignment, CalibrationItem, CalibrationSession, ReviewAnswer, SampleUnit
from dashboard.store.frames import frame_of
from dashboard.store.swap import compare_and_set
from dashboard.triage.now import now
from metrics.quality.agreement import Agreement, Bias, biases, by_question, drift, to_rewrite
from metrics.words import N_

CHARACTERS, NOTE_CHARACTERS = 100, 1000
AT_MOST = 50
LOOKED_BACK = timedelta(days=91)
_NAME = N_("Give the calibration a name of at most {most} characters.")
_TWO = N_("A calibration needs two readers at least.")
_EXPERT = N_("The expert has to be one of the readers.")
_CONVERSATIONS = N_("Choose one to {most} conversations; “{found}” is none of this desk.")
_OWN_WORK = N_("{name} had a hand in {ticket} and cannot judge it. Choose another conversation or reader.")
_NOT_IN = N_("Not everybody has read everything, and the time is not over: {waiting}. Say so to lock it all the same.")
_BLIND = N_("What was given can be agreed on after the reveal only.")
_VALUE = N_("“{value}” is no value of a line; there are 0, 0.5, 1, or nothing where it does not apply.")


@dataclass(frozen=True)
class Agreed:
    """How far inspectors agree: by line of the scorecard, the lines to rewrite, each against the experts, over time."""

    questions: Mapping[str, Agreement]
    rewrite: tuple[str, ...]
    biases: tuple[Bias, ...]
    drift: pl.DataFrame


@needs(Act.REVIEW)
def calibrations(actor: Actor, desk: Desk) -> tuple[Calibration, ...]:
    """Every calibration, the newest first: who takes part and how far he is, never what he gave."""
    del actor
    with desk.reading() as session:
        return calibrations_in(session)


@needs(Act.CALIBRATE)
def plan(
    actor: Actor, desk: Desk, *, name: str, conversations: Sequence[tuple[str, str]], participants: Sequence[str],
    expert: str | None = None, due_at: datetime | None = None, scorecard_version_id: int | None = None,
    at: datetime | None = None,
) -> Calibration:  # fmt: skip
    """Plan one: these conversations (source, ticket) are to be read by these accounts. Raises CalibrationError."""
    moment, said, wanted = at or now(), name.strip(), list(dict.fromkeys(conversations))
    if not 1 <= len(said) <= CHARACTERS:
        raise CalibrationError(_NAME, most=CHARACTERS)
    if len(set(participants)) < 2:
        raise CalibrationError(_TWO)
    if expert is not None and expert not in participants:
        raise CalibrationError(_EXPERT)
    agents = _agents(desk, wanted)
    with desk.keeping() as session:
        readers = demanded_readers(session, participants)
        _demand_other_work(readers, agents)
        names = {reader.account: reader.name for reader in readers}
        row = CalibrationSession(
            name=said, scorecard_version_id=scorecard_version_id, state="planned", planned_by=actor.name,
            planned_at=moment, participants=[names[account] for account in names], due_at=due_at,
            expert=None if expert is None else names[expert], version=1,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _add_items(session, row.id, wanted, agents, moment)
        record(session, actor, "calibration.plan", f"calibration:{row.id}",
               {"conversations": len(wanted), "readers": len(readers)}, at=moment)  # fmt: skip
        return calibration_with(session, row.id)


def _agents(desk: Desk, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
    """The agent of each conversation. Raises CalibrationError where there is no such one."""
    keys = pl.DataFrame(wanted, schema={"source": pl.String, "ticket_id": pl.String}, orient="row")
    tickets = facts_of(SERVER, desk).tickets.join(keys, on=["source", "ticket_id"], how="semi")
    found = {(source, ticket): agent for source, ticket, agent in tickets.select(
        "source", "ticket_id", pl.coalesce("agent", "first_response_by")).iter_rows()}  # fmt: skip
    strange = [f"{source}/{ticket}" for source, ticket in wanted if (source, ticket) not in found]
    if strange or not 1 <= len(wanted) <= AT_MOST:
        raise CalibrationError(_CONVERSATIONS, most=AT_MOST, found=strange[0] if strange else "–")
    return found


def _demand_other_work(readers: Sequence[Reader], agents: Mapping[tuple[str, str], str | None]) -> None:
    for reader in readers:
        own = next((key for key, agent in agents.items() if agent is not None and agent == reader.agent), None)
        if own is not None:
            raise CalibrationError(_OWN_WORK, name=reader.name, ticket="/".join(own))


def _add_items(
    session: Session, session_id: int, wanted: Sequence[tuple[str, str]],
    agents: Mapping[tuple[str, str], str | None], at: datetime,
) -> None:  # fmt: skip
    for place, (source, ticket) in enumerate(wanted, start=1):
        unit = SampleUnit(session_id=session_id, source=source, ticket_id=ticket, agent=agents[(source, ticket)],
                          reason="calibration", round=1, added_at=at)  # fmt: skip
        session.add(unit)
        session.flush()
        session.add(CalibrationItem(session_id=session_id, unit_id=unit.id, position=place, consensus={}))
    session.flush()


@needs(Act.CALIBRATE)
def start(
    actor: Actor, desk: Desk, session_id: int, expected_version: int, *, at: datetime | None = None
) -> Calibration:  # fmt: skip
    """Let everybody read: the conversations come into the readers' queues. Raises CalibrationError."""
    moment = at or now()
    with desk.keeping() as session:
        found = _went(session, actor, session_id, expected_version, "open", moment)
        accounts = {reader.name: reader for reader in _readers(session, found)}
        given = [
            (item.unit, "expert" if name == found.expert else "calibration", accounts[name])
            for item in found.items for name in found.participants
        ]  # fmt: skip
        assign(session, iter(given), at=moment, due_hours=None)
        if found.due_at is not None:
            units = [item.unit for item in found.items]
            session.execute(update(Assignment).where(Assignment.unit_id.in_(units)).values(due_at=found.due_at))
        return calibration_with(session, session_id)


def _readers(session: Session, found: Calibration) -> tuple[Reader, ...]:
    known = {reader.name: reader.account for reader in readers_in(session).values()}
    return demanded_readers(session, [known.get(name, name) for name in found.participants])


@needs(Act.CALIBRATE)
def lock(
    actor: Actor, desk: Desk, session_id: int, expected_version: int, *, early: bool = False,
    at: datetime | None = None,
) -> Calibration:  # fmt: skip
    """Take no more readings: all are in, or the time is over, or *early*. Raises CalibrationError."""
    moment = at or now()
    with desk.keeping() as session:
        found = calibration_with(session, session_id)
        is_over = found.due_at is not None and found.due_at <= moment
        if not (found.is_all_in or is_over or early) and found.state == "open":
            waiting = [name for name in found.participants if found.done.get(name, 0) < len(found.items)]
            raise CalibrationError(_NOT_IN, waiting=", ".join(waiting))
        _went(session, actor, session_id, expected_version, "lock", moment)
        units = [item.unit for item in found.items]
        left = (Assignment.unit_id.in_(units), Assignment.state.in_(("open", "started")))
        session.execute(update(Assignment).where(*left).values(state="returned", version=Assignment.version + 1))
        return calibration_with(session, session_id)


@needs(Act.CALIBRATE)
def reveal(
    actor: Actor, desk: Desk, session_id: int, expected_version: int, *, at: datetime | None = None
) -> Calibration:  # fmt: skip
    """Let everybody see what everybody gave. Raises CalibrationError."""
    with desk.keeping() as session:
        return _went(session, actor, session_id, expected_version, "reveal", at or now())


@needs(Act.CALIBRATE)
def agree(
    actor: Actor, desk: Desk, session_id: int, expected_version: int, *, unit: int,
    consensus: Mapping[str, float | None], note: str = "", at: datetime | None = None,
) -> Calibration:  # fmt: skip
    """Keep what all agreed on for one conversation; with the last one the calibration is agreed."""
    moment = at or now()
    for value in consensus.values():
        if value not in (None, 0, 0.5, 1):
            raise CalibrationError(_VALUE, value=value)
    with desk.keeping() as session:
        found = calibration_with(session, session_id)
        item = session.get(CalibrationItem, (session_id, unit))
        if not found.is_revealed or item is None or found.state == "closed":
            raise CalibrationError(_BLIND)
        item.consensus, item.note = dict(consensus), note.strip()[:NOTE_CHARACTERS] or None
        session.flush()
        compare_and_set(session, CalibrationSession, session_id, expected_version=expected_version, values={})
        details = {"unit": unit, "lines": len(consensus)}
        record(session, actor, "calibration.consensus", f"calibration:{session_id}", details, at=moment)
        now_there = calibration_with(session, session_id)
        if found.state == "revealed" and all(one.consensus for one in now_there.items):
            return _went(session, actor, session_id, now_there.version, "agree", moment)
        return now_there


@needs(Act.CALIBRATE)
def close(
    actor: Actor, desk: Desk, session_id: int, expected_version: int, *, at: datetime | None = None
) -> Calibration:  # fmt: skip
    """End a calibration after its reveal. Raises CalibrationError."""
    with desk.keeping() as session:
        return _went(session, actor, session_id, expected_version, "close", at or now())


def _went(
    session: Session, actor: Actor, session_id: int, expected: int, action: Action, at: datetime
) -> Calibration:  # fmt: skip
    """Let the act happen to the version that was looked at."""
    values = following(calibration_with(session, session_id), action, at)
    compare_and_set(session, CalibrationSession, session_id, expected_version=expected, values=values)
    record(session, actor, f"calibration.{action}", f"calibration:{session_id}", at=at)
    session.expire_all()
    return calibration_with(session, session_id)


@needs(Act.SEE_QUALITY)
def given(actor: Actor, desk: Desk, session_id: int) -> pl.DataFrame:
    """What everybody gave on every line and wrote to it, once it is revealed; before that nothing."""
    with desk.reading() as session:
        found = calibration_with(session, session_id)
        answers = answers_of(session, actor) if found.is_revealed else answers_of(session, actor).clear()
        own = in_time(answers, found)
        wrote = select(ReviewAnswer.review_id, ReviewAnswer.criterion, ReviewAnswer.comment).where(
            ReviewAnswer.review_id.in_(own["review"].unique().to_list()), ReviewAnswer.revision == 1
        )  # fmt: skip
        comments = frame_of(session, wrote, {"review": pl.Int64, "criterion": pl.String, "comment": pl.String})
    told = own.join(comments, on=["review", "criterion"], how="left", maintain_order="left")
    return told.select(
        "source", "ticket_id", "unit", "reviewer", "criterion", "scale", value="first",
        comment=pl.col("comment").fill_null(""),
    )  # fmt: skip


def in_time(answers: pl.DataFrame, found: Calibration) -> pl.DataFrame:
    """The readings of a session that were handed in before it was locked."""
    own = answers.filter(pl.col("session_id") == found.id, pl.col("kind") == "calibration")
    return own if found.locked_at is None else own.filter(pl.col("reviewed_at") <= found.locked_at)


@needs(Act.SEE_QUALITY)
def agreed(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Agreed:
    """How far inspectors agreed in the last three months: hidden second readings and revealed calibrations.

    By what was given first, before any dispute; computed lines are nobody's judgement.
    """
    since = (at or now()) - LOOKED_BACK
    with desk.reading() as session:
        answers = answers_of(session, actor).filter(pl.col("reviewed_at") >= since, ~pl.col("is_auto"))
        sessions = {one.id: one for one in calibrations_in(session) if one.is_revealed}
    late_left_out = (in_time(answers, one) for one in sessions.values())
    answers = pl.concat([answers.filter(pl.col("session_id").is_null()), *late_left_out])
    ratings = answers.filter(pl.col("unit").is_in(_twice(answers).implode())).select(
        "unit", "session_id", "reviewer", "scale", "reviewed_at", conversation=pl.col("unit").cast(pl.String),
        question="criterion", reader="reviewer", value="first", period=pl.col("reviewed_at").dt.strftime("%Y-%m"),
    )  # fmt: skip
    questions = by_question(ratings)
    return Agreed(questions, to_rewrite(questions), _biases(ratings, sessions), drift(ratings))


def _twice(answers: pl.DataFrame) -> pl.Series:
    """The units that two or more have read."""
    readers = answers.group_by("unit").agg(pl.col("reviewer").n_unique())
    return readers.filter(pl.col("reviewer") >= 2)["unit"]


def _biases(ratings: pl.DataFrame, sessions: Mapping[int, Calibration]) -> tuple[Bias, ...]:
    """Everybody against the expert of the calibrations in which both read."""
    expert = pl.lit("\0expert")
    experts = pl.DataFrame(
        {"session_id": list(sessions), "expert": [one.expert for one in sessions.values()]},
        schema={"session_id": pl.Int64, "expert": pl.String},
    ).drop_nulls()
    held = ratings.join(experts, on="session_id")
    told = held.with_columns(reader=pl.when(pl.col("reader") == pl.col("expert")).then(expert).otherwise("reader"))
    return biases(told, "\0expert")
