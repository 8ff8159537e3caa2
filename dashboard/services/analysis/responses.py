"""How long customers waited, as charts ask for it: a histogram, parts side by side, the tickets behind a mark."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from metrics.catalog import metric
from metrics.compute import compute, rows_behind, rows_of_figure
from metrics.desk import Target
from metrics.facts import Facts
from metrics.model import Clock, Period, Scope

Part = Literal["within", "late", "undecided"]
ResponseThing = Literal["first_response", "next_response"]
LEVELS = ("p50", "p75", "p90", "p95")
BINS_PER_DECADE = 8
TWO_HOURS = 7200
MET: Mapping[Part, bool | None] = {"within": True, "late": False, "undecided": None}
"""How the parts of a bar stand to their target; null is undecided."""
TICKETS_SHOWN = 500


@dataclass(frozen=True)
class Mark:
    """What a click on a chart asks for: filters by dimension, a span of seconds `[low, high)`, a period, a part."""

    where: Mapping[str, str | None] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    period: Period | None = None
    part: Part | None = None


@dataclass(frozen=True)
class Distribution:
    """Counts of answers by how long they took, and how many of the scope have no answer to measure."""

    bins: pl.DataFrame
    n: int
    within_two_hours: float | None
    unmeasured: int


def level(thing: ResponseThing, clock: Clock, statistic: str) -> str:
    """The id of a response metric."""
    return f"{thing}_{clock}_{statistic}"


def distribution(facts: Facts, scope: Scope, *, thing: ResponseThing, clock: Clock) -> Distribution:
    """Histogram over logarithmic bins: `low`, `high`, `within`, `late`, `undecided`, `n`, `below` (share to `high`)."""
    one, needed = metric(level(thing, clock, "p50")), [f"{thing}_{clock}_seconds", f"{thing}_met"]
    known_columns = facts.frame(one.fact).columns
    rows = rows_of_figure(one, facts, scope, columns=[name for name in needed if name in known_columns])
    seconds = pl.col(f"{thing}_{clock}_seconds")
    known = rows.filter(seconds.is_not_null())
    bins = _binned(known.with_columns(_seconds=seconds, _met=_met(known, thing)))
    n = known.height
    within = known.select((seconds <= TWO_HOURS).mean()).item() if n else None
    return Distribution(bins, n, within, rows.height - n)


def _met(rows: pl.DataFrame, thing: ResponseThing) -> pl.Expr:
    name = f"{thing}_met"
    return pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.Boolean)


def _binned(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per bin from the shortest wait to the longest, empty ones too, so that gaps are seen as gaps."""
    indexed = rows.with_columns(
        _bin=(pl.col("_seconds").clip(1).log10() * BINS_PER_DECADE + 1e-9).floor().cast(pl.Int32)
    )
    counted = indexed.group_by("_bin").agg(
        within=pl.col("_met").eq_missing(True).sum(),
        late=pl.col("_met").eq_missing(False).sum(),
        undecided=pl.col("_met").is_null().sum(),
        n=pl.len(),
    )
    span = range(int(str(counted["_bin"].min())), int(str(counted["_bin"].max())) + 1) if counted.height else range(0)
    every = pl.DataFrame({"_bin": list(span)}, schema={"_bin": pl.Int32})
    filled = every.join(counted, on="_bin", how="left", maintain_order="left").with_columns(pl.all().fill_null(0))
    return filled.select(
        pl.when(pl.col("_bin") == 0).then(0.0).otherwise(10 ** (pl.col("_bin") / BINS_PER_DECADE)).alias("low"),
        (10 ** ((pl.col("_bin") + 1) / BINS_PER_DECADE)).alias("high"),
        "within",
        "late",
        "undecided",
        "n",
        (pl.col("n").cum_sum() / max(rows.height, 1)).alias("below"),
    )


def side_by_side(facts: Facts, scope: Scope, *, thing: ResponseThing, clock: Clock, dimension: str) -> pl.DataFrame:
    """One row per value of a dimension: `value`, `p50`, `p90`, `n`, `share` within target, `enough` (to compare)."""
    typical, longest = metric(level(thing, clock, "p50")), metric(level(thing, clock, "p90"))
    within = metric(f"{thing}_within_target")
    result = compute([typical, longest, within], facts, scope, by=(dimension,))
    wide = {
        one.id: result.filter(pl.col("metric") == one.id).select(pl.col(dimension).alias("value"), *extra)
        for one, extra in (
            (typical, (pl.col("value").alias("p50"), "n")),
            (longest, (pl.col("value").alias("p90"),)),
            (within, (pl.col("value").alias("share"),)),
        )
    }
    joined = wide[typical.id].join(wide[longest.id], on="value", how="left", nulls_equal=True, maintain_order="left")
    joined = joined.join(wide[within.id], on="value", how="left", nulls_equal=True, maintain_order="left")
    return joined.filter(pl.col("n") > 0).with_columns(enough=pl.col("n") >= max(typical.minimum_n, 10))


def targets_in_force(
    targets: Sequence[Target], channels: Sequence[str | None], *, thing: ResponseThing
) -> dict[str | None, Target]:
    """What is promised to each of these channels: its own newest target, else the one for any channel.

    Targets for single priorities only ever shorten these, and are not drawn.
    """
    general = [target for target in targets if target.thing == thing and set(target.where) <= {"channel"}]
    newest = {target.where.get("channel"): target for target in sorted(general, key=lambda target: target.valid_from)}
    promised = {channel: newest.get(channel or "") or newest.get(None) for channel in channels}
    return {channel: target for channel, target in promised.items() if target is not None}


def tickets_behind(facts: Facts, scope: Scope, mark: Mark, *, thing: ResponseThing, clock: Clock) -> pl.DataFrame:
    """The rows that make a mark, longest wait first, at most 500."""
    where = {**scope.where, **{name: (value,) for name, value in mark.where.items()}}
    narrowed = replace(scope, where=where, period=mark.period or scope.period)
    rows = rows_behind(metric(level(thing, clock, "p50")), facts, narrowed)
    seconds = pl.col(f"{thing}_{clock}_seconds")
    low, high = mark.low or 0.0, math.inf if mark.high is None else mark.high
    kept = rows.filter(seconds.is_not_null() & (seconds >= low) & (seconds < high))
    if mark.part is not None:
        kept = kept.filter(_met(kept, thing).eq_missing(MET[mark.part]))
    return kept.sort(seconds, descending=True).head(TICKETS_SHOWN)
