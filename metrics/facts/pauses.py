"""When a ticket's clocks stood still, by its recorded statuses, and how long within a running."""

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings
from metrics.facts.dimensions import ruled
from metrics.facts.durations import business_seconds, calendar_seconds

WAITING_FOR_CUSTOMER = "pending"
WAITING_FOR_OTHERS = "on_hold"
PLACE = "__place"
"""Working column: the row of a running, for its pauses to come back to it."""


def is_pausing(desk: DeskSettings, status: pl.Expr, since: pl.Expr) -> pl.Expr:
    """Whether the clock of a resolution stands still in a status that began at that instant."""
    day = since.dt.convert_time_zone(desk.zone).dt.date()
    on_hold = ruled(desk, day, lambda rules: pl.lit(rules.on_hold_pauses))
    return ((status == WAITING_FOR_CUSTOMER) | ((status == WAITING_FOR_OTHERS) & on_hold)).fill_null(False)


def status_steps(changes: pl.DataFrame) -> pl.DataFrame:
    """The recorded changes of status in order: row, at, before, after, by; `changes` carries the ticket's `row`."""
    steps = changes.filter(pl.col("field") == "status").sort("row", "at", "sequence")
    same = pl.col("row") == pl.col("row").shift(1)
    before = pl.coalesce("from_value", pl.when(same).then(pl.col("to_value").shift(1)))
    return steps.select("row", "at", "by", before=before, after="to_value")


def pause_spans(steps: pl.DataFrame, desk: DeskSettings) -> pl.DataFrame:
    """One row per recorded stay in a status that pauses: row, from_at, to_at (null: it still lasts), in order.

    What a ticket was before its first recorded change is not known, so no pause begins there.
    """
    same = pl.col("row") == pl.col("row").shift(-1)
    spans = steps.with_columns(to_at=pl.when(same).then(pl.col("at").shift(-1)))
    lasts = pl.col("to_at").is_null() | (pl.col("to_at") > pl.col("at"))
    return spans.filter(is_pausing(desk, pl.col("after"), pl.col("at")) & lasts).select(
        "row", from_at="at", to_at="to_at"
    )


def paused(runs: pl.DataFrame, spans: pl.DataFrame, clock: BusinessClock | None) -> pl.DataFrame:
    """How long each running stood still; only runnings that did.

    `runs`: PLACE, row, start, stop, target (seconds), is_calendar (the clock of the target), the working calendar.
    calendar, business: the pauses between start and stop · before_calendar, before_business: those of them that began
    before the target was used up, which are what moves the due instant · is_open: one still lasts.
    """
    begin, end = pl.max_horizontal("from_at", "start"), pl.min_horizontal("to_at", "stop")
    inside = (
        runs.join(spans, on="row", how="inner")
        .with_columns(begin=begin, end=end)
        .filter((pl.col("end") > pl.col("begin")) | (pl.col("to_at").is_null() & (pl.col("begin") <= pl.col("stop"))))
        .sort("begin")
    )
    measured = inside.with_columns(
        calendar=calendar_seconds(pl.col("begin"), pl.col("end")),
        business=business_seconds(clock, pl.col("begin"), pl.col("end")),
        gone_calendar=calendar_seconds(pl.col("start"), pl.col("begin")),
        gone_business=business_seconds(clock, pl.col("start"), pl.col("begin")),
    )
    on_clock = pl.when("is_calendar").then("calendar").otherwise("business")
    earlier = on_clock.cum_sum().over(PLACE) - on_clock
    used = pl.when("is_calendar").then("gone_calendar").otherwise("gone_business") - earlier
    counts = (used < pl.col("target")).fill_null(False)
    return (
        measured.with_columns(counts=counts)
        .group_by(PLACE)
        .agg(
            pl.col("calendar", "business").sum(),
            pl.col("calendar", "business").filter("counts").sum().name.prefix("before_"),
            is_open=pl.col("to_at").is_null().any(),
        )
    )
