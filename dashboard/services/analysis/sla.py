"""How promises stand, as the SLA page asks for it: per target, by cause, by how much they were missed, what runs now.

A promise is decided when it is met or breached; figures of a period count those decided in it. What runs or is paused
stands at the end of the data, whatever the period; what was cancelled is dated by the end of its ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute, rows_that
from metrics.desk import DeskSettings, Thing
from metrics.facts import Facts
from metrics.facts.durations import clock_between
from metrics.model import Clock, Metric, Scope
from metrics.selection import in_period

ATTAINMENT, AT_RISK = "sla_attainment", "sla_at_risk"
OPENING = "opening"
"""A cause beside the dimensions: whether the desk was open when the clock started."""
OWN_CAUSES = (OPENING,)
PLACES = {thing: place for place, thing in enumerate(get_args(Thing))}
BINS_PER_DECADE = 4
ROWS_AT_MOST = 500


def instances(id_: str = ATTAINMENT) -> Metric:
    """A metric over runnings of targets."""
    return metric(id_)


def of_thing(scope: Scope, thing: str | None) -> Scope:
    """The scope narrowed to the runnings of one target; None is all of them."""
    return scope if thing is None else replace(scope, where={**scope.where, "thing": (thing,)})


def attainment(facts: Facts, scope: Scope) -> pl.DataFrame:
    """One row per target that the data have in scope, in the order in which a ticket meets them.

    thing · value, low, high, n: attainment · met, breached · cancelled: in the period · running, paused, at_risk: now.
    """
    decided = compute([metric(ATTAINMENT)], facts, scope, by=("thing",)).select("thing", "value", "low", "high", "n")
    met = (pl.col("value").fill_null(0) * pl.col("n")).round().cast(pl.Int64)
    counted = decided.with_columns(met=met, breached=pl.col("n") - met)
    now = undecided(facts, scope).group_by("thing").agg(
        running=(pl.col("state") == "running").sum(), paused=(pl.col("state") == "paused").sum(),
        at_risk=pl.col("is_at_risk").sum(),
    )  # fmt: skip
    ended = _cancelled(facts, scope).group_by("thing").agg(cancelled=pl.len())
    whole = counted.join(now, on="thing", how="full", coalesce=True).join(ended, on="thing", how="full", coalesce=True)
    counts = ("n", "met", "breached", "running", "paused", "at_risk", "cancelled")
    filled = whole.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts)
    place = pl.col("thing").replace_strict(PLACES, default=len(PLACES), return_dtype=pl.Int64)
    return filled.filter(pl.sum_horizontal(counts) > 0).sort(place, "thing")


def wish(facts: Facts, scope: Scope) -> float | None:
    """The share that the desk wishes to keep of the promises decided in the period, by their mix.

    None where it has not said so for one of them: a line drawn for a part would be read as the goal of all.
    """
    wished = decided(facts, scope, ["wished"])["wished"]
    if wished.is_empty() or wished.has_nulls():
        return None
    return float(wished.mean())  # type: ignore[arg-type]  # of numbers, and there are some


def undecided(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The runnings that go on or are paused at the end of the data, the least time left first."""
    inside = rows_that(pl.col("left_seconds").is_not_null(), instances(), facts, replace(scope, period=None))
    return inside.sort("left_seconds", "started_at", "source", "ticket_id")


