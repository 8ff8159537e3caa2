"""What the response charts say in words, and their numbers as tables that people read."""

import polars as pl

from dashboard.charts.trend import level_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, dimension, duration, value_name
from dashboard.services.analysis.responses import LEVELS
from dashboard.wording import _, share


def bins_table(bins: pl.DataFrame) -> pl.DataFrame:
    """One row per bar of the histogram."""
    return pl.DataFrame(
        {
            _("From"): [duration(value) for value in bins["low"]],
            _("To"): [duration(value) for value in bins["high"]],
            _("Answers"): bins["n"],
            _("Within target"): bins["within"],
            _("Over target"): bins["late"],
            _("Share up to here"): [share(value) for value in bins["below"]],
        }
    )


def trend_title(typical: pl.DataFrame) -> str:
    """Between which values the median moved."""
    known = typical.filter(pl.col("value").is_not_null() & (pl.col("n") > 0))
    if known.height < 2:
        return _("Too few periods to see a course")
    low, high = known["value"].min(), known["value"].max()
    return _(
        "The typical wait moved between {low} and {high}; last: {last}.",
        low=duration(_float(low)), high=duration(_float(high)), last=duration(_float(known["value"][-1])),
    )  # fmt: skip


def split_title(rows: pl.DataFrame, by: str) -> str:
    """Who is fastest and who slowest, among those with enough answers."""
    judged = rows.filter("enough").sort("p50")
    if judged.height < 2:
        return _("Too few answers to compare fairly")
    best, worst = judged.row(0, named=True), judged.row(-1, named=True)
    return _(
        "Fastest: {best} ({best_wait}); slowest: {worst} ({worst_wait}).",
        best=plain(value_name(by, best["value"])), best_wait=duration(best["p50"]),
        worst=plain(value_name(by, worst["value"])), worst_wait=duration(worst["p50"]),
    )  # fmt: skip


def rows_table(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row per value of the dimension."""
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, value) for value in rows["value"]],
            _("Half within"): [duration(value) for value in rows["p50"]],
            _("Nine of ten within"): [duration(value) for value in rows["p90"]],
            _("Within target"): [NOTHING if value is None else share(value) for value in rows["share"]],
            "n": rows["n"],
        }
    )


def heat_title(fields: pl.DataFrame) -> str:
    """When in the week customers typically wait longest."""
    if fields.height < 2:
        return _("Too few answers to see a pattern over the week")
    worst = fields.sort("value").row(-1, named=True)
    return _(
        "The longest typical wait is on {weekday} at {hour}:00: {wait}.",
        weekday=value_name("weekday", worst["weekday"]), hour=worst["hour"], wait=duration(worst["value"]),
    )  # fmt: skip


def trend_table(result: pl.DataFrame) -> pl.DataFrame:
    """One row per period, one column per percentile."""
    typical = result.filter(pl.col("metric").str.ends_with("_p50")).sort("period")
    columns: dict[str, object] = {dimension("period"): [str(period) for period in typical["period"]]}
    for name in LEVELS:
        values = dict(result.filter(pl.col("metric").str.ends_with(f"_{name}")).select("period", "value").iter_rows())
        columns[level_name(name)] = [duration(values.get(period)) for period in typical["period"]]
    columns["n"] = typical["n"]
    return pl.DataFrame(columns)


def heat_table(result: pl.DataFrame) -> pl.DataFrame:
    """One row per weekday and hour."""
    return pl.DataFrame(
        {
            dimension("weekday"): [value_name("weekday", day) for day in result["weekday"]],
            dimension("hour"): result["hour"],
            _("Half within"): [duration(value) for value in result["value"]],
            "n": result["n"],
        }
    )


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
