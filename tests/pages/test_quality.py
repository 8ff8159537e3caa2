"""The page of quality: empty, with a plan, with reviews; who may do what there."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.quality.plans import Plan
from dashboard.services.quality import draws, error_cases, sampling_plans
from dashboard.store import Review, SampleStratum, SampleUnit
from dashboard.triage.now import CLOCK
from metrics.quality.sampling import Allocation
from tests import inspected
from tests.dashboard.quality.test_calibration import read
from tests.inspected import NOW
from tests.pages.conftest import Visit, words

PLAN = Plan("daily", by_channel=False, allocation=Allocation(share=0.2, minimum=4), inspectors=("iris",))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CLOCK, NOW.isoformat())
    inspected.copied(tmp_path / "desk").engine.dispose()
    return tmp_path / "desk"


@pytest.fixture(scope="module")
def read_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a draw of the first Wednesday that was read, and an error case."""
    folder = tmp_path_factory.mktemp("read") / "desk"
    desk = inspected.copied(folder)
    sampling_plans.save_plan(COMMAND_LINE, desk, PLAN, at=NOW)
    draws.draw(COMMAND_LINE, desk, "daily", day=date(2026, 3, 4), at=NOW)
    read(desk, inspected.someone(desk, "iris"))
    error_cases.open_case(COMMAND_LINE, desk, source="export", ticket_id="T1", wrong_claim="七天", right_claim="三十天",
                          was_public=True, at=NOW - timedelta(hours=3))  # fmt: skip
    desk.engine.dispose()
    return folder


def opened(visit: Visit, desk: Path, account: str, **asked: str) -> AppTest:
    """The page as that person opens it."""
    visit.actor = inspected.someone(open_desk(desk), account)
    return visit(desk, "quality", **asked)


@pytest.mark.parametrize(("lang", "title"), [("en", "Quality"), ("zh-CN", "服务质检")])
@pytest.mark.parametrize("show", ["results", "samples", "calibration", "errors"])
def test_every_part_stands_in_both_languages(
    read_desk: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch, lang: str, title: str, show: str
) -> None:
    monkeypatch.setenv(CLOCK, (NOW + timedelta(days=7)).isoformat())
    app = opened(visit, read_desk, "root", lang=lang, show=show)
    assert not app.exception
    assert app.title[0].value == title


def test_without_a_draw_the_way_to_one_is_told(desk: Path, visit: Visit) -> None:
    assert "Nothing was drawn" in words(opened(visit, desk, "iris"))
    assert "There is no plan yet" in words(opened(visit, desk, "iris", show="samples"))


def test_what_was_drawn_of_days_that_are_not_over_is_told_without_a_verdict(desk: Path, visit: Visit) -> None:
    opened_desk = open_desk(desk)
    sampling_plans.save_plan(COMMAND_LINE, opened_desk, PLAN, at=NOW)
    draws.draw(COMMAND_LINE, opened_desk, "daily", day=NOW.date() - timedelta(days=1), at=NOW)
    told = words(opened(visit, desk, "root"))
    assert "No verdict yet: all that was drawn is of Mar 9, 2026 or later." in told
    assert "0 of 16 drawn conversations were read" in told


@pytest.mark.parametrize("days_later", [7, 2000])
def test_the_share_that_passes_is_told_with_its_interval_and_the_verdict_however_old_the_data_are(
    read_desk: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch, days_later: int
) -> None:
    monkeypatch.setenv(CLOCK, (NOW + timedelta(days=days_later)).isoformat())
    told = words(opened(visit, read_desk, "root"))
    with open_desk(read_desk).reading() as session:
        sizes = {row.stratum: (row.size, row.drawn) for row in session.scalars(select(SampleStratum))}
        asked = select(SampleUnit.stratum, Review.passed).join(Review, Review.ticket_id == SampleUnit.ticket_id)
        passed = [(row.stratum, row.passed) for row in session.execute(asked)]
    weights = {name: size / drawn for name, (size, drawn) in sizes.items()}
    by_hand = sum(weights[name] for name, is_passed in passed if is_passed) / inspected.EACH_DAY
    assert f"Below target: {by_hand:.1%} of conversations pass" in told
    assert "Even the upper end of the interval is below the target of 95%." in told
    assert "0 skipped, 0 ineligible" in told


def test_an_error_that_others_could_read_is_late_after_an_hour(
    read_desk: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLOCK, NOW.isoformat())
    told = words(opened(visit, read_desk, "root", show="errors"))
    assert "1 corrections are open, 1 of them late." in told


def test_a_supervisor_sees_those_of_the_own_team_and_plans_for_it_alone(read_desk: Path, visit: Visit) -> None:
    app = opened(visit, read_desk, "sue", show="samples")
    assert not app.exception
    assert "There is no plan yet" in words(app)


def test_an_agent_is_not_shown_the_page(read_desk: Path, visit: Visit) -> None:
    app = opened(visit, read_desk, "ana")
    assert "Sampling plans" not in words(app)
    assert "of conversations pass" not in words(app)


def test_a_draw_that_was_made_by_hand_is_made_again_on_the_page(desk: Path, visit: Visit) -> None:
    made = open_desk(desk)
    sampling_plans.save_plan(COMMAND_LINE, made, PLAN, at=NOW)
    app = opened(visit, desk, "iris", show="samples")
    app.button(key="draw-1").click().run()
    assert not app.exception
    assert "from a frame that is frozen now" in words(app)
    app.button(key="rerun-1").click().run()
    assert "frame and seed give the same" in words(app)
