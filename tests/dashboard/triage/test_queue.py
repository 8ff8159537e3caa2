"""The queue stands in the order of its rules, whatever is in it, and says why."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.desk import DATABASE, Desk, open_desk
from dashboard.people import ONE_PERSON, SERVER
from dashboard.services.settings import changes as settings_changes
from dashboard.services.triage import queue as triage_queue
from dashboard.store.triage import TriageClock, TriageEvent, TriageItem
from dashboard.triage.now import CLOCK, now
from dashboard.triage.sentences import why_sentence
from tests.dashboard.triage.reference import expected_order
from tests.oracles.business_minutes import Desk as Hours
from tests.oracles.business_minutes import MinuteOracle

AT = datetime(2026, 3, 4, 15, 17, tzinfo=UTC)
ITEMS = 1_000
OPENING = ((540, 1260),)


@pytest.fixture(scope="module")
def hours() -> MinuteOracle:
    return MinuteOracle([Hours("UTC", [OPENING] * 7, {})], date(2025, 12, 1), date(2026, 6, 1))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.engine.dispose()


def fill(desk: Desk, count: int, seed: int = 7) -> None:
    """Items of all kinds: some late, some due, some put off, some without any time, some ended."""
    chance = random.Random(seed)
    with desk.keeping() as session:
        rows = [any_item(chance, number) for number in range(count)]
        session.add_all(rows)
        session.flush()
        session.add_all(clock for row in rows for clock in any_clocks(chance, row.id))
        session.add_all(
            TriageEvent(item_id=row.id, version=1, at=AT, actor="server", action="open", before={}, after={})
            for row in rows
        )


def any_item(chance: random.Random, number: int) -> TriageItem:
    states = ["new"] * 4 + ["acknowledged", "in_progress", "resolved", "closed"]
    opened = AT - timedelta(minutes=chance.randrange(5000))
    return TriageItem(
        source="s", ticket_id=str(number), state=chance.choice(states), tier=1, opened_at=opened, raised_at=opened,
        changed_at=opened, reopen_count=chance.choice([0, 0, 0, 1, 2]), is_complaint=chance.random() < 0.2, version=1,
        priority=chance.choice(["urgent", "important", "normal", "low", None]), team="甲组", agent="王芳",
        ticket_created_at=opened - timedelta(minutes=chance.randrange(3000)),
        snoozed_until=AT + timedelta(minutes=chance.randrange(-50, 50)) if chance.random() < 0.1 else None,
    )  # fmt: skip


def any_clocks(chance: random.Random, item_id: int) -> Iterator[TriageClock]:
    for kind in ("t1_ack", "resolution"):
        if chance.random() < 0.3:
            continue
        due = AT + timedelta(minutes=chance.randrange(-9000, 3000))
        yield TriageClock(
            item_id=item_id, kind=kind, run=1, tier=1, started_at=due - timedelta(days=9), due_at=due, pauses=[],
            target_seconds=chance.choice([600, 7200, 86_400]), clock="business",
            calendar=chance.choice(["service", None]), met_at=AT if chance.random() < 0.2 else None,
        )  # fmt: skip


def test_the_queue_stands_as_an_independent_reckoning_says(desk: Desk, hours: MinuteOracle) -> None:
    fill(desk, ITEMS)
    shown = triage_queue.queue(SERVER, desk, at=AT)
    right = expected_order(desk.root / DATABASE, AT, {"service": hours})
    assert len(right) > ITEMS / 2
    assert shown["id"].to_list() == right


def test_each_row_says_why_it_stands_there(desk: Desk) -> None:
    fill(desk, 200)
    for row in triage_queue.queue(SERVER, desk, at=AT).iter_rows(named=True):
        told = why_sentence(row)
        assert told.startswith(
            "needs attention" if row["needs_attention"] else "complaint" if row["is_complaint"] else ""
        )
        assert ("late by" in told) == (row["late_seconds"] is not None)
        assert ("due in" in told) == (row["left_seconds"] is not None)


def test_another_order_in_the_settings_is_another_order_of_the_queue(desk: Desk) -> None:
    fill(desk, 200)
    text = '[triage]\norder = ["reopens", "age"]\n'
    settings_changes.keep_agreements(ONE_PERSON, desk, text, since=date(2026, 1, 1), reason="try")
    shown = triage_queue.queue(SERVER, desk, at=AT)
    keys = list(zip(-shown["reopen_count"], shown["ticket_created_at"], shown["id"], strict=True))
    assert keys == sorted(keys)


def test_what_is_put_off_or_ended_is_shown_where_it_is_asked_for(desk: Desk) -> None:
    fill(desk, 400)
    parts = [
        triage_queue.queue(SERVER, desk, at=AT, include=(part,)) for part in ("open", "snoozed", "resolved", "closed")
    ]
    everything = triage_queue.queue(SERVER, desk, at=AT, include=("open", "snoozed", "resolved", "closed"))
    assert sum(part.height for part in parts) == everything.height == 400
    assert all(part.height for part in parts)
    assert parts[1].filter(parts[1]["snoozed_until"] <= AT).is_empty()


def test_a_search_finds_numbers_teams_and_people_and_takes_no_wildcards(desk: Desk) -> None:
    fill(desk, 50)
    found = triage_queue.queue(SERVER, desk, at=AT, include=("open", "snoozed", "resolved", "closed"), search="王")
    assert found.height == 50
    assert triage_queue.queue(SERVER, desk, at=AT, search="%").is_empty()


def test_the_clock_can_be_set_so_that_a_demonstration_begins_where_its_data_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(CLOCK, "2016-04-15T09:00:00+00:00")
    begun = now()
    assert timedelta() <= begun - datetime(2016, 4, 15, 9, tzinfo=UTC) < timedelta(minutes=1)
    assert now() >= begun
    monkeypatch.delenv(CLOCK)
    assert abs(now() - datetime.now(UTC)) < timedelta(minutes=1)
