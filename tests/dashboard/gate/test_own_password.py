"""Everybody changes the own password, by raw HTTP."""

import pytest
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import tries
from dashboard.people.accounts import person_called
from dashboard.store import AuditRow
from tests.dashboard.gate.conftest import SECRET, Answer, Browser

NEW = "staple battery horse"
PAGE = "/auth/password"


def signed_in(address: str, account: str, password: str = SECRET) -> Browser:
    browser = Browser(address)
    assert browser.sign_in(account, password).status == 303
    return browser


def change(browser: Browser, old: str = SECRET, new: str = NEW, again: str = "") -> Answer:
    return browser.send(PAGE, old=old, password=new, again=again or new)


def actions(desk: Desk) -> list[str]:
    with desk.reading() as session:
        return [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))][3:]


@pytest.mark.parametrize("account", ["root", "mei", "wu"])
def test_whoever_knows_the_old_one_takes_another_and_is_the_only_one_who_stays(
    account: str, address: str, desk: Desk
) -> None:
    here, elsewhere = signed_in(address, account), signed_in(address, account)
    other = signed_in(address, "mei" if account == "root" else "root")
    answer = change(here)
    assert answer.status == 200
    assert "Your password is changed." in answer.text
    assert here.ask("/sla").status == 200
    assert elsewhere.ask("/sla").status == 303
    assert other.ask("/sla").status == 200
    assert Browser(address).sign_in(account).status == 401
    assert signed_in(address, account, NEW).ask("/sla").status == 200
    assert "people.password" in actions(desk)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old": "wrong wrong wrong"}, "The password that you have now is another one."),
        ({"old": ""}, "The password that you have now is another one."),
        ({"new": "short"}, "at least 12 characters"),
        ({"new": "rootrootroot"}, "would be guessed at once"),
        ({"new": SECRET}, "the password that you have already"),
        ({"again": "something else altogether"}, "The two passwords differ."),
    ],
    ids=str,
)
def test_what_is_not_taken_changes_nothing(given: dict[str, str], said: str, root: Browser, desk: Desk) -> None:
    with desk.reading() as session:
        before = person_called(session, "root").password
    answer = change(root, **given)
    assert answer.status == 400
    assert said in answer.text
    with desk.reading() as session:
        assert person_called(session, "root").password == before
    assert root.ask("/sla").status == 200
    assert "people.password" not in actions(desk)


def test_an_open_browser_that_somebody_left_does_not_help_to_guess(root: Browser, desk: Desk) -> None:
    assert [change(root, old=f"wrong {number} wrong").status for number in range(tries.MOST - 1)] == [400] * 9
    assert change(root, old="wrong").status == 400
    assert change(root).status == 429
    assert actions(desk).count("password.refused") == 10


def test_nobody_is_asked_who_is_not_signed_in(anybody: Browser, root: Browser) -> None:
    stranger = Browser(anybody.address)
    assert stranger.ask(PAGE).status == 303
    assert stranger.post(PAGE, old=SECRET, password=NEW, again=NEW).status == 401
    assert root.post(PAGE, old=SECRET, password=NEW, again=NEW).status == 403  # not from our form
    assert Browser(anybody.address).sign_in("root").status == 303


def test_who_has_no_password_is_told_where_to_get_one(root: Browser, desk: Desk) -> None:
    with desk.keeping() as session:
        person_called(session, "root").password = None
    answer = change(root)
    assert answer.status == 400
    assert "Your account has no password." in answer.text


@pytest.mark.usefixtures("open_to_one")
def test_a_desk_without_accounts_has_no_passwords(anybody: Browser) -> None:
    assert anybody.ask(PAGE).leads_to == "/"
