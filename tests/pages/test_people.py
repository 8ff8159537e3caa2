"""The page of people: accounts, sessions, links; and who is signed in, in the sidebar."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, sessions
from dashboard.people.accounts import accounts, add, person_called
from dashboard.store import AuditRow, OneTimeLink
from tests.pages.conftest import Visit, words

ROOT = Actor(1, "Root", "administrator")


@pytest.fixture
def desk(empty_desk: Path) -> Iterator[Desk]:
    opened = open_desk(empty_desk)
    add(COMMAND_LINE, opened, "root", name="Root", role="administrator")
    add(COMMAND_LINE, opened, "mei", name="梅 [x](http://example.com)", role="manager", teams=["甲组"])
    yield opened
    opened.engine.dispose()


def roles(desk: Desk) -> dict[str, str]:
    return {one.account: one.role for one in accounts(COMMAND_LINE, desk)}


def version_of(desk: Desk, account: str) -> int:
    return next(one.version for one in accounts(COMMAND_LINE, desk) if one.account == account)


def choose(app: AppTest, account: str) -> AppTest:
    return app.selectbox(key="people.chosen").set_value(account).run()


def field(app: AppTest, kind: str, end: str) -> AppTest:
    return next(one for one in getattr(app, kind) if one.key and one.key.endswith(end))  # type: ignore[no-any-return]


def test_an_administrator_adds_an_account_and_gets_a_link(desk: Desk, visit: Visit) -> None:
    visit.actor = ROOT
    app = visit(desk.root, "people")
    app.text_input(key="people.account").set_value("Wu")
    app.text_input(key="people.name").set_value("吴")
    app.selectbox(key="people.role").set_value("inspector")
    next(one for one in app.button if one.label.startswith("Add and make")).click().run()
    assert not app.exception
    assert roles(desk) == {"mei": "manager", "root": "administrator", "wu": "inspector"}
    assert "/auth/link/" in app.code[0].value
    app.run()
    assert not app.code  # shown once


def test_an_administrator_changes_a_role(desk: Desk, visit: Visit) -> None:
    visit.actor = ROOT
    app = choose(visit(desk.root, "people"), "mei")
    field(app, "selectbox", f"{version_of(desk, 'mei')}.role").set_value("agent")
    next(one for one in app.main.button if one.label == "Save").click().run()
    assert not app.exception
    assert roles(desk)["mei"] == "agent"
    with desk.reading() as session:
        newest = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert newest is not None
        assert (newest.action, newest.actor, newest.details) == (
            "people.change",
            "Root",
            {"role": ["manager", "agent"]},
        )


def test_an_account_is_disabled_and_the_last_administrator_is_not(desk: Desk, visit: Visit) -> None:
    visit.actor = ROOT
    app = choose(visit(desk.root, "people"), "mei")
    field(app, "button", ".disable").click().run()
    assert {one.account: one.is_disabled for one in accounts(COMMAND_LINE, desk)} == {"mei": True, "root": False}
    app = choose(app, "root")
    field(app, "button", ".disable").click().run()
    assert "last administrator" in app.error[0].value
    assert not accounts(COMMAND_LINE, desk)[1].is_disabled


def test_a_session_is_shown_and_ended(desk: Desk, visit: Visit) -> None:
    with desk.keeping() as session:
        token = sessions.hash_of(sessions.begin(session, person_called(session, "mei"), "192.0.2.7"))
    visit.actor = ROOT
    app = visit(desk.root, "people")
    assert app.dataframe[1].value["From address"][0] == "192.0.2.7"
    app.button(key="people-end").click().run()
    assert not app.exception
    assert not sessions.live_of(desk, [token])


def test_a_manager_looks_and_changes_nothing(desk: Desk, visit: Visit) -> None:
    visit.actor = Actor(2, "Mei", "manager")
    app = visit(desk.root, "people")
    assert list(app.dataframe[0].value["Account"]) == ["mei", "root"]
    assert not [one for one in app.button if one.label not in ("Sign out",) and "people" in (one.key or "")]
    assert not app.text_input


def test_a_supervisor_sees_nobody(desk: Desk, visit: Visit) -> None:
    visit.actor = Actor(3, "Wu", "supervisor", frozenset({"甲组"}))
    app = visit(desk.root, "people")
    assert not app.dataframe
    assert "Your role does not allow this" in words(app)


def test_a_desk_without_accounts_leads_to_its_first_one(empty_desk: Path, visit: Visit) -> None:
    app = visit(empty_desk, "people")
    assert "Nobody has an account" in words(app)
    app.button(key="people-set-up").click().run()
    assert not app.exception
    with open_desk(empty_desk).reading() as session:
        assert session.scalars(select(OneTimeLink.kind)).all() == ["setup"]


def test_who_is_signed_in_is_told_and_may_leave(desk: Desk, visit: Visit) -> None:
    visit.actor = ROOT
    app = visit(desk.root, "people")
    assert "Root · Administrator" in "\n".join(one.value for one in app.sidebar.caption)
    assert [one.label for one in app.sidebar.button if one.key == "who.sign-out"] == ["Sign out"]


def test_the_one_person_of_a_desk_without_accounts_cannot_sign_out(empty_desk: Path, visit: Visit) -> None:
    assert not [one for one in visit(empty_desk).sidebar.button if one.key == "who.sign-out"]