def _cancelled(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The targets of the runnings that were cancelled in the period."""
    neither = pl.col("decided_at").is_null() & pl.col("left_seconds").is_null()
    inside = neither & in_period(scope, "ended_at", facts.zone)
    return rows_that(inside, instances(), facts, replace(scope, period=None), columns=["thing"])


def causes(facts: Facts, settings: DeskSettings, scope: Scope, by: str) -> pl.DataFrame:
    """One row per value of a dimension or an own cause, the most breaches first.

    value: the dimension's · share, low, high: attainment, n over how many · breached · part: of all breaches.
    """
    if by in OWN_CAUSES:
        counted = _own_cause(facts, settings, scope, by)
    else:
        found = compute([metric(ATTAINMENT)], facts, scope, by=(by,))
        breached = ((1 - pl.col("value").fill_null(1)) * pl.col("n")).round().cast(pl.Int64)
        counted = found.select(pl.col(by).alias("value"), pl.col("value").alias("share"), "low", "high", "n",
                               breached=breached)  # fmt: skip
    whole = max(int(counted["breached"].sum()), 1)
    kept = counted.filter(pl.col("n") > 0).with_columns(
        part=pl.col("breached") / whole, enough=pl.col("n") >= metric(ATTAINMENT).minimum_n
    )
    return kept.sort("breached", "value", descending=[True, False], nulls_last=True)


def _own_cause(facts: Facts, settings: DeskSettings, scope: Scope, by: str) -> pl.DataFrame:
    """The same for what is no dimension: the rows are given it, and the metric is asked of them."""
    kept = ("is_met", "decided_at", "started_at", "calendar")
    rows = decided(facts, scope, list(kept))
    marked = with_own_causes(rows, facts, settings).with_columns(channel=by)
    found = compute([metric(ATTAINMENT)], replace(facts, sla_instances=marked, rollups=None),
                    replace(scope, where={}), by=("channel",))  # fmt: skip
    breached = ((1 - pl.col("value").fill_null(1)) * pl.col("n")).round().cast(pl.Int64)
    return found.select(pl.col("channel").alias("value"), pl.col("value").alias("share"), "low", "high", "n",
                        breached=breached)  # fmt: skip


def decided(facts: Facts, scope: Scope, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The runnings decided in the period, met and breached; *columns*: those that are needed of them."""
    asked = instances()
    inside = pl.col("is_met").is_not_null() & in_period(scope, asked.at, facts.zone)
    return rows_that(inside, asked, facts, scope, columns=columns)


def breaches(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The runnings breached in the period, the latest first by how late."""
    late = decided(facts, scope).filter(~pl.col("is_met"))
    order = ["sla_overrun_calendar_seconds", "source", "ticket_id"]
    return late.sort(order, descending=[True, False, False], nulls_last=True)


def with_own_causes(rows: pl.DataFrame, facts: Facts, settings: DeskSettings) -> pl.DataFrame:
    """Add `opening` of each running: open, closed; null without a calendar."""
    first = rows["started_at"].min()
    clock = clock_between(settings, first, facts.as_of) if isinstance(first, datetime) else None
    if clock is None:
        return rows.with_columns(pl.lit(None, pl.String).alias(OPENING))
    start = pl.col("started_at")
    begun = clock.elapsed(start, start + pl.duration(seconds=1), calendar=pl.col("calendar"))
    is_open = pl.when(begun > 0).then(pl.lit("open")).when(begun == 0).then(pl.lit("closed"))
    return rows.with_columns(is_open.alias(OPENING))


@dataclass(frozen=True)
class Overruns:
    """How late the breached were: `bins` over a logarithmic axis with `low`, `high` (seconds) and `n`; how many."""

    bins: pl.DataFrame
    n: int
    unmeasured: int


def overruns(facts: Facts, scope: Scope, clock: Clock) -> Overruns:
    """The histogram of how late the breaches of the period were on one clock, so far where nothing was done yet."""
    column = f"sla_overrun_{clock}_seconds"
    late = decided(facts, scope, [column, "is_met"]).filter(~pl.col("is_met"))[column]
    known = late.drop_nulls()
    return Overruns(_binned(known), known.len(), late.null_count())


def _binned(seconds: pl.Series) -> pl.DataFrame:
    """Counts by quarter of a decade, empty ones between too; up to ten seconds is one bin."""
    places = (seconds.clip(10).log10() * BINS_PER_DECADE + 1e-9).floor().cast(pl.Int32)
    counted = places.rename("place").value_counts(name="n")
    first, last = (counted["place"].min(), counted["place"].max()) if counted.height else (0, -1)
    span = pl.DataFrame({"place": range(int(str(first)), int(str(last)) + 1)}, schema={"place": pl.Int32})
    filled = span.join(counted, on="place", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))
    low = pl.when(pl.col("place") <= BINS_PER_DECADE).then(0.0).otherwise(10 ** (pl.col("place") / BINS_PER_DECADE))
    high = 10 ** ((pl.col("place") + 1) / BINS_PER_DECADE)
    return filled.select(low=low, high=high, n=pl.col("n").cast(pl.Int64))


def breaches_late_by(facts: Facts, scope: Scope, clock: Clock, *, low: float, high: float) -> pl.DataFrame:
    """The breaches of the period whose overrun lies in `[low, high)` seconds, the latest first."""
    late = pl.col(f"sla_overrun_{clock}_seconds")
    return breaches(facts, scope).filter((late >= low) & (late < high))


def breaches_of(facts: Facts, settings: DeskSettings, scope: Scope, by: str, value: str | None) -> pl.DataFrame:
    """The breaches of the period that one value of a dimension or own cause has."""
    rows = breaches(facts, scope)
    if by in OWN_CAUSES:
        rows = with_own_causes(rows, facts, settings)
    return rows.filter(pl.col(by).eq_missing(pl.lit(value, pl.String)))


def late_and_open(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The runnings whose target has passed at the end of the data and that nobody has done yet, the latest first."""
    open_late = pl.col("ended_at").is_null() & pl.col("decided_at").is_not_null()
    kept = rows_that(open_late, instances(), facts, replace(scope, period=None))
    return kept.sort("sla_overrun_calendar_seconds", "source", "ticket_id", descending=[True, False, False])
