"""Reports in a browser: ordered, made while others go on reading, fetched; the page passes axe."""

import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboard.reports.grids import grids_of
from dashboard.reports.own.package import packed, parts_of
from dashboard.reports.own.sample import sample
from tests.browser.conftest import served, visiting
from tests.browser.test_access import SERIOUS
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser
PATIENCE = 60_000
WORDS = {
    "zh-CN": ("zh-CN", "制作报告", "下载", "取消", "摘要"),
    "en-US": ("en", "Make the report", "Download", "Call off", "Summary"),
}


@pytest.fixture
def address(small_desk: Path, tmp_path: Path) -> Iterator[str]:
    shutil.copytree(small_desk, tmp_path / "desk")
    with served(tmp_path / "desk", tmp_path / "server.log") as running:
        yield running


def answered_within(address: str) -> float:
    started = time.monotonic()
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=30) as answer:
        assert answer.read() == b"ok"
    return time.monotonic() - started


@pytest.mark.parametrize("locale", WORDS)
def test_a_report_is_ordered_made_and_fetched(locale: str, address: str, browser: Browser, tmp_path: Path) -> None:
    lang, make, fetch, off, summary = WORDS[locale]
    with visiting(browser, address, locale=locale) as visitor:
        page = visitor.page
        page.goto(f"{address}/reports?lang={lang}")
        page.get_by_role("button", name=make).click(timeout=PATIENCE)
        page.get_by_role("button", name=off).wait_for(timeout=PATIENCE)
        waits = [answered_within(address) for _look in range(5)]
        page.get_by_role("button", name=fetch).wait_for(timeout=PATIENCE)
        visitor.settle()
        found = Axe().run(page).response["violations"]
        assert not [one["id"] for one in found if one["impact"] in SERIOUS]
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name=fetch).click()
        download.value.save_as(tmp_path / "fetched.xlsx")
        visitor.settle()
    assert summary in grids_of(tmp_path / "fetched.xlsx")
    assert max(waits) < 5, waits


def test_a_layout_is_kept_a_report_made_in_it_and_a_received_one_checked(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    """The ways of a manager with a workbook of his own: upload, make, fetch, alter a cell, hold it against the desk."""
    sample().save(tmp_path / "own.xlsx")
    with visiting(browser, address, locale="en-US") as visitor:
        page = visitor.page
        page.goto(f"{address}/reports?part=layouts")
        page.get_by_label("Name of the layout").fill("Board")
        page.locator('input[type="file"]').set_input_files(tmp_path / "own.xlsx")
        page.get_by_text("own.xlsx").wait_for(timeout=PATIENCE)
        page.get_by_role("button", name="Look at it and keep it").click()
        page.get_by_text("The layout is kept").wait_for(timeout=PATIENCE)
        visitor.settle()
        page.goto(f"{address}/reports")
        choose(page, "Layout", "Board")
        page.get_by_role("button", name="Make the report").click()
        page.get_by_role("button", name="Download").wait_for(timeout=PATIENCE)
        visitor.settle()
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name="Download").click()
        download.value.save_as(tmp_path / "fetched.xlsx")
        altered(tmp_path / "fetched.xlsx", tmp_path / "altered.xlsx")
        page.goto(f"{address}/reports?part=check")
        page.locator('input[type="file"]').set_input_files(tmp_path / "altered.xlsx")
        page.get_by_text("altered.xlsx").wait_for(timeout=PATIENCE)
        page.get_by_role("button", name="Check it").click()
        page.get_by_text("The workbook differs").wait_for(timeout=PATIENCE)
        page.get_by_text("Altered in the workbook: 1 cells").wait_for(timeout=PATIENCE)
        visitor.settle()


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a list by its words."""
    page.get_by_role("combobox", name=label).click(timeout=PATIENCE)
    page.get_by_role("option", name=option).click(timeout=PATIENCE)


def altered(found: Path, made: Path) -> None:
    """The workbook with another number of tickets on its cover."""
    parts = parts_of(found.read_bytes())
    cover = "xl/worksheets/sheet1.xml"
    parts[cover], n = re.subn(rb'(<c r="B11"[^>]*><v>)[^<]*', rb"\g<1>4711", parts[cover])
    assert n == 1
    made.write_bytes(packed(parts))
