"""Triage in a browser: two supervisors at one item, keys alone, several at once and back, and axe."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import add
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.triage import queue as triage_queue
from tests.browser.conftest import Visitor, served, visiting
from tests.browser.test_access import SERIOUS
from tests.dashboard.gate.conftest import SECRET
from tests.escalated import escalate
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser
TEAM = "甲组"
SIGN_IN = {"zh-CN": ("账号", "密码"), "en-US": ("Account", "Password")}
LANG = {"zh-CN": "zh-CN", "en-US": "en"}
TAKEN = {"zh-CN": "已接手", "en-US": "Acknowledged"}
NEW = {"zh-CN": "新到", "en-US": "New"}


@pytest.fixture
def desk(small_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    """The small desk with two supervisors and twelve escalated tickets, all of their team, before any other."""
    shutil.copytree(small_desk, tmp_path / "desk")
    made = open_desk(tmp_path / "desk")
    keep_agreements(COMMAND_LINE, made, "triage_rule = []\n", since=date.min, reason="only the items below")
    for account, role in (("root", "administrator"), ("li", "supervisor"), ("wu", "supervisor")):
        add(COMMAND_LINE, made, account, name=account.title(), role=role, password=SECRET, teams=[TEAM])
    escalate(made, [("generic", f"T{number:04d}") for number in range(12)], at=datetime.now(UTC), teams=[TEAM])
    yield made
    made.engine.dispose()


@pytest.fixture
def address(desk: Desk, tmp_path: Path) -> Iterator[str]:
    with served(desk.root, tmp_path / "server.log") as running:
        yield running


def enter(visitor: Visitor, account: str, locale: str, path: str = "/triage") -> Page:
    """Sign in and open the queue."""
    visitor.page.goto(f"{visitor.address}{path}?lang={LANG[locale]}&q=T00")
    name, password = SIGN_IN[locale]
    visitor.page.get_by_label(name).fill(account)
    visitor.page.get_by_label(password).fill(SECRET)
    visitor.page.keyboard.press("Enter")
    visitor.page.locator(".fw-row").first.wait_for()
    visitor.settle()
    return visitor.page


def row(page: Page, ticket: str) -> Locator:
    return page.locator(".fw-row", has=page.get_by_text(ticket, exact=True))


def here(page: Page) -> str:
    """The ticket under the cursor."""
    return page.locator(".fw-here .fw-ticket").inner_text()


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_two_supervisors_on_one_item_see_each_other_and_overwrite_nothing(
    locale: str, desk: Desk, address: str, browser: Browser
) -> None:
    with visiting(browser, address, locale=locale) as li, visiting(browser, address, locale=locale) as wu:
        one, other = enter(li, "li", locale), enter(wu, "wu", locale)
        ticket = here(one)
        assert here(other) == ticket
        one.keyboard.press("a")
        expect(row(other, ticket).locator(".fw-state")).to_have_text(TAKEN[locale])  # by itself
        expect(row(other, ticket).locator(".fw-owner")).to_have_text("Li")
        assert row(other, ticket).get_attribute("data-mark") in ("", "changed")
        other.keyboard.press("s")  # a form over the item as it is now
        other.locator(".st-key-triage-form input").first.wait_for()
        one.keyboard.press("u")
        expect(row(one, ticket).locator(".fw-state")).to_have_text(NEW[locale])
        other.keyboard.type("Wu")
        other.keyboard.press("Enter")
        wu.settle()
        other.locator(".st-key-triage-form button[kind='primaryFormSubmit']").click()
        other.locator(".st-key-triage-insist-0").wait_for()
        owners = dict(triage_queue.queue(COMMAND_LINE, desk).select("ticket_id", "owner").iter_rows())
        assert owners[ticket] is None
        other.locator(".st-key-triage-insist-0 button").click()
        expect(row(one, ticket).locator(".fw-owner")).to_have_text("Wu")


def test_a_queue_is_worked_by_keys_alone(desk: Desk, address: str, browser: Browser) -> None:
    with visiting(browser, address, locale="en-US") as visitor:
        page = enter(visitor, "li", "en-US")
        tickets = page.locator(".fw-ticket").all_inner_texts()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert here(page) == tickets[1]
        page.keyboard.press("a")
        expect(row(page, tickets[1]).locator(".fw-owner")).to_have_text("Li")
        assert page.locator(".fw-ticket").all_inner_texts()[1] == tickets[1]  # it stays under the hand
        page.keyboard.press("e")
        page.locator(".st-key-triage-form textarea").first.wait_for()
        page.wait_for_function("() => document.activeElement.tagName === 'TEXTAREA'")
        for text in ("jazz rumours, u and z", "we look into it", "news at five"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        expect(page.locator(".st-key-triage-form")).to_be_visible()
        assert here(page) == tickets[1]  # keys typed into a field did nothing else
        page.keyboard.press("Enter")
        expect(page.locator(".st-key-triage-form")).to_have_count(0)
        page.keyboard.press("a")
        page.keyboard.press("?")
        visitor.see("Keys do nothing while you type into a field.")
        page.keyboard.press("u")
        visitor.settle()
        page.keyboard.press("/")
        assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Search"
    item = triage_queue.queue(COMMAND_LINE, desk).filter(ticket_id=tickets[1]).row(0, named=True)
    actions = [event.action for event in triage_queue.history(COMMAND_LINE, desk, item["id"])]
    assert actions == ["undo", "acknowledge", "escalate", "acknowledge", "open"]
    assert triage_queue.notes(COMMAND_LINE, desk, item["id"])[0].tried == "jazz rumours, u and z"


def test_several_are_taken_at_once_and_given_back(desk: Desk, address: str, browser: Browser) -> None:
    with visiting(browser, address, locale="en-US") as visitor:
        page = enter(visitor, "wu", "en-US")
        for key in ("x", "j", "x", "j", "x"):
            page.keyboard.press(key)
        expect(page.locator(".fw-row[aria-selected='true']")).to_have_count(3)
        page.keyboard.press("a")
        expect(page.locator(".fw-owner", has_text="Wu")).to_have_count(3)
        visitor.settle()
        page.keyboard.press("u")
        expect(page.locator(".fw-owner", has_text="Wu")).to_have_count(0)
    assert triage_queue.queue(COMMAND_LINE, desk)["is_acknowledged"].sum() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_working_queue(scheme: str, address: str, browser: Browser) -> None:
    with visiting(browser, address, scheme=scheme, locale="en-US") as visitor:
        page = enter(visitor, "li", "en-US")
        for key in ("x", "j", "e", "?"):
            page.keyboard.press(key)
        visitor.settle()
        found = Axe().run(page).response["violations"]
    assert not {
        one["id"]: [(node["target"], node["failureSummary"]) for node in one["nodes"]][:4]
        for one in found
        if one["impact"] in SERIOUS
    }
