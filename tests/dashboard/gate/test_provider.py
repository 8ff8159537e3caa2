"""Signing in by the company's own sign-in: a real provider on a port, raw HTTP, and every rule broken once."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from dashboard.cli import main
from dashboard.desk import Desk
from dashboard.gate import provider_routes
from dashboard.people import COMMAND_LINE, Actor, Denied, provider
from dashboard.people.accounts import AccountError, Change, change, person_called, set_disabled
from dashboard.people.provider_entry import link_provider
from dashboard.people.provider_settings import ProviderSettings, ProviderSettingsError, is_safe
from dashboard.store import AuditRow
from tests.dashboard.gate.conftest import Answer, Browser
from tests.dashboard.gate.provider import CLIENT, SECRET, LocalProvider, foreign_key, running, shared_key


@pytest.fixture
def company(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalProvider]:
    """The provider by which people of this desk may sign in."""
    assert desk.root
    provider.provider_at.cache_clear()
    with running(LocalProvider()) as started:
        monkeypatch.setenv("FLOORWALKER_OIDC_ISSUER", started.issuer)
        monkeypatch.setenv("FLOORWALKER_OIDC_CLIENT", CLIENT)
        monkeypatch.setenv("FLOORWALKER_OIDC_SECRET", SECRET)
        monkeypatch.setenv("FLOORWALKER_OIDC_NAME", "Example & Co")
        yield started


def there(browser: Browser, path: str = "/auth/provider") -> str:
    """Go to the provider, sign in there: the address by which one is sent back."""
    way = browser.ask(path).leads_to
    assert way is not None, "was not sent to the provider"
    parts = urlsplit(way)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = connection.getresponse().headers["location"]
    connection.close()
    assert back.startswith(f"http://{browser.address}/auth/provider/return?")
    return str(back).removeprefix(f"http://{browser.address}")


def enter(browser: Browser, path: str = "/auth/provider") -> Answer:
    return browser.ask(there(browser, path))


def is_in(browser: Browser) -> bool:
    return browser.ask("/sla").status == 200


def actions(desk: Desk) -> list[str]:
    with desk.reading() as session:
        return [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))][3:]


def test_who_is_known_by_his_address_comes_in_where_he_wanted_to(
    anybody: Browser, company: LocalProvider, desk: Desk
) -> None:
    shown = anybody.ask("/sla?team=a")
    page = anybody.ask(str(shown.leads_to)).text
    assert "Sign in with Example &amp; Co" in page
    answer = enter(anybody, "/auth/provider?next=%2Fsla%3Fteam%3Da")
    assert (answer.status, answer.leads_to) == (303, "/sla?team=a")
    assert is_in(anybody)
    assert actions(desk) == ["people.link_provider", "sign_in"]
    with desk.reading() as session:
        person = person_called(session, "mei")
        assert person.subject == f"{company.issuer} 7f3a"
        assert person.role == "manager"  # roles are the desk's own


def test_from_then_on_the_subject_counts_and_not_the_address(
    anybody: Browser, company: LocalProvider, desk: Desk
) -> None:
    enter(anybody)
    company.claims = {"sub": "another", "email": "mei", "email_verified": True}
    heir = Browser(anybody.address)
    answer = enter(heir)
    assert answer.status == 403
    assert "belongs to somebody else at Example &amp; Co" in answer.text
    assert not is_in(heir)
    company.claims = {"sub": "7f3a", "email": "mei.new", "email_verified": True}
    renamed = Browser(anybody.address)
    assert enter(renamed).status == 303
    assert is_in(renamed)
    assert actions(desk)[-2:] == ["sign_in.failed", "sign_in"]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "stranger@example.com"}, "this desk has no open account stranger@example.com"),
        ({"email": "two words"}, "this desk has no open account two words"),
        ({"email_verified": False}, "does not vouch for an e-mail address"),
        ({"email_verified": "true"}, "does not vouch for an e-mail address"),
        ({"email_verified": None}, "does not vouch for an e-mail address"),
        ({"email": None}, "does not vouch for an e-mail address"),
        ({"email": "wu"}, "this desk has no open account wu"),
    ],
    ids=str,
)
def test_nobody_else_comes_in(
    anybody: Browser, company: LocalProvider, desk: Desk, claims: dict[str, Any], said: str
) -> None:
    set_disabled(COMMAND_LINE, desk, "wu", True)
    company.claims |= claims
    answer = enter(anybody)
    assert answer.status == 403
    assert said in answer.text
    assert not is_in(anybody)
    assert actions(desk)[-1] == "sign_in.failed"


BROKEN: dict[str, dict[str, Any]] = {
    "another issuer": {"altered": {"iss": "https://evil.example"}},
    "for somebody else": {"altered": {"aud": "another"}},
    "for two, by the other": {"altered": {"aud": [CLIENT, "another"], "azp": "another"}},
    "for two, by nobody": {"altered": {"aud": [CLIENT, "another"]}},
    "too old": {"altered": {"exp": int(time.time()) - 3600}},
    "of tomorrow": {"altered": {"iat": int(time.time()) + 86_400}},
    "without an end": {"altered": {"exp": None}},
    "of another try": {"altered": {"nonce": "another"}},
    "of no try": {"altered": {"nonce": None}},
    "about nobody": {"altered": {"sub": None}},
    "about an empty name": {"altered": {"sub": ""}},
    "about a number": {"altered": {"sub": 7}},
    "with another access token": {"altered": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "by a foreign key": {"signing": foreign_key()},
    "by the secret": {"signing": shared_key(), "algorithm": "HS256"},
    "by nobody": {"algorithm": "none"},
    "by one who lies about himself": {"named": {"issuer": "https://evil.example"}},
    "with a token endpoint that all can hear": {"named": {"token_endpoint": "http://192.0.2.1/token"}},
    "with keys that all can change": {"named": {"jwks_uri": "http://192.0.2.1/keys"}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_breaks_a_rule_signs_nobody_in(
    name: str, anybody: Browser, company: LocalProvider, desk: Desk
) -> None:
    for what, value in BROKEN[name].items():
        setattr(company, what, value)
    if name == "by one who lies about himself":
        answer = anybody.ask("/auth/provider")
        assert answer.status == 503
    else:
        answer = enter(anybody)
        assert answer.status == 403
    assert "cannot be trusted" in answer.text
    assert not is_in(anybody)
    assert "sign_in" not in actions(desk)


def test_a_code_works_once_and_in_its_own_browser_only(anybody: Browser, company: LocalProvider) -> None:
    back = there(anybody)
    stranger = Browser(anybody.address)
    assert stranger.ask(back).status == 403  # has no mark at all
    there(stranger)
    assert stranger.ask(back).status == 403  # has one of his own
    assert anybody.ask(back).status == 303
    assert anybody.ask(back).status == 403
    assert not is_in(stranger)
    assert company.asked.count("/authorize") == 2


def test_whoever_steals_the_code_on_the_way_can_do_nothing_with_it(anybody: Browser, company: LocalProvider) -> None:
    """Without the verifier, which never leaves the desk, the provider gives nothing for it."""
    code = dict(parse_qsl(urlsplit(there(anybody)).query))["code"]
    attacker = Browser(anybody.address)
    own = dict(parse_qsl(urlsplit(there(attacker)).query))
    answer = attacker.ask(f"/auth/provider/return?code={code}&state={own['state']}")
    assert answer.status == 403
    assert "cannot be trusted" in answer.text
    assert company.codes  # his own code is still there


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("asked", ["error=access_denied", "code=", "code=x&iss=https%3A%2F%2Fevil.example"])
def test_a_provider_that_says_no_signs_nobody_in(anybody: Browser, asked: str) -> None:
    state = dict(parse_qsl(urlsplit(there(anybody)).query))["state"]
    answer = anybody.ask(f"/auth/provider/return?state={state}&{asked}", Accept_Language="zh-CN")
    assert answer.status == 403
    assert "Example &amp; Co 没有让您登录" in answer.text
    assert 'action="/auth/sign-in"' in answer.text  # where a password still works


@pytest.mark.usefixtures("company")
def test_who_comes_back_too_late_begins_again(anybody: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    back = there(anybody)
    monkeypatch.setattr(provider_routes, "LASTS_SECONDS", -1)
    answer = anybody.ask(back)
    assert answer.status == 403
    assert "took too long" in answer.text


def test_a_provider_that_is_away_is_told_and_passwords_go_on(anybody: Browser, company: LocalProvider) -> None:
    company.is_away = True
    answer = anybody.ask("/auth/provider")
    assert answer.status == 503
    assert "does not answer at the moment" in answer.text
    assert anybody.sign_in("mei").status == 303


def test_new_keys_of_the_provider_are_asked_for(
    anybody: Browser, company: LocalProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(anybody)
    company.own_key = 1
    monkeypatch.setattr(provider, "AGAIN_SECONDS", -1.0)
    assert enter(Browser(anybody.address)).status == 303
    assert company.asked.count("/keys") == 2
    assert company.asked.count("/.well-known/openid-configuration") == 1


def test_signing_out_offers_the_way_out_there_too(anybody: Browser, company: LocalProvider) -> None:
    enter(anybody)
    answer = anybody.send("/auth/sign-out")
    assert not is_in(anybody)
    assert f'href="{company.issuer}/leave"' in anybody.ask(str(answer.leads_to)).text


def test_rights_that_change_end_a_session_of_the_provider_as_any_other(
    anybody: Browser, company: LocalProvider, desk: Desk
) -> None:
    enter(anybody)
    assert company.codes == {}
    change(COMMAND_LINE, desk, "mei", Change(role="agent"))
    assert not is_in(anybody)


@pytest.mark.usefixtures("desk")
def test_without_a_provider_there_is_no_way_to_one(anybody: Browser) -> None:
    assert anybody.ask("/auth/provider").status == 404
    assert anybody.ask("/auth/provider/return?code=x&state=y").status == 404
    assert "/auth/provider" not in anybody.ask("/auth/sign-in").text


@pytest.mark.usefixtures("company")
def test_no_link_leads_elsewhere_after_the_provider(anybody: Browser) -> None:
    assert enter(anybody, "/auth/provider?next=https%3A%2F%2Fevil.example").leads_to == "/"


def test_an_administrator_links_an_account_that_no_address_tells(
    anybody: Browser, company: LocalProvider, desk: Desk
) -> None:
    company.claims = {"sub": "no-mail"}
    assert enter(anybody).status == 403
    link_provider(COMMAND_LINE, desk, "mei", f"{company.issuer} no-mail")
    assert enter(anybody).status == 303
    with pytest.raises(AccountError):
        link_provider(COMMAND_LINE, desk, "wu", f"{company.issuer} no-mail")
    with pytest.raises(Denied):
        link_provider(Actor(2, "Mei", "manager"), desk, "mei", "")
    link_provider(COMMAND_LINE, desk, "mei", "")
    assert not is_in(anybody)
    assert enter(anybody).status == 403


def test_the_secret_is_in_no_file_of_the_desk_and_in_no_text(
    anybody: Browser, company: LocalProvider, desk: Desk
) -> None:
    enter(anybody)
    for path in (path for path in desk.root.rglob("*") if path.is_file()):
        assert SECRET.encode() not in path.read_bytes(), path.name
    settings = ProviderSettings.from_environment()
    assert settings is not None
    assert settings.secret == SECRET
    assert SECRET not in repr(settings)
    assert company.codes == {}


def test_a_provider_is_told_whole_or_not_at_all(tmp_path: Path) -> None:
    own = {"FLOORWALKER_OIDC_ISSUER": "https://sso.example.com", "FLOORWALKER_OIDC_CLIENT": "x"}
    read = ProviderSettings.from_environment
    assert read({}) is None
    kept = read(own)
    assert kept is not None
    assert kept.name == "sso.example.com"
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    from_file = read({**own, "FLOORWALKER_OIDC_SECRET_FILE": str(tmp_path / "secret")})
    assert from_file is not None
    assert from_file.secret == "hush"
    for wrong in (
        {**own, "FLOORWALKER_OIDC_CLIENT": ""},
        {"FLOORWALKER_OIDC_CLIENT": "x"},
        {**own, "FLOORWALKER_OIDC_ISSUER": "http://sso.example.com"},
        {**own, "FLOORWALKER_OIDC_ADDRESS": "http://desk.example.com"},
        {**own, "FLOORWALKER_OIDC_SECRET_FILE": str(tmp_path / "nothing")},
    ):
        with pytest.raises(ProviderSettingsError):
            read(wrong)
    assert not is_safe("https://")
    assert not is_safe("http://[::1")
    assert is_safe("http://[::1]:9/x")


def test_serving_says_what_is_wrong_with_a_provider_before_it_starts(tmp_path: Path) -> None:
    command = ["--data", str(tmp_path / "desk"), "serve", "--port", "18999", "--oidc-issuer", "https://sso.example.com"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert "--oidc-client" in result.stderr
