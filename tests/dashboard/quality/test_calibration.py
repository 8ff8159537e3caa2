"""Calibrations: three inspectors read the same conversations, blind until the reveal; what came of it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.quality.calibrations import Calibration, CalibrationError
from dashboard.quality.finals import answers_of, final_reviews
from dashboard.quality.reviewing import NoSuchReview
from dashboard.services.facts.figures import readable_facts
from dashboard.services.quality import assignments, calibration, review_reading, reviews, scorecards
from dashboard.services.upkeep import audit_log
from dashboard.store import AuditRow, Review
from dashboard.store.swap import StaleError
from metrics.quality.agreement import ENOUGH
from tests import inspected
from tests.dashboard.quality.reading import JUDGED
from tests.inspected import INSPECTORS, NOW

TICKETS = [("export", "T1"), ("export", "T3")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return inspected.copied(tmp_path / "desk")


def planned(desk: Desk, **changed: Any) -> Calibration:
    what = {"name": "March", "conversations": TICKETS, "participants": INSPECTORS, "expert": "kim", "at": NOW}
    return calibration.plan(COMMAND_LINE, desk, **(what | changed))


def answers(ticket: str, **failed: float) -> dict[str, Any]:
    told: dict[str, Any] = {code: {"v": None if code == "S2" else 1} for code in JUDGED}
    for code, value in failed.items():
        told[code] = {"v": value, "cause": "slip", "m": message_of(ticket), "from": 0, "to": 2}
    return told


def message_of(ticket: str) -> str:
    begun = inspected.opened(int(ticket[1:])) + timedelta(minutes=4)
    return f"{ticket}/{begun:%Y-%m-%d %H:%M}/agent"


def read(desk: Desk, who: Actor, **failed: float) -> list[int]:
    """Let somebody read all that he has, and submit; the numbers of his reviews."""
    made, facts = [], readable_facts(who, desk)
    for one in assignments.queue(who, desk):
        number = reviews.begin(who, desk, one.id, version_id=scorecards.published(who, desk)[0].id, facts=facts, at=NOW)
        with desk.reading() as session:
            version = session.get_one(Review, number).version
        reviews.submit(who, desk, number, version, answers(one.ticket_id, **failed), facts=facts, at=NOW)
        made.append(number)
    return made


def test_before_the_reveal_nobody_reads_what_a_colleague_gave_and_after_it_everybody_does(desk: Desk) -> None:
    found = calibration.start(COMMAND_LINE, desk, planned(desk).id, 1, at=NOW)
    iris, jack, kim = (inspected.someone(desk, name) for name in INSPECTORS)
    jacks, kims = read(desk, jack, R1=0.5), read(desk, kim)
    for who in (iris, inspected.someone(desk, "root"), inspected.someone(desk, "sue"), COMMAND_LINE):
        for number in (*jacks, *kims):
            with pytest.raises(NoSuchReview):
                review_reading.told(who, desk, number)
        assert review_reading.read(who, desk).is_empty()
        assert calibration.given(who, desk, found.id).is_empty()
        assert calibration.agreed(who, desk, at=NOW).questions == {}
        assert "0.5" not in repr(calibration.calibrations(who, desk))
    read(desk, iris, R1=0.0)
    locked = calibration.lock(COMMAND_LINE, desk, found.id, calibration_version(desk, found.id), at=NOW)
    assert calibration.given(iris, desk, found.id).is_empty()
    calibration.reveal(COMMAND_LINE, desk, found.id, locked.version, at=NOW)
    given = calibration.given(iris, desk, found.id).filter(criterion="R1", ticket_id="T1")
    assert dict(given.select("reviewer", "value").iter_rows()) == {"Iris": 0.0, "Jack": 0.5, "Kim": 1.0}
    assert review_reading.told(iris, desk, jacks[0]) is not None


def calibration_version(desk: Desk, session_id: int) -> int:
    return next(one.version for one in calibration.calibrations(COMMAND_LINE, desk) if one.id == session_id)


def test_nothing_that_was_given_stands_in_the_audit(desk: Desk) -> None:
    found = calibration.start(COMMAND_LINE, desk, planned(desk).id, 1, at=NOW)
    read(desk, inspected.someone(desk, "jack"), R1=0.5)
    with desk.reading() as session:
        rows = session.scalars(select(AuditRow)).all()
    told = json.dumps([row.details for row in rows])
    assert found.id
    assert not {"score", "passed", "value", "critical"} & {key for row in rows for key in row.details}
    assert "0.5" not in told
    assert b"0.5" not in audit_log.export(inspected.someone(desk, "root"), desk)


def test_calibration_reviews_enter_no_rate(desk: Desk) -> None:
    found = calibration.start(COMMAND_LINE, desk, planned(desk).id, 1, at=NOW)
    for name in INSPECTORS:
        read(desk, inspected.someone(desk, name))
    locked = calibration.lock(COMMAND_LINE, desk, found.id, 2, at=NOW)
    calibration.reveal(COMMAND_LINE, desk, found.id, locked.version, at=NOW)
    with desk.reading() as session:
        assert final_reviews(session, COMMAND_LINE).is_empty()
        assert answers_of(session, COMMAND_LINE)["kind"].unique().to_list() == ["calibration"]


def test_it_is_locked_when_all_are_in_or_the_time_is_over_or_somebody_says_so(desk: Desk) -> None:
    found = calibration.start(COMMAND_LINE, desk, planned(desk, due_at=NOW + timedelta(days=1)).id, 1, at=NOW)
    read(desk, inspected.someone(desk, "jack"))
    with pytest.raises(CalibrationError, match="Iris, Kim"):
        calibration.lock(COMMAND_LINE, desk, found.id, 2, at=NOW)
    assert calibration.lock(COMMAND_LINE, desk, found.id, 2, at=NOW + timedelta(days=2)).state == "locked"
    assert assignments.queue(inspected.someone(desk, "iris"), desk) == ()


def test_steps_come_in_their_order_and_two_do_not_overwrite_each_other(desk: Desk) -> None:
    one = planned(desk)
    for step in (calibration.reveal, calibration.close):
        with pytest.raises(CalibrationError):
            step(COMMAND_LINE, desk, one.id, one.version, at=NOW)
    started = calibration.start(COMMAND_LINE, desk, one.id, one.version, at=NOW)
    with pytest.raises(StaleError):
        calibration.lock(COMMAND_LINE, desk, one.id, one.version, early=True, at=NOW)
    locked = calibration.lock(COMMAND_LINE, desk, one.id, started.version, early=True, at=NOW)
    unit = locked.items[0].unit
    with pytest.raises(CalibrationError, match="after the reveal"):
        calibration.agree(COMMAND_LINE, desk, one.id, locked.version, unit=unit, consensus={"R1": 1}, at=NOW)


def test_with_the_last_conversation_agreed_on_the_calibration_is_agreed(desk: Desk) -> None:
    one = calibration.start(COMMAND_LINE, desk, planned(desk).id, 1, at=NOW)
    one = calibration.lock(COMMAND_LINE, desk, one.id, one.version, early=True, at=NOW)
    one = calibration.reveal(COMMAND_LINE, desk, one.id, one.version, at=NOW)
    for item in one.items:
        one = calibration.agree(COMMAND_LINE, desk, one.id, one.version, unit=item.unit, consensus={"R1": 0.5},
                                note="half: the second question was left open", at=NOW)  # fmt: skip
    assert one.state == "agreed"
    assert [item.consensus for item in one.items] == [{"R1": 0.5}] * 2
    assert calibration.close(COMMAND_LINE, desk, one.id, one.version, at=NOW).state == "closed"


@pytest.mark.parametrize(
    "changed",
    [{"name": " "}, {"participants": ["iris"]}, {"expert": "sue"}, {"conversations": []},
     {"conversations": [("export", "gone")]}],
)  # fmt: skip
def test_a_calibration_that_cannot_be_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    with pytest.raises(CalibrationError):
        planned(desk, **changed)


def test_only_inspectors_and_managers_lead_one(desk: Desk) -> None:
    for name in ("sue", "ana"):
        with pytest.raises(Denied):
            calibration.plan(inspected.someone(desk, name), desk, name="x", conversations=TICKETS,
                             participants=INSPECTORS)  # fmt: skip


def test_agreement_and_bias_are_told_of_enough_readings_only(desk: Desk) -> None:
    many = [("export", f"T{place}") for place in range(1, ENOUGH + 1)]
    found = calibration.start(COMMAND_LINE, desk, planned(desk, conversations=many).id, 1, at=NOW)
    iris, jack, kim = (inspected.someone(desk, name) for name in INSPECTORS)
    read(desk, iris, R1=0.0)
    read(desk, jack)
    read(desk, kim)
    locked = calibration.lock(COMMAND_LINE, desk, found.id, 2, at=NOW)
    calibration.reveal(COMMAND_LINE, desk, found.id, locked.version, at=NOW)
    seen = calibration.agreed(COMMAND_LINE, desk, at=NOW)
    assert seen.rewrite == ("R1",)
    assert seen.questions["R2"].raw == 1
    assert (seen.questions["R1"].failed_by_any, seen.questions["R1"].failed_by_all) == (ENOUGH, 0)
    by_name = {one.reader: one.value for one in seen.biases}
    assert by_name["Iris"] < 0
    assert by_name["Jack"] == 0
    assert seen.drift.filter(pl.col("reader") == "Iris")["value"].item() < 0
