"""How good forecasts were and how far rosters fall short, as figures declared and computed as every other figure is.

The facts are intervals of queues, in the place of the tickets of facts of their own: past ones with what was forecast
on their eve beside what came, and those of the coming days with the people that are short.
"""

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.dimensions import with_moments
from metrics.families import ENOUGH
from metrics.model import DIMENSIONS, Better, Formula, Measure, Metric, Ratio, Total, Unit
from metrics.staffing.model import Minutes
from metrics.tables import INSTANT

AT = "starts_at"
TELLING = 0.05
"""An interval in which nobody came and less than this was expected says nothing of a forecast."""


def interval_facts(
    eves: pl.DataFrame, came: pl.DataFrame, gaps: pl.DataFrame, desk: DeskSettings, *, minutes: Minutes, as_of: object
) -> Facts:  # fmt: skip
    """Facts whose tickets are intervals.

    eves: queue, starts_at, mean, low, high · came: ARRIVAL_FRAME · gaps: REQUIREMENT_FRAME of days that have a roster.
    Columns: came, missed, beside (forecast − came), is_inside, judged; gap_hours, required_hours.
    """
    known = came.filter(pl.col("offered").is_not_null()).select("queue", AT, "offered")
    held = eves.join(known, on=["queue", AT]).filter((pl.col("mean") >= TELLING) | (pl.col("offered") > 0))
    past = held.select(
        "queue", AT, came=pl.col("offered"), missed=(pl.col("mean") - pl.col("offered")).abs(),
        beside=pl.col("mean") - pl.col("offered"),
        is_inside=pl.when(pl.col("low").is_not_nan()).then(pl.col("offered").is_between("low", "high")),
        judged=pl.lit(1),
    )  # fmt: skip
    hours = minutes / 60
    short = gaps.filter(pl.col("gap").is_not_null() & pl.col("is_open")).select(
        "queue", AT, gap_hours=pl.max_horizontal("gap", 0.0) * hours, required_hours=pl.col("required") * hours
    )
    both = pl.concat([past, short], how="diagonal").with_columns(
        channel=pl.col("queue").str.split("/").list.first(), date_only=pl.lit(None, pl.List(pl.String)),
        is_inside=pl.col("is_inside").cast(pl.Boolean), **{AT: pl.col(AT).cast(INSTANT)},
    )  # fmt: skip
    placed = with_moments(both, AT, desk, is_day=pl.lit(value=False))
    missing = [name for name in DIMENSIONS if name not in placed.columns]
    whole = placed.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    nothing = whole.clear()
    return Facts(
        tickets=whole,
        replies=nothing,
        ratings=nothing,
        sla_instances=nothing,
        zone=desk.zone,
        as_of=as_of,  # type: ignore[arg-type]
    )


def _of_intervals(id: str, value: Formula, unit: Unit, *, better: Better, **given: object) -> Metric:
    return Metric(
        id=id,
        unit=unit,
        fact="tickets",
        at=AT,
        value=value,
        better=better,
        minimum_n=ENOUGH,
        **given,  # type: ignore[arg-type]
    )


def _over_came(column: str) -> Ratio:
    """A sum over all that came: without an interval, since intervals of one day err together."""
    return Ratio(Measure("sum", column), Measure("sum", "came"))


METRICS = (
    _of_intervals("forecast_wape", _over_came("missed"), Unit.RATE, better="lower"),
    _of_intervals("forecast_bias", _over_came("beside"), Unit.RATE, better="neither"),
    _of_intervals("forecast_coverage", Ratio(Measure("true", "is_inside"), Measure("present", "is_inside")), Unit.SHARE,
                  better="neither", interval="wilson"),
    _of_intervals("staffing_gap_hours", Total(Measure("sum", "gap_hours")), Unit.RATIO, better="lower"),
)  # fmt: skip
"""By the intervals of a period; split by channel, weekday, hour and peak."""
