"""Eight questions of a supervisor's pages through the product's own `compute`, beside DuckDB and pandas.

    python -m tests.benchmarks.figures [--tickets 1000000] [--rounds 7] [--only-asked]

All contenders have the same facts in memory: the product with its rollups, DuckDB in a native table with ENUM columns,
pandas with categories. They answer in turn within each round. DuckDB and pandas get every local day as a ready column
and tell values alone; the product tells n and the interval of each value as well, and fills gaps. Needs the extra
`bench`.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pandas as pd
import polars as pl

from metrics.catalog import METRICS, metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Every, Metric, Period, Scope
from metrics.rollup import Parts, Rollups, merged, updated
from tests.benchmarks.tickets import ZONE, monthly_facts

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
QUARTER, NINETY = Period(date(2025, 4, 1), date(2025, 7, 1)), Period(date(2025, 4, 10), date(2025, 7, 9))
QUANTILES = (0.5, 0.9, 0.95, 0.99)
FIRST = [f"first_response_calendar_p{q}" for q in (50, 90, 95, 99)]
FULL = [f"full_resolution_calendar_p{q}" for q in (50, 90, 95, 99)]
WITHIN = ["first_response_within_target", "resolution_within_target"]
FEW = {"team": ("team 03", "team 07", "team 12"), "priority": ("important", "urgent")}
SQL_QUANTILES = "quantile_cont({}, [0.5, 0.9, 0.95, 0.99])"
USED = (
    "first_response_calendar_seconds", "full_resolution_calendar_seconds", "first_response_met", "resolution_met",
    "is_reopened", "is_resolved", "is_satisfied", "first_response_at", "full_resolution_at",
    "first_response_decided_at", "resolution_decided_at", "rated_at",
)  # fmt: skip
Made = Callable[[], object]


@dataclass(frozen=True)
class Question:
    """One question in the words of each contender."""

    name: str
    ids: list[str]
    sql: list[str]
    frames: Callable[[pd.DataFrame, pd.DataFrame], object]
    by: tuple[str, ...] = ()
    every: Every | None = None
    scope: Scope = Scope(YEAR)  # noqa: RUF009 - frozen


def between(column: str, period: Period) -> str:
    return f"{column} >= DATE '{period.start}' and {column} < DATE '{period.end}'"


def inside(frame: pd.DataFrame, column: str, period: Period) -> pd.DataFrame:
    return frame[(frame[column] >= pd.Timestamp(period.start)) & (frame[column] < pd.Timestamp(period.end))]


def weeks(days: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    return days - pd.to_timedelta(days.dt.day_of_week, unit="D")


def kpis(tickets: pd.DataFrame, ratings: pd.DataFrame) -> list[object]:
    two = Period(date(2025, 5, 1), date(2025, 7, 1))
    return [
        inside(tickets, "first_day", two)["first_seconds"].quantile(QUANTILES),
        inside(tickets, "full_day", two)["full_seconds"].quantile(QUANTILES),
        inside(tickets, "first_decided", two)["first_met"].mean(),
        inside(tickets, "full_decided", two)["full_met"].mean(),
        inside(tickets, "created", two)["reopened"].mean(),
        inside(ratings, "rated", two)["satisfied"].mean(),
    ]


def agents(tickets: pd.DataFrame, period: Period) -> list[object]:
    people = {"observed": True, "sort": False}
    return [
        inside(tickets, "first_day", period).groupby("agent", **people)["first_seconds"].quantile([0.5, 0.9]),
        inside(tickets, "first_decided", period).groupby("agent", **people)["first_met"].mean(),
        inside(tickets, "full_day", period).groupby("agent", **people)["full_seconds"].size(),
    ]


def agents_sql(period: Period) -> list[str]:
    return [
        "select agent, quantile_cont(first_seconds, [0.5, 0.9]) from t "
        f"where {between('first_day', period)} group by all",
        f"select agent, avg(first_met::int) from t where {between('first_decided', period)} group by all",
        f"select agent, count(*) from t where {between('full_day', period)} group by all",
    ]


def agents_of(name: str, period: Period) -> Question:
    ids = [FIRST[0], FIRST[1], WITHIN[0], "tickets_resolved"]
    return Question(name, ids, agents_sql(period), lambda t, _: agents(t, period), ("agent",), None, Scope(period))


TWO = Period(date(2025, 5, 1), date(2025, 7, 1))
THIRTY = Period(date(2025, 9, 3), date(2025, 10, 3))
QUESTIONS = (
    Question(
        "Q1 p50-p99, channel x day", FIRST,
        [f"select channel, first_day, {SQL_QUANTILES.format('first_seconds')} from t "
         f"where {between('first_day', YEAR)} group by all"],
        lambda t, _: inside(t, "first_day", YEAR).groupby(["channel", "first_day"], observed=True)["first_seconds"]
        .quantile(QUANTILES), ("channel",), "day",
    ),
    Question(
        "Q2 within target, team x week", [WITHIN[0]],
        [f"select team, date_trunc('week', first_decided) as w, avg(first_met::int), count(first_met) from t "
         f"where {between('first_decided', YEAR)} group by all"],
        lambda t, _: (lambda d: d.groupby(["team", weeks(d["first_decided"])], observed=True)["first_met"].mean())(
            inside(t, "first_decided", YEAR)), ("team",), "week",
    ),
    Question(
        "Q3 satisfaction by day", ["csat"],
        [f"select rated, avg(satisfied::int), count(satisfied) from r where {between('rated', YEAR)} group by all"],
        lambda _, r: inside(r, "rated", YEAR).groupby("rated")["satisfied"].mean(), (), "day",
    ),
    Question(
        "Q4 reopened, team x type", ["reopen_rate"],
        ["select team, type, avg(reopened::int), count(reopened) from t "
         f"where {between('created', YEAR)} group by all"],
        lambda t, _: inside(t, "created", YEAR).groupby(["team", "type"], observed=True)["reopened"].mean(),
        ("team", "type"),
    ),
    Question(
        "Q5 3 teams, 2 priorities, 30 d", FIRST,
        [f"select {SQL_QUANTILES.format('first_seconds')} from t where {between('first_day', THIRTY)} "
         "and team in ('team 03', 'team 07', 'team 12') and priority in ('important', 'urgent')"],
        lambda t, _: (lambda d: d[d["team"].isin(FEW["team"]) & d["priority"].isin(FEW["priority"])]["first_seconds"]
        .quantile(QUANTILES))(inside(t, "first_day", THIRTY)), (), None, Scope(THIRTY, FEW),
    ),
    Question(
        "Q6 key figures, 2 months", [*FIRST, *FULL, *WITHIN, "reopen_rate", "csat"],
        [f"select {SQL_QUANTILES.format('first_seconds')} from t where {between('first_day', TWO)}",
         f"select {SQL_QUANTILES.format('full_seconds')} from t where {between('full_day', TWO)}",
         f"select avg(first_met::int) from t where {between('first_decided', TWO)}",
         f"select avg(full_met::int) from t where {between('full_decided', TWO)}",
         f"select avg(reopened::int) from t where {between('created', TWO)}",
         f"select avg(satisfied::int) from r where {between('rated', TWO)}"],
        kpis, (), None, Scope(TWO),
    ),
    Question(
        "Q7 weekday x hour x channel", ["tickets_created"],
        [f"select weekday, hour, channel, count(*) from t where {between('created', YEAR)} group by all"],
        lambda t, _: inside(t, "created", YEAR).groupby(["weekday", "hour", "channel"], observed=True).size(),
        ("weekday", "hour", "channel"),
    ),
    agents_of("Q8 500 agents, 3 months", QUARTER),
    agents_of("Q8' 500 agents, any 90 days", NINETY),
)  # fmt: skip


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


def contenders(
    question: Question, told: Facts, base: duckdb.DuckDBPyConnection, frames: tuple[pd.DataFrame, ...]
) -> dict[str, Made]:
    asked = [metric(id) for id in question.ids]
    plain = replace(told, rollups=None)
    return {
        "rollups": lambda: compute(asked, told, question.scope, by=question.by, every=question.every),
        "facts": lambda: compute(asked, plain, question.scope, by=question.by, every=question.every),
        "duckdb": lambda: [base.sql(text).to_arrow_table() for text in question.sql],
        "pandas": lambda: question.frames(*frames),
    }  # fmt: skip


def timed(call: Made) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e3


def check(told: Facts) -> float:
    """The greatest relative difference between quantiles from bins and exact ones over all questions."""
    worst = 0.0
    for question in QUESTIONS:
        asked = [metric(id) for id in question.ids]
        pair = [
            compute(asked, one, question.scope, by=question.by, every=question.every)
            for one in (told, replace(told, rollups=None))
        ]
        assert pair[0]["n"].equals(pair[1]["n"]), question.name
        off = ((pair[0]["value"] - pair[1]["value"]).abs() / pair[1]["value"]).fill_nan(0).max()
        worst = max(worst, float(off) if isinstance(off, float) else 0.0)
    return worst


def prepared(count: int, metrics: Sequence[Metric]) -> Facts:
    """The facts by month, cut down to what the questions need, and the rollups of the months added up."""
    started, spent = time.perf_counter(), 0.0
    pieces: dict[str, list[pl.DataFrame]] = {"tickets": [], "ratings": []}
    parts = Parts()
    for month in monthly_facts(count):
        begun = time.perf_counter()
        parts = joined(parts, updated(Parts(words=parts.words), month, metrics)[0])
        spent += time.perf_counter() - begun
        for name, kept in pieces.items():
            kept.append(needed(getattr(month, name)))
    whole = replace(month, **{name: pl.concat(kept) for name, kept in pieces.items()})
    begun = time.perf_counter()
    tables = merged(parts)
    spent += time.perf_counter() - begun
    size = sum(table.estimated_size() for table in tables.values()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    made = time.perf_counter() - started - spent
    print(f"{count:,} tickets: generated, with facts, in {made:.1f} s; {len(tables)} rollups")
    print(f"in {spent:.1f} s, {size:.0f} MB in memory; peak of the whole {peak:.0f} MB")
    empty = {name: getattr(month, name).clear() for name in ("replies", "sla_instances")}
    return replace(whole, **empty, rollups=Rollups(tables, parts.words, exact_below=0))


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
    names = [*dims, *(metric.at for metric in asked), *(metric.person for metric in asked), *USED]
    return frame.select(name for name in dict.fromkeys(names) if name in frame.columns)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tickets", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--only-asked", action="store_true", help="rollups of the questions' metrics alone")
    asked = arguments.parse_args()
    wanted = dict.fromkeys(id for question in QUESTIONS for id in question.ids) if asked.only_asked else METRICS
    told = prepared(asked.tickets, [metric(id) for id in wanted])
    tickets, ratings = shared(told)
    base, frames = database(tickets, ratings), (panda(tickets), panda(ratings))
    print(f"greatest relative difference of a value from its exact one: {check(told):.4f}", flush=True)
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(asked.rounds):
        for question in QUESTIONS:
            for name, call in contenders(question, told, base, frames).items():
                times.setdefault((question.name, name), []).append(timed(call))
    report(times)


def report(times: dict[tuple[str, str], list[float]]) -> None:
    names = ("rollups", "facts", "duckdb", "pandas")
    print(f"{'ms, min/median/max':<30}" + "".join(f"{name:>24}" for name in names) + f"{'duckdb, pandas x':>20}")
    sums = dict.fromkeys(names, 0.0)
    for question in QUESTIONS:
        own = {name: times[question.name, name] for name in names}
        medians = {name: statistics.median(own[name]) for name in names}
        cells = (f"{min(own[name]):.1f}/{medians[name]:.1f}/{max(own[name]):.1f}" for name in names)
        line("".join(f"{cell:>24}" for cell in cells), question.name, medians)
        if not question.name.startswith(("Q5", "Q8'")):
            sums = {name: sums[name] + medians[name] for name in names}
    line("".join(f"{sums[name]:>24.1f}" for name in names), "sum of medians, no Q5, Q8'", sums)


def line(cells: str, name: str, medians: dict[str, float]) -> None:
    ratios = ", ".join(f"{medians[other] / medians['rollups']:.1f}" for other in ("duckdb", "pandas"))
    print(f"{name:<30}{cells}{ratios:>20}")


if __name__ == "__main__":
    main()
