"""Facts and rollups of generated tickets, month by month, beside the same in DuckDB; and of one changed month.

    python -m tests.benchmarks.build [--tickets 1000000] [--rounds 1]

Each contender runs in a process of its own, in turn within each round, on the same Delta files: the product as after a
load, writing its Arrow files; DuckDB in memory, writing nothing. Both make the same rollups of tickets, runnings of
targets and ratings, month by month of creation; in the first round the sums of each are compared. DuckDB gets ready
look-up tables of the opening hours, ENUM columns, days and bins worked out once; it leaves out what no rollup is made
of, such as states, peaks, what is left, and the facts of replies, calls and customers, of which these tickets have no
rows. CPU seconds are what a shared machine leaves comparable. Needs the extra `bench`.
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dashboard.services.facts.fact_files import is_whole
from dashboard.services.facts.monthly import make_state, read_meta
from dashboard.services.facts.months import Plan, StateMeta
from loaders.warehouse import Warehouse
from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.merge import prepared
from loaders.warehouse.months import MonthlyTables
from metrics.bins import RATIO
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


def duckdb(root: Path, versions: Mapping[str, int]) -> tuple[Any, dict[Shape, tuple[str, ...]]]:
    """Facts and rollups in memory: the connection that has them, and which rollups with which sums there are."""
    import duckdb as engine

    connection = engine.connect()
    connection.execute("set threads = 2")
    for name in ("tickets", "ratings"):
        files = [str(root / SOURCE / name / path) for path, *_ in DeltaFolder(root / SOURCE / name).files(
            versions[f"{SOURCE}/{name}"])]  # fmt: skip
        connection.execute(f"create view {name}_read as select * exclude (month) from read_parquet({files})")
    for name, frame in (("slots", slots()), ("closings", closings())):
        connection.register("given", frame.to_arrow())
        connection.execute(f"create table {name} as select * from given")
    for statement in statements():
        connection.execute(statement)
    made = {
        shape: names for shape, names in wanted().items() if set(_columns_of(shape, names)) <= _there(connection, shape)
    }
    for shape, names in made.items():
        connection.execute(f'create table "{shape.name}" as {_statement(shape, names)}')
    return connection, made


def keep_totals(connection: Any, made: Mapping[Shape, Sequence[str]], totals: Path) -> None:
    """Write down how many rows each rollup has and the sum of each of its columns."""
    told = {}
    for shape, names in made.items():
        sums = ", ".join(f'sum("{name}")::double' for name in names)
        told[shape.name] = connection.execute(f'select count(*)::double, {sums} from "{shape.name}"').fetchone()
    totals.write_text(json.dumps(told))


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


def wanted() -> dict[Shape, tuple[str, ...]]:
    """The product's rollups of the facts that these tickets have rows of."""
    return {shape: names for shape, names in shapes(METRICS.values()).items() if shape.fact in FACTS}


def _there(connection: Any, shape: Shape) -> set[str]:
    return {row[0] for row in connection.execute(f"describe {shape.fact}").fetchall()}


def _columns_of(shape: Shape, names: Iterable[str]) -> list[str]:
    """What a rollup is made of."""
    used = [name.split(":")[1] for name in names if ":" in name]
    return [f"day:{shape.at}", *shape.dims, *([f"bin:{shape.of}"] if shape.of else []), *(set(used) - {"None"})]


