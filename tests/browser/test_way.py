"""A person's way: hand over a Chinese export, accept what is proposed, read the figures down to the tickets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor, served, visiting
from tests.pages.conftest import HOSTILE, small_desk, small_export

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of a desk that has the small export."""
    with served(small_desk, tmp_path_factory.mktemp("server") / "server.log") as running:
        yield running


def load(visitor: Visitor, file: Path) -> None:
    """Hand over a file on the Data page and accept the proposed mapping."""
    visitor.page.get_by_role("link", name="数据", exact=True).click()
    visitor.settle()
    visitor.page.set_input_files('input[type="file"]', str(file))
    visitor.see("必需的列都已识别")
    zone = visitor.page.get_by_role("combobox", name="时间未注明时区时，按此时区")
    assert zone.input_value() == "Asia/Shanghai"
    visitor.page.get_by_role("button", name="检查并导入").click()
    visitor.see("导入完成")
    visitor.settle()


def tickets_of_a_bar(visitor: Visitor) -> None:
    """Click the fullest bar of the first chart."""
    bars = visitor.page.locator(".js-plotly-plot").first.locator(".barlayer .point path")
    bars.first.wait_for(timeout=60_000)
    boxes = [(bars.nth(n).bounding_box() or {"height": 0})["height"] for n in range(bars.count())]
    bars.nth(boxes.index(max(boxes))).click(force=True)
    visitor.settle()


def background(visitor: Visitor) -> str:
    script = "() => getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"
    return str(visitor.page.evaluate(script))


def test_a_person_loads_an_export_and_reads_the_tickets_behind_a_bar(tmp_path: Path, browser: Browser) -> None:
    export = tmp_path / "三月.csv"
    export.write_bytes(small_export())
    with served(tmp_path / "desk", tmp_path / "server.log") as address:
        with visiting(browser, address, in_motion=True) as visitor:
            visitor.open()
            visitor.see("还没有数据")
            load(visitor, export)
            visitor.see("读取 420 行 = 导入 420 + 拒收 0 + 空行 0")
            visitor.page.get_by_role("link", name="响应时间").click()
            visitor.settle()
            tickets_of_a_bar(visitor)
            visitor.see("张工单")
            visitor.page.get_by_text("English", exact=True).click()
            visitor.see("Half of the answers came within")
            assert "lang=en" in visitor.page.url
        with visiting(browser, address, scheme="dark", locale="en-US") as visitor:
            visitor.open("/response-times?period=all")
            visitor.see("Half of the answers came within")
            assert background(visitor) == "rgb(18, 23, 30)"
            tickets_of_a_bar(visitor)
            visitor.see("Answers that took")


def test_what_a_customer_wrote_is_shown_as_it_was_written(address: str, browser: Browser) -> None:
    with visiting(browser, address) as visitor:
        visitor.open()
        visitor.see("张工单在等待首次响应")
        table = visitor.page.locator('[data-testid="stDataFrame"]').first
        table.scroll_into_view_if_needed()
        table.click(position={"x": 18, "y": 52}, force=True)
        visitor.page.get_by_test_id("stText").filter(has_text=HOSTILE).wait_for()
        assert visitor.page.locator('a[href*="example.com"]').count() == 0


def test_a_filter_and_the_language_come_back_with_the_link(address: str, browser: Browser) -> None:
    with visiting(browser, address) as visitor:
        visitor.open("/response-times")
        visitor.page.get_by_role("combobox", name="渠道").click()
        visitor.page.get_by_role("option", name="邮件").click()
        visitor.see("样本 137")
        visitor.page.wait_for_url("**channel=email**")
        link = visitor.page.url
        assert "channel=email" in link
    with visiting(browser, address, locale="en-US") as visitor:
        visitor.page.goto(link)
        visitor.see("响应时间")
        visitor.see("样本 137")


def test_the_filters_are_kept_on_the_way_through_the_pages(address: str, browser: Browser) -> None:
    with visiting(browser, address) as visitor:
        visitor.open("/response-times?channel=email&period=last_7")
        visitor.page.get_by_role("link", name="每日例会").click()
        visitor.see("张工单在等待首次响应")
        assert "channel=email" in visitor.page.url
        visitor.page.get_by_role("link", name="响应时间").click()
        visitor.see("后续响应")
        visitor.settle()
        assert "channel=email" in visitor.page.url
        assert "period=last_7" in visitor.page.url


def test_the_foreign_workbook_is_loaded_in_the_browser(tmp_path: Path, browser: Browser, shared_data: Path) -> None:
    with served(tmp_path / "desk", tmp_path / "server.log") as address, visiting(browser, address) as visitor:
        visitor.open()
        load(visitor, shared_data / "teddycup" / "附件4.xlsx")
        visitor.see("读取 2,816 行 = 导入 2,816 + 拒收 0 + 空行 0")
        visitor.page.get_by_role("link", name="响应时间").click()
        visitor.settle()
        visitor.page.goto(visitor.page.url.split("?")[0] + "?period=all")
        visitor.settle()
        tickets_of_a_bar(visitor)
        visitor.see("张工单")


def test_the_names_of_a_file_are_no_links_and_no_pictures(tmp_path: Path, address: str, browser: Browser) -> None:
    names = ["https://example.com/a.png", "www.example.com", "me@example.com", "![x](https://example.com/p.png)"]
    export = tmp_path / "www.example.com [1] **b**.csv"
    export.write_text(",".join(["ticket_id", "created_at", *names]) + "\nT1,2026-03-01 10:00:00,1,2,3,4\n")
    with visiting(browser, address, locale="en-US") as visitor:
        visitor.open("/data")
        visitor.page.set_input_files('input[type="file"]', str(export))
        visitor.see("Not mapped, but kept as the file's own fields")
        visitor.settle()
        assert visitor.page.locator('a[href*="example.com"], img[src*="example.com"]').count() == 0
