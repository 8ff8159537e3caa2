"""How long the server works on each page: with few tickets and with many, and beside a plain pandas page.

    python -m tests.benchmarks.pages [--sizes 150000 1000000] [--filters 8] [--plain 1000000] [--pages FILE…]
        [--folder DIR]

A person opens every page, then filters again and again by another channel and team; nothing is answered twice. The
time is that of the script, measured without a browser; that of an empty Streamlit page is taken off. Beside the time
on the clock stands that on the processors, which other work on the machine does not change, and how many bytes a
browser is sent. Desks are made once and kept in the folder, if one is given. The plain page draws the charts of
Response times from the same tickets with pandas, as a capable user would write it: the same figures with the same
bounds; its tickets are read once and kept.
"""

import argparse
import os
import statistics
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, product
from pathlib import Path

import polars as pl
import streamlit as st
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import data
from dashboard.desk import Desk, keep_zone, open_desk
from dashboard.navigation import LINES, Line
from dashboard.people import COMMAND_LINE
from dashboard.server.warm import warm
from dashboard.services.analysis.satisfaction import WAITS
from dashboard.services.facts.figures import facts_of
from dashboard.store import LoadRow
from tests.benchmarks.tickets import CHANNELS, DAYS, MONTHS, TEAMS, ZONE, tickets_and_ratings

ROOT = Path(__file__).resolve().parent.parent.parent
PLAIN = Path(__file__).with_name("plain_page.py")
EMPTY = 'import streamlit as st\nst.title("Empty")\n'
PATIENCE = 600
OURS = "response_times.py"
PLAIN_COLUMNS = [
    "channel", "team", "weekday", "hour", "peak", "first_response_at", "first_response_met",
    "first_response_calendar_seconds", "first_response_waiting_calendar_seconds",
]  # fmt: skip
PERIODS = {"compare.py": "last_quarter"}
"""Other pages show all days; a comparison needs days before."""


def desk_of(folder: Path, count: int) -> Desk:
    """A desk with so many generated tickets, with its facts and rollups; made where it is not there."""
    desk = open_desk(folder / str(count))
    if desk.head() is None:
        started = time.perf_counter()
        _fill(desk, count)
        facts_of(COMMAND_LINE, desk)
        print(f"{count:>10,} tickets: desk made in {time.perf_counter() - started:.0f} s", flush=True)
    return desk


