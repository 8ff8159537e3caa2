"""The stand-up as a supervisor holds it on the page, and the board on the wall."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import ONE_PERSON, Actor
from dashboard.services.triage.meetings import held, meeting, running
from dashboard.services.triage.queue import queue
from tests.pages.conftest import Visit, words

FRIDAY_NIGHT = datetime(2026, 3, 20, 20, tzinfo=UTC)


@pytest.fixture
def own_desk(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small desk, at the evening of its last day."""
    monkeypatch.setenv("FLOORWALKER_CLOCK", FRIDAY_NIGHT.isoformat())
    return shutil.copytree(small_desk, tmp_path / "desk")


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_an_empty_desk_holds_no_meeting_and_has_no_wall(empty_desk: Path, visit: Visit, lang: str) -> None:
    for page in ("meeting", "wallboard"):
        app = visit(empty_desk, page, lang=lang)
        assert not app.exception
        assert app.header[0].value in ("No data yet", "还没有数据")


def test_the_stand_up_says_at_once_what_is_wrong_overdue_and_with_whom(own_desk: Path, visit: Visit) -> None:
    told = words(visit(own_desk))
    for sentence in ("What went wrong", "What is overdue", "Who takes it", "The backlog:", "Corrections:"):
        assert sentence in told


def test_a_meeting_is_started_led_and_ended_on_the_page(own_desk: Path, visit: Visit) -> None:
    app = visit(own_desk, "meeting")
    next(button for button in app.main.button if button.label == "Start the stand-up").click().run()
    assert not app.exception
    desk = open_desk(own_desk)
    number = running(ONE_PERSON, desk)
    assert number is not None
    first = meeting(ONE_PERSON, desk, number).points[0]
    assert str(first.ticket_id) in words(app)
    decide(app, decision="Refund first", step="Call")
    after = meeting(ONE_PERSON, desk, number).points[0]
    assert (after.decision, after.next_step, after.way) == ("Refund first", "Call", "goes_on")
    assert owner_of(desk, str(first.ticket_id)) == after.owner
    next(button for button in app.main.button if button.label == "End the stand-up").click().run()
    assert not app.exception
    assert running(ONE_PERSON, desk) is None
    assert [one.id for one in held(ONE_PERSON, desk)] == [number]
    assert any("Refund first" in block.value for block in app.code)
    desk.engine.dispose()


def decide(app, *, decision: str, step: str) -> None:  # type: ignore[no-untyped-def]
    """Fill in the form as it stands and let the point leave."""
    fields = {field.label: field for field in app.text_input}
    fields["What was decided"].input(decision)
    fields["Next step"].input(step)
    next(button for button in app.main.button if button.label.startswith("Decided")).click().run()
    assert not app.exception


def owner_of(desk: Desk, ticket_id: str) -> str | None:
    rows = queue(ONE_PERSON, desk, at=FRIDAY_NIGHT + timedelta(minutes=1))
    return dict(rows.select("ticket_id", "owner").iter_rows())[ticket_id]


def test_what_is_missing_is_said_and_nothing_is_lost(own_desk: Path, visit: Visit) -> None:
    app = visit(own_desk, "meeting")
    next(button for button in app.main.button if button.label == "Start the stand-up").click().run()
    decide(app, decision="Refund first", step="")
    assert "Say who takes it" in words(app)
    assert {field.label: field.value for field in app.text_input}["What was decided"] == "Refund first"


def test_an_agent_is_not_offered_the_meeting(own_desk: Path, visit: Visit) -> None:
    visit.actor = Actor(5, "王芳", "agent", agent="王芳")
    app = visit(own_desk, "meeting")
    assert not [button for button in app.main.button if button.label == "Start the stand-up"]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_wall_shows_eight_figures(own_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(own_desk, "wallboard", lang=lang)
    assert not app.exception
    html = "".join(str(part.proto.body) for part in app.get("html"))
    assert html.count('class="figure"') == 8
