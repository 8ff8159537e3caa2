"""The ways messages leave the house, on the page of settings: set up, tried, changed; a secret is never shown again."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.desk import existing_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.services.triage.channels import channels
from tests.dashboard.sending.servers import TAKEN, robot_server
from tests.pages.conftest import Visit, words

LI = Actor(3, "Li", "manager")


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, visit: Visit) -> Path:
    visit.actor = LI
    return Path(shutil.copytree(small_desk, tmp_path / "desk"))


def typed(app: AppTest, label: str, text: str) -> None:
    next(one for one in app.main.text_input if one.label == label).input(text)


def pressed(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.main.button if one.label == label).click().run()


def test_a_robot_is_set_up_and_tried_and_its_address_is_not_shown(own: Path, visit: Visit) -> None:
    with robot_server() as group:
        group.answer = (200, TAKEN["slack"])
        app = visit(own, "settings", part="channels")
        next(one for one in app.main.selectbox if one.label == "Kind").select("slack").run()
        typed(app, "Name", "Stand-up group")
        typed(app, "Address of the robot", f"{group.address}/hook/secret")
        app = pressed(app, "Save")
        assert not app.exception
        assert "The channel is saved." in words(app)
        app = pressed(app, "Send a message to see whether it arrives")
        assert "It was taken." in words(app)
    assert len(group.told) == 1
    assert "hook/secret" not in words(app) + "".join(str(one.value) for one in app.main.text_input)
    desk = existing_desk(own)
    assert [(one.name, one.kind) for one in channels(COMMAND_LINE, desk)] == [("Stand-up group", "slack")]
    desk.engine.dispose()


def test_what_is_wrong_is_said_and_who_does_not_answer_for_the_desk_sees_no_channels(own: Path, visit: Visit) -> None:
    app = visit(own, "settings", part="channels")
    typed(app, "Name", "Mail")
    app = pressed(app, "Save")
    assert "A mail server needs a host" in words(app)
    visit.actor = Actor(4, "Wu", "supervisor", teams=frozenset({"甲组"}))
    assert "Set up a channel" not in [one.label for one in visit(own, "settings", part="channels").main.expander]
