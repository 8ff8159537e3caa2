"""Spot-checks of real conversations in the browser: plan, draw, reviews by keys, dispute, calibration, correction.

On Twitter's conversations in English and on citizens' messages to authorities in Chinese, everybody signed in:

`pytest -m slow tests/acceptance/test_spot_checks_of_foreign_talk.py -n 0 -s`

With FLOORWALKER_PICTURES=DIR every stage is kept as a picture, and the pages light and dark, wide and narrow.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE
from dashboard.services.quality import calibration, draws, error_cases
from dashboard.services.quality.results import results
from dashboard.store import Assignment, Dispute, Review, ReviewAnswer, SampleUnit
from dashboard.store.triage import TriageItem
from tests.acceptance.foreign_desk import CITIZENS, TWITTER, Talk, join, set_up
from tests.acceptance.spot_check_walk import Walk, read_all
from tests.browser.conftest import PATIENCE, Visitor, served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]
READERS = ("lin", "zhao", "qian")
AT_LEAST = 10


@pytest.fixture(params=[TWITTER, CITIZENS], ids=["twitter", "teddycup"])
def walk(request: pytest.FixtureRequest, shared_data: Path, tmp_path: Path, browser: Browser) -> Iterator[Walk]:
    talk: Talk = request.param
    desk, told = set_up(talk, shared_data, tmp_path / "desk")
    print(f"\n{told}")
    with served(desk.root, tmp_path / "server.log") as address:
        yield Walk(talk, desk, address, browser)
    desk.engine.dispose()


def test_a_desk_of_foreign_conversations_is_spot_checked_from_the_plan_to_the_corrected_error(walk: Walk) -> None:
    plan_and_draw(walk)
    with walk.signed_in("lin", "/review") as lin:
        read_all(walk, lin, faults=True)
    told_results(walk)
    disputed = dispute(walk)
    decide(walk, disputed)
    calibrate(walk)
    correct(walk)
    look_around(walk)


def plan_and_draw(walk: Walk) -> None:
    """A plan, what it would bring, a draw by it, and the same draw once more."""
    with walk.signed_in("mei", "/quality?show=samples") as mei:
        page = mei.page
        walk.write(mei, "Name of the plan", walk.name)
        page.get_by_label(walk.says("How often")).click()
        page.get_by_role("option", name=walk.says(walk.talk.cycle), exact=True).click()
        walk.write(mei, "Of each team, %", str(walk.talk.share))
        walk.write(mei, "At least, per team", str(AT_LEAST))
        walk.press(mei, "What it would bring")
        mei.see("±")
        walk.picture(mei, "1-preview")
        walk.press(mei, "Keep this plan")
        walk.see(mei, "Kept as version {n}.", n=1)
        page.get_by_role("spinbutton").first.click()
        page.keyboard.type(walk.talk.day)
        walk.press(mei, "Draw")
        [made] = draws.draws(COMMAND_LINE, walk.desk)
        walk.see(mei, "Certificate of draw {id}", id=made.id)
        walk.press(mei, "Make it again and compare")
        walk.see(
            mei, "The same: the frame is unchanged, and frame and seed give the same {n} conversations.", n=made.drawn
        )
        walk.picture(mei, "2-draw")
    assert made.drawn >= AT_LEAST
    print(f"{walk.name}: draw of {made.drawn} of {made.frame_size}, frame {made.frame_sha256[:12]}")


def told_results(walk: Walk) -> None:
    """The page tells the weighted share that a hand count gives, with its interval."""
    read = walk.reviews()
    assert len(read) >= AT_LEAST
    assert {one.reviewer for one in read} == {"lin"}
    assert [one.critical_failed for one in read].count(True) == 1
    found = results(COMMAND_LINE, walk.desk)
    [made] = draws.draws(COMMAND_LINE, walk.desk)
    _draw, units = draws.draw_of(COMMAND_LINE, walk.desk, made.id)
    pi = dict(units.select("ticket_id", "pi").iter_rows())
    weight = {one.ticket_id: 1 / pi[one.ticket_id] for one in read}
    by_hand = sum(weight[one.ticket_id] for one in read if one.passed) / sum(weight.values())
    assert found.estimate.value == pytest.approx(by_hand, abs=1e-9)
    with walk.signed_in("mei", "/quality") as mei:
        mei.see(f"{by_hand:.1%}")
        mei.see(f"{found.estimate.low:.1%}")
        walk.see(mei, "{read} of {drawn} drawn conversations were read; {skipped} skipped, {ineligible} ineligible.",
                 read=len(read), drawn=made.drawn, skipped=0, ineligible=0)  # fmt: skip
        walk.picture(mei, "4-results")
    low, high = found.estimate.low, found.estimate.high
    print(f"{walk.name}: {len(read)} reviews by keys, {by_hand:.1%} pass ({low:.1%} to {high:.1%}), {found.verdict}")


def dispute(walk: Walk) -> Review:
    """Whoever answers for the review holds its half line to be wrong: the agent, or the manager where none is named."""
    with walk.desk.reading() as session:
        half = select(ReviewAnswer).where(ReviewAnswer.criterion == "R1", ReviewAnswer.value == 0.5)
        [line] = session.scalars(half).all()
        assert line.from_char is not None
        review = session.get_one(Review, line.review_id)
        disputed, account = review, "mei"
    assert (disputed.agent is not None) is walk.talk.has_agents
    if walk.talk.has_agents:
        account = "ann"
        join(walk.desk.root, walk.address, account, "--role", "agent", "--agent", str(disputed.agent))
    with walk.signed_in(account, f"/reviews?review={disputed.id}") as agent:
        page = agent.page
        page.get_by_text(walk.says("Dispute single lines")).click()
        page.get_by_role("button", name="R1").first.click()
        agent.settle()
        walk.write(
            agent, "Why", "第二条答复已逐项说明" if walk.talk.locale == "zh-CN" else "it stands in the second answer"
        )
        walk.picture(agent, "5-dispute")
        walk.press(agent, "Send")
        walk.see(agent, "Sent. Somebody else than the reviewer decides.")
    return disputed


def decide(walk: Walk, disputed: Review) -> None:
    """The reviewer cannot decide it, somebody else does; the first value stays beside the final one."""
    button = walk.says("Decide")
    with walk.signed_in("lin", f"/reviews?review={disputed.id}") as lin:
        expect(lin.page.get_by_role("button", name=button, exact=True)).to_have_count(0, timeout=PATIENCE)
    with walk.signed_in("wu", f"/reviews?review={disputed.id}") as wu:
        wu.page.get_by_text(walk.says("take the agent's")).click()
        wu.settle()
        walk.write(wu, "Reason of the decision", "答复属实" if walk.talk.locale == "zh-CN" else "so it is")
        walk.press(wu, "Decide")
        walk.see(wu, "dispute: amended")
        walk.picture(wu, "6-decided")
    [after] = [one for one in walk.reviews() if one.id == disputed.id]
    assert (after.state, after.revision) == ("amended", 2)
    assert after.first_score is not None
    assert after.score is not None
    assert after.first_score < after.score
    with walk.desk.reading() as session:
        assert session.scalars(select(Dispute.arbiter)).all() == ["wu"]


def calibrate(walk: Walk) -> None:
    """Three inspectors read two conversations blind; what they gave is seen after the reveal alone, then agreed on."""
    path, chosen = "/quality?show=calibration", [one.ticket_id for one in walk.reviews()[3:5]]
    with walk.signed_in("mei", path) as mei:
        page = mei.page
        walk.write(mei, "Name of the calibration", "Calibration")
        page.get_by_role("button", name="Clear all").first.click()  # those that were proposed
        mei.settle()
        walk.write(mei, "Others, by number", ", ".join(chosen))
        for name in READERS:
            page.get_by_label(walk.says("Inspectors"), exact=True).fill(name)
            page.get_by_role("option", name=name, exact=True).click()
        page.keyboard.press("Escape")
        walk.press(mei, "Plan the calibration")
        walk.see(mei, "Planned. Begin when everybody knows of it.")
        walk.press(mei, "Let them read")
        walk.see(mei, "Until the reveal nobody sees what the others gave, on no page and in no file.")
        walk.picture(mei, "7-blind")
    for place, name in enumerate(READERS):
        with walk.signed_in(name, "/review") as reader:
            assert read_all(walk, reader, half_of=0 if place == 1 else None) >= len(chosen)
    with walk.signed_in("mei", path) as mei:
        for name in READERS:
            mei.see(f"{name} 2/2")
        walk.press(mei, "Lock")
        walk.press(mei, "Reveal")
        mei.page.get_by_role("radio", name="0.5").or_(mei.page.get_by_role("button", name="0.5")).first.click()
        mei.settle()
        walk.picture(mei, "8-revealed")
        keep = mei.page.get_by_role("button", name=walk.says("Keep what was agreed"))
        for left in (2, 1):
            expect(keep).to_have_count(left, timeout=PATIENCE)
            keep.first.click()
            mei.settle()
        expect(keep).to_have_count(0, timeout=PATIENCE)
        walk.picture(mei, "8-agreed")
    [held] = calibration.calibrations(COMMAND_LINE, walk.desk)
    assert held.state == "agreed"
    given = calibration.given(COMMAND_LINE, walk.desk, held.id)
    assert Counter(given["reviewer"].unique()) == Counter(READERS)
    assert given.filter(criterion="R1")["value"].sort().to_list() == [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]


def correct(walk: Walk) -> None:
    """The wrong fact, from the review to the closed case: told, corrected in public, cause, measure, looked back."""
    [wrong] = [one for one in walk.reviews() if one.critical_failed]
    with walk.desk.reading() as session:
        items = session.scalars(select(TriageItem.ticket_id)).all()
    assert wrong.ticket_id in items
    with walk.signed_in("qian", f"/reviews?review={wrong.id}") as qian:
        page = qian.page
        page.get_by_text(walk.says("Open a correction"), exact=True).click()
        walk.write(qian, "Wrong claim", walk.talk.wrong)
        walk.write(qian, "Right claim", "以公告为准" if walk.talk.locale == "zh-CN" else "as the notice says")
        page.get_by_text(walk.says("Others could read it: correct it in public within the hour")).click()
        qian.settle()
        walk.press(qian, "Open the correction")
        walk.see(qian, "The correction is open; its clocks run.")
        walk.go(qian, "/quality?show=errors")
        walk.see(qian, "{n} corrections are open, {late} of them late.", n=1, late=0)
        steps(walk, qian)
        walk.see(qian, "{n} corrections are open, {late} of them late.", n=0, late=0)
        walk.picture(qian, "9-corrected")
    [case] = error_cases.cases(COMMAND_LINE, walk.desk)
    assert case.left == ()
    assert case.closed_at is not None
    assert len(case.affected) > 1
    assert {one.state for one in case.affected} == {"contacted"}
    print(f"{walk.name}: correction closed, {len(case.affected)} customers were told the same")


def steps(walk: Walk, qian: Visitor) -> None:
    """Every step of an open case, the look back among them; it cannot be closed before."""
    walk.press(qian, "Customer told, with an apology")
    walk.write(
        qian, "Where the correction can be read", "公告栏" if walk.talk.locale == "zh-CN" else "the notice board"
    )
    walk.press(qian, "Corrected in public")
    walk.press(qian, "Record the cause")
    qian.page.get_by_text(walk.says("Look back for the same claim")).click()
    qian.page.get_by_label(walk.says("Days back")).fill("10")
    walk.press(qian, "Search")
    walk.picture(qian, "9-looked-back")
    walk.press(qian, "Put them on the list")
    tell_everybody(walk, qian)
    walk.write(qian, "Measure", "改写答复模板" if walk.talk.locale == "zh-CN" else "rewrite the template")
    walk.press(qian, "Plan the measure")
    done = walk.says("Done: {measure}", measure="")
    qian.page.get_by_role("button", name=done).first.click()
    qian.settle()
    walk.press(qian, "Close the case")
    qian.page.get_by_role("alert").first.wait_for()
    walk.picture(qian, "9-not-yet")
    walk.write(qian, "How it was verified", "下周抽查二十条" if walk.talk.locale == "zh-CN" else "twenty next week")
    walk.press(qian, "Verified")
    walk.press(qian, "Close the case")


def tell_everybody(walk: Walk, qian: Visitor) -> None:
    """Choose all affected customers in the table, by its head, and note that they were told."""
    table = qian.page.get_by_test_id("stDataFrame").nth(1)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    qian.page.mouse.click(box["x"] + 18, box["y"] + 18)
    qian.settle()
    walk.press(qian, "Note it")


def look_around(walk: Walk) -> None:
    """What everybody sees afterwards, light and dark, wide and narrow."""
    seen = {
        "mei": ("/quality", "/quality?show=samples", "/quality?show=calibration", "/quality?show=errors", "/"),
        "lin": ("/review", "/reviews"), "su": ("/quality", "/reviews"),
    }  # fmt: skip
    for account, paths in seen.items():
        for scheme in ("light", "dark"):
            with walk.signed_in(account, paths[0], scheme=scheme) as visitor:
                for path in paths:
                    walk.go(visitor, path)
                    name = re.sub(r"\W+", "-", path).strip("-") or "standup"
                    for width in (1440, 390) if walk.pictures else (1440,):
                        visitor.page.set_viewport_size({"width": width, "height": 1100})
                        visitor.settle()
                        walk.picture(visitor, f"z-{account}-{name}-{scheme}-{width}")
    assert nothing_read_twice(walk.desk)


def nothing_read_twice(desk: Desk) -> bool:
    """Whether every drawn conversation has one ordinary review at most."""
    with desk.reading() as session:
        asked = select(SampleUnit.id).join(Assignment, Assignment.unit_id == SampleUnit.id).join(
            Review, Review.assignment_id == Assignment.id
        ).where(Review.kind == "normal", Review.revision > 0)  # fmt: skip
        units = session.scalars(asked).all()
    return len(units) == len(set(units)) >= AT_LEAST
