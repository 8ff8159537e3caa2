"""Figures of triage, against plain Python over the same events."""

import random
import statistics
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import SERVER, Actor
from dashboard.services.triage import acts as triage
from dashboard.services.triage import many as triage_many
from dashboard.services.triage.figures import triage_figures
from dashboard.store.triage import Meeting, MeetingItem, ReminderClaim
from dashboard.triage.items import HandOver, NotAllowedNow
from metrics.model import Period, Scope
from tests.dashboard.triage.made import clock, item

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PEOPLE = (Actor(1, "Lin", "manager", agent="林"), Actor(2, "Wu", "manager", agent="吴"))
TEAMS = ("甲组", "乙组")
NOTE = HandOver("tried", "told", "promised")
Story = dict[str, Any]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, list[Story]]]:
    """A few dozen items that people have worked on, and what was done with each in plain words."""
    desk = open_desk(tmp_path_factory.mktemp("desk"))
    yield desk, [live(desk, random.Random(number), number) for number in range(40)]
    desk.engine.dispose()


def live(desk: Desk, chance: random.Random, number: int) -> Story:
    at = START + timedelta(hours=number)
    team, actor = TEAMS[number % 2], chance.choice(PEOPLE)
    id, version = item(desk, f"t{number}", at, team=team), 1
    told: Story = {"id": id, "team": team, "opened": at, "owner": None, "snoozes": 0, "raises": 0, "reopens": 0,
                   "reminders": 0, "promises": 0, "kept": 0, "taken": None, "decided": None}  # fmt: skip
    clock_id = clock(desk, id, at, at + timedelta(days=30))

    def do(action: str, **what: Any) -> bool:
        nonlocal at, version
        at += timedelta(minutes=chance.randint(1, 90))
        serve = getattr(triage, action, None) or getattr(triage_many, action)
        try:
            version = serve(actor, desk, id, version, at=at, **what).version
        except NotAllowedNow:
            return False
        return True

    if chance.random() < 0.2:
        return told
    do("acknowledge")
    told |= {"taken": at, "owner": actor.agent}
    if chance.random() < 0.5 and do("snooze", until=at + timedelta(days=3)):
        told["snoozes"] += 1
    if chance.random() < 0.4 and do("escalate", note=NOTE):
        if chance.random() < 0.3:
            do("undo")
        else:
            told["raises"] += 1
    if chance.random() < 0.6 and do("resolve", decision="answered", reason="process"):
        told["decided"] = at
        if chance.random() < 0.4 and do("reopen"):
            told["reopens"] += 1
    remind_and_promise(desk, chance, told, clock_id, at)
    return told


def remind_and_promise(desk: Desk, chance: random.Random, told: Story, clock_id: int, at: datetime) -> None:
    told["reminders"] = chance.randrange(3)
    promised = [chance.choice([True, False, None]) for _ in range(chance.randrange(3))]
    told["promises"], told["kept"] = sum(one is not None for one in promised), sum(one is True for one in promised)
    with desk.keeping() as session:
        session.add_all(
            ReminderClaim(clock_id=clock_id, rule_id="share", step=str(step), claimed_at=at, sent_at=at)
            for step in range(told["reminders"])
        )
        meeting = Meeting(held_on=at.date(), teams=[], led_by="Wu", as_of=at, started_at=at, snapshot={})
        session.add(meeting)
        session.flush()
        session.add_all(
            MeetingItem(meeting_id=meeting.id, position=place, kind="other", item_id=told["id"], about={}, is_kept=one,
                        judged_at=at if one is not None else None)
            for place, one in enumerate(promised)
        )  # fmt: skip


def expected(stories: list[Story]) -> dict[str, float | None]:
    def seconds(name: str) -> list[float]:
        return sorted((one[name] - one["opened"]).total_seconds() for one in stories if one[name])

    def quantile(values: list[float], q: float) -> float | None:
        if not values:
            return None
        place = q * (len(values) - 1)
        low, high = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
        return low + (high - low) * (place - int(place))

    def mean(name: str) -> float:
        return statistics.fmean(one[name] for one in stories)

    promises = sum(one["promises"] for one in stories)
    return {
        "triage_items": len(stories),
        "triage_acknowledge_p50": quantile(seconds("taken"), 0.5),
        "triage_acknowledge_p90": quantile(seconds("taken"), 0.9),
        "triage_decide_p50": quantile(seconds("decided"), 0.5), "triage_decide_p90": quantile(seconds("decided"), 0.9),
        "triage_reminders_per_item": mean("reminders"), "triage_snoozes_per_item": mean("snoozes"),
        "triage_raises_per_item": mean("raises"), "triage_reopens_per_item": mean("reopens"),
        "triage_promises_kept": sum(one["kept"] for one in stories) / promises if promises else None,
        "triage_backlog": sum(one["decided"] is None or one["reopens"] for one in stories),
    }  # fmt: skip


LATER = START + timedelta(days=30)


@pytest.mark.parametrize("by", [(), ("team",), ("agent",)])
def test_the_figures_are_what_the_stories_tell(lived: tuple[Desk, list[Story]], by: tuple[str, ...]) -> None:
    desk, stories = lived
    groups = defaultdict[tuple[Any, ...], list[Story]](list)
    for one in stories:
        groups[tuple(one["owner" if name == "agent" else name] for name in by)].append(one)
    told = triage_figures(SERVER, desk, by=by, at=LATER)
    found = defaultdict[tuple[Any, ...], dict[str, Any]](dict)
    for row in told.iter_rows(named=True):
        found[tuple(row[name] for name in by)][row["metric"]] = row["value"]
    for group, members in groups.items():
        for name, value in expected(members).items():
            assert found[group][name] == pytest.approx(value), (group, name)
    assert len(groups) > len(by)


def test_days_add_up_to_the_whole_and_an_empty_desk_has_no_figures(
    lived: tuple[Desk, list[Story]], tmp_path: Path
) -> None:
    desk, stories = lived
    month = Scope(period=Period(date(2026, 3, 1), date(2026, 4, 1)))
    days = triage_figures(SERVER, desk, month, every="day", at=LATER)
    counted = days.filter(days["metric"] == "triage_items")["value"].sum()
    assert counted == len(stories)
    empty = triage_figures(SERVER, open_desk(tmp_path), at=LATER)
    assert empty["n"].sum() == 0
    assert all(value in (None, 0.0) for value in empty["value"])


def test_the_figures_are_made_of_what_the_reader_may_see(lived: tuple[Desk, list[Story]]) -> None:
    desk, stories = lived
    supervisor = Actor(7, "Qin", "supervisor", frozenset({TEAMS[0]}))
    told = triage_figures(supervisor, desk, at=LATER)
    own = [one for one in stories if one["team"] == TEAMS[0]]
    assert told.filter(told["metric"] == "triage_items")["value"].to_list() == [len(own)]
