"""Facts and rollups of generated tickets, month by month, beside the same in DuckDB; and of one changed month.

    python -m tests.benchmarks.build [--tickets 1000000] [--rounds 1]

Each contender runs in a process of its own, in turn within each round, on the same Delta files: the product as after a
load, writing its Arrow files; DuckDB in memory, writing nothing. DuckDB measures less: both clocks of the first
response and the resolution, targets, verdicts and due instants, repeat contacts, one row for each running, ratings with
their tickets; its rollups are those of the product over the columns that it has. The product makes all of its columns
and all of its rollups. CPU seconds are what a shared machine leaves comparable. Needs the extra `bench`.
"""

import argparse
import itertools
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from dashboard.services.fact_files import is_whole
from dashboard.services.monthly import make_state, read_meta
from dashboard.services.months import Plan, StateMeta
from loaders.warehouse import Warehouse
from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.merge import prepared
from loaders.warehouse.months import MonthlyTables
from metrics.calendar import open_spans
from metrics.catalog import METRICS
from metrics.rollup import BIN, DAY, MONTH, Shape, shapes
from metrics.tables import TABLES
from tests.benchmarks.tickets import AS_OF, DAYS, MONTHS, SETTINGS, ZONE, tickets_and_ratings

ROOT = Path(__file__).parents[2]
SOURCE = "bench"
SLOT = 900
CHANGED = 6
"""The month, from 0, that gets other rows."""
Told = dict[str, float]


def write_tables(root: Path, count: int) -> dict[str, int]:
    """So many tickets of a year and their ratings as Delta tables by month; their versions."""
    versions: dict[str, int] = {}
    for place in range(len(MONTHS)):
        for name, frame in zip(("tickets", "ratings"), month_of(place, count), strict=True):
            folder = DeltaFolder(root / SOURCE / name)
            rows = prepared(frame, TABLES[name], export_at=None)
            versions[f"{SOURCE}/{name}"] = (
                folder.append(rows) if f"{SOURCE}/{name}" in versions else folder.create(rows)
            )
    return versions


