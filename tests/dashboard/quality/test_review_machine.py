"""A review as a state machine: all that its people and time can do, beside a plain model of what must come of it.

The model is a dictionary and if-clauses; it shares no line with the product. After each step the review, its values,
its revisions, its disputes and its events are compared with it.
"""

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from dashboard.agreements import SettingsError
from dashboard.desk import Desk, open_desk
from dashboard.people import Actor
from dashboard.people.policy import Denied
from dashboard.quality.reviewing import NoSuchReview, NotAllowedNow
from dashboard.quality.rules import ReviewRules, review_rules, working_days_later
from dashboard.services.quality import disputes, review_reading, reviews, voiding
from dashboard.services.quality.disputes import Decision, Proposal
from dashboard.store import Dispute, ReviewEvent
from dashboard.store.swap import StaleError
from dashboard.triage.business import Hours
from tests.dashboard.quality.reading import AT, CLEO, INES, IVO, TICKET, answers, chat_card, row, told
from tests.walled import ANN, MANAGER, SOURCE, SUPERVISOR, make

EVA = Actor(13, "Eva", "inspector")
PEOPLE = (INES, IVO, EVA, ANN, CLEO, SUPERVISOR, MANAGER)
MAY_ANSWER = {"Ann", "Sun", "Mei"}
MAY_DECIDE = {"Ines", "Ivo", "Eva", "Sun", "Mei"}
WEIGHTS = {"S1": 20, "S2": 10, "R1": 15, "R2": 15, "R3": 10, "A1": 15, "A2": 10, "A3": 5}
LINES = ("R1", "R3", "A2", "K1")
STARTS: dict[str, float | None] = {"R1": 0.5, "R3": 0.0, "A2": 0.0, "K1": 0.0}
DECIDED = ("upheld", "amended", "part_amended")
REFUSED = (NotAllowedNow, NoSuchReview, Denied)
person, line = st.sampled_from(PEOPLE), st.sampled_from(LINES)
answering = st.sampled_from([ANN, ANN, SUPERVISOR, MANAGER, INES, CLEO])
_template: list[Path] = []


def unread() -> Path:
    """A desk with its facts and cards, made once."""
    if not _template:
        desk = make(Path(tempfile.mkdtemp(prefix="floorwalker-reviews-")) / "desk")
        reviews.begin_by_hand(INES, desk, SOURCE, TICKET, version_id=chat_card(desk), at=AT)
        desk.engine.dispose()
        _template.append(desk.root)
    return _template[0]


