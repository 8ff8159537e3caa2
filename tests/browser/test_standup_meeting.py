"""Two supervisors lead a stand-up of ten points by the keyboard alone, each in a language of his own.

Then the promises of it next morning, and the board on the wall.
"""

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, ONE_PERSON
from dashboard.people.accounts import add
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.triage import acts as triage
from dashboard.services.triage.meetings import meeting
from dashboard.services.triage.queue import item
from dashboard.triage.now import CLOCK
from tests.browser.conftest import Visitor, served, visiting
from tests.browser.test_triage import LANG, SIGN_IN
from tests.dashboard.gate.conftest import SECRET
from tests.pages.conftest import HEADER, small_export

pytestmark = pytest.mark.browser

SATURDAY = datetime(2026, 3, 21, 7, tzinfo=UTC)
"""An hour after the small export ends."""
MONDAY = SATURDAY + timedelta(days=2)
POINTS = 10
TEAMS = ("甲组", "乙组")
DECISION = {"zh-CN": "决定", "en-US": "What was decided"}
SIZES = "[...document.querySelectorAll('.fw-wall .figure')].map(one => parseFloat(getComputedStyle(one).fontSize))"
LEGIBLE_PIXELS = 44
"""On a screen of 1440 across a metre wide, that is 3 cm: read at 5 m and more."""


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let servers that are started in the block believe that it is then."""
    before = os.environ.get(CLOCK)
    os.environ[CLOCK] = instant.isoformat()
    try:
        yield
    finally:
        if before is None:
            del os.environ[CLOCK]
        else:
            os.environ[CLOCK] = before


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The small desk of two supervisors: its tickets without an answer are the ten points of the meeting."""
    folder = tmp_path_factory.mktemp("meeting")
    made = open_desk(folder / "desk")
    load(made, folder / "export.csv", without_ratings())
    for account, role in (("root", "administrator"), ("li", "supervisor"), ("wu", "supervisor")):
        add(COMMAND_LINE, made, account, name=account.title(), role=role, password=SECRET, teams=TEAMS)
    yield made
    made.engine.dispose()


def without_ratings() -> bytes:
    """The small export in which nobody has rated, so that only what waits is a point."""
    rows = list(csv.reader(io.StringIO(small_export().decode("gb18030"))))
    return written([rows[0], *([*row[:-2], "", ""] for row in rows[1:])])


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def load(desk: Desk, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with at(SATURDAY):
        report = load_files(COMMAND_LINE, desk, [file], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors


def monday_comes(desk: Desk, file: Path) -> None:
    """Load a ticket of Monday morning: from now on the data tell what happened over the weekend."""
    at_eight = ["2026-03-23 08:00:00", "2026-03-23 08:01:00", "2026-03-23 08:09:00"]
    row = ["T9000", *at_eight, "邮件", "退换货", "一般", "甲组", "王芳", "咨询", "", ""]
    load(desk, file, written([list(HEADER), row]))


@dataclass(frozen=True)
class Supervisor:
    """One who is signed in at a browser of his own, in his language."""

    visitor: Visitor
    locale: str

    @classmethod
    def enters(cls, visitor: Visitor, account: str, locale: str, path: str = "/meeting") -> "Supervisor":
        visitor.page.goto(f"{visitor.address}{path}?lang={LANG[locale]}")
        name, password = SIGN_IN[locale]
        visitor.page.get_by_label(name).fill(account)
        visitor.page.get_by_label(password).fill(SECRET)
        visitor.page.keyboard.press("Enter")
        return cls(visitor, locale)

    def decides(self, number: int) -> None:
        """Decide the point that is talked about with keys alone: its field has the keyboard by itself."""
        page = self.visitor.page
        page.get_by_text(f"{number + 1}/{POINTS} · ").wait_for()
        self.visitor.settle()  # the form of the point before is gone
        page.wait_for_function(
            "label => document.activeElement?.getAttribute('aria-label') === label && !document.activeElement.value",
            arg=DECISION[self.locale],
        )
        page.keyboard.type(f"决定{number}")
        page.keyboard.press("Tab")  # who takes it: as proposed
        page.keyboard.press("Tab")
        page.keyboard.type(f"第{number}步")
        page.keyboard.press("Control+Enter")


def test_two_lead_ten_points_by_keys_the_promises_next_morning_and_the_wall(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    with (
        at(SATURDAY), served(desk.root, tmp_path / "saturday.log") as address,
        visiting(browser, address) as one, visiting(browser, address, locale="en-US") as other,
    ):  # fmt: skip
        both = Supervisor.enters(one, "li", "zh-CN"), Supervisor.enters(other, "wu", "en-US")
        one.press("s", "开始例会")
        one.see(f"1/{POINTS} · ")
        other.press("s", "Start the stand-up")  # the one that runs
        for point in range(POINTS):
            both[point % 2].decides(point)
        one.see("所有议题都已有决定")
        other.see("Every point is decided.")
        points = meeting(ONE_PERSON, desk, 1).points
        assert [point.decision for point in points] == [f"决定{number}" for number in range(POINTS)]
        assert [point.next_step for point in points] == [f"第{number}步" for number in range(POINTS)]
        assert all(point.owner and point.promised_at for point in points)
        one.press("Control+Shift+E", "结束例会")
        one.see("往期例会")
        other.see("Earlier stand-ups")
    kept = keep_one(desk, points[0].item_id or 0)
    monday_comes(desk, tmp_path / "monday.csv")
    with (
        at(MONDAY), served(desk.root, tmp_path / "monday.log") as address,
        visiting(browser, address) as one, visiting(browser, address, scheme="dark", locale="en-US") as other,
    ):  # fmt: skip
        Supervisor.enters(one, "li", "zh-CN")
        one.press("s", "开始例会")
        one.see(f"承诺：{POINTS} 项中兑现了 1 项")
        one.see(f"工单 {kept}")
        one.see("往期例会的承诺 · 未完成")
        one.see(f"1/{POINTS - 1}")
        Supervisor.enters(other, "wu", "en-US")
        other.see(f"Promises: 1 of {POINTS} kept")
        other.open("/wallboard?lang=en")
        other.see("Past their promise")
        assert min(other.page.evaluate(SIZES)) >= LEGIBLE_PIXELS
        assert other.page.get_by_test_id("stSidebar").is_hidden()


def keep_one(desk: Desk, item_id: int) -> str:
    """Resolve one of the tickets soon after the meeting; its number."""
    seen = item(ONE_PERSON, desk, item_id)
    soon = SATURDAY + timedelta(minutes=20)
    taken = triage.acknowledge(ONE_PERSON, desk, item_id, seen.version, at=soon)
    triage.resolve(ONE_PERSON, desk, item_id, taken.version, decision="answered", reason="staffing", at=soon)
    return seen.ticket_id
