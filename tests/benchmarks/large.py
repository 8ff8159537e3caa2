"""Facts and rollups of very many tickets, month by month, with progress: what time and memory they take.

    python -m tests.benchmarks.large [--tickets 100000000] [--months 24] [--folder FOLDER]

The tickets are generated month by month as Delta tables, then the product makes their state in a process of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from dashboard.services.facts.fact_files import is_whole
from dashboard.services.facts.monthly import make_state
from dashboard.services.facts.months import Plan, StateMeta
from loaders.warehouse import Warehouse
from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.merge import prepared
from loaders.warehouse.months import MonthlyTables
from metrics.tables import TABLES
from tests.benchmarks.tickets import AS_OF, MONTHS, SETTINGS, tickets_and_ratings

ROOT = Path(__file__).parents[2]
SOURCE = "bench"


def say(line: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)


def write_tables(root: Path, count: int, months: int) -> dict[str, int]:
    """So many tickets, month after month from January 2025 on; their versions."""
    lengths = [MONTHS[place % 12] for place in range(months)]
    versions: dict[str, int] = {}
    for place, days in enumerate(lengths):
        made = tickets_and_ratings(count * days // sum(lengths), begin=sum(lengths[:place]), days=days)
        for name, frame in zip(("tickets", "ratings"), made, strict=True):
            folder, at = DeltaFolder(root / SOURCE / name), f"{SOURCE}/{name}"
            rows = prepared(frame, TABLES[name], export_at=None)
            versions[at] = folder.append(rows) if at in versions else folder.create(rows)
        say(f"month {place + 1} of {months}: {made[0].height:,} tickets generated")
    return versions


def build(root: Path, versions: dict[str, int], state: Path) -> None:
    """Make the state; told are its time, its processor time and the greatest memory of the process."""
    begun, cpu = time.perf_counter(), time.process_time()

    def on_month(month: str, done: float) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        say(f"{done:4.0%} {month or 'rows of no ticket'}, CPU {time.process_time() - cpu:,.0f} s, peak {peak:.2f} GiB")

    tables = MonthlyTables(root, versions)
    plan = Plan(tables, "benchmark", StateMeta())
    make_state(plan, Warehouse(root).tables(versions), SETTINGS, AS_OF, folder=state, older=None, on_month=on_month)
    if not is_whole(state):
        raise SystemExit("the state is not whole")
    wall, used = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    say(f"{tables.tickets:,} tickets: wall {wall:,.0f} s, CPU {used:,.0f} s, peak {peak:.2f} GiB, load {load}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--folder", type=Path, help="where tables and facts are written, and left")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        build(given.folder / "warehouse", json.loads(given.build), given.folder / "state")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        versions = write_tables(folder / "warehouse", given.tickets, given.months)
        command = [sys.executable, "-m", "tests.benchmarks.large", "--folder", str(folder)]
        subprocess.run([*command, "--build", json.dumps(versions)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
