"""Which promise applied to how many, and how long clocks stood still meanwhile."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.services.analysis.sla import breaches, decided, undecided
from metrics.desk import DeskSettings, EarlierRules
from metrics.facts import Facts
from metrics.facts.pauses import WAITING_FOR_CUSTOMER, pause_spans, status_steps
from metrics.intervals import wilson
from metrics.model import Scope

PAUSING = "resolution"
"""The only promise whose clock stands still while others are waited for."""


def targets_applied(facts: Facts, settings: DeskSettings, scope: Scope) -> pl.DataFrame:
    """One row per target that is in force or was applied in scope, in the desk's order.

    target: its place among the desk's · thing, seconds, clock · since, until: the days it holds (null: no limit) ·
    calendars: those it was measured by · n, met, share, low, high: decided in the period · open: runs or is paused now.
    """
    rows = decided(facts, scope, ["target", "calendar", "is_met"])
    counted = rows.group_by("target").agg(
        n=pl.len(), met=pl.col("is_met").sum(), calendars=pl.col("calendar").unique().sort().drop_nulls()
    )
    low, high = wilson(pl.col("met"), pl.col("n"))
    judged = counted.with_columns(share=pl.col("met") / pl.col("n"), low=low, high=high)
    now = undecided(facts, scope).group_by("target").agg(open=pl.len())
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    whole = _listed(settings).join(judged, on="target", how="left").join(now, on="target", how="left")
    things = scope.where.get("thing")
    wanted = pl.lit(True) if things is None else pl.col("thing").is_in([name for name in things if name is not None])
    in_force = pl.Series([target.is_in_force(today) for target in settings.targets], dtype=pl.Boolean)
    used = pl.col("n").is_not_null() | pl.col("open").is_not_null()
    return (
        whole.sort("target")
        .with_columns(in_force=in_force)
        .filter((used | pl.col("in_force")) & wanted)
        .with_columns(pl.col("n", "met", "open").fill_null(0).cast(pl.Int64))
    )


def _listed(settings: DeskSettings) -> pl.DataFrame:
    rows = [
        {
            "target": place, "thing": target.thing, "seconds": target.seconds, "clock": target.clock,
            "since": _limit(max(target.valid_from, target.since)),
            "until": None if target.until == date.max else target.until,
        }
        for place, target in enumerate(settings.targets)
    ]  # fmt: skip
    schema = {"target": pl.Int64, "thing": pl.String, "seconds": pl.Int64, "clock": pl.String, "since": pl.Date,
              "until": pl.Date}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _limit(day: date) -> date | None:
    return None if day <= date(1970, 1, 1) else day


def pauses(facts: Facts, scope: Scope, by: str) -> pl.DataFrame:
    """How long the clock of resolution stood still for the decided of the period, one row per value of a dimension.

    value · n: runnings · known: of them those whose pauses were recorded · paused: that had one · paused_seconds,
    run_seconds: calendar time that stood still and that ran, over the known.
    """
    kept = dict.fromkeys((by, "started_at", "ended_at", "paused_calendar_seconds"))
    rows = decided(facts, scope, list(dict.fromkeys([*kept, "thing"]))).filter(pl.col("thing") == PAUSING)
    took = (pl.col("ended_at").fill_null(facts.as_of) - pl.col("started_at")).dt.total_seconds()
    stood, known = pl.col("paused_calendar_seconds"), pl.col("paused_calendar_seconds").is_not_null()
    found = rows.with_columns(took=took).group_by(pl.col(by).alias("value")).agg(
        n=pl.len().cast(pl.Int64), known=known.sum().cast(pl.Int64), paused=(stood > 0).sum().cast(pl.Int64),
        paused_seconds=stood.sum(), run_seconds=(pl.col("took") - stood).filter(known).sum(),
    )  # fmt: skip
    return found.sort("n", "value", descending=[True, False], nulls_last=True)


def paused_longest(facts: Facts, scope: Scope, by: str, value: str | None) -> pl.DataFrame:
    """The runnings of `pauses` that one value of a dimension has and that stood still, the longest first."""
    mine = _known_rows(facts, scope).filter(pl.col(by).eq_missing(pl.lit(value, pl.String)))
    stood = mine.filter(pl.col("paused_calendar_seconds") > 0)
    return stood.sort("paused_calendar_seconds", "source", "ticket_id", descending=[True, False, False])


def judged_by(facts: Facts, scope: Scope, target: int) -> pl.DataFrame:
    """The runnings of one target (its place among the desk's) that were breached in the period, the latest first."""
    return breaches(facts, scope).filter(pl.col("target") == target)


def _known_rows(facts: Facts, scope: Scope) -> pl.DataFrame:
    return decided(facts, scope).filter(pl.col("thing") == PAUSING)


def only_customers_pause(settings: DeskSettings) -> bool:
    """Whether by all agreements only waiting for the customer pauses, so that nobody need look at single changes."""
    rules: Sequence[DeskSettings | EarlierRules] = (settings, *settings.earlier)
    return not any(one.on_hold_pauses for one in rules)


def pauses_by_status(facts: Facts, settings: DeskSettings, scope: Scope, changes: pl.LazyFrame) -> pl.DataFrame:
    """How long the clocks of `pauses` stood still in which status: `status`, `paused_seconds`, `n` (null: no status).

    `changes`: the recorded changes of the tickets; not looked at where only waiting for the customer pauses. The row
    without a status counts the runnings whose pauses nobody recorded.
    """
    rows = _known_rows(facts, scope)
    unknown = rows["paused_calendar_seconds"].null_count()
    paused = rows.filter(pl.col("paused_calendar_seconds") > 0)
    told: list[tuple[str | None, int | None, int]]
    if only_customers_pause(settings):
        told = [(WAITING_FOR_CUSTOMER, int(paused["paused_calendar_seconds"].sum()), paused.height)]
    else:
        told = _spans(paused, settings, changes, facts)
    kept = [row for row in told if row[2]] + ([(None, None, unknown)] if unknown else [])
    schema = {"status": pl.String, "paused_seconds": pl.Int64, "n": pl.Int64}
    return pl.DataFrame(kept, schema=schema, orient="row")


def _spans(
    rows: pl.DataFrame, settings: DeskSettings, changes: pl.LazyFrame, facts: Facts
) -> list[tuple[str | None, int | None, int]]:
    """Each recorded stay in a status that pauses, cut to the runnings that it lies in."""
    runs = rows.with_row_index("run_row")
    keys = runs.select("source", "ticket_id").unique().with_row_index("row")
    status = changes.filter((pl.col("field") == "status") & (pl.col("at") <= facts.as_of))
    mine = status.join(keys.lazy(), on=["source", "ticket_id"], how="inner").collect(engine="in-memory")
    steps = status_steps(mine)
    spans = pause_spans(steps, settings).join(
        steps.select("row", from_at="at", status="after").unique(["row", "from_at"], keep="last"), on=["row", "from_at"]
    )
    owned = runs.join(keys, on=["source", "ticket_id"]).select("run_row", "row", "started_at", "ended_at")
    begin = pl.max_horizontal("from_at", "started_at")
    end = pl.min_horizontal(pl.col("to_at").fill_null(facts.as_of), pl.col("ended_at").fill_null(facts.as_of))
    cut = owned.join(spans, on="row").with_columns(length=end.dt.epoch("s") - begin.dt.epoch("s"))
    found = (
        cut.filter(pl.col("length") > 0).group_by("status").agg(pl.col("length").sum(), pl.col("run_row").n_unique())
    )
    return [(str(status), int(length), int(n)) for status, length, n in found.sort("status").iter_rows()]
