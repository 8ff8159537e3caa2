"""A week of opening hours is changed by hand and by keys, and stands in the fields as if it had been typed."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, served, visiting
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser


def stands(page: Page, day: str, hours: str) -> None:
    """Wait until the field of the day says so."""
    expect(page.get_by_role("textbox", name=day, exact=True)).to_have_value(hours, timeout=PATIENCE)


def drag(page: Page, place: str, *, to_hour: int) -> None:
    """Take hold of an end of a stretch and let go of it at that hour."""
    end, track = (
        page.locator(f'[data-at="{place}"]').bounding_box(),
        page.locator(".fw-week-track").first.bounding_box(),
    )
    assert end is not None
    assert track is not None
    height = end["y"] + end["height"] / 2
    page.mouse.move(end["x"] + end["width"] / 2, height)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] * to_hour / 24, height, steps=4)
    page.mouse.up()


def test_a_stretch_is_dragged_moved_by_keys_taken_away_and_added(
    small_desk: Path, browser: Browser, tmp_path: Path
) -> None:
    shutil.copytree(small_desk, tmp_path / "desk")
    with served(tmp_path / "desk", tmp_path / "server.log") as address, visiting(browser, address) as visitor:
        page = visitor.page
        visitor.open("/settings?part=hours&lang=en")
        expect(page.locator(".fw-week-bar")).to_have_count(7, timeout=PATIENCE)
        drag(page, "0.0.1", to_hour=18)
        stands(page, "Mon", "09:00-18:00")
        visitor.settle()
        page.locator('[data-at="1.0.0"]').focus()
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowLeft")
        stands(page, "Tue", "09:45-21:00")
        visitor.settle()
        assert page.evaluate("document.activeElement.dataset.at") == "1.0.0"
        page.locator('[data-at="6.0.0"]').focus()
        page.keyboard.press("Delete")
        stands(page, "Sun", "closed")
        visitor.settle()
        page.get_by_role("button", name="Add hours on Mon").click()
        stands(page, "Mon", "09:00-18:00, 19:00-23:00")
        page.get_by_role("textbox", name="Wed", exact=True).fill("22:00-06:00")
        page.keyboard.press("Enter")
        expect(page.locator(".fw-week-over")).to_have_count(1, timeout=PATIENCE)
        expect(page.get_by_text("Nothing is changed yet")).to_have_count(0, timeout=PATIENCE)
