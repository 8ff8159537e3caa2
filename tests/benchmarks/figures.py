"""Eight questions of a supervisor's pages through the product's own `compute`, beside DuckDB, pandas and PostgreSQL.

    python -m tests.benchmarks.figures [--tickets 150000 1000000] [--rounds 7] [--postgres-rounds 3] [--kept FOLDER]

All contenders have the same facts: the product in memory with its rollups, DuckDB in a native table with ENUM columns,
pandas with categories, PostgreSQL with enums and indexes in a cluster of its own, which is started and ended here. They
answer in turn within each round, the product at each of the sizes. The others get every local day as a ready column and
tell values alone; the product tells n and the interval of each value as well, and fills gaps. Needs the extra `bench`.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import duckdb
import pandas as pd
import polars as pl

from metrics import rows
from metrics.absence import NEEDS
from metrics.catalog import metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Metric
from metrics.rollup import Parts, Rollups, merged, updated
from tests.benchmarks.postgres import Postgres, binaries, worded
from tests.benchmarks.questions import QUESTIONS, Question
from tests.benchmarks.tickets import AS_OF, ZONE, monthly_facts

USED = (
    "first_response_calendar_seconds", "full_resolution_calendar_seconds", "first_response_met", "resolution_met",
    "is_reopened", "is_resolved", "is_satisfied", "first_response_at", "full_resolution_at",
    "first_response_decided_at", "resolution_decided_at", "rated_at",
)  # fmt: skip
NEEDED = ("tickets", "ratings")
OTHERS = ("duckdb", "pandas", "postgres")
SUMMED = ("Q1", "Q2", "Q3", "Q4", "Q6", "Q7", "Q8")
"""The questions that rollups cover, whose medians are added up."""
Made = Callable[[], object]
Spent = tuple[float, float]
Times = dict[tuple[int, str, str], list[Spent]]
CLOCK, WORK = 0, 1


@dataclass(frozen=True)
class Size:
    """One desk of so many tickets, as each contender has it."""

    count: int
    told: Facts
    base: duckdb.DuckDBPyConnection
    frames: tuple[pd.DataFrame, pd.DataFrame]
    server: Postgres | None


def shared(made: Facts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The columns that the questions need, for DuckDB and pandas: texts as ENUM, instants as local days."""

    def day(at: str, name: str) -> pl.Expr:
        return pl.col(at).dt.convert_time_zone(ZONE).dt.date().alias(name)

    texts = ("channel", "priority", "team", "agent", "type", "weekday", "hour")
    tickets = made.tickets.select(
        *(pl.col(name).cast(pl.Enum(made.tickets[name].unique().drop_nulls().sort())) for name in texts),
        day("first_response_at", "first_day"), day("full_resolution_at", "full_day"), day("created_at", "created"),
        day("first_response_decided_at", "first_decided"), day("resolution_decided_at", "full_decided"),
        pl.col("first_response_calendar_seconds").cast(pl.Int32).alias("first_seconds"),
        pl.col("full_resolution_calendar_seconds").cast(pl.Int32).alias("full_seconds"),
        first_met="first_response_met", full_met="resolution_met", reopened="is_reopened",
    )  # fmt: skip
    return tickets, made.ratings.select(day("rated_at", "rated"), satisfied="is_satisfied")


def database(tickets: pl.DataFrame, ratings: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    for name, frame in (("t", tickets), ("r", ratings)):
        connection.register("given", frame.to_arrow())
        connection.execute(f"create table {name} as select * from given")
        connection.unregister("given")
    return connection


def panda(frame: pl.DataFrame) -> pd.DataFrame:
    """Days as pandas' own instants, truth with gaps as floats: the fastest that pandas has."""
    flags = [name for name, dtype in frame.schema.items() if dtype == pl.Boolean]
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return frame.with_columns(pl.col(flags).cast(pl.Float32), pl.col(days).cast(pl.Datetime("ms"))).to_pandas()


def contenders(question: Question, size: Size) -> dict[str, Made]:
    asked = [metric(id) for id in question.ids]
    plain = replace(size.told, rollups=None)
    made: dict[str, Made] = {
        "ours": lambda: compute(asked, size.told, question.scope, by=question.by, every=question.every),
        "no rollups": lambda: compute(asked, plain, question.scope, by=question.by, every=question.every),
        "duckdb": lambda: [size.base.sql(text).to_arrow_table() for text in question.sql],
        "pandas": lambda: question.frames(*size.frames),
    }  # fmt: skip
    server = size.server
    if server is not None:
        made["postgres"] = lambda: server.ask(*(worded(text) for text in question.sql))
    return made


def timed(call: Made) -> Spent:
    """Milliseconds by the clock and of this process's work."""
    started, worked = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - started) * 1e3, (time.process_time() - worked) * 1e3