def month_of(place: int, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    days, end = MONTHS[place], int(np.cumsum(MONTHS)[place])
    return tickets_and_ratings(count * days // DAYS, begin=end - days, days=days)


def change_month(root: Path, versions: Mapping[str, int], count: int) -> dict[str, int]:
    """Give every tenth ticket of one month another team; the versions after."""
    name = f"{date(2025, CHANGED + 1, 1):%Y-%m}"
    folder = DeltaFolder(root / SOURCE / "tickets")
    rows = folder.scan(versions[f"{SOURCE}/tickets"]).filter(pl.col("month") == name).collect()
    tenth = pl.int_range(pl.len()) % 10 == 0
    changed = rows.with_columns(team=pl.when(tenth).then(pl.lit("team 00")).otherwise("team"))
    assert changed.height > count // 20
    return {**versions, f"{SOURCE}/tickets": folder.replace_months(changed, [name])}


def measured(work: Callable[[], object]) -> Told:
    """CPU and wall seconds of some work, and the peak memory of the process after it."""
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    told = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - begun}
    return {**told, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def product(root: Path, versions: Mapping[str, int], folder: Path, older: Path | None) -> None:
    before = read_meta(older) if older else None
    plan = Plan(MonthlyTables(root, versions), "benchmark", before or StateMeta())
    tables = Warehouse(root).tables(versions)
    make_state(plan, tables, SETTINGS, AS_OF, folder=folder, older=older, on_month=lambda _month, _done: None)
    assert is_whole(folder)


def duckdb(root: Path, versions: Mapping[str, int]) -> None:
    import duckdb as engine

    connection = engine.connect()
    connection.execute("set threads = 2")
    for name in ("tickets", "ratings"):
        files = [str(root / SOURCE / name / path) for path, *_ in DeltaFolder(root / SOURCE / name).files(
            versions[f"{SOURCE}/{name}"])]  # fmt: skip
        connection.execute(f"create view {name} as select * exclude (month) from read_parquet({files})")
    for name, frame in (("slots", slots()), ("closings", closings())):
        connection.register("given", frame.to_arrow())
        connection.execute(f"create table {name} as select * from given")
    for statement in FACTS:
        connection.execute(statement)
    for place, statement in enumerate(rollup_statements(connection)):
        connection.execute(f"create table rollup_{place} as {statement}")


def slots() -> pl.DataFrame:
    """Open seconds before each quarter of an hour, and whether it is open."""
    begin, end = datetime(2024, 12, 1, tzinfo=UTC), AS_OF + timedelta(days=400)
    first = int(begin.timestamp()) // SLOT
    count = int(end.timestamp()) // SLOT - first
    is_open = np.zeros(count, dtype=np.int64)
    for start, stop in open_spans(SETTINGS.calendars, "desk", start=begin, end=end):
        is_open[int(start.timestamp()) // SLOT - first : int(stop.timestamp()) // SLOT - first] = 1
    return pl.DataFrame({"slot": np.arange(count) + first, "cum": np.cumsum(is_open * SLOT) - is_open * SLOT,
                         "is_open": is_open})  # fmt: skip


def closings() -> pl.DataFrame:
    """When the desk closes and how many open seconds have passed by then."""
    ends = slots().with_columns(total=pl.col("cum") + SLOT * pl.col("is_open"))
    last = ends.filter((pl.col("is_open") == 1) & (pl.col("is_open").shift(-1) == 0))
    return last.select(total="total", at=(pl.col("slot") + 1) * SLOT)


LOCAL = f"at time zone '{ZONE}'"
FACTS = (
    f"""create table settled as
    select t.*, epoch(created_at)::bigint as c, epoch(first_responded_at)::bigint as r, epoch(resolved_at)::bigint as s,
      case when channel = 'chat' then 60 when channel = 'phone' then 30 else 14400 end as first_target,
      channel in ('chat', 'phone') as first_calendar, case when priority = 'urgent' then 28800 else 86400 end as
      full_target,
      isodow(created_at {LOCAL})::varchar as weekday, strftime(created_at {LOCAL}, '%H') as hour,
      lead(epoch(created_at)::bigint) over (partition by source, customer, type order by created_at, ticket_id) as next
    from tickets t""",
    """create table clocked as
    select f.*, a.cum + a.is_open * (c % 900) as bc, b.cum + b.is_open * (r % 900) as br,
      d.cum + d.is_open * (s % 900) as bs
    from settled f left join slots a on a.slot = c // 900 left join slots b on b.slot = r // 900
      left join slots d on d.slot = s // 900""",
    """create table due as
    select f.*,
      case when first_calendar then c + first_target else x.at - (x.total - bc - first_target) end as first_due,
      y.at - (y.total - bc - full_target) as full_due
    from clocked f asof left join closings x on x.total >= bc + first_target asof left join closings y
      on y.total >= bc + full_target""",
    f"""create table facts_tickets as
    select *, case when r is not null then case when first_calendar then r - c else br - bc end <= first_target
        when first_due < epoch(timestamptz '{AS_OF}') then false end as first_response_met,
      case when s is not null then bs - bc <= full_target when full_due < epoch(timestamptz '{AS_OF}') then false end
        as resolution_met,
      first_responded_at as first_response_at, resolved_at as full_resolution_at, resolved_at as first_resolution_at,
      coalesce(resolved_at, case when status in ('resolved', 'closed') then created_at end) as ended_at,
      agent as first_response_by, agent as resolution_by, s is not null as is_resolved, reopens > 0 as is_reopened,
      r - c as first_response_calendar_seconds, br - bc as first_response_business_seconds,
      s - c as full_resolution_calendar_seconds, bs - bc as full_resolution_business_seconds,
      s - r as full_resolution_from_response_calendar_seconds,
      bs - br as full_resolution_from_response_business_seconds,
      s - c as first_resolution_calendar_seconds, bs - bc as first_resolution_business_seconds,
      next - c <= 7 * 86400 as is_repeated
    from due""",
    """alter table facts_tickets add column first_response_decided_at timestamptz""",
    """update facts_tickets set first_response_decided_at =
      case when first_response_met then first_response_at
      when not first_response_met then to_timestamp(first_due) end""",
    """alter table facts_tickets add column resolution_decided_at timestamptz""",
    """update facts_tickets set resolution_decided_at =
      case when resolution_met then full_resolution_at when not resolution_met then to_timestamp(full_due) end""",
    """create table facts_sla_instances as
    select source, ticket_id, channel, priority, team, type, agent, weekday, hour, created_at,
      'first_response' as thing, created_at as started_at,
      first_response_decided_at as decided_at, first_response_met as is_met,
      case when not first_response_met then first_response_calendar_seconds - first_target end
        as sla_overrun_calendar_seconds from facts_tickets
    union all
    select source, ticket_id, channel, priority, team, type, agent, weekday, hour, created_at, 'resolution', created_at,
      resolution_decided_at, resolution_met,
      case when not resolution_met then full_resolution_calendar_seconds - full_target end from facts_tickets""",
    """create table facts_ratings as
    select t.channel, t.priority, t.team, t.type, t.weekday, t.hour, t.created_at, coalesce(r.agent, t.agent) as agent,
      coalesce(r.given_at, t.full_resolution_at, t.created_at) as rated_at, r.score, r.score is not null as is_given,
      1 + 4 * (r.score - 1) / (r.scale - 1) as score5, (r.score - 1) / (r.scale - 1) >= 0.75 - 1e-9 as is_satisfied
    from ratings r left join facts_tickets t using (source, ticket_id)""",
)  # fmt: skip


def rollup_statements(connection: object) -> Iterator[str]:
    """The product's rollups over those columns that are there."""
    for shape, parts in shapes(METRICS.values()).items():
        table = f"facts_{shape.fact}"
        there = _columns(connection, table)
        named = {name: name.split(":")[1] for name in parts if ":" in name}
        kept = [name for name in parts if named.get(name, "None") in {*there, "None"}]
        if {shape.at, *shape.dims, *([shape.of] if shape.of else [])} <= there and kept:
            yield _statement(shape, kept, table)


def _columns(connection: object, table: str) -> set[str]:
    if table not in {"facts_tickets", "facts_sla_instances", "facts_ratings"}:
        return set()
    return {row[0] for row in connection.execute(f"describe {table}").fetchall()}  # type: ignore[attr-defined]


def _statement(shape: Shape, parts: list[str], table: str) -> str:
    grain = shape.grain if shape.grain != "day" else "day"
    keys = [f"date_trunc('month', created_at) as {MONTH}", f"date_trunc('{grain}', {shape.at} {LOCAL})::date as {DAY}"]
    if shape.of:
        width = 2 * np.log(1.02) if shape.scale.step == 2 else np.log(1.02)
        place = f"case when {shape.of} > 0 then 1 + floor(ln({shape.of}) / {width})::int when {shape.of} = 0 then 0"
        keys.append(f"{place} else -1 end as {BIN}")
    sums = ["count(*)"] if shape.of else [_sum(name) for name in parts]
    return f"select {', '.join([*keys, *shape.dims, *sums])} from {table} group by all"


def _sum(name: str) -> str:
    kind, column = name.split(":")
    return {
        "rows": "count(*)", "present": f"count({column})", "true": f"count(*) filter ({column})",
        "square": f"sum({column}::double * {column})", "sum": f"sum({column})",
    }[kind]  # fmt: skip


def run(kind: str, folder: Path, versions: Mapping[str, int], state: Path, older: Path | None) -> Told:
    """One contender in a process of its own."""
    given = json.dumps([kind, str(folder), dict(versions), str(state), str(older) if older else None])
    command = [sys.executable, "-m", "tests.benchmarks.build", "--run", given]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told


def run_here(given: str) -> None:
    kind, folder, versions, state, older = json.loads(given)
    if kind == "duckdb":
        told = measured(lambda: duckdb(Path(folder), versions))
    else:
        told = measured(lambda: product(Path(folder), versions, Path(state), Path(older) if older else None))
    print(json.dumps(told))


def compare(count: int, rounds: int) -> None:
    told: dict[str, list[Told]] = {"all months": [], "one changed month": [], "duckdb": []}
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "warehouse"
        versions = write_tables(root, count)
        changed = change_month(root, versions, count)
        for number in range(rounds):
            whole, part = Path(temporary) / f"all-{number}", Path(temporary) / f"part-{number}"
            told["all months"].append(run("product", root, versions, whole, None))
            told["one changed month"].append(run("product", root, changed, part, whole))
            told["duckdb"].append(run("duckdb", root, versions, whole, None))
            print(f"round {number + 1} of {rounds}: { ({kind: done[-1] for kind, done in told.items()}) }", flush=True)
    print(f"{count:,} tickets, {rounds} rounds; min / median / max")
    for kind, name in itertools.product(told, ("cpu", "wall", "peak")):
        values = sorted(one[name] for one in told[kind])
        print(f"{kind:18} {name:5} {values[0]:9.1f} {statistics.median(values):9.1f} {values[-1]:9.1f}")
    ours, part, theirs = (_medians(told[kind]) for kind in told)
    print(f"DuckDB / product: CPU {theirs['cpu'] / ours['cpu']:.2f}, peak memory {theirs['peak'] / ours['peak']:.2f}")
    print(f"one changed month / all months: CPU {part['cpu'] / ours['cpu']:.1%}")


def _medians(told: list[Told]) -> Told:
    return {name: statistics.median(one[name] for one in told) for name in told[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run_here(given.run)
    else:
        compare(given.tickets, given.rounds)


if __name__ == "__main__":
    main()
