"""A person's way with filters and links: going back undoes a filter, a copied link opens the same chart."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE, Visitor, served, visiting
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of a desk that has the small export."""
    with served(small_desk, tmp_path_factory.mktemp("server") / "server.log") as running:
        yield running


def asked(visitor: Visitor) -> dict[str, list[str]]:
    """What the address bar asks for."""
    return parse_qs(urlsplit(visitor.page.url).query)


def test_going_back_in_the_browser_undoes_a_filter(address: str, browser: Browser) -> None:
    with visiting(browser, address, locale="en-US") as visitor:
        visitor.open("/response-times?lang=en&period=last_7")
        visitor.choose("Compared with", "the same weekdays before")
        visitor.settle()
        visitor.page.wait_for_url("**against=weekdays*")
        visitor.page.wait_for_timeout(2500)
        visitor.page.go_back()
        visitor.settle()
        expect(visitor.page.get_by_role("combobox", name="Compared with")).to_have_value(
            "the days just before", timeout=PATIENCE
        )
        assert "against" not in asked(visitor)


def test_a_copied_link_names_the_days_and_the_filters_and_leads_to_the_chart(address: str, browser: Browser) -> None:
    with visiting(browser, address, locale="en-US") as visitor:
        visitor.open("/response-times?lang=en&period=last_7&channel=email")
        visitor.page.get_by_text("Copy link", exact=True).first.click()
        link = visitor.page.locator("code", has_text="/response-times?").first.inner_text()
        found = urlsplit(link)
        assert parse_qs(found.query) == {
            "period": ["custom"], "from": ["2026-03-15"], "to": ["2026-03-22"], "channel": ["email"],
        }  # fmt: skip
        assert found.fragment == "waits"
        visitor.open(link.removeprefix(address))
        visitor.see("Sun 15 Mar – Sat 21 Mar")
