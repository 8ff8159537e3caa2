"""Triage on a public event log with the clock put back, and on the generated desk: rules fire, the queue is right.

What the rules find is counted again from the raw file, and the queue's order from the rows of the database.
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard.desk import DATABASE, Desk, open_desk
from dashboard.people import ONE_PERSON, SERVER
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage import running as triage_running
from tests.dashboard.triage.reference import causes_of, expected_order
from tests.oracles.business_minutes import Desk as Hours
from tests.oracles.business_minutes import MinuteOracle

AS_OF = datetime(2016, 4, 15, 9, tzinfo=UTC)
OPENING = ((540, 1260),)
ENDS, ENDED = ("resolved_at", "closed_at"), ("Resolved", "Closed")
DAY_FIRST = "%d/%m/%Y %H:%M"


@pytest.fixture(scope="module")
def log(shared_data: Path) -> Path:
    return shared_data / "servicenow" / "incident_event_log.csv.gz"


@pytest.fixture(scope="module")
def desk(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The log as of that morning, looked at by the shipped rules."""
    opened = open_desk(tmp_path_factory.mktemp("desk"))
    load_files(ONE_PERSON, opened, [log], options=LoadOptions(zone="UTC", source="servicenow"))
    with opened.keeping() as session:  # what the load itself has found stands for another day
        for table in ("triage_causes", "triage_clocks", "triage_runs"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
        session.connection().exec_driver_sql("DROP TRIGGER triage_events_no_delete")
        for table in ("triage_events", "triage_items"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    triage_running.evaluate(SERVER, opened, as_of=AS_OF, at=AS_OF)
    triage_running.tick(SERVER, opened, at=AS_OF)
    yield opened
    opened.engine.dispose()


def when(text: str) -> datetime:
    return datetime.strptime(text, DAY_FIRST).replace(tzinfo=UTC)


def lines_of(log: Path) -> dict[str, list[dict[str, str]]]:
    """The lines of each incident in their order."""
    found: dict[str, list[dict[str, str]]] = {}
    with gzip.open(log, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["number"], []).append(row)
    return {number: sorted(rows, key=_order) for number, rows in found.items()}


def _order(row: dict[str, str]) -> tuple[datetime, int]:
    return when(row["sys_updated_at"]), int(row["sys_mod_count"])


def known_lines(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if when(row["sys_updated_at"]) <= AS_OF]


def open_then(log: Path) -> dict[str, list[dict[str, str]]]:
    """The incidents that were open on that morning, by their state and their stamps, with all their lines."""
    return {
        number: rows for number, rows in lines_of(log).items()
        if when(rows[0]["opened_at"]) <= AS_OF
        and not any(row[name] != "?" and when(row[name]) <= AS_OF for row in rows for name in ENDS)
        and (known_lines(rows) or rows)[-1]["incident_state"] not in ENDED
    }  # fmt: skip


def allowed_hours(row: dict[str, str]) -> int:
    """The shipped promise of a resolution: the shortest of those of the channel and the priority, else a day."""
    channel, priority = {"Email": 24, "Self service": 2}, {"1": 4, "2": 8, "4": 72, "5": 72}
    own = [channel.get(row["contact_type"]), priority.get(row["priority"][0])]
    return min((hours for hours in own if hours), default=24)


def used_seconds(rows: list[dict[str, str]], hours: MinuteOracle) -> int:
    """How long the desk was open since the incident was opened, or reopened, and nobody waited for the user."""
    known = known_lines(rows)
    since, ends = when(rows[0]["opened_at"]), [*(when(row["sys_updated_at"]) for row in known[1:]), AS_OF]
    for before, row in pairwise(known):
        if before["incident_state"] in ENDED and row["incident_state"] not in ENDED:
            since = when(row["sys_updated_at"])
    waited = sum(
        hours.elapsed(when(row["sys_updated_at"]), end) for row, end in zip(known, ends, strict=False)
        if row["incident_state"] == "Awaiting User Info" and when(row["sys_updated_at"]) >= since
    )  # fmt: skip
    return hours.elapsed(since, AS_OF) - waited


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_rules_fire_on_the_log_as_of_that_morning(desk: Desk, log: Path) -> None:
    """pytest tests/acceptance/test_triage_of_a_foreign_log.py -m slow -s"""
    found = causes_of(desk.root / DATABASE)
    alive = open_then(log)
    print({kind: len(tickets) for kind, tickets in found.items()}, "open", len(alive))
    assert found["overdue"]
    of_open = {kind: tickets for kind, tickets in found.items() if kind in ("overdue", "due_soon", "no_response")}
    assert all(tickets <= set(alive) for tickets in of_open.values())


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_what_is_overdue_is_what_the_raw_file_says(desk: Desk, log: Path) -> None:
    """An open incident is overdue once the desk was open longer than the resolution of its priority allows."""
    hours = MinuteOracle([Hours("UTC", [OPENING] * 7, {})], date(2016, 1, 1), date(2016, 5, 1))
    late = {
        number for number, rows in open_then(log).items() if used_seconds(rows, hours) > allowed_hours(rows[-1]) * 3600
    }  # fmt: skip
    found = causes_of(desk.root / DATABASE)["overdue"]
    print(f"overdue: {len(found)} found, {len(late)} by the raw file, {len(found ^ late)} differ")
    print(sorted(found - late)[:5], sorted(late - found)[:5])
    assert found == late


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_queue_of_the_log_is_the_independent_one(desk: Desk) -> None:
    hours = MinuteOracle([Hours("UTC", [OPENING] * 7, {})], date(2015, 12, 1), date(2017, 6, 1))
    for at in (AS_OF, AS_OF + timedelta(hours=5)):
        shown = triage_queue.queue(SERVER, desk, at=at)
        assert shown["id"].to_list() == expected_order(desk.root / DATABASE, at, {"service": hours})
        print(f"{at:%H:%M}: {shown.height} items in the independent order")
