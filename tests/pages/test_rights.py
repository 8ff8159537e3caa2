"""A page shows itself to those only whose role allows it, by the menu and by its address."""

from pathlib import Path

import pytest

from dashboard.navigation import LINES, Line
from dashboard.people import Actor, Reach, Role, reach
from tests.pages.conftest import Visit, words

ROLES: tuple[Role, ...] = ("agent", "inspector", "supervisor", "manager", "administrator")
CLOSED = [(role, line) for role in ROLES for line in LINES if reach(Actor(1, "x", role), line.needs) is Reach.NONE]
SENTENCES = {"en": "Your role does not allow this.", "zh-CN": "您的角色没有这项权限"}


@pytest.mark.parametrize(
    ("role", "line"), CLOSED, ids=lambda value: value.url_path if isinstance(value, Line) else value
)
def test_a_page_opened_by_its_address_without_the_right_says_so_and_nothing_else(
    role: Role, line: Line, small_desk: Path, visit: Visit
) -> None:
    visit.actor = Actor(1, "x", role)
    for lang, sentence in SENTENCES.items():
        app = visit(small_desk, line.file.removesuffix(".py"), lang=lang)
        assert not app.exception
        assert [error.value[: len(sentence)] for error in app.error] == [sentence]
        assert not app.main.dataframe
        assert not app.main.button
        assert words(app).count("\n") <= 8, words(app)


def test_the_menu_offers_no_page_that_the_role_does_not_allow(small_desk: Path, visit: Visit) -> None:
    for role in ROLES:
        visit.actor = actor = Actor(1, "x", role, teams=frozenset({"甲组"}), agent="王芳")
        app = visit(small_desk)
        offered = {str(one.proto.page) for one in app.sidebar.get("page_link")}
        assert offered == {
            "" if line is LINES[0] else line.url_path
            for line in LINES
            if line.in_menu and reach(actor, line.needs) is not Reach.NONE
        }


def test_somebody_disabled_is_shown_nothing(small_desk: Path, visit: Visit) -> None:
    visit.actor = Actor(1, "x", "administrator", is_disabled=True)
    app = visit(small_desk)
    assert [error.value[:29] for error in app.error] == ["Your role does not allow this"]
    assert not app.sidebar.get("page_link")
    assert not app.dataframe


def test_only_whoever_may_load_is_led_to_where_files_are_loaded(empty_desk: Path, visit: Visit) -> None:
    for role in ROLES:
        visit.actor = Actor(1, "x", role, teams=frozenset({"甲组"}), agent="王芳")
        app = visit(empty_desk)
        assert not app.exception
        led = any(button.label == "Load a file" for button in app.main.button)
        assert led is (role in {"manager", "administrator"}), role
