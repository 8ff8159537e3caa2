"""A run that is killed at any moment loses and doubles nothing; a long one stays small in memory.

Five rounds and 40,000 tickets by default; the long proofs, on a quiet machine:

    FLOORWALKER_CRASH_ROUNDS=100 pytest -n 0 -m slow tests/dashboard/services/sync/test_sync_crash.py -k killed
    FLOORWALKER_SYNC_TICKETS=1000000 pytest -n 0 -m slow tests/dashboard/services/sync/test_sync_crash.py -k memory
"""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest
import stamina

from dashboard.desk import Desk, Head, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.ledger import history
from dashboard.services.sync.connections import Connected, keep_connection
from dashboard.services.sync.running import sync
from tests.conftest import ROOT
from tests.live.serving import Answer, Asked, Weather, served
from tests.live.zendesk import ZendeskModel

ROUNDS = int(os.environ.get("FLOORWALKER_CRASH_ROUNDS", "5"))
SEED = int(os.environ.get("FLOORWALKER_CRASH_SEED", "20261122"))
TICKETS = int(os.environ.get("FLOORWALKER_SYNC_TICKETS", "40000"))
BATCH = max(2000, TICKETS // 50)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


def connected(desk: Desk, address: str) -> int:
    settings = {"address": address, "user": "agent@example.com"}
    return keep_connection(COMMAND_LINE, desk, Connected("Z", "zendesk", settings=settings), secret="secret")


class Runs:
    """Runs of connections, each in a process of its own that can be killed."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "tests.live.syncing"]
        self._beside = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
        self._told: queue.Queue[int] = queue.Queue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self._beside.stdout is not None
        for line in self._beside.stdout:
            self._told.put(int(line))

    def begin(self, desk: Desk, number: int, batch: int) -> int:
        """The number of the process that reads from now on."""
        assert self._beside.stdin is not None
        self._beside.stdin.write(f"{desk.root} {number} {batch}\n")
        self._beside.stdin.flush()
        return self._told.get(timeout=120)

    def ended(self, within: float | None = None) -> int | None:
        """How the run ended, or None where it goes on for longer."""
        try:
            return self._told.get(timeout=within)
        except queue.Empty:
            return None

    def killed(
        self, process: int, seconds: float | None, *, counted_from: Callable[[], bool] | None = None
    ) -> int:  # fmt: skip
        """How a run ended that is killed after so many seconds, counted from its beginning or from what it brings."""
        code = None
        while counted_from is not None and code is None and not counted_from():
            code = self.ended(0.02)
        code = self.ended(seconds) if code is None else code
        while code is None:
            with suppress(ProcessLookupError):  # just ended
                os.kill(process, signal.SIGKILL)
            code = self.ended()
        return code

    def close(self) -> None:
        assert self._beside.stdin is not None
        self._beside.stdin.close()
        self._beside.wait()
        self._listening.join()
        assert self._beside.stdout is not None
        self._beside.stdout.close()


@pytest.fixture
def runs() -> Iterator[Runs]:
    made = Runs()
    yield made
    made.close()


def standing(desk: Desk) -> list[tuple[str, str]]:
    head = desk.head()
    rows = desk.warehouse.scan("tickets", head.versions if head else {}).select("ticket_id", "status").collect()
    return sorted(rows.iter_rows())


def messages(desk: Desk) -> list[str]:
    head = desk.head()
    rows = desk.warehouse.scan("messages", head.versions if head else {}).select("message_id").collect()
    return sorted(rows["message_id"].to_list())


def test_a_run_that_is_killed_at_any_moment_loses_and_doubles_nothing(desk: Desk, runs: Runs) -> None:
    chance = random.Random(SEED)
    zendesk = ZendeskModel(seed=SEED, page=20)
    killed = Counter[str]()
    with served(zendesk, Weather(seed=SEED, share=0.05)) as address, stamina.set_testing(True, attempts=20):
        number = connected(desk, address)
        pace = 0.0  # seconds that the last whole run took, on this machine as busy as it is
        counts = True
        while killed.total() < ROUNDS:
            if counts:  # else as much is to be read as before, and the pace holds
                zendesk.work(20)
                zendesk.rest()
            head, entries = desk.head(), len(history(COMMAND_LINE, desk))
            begun, process = time.monotonic(), runs.begin(desk, number, 100)
            late = killed.total() % 2 == 1  # most of a run lies before its load; half of the kills come after it
            code = runs.killed(process, chance.uniform(0.0, pace / 10 if late else pace) if pace else None,
                               counted_from=partial(_is_new, desk, head) if late else None)  # fmt: skip
            if code == -signal.SIGKILL:
                killed[_reached(desk, head, entries)] += 1
            else:
                assert code == 0
                pace = time.monotonic() - begun
            counts = _is_new(desk, head)
        assert sync(COMMAND_LINE, desk, number).failed is None
        assert sync(COMMAND_LINE, desk, number).counts.records == 0
    print(f"killed {killed.total()} times: {dict(killed)}; {len(zendesk.standing())} tickets stand")
    assert standing(desk) == sorted(zendesk.standing().items())
    kept = messages(desk)
    assert len(kept) == len(set(kept))
    assert set(kept) <= zendesk.comments()
    assert set(kept) >= zendesk.comments(of_ever_deleted=False)
    assert not (desk.root / f"sync-{number}").exists(), "nothing that customers wrote is left beside the desk"


def _is_new(desk: Desk, head: Head | None) -> bool:
    return desk.head() != head


def _reached(desk: Desk, head: Head | None, entries: int) -> str:
    """How far a killed run had come: nothing of it counts, its load does, and older loads are folded already."""
    if desk.head() == head:
        return "before its load"
    return "after its load" if len(history(COMMAND_LINE, desk)) > entries else "after folding"


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


def test_the_memory_of_a_run_does_not_grow_with_what_it_reads(desk: Desk, runs: Runs) -> None:
    """The process that gathers and writes: its peak over all of it is near that over its first quarter.

    The last batch makes the figures of everything, and lets the rules look at them: those of a large desk come month by
    month, so that it takes no more than those of a middling one.
    """
    seen = []
    with served(_Long()) as address:
        process = psutil.Process(runs.begin(desk, connected(desk, address), BATCH))
        while (code := runs.ended(0.1)) is None:
            with suppress(psutil.Error):
                head = desk.head()
                seen.append((process.memory_info().rss, head.id if head else 0))
    assert code == 0
    last = max(load for _rss, load in seen) - 1  # while the last one is made, the one before it is the newest
    peaks = [max((rss for rss, load in seen if last * n / 4 <= load < last * (n + 1) / 4), default=0) for n in range(4)]
    end = max(rss for rss, load in seen if load >= last)
    told = ", ".join(f"{peak / 2**20:.0f}" for peak in peaks)
    print(f"{TICKETS} tickets, {last + 1} loads: peaks of the quarters {told} MB, at the end {end / 2**20:.0f} MB")
    assert len(standing(desk)) == TICKETS
    assert max(peaks) < 1.25 * peaks[0]
    assert end < 2 * peaks[0]
