"""The same ways without a mouse: only keys are pressed, and at every stop one sees where the keyboard is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE, Visitor, served, visiting
from tests.browser.falling import falling_desk, late_ids
from tests.browser.keyboard import STOPS_AT_MOST, Keyboard

pytestmark = pytest.mark.browser
LIST = "Tickets behind a mark of this chart"
CHARTS_WITH_MARKS = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .filter(chart => chart.data.some(trace => trace.customdata)).length"""
GRACE = 2500
"""Milliseconds after a change of the filters in which the browser still sends the address of before."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of a desk whose promises fell last week."""
    folder: Path = tmp_path_factory.mktemp("falling")
    with served(falling_desk(folder), folder / "server.log") as running:
        yield running


@pytest.fixture
def keyboard(address: str, browser: Browser) -> Iterator[Keyboard]:
    """A visitor with keys only; any console error and any request elsewhere on the way fails the test."""
    with visiting(browser, address, locale="en-US") as visitor:
        yield Keyboard(visitor)


def opened(keyboard: Keyboard, path: str) -> Visitor:
    keyboard.visitor.open(path)
    keyboard.settle()
    return keyboard.visitor


def test_why_the_promise_fell_is_found_by_the_keyboard_alone(keyboard: Keyboard) -> None:
    visitor = opened(keyboard, "/?lang=en")
    keyboard.to("SLA")
    keyboard.press("Enter")
    visitor.see("At risk now")
    keyboard.settle()
    keyboard.to("Period")
    keyboard.choose("Last week")
    visitor.see("SLA attainment fell from 100.0% to 85.4%")
    visitor.page.wait_for_timeout(GRACE)
    keyboard.to("What explains the change")
    keyboard.press("Enter")
    visitor.see("SLA attainment −14.6 points:")
    keyboard.settle()
    keyboard.to(LIST)
    keyboard.choose("E-mail")
    visitor.see("Counted as no")
    keyboard.to_table()
    keyboard.press("Shift+Space")
    visitor.see("The whole story of this ticket")
    keyboard.settle()
    keyboard.to("The whole story of this ticket")
    keyboard.press("Enter")
    title = visitor.page.get_by_role("heading", level=1)
    expect(title).to_contain_text("Ticket F", timeout=PATIENCE)
    assert title.inner_text().split()[1] in late_ids()
    assert not keyboard.unseen


def test_every_chart_of_a_page_gives_its_tickets_and_its_link_to_the_keyboard(keyboard: Keyboard) -> None:
    visitor = opened(keyboard, "/sla?lang=en&period=last_week")
    visitor.see("Half of the breaches")
    keyboard.settle()
    charts = visitor.page.evaluate(CHARTS_WITH_MARKS)
    keyboard.to("Skip to main content")
    stops = [keyboard.next().name]
    while "Skip to main content" not in stops[-1] and len(stops) < STOPS_AT_MOST:
        stops.append(keyboard.next().name)
    assert stops.count(LIST) == charts > 0
    keyboard.to("Definition")
    keyboard.press("ArrowRight", "ArrowRight", "Enter")
    visitor.see("Opens this chart with these days and filters:")
    keyboard.settle()
    keyboard.to("Copy to clipboard")
    assert not keyboard.unseen
