"""An inspector makes a plan, draws, makes the draw again, and puts a wrong answer right to its end; both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE
from dashboard.services.quality import draws, error_cases
from tests import inspected
from tests.browser.conftest import Visitor, served, visiting

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = inspected.make(tmp_path / "desk")
    yield made
    made.engine.dispose()


def click(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).first.click()
    visitor.settle()


def fill(visitor: Visitor, name: str, text: str) -> None:
    visitor.page.get_by_role("textbox", name=name).first.fill(text)
    visitor.page.keyboard.press("Tab")
    visitor.settle()


def plan_and_draw(visitor: Visitor) -> None:
    visitor.open("/quality?show=samples")
    visitor.see("还没有抽样方案")
    fill(visitor, "方案名称", "每日抽查")
    click(visitor, "预览效果")
    visitor.see("抽一次不足以评判一天")
    click(visitor, "保存方案")
    visitor.see("已保存为第 1 版。")
    click(visitor, "抽样")
    visitor.see("从已冻结的抽样框 60 条会话中抽取")
    click(visitor, "重新抽一遍并比对")
    visitor.see("抽样框未变")


def correct(visitor: Visitor) -> None:
    """From the wrong answer to the closed case."""
    visitor.open("/quality?show=errors")
    visitor.see("没有登记错误答复")
    fill(visitor, "工单号", "T3")
    fill(visitor, "错误说法", "七天内退货")
    fill(visitor, "正确说法", "三十天内都可以退货")
    click(visitor, "建立更正")
    visitor.see("1 项更正未关闭")
    click(visitor, "已告知客户并致歉")
    click(visitor, "登记原因")
    visitor.see("原因：")
    fill(visitor, "措施", "重写退货条款")
    click(visitor, "保存措施")
    visitor.see("重写退货条款")
    click(visitor, "已落实：重写退货条款")
    click(visitor, "关闭更正")
    visitor.see("还不能关闭。尚缺：效果验证")
    fill(visitor, "如何验证效果", "下周抽查二十条")
    click(visitor, "已验证")
    click(visitor, "关闭更正")
    visitor.see("0 项更正未关闭")


def test_from_a_plan_to_a_corrected_error_in_the_browser(desk: Desk, browser: Browser, tmp_path: Path) -> None:
    with served(desk.root, tmp_path / "server.log") as address:
        with visiting(browser, address) as visitor:
            plan_and_draw(visitor)
            correct(visitor)
        with visiting(browser, address, scheme="dark", locale="en-US") as visitor:
            visitor.open("/quality?lang=en&show=errors")
            visitor.see("0 corrections are open")
            visitor.open("/quality?lang=en")
            visitor.see("No verdict yet: all that was drawn is of Mar 9, 2026 or later.")
    assert [one.frame_size for one in draws.draws(COMMAND_LINE, desk)] == [inspected.EACH_DAY]
    (case,) = error_cases.cases(COMMAND_LINE, desk)
    assert case.left == ()
    assert [one.state for one in case.affected] == ["contacted"]
