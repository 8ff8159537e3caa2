"""What stands open and how it came so: by age now and over time, what came in and what left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from dashboard.services.analysis.resolution import AGE_BANDS, AGE_BOUNDS, age_band
from metrics.bins import Whole
from metrics.catalog import metric
from metrics.compute import compute, rows_of_figure, rows_of_filters
from metrics.facts import Facts
from metrics.model import Every, Period, Scope
from metrics.selection import axis, midnight
from metrics.stocks import closing_instants

BACKLOG = "backlog"
CAME = "tickets_created"
LEFT = ("tickets_resolved", "closed_without_resolution", "tickets_set_aside")
"""The three ways out; opening backlog + created − these = closing backlog."""
FLOW = (CAME, *LEFT, BACKLOG)
STANDING = ("source", "ticket_id", "team", "agent", "opened_at")
SECOND = 1_000_000
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


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
    return by_age(standing(facts, scope))


def by_age(rows: pl.DataFrame) -> pl.DataFrame:
    """What stands open by band of age."""
    counted = rows.group_by(band="age_band").agg(n=pl.len().cast(pl.Int64))
    order = pl.DataFrame({"band": AGE_BANDS})
    return order.join(counted, on="band", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))


def standing(facts: Facts, scope: Scope) -> pl.DataFrame:
    """What stands open at the end of the period: source, ticket_id, team, agent, opened_at, age_seconds, age_band."""
    return _standing(facts, scope, STANDING)


def oldest_first(facts: Facts, scope: Scope) -> pl.DataFrame:
    """The same tickets with all that is known of them, the oldest first."""
    return _standing(facts, scope, None).sort("opened_at", "source", "ticket_id")


def _standing(facts: Facts, scope: Scope, columns: Sequence[str] | None) -> pl.DataFrame:
    at = closing_instants(facts, scope, None, None)[0]
    rows = rows_of_figure(metric(BACKLOG), facts, scope, columns=columns)
    age = pl.lit(at, rows.schema["opened_at"]).dt.epoch("s") - pl.col("opened_at").dt.epoch("s")
    return rows.with_columns(age_seconds=age, age_band=age_band(age))


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
    known = closing.drop_nulls()
    rows = rows_of_filters(metric(BACKLOG), facts, scope, ["opened_at", "ended_at"]).drop_nulls("opened_at")
    younger = _younger(_stamps(rows["opened_at"]), _stamps(rows["ended_at"].fill_null(NEVER)), _stamps(known))
    counts = np.diff(younger, axis=0, prepend=0)
    days = periods.filter(closing.is_not_null())
    return pl.DataFrame(
        {
            "period": days.gather(pl.Series(np.repeat(np.arange(known.len()), len(AGE_BANDS)))),
            "band": list(AGE_BANDS) * known.len(),
            "n": counts.T.ravel(),
        },
        schema={"period": pl.Date, "band": pl.String, "n": pl.Int64},
    )


def _stamps(instants: pl.Series) -> Whole:
    return instants.to_physical().to_numpy()


def _younger(opened: Whole, ended: Whole, instants: Whole) -> Whole:
    """For each bound of age, and at last for any age, how many tickets open at each instant were younger; µs.

    A ticket is open at the instants from the first after it was opened to the last at which it was not yet ended, and
    younger than a bound at those of them that come soon enough: so many begin at each instant, so many are over.
    """
    first, last = np.searchsorted(instants, opened, side="right"), np.searchsorted(instants, ended, side="right")
    stay = np.flatnonzero(first < last)
    first, last, begun = first[stay], last[stay], opened[stay] // SECOND
    seconds, size = instants // SECOND, len(instants) + 1
    found = []
    for bound in (*AGE_BOUNDS, None):
        grown = last if bound is None else np.searchsorted(seconds, begun + bound * 86_400, side="left")
        over = np.clip(grown, first, last)
        found.append(np.cumsum(np.bincount(first, minlength=size) - np.bincount(over, minlength=size))[:-1])
    return np.stack(found)
