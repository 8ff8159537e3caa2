"""Whoever cannot see well, or has no mouse, can use every page: axe finds nothing serious."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from dashboard.navigation import LINES
from tests.browser.conftest import served, visiting
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def address(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of a desk that has the small export."""
    with served(small_desk, tmp_path_factory.mktemp("server") / "server.log") as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", *(line.url_path for line in LINES[1:])])
def test_axe_finds_nothing_serious(path: str, scheme: str, address: str, browser: Browser) -> None:
    with visiting(browser, address, scheme=scheme) as visitor:
        visitor.open(f"/{path}?period=all")
        found = Axe().run(visitor.page).response["violations"]
    serious = {
        one["id"]: [(node["target"], node["failureSummary"]) for node in one["nodes"]][:4]
        for one in found
        if one["impact"] in SERIOUS
    }
    assert not serious
