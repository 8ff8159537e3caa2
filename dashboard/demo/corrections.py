"""The demo desk's corrections: an error that is on its way to be put right, and one whose measure has been verified."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from dashboard.demo.calendar_of_demand import NEWEST
from dashboard.demo.people import INSPECTORS
from dashboard.desk import Desk
from dashboard.people import Actor
from dashboard.quality.errors import Case
from dashboard.services.quality import error_cases
from dashboard.store import Review
from metrics.facts import Facts

CLAIM, SEARCH = "答复客户“24 小时内给结果”，而该类问题的承诺时限是 48 小时", "24小时内 结果\n24小时内 答复"
RIGHT, AFFECTED = "此类问题须与仓库核实，承诺时限为 48 小时，逾期按规定补偿", 8
WHO = Actor(None, INSPECTORS[1], "inspector")
Step = Callable[[Case], Case]


def correct(desk: Desk, facts: Facts) -> None:
    """Let one error be corrected to its end some weeks ago, and one be on its way."""
    _corrected(desk, facts, NEWEST - timedelta(days=16, hours=2))
    _correcting(desk, facts, NEWEST - timedelta(hours=40))


def _opened(desk: Desk, facts: Facts, cause: str, at: datetime, *, claim: str, right: str, search: str) -> Case | None:
    """A case of the newest conversation before then whose review names this cause."""
    wrong = select(Review).where(Review.root_cause == cause, Review.channel == "chat", Review.submitted_at < at)
    with desk.reading() as session:
        review = session.scalars(wrong.where(Review.kind == "normal").order_by(Review.id.desc())).first()
    if review is None:
        return None
    return error_cases.open_case(WHO, desk, source=review.source, ticket_id=review.ticket_id, wrong_claim=claim,
                                 right_claim=right, search=search, was_public=True, review_id=review.id,
                                 criterion="K1", facts=facts, at=at)  # fmt: skip


def _went(case: Case | None, steps: Sequence[Step]) -> None:
    for step in steps if case is not None else ():
        case = step(case)  # type: ignore[arg-type]  # None is left out above


def _corrected(desk: Desk, facts: Facts, at: datetime) -> None:
    case = _opened(desk, facts, "not_trained", at, claim="“七天内随时可退”，未说明拆封后的例外",
                   right="拆封影响二次销售的不支持七天无理由退货", search="七天 随时 退")  # fmt: skip
    _went(case, [
        lambda one: error_cases.correct_in_public(WHO, desk, one.id, one.version, where="店铺公告 · 退货说明",
                                                  at=at + timedelta(minutes=38)),
        lambda one: error_cases.tell_customer(WHO, desk, one.id, one.version, at=at + timedelta(hours=2)),
        lambda one: error_cases.record_cause(WHO, desk, one.id, one.version, cause="not_trained",
                                             note="新人未学退货例外条款", at=at + timedelta(hours=5)),
        lambda one: error_cases.plan_action(WHO, desk, one.id, one.version, kind="training", owner=INSPECTORS[0],
                                            measure="新人补训退货例外条款，抽考十题", at=at + timedelta(hours=6),
                                            due_at=at + timedelta(days=3)),
        lambda one: error_cases.finish_action(WHO, desk, one.id, one.version, action_id=one.actions[0].id,
                                              at=at + timedelta(days=2, hours=4)),
        lambda one: error_cases.verify(WHO, desk, one.id, one.version, how="补训后随机抽查，未再出现同样说法",
                                       at=at + timedelta(days=12)),
        lambda one: error_cases.close(WHO, desk, one.id, one.version, at=at + timedelta(days=12)),
    ])  # fmt: skip


def _correcting(desk: Desk, facts: Facts, at: datetime) -> None:
    """Others were told the same; the measure is still to be done."""
    case = _opened(desk, facts, "article_outdated", at, claim=CLAIM, right=RIGHT, search=SEARCH)
    if case is None:
        return
    same = error_cases.look_back(WHO, desk, case.id, words=SEARCH, days=3, facts=facts, at=NEWEST)
    keys = list(same.select("source", "ticket_id").head(AFFECTED).iter_rows())
    _went(case, [
        lambda one: error_cases.correct_in_public(WHO, desk, one.id, one.version, where="帮助中心 · 退换货说明",
                                                  at=at + timedelta(minutes=47)),
        lambda one: error_cases.tell_customer(WHO, desk, one.id, one.version, at=at + timedelta(hours=3)),
        lambda one: error_cases.add_affected(WHO, desk, one.id, one.version, tickets=keys, words=SEARCH,
                                             at=at + timedelta(hours=4)),
        lambda one: error_cases.set_contact(WHO, desk, one.id, one.version, tickets=keys[: AFFECTED // 2],
                                            state="contacted", at=at + timedelta(hours=20)),
        lambda one: error_cases.record_cause(WHO, desk, one.id, one.version, cause="article_outdated",
                                             note="知识库条目还是旧承诺时限", at=at + timedelta(hours=22)),
        lambda one: error_cases.plan_action(WHO, desk, one.id, one.version, kind="knowledge", owner=INSPECTORS[2],
                                            measure="更新知识库承诺时限条目，晨会通知各组", at=at + timedelta(hours=23),
                                            due_at=NEWEST + timedelta(hours=9)),
    ])  # fmt: skip
