"""The demo desk's answers to reviews: disputes with their decisions, coaching and what it brought, the library."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from dashboard.demo.calendar_of_demand import NEWEST
from dashboard.desk import Desk
from dashboard.people import Actor
from dashboard.quality.reviewing import NotAllowedNow
from dashboard.services.quality import coaching, disputes, library
from dashboard.services.quality.disputes import Decision, Proposal, Verdict
from dashboard.store import Review, ReviewAnswer

ARBITER = Actor(None, "江敏", "manager")
DISPUTED: tuple[tuple[str, Verdict | None, str], ...] = (
    ("第二个问题在第三条消息里已经答复", "accept", "会话第三条确有答复，改判"),
    ("客户没有提出第二个问题", "keep", "客户首条消息已提出，维持原分"),
    ("系统当时无法升级工单，已在备注说明", None, ""),
)
"""Why an agent disputes a line, what is decided, and why; None: it waits."""
PRACTISED = {
    "R1": "先复述客户的每个问题，再逐条答复；下周一起听两通", "R2": "按升级标准练习十个案例",
    "R3": "收尾前核对分类与备注，连续两周", "A1": "改写五段模板话术，换成客户能看懂的说法",
    "A3": "结束前固定确认一句：还有其他问题吗", "K1": "复习商品知识卡，抽考十题", "K2": "复习条款与承诺时限，抽考十题",
}  # fmt: skip
"""What is agreed on where a line lost points."""
COACHED: tuple[tuple[int, str], ...] = ((24, "已一起复盘三通会话"), (20, "已完成练习"), (6, ""))
"""How many days ago it was agreed, and what came of it; nothing: it is still to be done."""
CASES: tuple[tuple[bool, str, str], ...] = (
    (True, "投诉先安抚再处理", "先道歉并复述诉求，再给出时限，客户全程没有升级"),
    (False, "承诺时限与规定不符", "答应当天退款，规定是三个工作日"),
    (False, "只答一半的问题", "客户问了运费和时效，只答了时效"),
)


def answer_and_learn(desk: Desk) -> None:
    """Let agents dispute what was read the day before, coach after what was read earlier, keep some cases."""
    with desk.reading() as session:
        fresh = _lost(session, Review.state == "submitted")
        older = _lost(session, Review.submitted_at < NEWEST - timedelta(days=COACHED[0][0]))
        best = session.scalars(_normal().where(Review.score == 100).order_by(Review.id.desc()).limit(1)).all()
    for (review, line), (why, verdict, reason) in zip(fresh, DISPUTED, strict=False):
        _dispute(desk, review, line, why, verdict, reason)
    _coach(desk, older)
    worst = [review for review, _line in older[-2:]]
    for kept, (is_good, title, why) in zip([*best, *worst], CASES, strict=False):
        library.keep_case(_reviewer(kept), desk, kept.id, is_good=is_good, title=title, why=why,
                          at=NEWEST - timedelta(hours=20))  # fmt: skip


def _normal() -> Select[Review]:
    return select(Review).where(Review.kind == "normal", Review.agent.is_not(None))


def _lost(session: Session, stands: ColumnElement[bool]) -> list[tuple[Review, str]]:
    """Reviews with a line that lost points, the newest first, one of each agent."""
    failed = select(Review, ReviewAnswer.criterion).join(ReviewAnswer, ReviewAnswer.review_id == Review.id).where(
        Review.kind == "normal", Review.agent.is_not(None), stands, ReviewAnswer.value < 1
    )  # fmt: skip
    found: dict[str | None, tuple[Review, str]] = {}
    for review, line in session.execute(failed.order_by(Review.id.desc())):
        found.setdefault(review.agent, (review, line))
    return list(found.values())


def _dispute(desk: Desk, review: Review, line: str, why: str, verdict: Verdict | None, reason: str) -> None:
    agent = Actor(None, review.agent or "", "agent", frozenset({review.team or ""}), review.agent)
    at = NEWEST - timedelta(hours=15)
    disputes.dispute(agent, desk, review.id, review.version, lines={line: Proposal(1.0, why)}, at=at)
    if verdict is not None:
        disputes.decide(ARBITER, desk, review.id, review.version + 1, decisions={line: Decision(verdict)},
                        reason=reason, at=at + timedelta(hours=2))  # fmt: skip


def _coach(desk: Desk, reviews: Sequence[tuple[Review, str]]) -> None:
    """Agree on something with some agents; what was done long enough ago is judged by the random reviews since."""
    for (review, line), (days, result) in zip(reviews, COACHED, strict=False):
        who, agreed = _reviewer(review), NEWEST - timedelta(days=days)
        number = coaching.agree(who, desk, review.id, criterion=line, plan=PRACTISED[line],
                                due_at=agreed + timedelta(days=10), at=agreed)  # fmt: skip
        if not result:
            continue
        coaching.finish(who, desk, number, 1, result=result, at=agreed + timedelta(days=3))
        with suppress(NotAllowedNow):  # too few random reviews since: it waits
            coaching.verify(who, desk, number, 2, at=NEWEST - timedelta(hours=18))


def _reviewer(review: Review) -> Actor:
    return Actor(None, review.reviewer, "inspector")