class Reviewing(RuleBasedStateMachine):
    """The machine; a desk of its own for each run."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="floorwalker-review-"))
        self.desk: Desk = open_desk(Path(shutil.copytree(unread(), self.folder / "desk")))
        self.now = AT
        self.id, self.version = 1, 1

    def teardown(self) -> None:
        self.desk.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize()
    def submitted(self) -> None:
        reviews.submit(INES, self.desk, self.id, 1, answers(TICKET, **STARTS), at=self.now)
        self.version = 2
        speed = told(self.desk, INES, self.id).answers["S1"].value
        values: dict[str, float | None] = {**dict.fromkeys(WEIGHTS, 1.0), **STARTS, "S1": speed}
        self.model: dict[str, Any] = {
            "state": "submitted", "revision": 1, "told": self.now, "values": values, "rounds": [], "open": None,
            "events": 1,
        }  # fmt: skip
        self.model["first"] = self.score()

    def score(self) -> float:
        values = self.model["values"]
        kept = {code: weight for code, weight in WEIGHTS.items() if values[code] is not None}
        return float(100 * sum(weight * values[code] for code, weight in kept.items()) / sum(kept.values()))

    def tried(self, wanted: bool, act: Any, *args: Any, **what: Any) -> bool:
        """Do it; it has to be refused where the model says so."""
        if not wanted:
            with pytest.raises(REFUSED):
                act(*args, at=self.now, **what)
            return False
        with pytest.raises(StaleError):
            act(args[0], args[1], args[2], self.version - 1, *args[4:], at=self.now, **what)
        act(*args, at=self.now, **what)
        self.version += 1
        self.model["events"] += 1
        return True

    def gone_on(self, state: str, **changes: Any) -> None:
        self.model |= {"state": state, **changes}

    def in_window(self) -> bool:
        return bool(self.now - self.model["told"] < timedelta(days=2))

    @precondition(lambda self: self.model["state"] not in ("submitted", "disputed"))
    @rule(who=person)
    def acknowledge(self, who: Actor) -> None:
        state = self.model["state"]
        wanted = who.name in MAY_ANSWER and state in ("submitted", *DECIDED, "final")
        if self.tried(wanted, disputes.acknowledge, who, self.desk, self.id, self.version):
            self.gone_on("closed" if state == "final" else "acknowledged")

    @rule(
        who=answering, lines=st.sets(line, min_size=1, max_size=3), is_other_act=st.sampled_from([False] * 4 + [True])
    )
    def dispute(self, who: Actor, lines: set[str], is_other_act: bool) -> None:
        state, values = self.model["state"], self.model["values"]
        is_appeal = (state in DECIDED) != is_other_act
        fits = state in DECIDED if is_appeal else state == "submitted"
        lost = all(values[code] is not None and values[code] < 1 for code in lines)
        wanted = who.name in MAY_ANSWER and fits and self.in_window() and lost
        proposals = {code: Proposal(1.0, "it was said there") for code in lines}
        act = disputes.appeal if is_appeal else disputes.dispute
        if self.tried(wanted, act, who, self.desk, self.id, self.version, lines=proposals):
            self.gone_on("appealed" if is_appeal else "disputed", open={"by": who.name, "lines": lines})

    @precondition(lambda self: self.model["open"] is not None or self.model["events"] % 3 == 0)
    @rule(who=person, verdicts=st.lists(st.sampled_from(["keep", "accept", "other"]), min_size=3, max_size=3))
    def decide(self, who: Actor, verdicts: list[Any]) -> None:
        opened, state = self.model["open"], self.model["state"]
        wanted = state in ("disputed", "appealed") and who.name in MAY_DECIDE - {"Ines"}
        wanted = wanted and who.name not in {opened["by"], *self.model["rounds"]}
        lines = sorted(opened["lines"]) if opened else ["R1"]
        given = dict(zip(lines, verdicts, strict=False))
        half = {code: 0.5 if code in ("R1", "A2") else 1.0 for code in lines}
        decisions = {code: Decision(one, half[code] if one == "other" else None) for code, one in given.items()}
        if not self.tried(
            wanted, disputes.decide, who, self.desk, self.id, self.version, decisions=decisions, reason="as read"
        ):
            return
        before = dict(self.model["values"])
        for code, one in given.items():
            self.model["values"][code] = {"keep": before[code], "accept": 1.0, "other": half[code]}[one]
        changed = before != self.model["values"]
        kinds = set(given.values())
        state = "upheld" if kinds == {"keep"} else "amended" if kinds == {"accept"} else "part_amended"
        self.gone_on(
            "final" if self.model["state"] == "appealed" else state, open=None, told=self.now,
            revision=self.model["revision"] + changed, rounds=[*self.model["rounds"], who.name],
        )  # fmt: skip

    @precondition(lambda self: self.model["open"] is None)
    @rule(who=st.sampled_from([INES, INES, IVO, MANAGER]), code=line)
    def correct(self, who: Actor, code: str) -> None:
        may = self.model["state"] in ("submitted", "acknowledged", "closed_unacknowledged")
        wanted = who is INES and may and not self.model["rounds"]
        values = {one: self.model["values"][one] for one in LINES} | {code: 1.0}
        what = {"reason": "read once more"}
        if self.tried(
            wanted, reviews.correct, who, self.desk, self.id, self.version, answers(TICKET, **values), **what
        ):
            self.model["values"][code] = 1.0
            self.gone_on("submitted", told=self.now, revision=self.model["revision"] + 1)

    @precondition(lambda self: self.model["events"] > 6)
    @rule(who=person)
    def void(self, who: Actor) -> None:
        opened = self.model["open"]
        parties = {"Ines", opened["by"], *self.model["rounds"]} if opened else set()
        wanted = self.model["state"] != "void" and who.name in MAY_DECIDE - parties
        if self.tried(wanted, voiding.void, who, self.desk, self.id, self.version, reason="read twice"):
            self.gone_on("void", open=None, rounds=[*self.model["rounds"], *([who.name] if opened else [])])

    @rule(days=st.sampled_from([0, 0, 0, 40]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days, hours=1)
        closed = disputes.let_lapse(MANAGER, self.desk, at=self.now)
        to = {"acknowledged": "closed", "final": "closed", "submitted": "closed_unacknowledged"}
        to |= dict.fromkeys(DECIDED, "closed_unacknowledged")
        is_over = self.now - self.model["told"] > timedelta(days=20) and self.model["state"] in to
        assert closed == is_over
        if is_over:
            self.gone_on(to[self.model["state"]], events=self.model["events"] + 1)
            self.version += 1

    @invariant()
    def it_stands_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        kept, whole = row(self.desk, self.id), told(self.desk, MANAGER, self.id)
        found = {code: whole.answers[code].value for code in LINES}
        assert found == {code: self.model["values"][code] for code in LINES}
        critical = found["K1"] == 0
        assert (kept.state, kept.version, kept.revision) == (self.model["state"], self.version, self.model["revision"])
        assert kept.score == pytest.approx(self.score())
        assert kept.passed is (self.score() >= 95 and not critical)
        assert kept.first_score == pytest.approx(self.model["first"])
        assert kept.first_passed is False
        assert [one.revision for one in whole.revisions] == list(range(1, kept.revision + 1))
        assert {code: whole.revisions[0].answers[code].value for code in LINES} == STARTS

    @invariant()
    def nobody_was_judge_and_party_and_every_step_left_its_event(self) -> None:
        if not hasattr(self, "model"):
            return
        with self.desk.reading() as session:
            rounds = session.scalars(select(Dispute).order_by(Dispute.round)).all()
            events = session.scalars(select(ReviewEvent).order_by(ReviewEvent.version)).all()
        assert [one.arbiter for one in rounds if one.decided_at] == self.model["rounds"]
        assert len(rounds) <= 2
        assert all(one.arbiter not in ("Ines", one.opened_by) for one in rounds)
        waits = self.model["state"] in ("disputed", "appealed")
        assert sum(one.decided_at is None for one in rounds) == waits, "what ended leaves nobody waiting"
        assert len(events) == self.model["events"]
        assert all(one.to_state == after.from_state for one, after in pairwise(events))


def test_a_review_goes_on_as_its_table_says_whatever_its_people_try() -> None:
    run_state_machine_as_test(Reviewing, settings=how(max_examples=12, stateful_step_count=14, deadline=None))


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_the_same_at_length() -> None:
    """pytest tests/dashboard/quality/test_review_machine.py -m slow -n 0"""
    run_state_machine_as_test(Reviewing, settings=how(max_examples=100, stateful_step_count=40, deadline=None))


def disputed(*, appealed: bool) -> Desk:
    """A review of Ines's that Ann disputes; `appealed`: Ivo has decided, and the manager appeals for her."""
    desk = open_desk(Path(shutil.copytree(unread(), Path(tempfile.mkdtemp()) / "desk")))
    reviews.submit(INES, desk, 1, 1, answers(R1=0), at=AT)
    disputes.dispute(ANN, desk, 1, 2, lines={"R1": Proposal(1.0, "it was said")}, at=AT)
    if appealed:
        disputes.decide(IVO, desk, 1, 3, decisions={"R1": Decision("keep")}, reason="it was not", at=AT)
        disputes.appeal(MANAGER, desk, 1, 4, lines={"R1": Proposal(1.0, "it was said indeed")}, at=AT)
    return desk


