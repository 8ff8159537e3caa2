"""A supervisor's ways with the mouse: the morning, why a promise fell, two teams side by side, a link for others."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE, Visitor, served, visiting
from tests.browser.falling import falling_desk, late_ids

pytestmark = pytest.mark.browser
FIVE = 5
TICKET = re.compile(r"F\d{4}")
MARKS = """(chart) => JSON.stringify(chart.data.map(trace => [trace.x, trace.y, trace.hovertext]))"""
GRACE = 2500
"""Milliseconds after a change of the filters in which the browser still sends the address of before."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of a desk whose promises fell last week."""
    folder = tmp_path_factory.mktemp("falling")
    with served(falling_desk(folder), folder / "server.log") as running:
        yield running


@pytest.fixture
def visitor(address: str, browser: Browser) -> Iterator[Visitor]:
    """A visitor; any console error and any request elsewhere on the way fails the test."""
    with visiting(browser, address, locale="en-US") as one:
        yield one


def card(page: Page, heading: str) -> Locator:
    """The frame of the chart whose heading says this."""
    title = page.get_by_role("heading", level=2).filter(has_text=heading).first
    title.wait_for(timeout=PATIENCE)
    return page.locator('[data-testid="stVerticalBlock"]').filter(has=title).last


def tickets_listed(table: Locator) -> list[str]:
    """The ids in a table of tickets, as a screen reader is told them, in its order."""
    table.locator("[role=row]").first.wait_for(state="attached", timeout=PATIENCE)
    found = TICKET.findall(" ".join(table.locator("[role=gridcell]").all_text_contents()))
    return list(dict.fromkeys(found))


def open_first_row(visitor: Visitor, table: Locator) -> None:
    table.scroll_into_view_if_needed()
    table.click(position={"x": 18, "y": 52}, force=True)
    visitor.settle()


def choose(visitor: Visitor, box: str, option: str) -> None:
    visitor.page.get_by_role("combobox", name=box, exact=True).first.click()
    visitor.page.get_by_role("option", name=option, exact=True).first.click()
    visitor.settle()


def test_the_morning_look_has_nine_figures_and_headings_in_order(visitor: Visitor) -> None:
    visitor.open("/?lang=en")
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stand-up", timeout=PATIENCE)
    expect(page.get_by_test_id("stMetric")).to_have_count(9, timeout=PATIENCE)
    expect(page.get_by_role("heading", name="What moved")).to_be_visible(timeout=PATIENCE)
    visitor.settle()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def test_why_the_promise_fell_last_week_is_told_down_to_the_five_latest_tickets(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/?lang=en")
    page.get_by_role("link", name="SLA").click()
    choose(visitor, "Period", "Last week")
    fell = card(page, "SLA attainment fell from 100.0% to 85.4%")
    page.wait_for_timeout(GRACE)
    fell.get_by_role("link", name="What explains the change").click()
    visitor.settle()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare", timeout=PATIENCE)
    why = card(page, "SLA attainment −14.6 points:")
    expect(why.get_by_role("heading", level=2)).to_contain_text("most of it by E-mail")
    why.locator(".js-plotly-plot .point path").first.click(force=True)
    visitor.settle()
    table = why.get_by_test_id("stDataFrame").last
    listed = tickets_listed(table)
    assert len(listed) >= FIVE
    assert set(listed[:FIVE]) <= set(late_ids())
    open_first_row(visitor, table)
    why.get_by_role("link", name="The whole story of this ticket").click()
    visitor.settle()
    expect(page.get_by_role("heading", level=1)).to_contain_text(listed[0], timeout=PATIENCE)
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_two_teams_are_compared_and_what_differs_leads_to_tickets(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/compare?lang=en&period=last_week")
    page.get_by_role("radio", name="Two groups").or_(page.get_by_role("button", name="Two groups")).first.click()
    visitor.settle()
    choose(visitor, "Groups by", "Team")
    choose(visitor, "This group", "乙组")
    choose(visitor, "Compared with the group", "甲组")
    visitor.see("differ by more than noise")
    differ = card(page, "differ by more than noise")
    visitor.settle()
    differ.get_by_role("combobox", name="Tickets behind a mark of this chart").press_sequentially("First response w")
    page.get_by_role("option", name="First response within target").first.click()
    visitor.settle()
    assert tickets_listed(differ.get_by_test_id("stDataFrame").last)
    assert {"groups=team", "sides=groups"} <= set(page.url.split("?")[1].split("&"))


def test_a_colleague_who_opens_a_copied_link_sees_the_same_figures(
    visitor: Visitor, address: str, browser: Browser
) -> None:
    page = visitor.page
    visitor.open("/sla?lang=en&period=last_week&team=" + "乙组")
    mine = card(page, "Most breaches")
    mine.get_by_text("Copy link", exact=True).click()
    link = mine.locator("code", has_text="/sla?").first.inner_text()
    assert "from=2026-03-16" in link
    seen = json.loads(mine.locator(".js-plotly-plot").evaluate(MARKS))
    said = page.get_by_role("heading", level=2).all_inner_texts()
    with visiting(browser, address, locale="en-US") as colleague:
        colleague.open(link.removeprefix(address))
        theirs = card(colleague.page, "Most breaches")
        theirs.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PATIENCE)
        assert json.loads(theirs.locator(".js-plotly-plot").evaluate(MARKS)) == seen
        assert colleague.page.get_by_role("heading", level=2).all_inner_texts() == said
