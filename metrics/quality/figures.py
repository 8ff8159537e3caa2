"""What spot-checks say, as figures declared and computed as every other figure is.

The facts are conversations that were drawn by chance and read, in the place of the tickets of facts of their own. They
are dated by the day on which they were answered, and weighed by how likely each was to be read.
"""

from datetime import datetime

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.dimensions import with_moments
from metrics.families import ENOUGH
from metrics.model import DIMENSIONS, Formula, Measure, Metric, Quotient, Ratio, Sampled, Total, Unit
from metrics.quality.results import Sample
from metrics.words import N_

AT = "answered_at"
SHARES = ("passed", "critical_failed")


def review_facts(sample: Sample, told: pl.DataFrame, desk: DeskSettings, *, as_of: datetime) -> Facts:
    """Facts whose tickets are the reads of a sample.

    told: review, source, ticket_id, critical_failed, score, is_changed (whether the verdict is another than at first).
    """
    reads = sample.reads.join(told, on="review")
    strata = sample.strata.select("draw_id", "stratum", "size", "reviewed", window="window_from")
    rows = reads.join(strata, on=["draw_id", "stratum"]).with_columns(
        stratum_key=pl.concat_str("draw_id", "stratum", separator="|"), stratum_part=1 / pl.col("reviewed"),
        weight=1 / pl.col("chance"), **{AT: pl.col("window")}, date_only=pl.lit(None, pl.List(pl.String)),
    )  # fmt: skip
    weighed = rows.with_columns(weight_score=pl.col("weight") * pl.col("score"), read=pl.lit(1))
    smooth = weighed.with_columns(part for name in SHARES for part in _parts(name))
    placed = with_moments(smooth, AT, desk, is_day=pl.lit(value=False))
    missing = [name for name in DIMENSIONS if name not in placed.columns]
    whole = placed.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    nothing = whole.clear()
    return Facts(tickets=whole, replies=nothing, ratings=nothing, sla_instances=nothing, zone=desk.zone, as_of=as_of)


def _parts(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Each row's part of its stratum's smoothed share and of the variance of the whole."""
    keys = ["draw_id", "stratum"]
    n, size = pl.col("reviewed"), pl.col("size")
    smooth = (pl.col(name).sum().over(keys) + 0.5) / (n + 1)
    inner = size**2 * (1 - n / size).clip(0, 1) * smooth * (1 - smooth) / n**2
    return (smooth * pl.col("weight")).alias(f"{name}_centre"), inner.alias(f"{name}_inner")


def _of_reads(id: str, value: Formula, unit: Unit, **given: object) -> Metric:
    told = {"minimum_n": ENOUGH} | given
    return Metric(id=id, unit=unit, fact="tickets", at=AT, value=value, **told)  # type: ignore[arg-type]


METRICS = (
    _of_reads("quality_pass_rate", Sampled("passed"), Unit.SHARE, better="higher", interval="sampled",
              source=N_("Survey statistics: a weighted share, Wilson on the effective sample size.")),
    _of_reads("quality_critical_rate", Sampled("critical_failed"), Unit.SHARE, better="lower", interval="sampled",
              source=N_("Survey statistics: a weighted share, Wilson on the effective sample size.")),
    _of_reads("quality_score", Quotient("weight_score", "weight", "read"), Unit.RATIO, better="higher",
              interval="quotient", source=N_("Survey statistics: a weighted mean.")),
    _of_reads("quality_reviews", Total(Measure("rows")), Unit.COUNT, better="neither", minimum_n=1),
    _of_reads("quality_changed_rate", Ratio(Measure("true", "is_changed"), Measure("present", "is_changed")),
              Unit.SHARE, better="lower", interval="wilson",
              source=N_("Of the reviews that count, those whose verdict is another one than at first.")),
)  # fmt: skip
"""By the day on which the conversations were answered; split by team, channel, type and `agent`: who is reviewed."""
