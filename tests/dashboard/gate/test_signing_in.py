"""Signing in and out, and one-time links, by raw HTTP."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.gate import paths
from dashboard.people import COMMAND_LINE, links, passwords
from dashboard.people.accounts import accounts, person_called, set_disabled
from dashboard.people.sessions import hash_of
from dashboard.store import AuditRow, SessionRow
from tests.dashboard.gate.conftest import SECRET, Browser


def actions(desk: Desk) -> list[str]:
    with desk.reading() as session:
        return [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))][3:]


def session_of(browser: Browser) -> str:
    return next(value for name, value in browser.cookies.items() if is_of_the_session(name))


def is_of_the_session(name: str) -> bool:
    return not name.endswith(("_form", "_browser"))


def test_the_right_password_leads_back_to_what_was_asked_for(anybody: Browser, desk: Desk) -> None:
    asked = anybody.ask("/sla?team=a").leads_to
    assert asked is not None
    answer = anybody.send(asked, account="root", password=SECRET)
    assert (answer.status, answer.leads_to) == (303, "/sla?team=a")
    session, browser = answer.headers.get_all("set-cookie") or ()
    assert "Path=/auth" in browser  # by which it is known again; no page is told of it
    for kept in (session, browser):
        assert "HttpOnly" in kept
        assert "SameSite=lax" in kept
        assert "Secure" not in kept  # over plain HTTP a browser would not send it back
    assert actions(desk) == ["sign_in"]


def test_a_browser_is_known_again_by_a_hash_alone(anybody: Browser, desk: Desk) -> None:
    anybody.sign_in("root")
    value = next(value for name, value in anybody.cookies.items() if name.endswith("_browser"))
    anybody.sign_in("root")
    assert value in anybody.cookies.values()  # and stays the same
    with desk.reading() as session:
        assert set(session.scalars(select(SessionRow.browser))) == {hash_of(value)}


@pytest.mark.usefixtures("desk")
def test_strangers_at_the_same_address_do_not_shut_out_who_was_here_before(anybody: Browser) -> None:
    assert anybody.sign_in("root").status == 303
    assert anybody.sign_in("mei").status == 303
    stranger = Browser(anybody.address)
    statuses = [stranger.sign_in(account, "wrong wrong").status for account in ("root", "mei") for _ in range(5)]
    assert statuses == [401] * 10
    assert stranger.sign_in("wu").status == 429
    assert anybody.sign_in("root").status == 303


@pytest.mark.usefixtures("desk")
def test_over_https_the_cookie_stays_there(anybody: Browser) -> None:
    hidden = anybody.ask("/auth/sign-in")
    assert hidden.status == 200
    page = anybody.ask("/auth/sign-in", X_Forwarded_Proto="https")
    assert all("Secure" in kept for kept in page.headers.get_all("set-cookie") or ())


@pytest.mark.parametrize(
    "asked",
    ["//a.example", "https://a.example", "/\\a.example", "javascript:alert(1)", "/auth/sign-out",
     "\\\\evil", "/a\r\nSet-Cookie: x=y", "/" + "a" * 3000, ""],
)  # fmt: skip
def test_no_link_leads_elsewhere_after_signing_in(asked: str) -> None:
    assert paths.own_path(asked) == "/"


def test_a_wrong_password_and_an_unknown_account_read_the_same(anybody: Browser, desk: Desk) -> None:
    wrong, unknown = anybody.sign_in("root", "wrong wrong wrong"), anybody.sign_in("nobody")
    set_disabled(COMMAND_LINE, desk, "wu", True)
    disabled = anybody.sign_in("wu")
    assert (wrong.status, unknown.status, disabled.status) == (401, 401, 401)
    assert all("The account or the password is wrong." in answer.text for answer in (wrong, unknown, disabled))
    assert not any(is_of_the_session(name) for name in anybody.cookies)
    assert actions(desk).count("sign_in.failed") == 3


@pytest.mark.usefixtures("desk")
def test_the_eleventh_try_is_refused_even_with_the_right_password(anybody: Browser) -> None:
    assert [anybody.sign_in("root", f"wrong {number} wrong").status for number in range(10)] == [401] * 10
    answer = anybody.sign_in("root")
    assert answer.status == 429
    assert answer.headers["retry-after"]
    assert Browser(anybody.address).sign_in("mei").status == 303  # whoever sits behind the same address goes on


def test_without_the_token_of_the_form_nobody_is_signed_in_or_out(root: Browser, desk: Desk) -> None:
    stranger = Browser(root.address)
    assert stranger.post("/auth/sign-in", account="root", password=SECRET).status == 403
    stranger.ask("/auth/sign-in")
    assert stranger.post("/auth/sign-in", account="root", password=SECRET, token="x" * 64).status == 403
    other = Browser(root.address)
    token = other.ask("/auth/sign-in").text.partition('name="token" value="')[2].partition('"')[0]
    assert stranger.post("/auth/sign-in", account="root", password=SECRET, token=token).status == 403
    assert root.post("/auth/sign-out").status == 403
    assert root.ask("/auth/sign-out").status == 200
    assert root.ask("/sla").status == 200
    assert actions(desk) == ["sign_in"]


def test_signing_in_again_gives_another_token_and_ends_the_old_one(root: Browser, desk: Desk) -> None:
    old = dict(root.cookies)
    root.sign_in("mei")
    assert session_of(root) != next(value for name, value in old.items() if is_of_the_session(name))
    thief = Browser(root.address)
    thief.cookies = old
    assert thief.ask("/sla").status == 303
    assert root.ask("/sla").status == 200
    with desk.reading() as session:
        assert sum(row.ended_at is None for row in session.scalars(select(SessionRow))) == 1


@pytest.mark.usefixtures("desk")
def test_a_token_that_somebody_planted_before_is_not_taken_over(anybody: Browser) -> None:
    anybody.ask("/auth/sign-in")
    name = next(name for name in anybody.cookies).removesuffix("_form")
    anybody.cookies[name] = "planted"
    anybody.sign_in("root")
    assert anybody.cookies[name] != "planted"


def test_signing_out_ends_the_session_in_the_database(root: Browser, desk: Desk) -> None:
    kept = dict(root.cookies)
    answer = root.send("/auth/sign-out")
    assert answer.leads_to == "/auth/sign-in?why=out"
    root.cookies = kept
    assert root.ask("/sla").status == 303
    assert actions(desk) == ["sign_in", "sign_out"]


def test_an_old_hash_is_made_anew_at_sign_in(anybody: Browser, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert anybody.sign_in("root").status == 303
    with desk.reading() as session:
        kept = person_called(session, "root").password
    assert kept is not None
    assert "m=16,t=2" in kept
    assert anybody.ask("/sla").status == 200


@pytest.mark.usefixtures("desk")
def test_a_form_of_any_length_is_not_read(anybody: Browser) -> None:
    anybody.ask("/auth/sign-in")
    assert anybody.post("/auth/sign-in", account="root", password="x" * 100_000).status == 403


@pytest.mark.usefixtures("desk")
def test_the_page_speaks_both_languages_and_says_which(anybody: Browser) -> None:
    chinese = anybody.ask("/auth/sign-in", Accept_Language="zh-CN,zh;q=0.9").text
    assert '<html lang="zh-CN">' in chinese
    assert "登录" in chinese
    english = anybody.ask("/auth/sign-in?lang=en&next=%2Fsla", Accept_Language="zh-CN").text
    assert '<html lang="en">' in english
    assert "next=%2Fsla&amp;lang=zh-CN" in english


@pytest.mark.usefixtures("desk")
def test_what_was_typed_is_text_in_the_page(anybody: Browser) -> None:
    answer = anybody.sign_in('"><script>alert(1)</script>')
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script>" not in anybody.ask('/auth/sign-in?next=/"><script>x</script>').text


@pytest.mark.usefixtures("desk")
def test_the_page_needs_no_script_and_nothing_from_elsewhere(anybody: Browser) -> None:
    answer = anybody.ask("/auth/sign-in")
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "http" not in answer.text.replace("http-equiv", "")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert anybody.ask("/auth/style.css").headers["content-type"].startswith("text/css")


def test_a_setup_link_makes_the_first_administrator(open_to_one: Desk, anybody: Browser) -> None:
    link = links.setup_link(open_to_one)
    answer = anybody.send(link, account="Root", name="Root", password=SECRET, again=SECRET)
    assert answer.leads_to == "/auth/sign-in?why=set"
    assert [(one.account, one.role) for one in accounts(COMMAND_LINE, open_to_one)] == [("root", "administrator")]
    assert anybody.ask("/sla").status == 303
    assert anybody.ask(link).status == 410
    assert anybody.sign_in("root").status == 303


@pytest.mark.usefixtures("open_to_one")
def test_there_is_no_page_to_set_up_without_the_link(anybody: Browser) -> None:
    assert anybody.ask("/auth/link/guessed").status == 410
    assert anybody.post("/auth/link/guessed", account="x", name="x", password=SECRET, again=SECRET).status == 410


def test_a_person_chooses_a_password_by_a_link_once(anybody: Browser, desk: Desk) -> None:
    link = links.password_link(COMMAND_LINE, desk, "mei")
    assert anybody.send(link, password="short", again="short").status == 400
    assert anybody.send(link, password="a long new password", again="another one").status == 400
    assert anybody.send(link, password="a long new password", again="a long new password").status == 303
    assert anybody.ask(link).status == 410
    assert anybody.sign_in("mei").status == 401
    assert anybody.sign_in("mei", "a long new password").status == 303
