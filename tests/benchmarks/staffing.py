"""How long a week's plan takes, and Erlang C beside pyworkforce: python -m tests.benchmarks.staffing [--beside PYTHON].

PYTHON: an interpreter of an own environment that has pyworkforce; it is no dependency of this project.
"""

import argparse
import json
import subprocess
import time
from datetime import UTC, date, datetime, timedelta

import polars as pl

from metrics.staffing.arrivals import completed
from metrics.staffing.erlang import patient_calls, people_for_patient
from metrics.staffing.forecast import forecast_of
from metrics.staffing.model import StaffingRules
from metrics.staffing.requirement import needs_of
from tests.metrics.staffing.series import counted, desk, usual

QUEUES = {"phone": 60.0, "chat": 40.0, "wechat": 25.0, "email": 15.0, "web_form": 8.0}
RULES = {
    "phone": StaffingRules("erlang_a", handle_seconds=265, patience_seconds=300),
    "chat": StaffingRules("chat", within_seconds=120, handle_seconds=480, patience_seconds=300, concurrency=3),
    "wechat": StaffingRules("chat", within_seconds=120, handle_seconds=480, patience_seconds=300, concurrency=3),
    "email": StaffingRules("deferred", within_seconds=14_400, handle_seconds=600),
    "web_form": StaffingRules("deferred", within_seconds=1_800, handle_seconds=600),
}
LOADS = (10, 100, 1000, 5000)
THEIRS = """
import json, time
from pyworkforce.queuing import ErlangC
out = []
for load in %s:
    e = ErlangC(transactions=load * 10, aht=3.0, asa=20 / 60, interval=30, shrinkage=0.0)
    best = 1e9
    for _ in range(20):
        t = time.process_time(); found = e.required_positions(service_level=0.8, max_occupancy=1.0)
        best = min(best, time.process_time() - t)
    level = e.service_level(positions=found["raw_positions"], scale_positions=False)
    out.append((found["raw_positions"], level, best))
print(json.dumps(out))
"""


def plan(weeks: int) -> None:
    """One week of half-hours for five queues after so many weeks of history."""
    first = date(2026, 1, 5)
    until = datetime.combine(first + timedelta(weeks=weeks), datetime.min.time(), UTC)
    told = [counted(usual(level), first=first, days=7 * weeks, queue=name) for name, level in QUEUES.items()]
    arrivals = completed(pl.concat(told), desk(), minutes=30, until=until)
    wall, spent = time.perf_counter(), time.process_time()
    forecast = forecast_of(arrivals, desk(), minutes=30, origin=until, days=7)
    made = time.process_time()
    there = forecast.frame.select("queue", "starts_at", rostered=pl.lit(5.0))
    needs = needs_of(forecast, RULES, rostered=there)
    ended, clock = time.process_time(), time.perf_counter() - wall
    print(
        f"{weeks} weeks of history, {needs.frame.height} intervals: forecast {made - spent:.2f} s, "
        f"requirement and gaps {ended - made:.2f} s CPU; {clock:.2f} s wall"
    )


def beside(python: str) -> None:
    """People for 80/20 at several loads: both answers, their difference, and the ratio of the times."""
    theirs = json.loads(subprocess.run([python, "-c", THEIRS % (LOADS,)], capture_output=True, check=True).stdout)
    for load, (people, level, seconds) in zip(LOADS, theirs, strict=True):
        best = 1e9
        for _ in range(20):
            began = time.process_time()
            ours = people_for_patient(load, handle_seconds=180, within_seconds=20, share=0.8)
            best = min(best, time.process_time() - began)
        gap = abs(patient_calls(load, people, handle_seconds=180, within_seconds=20).in_time - level)
        print(
            f"{load} Erlangs: ours {ours}, theirs {people}, service level apart by {gap:.1e}; "
            f"{best * 1e3:.3f} ms against {seconds * 1e3:.3f} ms, {seconds / best:.1f} times as fast"
        )


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--beside")
    given = asked.parse_args()
    for weeks in (8, 26):
        plan(weeks)
    if given.beside:
        beside(given.beside)
