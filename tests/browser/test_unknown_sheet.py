"""A person with a spreadsheet that nobody has seen: from picking the file to the first chart in under two minutes."""

import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor, served, visiting
from tests.loaders.sources.samples import EXPORTS

pytestmark = pytest.mark.browser

HEADERS = (
    "工单号",
    "登记时间",
    "来源渠道",
    "问题大类",
    "诉求内容",
    "受理坐席",
    "首次答复时间",
    "办结时间",
    "紧急程度",
    "满意度评价",
)
ALLOWED = 120.0
"""Seconds from the pick to the first chart."""


def sheet(path: Path, rows: int = 400) -> Path:
    """A month's tickets as a desk keeps them: a title above, Chinese headers, native dates, gaps, a total below."""
    dice, book = random.Random(3), Workbook()
    page = book.active
    assert page is not None
    page.title = "三月工单"
    page.append(["客服中心三月工单台账"])
    page.append([])
    page.append(list(HEADERS))
    for number in range(1, rows + 1):
        began = datetime(2026, 3, 1, 8) + timedelta(minutes=number * 107 + dice.randrange(50))  # noqa: DTZ001 (a sheet's own)
        answered = began + timedelta(minutes=dice.randrange(2, 300)) if number % 9 else None
        ended = answered + timedelta(minutes=dice.randrange(5, 3000)) if answered and number % 5 else None
        page.append(
            [
                f"GD-{number:05d}",
                began,
                dice.choice(["电话", "微信公众号", "在线客服", "邮件"]),
                dice.choice(["物流配送", "退换货", "账单支付"]),
                f"第 {number} 件诉求",
                dice.choice(["坐席甲", "坐席乙", None]),
                answered,
                ended,
                dice.choice(["紧急", "一般", "低"]),
                dice.choice(["非常满意", "满意", "不满意", None]),
            ]
        )
    page.append(["合计", rows])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty desk's dashboard."""
    folder = tmp_path_factory.mktemp("unknown")
    with served(folder / "desk", folder / "server.log") as running:
        yield running


def at_the_data(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.get_by_role("link", name="数据", exact=True).first.click()
    visitor.settle()


def test_an_unknown_chinese_sheet_is_a_chart_in_under_two_minutes(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    file = sheet(tmp_path / "三月工单台账.xlsx")
    with visiting(browser, address) as visitor:
        at_the_data(visitor)
        picked = time.monotonic()
        visitor.page.set_input_files('input[type="file"]', str(file))
        visitor.see("必需的列都已识别")
        visitor.page.get_by_role("button", name="检查并导入").click()
        visitor.see("导入完成")
        visitor.see("导入 400")
        visitor.page.get_by_role("link", name="响应时间").click()
        visitor.page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)
        took = time.monotonic() - picked
    print(f"from the pick to the first chart: {took:.1f} s")
    assert took < ALLOWED


def test_a_named_systems_export_is_greeted_by_its_name_and_compared_with_its_own_figures(
    address: str, browser: Browser
) -> None:
    export = next(one for one in EXPORTS if f"{one.source}/{one.file}" == "freshdesk/tickets.zh.csv")
    with visiting(browser, address) as visitor:
        at_the_data(visitor)
        visitor.page.get_by_text("如何从您的系统导出……").click()
        visitor.page.set_input_files('input[type="file"]', str(export.path))
        visitor.see("已识别：Freshdesk 导出文件")
        visitor.page.get_by_role("button", name="检查并导入").click()
        visitor.see("导入完成")
        visitor.page.get_by_role("link", name="与来源系统对账").click()
        visitor.see("按每周 5 天、09:00–18:00 计算工作时间")
