"""What stands open and how it came so: by age now and over time, what came in and what left."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import polars as pl

from dashboard.services.resolution import AGE_BANDS, AGE_BOUNDS, age_band
from metrics.catalog import metric
from metrics.compute import compute, rows_of_figure
from metrics.facts import Facts
from metrics.model import Every, Period, Scope
from metrics.selection import axis, in_where, midnight
from metrics.stocks import closing_instants

BACKLOG = "backlog"
CAME = "tickets_created"
LEFT = ("tickets_resolved", "closed_without_resolution", "tickets_set_aside")
"""The three ways out; opening backlog + created − these = closing backlog."""
FLOW = (CAME, *LEFT, BACKLOG)


def flow_scope(scope: Scope, first: date, last: date, every: Every) -> Scope:
    """The scope with its period widened to whole weeks or months, so that no bar is cut short at its start."""
    start, end = (scope.period.start, scope.period.end) if scope.period else (first, last + timedelta(days=1))
    if every == "week":
        start -= timedelta(days=start.weekday())
    if every == "month":
        start = start.replace(day=1)
    return replace(scope, period=Period(start, end))


def flow(facts: Facts, scope: Scope, every: Every) -> pl.DataFrame:
    """One row per period: `period`, each figure of FLOW by its id, `opening`, and `untold`.

    untold: what opening + came − left misses of the closing backlog: tickets of sources that do not tell when one ends.
    """
    found = compute([metric(id_) for id_ in FLOW], facts, scope, every=every).drop_nulls("period")
    wide = found.pivot("metric", index="period", values="value").sort("period")
    before = _opening(facts, scope)
    closing = pl.col(BACKLOG)
    whole = wide.with_columns(opening=closing.shift(1, fill_value=before)).filter(pl.col(CAME).is_not_null())
    left = pl.sum_horizontal(pl.col(name).fill_null(0) for name in LEFT)
    return whole.with_columns(untold=pl.col("opening") + pl.col(CAME) - left - closing)


def _opening(facts: Facts, scope: Scope) -> float | None:
    """What stood open when the period began."""
    if scope.period is None:
        return 0.0
    start = scope.period.start
    eve = replace(scope, period=Period(start - timedelta(days=1), start))
    value = compute([metric(BACKLOG)], facts, eve)["value"][0]
    return None if value is None else float(value)


def by_age_now(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The backlog at the end of the period by band of age: `band`, `n`; every band, also empty ones."""
    rows = standing(facts, scope)
    counted = rows.group_by(band="age_band").agg(n=pl.len().cast(pl.Int64))
    order = pl.DataFrame({"band": AGE_BANDS})
    return order.join(counted, on="band", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))


def standing(facts: Facts, scope: Scope) -> pl.DataFrame:
    """What stands open at the end of the period, the oldest first, with `age_seconds` and `age_band` at that moment."""
    at = closing_instants(facts, scope, None, None)[0]
    rows = rows_of_figure(metric(BACKLOG), facts, scope)
    age = pl.lit(at, rows.schema["opened_at"]).dt.epoch("s") - pl.col("opened_at").dt.epoch("s")
    return rows.with_columns(age_seconds=age, age_band=age_band(age)).sort("opened_at", "source", "ticket_id")


def by_age_over_time(facts: Facts, scope: Scope, every: Every) -> pl.DataFrame:
    """The backlog at the end of each period by band of age: `period`, `band`, `n`; the bands add up to the backlog."""
    if scope.period is None:
        raise ValueError("the course of a backlog needs a period")
    first = scope.period.start
    last = midnight(scope.period.end, facts.zone) - timedelta(hours=1)
    periods = axis(every, first, last.replace(tzinfo=None), facts.zone) if scope.period.end > first else None
    if periods is None:
        return pl.DataFrame(schema={"period": pl.Date, "band": pl.String, "n": pl.Int64})
    closing = closing_instants(facts, scope, periods, every)
    rows = _near(facts, scope, closing)
    ends = [(day, at) for day, at in zip(periods, closing, strict=True) if at is not None]
    counted = _younger(rows, [at for _day, at in ends])
    found = [(day, band, n) for (day, _at), ages in zip(ends, counted, strict=True) for band, n in _by_band(ages)]
    return pl.DataFrame(found, schema={"period": pl.Date, "band": pl.String, "n": pl.Int64}, orient="row")


def _near(facts: Facts, scope: Scope, closing: pl.Series) -> pl.DataFrame:
    """When the tickets were opened and ended that stand open at any of these instants."""
    first, last = closing.min(), closing.max()
    opened, ended = pl.col("opened_at"), pl.col("ended_at")
    open_once = (opened < last) & ((ended >= first) | ended.is_null())
    return facts.tickets.filter(open_once & in_where(scope, metric(BACKLOG))).select("opened_at", "ended_at")


def _younger(rows: pl.DataFrame, instants: Sequence[datetime]) -> list[list[int]]:
    """At each instant how many open tickets were younger than each bound of age, and at last how many were open."""
    opened, ended = pl.col("opened_at"), pl.col("ended_at")
    asked = []
    for at in instants:
        is_open = (opened < at) & (ended.is_null() | (ended >= at))
        age = pl.lit(at, rows.schema["opened_at"]).dt.epoch("s") - opened.dt.epoch("s")
        asked += [(is_open & (age < bound * 86_400)).sum() for bound in AGE_BOUNDS] + [is_open.sum()]
    if not asked:
        return []
    # All at once: asked one by one, the asking takes longer than the counting.
    counts = rows.select(count.alias(str(place)) for place, count in enumerate(asked)).row(0)
    each = len(AGE_BOUNDS) + 1
    return [list(counts[place : place + each]) for place in range(0, len(counts), each)]


def _by_band(younger: Sequence[int]) -> Iterator[tuple[str, int]]:
    yield from zip(AGE_BANDS, [younger[0], *(after - before for before, after in pairwise(younger))], strict=True)
