"""A load end to end beside a plain CSV-to-Delta write of the same rows: `python -m tests.benchmarks.load [--rows N]`.

Both run in processes of their own, in turn, three times. The chain is read, check, map and commit of the tables; the
figures, which are made next, before the ledger shows the load, are told beside it. Memory is the peak of the process
tree.
"""

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import psutil

from tests.conftest import ROOT

ROUNDS = 3
SAMPLE_SECONDS = 0.02
START = 1_704_067_200
STATES = ("new", "open", "pending", "resolved", "closed")
CHANNELS = ("chat", "email", "phone", "web_form", "wechat")


@dataclass(frozen=True)
class Run:
    """One run: seconds without the start of Python, the peak of its process tree, further seconds told by name."""

    seconds: float
    peak_mb: float
    more: dict[str, float]


def generate(path: Path, rows: int) -> None:
    """A ticket export of twelve columns over eighteen months, not in order of creation."""
    number = pl.int_range(rows, eager=True)
    created = START + (number * 7919) % (540 * 86_400)
    text = "%Y-%m-%d %H:%M:%S"

    def stamp(seconds: pl.Series) -> pl.Series:
        return pl.from_epoch(seconds, time_unit="s").dt.strftime(text)

    def pick(values: tuple[str, ...], step: int) -> pl.Series:
        return pl.Series(values).gather((number * step) % len(values))

    frame = pl.DataFrame(
        {
            "ticket_id": "INC" + number.cast(pl.String).str.zfill(8),
            "created_at": stamp(created),
            "first_responded_at": stamp(created + 60 + (number * 31) % 7200),
            "resolved_at": stamp(created + 7200 + (number * 131) % 400_000),
            "status": pick(STATES, 3),
            "channel": pick(CHANNELS, 7),
            "priority": pick(("urgent", "important", "normal", "low"), 5),
            "type": "type " + ((number * 11) % 25).cast(pl.String),
            "team": "team " + ((number * 13) % 12).cast(pl.String),
            "agent": "agent " + ((number * 17) % 140).cast(pl.String),
            "customer": "customer " + ((number * 19) % 90_000).cast(pl.String),
            "subject": "Where is my order " + ((number * 23) % 500_000).cast(pl.String) + "?",
        }
    )
    frame.write_csv(path)


def plain(path: Path, target: Path) -> None:
    """What anybody would write by hand."""
    begun = time.perf_counter()
    pl.read_csv(path, try_parse_dates=False).write_delta(str(target))
    print(f"seconds={time.perf_counter() - begun}", flush=True)


def chain(path: Path, target: Path) -> None:
    """The product's own way; also told: each step, and the figures."""
    from dashboard.desk import open_desk
    from dashboard.people import COMMAND_LINE
    from dashboard.services.loading.loads import LoadOptions, load_files
    from loaders.base import Progress

    begun = time.perf_counter()
    seen: dict[str, float] = {}

    def note(progress: Progress) -> None:
        first = progress.step not in seen
        seen.setdefault(progress.step, time.perf_counter() - begun)
        if first and progress.step == "figures":  # the tables are committed; what follows is told beside it
            print(f"seconds={seen['figures']}", flush=True)

    report = load_files(COMMAND_LINE, open_desk(target), [path], options=LoadOptions(zone="UTC"), on_progress=note)
    done = time.perf_counter() - begun
    told = report.to_json()["files"][0]
    assert told["loaded"] == told["rows_read"] == told["inserted"], told
    steps = [*seen, "end"]
    for step, following in itertools.pairwise(steps):
        print(f"{step}={seen.get(following, done) - seen[step]}")


def run(kind: str, path: Path, target: Path) -> Run:
    """One run in a process of its own; its tree's peak memory up to the moment when it says its seconds."""
    command = [sys.executable, "-m", "tests.benchmarks.load", "--run", kind, str(path), str(target)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak = [0]
    threading.Thread(target=_watch, args=(psutil.Process(process.pid), peak), daemon=True).start()
    told: dict[str, float] = {}
    for line in process.stdout or ():
        name, _, value = line.partition("=")
        told |= {"peak": peak[0] / 1e6} if name == "seconds" else {}
        told[name] = float(value)
    if process.wait():
        raise SystemExit(f"the run of {kind} failed")
    return Run(told.pop("seconds"), told.pop("peak"), {**told, "peak MB with figures": peak[0] / 1e6})


def _watch(process: psutil.Process, peak: list[int]) -> None:
    with suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            peak[0] = max(peak[0], sum(_memory(one) for one in [process, *process.children(recursive=True)]))
            time.sleep(SAMPLE_SECONDS)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def compare(rows: int) -> None:
    """Three rounds of each in turn, and their ratio."""
    runs: dict[str, list[Run]] = {"plain": [], "chain": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tickets.csv"
        generate(path, rows)
        print(f"{rows:,} rows × 12 columns, {path.stat().st_size / 1e6:.0f} MB")
        for number in range(ROUNDS):
            for kind, done in runs.items():
                done.append(run(kind, path, Path(folder) / f"{kind}-{number}"))
    for kind, done in runs.items():
        seconds, peaks = _spread([one.seconds for one in done]), _spread([one.peak_mb for one in done])
        print(f"{kind:6} seconds  {seconds}   peak MB {peaks}")
    for step in runs["chain"][0].more:
        print(f"  {step:20} {_spread([one.more[step] for one in runs['chain']])}")
    time_ratio = _median(runs["chain"], "seconds") / _median(runs["plain"], "seconds")
    memory_ratio = _median(runs["chain"], "peak_mb") / _median(runs["plain"], "peak_mb")
    print(f"ratio of medians: time {time_ratio:.2f} (at most 4), memory {memory_ratio:.2f} (at most 3)")


def _median(runs: list[Run], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in runs))


def _spread(values: list[float]) -> str:
    return f"min {min(values):.2f} median {statistics.median(values):.2f} max {max(values):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--run", nargs=3, metavar=("KIND", "FILE", "TARGET"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        kind, path, target = given.run
        {"plain": plain, "chain": chain}[kind](Path(path), Path(target))
    else:
        compare(given.rows)


if __name__ == "__main__":
    main()