def _fill(desk: Desk, count: int) -> None:
    versions: dict[str, int] = {}
    begin = 0
    for days in MONTHS:
        tickets, ratings = tickets_and_ratings(count * days // DAYS, begin=begin, days=days)
        tables = {"tickets": tickets, "ratings": ratings}
        versions |= desk.warehouse.commit(
            "bench", tables, base=versions, export_at=datetime(2026, 1, 2, tzinfo=UTC)
        ).versions
        begin += days
    with desk.keeping() as session:
        keep_zone(session, ZONE)
        session.add(
            LoadRow(
                at=datetime.now(UTC), actor="benchmark", kind="load", source="bench", versions=versions,
                as_of=desk.warehouse.newest(versions), files=[], settings={},
            )
        )  # fmt: skip


def filters() -> Iterator[dict[str, str]]:
    """Filters that differ each time, so that no answer is kept from before."""
    teams = (f"team {number:02}" for number in range(TEAMS))
    for team, channel in product(teams, CHANNELS):
        yield {"channel": channel, "team": team}


@dataclass(frozen=True)
class Run:
    """What one run of a page took: seconds on the clock and on the processors, bytes for the browser.

    sent: as they go over the wire, pressed together as a websocket does · plain: before that.
    """

    clock: float
    work: float
    sent: int
    plain: int


def measured(app: AppTest) -> Run:
    messages: list[bytes] = []
    ForwardMsgQueue.on_before_enqueue_msg(lambda message: messages.append(message.SerializeToString()))
    started, worked = time.perf_counter(), time.process_time()
    app.run()
    clock, work = time.perf_counter() - started, time.process_time() - worked
    found = Run(clock, work, sum(pressed(messages)), sum(map(len, messages)))
    ForwardMsgQueue.on_before_enqueue_msg(None)
    assert not app.exception, app.exception
    return found


def pressed(messages: Sequence[bytes]) -> Iterator[int]:
    """The bytes of each message as the server's websockets press them, with their window and memory."""
    press = zlib.compressobj(wbits=-12, memLevel=5)
    for message in messages:
        yield len(press.compress(message)) + len(press.flush(zlib.Z_SYNC_FLUSH))


def opened(script: Path, line: Line | None, **asked: str) -> Run:
    """The first run of a person's page."""
    app = AppTest.from_file(str(script), default_timeout=PATIENCE)
    for name, value in asked.items():
        app.query_params[name] = value
    if line is None:
        return measured(app)
    if line is not LINES[0]:
        # Before its first run a test of an app knows pages by their file only, not by their address.
        app._page_hash = calc_hash(line.url_path)
    found = measured(app)
    assert line is LINES[0] or app.title[0].value.startswith(line.title), f"{line.file} was not shown"
    return found


def empty_page(folder: Path) -> Run:
    script = folder / "empty.py"
    script.write_text(EMPTY, encoding="utf-8")
    runs = [opened(script, None) for _ in range(10)]
    return Run(statistics.median(run.clock for run in runs), statistics.median(run.work for run in runs), 0, 0)


def forget() -> None:
    """Drop every answer, and keep the frames that answers are made of."""
    st.cache_data.clear()
    data.forget()


def measure(desk: Desk, changes: int, pages: Sequence[str]) -> Iterator[tuple[str, list[Run]]]:
    """Pages and their runs: the first of the whole desk with cold caches, the others filtered, all but answers warm."""
    os.environ["FLOORWALKER_DATA"] = str(desk.root)
    main = ROOT / "dashboard" / "main.py"
    scoped = [line for line in LINES if line.scoped != "nothing"]  # the others have nothing to be filtered
    for line in (line for line in scoped if not pages or line.file in pages):
        forget()
        period = PERIODS.get(line.file, "all")
        opened(main, line, lang="en", period="last_7")  # the frames come into memory
        asked = [{}, *islice(filters(), changes)]
        yield line.file, [opened(main, line, lang="en", period=period, **one) for one in asked]


def plain(desk: Desk, folder: Path, changes: int) -> list[Run]:
    """The same for the plain pandas page, which is given the facts that its charts are made of."""
    facts = facts_of(COMMAND_LINE, desk)
    waits = facts.tickets.select("source", "ticket_id", "first_response_calendar_seconds")
    given = {
        "PLAIN_FACTS": facts.tickets.select(PLAIN_COLUMNS),
        "PLAIN_RATINGS": facts.ratings.select("source", "ticket_id", "channel", "team", "is_satisfied").join(
            waits, on=["source", "ticket_id"], how="left"
        ),
    }
    for name, frame in given.items():
        frame.write_parquet(folder / name)
        os.environ[name] = str(folder / name)
    os.environ["PLAIN_BANDS"] = ",".join(map(str, WAITS["first_response"]))
    opened(PLAIN, None)
    return [opened(PLAIN, None, **asked) for asked in [{}, *islice(filters(), changes)]]


def quantile(values: Sequence[float], q: float) -> float:
    found = pl.Series(values).quantile(q, "linear")
    return float(found or 0)


def tell(name: str, size: int, runs: Sequence[Run], empty: Run) -> tuple[float, float]:
    """Print a line; the work of the whole desk, and the typical one of a filter change."""
    clocks, works = [run.clock - empty.clock for run in runs], [run.work - empty.work for run in runs]
    numbers = [
        1000 * number
        for whole, *changed in (clocks, works)
        for number in (whole, quantile(changed, 0.5), quantile(changed, 0.95))
    ]
    numbers += [max(run.plain for run in runs) / 1000, max(run.sent for run in runs) / 1000]
    print(f"{name:<20}{size:>11,}" + "".join(f"{number:>9.0f}" for number in numbers), flush=True)
    return works[0], quantile(works[1:], 0.5)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[150_000, 1_000_000])
    arguments.add_argument("--filters", type=int, default=8)
    arguments.add_argument("--plain", type=int, default=1_000_000, help="tickets of the plain page; 0 leaves it out")
    arguments.add_argument("--pages", nargs="+", default=[], help="these files only, as response_times.py")
    arguments.add_argument("--folder", type=Path)
    asked = arguments.parse_args()
    warm()  # as a server does for its first visitors
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        empty = empty_page(Path(temporary))
        print(f"empty Streamlit page {empty.clock * 1000:.0f} ms, {empty.work * 1000:.0f} of work; taken off below")
        print(f"{'':<31}{'milliseconds on the clock':>27}{'on the processors':>27}{'kB at most':>18}")
        print(f"{'page':<20}{'tickets':>11}" + f"{'opened':>9}{'p50':>9}{'p95':>9}" * 2 + f"{'made':>9}{'sent':>9}")
        typical: dict[str, list[float]] = {}
        for size in asked.sizes:
            for name, runs in measure(desk_of(folder, size), asked.filters, asked.pages):
                typical.setdefault(name, []).append(tell(name, size, runs, empty)[1])
        for name, values in typical.items():
            print(f"{name:<22}{asked.sizes[-1]:,} ÷ {asked.sizes[0]:,}: {values[-1] / values[0]:.2f} of the work")
        if asked.plain:
            desk = desk_of(folder, asked.plain)
            theirs = tell("plain pandas page", asked.plain, plain(desk, Path(temporary), asked.filters), empty)
            ours = tell("response_times.py", asked.plain, dict(measure(desk, asked.filters, [OURS]))[OURS], empty)
            for what, their, our in zip(("all tickets", "one channel and team"), theirs, ours, strict=True):
                print(f"plain pandas page ÷ ours, {what}: {their / our:.1f}")


if __name__ == "__main__":
    main()
