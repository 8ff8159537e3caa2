"""A run that is killed at any moment loses and doubles nothing; a long one stays small in memory.

Five rounds and 40,000 tickets by default; the long proofs, on a quiet machine:

    FLOORWALKER_CRASH_ROUNDS=100 pytest -n 0 -m slow tests/dashboard/services/sync/test_sync_crash.py -k killed
    FLOORWALKER_SYNC_TICKETS=1000000 pytest -n 0 -m slow tests/dashboard/services/sync/test_sync_crash.py -k memory
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import stamina

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.sync.connections import Connected, keep_connection
from dashboard.services.sync.running import sync
from tests.conftest import ROOT
from tests.live.serving import Answer, Asked, Weather, served
from tests.live.zendesk import ZendeskModel

ROUNDS = int(os.environ.get("FLOORWALKER_CRASH_ROUNDS", "5"))
SEED = int(os.environ.get("FLOORWALKER_CRASH_SEED", "20261122"))
TICKETS = int(os.environ.get("FLOORWALKER_SYNC_TICKETS", "40000"))
BATCH = 2000
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


def connected(desk: Desk, address: str) -> int:
    settings = {"address": address, "user": "agent@example.com"}
    return keep_connection(COMMAND_LINE, desk, Connected("Z", "zendesk", settings=settings), secret="secret")


def begun(desk: Desk, number: int, batch: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.live.syncing", str(desk.root), str(number), str(batch)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def standing(desk: Desk) -> list[tuple[str, str]]:
    head = desk.head()
    rows = desk.warehouse.scan("tickets", head.versions if head else {}).select("ticket_id", "status").collect()
    return sorted(rows.iter_rows())


def messages(desk: Desk) -> list[str]:
    head = desk.head()
    rows = desk.warehouse.scan("messages", head.versions if head else {}).select("message_id").collect()
    return sorted(rows["message_id"].to_list())


def test_a_run_that_is_killed_at_any_moment_loses_and_doubles_nothing(desk: Desk) -> None:
    chance = random.Random(SEED)
    zendesk = ZendeskModel(seed=SEED, page=20)
    zendesk.work(60)
    zendesk.rest()
    killed = 0
    with served(zendesk, Weather(seed=SEED, share=0.05)) as address, stamina.set_testing(True, attempts=20):
        number = connected(desk, address)
        for _round in range(ROUNDS):
            zendesk.work(20)
            zendesk.rest()
            child = begun(desk, number, 100)
            time.sleep(chance.uniform(0.0, 6.0))
            killed += child.poll() is None
            child.kill()
            child.communicate()
        assert killed
        assert sync(COMMAND_LINE, desk, number, batch=100).failed is None
        assert sync(COMMAND_LINE, desk, number, batch=100).counts.records == 0
    assert standing(desk) == sorted(zendesk.standing().items())
    kept = messages(desk)
    assert len(kept) == len(set(kept))
    assert set(kept) <= zendesk.comments()
    assert set(kept) >= zendesk.comments(of_ever_deleted=False)
    assert not (desk.root / f"sync-{number}").exists(), "nothing that customers wrote is left beside the desk"


class _Long:
    """So many tickets, a thousand a page, made up as they are asked for."""

    def answer(self, asked: Asked) -> Answer:
        if "tickets/cursor" in asked.path:
            at = int(asked.one("cursor") or 0)
            shown = [self._ticket(number) for number in range(at, min(at + 1000, TICKETS))]
            return Answer({"tickets": shown, "after_cursor": str(at + 1000), "end_of_stream": at + 1000 >= TICKETS})
        key = asked.path.rpartition("/")[2].removesuffix(".json")
        return Answer({key: [], "end_time": None, "end_of_stream": True, "meta": {"has_more": False}})

    def _ticket(self, number: int) -> dict[str, object]:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + number * 30))
        return {"id": number, "created_at": stamp, "updated_at": stamp, "status": "open", "priority": "normal",
                "subject": f"Parcel {number}", "requester_id": number % 5000, "via": {"channel": "email"}}  # fmt: skip


def test_the_memory_of_a_run_does_not_grow_with_what_it_reads(desk: Desk) -> None:
    """The process that gathers and writes: its peak over all of it is near that over its first quarter.

    All but the last batch, which makes the figures of everything: those of a large desk come month by month.
    """
    with served(_Long()) as address:
        child = begun(desk, connected(desk, address), BATCH)
        process, seen = psutil.Process(child.pid), []
        while child.poll() is None:
            try:
                head = desk.head()
                seen.append((process.memory_info().rss, head.id if head else 0))
            except psutil.Error:
                break
            time.sleep(0.1)
        child.communicate()
    last = max(load for _rss, load in seen) - 1  # while the last one is made, the one before it is the newest
    peaks = [max((rss for rss, load in seen if last * n / 4 <= load < last * (n + 1) / 4), default=0) for n in range(4)]
    told = ", ".join(f"{peak / 2**20:.0f}" for peak in peaks)
    print(
        f"{TICKETS} tickets, {last + 1} loads: peaks of the quarters {told} MB, at the end {seen[-1][0] / 2**20:.0f} MB"
    )
    assert len(standing(desk)) == TICKETS
    assert max(peaks) < 1.25 * peaks[0]