LOCAL = f"at time zone '{ZONE}'"
NOW = f"epoch(timestamptz '{AS_OF}')::bigint"
DIMENSIONS = ("channel", "priority", "team", "type", "agent")
NONE = {
    "bigint": (
        "first_auto_response_calendar_seconds", "first_auto_response_business_seconds",
        "requester_wait_calendar_seconds", "requester_wait_business_seconds",
    ),
    "timestamptz": ("first_auto_response_at", "escalation_at"),
    "boolean": ("is_escalated", "is_bot_only", "is_kb_used", "fcr_one_touch", "fcr_survey"),
}  # fmt: skip
"""What these tickets do not tell of, which is looked for in messages, changes and surveys."""
REPEATS = ", ".join(
    f"case when customer is not null and c <= {NOW} - {days} * 86400 then s is not null and not reopens > 0 "
    f"and not coalesce(next - c <= {days} * 86400, false) end as {name}"
    for days, name in ((7, "fcr"), *((days, f"fcr_repeat_{days}d") for days in (1, 3, 7, 14, 30)))
)
FACTS = {
    "tickets": f"""
    with settled as (
      select t.* exclude (channel, priority, team, type, agent), channel::channels as channel,
        priority::prioritys as priority, team::teams as team, type::types as type, agent::agents as agent,
        epoch(created_at)::bigint as c, epoch(first_responded_at)::bigint as r, epoch(resolved_at)::bigint as s,
        case when channel = 'chat' then 60 when channel = 'phone' then 30 else 14400 end as first_target,
        channel in ('chat', 'phone') as first_calendar,
        case when priority = 'urgent' then 28800 else 86400 end as full_target,
        isodow(created_at {LOCAL})::utinyint as weekday, hour(created_at {LOCAL})::utinyint as hour,
        lead(epoch(created_at)::bigint) over (partition by source, customer, type order by created_at, ticket_id)
          as next
      from tickets_read t),
    clocked as (
      select f.*, a.cum + a.is_open * (c % 900) as bc, b.cum + b.is_open * (r % 900) as br,
        d.cum + d.is_open * (s % 900) as bs,
        (select cum + is_open * ({NOW} % 900) from slots where slot = {NOW} // 900) as b_now
      from settled f left join slots a on a.slot = c // 900 left join slots b on b.slot = r // 900
        left join slots d on d.slot = s // 900),
    due as (
      select f.*, case when first_calendar then c + first_target else x.at - (x.total - bc - first_target) end
        as first_due, y.at - (y.total - bc - full_target) as full_due
      from clocked f asof left join closings x on x.total >= bc + first_target
        asof left join closings y on y.total >= bc + full_target),
    judged as (
      select f.*, case when r is not null then case when first_calendar then r - c else br - bc end <= first_target
          when first_due < {NOW} then false end as first_response_met,
        case when s is not null then bs - bc <= full_target when full_due < {NOW} then false end as resolution_met,
        e.cum + e.is_open * (first_due % 900) as first_due_business
      from due f left join slots e on e.slot = first_due // 900)
    select source, ticket_id, channel, priority, team, type, agent, weekday, hour, c, created_at, customer,
      created_at as opened_at, first_responded_at as first_response_at, resolved_at as full_resolution_at,
      case when reopens = 0 then resolved_at end as first_resolution_at,
      coalesce(resolved_at, case when status in ('resolved', 'closed') then created_at end) as ended_at,
      agent as first_response_by, agent as resolution_by, s is not null as is_resolved, reopens > 0 as is_reopened,
      s is not null as is_inquiry_resolved, false as is_set_aside,
      status in ('resolved', 'closed') and s is null as is_closed_without_resolution,
      case when s is not null then r is not null end as is_human_answered,
      reopens, handoffs, replies, first_response_met, resolution_met, first_due, full_due, first_target, full_target,
      case when first_response_met then first_responded_at when not first_response_met then to_timestamp(first_due) end
        as first_response_decided_at,
      case when resolution_met then resolved_at when not resolution_met then to_timestamp(full_due) end
        as resolution_decided_at,
      r - c as first_response_calendar_seconds, br - bc as first_response_business_seconds,
      s - c as full_resolution_calendar_seconds, bs - bc as full_resolution_business_seconds,
      s - r as full_resolution_from_response_calendar_seconds,
      bs - br as full_resolution_from_response_business_seconds,
      s - r as cycle_time_calendar_seconds, bs - br as cycle_time_business_seconds,
      case when reopens = 0 then s - c end as first_resolution_calendar_seconds,
      case when reopens = 0 then bs - bc end as first_resolution_business_seconds,
      case when not first_response_met then coalesce(r, {NOW}) - first_due end as first_late_calendar,
      case when not first_response_met then coalesce(br, b_now) - first_due_business end as first_late_business,
      case when not resolution_met then coalesce(s, {NOW}) - full_due end as full_late_calendar,
      case when not resolution_met then coalesce(bs, b_now) - bc - full_target end as full_late_business,
      next - c as next_contact_seconds, {REPEATS},
      case when c <= {NOW} - 7 * 86400 and (s is null or s <= {NOW} - 7 * 86400) then s is not null and reopens = 0 end
        as fcr_no_reopen
    from judged""",
    "sla_instances": f"""
    select source, ticket_id, channel, priority, team, type, agent, created_at, 'first_response' as thing,
      created_at as started_at, first_response_at as done_at, first_response_decided_at as decided_at,
      to_timestamp(first_due) as due_at, first_target as target_seconds, first_response_met as is_met,
      first_response_met is null and first_due - {NOW} < {SETTINGS.at_risk_share} * first_target as is_at_risk,
      first_late_calendar as sla_overrun_calendar_seconds, first_late_business as sla_overrun_business_seconds,
      null::double as wished
    from tickets
    union all
    select source, ticket_id, channel, priority, team, type, agent, created_at, 'resolution', created_at,
      full_resolution_at, resolution_decided_at, to_timestamp(full_due), full_target, resolution_met,
      resolution_met is null and full_due - {NOW} < {SETTINGS.at_risk_share} * full_target,
      full_late_calendar, full_late_business, null from tickets""",
    "ratings": """
    select t.channel, t.priority, t.team, t.type, t.weekday, t.hour, t.created_at,
      coalesce(r.agent::agents, t.agent) as agent,
      coalesce(r.given_at, t.full_resolution_at, t.created_at) as rated_at,
      coalesce(r.offered_at, r.given_at, t.full_resolution_at, t.created_at) as surveyed_at,
      null::boolean as is_answered,
      r.score, r.score is not null as is_given, 1 + 4 * (r.score - 1) / (r.scale - 1) as score5,
      (r.score - 1) / (r.scale - 1) >= 0.75 - 1e-9 as is_satisfied,
      case when r.scale = 10 then case when r.score >= 9 then 100.0 when r.score <= 6 then -100.0 else 0.0 end end
        as nps_points
    from ratings_read r left join tickets t using (source, ticket_id)""",
}  # fmt: skip


