"""A forecast that is there before anybody asks: made once for each state of the desk, beside the readers."""

from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, SERVER
from dashboard.server import looking_ahead
from dashboard.server.looking_ahead import look_ahead_of_new
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.staffing import ahead
from dashboard.services.staffing.ahead import is_kept, look_ahead, look_ahead_apart, state_of
from dashboard.services.staffing.events import add_event
from dashboard.services.staffing.forecast_snapshots import kept_runs
from dashboard.services.staffing.page import expected
from tests.dashboard.services.staffing.test_staffing_plan_parts import PROMOTION
from tests.pages.conftest import small_export


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = open_desk(tmp_path / "desk")
    (tmp_path / "export.csv").write_bytes(small_export())
    report = load_files(COMMAND_LINE, made, [tmp_path / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    return made


def test_the_forecast_of_a_state_is_made_once_and_anew_when_an_event_is_entered(desk: Desk) -> None:
    assert look_ahead_apart(SERVER, desk), "made in a process of its own"
    (run,) = kept_runs(SERVER, desk)
    assert run.methods
    assert not look_ahead(SERVER, desk), "it is there"
    add_event(SERVER, desk, PROMOTION)
    assert look_ahead(SERVER, desk)
    assert len(kept_runs(SERVER, desk)) == 2


def test_the_server_asks_for_it_once_for_each_state(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    monkeypatch.setattr(looking_ahead, "look_ahead_apart", lambda *_: asked.append(state_of(SERVER, desk)))
    look_ahead_of_new(desk)
    look_ahead_of_new(desk)
    assert len(asked) == 1
    add_event(SERVER, desk, PROMOTION)
    look_ahead_of_new(desk)
    assert len(asked) == len(set(asked)) == 2


def test_what_a_load_changes_meanwhile_is_not_kept_as_if_it_had_been_known(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = state_of(SERVER, desk), expected

    def slow(*args: object, **named: object) -> object:
        add_event(SERVER, desk, PROMOTION)
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(ahead, "expected", slow)
    assert not look_ahead(SERVER, desk)
    assert before is not None
    assert not is_kept(SERVER, desk, before)


def test_an_empty_desk_has_nothing_to_look_ahead_to(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "empty")
    look_ahead_of_new(desk)
    assert not look_ahead(SERVER, desk)
