"""A calibration in the browser: planned, read blind by three inspectors by keys, revealed, talked about, agreed on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import add
from dashboard.services.quality import calibration
from tests import inspected
from tests.browser.conftest import Visitor, served, visiting
from tests.browser.test_reviews import NEXT, enter, score
from tests.dashboard.gate.conftest import SECRET

pytestmark = pytest.mark.browser
PAGE = "/quality?show=calibration"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = inspected.make(tmp_path / "desk")
    add(COMMAND_LINE, made, "root", name="Root", role="administrator", password=SECRET)
    for name in inspected.INSPECTORS:
        add(COMMAND_LINE, made, name, name=name.title(), role="inspector", password=SECRET)
    yield made
    made.engine.dispose()


def press(visitor: Visitor, name: str) -> None:
    button = visitor.page.get_by_role("button", name=name, exact=True).first
    expect(button).to_be_enabled()
    button.click()
    visitor.settle()


def plan(visitor: Visitor, page: Page) -> None:
    """Plan one of two conversations for the three, and begin it."""
    page.get_by_label("校准会名称").fill("三月校准会")
    page.get_by_label("其他会话（工单号）").fill("T1, T3")
    readers = page.get_by_label("质检员名单")
    for name in inspected.INSPECTORS:
        readers.fill(name)
        page.get_by_role("option", name=name).click()
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.keyboard.press("Escape")
    press(visitor, "安排校准会")
    visitor.see("已计划。通知到人后即可开始。")
    press(visitor, "开始评分")
    visitor.see("揭晓之前，任何页面和文件中都看不到别人的评分。")


def agree(visitor: Visitor, page: Page) -> None:
    """Lock it as all is in, reveal it, and agree on what was read differently and what was not."""
    for name in inspected.INSPECTORS:
        visitor.see(f"{name.title()} 2/2")
    press(visitor, "锁定")
    press(visitor, "揭晓")
    visitor.see("先讨论“R1")
    page.get_by_role("radio", name="0.5").or_(page.get_by_role("button", name="0.5")).first.click()
    visitor.settle()
    for left in (2, 1):
        keep = page.get_by_role("button", name="保存统一评分")
        expect(keep).to_have_count(left)
        keep.first.click()
        visitor.settle()
    visitor.see("三月校准会 · 已达成一致")


def test_three_inspectors_calibrate_blind_and_agree_after_the_reveal(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    with served(desk.root, tmp_path / "server.log") as address:
        with visiting(browser, address) as lead:
            page = enter(lead, "root", "zh-CN", PAGE)
            plan(lead, page)
        for place, name in enumerate(inspected.INSPECTORS):
            with visiting(browser, address) as reader:
                room = enter(reader, name, "zh-CN", "/review")
                reader.press("n", NEXT["zh-CN"])
                for ticket in range(2):
                    room.locator(".fw-line-here").wait_for()
                    score(room, with_failure=place == 1 and ticket == 0)
                expect(room.get_by_role("heading", level=1)).to_be_visible()
        with visiting(browser, address) as lead:
            page = enter(lead, "root", "zh-CN", PAGE)
            agree(lead, page)
        with visiting(browser, address, scheme="dark", locale="en-US") as iris:
            enter(iris, "iris", "en-US", PAGE)
            iris.see("三月校准会 · agreed on")
    (found,) = calibration.calibrations(COMMAND_LINE, desk)
    assert found.state == "agreed"
    assert [item.consensus["R1"] for item in found.items] in ([0.5, 1.0], [1.0, 0.5])
    given = calibration.given(COMMAND_LINE, desk, found.id)
    assert given.filter(criterion="R1")["value"].sort().to_list() == [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]
