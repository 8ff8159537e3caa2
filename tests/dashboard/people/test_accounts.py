"""Accounts: who may make and change them, and what ends with a change."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Actor, Denied, passwords, sessions
from dashboard.people.accounts import (
    AccountError,
    Change,
    accounts,
    actor_of,
    add,
    change,
    person_called,
    set_disabled,
    set_password,
    today_at,
)
from dashboard.people.actor import ONE_PERSON
from dashboard.people.own_language import keep_own_language, own_language
from dashboard.people.passwords import PasswordError
from dashboard.store import AuditRow, Membership, Person

SECRET = "correct horse battery"


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    """A desk with an administrator and a supervisor of one team."""
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator", password=SECRET)
    add(COMMAND_LINE, desk, "li.na", name="李娜", role="supervisor", teams=["甲组"], password=SECRET)
    return desk


def audited(desk: Desk) -> list[tuple[str, str]]:
    with desk.reading() as session:
        return [(row.action, row.subject) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


def signed_in(desk: Desk, account: str) -> str:
    with desk.keeping() as session:
        return sessions.hash_of(sessions.begin(session, person_called(session, account), "127.0.0.1"))


def test_the_first_account_must_be_an_administrator(desk: Desk) -> None:
    with pytest.raises(AccountError, match="first account"):
        add(COMMAND_LINE, desk, "li.na", name="Li Na", role="manager", password=SECRET)
    assert accounts(COMMAND_LINE, desk) == ()


def test_an_account_has_one_form_however_it_is_typed(staffed: Desk) -> None:
    with pytest.raises(AccountError, match="already"):
        add(COMMAND_LINE, staffed, " Li.Na ", name="Other", role="agent", password=SECRET)
    with staffed.reading() as session:
        assert person_called(session, "ＬＩ.ｎａ").account == "li.na"


def test_the_language_that_a_person_chose_is_kept_in_his_account_alone(staffed: Desk) -> None:
    with staffed.reading() as session:
        li = actor_of(session, person_called(session, "li.na"), today_at(staffed))
        root = actor_of(session, person_called(session, "root"), today_at(staffed))
    assert own_language(li, staffed) is None
    keep_own_language(li, staffed, "en")
    keep_own_language(li, staffed, "en")
    assert (own_language(li, staffed), own_language(root, staffed)) == ("en", None)
    assert audited(staffed).count(("people.language", f"person:{li.id}")) == 1
    keep_own_language(ONE_PERSON, staffed, "en")
    assert own_language(ONE_PERSON, staffed) is None


@pytest.mark.parametrize("account", ["", "  ", "li na", "a\tb", "a\0b", "x" * 201])
def test_an_account_that_nobody_could_type_is_refused(desk: Desk, account: str) -> None:
    with pytest.raises(AccountError):
        add(COMMAND_LINE, desk, account, name="x", role="administrator", password=SECRET)


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "x" * 201, "administrator", "administratoradministrator"]
)
def test_a_password_that_would_be_guessed_is_refused(desk: Desk, password: str) -> None:
    with pytest.raises(PasswordError):
        add(COMMAND_LINE, desk, "administrator", name="x", role="administrator", password=password)


def test_no_password_is_kept_but_its_hash(staffed: Desk) -> None:
    with staffed.reading() as session:
        kept = person_called(session, "root").password
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert SECRET not in kept
    assert passwords.agrees(kept, SECRET)
    assert not passwords.agrees(kept, SECRET + "x")
    assert not passwords.agrees(None, SECRET)


def test_only_an_administrator_manages_people(staffed: Desk) -> None:
    for role in ("agent", "inspector", "supervisor", "manager"):
        who = Actor(9, "x", role)  # type: ignore[arg-type]
        with pytest.raises(Denied):
            add(who, staffed, "new", name="x", role="administrator")
        with pytest.raises(Denied):
            change(who, staffed, "li.na", Change(role="administrator"))
        with pytest.raises(Denied):
            set_disabled(who, staffed, "root", True)
        with pytest.raises(Denied):
            set_password(who, staffed, "root", SECRET)
    assert [one.role for one in accounts(COMMAND_LINE, staffed)] == ["supervisor", "administrator"]


@pytest.mark.parametrize(
    "changed", [Change(role="agent"), Change(teams=["乙组"]), Change(agent="王芳"), Change(teams=())], ids=str
)
def test_a_change_of_rights_ends_every_session(staffed: Desk, changed: Change) -> None:
    token = signed_in(staffed, "li.na")
    assert sessions.live_of(staffed, [token])[token].actor.name == "李娜"
    change(COMMAND_LINE, staffed, "li.na", changed)
    assert sessions.live_of(staffed, [token]) == {}


def test_another_name_ends_no_session(staffed: Desk) -> None:
    token = signed_in(staffed, "li.na")
    change(COMMAND_LINE, staffed, "li.na", Change(name="李 娜"))
    assert sessions.live_of(staffed, [token])[token].actor.name == "李 娜"


def test_a_disabled_account_has_no_session_and_may_be_opened_again(staffed: Desk) -> None:
    token = signed_in(staffed, "li.na")
    set_disabled(COMMAND_LINE, staffed, "li.na", True)
    assert sessions.live_of(staffed, [token]) == {}
    assert sessions.live_of(staffed, [signed_in(staffed, "li.na")]) == {}
    set_disabled(COMMAND_LINE, staffed, "li.na", False)
    assert sessions.live_of(staffed, [token]) == {}
    fresh = signed_in(staffed, "li.na")
    assert set(sessions.live_of(staffed, [fresh])) == {fresh}


def test_another_password_ends_every_session(staffed: Desk) -> None:
    token = signed_in(staffed, "li.na")
    set_password(COMMAND_LINE, staffed, "li.na", "another long password")
    assert sessions.live_of(staffed, [token]) == {}


def test_the_last_administrator_stays(staffed: Desk) -> None:
    add(COMMAND_LINE, staffed, "waits", name="x", role="administrator")
    for attempt in (
        lambda: change(COMMAND_LINE, staffed, "root", Change(role="manager")),
        lambda: set_disabled(COMMAND_LINE, staffed, "root", True),
    ):
        with pytest.raises(AccountError, match="last administrator"):
            attempt()
    set_password(COMMAND_LINE, staffed, "waits", SECRET)
    assert change(COMMAND_LINE, staffed, "root", Change(role="manager")).role == "manager"


def test_a_change_thought_out_for_an_older_state_is_refused(staffed: Desk) -> None:
    seen = next(one for one in accounts(COMMAND_LINE, staffed) if one.account == "li.na")
    change(COMMAND_LINE, staffed, "li.na", Change(role="manager"), version=seen.version)
    with pytest.raises(AccountError, match="meanwhile"):
        change(COMMAND_LINE, staffed, "li.na", Change(role="agent"), version=seen.version)


def test_teams_are_kept_with_the_days_on_which_they_held(staffed: Desk) -> None:
    today = today_at(staffed)
    with staffed.keeping() as session:
        session.scalars(select(Membership)).one().since = today - timedelta(days=10)
    change(COMMAND_LINE, staffed, "li.na", Change(teams=["乙组", "丙组"]))
    with staffed.reading() as session:
        person = person_called(session, "li.na")
        assert actor_of(session, person, today).teams == {"乙组", "丙组"}
        assert actor_of(session, person, today - timedelta(days=1)).teams == {"甲组"}
        assert actor_of(session, person, today - timedelta(days=11)).teams == frozenset()


def test_every_change_has_one_row_in_the_audit(staffed: Desk) -> None:
    change(COMMAND_LINE, staffed, "li.na", Change(role="manager"))
    change(COMMAND_LINE, staffed, "li.na", Change(role="manager"))
    set_disabled(COMMAND_LINE, staffed, "li.na", True)
    set_disabled(COMMAND_LINE, staffed, "li.na", False)
    set_password(COMMAND_LINE, staffed, "li.na", SECRET)
    with pytest.raises(AccountError):
        set_disabled(COMMAND_LINE, staffed, "root", True)
    assert audited(staffed) == [
        ("people.add", "person:1"), ("people.add", "person:2"), ("people.change", "person:2"),
        ("people.disable", "person:2"), ("people.enable", "person:2"), ("people.password", "person:2"),
    ]  # fmt: skip


def test_a_session_ends_by_idleness_and_by_age(staffed: Desk) -> None:
    token, now = signed_in(staffed, "li.na"), datetime.now(UTC)
    assert sessions.live_of(staffed, [token], now=now + timedelta(minutes=29))
    assert not sessions.live_of(staffed, [token], now=now + timedelta(minutes=31))
    for minutes in range(20, 12 * 60 + 40, 20):
        sessions.note_activity(staffed, [token], now=now + timedelta(minutes=minutes))
    assert sessions.live_of(staffed, [token], now=now + timedelta(hours=11, minutes=59))
    assert not sessions.live_of(staffed, [token], now=now + timedelta(hours=12, minutes=1))


def test_nothing_wakes_a_session_that_has_ended(staffed: Desk) -> None:
    token, now = signed_in(staffed, "li.na"), datetime.now(UTC)
    sessions.note_activity(staffed, [token], now=now + timedelta(minutes=31))
    assert not sessions.live_of(staffed, [token], now=now + timedelta(minutes=32))
    other = signed_in(staffed, "li.na")
    assert sessions.end_own(staffed, other)
    assert not sessions.end_own(staffed, other)
    assert not sessions.live_of(staffed, [other])


def test_no_token_is_kept_that_could_be_used(staffed: Desk) -> None:
    with staffed.keeping() as session:
        token = sessions.begin(session, person_called(session, "li.na"), "127.0.0.1")
    assert len(token) >= 43
    assert not sessions.live_of(staffed, [token])
    assert sessions.live_of(staffed, [sessions.hash_of(token)])


def test_an_administrator_ends_the_session_of_another(staffed: Desk) -> None:
    token = signed_in(staffed, "li.na")
    shown = sessions.signed_in(COMMAND_LINE, staffed)
    assert [one.account for one in shown] == ["li.na"]
    with pytest.raises(Denied):
        sessions.end(Actor(2, "x", "manager"), staffed, shown[0].id)
    sessions.end(COMMAND_LINE, staffed, shown[0].id)
    assert not sessions.live_of(staffed, [token])
    assert sessions.signed_in(COMMAND_LINE, staffed) == ()


def test_people_stay_in_the_database_when_they_leave(staffed: Desk) -> None:
    set_disabled(COMMAND_LINE, staffed, "li.na", True)
    with staffed.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2