@pytest.mark.parametrize("appealed", [False, True])
def test_neither_reviewer_nor_agent_nor_who_opened_it_nor_who_decided_before_decides(appealed: bool) -> None:
    desk, version = disputed(appealed=appealed), 5 if appealed else 3
    as_ann = Actor(60, "Root", "administrator", agent=ANN.agent)
    parties = [INES, ANN, as_ann, Actor(61, "Ines", "manager"), *([IVO, MANAGER] if appealed else [])]
    for who in parties:
        with pytest.raises(REFUSED):
            disputes.decide(who, desk, 1, version, decisions={"R1": Decision("accept")}, reason="so be it", at=AT)
    disputes.decide(EVA, desk, 1, version, decisions={"R1": Decision("accept")}, reason="so be it", at=AT)
    assert row(desk, 1).state == ("final" if appealed else "amended")
    desk.engine.dispose()


def test_who_disputed_for_an_agent_does_not_decide_himself() -> None:
    desk = open_desk(Path(shutil.copytree(unread(), Path(tempfile.mkdtemp()) / "desk")))
    reviews.submit(INES, desk, 1, 1, answers(R1=0), at=AT)
    disputes.dispute(SUPERVISOR, desk, 1, 2, lines={"R1": Proposal(1.0, "she told me")}, at=AT)
    with pytest.raises(NotAllowedNow):
        disputes.decide(SUPERVISOR, desk, 1, 3, decisions={"R1": Decision("accept")}, reason="as I said", at=AT)
    desk.engine.dispose()


