"""The demo desk's spot-checks: a plan, a draw for each of its last weeks' days, and what inspectors made of them.

Frames, picks and scores come from the product's own functions; what an inspector saw is made up. The draw of the newest
day is left to be read.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from dashboard.demo.calendar_of_demand import NEWEST
from dashboard.desk import Desk
from dashboard.people import SERVER, Actor
from dashboard.quality import cards
from dashboard.quality.draws import keep_frame, keep_strata, keep_units
from dashboard.quality.errors import Case
from dashboard.quality.plans import Plan, following, row_of
from dashboard.quality.readers import Unread, assign, spread
from dashboard.quality.windows import complaints_of, counts_of, frame_of, window_of
from dashboard.services.facts.figures import facts_of
from dashboard.services.quality import error_cases
from dashboard.store import Assignment, Base, Review, SampleDraw, SampleUnit
from metrics.facts import Facts
from metrics.quality import sampling
from metrics.quality.risks import Window
from metrics.quality.sampling import Allocation, parts
from metrics.quality.scoring import Score, scored

PLAN = Plan("每日抽查", by_channel=False, allocation=Allocation(share=0.03, minimum=2), double_share=0.1)
CLAIM, SEARCH = "答复客户“24 小时内给结果”，而该类问题的承诺时限是 48 小时", "24小时内 结果\n24小时内 答复"
RIGHT, AFFECTED = "此类问题须与仓库核实，承诺时限为 48 小时，逾期按规定补偿", 8
INSPECTORS = ("陆雨桐", "方哲", "秦朗")
DAYS = 31
TABLES = Base.metadata.tables
FAILS = {"complaint": 0.16, "reopened_or_late": 0.10, "new_agent": 0.12, "rest": 0.035}
LINES = ("R1", "R1", "R2", "R2", "A1", "R3", "A3", "K1", "K2")
"""What goes wrong, the usual more often."""
CAUSES = ("article_missing", "article_outdated", "not_trained", "not_applied", "slip", "policy_unclear")
SKIPPED, INELIGIBLE, SEEN_ALIKE = 0.02, 0.01, 0.6


def inspect(desk: Desk) -> None:
    """Fill the last weeks of the desk with draws and reviews, and let one error be corrected."""
    facts = facts_of(SERVER, desk)
    _review_weeks(desk, facts)
    _correct(desk, facts)


def _review_weeks(desk: Desk, facts: Facts) -> None:
    chance, head = random.Random(20261120), desk.head()
    if head is None:
        return
    with desk.keeping() as session:
        cards.begin(session)
        plan_row = row_of(following(PLAN, 0, by=INSPECTORS[0], at=NEWEST - timedelta(days=DAYS + 1)))
        session.add(plan_row)
        session.flush()
        seen = _Seen(cards.cards(session)[0], _tickets(facts), chance)
        for back in range(DAYS, 0, -1):
            window = window_of((NEWEST - timedelta(days=back)).date(), "day", facts.zone)
            draw_id = _draw(session, desk, facts, window, plan_row.id, head.id)
            if draw_id is not None and back > 1:
                _read(session, seen, draw_id, window.end)
        seen.keep(session)


def _correct(desk: Desk, facts: Facts) -> None:
    """Let one error be on its way to its correction: others were told the same, the measure is still to be done."""
    who, begun = Actor(None, INSPECTORS[1], "inspector"), NEWEST - timedelta(hours=40)
    with desk.reading() as session:
        wrong = select(Review).where(Review.root_cause == "article_outdated", Review.channel == "chat")
        review = session.scalars(wrong.order_by(Review.id.desc())).first()
    if review is None:
        return
    case = error_cases.open_case(who, desk, source=review.source, ticket_id=review.ticket_id, wrong_claim=CLAIM,
                                 right_claim=RIGHT, search=SEARCH, was_public=True, review_id=review.id, criterion="K1",
                                 facts=facts, at=begun)  # fmt: skip
    same = error_cases.look_back(who, desk, case.id, words=SEARCH, days=3, facts=facts, at=NEWEST)
    keys = list(same.select("source", "ticket_id").head(AFFECTED).iter_rows())
    steps: list[Callable[[Case], Case]] = [
        lambda one: error_cases.correct_in_public(who, desk, one.id, one.version, where="帮助中心 · 退换货说明",
                                                  at=begun + timedelta(minutes=47)),
        lambda one: error_cases.tell_customer(who, desk, one.id, one.version, at=begun + timedelta(hours=3)),
        lambda one: error_cases.add_affected(who, desk, one.id, one.version, tickets=keys, words=SEARCH,
                                             at=begun + timedelta(hours=4)),
        lambda one: error_cases.set_contact(who, desk, one.id, one.version, tickets=keys[: AFFECTED // 2],
                                            state="contacted", at=begun + timedelta(hours=20)),
        lambda one: error_cases.record_cause(who, desk, one.id, one.version, cause="article_outdated",
                                             note="知识库条目还是旧承诺时限", at=begun + timedelta(hours=22)),
        lambda one: error_cases.plan_action(who, desk, one.id, one.version, kind="knowledge", owner=INSPECTORS[2],
                                            measure="更新知识库承诺时限条目，晨会通知各组",
                                            at=begun + timedelta(hours=23),
                                            due_at=NEWEST + timedelta(hours=9)),
    ]  # fmt: skip
    for step in steps:
        case = step(case)


def _draw(session: Session, desk: Desk, facts: Facts, window: Window, plan_id: int, load: int) -> int | None:
    """The draw of one day, an hour after it."""
    frame, at = frame_of(facts, PLAN, window, complaints_of(desk)), window.end + timedelta(hours=1)
    if frame.is_empty():
        return None
    text, counts = sampling.frame_text(frame), counts_of(frame, PLAN)
    seed = hashlib.sha256(f"demo {window.start}".encode()).hexdigest()[: sampling.SEED_CHARACTERS]
    row = SampleDraw(
        plan_id=plan_id, window_from=window.start, window_to=window.end, load_id=load, as_of=window.end,
        frame_size=frame.height, frame_sha256=sampling.digest(text), seed=seed, algorithm=sampling.ALGORITHM,
        drawn_by=INSPECTORS[0], drawn_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    keep_frame(session, row.id, text, at=at)
    keep_strata(session, row.id, frame, counts)
    keep_units(session, row.id, sampling.drawn(frame, seed, counts), round=1, at=at, plan=PLAN)
    units = session.execute(
        select(SampleUnit.id, SampleUnit.agent).where(SampleUnit.draw_id == row.id).order_by(SampleUnit.u)
    ).all()
    twice = sampling.doubled([unit for unit, _agent in units], PLAN.double_share, seed)
    assign(session, spread([Unread(*unit) for unit in units], twice, (), {}), at=at, due_hours=PLAN.due_hours)
    return row.id


def _read(session: Session, seen: "_Seen", draw_id: int, closed: datetime) -> None:
    """Let the inspectors read what was drawn on the day after."""
    asked = (
        select(Assignment.id, Assignment.role, SampleUnit.id, SampleUnit.source, SampleUnit.ticket_id,
               SampleUnit.stratum, SampleUnit.agent, SampleUnit.draw_id)
        .join(SampleUnit).where(SampleUnit.draw_id == draw_id).order_by(SampleUnit.id, Assignment.id)
    )  # fmt: skip
    for place, row in enumerate(session.execute(asked)):
        seen.read(row, closed + timedelta(hours=2, minutes=6 * place))


@dataclass
class _Seen:
    """What the inspectors have made of it so far, to be written at once."""

    what: cards.Card
    tickets: dict[tuple[str, str], dict[str, Any]]
    chance: random.Random
    values: dict[int, dict[str, float | None]] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)

    def read(self, row: Any, at: datetime) -> None:
        """One conversation, by one inspector."""
        number, role, unit, source, ticket_id, stratum, agent, draw_id = row
        reader = INSPECTORS[(unit + (role == "double")) % len(INSPECTORS)]
        left = _left(self.chance) if role == "primary" else None
        outcome, code = left or ("reviewed", None)
        if role == "primary":
            self.units.append({"id": unit, "outcome": outcome, "code": code, "settled_at": at, "settled_by": reader})
        done = {"state": "returned", "done_at": None} if left else {"state": "done", "done_at": at}
        self.assignments.append({"id": number, "reviewer": reader, **done})
        if left:
            return
        if unit not in self.values or self.chance.random() > SEEN_ALIKE:
            self.values[unit] = _answers_of(self.what, stratum, agent, self.chance)
        found = scored(self.what.lines, self.values[unit], self.what.marks)
        cause = self.chance.choice(CAUSES) if found.failed else None
        self.answers.append({"values": self.values[unit], "cause": cause})
        told = {"assignment_id": number, "draw_id": draw_id, "source": source, "ticket_id": ticket_id, "agent": agent}
        kind = {"kind": "normal", "state": "closed"} if role == "primary" else {"kind": "double", "state": "submitted"}
        self.reviews.append({
            **told, **kind, **self.tickets[(source, ticket_id)], **_result(found), "root_cause": cause, "begun_at": at,
            "reviewer": reader, "version_id": self.what.id, "revision": 1, "draft": {}, "submitted_at": at,
            "told_at": at, "acknowledged_at": at + timedelta(hours=20), "seconds": self.chance.randint(70, 320),
            "version": 3,
        })  # fmt: skip

    def keep(self, session: Session) -> None:
        """Write the reviews with their only revision and its answers, and what became of the units."""
        session.execute(update(SampleUnit), self.units)
        session.execute(update(Assignment), self.assignments)
        last = session.scalar(select(func.max(Review.id))) or 0
        ids = range(last + 1, last + 1 + len(self.reviews))
        told = list(zip(ids, self.reviews, strict=True))
        session.execute(insert(TABLES["reviews"]), [{"id": number, **row} for number, row in told])
        names = ("score", "applicable_share", "critical_failed", "passed")
        session.execute(insert(TABLES["review_revisions"]), [
            {"review_id": number, "revision": 1, "at": row["submitted_at"], "by": row["reviewer"], "reason": "",
             **{name: row[name] for name in names}} for number, row in told
        ])  # fmt: skip
        session.execute(insert(TABLES["review_answers"]), list(_rows(ids, self.answers)))


def _left(chance: random.Random) -> tuple[str, str] | None:
    """Why a conversation was not read, now and then."""
    drawn = chance.random()
    if drawn < INELIGIBLE:
        return "ineligible", "duplicate"
    return ("skipped", "language") if drawn < INELIGIBLE + SKIPPED else None


def _answers_of(
    what: cards.Card, stratum: str, agent: str | None, chance: random.Random
) -> dict[str, float | None]:  # fmt: skip
    """What an inspector saw: nearly always nothing wrong, more often something where the risk is greater."""
    team, risk, _channel = parts(stratum)
    weak = int(hashlib.sha256(f"{team}{agent}".encode()).hexdigest()[:4], 16) / 0xFFFF
    never = {"S2"} if risk == "complaint" else {"S2", "A2", "K5"}
    found = {line.code: None if line.code in never else 1.0 for line in what.lines}
    if chance.random() < FAILS[risk] * (0.4 + 1.2 * weak):
        line = what.line(chance.choice(LINES))
        found[line.code] = 0.5 if line.scale == 3 and chance.random() < 0.6 else 0.0
    return found


def _tickets(facts: Facts) -> dict[tuple[str, str], dict[str, Any]]:
    """What a review takes over from its ticket, of all that was answered lately."""
    recent = facts.tickets.lazy().filter(pl.col("first_response_at") >= NEWEST - timedelta(days=DAYS + 2))
    told = recent.select("source", "ticket_id", "team", "channel", "type", ticket_created_at="created_at").collect()
    return {
        (row["source"], row["ticket_id"]): {name: row[name] for name in told.columns[2:]}
        for row in told.iter_rows(named=True)
    }


def _result(found: Score) -> dict[str, Any]:
    return {
        "score": found.score, "critical_failed": found.critical_failed, "passed": found.passed,
        "applicable_share": found.applicable_share, "first_score": found.score, "first_passed": found.passed,
    }  # fmt: skip


def _rows(ids: Sequence[int], answers: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, told in zip(ids, answers, strict=True):
        for code, value in told["values"].items():
            failed = value is not None and value < 1
            yield {"review_id": number, "revision": 1, "criterion": code, "value": value, "comment": "",
                   "root_cause": told["cause"] if failed else None}  # fmt: skip