def statements() -> Iterator[str]:
    """Facts as one table each: texts as ENUM, days and bins worked out once, as the product does."""
    for name in DIMENSIONS:
        yield f"create type {name}s as enum (select distinct {name} from tickets_read where {name} is not null)"
    for fact, statement in FACTS.items():
        own = {shape: names for shape, names in wanted().items() if shape.fact == fact}
        days = dict.fromkeys(shape.at for shape in own)
        bins = dict.fromkeys(shape.of for shape in own if shape.of)
        none = [f"null::{kind} as {name}" for kind, names in NONE.items() for name in names if fact == "tickets"]
        more = [
            f"date_trunc('month', created_at)::date as \"{MONTH}\"",
            *(f'({at} {LOCAL})::date as "day:{at}"' for at in days),
        ]
        more += [f'{_bin(of)} as "bin:{of}"' for of in bins]
        whole = f"select *, {', '.join(none)} from ({statement})" if none else statement
        yield f"create table {fact} as select *, {', '.join(more)} from ({whole})"


def _bin(column: str) -> str:
    place = f"1 + floor(ln({column}) / {np.log(RATIO)})::smallint"
    return f"case when {column} > 0 then {place} when {column} = 0 then 0 else -1 end"


def _statement(shape: Shape, names: Iterable[str]) -> str:
    keys = [f'"{MONTH}"', f'date_trunc(\'{shape.grain}\', "day:{shape.at}") as "{DAY}"', *shape.dims]
    if shape.of:
        fine = f'"bin:{shape.of}"'
        keys.append(f"case when {fine} > 0 then ({fine} - 1) // {shape.scale.step} + 1 else {fine} end as {BIN}")
    sums = [f'{"count(*)" if shape.of else _sum(name)} as "{name}"' for name in names]
    return f"select {', '.join([*keys, *sums])} from {shape.fact} group by all"


def _sum(name: str) -> str:
    kind, column = name.split(":")
    return {
        "rows": "count(*)", "present": f"count({column})", "true": f"count(*) filter ({column})",
        "square": f"sum({column}::double * {column})", "sum": f"sum({column})",
    }[kind]  # fmt: skip


def compare_totals(state: Path, totals: Path) -> None:
    """Tell of every rollup whether both contenders have the same sums of each count and sum."""
    told = json.loads(totals.read_text())
    unlike = []
    for shape, names in wanted().items():
        path = state / "rollups" / "whole" / f"{shape.name}.arrow"
        if shape.name not in told or not path.is_file():
            unlike.append(f"{shape.name}: made by one alone")
            continue
        table = pl.read_ipc(path)
        for name, theirs in zip(names, told[shape.name][1:], strict=True):
            ours = float(table[name].sum())
            if abs(ours - (theirs or 0.0)) > 1e-9 * abs(ours):
                unlike.append(f"{shape.name}, {name}: {ours} and {theirs}")
    print(f"{len(wanted())} rollups, unlike in both: {unlike or 'none'}")


def run(kind: str, folder: Path, versions: Mapping[str, int], state: Path | None, older: Path | None) -> Told:
    """One contender in a process of its own."""
    given = json.dumps(
        [kind, str(folder), dict(versions), str(state) if state else None, str(older) if older else None]
    )
    command = [sys.executable, "-m", "tests.benchmarks.build", "--run", given]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told


def run_here(given: str) -> None:
    kind, folder, versions, state, older = json.loads(given)
    if kind == "duckdb":
        made: list[tuple[Any, dict[Shape, tuple[str, ...]]]] = []
        told = measured(lambda: made.append(duckdb(Path(folder), versions)))
        if state:
            keep_totals(*made[0], Path(state))
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
            totals = Path(temporary) / "totals.json" if number == 0 else None
            told["duckdb"].append(run("duckdb", root, versions, totals, None))
            if totals is not None:
                compare_totals(whole, totals)
            print(f"round {number + 1} of {rounds}: { ({kind: done[-1] for kind, done in told.items()}) }", flush=True)
    print(f"{count:,} tickets, {rounds} rounds; min / median / max")
    for kind, name in itertools.product(told, ("cpu", "wall", "peak")):
        values = sorted(one[name] for one in told[kind])
        print(f"{kind:18} {name:5} {values[0]:9.1f} {statistics.median(values):9.1f} {values[-1]:9.1f}")
    ours, month, theirs = (_medians(told[kind]) for kind in told)
    print(f"DuckDB / product: CPU {theirs['cpu'] / ours['cpu']:.2f}, peak memory {theirs['peak'] / ours['peak']:.2f}")
    print(f"one changed month / all months: CPU {month['cpu'] / ours['cpu']:.1%}")


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
