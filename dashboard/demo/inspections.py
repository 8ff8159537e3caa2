"""The demo desk's spot-checks: a plan, a draw for each of its last weeks' days, and what inspectors made of them.

Frames, picks and scores come from the product's own functions; what an inspector saw is made up. The draw of the newest
day is left to be read.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from dashboard.demo.after_reviews import answer_and_learn
from dashboard.demo.calendar_of_demand import NEWEST
from dashboard.demo.calibrating import calibrate
from dashboard.demo.corrections import correct
from dashboard.demo.people import INSPECTORS
from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.quality import cards
from dashboard.quality.draws import keep_frame, keep_strata, keep_units
from dashboard.quality.plans import Plan, following, row_of
from dashboard.quality.readers import Unread, assign, spread
from dashboard.quality.windows import complaints_of, counts_of, frame_of, window_of
from dashboard.services.facts.figures import facts_of
from dashboard.store import Assignment, Base, Review, SampleDraw, SampleUnit
from metrics.facts import Facts
from metrics.quality import sampling
from metrics.quality.risks import Window
from metrics.quality.sampling import Allocation, parts
from metrics.quality.scoring import Score, scored

PLAN = Plan("每日抽查", by_channel=False, allocation=Allocation(share=0.03, minimum=2), double_share=0.1)
DAYS = 31
TABLES = Base.metadata.tables
FAILS = {"complaint": 0.16, "reopened_or_late": 0.10, "new_agent": 0.12, "rest": 0.035}
LINES = ("R1", "R1", "R2", "R2", "A1", "R3", "A3", "K1", "K2")
"""What goes wrong, the usual more often."""
CAUSES = ("article_missing", "article_outdated", "not_trained", "not_applied", "slip", "policy_unclear")
KINDS = {"double": "double", "calibration": "calibration", "expert": "calibration"}
SAID = {
    "R1": "客户问了两件事，只答了一件", "R2": "没有解决，也没有升级", "R3": "工单分类选错，备注为空",
    "A1": "照搬话术，客户没有看懂", "A3": "结束前没有确认客户是否还有问题", "K1": "商品信息答错",
    "K2": "承诺时限与规定不符",
}  # fmt: skip
"""What an inspector writes where a line fails."""
STRICTER = {"秦朗": {"R1": 0.35}, "方哲": {"A1": 0.12}}
"""Which line somebody takes more strictly than the others, and how often."""
SKIPPED, INELIGIBLE, SEEN_ALIKE = 0.02, 0.01, 0.6


def inspect(desk: Desk) -> None:
    """Fill the last weeks of the desk with draws, reviews and what came of them, and let one error be corrected."""
    facts = facts_of(SERVER, desk)
    _review_weeks(desk, facts)
    correct(desk, facts)
    answer_and_learn(desk)


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
        calibrate(session, seen, facts)
        seen.keep(session)


def _draw(session: Session, desk: Desk, facts: Facts, window: Window, plan_id: int, load: int) -> int | None:
    """The draw of one day, in the morning after it."""
    frame, at = frame_of(facts, PLAN, window, complaints_of(desk)), window.end + timedelta(hours=8, minutes=30)
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
    """Let the inspectors read what was drawn on the day after, each one after the other from nine o'clock on."""
    asked = (
        select(Assignment.id, Assignment.role, SampleUnit.id, SampleUnit.source, SampleUnit.ticket_id,
               SampleUnit.stratum, SampleUnit.agent, SampleUnit.draw_id, SampleUnit.session_id)
        .join(SampleUnit).where(SampleUnit.draw_id == draw_id).order_by(SampleUnit.id, Assignment.id)
    )  # fmt: skip
    for place, row in enumerate(session.execute(asked)):
        seen.read(row, closed + timedelta(hours=9, minutes=20 * (place // len(INSPECTORS)) + row[0] % 9))


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

    def read(self, row: Any, at: datetime, *, reader: str | None = None) -> None:
        """One conversation, by one inspector: this one, or whose turn it is."""
        number, role, unit, source, ticket_id, stratum, agent, draw_id, session_id = row
        reader = reader or INSPECTORS[(unit + (role == "double")) % len(INSPECTORS)]
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
        values = self.values[unit] if role in ("primary", "expert") else self._as(reader, self.values[unit])
        found = scored(self.what.lines, values, self.what.marks)
        cause = self.chance.choice(CAUSES) if found.failed else None
        self.answers.append({"values": values, "cause": cause})
        told = {"assignment_id": number, "draw_id": draw_id, "source": source, "ticket_id": ticket_id, "agent": agent,
                "session_id": session_id}  # fmt: skip
        kind = _kind(role, at)
        self.reviews.append({
            **told, **kind, **self.tickets[(source, ticket_id)], **_result(found), "root_cause": cause, "begun_at": at,
            "reviewer": reader, "version_id": self.what.id, "revision": 1, "draft": {}, "submitted_at": at,
            "told_at": at, "seconds": self.chance.randint(70, 320), "version": 3,
            "acknowledged_at": at + timedelta(days=1) if kind["state"] == "closed" else None,
        })  # fmt: skip

    def _as(self, reader: str, seen: dict[str, float | None]) -> dict[str, float | None]:
        """What was seen as this inspector judges it, who is stricter than others on some lines."""
        strict = [line for line, often in STRICTER.get(reader, {}).items() if self.chance.random() < often]
        return seen | {line: 0.5 for line in strict if seen[line] == 1}

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


def _kind(role: str, at: datetime) -> dict[str, str]:
    """What kind of review it is; what was read the day before its agent has still to answer."""
    if role in KINDS:
        return {"kind": KINDS[role], "state": "submitted"}
    return {"kind": "normal", "state": "closed" if at < NEWEST - timedelta(hours=30) else "submitted"}


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
            yield {"review_id": number, "revision": 1, "criterion": code, "value": value,
                   "comment": SAID.get(code, "") if failed else "",
                   "root_cause": told["cause"] if failed else None}  # fmt: skip
