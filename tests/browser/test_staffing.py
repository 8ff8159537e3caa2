"""A supervisor plans an event: a roster pasted, gaps and the ladder read, a scenario saved; in both languages."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, ONE_PERSON
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.staffing.events import add_event
from dashboard.services.staffing.rosters import kept_rosters
from dashboard.services.staffing.scenarios import scenarios
from metrics.staffing.model import Event
from tests.browser.conftest import Visitor, served, visiting
from tests.pages.conftest import small_export

pytestmark = pytest.mark.browser

ROSTER = "日期\t班组\t上班\t下班\t人数\n" + "".join(
    f"2026-04-0{day}\t{team}\t09:00\t12:00\t1\n" for day in (4, 5, 6) for team in ("甲组", "乙组")
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The small desk with an event that is to come."""
    folder = tmp_path_factory.mktemp("staffing")
    made = open_desk(folder / "desk")
    (folder / "export.csv").write_bytes(small_export())
    report = load_files(COMMAND_LINE, made, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    add_event(ONE_PERSON, made, Event("清明大促", "promotion", date(2026, 4, 4), date(2026, 4, 6), (), "percent", 8.0))
    yield made
    made.engine.dispose()


def paste(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("textbox", name="从表格软件复制的排班表").fill(ROSTER + "2026-04-07\t甲组\t九点\t18:00\t1\n")
    page.keyboard.press("Control+Enter")
    visitor.settle()
    page.get_by_role("button", name="读取", exact=True).first.click()
    visitor.see("从 7 行中读出")
    visitor.see("1 处被搁置")
    page.get_by_role("textbox", name="排班表名称").fill("清明")
    page.keyboard.press("Enter")
    visitor.settle()
    page.get_by_role("button", name="生效", exact=True).click()
    visitor.see("排班表已生效。")


def test_the_days_of_an_event_are_planned_in_the_browser(desk: Desk, browser: Browser, tmp_path: Path) -> None:
    with served(desk.root, tmp_path / "server.log") as address:
        with visiting(browser, address) as visitor:
            visitor.open("/staffing?part=roster&days=event-1")
            paste(visitor)
            assert [(one.name, one.shifts, one.aside.height) for one in kept_rosters(ONE_PERSON, desk)] == [
                ("清明", 6, 1)
            ]
            visitor.open("/staffing?days=event-1")
            visitor.see("段达不到目标")
            visitor.see("应对阶梯")
            visitor.see("做到第")
            visitor.open("/staffing?part=what-if&days=event-1")
            slider = visitor.page.get_by_role("slider").first
            slider.focus()
            for _step in range(4):
                slider.press("ArrowRight")
            visitor.settle()
            visitor.page.get_by_role("textbox", name="方案名称").fill("再多两成")
            visitor.page.keyboard.press("Enter")
            visitor.settle()
            visitor.page.get_by_role("button", name="保存并对比").click()
            visitor.see("方案已保存。")
            assert [(one.name, one.changes.volume) for one in scenarios(ONE_PERSON, desk)] == [("再多两成", 0.2)]
        with visiting(browser, address, scheme="dark", locale="en-US") as visitor:
            visitor.open("/staffing?lang=en&days=event-1")
            visitor.see("goals will be missed")
            visitor.see("The ladder")