def check(told: Facts) -> float:
    """The greatest relative difference between quantiles as they are told and exact ones over all questions."""
    worst = 0.0
    for question in QUESTIONS:
        asked = [metric(id) for id in question.ids]
        ask = partial(compute, asked, scope=question.scope, by=question.by, every=question.every)
        answer = ask(told)
        with patch.object(rows, "EXACT_ROWS", told.tickets.height):
            exact = ask(replace(told, rollups=None))
        assert answer["n"].equals(exact["n"]), question.name
        off = ((answer["value"] - exact["value"]).abs() / exact["value"]).fill_nan(0).max()
        worst = max(worst, float(off) if isinstance(off, float) else 0.0)
    return worst


def prepared(count: int, metrics: Sequence[Metric], kept: Path | None) -> Facts:
    """The facts by month, cut down to what the questions need, and the rollups of the months added up."""
    begun = time.perf_counter()
    whole = read(kept / str(count)) if kept and (kept / str(count)).is_dir() else generated(count)
    if kept and not (kept / str(count)).is_dir():
        (kept / str(count)).mkdir(parents=True)
        for name in NEEDED:
            getattr(whole, name).write_ipc(kept / str(count) / f"{name}.arrow")
    made, begun = time.perf_counter() - begun, time.perf_counter()
    parts = Parts()
    for month in by_month(whole):
        parts = joined(parts, updated(Parts(words=parts.words), month, metrics)[0])
    tables = merged(parts)
    spent = time.perf_counter() - begun
    size = sum(table.estimated_size() for table in tables.values()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{count:,} tickets: made or read, with facts, in {made:.1f} s; {len(tables)} rollups")
    print(f"in {spent:.1f} s, {size:.0f} MB in memory; peak so far {peak:.0f} MB", flush=True)
    return replace(whole, rollups=Rollups(tables, parts.words))


def generated(count: int) -> Facts:
    """The facts of each month by itself, so that they need not all stand in memory with every column."""
    pieces: dict[str, list[pl.DataFrame]] = {name: [] for name in NEEDED}
    for month in monthly_facts(count):
        for name, kept in pieces.items():
            kept.append(needed(getattr(month, name)))
    return alone({name: pl.concat(kept) for name, kept in pieces.items()})


def read(folder: Path) -> Facts:
    return alone({name: pl.read_ipc(folder / f"{name}.arrow") for name in NEEDED})


def alone(frames: dict[str, pl.DataFrame]) -> Facts:
    """Facts that have nothing but these."""
    nothing = {name: pl.DataFrame() for name in ("replies", "sla_instances")}
    return Facts(**frames, **nothing, zone=ZONE, as_of=AS_OF)


def by_month(whole: Facts) -> Iterator[Facts]:
    """The facts of the tickets of each month."""
    frames = {name: getattr(whole, name) for name in NEEDED}
    months = {name: frame["created_at"].dt.truncate("1mo") for name, frame in frames.items()}
    for month in months["tickets"].unique().sort():
        yield replace(whole, **{name: frame.filter(months[name] == month) for name, frame in frames.items()})


def joined(one: Parts, other: Parts) -> Parts:
    """The partitions of both; they share no month, and the words of the later hold those of the earlier."""
    tables = {
        shape: pl.concat([one.tables[shape], table]) if shape in one.tables else table
        for shape, table in other.tables.items()
    }
    return Parts(tables, other.words)


def needed(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that some question looks at."""
    asked = [metric(id) for question in QUESTIONS for id in question.ids]
    dims = ("channel", "priority", "team", "agent", "type", "weekday", "hour", "date_only", "created_at")
    needs = [NEEDS[name].column for metric in asked for name in metric.needs]
    names = [*dims, *(metric.at for metric in asked), *(metric.person for metric in asked), *USED, *needs]
    return frame.select(name for name in dict.fromkeys(names) if name in frame.columns)


def sized(count: int, metrics: Sequence[Metric], server: Postgres | None, kept: Path | None) -> Size:
    """A desk for all contenders; PostgreSQL has the largest one only."""
    told = prepared(count, metrics, kept)
    tickets, ratings = shared(told)
    if server is not None:
        started = time.perf_counter()
        server.take(tickets, ratings)
        print(f"PostgreSQL took them, with indexes, in {time.perf_counter() - started:.0f} s", flush=True)
    print(f"greatest relative difference of a value from its exact one: {check(told):.4f}", flush=True)
    return Size(count, told, database(tickets, ratings), (panda(tickets), panda(ratings)), server)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tickets", type=int, nargs="+", default=[150_000, 1_000_000])
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--postgres-rounds", type=int, default=3)
    arguments.add_argument("--kept", type=Path, help="a folder in which facts are kept for the next run")
    asked = arguments.parse_args()
    # The facts have the columns of these alone; other metrics would add columns to the same rollups, and no rows.
    metrics = [metric(id) for id in dict.fromkeys(id for question in QUESTIONS for id in question.ids)]
    counts = sorted(asked.tickets)
    with ExitStack() as opened:
        programs = binaries() if asked.postgres_rounds else None
        server = opened.enter_context(Postgres(programs)) if programs else None
        sizes = [sized(count, metrics, server if count == counts[-1] else None, asked.kept) for count in counts]
        times = measured(sizes, asked.rounds, asked.postgres_rounds)
    for size in sizes:
        report(size.count, times, CLOCK)
        report(size.count, times, WORK)
    if len(sizes) > 1:
        flatness(counts, times)
    started()


def measured(sizes: Sequence[Size], rounds: int, postgres_rounds: int) -> Times:
    """Milliseconds of every contender at every question, in turn within each round."""
    times: Times = {}
    with suppress(KeyboardInterrupt):  # what was measured until then is told
        for turn in range(rounds):
            for question in QUESTIONS:
                for size in sizes:
                    for name, call in contenders(question, size).items():
                        if name != "postgres" or turn < postgres_rounds:
                            times.setdefault((size.count, question.name, name), []).append(timed(call))
            print(f"round {turn + 1} of {rounds} is over", flush=True)
    return times


def report(count: int, times: Times, which: int) -> None:
    """Milliseconds by the clock, or of work: of a server in another process that is not known."""
    names = [name for name in ("ours", "no rollups", *OTHERS) if any(key[::2] == (count, name) for key in times)]
    names = [name for name in names if which == CLOCK or name != "postgres"]
    asked = [question for question in QUESTIONS if all((count, question.name, name) in times for name in names)]
    others = [name for name in OTHERS if name in names]
    kind = "ms, min/median/max" if which == CLOCK else "ms of work, min/median/max"
    print(f"\n{count:,} tickets\n{kind:<32}" + "".join(f"{name:>24}" for name in names) + "  ratios")
    sums = dict.fromkeys(names, 0.0)
    for question in asked:
        own = {name: [spent[which] for spent in times[count, question.name, name]] for name in names}
        medians = {name: statistics.median(own[name]) for name in names}
        cells = (f"{min(own[name]):.1f}/{medians[name]:.1f}/{max(own[name]):.1f}" for name in names)
        line("".join(f"{cell:>24}" for cell in cells), question.name, medians, others)
        if question.name.startswith(SUMMED):
            sums = {name: sums[name] + medians[name] for name in names}
    line("".join(f"{sums[name]:>24.1f}" for name in names), "sum of medians Q1-Q8 without Q5", sums, others)


def line(cells: str, name: str, medians: dict[str, float], others: Sequence[str]) -> None:
    ratios = ", ".join(f"{other} x{medians[other] / medians['ours']:.1f}" for other in others)
    print(f"{name:<32}{cells}  {ratios}")


def flatness(counts: Sequence[int], times: Times) -> None:
    """What a covered page costs at each size: medians by the clock and of work, the largest beside the smallest."""
    print(
        f"\n{'covered, ms, median / of work':<32}" + "".join(f"{count:>16,}" for count in counts) + "  largest/smallest"
    )
    for question in QUESTIONS:
        if question.covered and all((count, question.name, "ours") in times for count in counts):
            own = [times[count, question.name, "ours"] for count in counts]
            medians = [[statistics.median(one[which] for one in spent) for which in (CLOCK, WORK)] for spent in own]
            cells = "".join(f"{f'{clock:.1f} / {work:.1f}':>16}" for clock, work in medians)
            ratios = ", ".join(f"x{medians[-1][which] / medians[0][which]:.2f}" for which in (CLOCK, WORK))
            print(f"{question.name:<32}{cells}  {ratios}")


def started(rounds: int = 7) -> None:
    """How long `floorwalker --help` takes beside an import of Polars alone."""
    commands = {
        "floorwalker --help": [str(Path(sys.executable).with_name("floorwalker")), "--help"],
        "import polars": [sys.executable, "-c", "import polars"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(timed(partial(subprocess.run, command, check=True, capture_output=True))[CLOCK])
    medians = {name: statistics.median(one) for name, one in times.items()}
    told = ", ".join(f"{name} {min(one):.0f}/{medians[name]:.0f}/{max(one):.0f} ms" for name, one in times.items())
    print(f"\nstart: {told}: x{medians['floorwalker --help'] / medians['import polars']:.2f}")


if __name__ == "__main__":
    main()