def test_a_dispute_decides_on_every_line_and_an_appeal_comes_once() -> None:
    desk = disputed(appealed=True)
    with pytest.raises(NotAllowedNow):
        disputes.decide(EVA, desk, 1, 5, decisions={}, reason="so be it", at=AT)
    disputes.decide(EVA, desk, 1, 5, decisions={"R1": Decision("keep")}, reason="so be it", at=AT)
    for act in (disputes.dispute, disputes.appeal):
        with pytest.raises(NotAllowedNow):
            act(ANN, desk, 1, 6, lines={"R1": Proposal(1.0, "once more")}, at=AT)
    desk.engine.dispose()


OFFICE = """
[[calendar]]
name = "office"
valid_from = 1970-01-01
weekdays = "09:00-12:00, 13:00-18:00"
days = { 2026-03-16 = "closed" }
"""


def test_the_window_ends_when_the_team_closes_on_its_third_working_day() -> None:
    hours = Hours("Asia/Shanghai", ((date.min, OFFICE),))
    thursday = datetime(2026, 3, 12, 11, tzinfo=UTC)  # 19:00 in Shanghai, after closing
    assert working_days_later(thursday, 1, hours, None) == datetime(2026, 3, 13, 10, tzinfo=UTC)
    assert working_days_later(thursday, 3, hours, None) == datetime(2026, 3, 18, 10, tzinfo=UTC), "Monday is closed"
    assert working_days_later(thursday - timedelta(hours=9), 1, hours, None) == datetime(2026, 3, 13, 10, tzinfo=UTC)


def test_a_dispute_is_taken_until_its_window_ends_and_not_a_minute_later() -> None:
    desk = open_desk(Path(shutil.copytree(unread(), Path(tempfile.mkdtemp()) / "desk")))
    reviews.submit(INES, desk, 1, 1, answers(R1=0), at=AT)
    until = review_reading.told(ANN, desk, 1).until
    assert until == datetime(2026, 3, 15, 21, tzinfo=UTC), "the shipped hours are open every day until 21:00"
    with pytest.raises(NotAllowedNow):
        disputes.dispute(ANN, desk, 1, 2, lines={"R1": Proposal(1.0, "too late")}, at=until + timedelta(minutes=1))
    disputes.dispute(ANN, desk, 1, 2, lines={"R1": Proposal(1.0, "just in time")}, at=until)
    desk.engine.dispose()


@pytest.mark.parametrize("text", ["reviews = 3", "[reviews]\ndays = 3", "[reviews]\ndispute_days = 0"])
def test_rules_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        review_rules(text)
    assert review_rules("[reviews]\ndispute_days = 5") == ReviewRules(dispute_days=5)
