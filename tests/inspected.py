"""A small desk with a week of conversations, and three inspectors, for everything that spot-checks do."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from dashboard.desk import Desk, keep_zone, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.people.accounts import add
from dashboard.services.facts.figures import facts_of
from dashboard.services.loading.load_report import FileReport
from dashboard.store import LoadRow
from tests.builders import Row, frame, message, ticket

SOURCE = "export"
FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
DAYS, EACH_DAY = 8, 60
TEAMS, CHANNELS, AGENTS = ("甲组", "乙组"), ("chat", "email"), ("ana", "ben", "cho", "dee", "eve", "fay")
NOW = FIRST_DAY + timedelta(days=DAYS, hours=9)
WRONG = "退货需要在七天内办理，运费由您承担"
INSPECTORS = ("iris", "jack", "kim")


def opened(place: int) -> datetime:
    """When the conversation of this place began."""
    return FIRST_DAY + timedelta(days=place // EACH_DAY, hours=8, minutes=10 * (place % EACH_DAY))


def _ticket(place: int) -> Row:
    begun = opened(place)
    return ticket(
        f"T{place}", f"{begun:%Y-%m-%d %H:%M}", channel=CHANNELS[place % 2], team=TEAMS[place // 2 % 2],
        agent=AGENTS[place % 6], type="complaint" if place % 15 == 0 else "delivery", customer=f"customer {place % 90}",
        status="closed", first_responded_at=f"{begun + timedelta(minutes=4):%Y-%m-%d %H:%M}",
        resolved_at=f"{begun + timedelta(hours=1):%Y-%m-%d %H:%M}", first_responder=AGENTS[place % 6],
        subject=f"Order {place}",
    )  # fmt: skip


def _messages(place: int) -> list[Row]:
    begun = opened(place)
    said = WRONG if place % 40 == 3 else f"已经为您查询第 {place} 单，今天发出。"
    return [
        message(f"T{place}", f"{begun:%Y-%m-%d %H:%M}", text=f"你好，订单 {place} 到哪里了？"),
        message(f"T{place}", f"{begun + timedelta(minutes=4):%Y-%m-%d %H:%M}", "agent", author=AGENTS[place % 6],
                text=said),
    ]  # fmt: skip


def make(folder: Path, *, people: bool = False, database: str | None = None) -> Desk:
    """The desk in this folder; with accounts of three inspectors, a supervisor of 甲组 and the agent ana if wished."""
    desk = open_desk(folder, database=database)
    places = range(DAYS * EACH_DAY)
    frames = {
        "tickets": frame("tickets", [_ticket(place) for place in places]),
        "messages": frame("messages", [row for place in places for row in _messages(place)]),
    }
    committed = desk.warehouse.commit(SOURCE, frames, base={})
    report = FileReport(file="desk.csv", source=SOURCE, rows_read=len(places), loaded=len(places))
    entry = LoadRow(
        at=NOW, actor=COMMAND_LINE.name, kind="load", source=SOURCE, versions=dict(committed.versions), as_of=NOW,
        files=[report.to_json()], settings={},
    )  # fmt: skip
    with desk.keeping() as session:
        session.add(entry)
        keep_zone(session, "UTC")
    if people:
        _accounts(desk)
    return desk


@cache
def _template() -> Path:
    root = Path(tempfile.mkdtemp(prefix="inspected-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    desk = make(root / "desk", people=True)
    facts_of(COMMAND_LINE, desk)  # so that copies find them
    desk.engine.dispose()
    return desk.root


def copied(folder: Path) -> Desk:
    """A desk with accounts, a copy of one that is made once."""
    shutil.copytree(_template(), folder)
    return open_desk(folder)


def _accounts(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator")
    for name in INSPECTORS:
        add(COMMAND_LINE, desk, name, name=name.title(), role="inspector")
    add(COMMAND_LINE, desk, "sue", name="Sue", role="supervisor", teams=["甲组"])
    add(COMMAND_LINE, desk, "ana", name="Ana", role="agent", agent="ana")


def someone(desk: Desk, account: str) -> Actor:
    """The person of this account as one who acts."""
    from dashboard.people.accounts import actor_of, person_called, today_at

    with desk.reading() as session:
        return actor_of(session, person_called(session, account), today_at(desk))
