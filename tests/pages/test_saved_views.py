"""Saved views in the sidebar: saved, opened from another page, renamed, shared, deleted."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.people import ONE_PERSON, Actor
from tests.pages.conftest import Visit, words


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, visit: Visit) -> Path:
    visit.actor = ONE_PERSON
    return Path(shutil.copytree(small_desk, tmp_path / "desk"))


def saved(app: AppTest, name: str) -> AppTest:
    app.sidebar.text_input(key="views.name").set_value(name).run()
    return app.sidebar.button(key="views-save").click().run()


def listed(app: AppTest) -> list[str]:
    return [
        str(one.label) for one in app.sidebar.button if str(one.key).startswith("view-") and str(one.key)[5:].isdigit()
    ]


def test_a_page_is_saved_and_opened_again_as_it_was_asked(own: Path, visit: Visit) -> None:
    app = saved(visit(own, "sla", channel="email", period="all"), "Mail **all**")
    assert not app.exception
    assert listed(app) == ["Mail \\*\\*all\\*\\*"]
    app = visit(own, "standup")
    app.sidebar.button(key="view-1").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["SLA"]
    assert app.query_params["channel"] in ("email", ["email"])
    assert app.query_params["period"] in ("all", ["all"])


def test_a_view_is_renamed_shared_and_deleted(own: Path, visit: Visit) -> None:
    app = saved(visit(own, "sla"), "a")
    app.sidebar.button(key="view-more-1").click().run()
    app.sidebar.text_input(key="view-name-1").set_value("b").run()
    app.sidebar.button(key="view-rename-1").click().run()
    assert listed(app) == ["b"]
    app.sidebar.button(key="view-share-1").click().run()
    visit.actor = Actor(None, "Wu", "manager")
    app.sidebar.button(key="view-delete-1").click().run()
    assert listed(app) == []


def test_a_name_that_is_taken_is_refused_where_it_was_typed(own: Path, visit: Visit) -> None:
    app = saved(saved(visit(own, "sla"), "a"), "A")
    assert "You have a view named" in words(app) + "".join(error.value for error in app.sidebar.error)
    assert listed(app) == ["a"]


def test_settings_are_no_view(own: Path, visit: Visit) -> None:
    app = visit(own, "settings")
    assert "views-save" not in [one.key for one in app.sidebar.button]


def test_a_shared_view_tells_nobody_of_what_is_not_his(own: Path, visit: Visit) -> None:
    app = saved(visit(own, "sla", team="乙组", channel="email", period="all"), "both")
    app.sidebar.button(key="view-more-1").click().run()
    app.sidebar.button(key="view-share-1").click().run()
    visit.actor = Actor(7, "Wu", "supervisor", frozenset({"甲组"}))
    app = visit(own, "standup")
    app.sidebar.button(key="view-1").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["SLA"]
    assert "乙组" not in str(dict(app.query_params))
    assert app.query_params["channel"] in ("email", ["email"])
    assert "1 filters of this view" in " ".join(error.value for error in app.sidebar.error)
