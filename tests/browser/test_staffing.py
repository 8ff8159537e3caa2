"""618 is planned from last year's: a roster pasted, gaps and ladder read, a scenario compared; in both languages."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, ONE_PERSON
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.staffing.events import add_event
from dashboard.services.staffing.forecasts import forecast_of
from dashboard.services.staffing.rosters import kept_rosters
from dashboard.services.staffing.scenarios import scenarios
from metrics.staffing.model import Event, Forecast
from tests.browser.conftest import Visitor, served, visiting

pytestmark = pytest.mark.browser

FIRST, LAST = date(2025, 4, 20), date(2026, 6, 10)
LAST_YEAR, THIS_YEAR = (Event("618", "promotion", date(year, 6, 16), date(year, 6, 20)) for year in (2025, 2026))
ROSTER = "日期\t渠道\t上班\t下班\t人数\n" + "".join(
    f"2026-06-{day}\t热线\t09:00\t21:00\t9\n" for day in range(16, 21)
)  # fmt: skip


def calls(day: date, hour: int) -> float:
    """What comes in a half-hour: busy at ten, quiet on Sundays, twice as much in last year's 618."""
    usual = (20.0 + 20.0 * (hour == 10)) * (0.7 if day.weekday() == 6 else 1.0)
    return usual * (2.0 if LAST_YEAR.first <= day <= LAST_YEAR.last else 1.0)


def switch() -> bytes:
    dice, lines = (
        np.random.default_rng(618),
        ["start_at,minutes,channel,offered,answered,abandoned,handle_seconds,wait_seconds"],
    )
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        for half in range(18, 42):
            offered = int(dice.poisson(calls(day, half // 2)))
            lost = offered // 20
            at = f"{day} {half // 2:02d}:{half % 2 * 30:02d}"
            lines.append(f"{at},30,phone,{offered},{offered - lost},{lost},{(offered - lost) * 300},{offered * 12}")
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A hotline of a year and more, before its second 618."""
    folder = tmp_path_factory.mktemp("staffing")
    made = open_desk(folder / "desk")
    (folder / "switch.csv").write_bytes(switch())
    report = load_files(COMMAND_LINE, made, [folder / "switch.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    for event in (THIS_YEAR, LAST_YEAR):
        add_event(ONE_PERSON, made, event)
    yield made
    made.engine.dispose()


def paste(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("textbox", name="从表格软件复制的排班表").fill(ROSTER + "2026-06-21\t热线\t九点\t18:00\t1\n")
    page.keyboard.press("Control+Enter")
    visitor.settle()
    page.get_by_role("button", name="读取", exact=True).first.click()
    visitor.see("从 6 行中读出")
    visitor.see("1 处被搁置")
    page.get_by_role("textbox", name="排班表名称").fill("618 排班")
    page.keyboard.press("Enter")
    visitor.settle()
    page.get_by_role("button", name="生效", exact=True).click()
    visitor.see("排班表已生效。")


def compare(visitor: Visitor) -> None:
    slider = visitor.page.get_by_role("slider").first
    slider.focus()
    for _step in range(4):
        slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("20"))
    visitor.settle()
    name = visitor.page.get_by_role("textbox", name="方案名称")
    name.fill("再多两成")
    name.press("Enter")
    visitor.settle()
    expect(name).to_have_value("再多两成")
    visitor.page.get_by_role("button", name="保存并对比").click()
    visitor.see("方案已保存。")
    visitor.see("咨询量 +20%")


def requests_of_the_days(found: Forecast) -> float:
    return sum(one.total for one in found.days if THIS_YEAR.first <= one.day <= THIS_YEAR.last)


def test_the_days_of_618_are_planned_from_last_years_in_the_browser(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    made = forecast_of(COMMAND_LINE, desk)
    usual = sum(calls(date(2026, 6, day), half // 2) for day in range(16, 21) for half in range(18, 42))
    assert requests_of_the_days(made) == pytest.approx(2 * usual, rel=0.1), "it comes again as it came last year"
    with served(desk.root, tmp_path / "server.log") as address:
        with visiting(browser, address) as visitor:
            visitor.open("/staffing?part=forecast&days=event-1")
            visitor.page.get_by_text("每天的预测是怎么来的").first.click()
            visitor.see("学自 5 天")
            visitor.open("/staffing?part=roster&days=event-1")
            paste(visitor)
            assert [(one.name, one.shifts, one.aside.height) for one in kept_rosters(ONE_PERSON, desk)] == [
                ("618 排班", 5, 1)
            ]
            visitor.open("/staffing?days=event-1")
            visitor.see("段达不到目标")
            visitor.see("应对阶梯")
            visitor.see("叫来兼职人员")
            visitor.see("做到第")
            visitor.open("/staffing?part=what-if&days=event-1")
            compare(visitor)
            assert [(one.name, one.changes.volume) for one in scenarios(ONE_PERSON, desk)] == [("再多两成", 0.2)]
        with visiting(browser, address, scheme="dark", locale="en-US") as visitor:
            visitor.open("/staffing?lang=en&days=event-1")
            visitor.see("goals will be missed")
            visitor.see("The ladder")
            visitor.open("/staffing?part=what-if&lang=en&days=event-1")
            visitor.see("再多两成")
