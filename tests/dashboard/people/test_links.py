"""Links that work once, and how often a password may be tried."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Actor, Denied, links, passwords, sessions, tries
from dashboard.people.accounts import add, person_called, set_disabled, set_password
from dashboard.people.links import LinkError
from dashboard.people.tries import ThrottledError
from dashboard.store import AuditRow, OneTimeLink, SignInTry

SECRET = "correct horse battery"
OTHER = "battery staple horse"


def token_of(path: str) -> str:
    return path.removeprefix(links.PATH)


def test_a_setup_link_makes_the_first_administrator_once(desk: Desk) -> None:
    token = token_of(links.setup_link(desk))
    assert links.opened(desk, token).kind == "setup"
    links.set_up(desk, token, account="Root", name="Root", password=SECRET)
    with desk.reading() as session:
        assert person_called(session, "root").role == "administrator"
    with pytest.raises(LinkError):
        links.set_up(desk, token, account="second", name="x", password=SECRET)
    with pytest.raises(LinkError):
        links.setup_link(desk)


def test_no_setup_link_opens_a_desk_that_has_accounts(desk: Desk) -> None:
    token = token_of(links.setup_link(desk))
    add(COMMAND_LINE, desk, "root", name="x", role="administrator", password=SECRET)
    with pytest.raises(LinkError):
        links.set_up(desk, token, account="intruder", name="x", password=SECRET)


def test_a_new_setup_link_ends_the_older_one(desk: Desk) -> None:
    first, second = token_of(links.setup_link(desk)), token_of(links.setup_link(desk))
    with pytest.raises(LinkError):
        links.opened(desk, first)
    assert links.opened(desk, second).kind == "setup"


def test_a_link_gives_a_password_once(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator")
    token = token_of(links.password_link(COMMAND_LINE, desk, "root"))
    with pytest.raises(passwords.PasswordError):
        links.choose_password(desk, token, "short")
    links.choose_password(desk, token, SECRET)
    with desk.reading() as session:
        assert passwords.agrees(person_called(session, "root").password, SECRET)
    with pytest.raises(LinkError):
        links.choose_password(desk, token, OTHER)
    with pytest.raises(LinkError):
        links.set_up(desk, token, account="y", name="y", password=OTHER)


def test_two_who_open_a_link_at_once_do_not_both_choose(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator")
    token = token_of(links.password_link(COMMAND_LINE, desk, "root"))

    def choose(password: str) -> bool:
        try:
            links.choose_password(desk, token, password)
        except LinkError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(choose, [f"{SECRET} {number}" for number in range(4)])) == 1


def test_a_link_is_over_after_its_time_and_with_the_account(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator", password=SECRET)
    add(COMMAND_LINE, desk, "li.na", name="x", role="agent")
    old = token_of(links.password_link(COMMAND_LINE, desk, "root"))
    with desk.keeping() as session:
        session.execute(update(OneTimeLink).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    with pytest.raises(LinkError):
        links.choose_password(desk, old, OTHER)
    of_closed = token_of(links.password_link(COMMAND_LINE, desk, "li.na"))
    set_disabled(COMMAND_LINE, desk, "li.na", True)
    with pytest.raises(LinkError):
        links.opened(desk, of_closed)


def test_only_an_administrator_hands_links_out(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator", password=SECRET)
    with pytest.raises(Denied):
        links.password_link(Actor(2, "x", "manager"), desk, "root")


def test_no_link_is_kept_that_could_be_used(desk: Desk) -> None:
    token = token_of(links.setup_link(desk))
    with desk.reading() as session:
        assert token not in session.scalars(select(OneTimeLink.token)).all()


def test_the_eleventh_try_within_a_quarter_of_an_hour_is_refused(desk: Desk) -> None:
    start = datetime.now(UTC)
    for number in range(10):
        tries.begin(desk, "li.na", f"10.0.0.{number}", now=start + timedelta(seconds=number))
    with pytest.raises(ThrottledError):
        tries.begin(desk, " LI.na", "10.0.0.99", now=start + timedelta(minutes=1))
    tries.begin(desk, "other", "10.0.0.99", now=start + timedelta(minutes=1))
    tries.begin(desk, "li.na", "10.0.0.99", now=start + timedelta(minutes=16))


def test_an_address_that_tries_many_accounts_is_refused_too(desk: Desk) -> None:
    for number in range(10):
        tries.begin(desk, f"person{number}", "10.0.0.1")
    with pytest.raises(ThrottledError):
        tries.begin(desk, "person10", "10.0.0.1")


def test_tries_at_the_same_time_do_not_slip_through(desk: Desk) -> None:
    def allowed(number: int) -> bool:
        try:
            tries.begin(desk, "li.na", f"10.0.{number}.1")
        except ThrottledError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(allowed, range(30))) == 10


def test_who_gets_in_is_not_counted(desk: Desk) -> None:
    for _ in range(15):
        number = tries.begin(desk, "li.na", "10.0.0.1")
        with desk.keeping() as session:
            tries.succeed(session, number)


def test_another_password_forgives_the_tries_of_an_account(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator", password=SECRET)
    for number in range(10):
        tries.begin(desk, "root", f"10.0.0.{number}")
    set_password(COMMAND_LINE, desk, "root", OTHER)
    tries.begin(desk, "root", "10.0.0.1")


def test_a_password_typed_into_the_wrong_field_is_kept_nowhere(desk: Desk) -> None:
    tries.begin(desk, SECRET, "10.0.0.1")
    with desk.reading() as session:
        assert SECRET not in session.scalars(select(SignInTry.account)).all()


def test_too_many_tries_are_told_in_the_audit_once(desk: Desk) -> None:
    for _ in range(12):
        try:
            tries.begin(desk, "li.na", "10.0.0.1")
        except ThrottledError:
            continue
    with desk.reading() as session:
        rows = session.scalars(select(AuditRow)).all()
        assert [row.action for row in rows] == ["sign_in.throttled"]
        assert "li.na" not in rows[0].subject


def test_one_persons_slips_do_not_shut_out_those_behind_the_same_address(desk: Desk) -> None:
    for _ in range(10):
        tries.begin(desk, "li.na", "10.0.0.1")
    with pytest.raises(ThrottledError):
        tries.begin(desk, "li.na", "10.0.0.1")
    tries.begin(desk, "wu", "10.0.0.1")


def test_who_was_here_before_is_not_shut_out_by_strangers(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator", password=SECRET)
    with desk.keeping() as session:
        sessions.begin(session, person_called(session, "root"), "10.0.0.1", browser="known")
    for number in range(10):
        tries.begin(desk, "root", "10.0.0.1", browser="foreign")
        tries.begin(desk, f"person{number}", "10.0.0.2")
    for foreign in (None, "foreign"):
        with pytest.raises(ThrottledError):
            tries.begin(desk, "root", "10.0.0.2", browser=foreign)
    for _ in range(10):
        tries.begin(desk, "ROOT", "10.0.0.2", browser="known")
    with pytest.raises(ThrottledError):
        tries.begin(desk, "root", "10.0.0.2", browser="known")  # nor may a stolen one try for ever


def test_a_browser_is_known_for_the_accounts_only_that_were_entered_from_it(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="x", role="administrator", password=SECRET)
    with desk.keeping() as session:
        long_ago = datetime.now(UTC) - tries.REMEMBERED - timedelta(days=1)
        sessions.begin(session, person_called(session, "root"), "10.0.0.1", browser="old", now=long_ago)
        sessions.begin(session, person_called(session, "root"), "10.0.0.1", browser="known")
    for _ in range(10):
        tries.begin(desk, "wu", "10.0.0.3")
        tries.begin(desk, "root", "10.0.0.4")
    for account, browser in (("wu", "known"), ("root", "old")):
        with pytest.raises(ThrottledError):
            tries.begin(desk, account, "10.0.0.5", browser=browser)


def test_an_account_typed_with_another_keyboard_is_the_same_account(desk: Desk) -> None:
    for _ in range(10):
        tries.begin(desk, "li.na", "10.0.0.1")
    with pytest.raises(ThrottledError):
        tries.begin(desk, "ｌｉ．ｎａ", "10.0.0.2")
