"""A desk on which one inspector has read what others are still to judge for themselves, with words to look for."""

import re
import shutil
import struct
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.people.accounts import add
from dashboard.quality.plans import Plan
from dashboard.services.facts.figures import readable_facts
from dashboard.services.quality import (
    assignments,
    calibration,
    coaching,
    draws,
    error_cases,
    library,
    reviews,
    sampling_plans,
    scorecards,
)
from dashboard.services.triage import meetings
from dashboard.store import Review
from metrics.quality.sampling import Allocation
from tests import inspected
from tests.dashboard.quality.reading import JUDGED
from tests.inspected import NOW, SOURCE

IN_CALIBRATION, IN_SECOND = "zqcalib", "zqsecond"
CLAIM, PLAN, CASE = "zqclaim", "zqplan", "zqcase"
CALIBRATED = "T7"
"""The conversation of the calibration, which Jack and Iris have read and Kim has still to read."""
NUMBER = re.compile(rb"[0-9]+[.][0-9]+")
SECOND_HAND = (IN_SECOND, CLAIM, PLAN, CASE)


@dataclass(frozen=True)
class Planted:
    """What Jack found. calibrated: before the reveal nobody else's to know · second: not Kim's, who is to read it
    after him without being told."""

    desk: Desk
    session: int
    review_of_calibration: int
    review_of_second: int
    ticket: str
    calibrated: float
    second: float

    def of_calibration(self) -> tuple[bytes, ...]:
        """What must not be found before the reveal."""
        return (IN_CALIBRATION.encode(), *forms(self.calibrated))

    def of_second(self) -> tuple[bytes, ...]:
        """What must not be found by the second reader."""
        return (*(word.encode() for word in SECOND_HAND), *forms(self.second))


def forms(score: float) -> tuple[bytes, ...]:
    """A score as it may be written: rounded, as the number itself, as a share, and as machines write it."""
    texts = (f"{score:.1f}", f"{score:.2f}", repr(score), repr(score / 100))
    return (*(text.encode() for text in texts), struct.pack("<d", score), struct.pack("<d", score / 100))


def found_in(sent: bytes, planted: tuple[bytes, ...]) -> list[bytes]:
    """Which of them stand there, a number not as part of a longer one."""
    return [one for one in planted if one in sent and (not NUMBER.fullmatch(one) or _alone(one).search(sent))]


def _alone(number: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![0-9.])" + re.escape(number) + rb"(?![0-9])")


def answers(ticket: str, said: str, **failed: float) -> dict[str, Any]:
    """Answers to the chat card: all full but these, with a cause, evidence and a comment."""
    told: dict[str, Any] = {code: {"v": None if code == "S2" else 1} for code in JUDGED}
    place = int(ticket[1:])
    message = f"{ticket}/{inspected.opened(place) + timedelta(minutes=4):%Y-%m-%d %H:%M}/agent"
    for code, value in failed.items():
        told[code] = {"v": value, "cause": "policy_conflict", "m": message, "from": 0, "to": 2, "c": said}
    return told


def read(desk: Desk, who: Actor, assignment: int, ticket: str, said: str, **failed: float) -> tuple[int, float]:
    """Let somebody read a conversation; the number of his review and its score."""
    facts = readable_facts(who, desk)
    number = reviews.begin(who, desk, assignment, version_id=scorecards.published(who, desk)[0].id, facts=facts, at=NOW)
    with desk.reading() as session:
        version = session.get_one(Review, number).version
    done = reviews.submit(who, desk, number, version, answers(ticket, said, **failed), facts=facts, at=NOW)
    assert done.score.score is not None
    return number, done.score.score


def planted(folder: Path) -> Planted:
    """The desk in this folder, a copy of one that is made once."""
    root, told = _template()
    shutil.copytree(root, folder)
    return Planted(open_desk(folder), **told)


@cache
def _template() -> tuple[Path, Mapping[str, Any]]:
    desk = inspected.copied(Path(tempfile.mkdtemp(prefix="blinded-")) / "desk")
    add(COMMAND_LINE, desk, "mei", name="Mei", role="manager")
    people = {name: inspected.someone(desk, name) for name in inspected.INSPECTORS}
    told = _calibrate(desk, people) | _second(desk, people)
    meetings.start(COMMAND_LINE, desk, at=NOW)
    desk.engine.dispose()
    return desk.root, told


def _calibrate(desk: Desk, people: Mapping[str, Actor]) -> dict[str, Any]:
    found = calibration.plan(COMMAND_LINE, desk, name="March", conversations=[(SOURCE, CALIBRATED)],
                             participants=inspected.INSPECTORS, expert="jack", at=NOW)  # fmt: skip
    calibration.start(COMMAND_LINE, desk, found.id, found.version, at=NOW)
    (his,) = assignments.queue(people["jack"], desk)
    (hers,) = assignments.queue(people["iris"], desk)
    review, score = read(desk, people["jack"], his.id, CALIBRATED, IN_CALIBRATION, R1=0.5, A3=0.0)
    read(desk, people["iris"], hers.id, CALIBRATED, "")
    return {"session": found.id, "review_of_calibration": review, "calibrated": score}


def _second(desk: Desk, people: Mapping[str, Actor]) -> dict[str, Any]:
    plan = Plan("double", by_channel=False, allocation=Allocation(share=0.01, minimum=2), double_share=1.0,
                inspectors=("jack", "kim"))  # fmt: skip
    sampling_plans.save_plan(COMMAND_LINE, desk, plan, at=NOW)
    draws.draw(COMMAND_LINE, desk, plan.name, day=date(2026, 3, 4), at=NOW)
    jack = people["jack"]
    his = next(one for one in assignments.queue(jack, desk) if one.draw_id is not None and one.ticket_id != CALIBRATED)
    review, score = read(desk, jack, his.id, his.ticket_id, IN_SECOND, K1=0.0, R3=0.0, A1=0.5)
    error_cases.open_case(jack, desk, source=SOURCE, ticket_id=his.ticket_id, wrong_claim=CLAIM, right_claim="right",
                          review_id=review, criterion="K1", at=NOW)  # fmt: skip
    coaching.agree(jack, desk, review, criterion="K1", plan=PLAN, due_at=NOW + timedelta(days=9), at=NOW)
    library.keep_case(jack, desk, review, is_good=False, title=CASE, why="to be learnt from", at=NOW)
    return {"review_of_second": review, "ticket": his.ticket_id, "second": score}


def members() -> Iterator[str]:
    """The accounts of the desk."""
    yield from ("root", "mei", *inspected.INSPECTORS, "sue", "ana")
