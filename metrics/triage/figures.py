"""How triage itself goes: figures over escalated items, declared and computed as every other figure is.

The facts are items, one row each, in the place of the tickets of facts of their own: an item has the dimensions of its
ticket, `agent` is who has it, and `tier` the one that it is in.
"""

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.facts.dimensions import with_moments
from metrics.families import ENOUGH, Statistic
from metrics.intervals import smallest_bounded_n
from metrics.model import DIMENSIONS, Formula, Measure, Metric, Quantile, Ratio, Stock, Total, Unit
from metrics.tables import INSTANT

ITEMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "source": pl.String, "ticket_id": pl.String, "channel": pl.String, "priority": pl.String, "type": pl.String,
    "team": pl.String, "owner": pl.String, "tier": pl.Int64, "opened_at": INSTANT, "acknowledged_at": INSTANT,
    "decided_at": INSTANT, "ended_at": INSTANT, "reminders": pl.Int64, "snoozes": pl.Int64, "raises": pl.Int64,
    "reopens": pl.Int64, "promises": pl.Int64, "promises_kept": pl.Int64,
}  # fmt: skip
"""acknowledged_at, decided_at: for the first time · ended_at: when it left the queue for good so far · promises: those
whose time has come."""
TIERS = {1: "first_line", 2: "specialist", 3: "cross_team", 4: "manager"}
QUANTILES: tuple[Statistic, ...] = ("p50", "p90")


def item_facts(items: pl.DataFrame, desk: DeskSettings, *, as_of: datetime) -> Facts:
    """Facts whose tickets are the items: one row each with acknowledge_seconds, decide_seconds (calendar, Int64)."""
    known = items.filter(pl.col("opened_at") <= as_of)
    took = {
        f"{name}_seconds": (pl.col(at) - pl.col("opened_at")).dt.total_seconds().clip(0)
        for name, at in (("acknowledge", "acknowledged_at"), ("decide", "decided_at"))
    }
    named = known.with_columns(
        **took, agent="owner", tier=pl.col("tier").replace_strict(TIERS, return_dtype=pl.String),
        date_only=pl.lit(None, pl.List(pl.String)),
    ).drop("owner")  # fmt: skip
    placed = with_moments(named, "opened_at", desk, is_day=pl.lit(value=False))
    missing = [name for name in DIMENSIONS if name not in placed.columns]
    whole = placed.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    nothing = whole.clear()
    return Facts(tickets=whole, replies=nothing, ratings=nothing, sla_instances=nothing, zone=desk.zone, as_of=as_of)


def _of_items(id: str, value: Formula, unit: Unit, *, minimum_n: int = 1, **given: object) -> Metric:
    told = {"better": "lower", "at": "opened_at"} | given
    return Metric(id=id, unit=unit, fact="tickets", value=value, minimum_n=minimum_n, **told)  # type: ignore[arg-type]


def _times(thing: str) -> Iterator[Metric]:
    for statistic in QUANTILES:
        q = int(statistic[1:]) / 100
        yield _of_items(
            f"triage_{thing}_{statistic}", Quantile(Measure("values", f"{thing}_seconds"), q), Unit.SECONDS,
            interval="order_statistic", minimum_n=max(10, smallest_bounded_n(q)),
        )  # fmt: skip


def _per_item(id: str, column: str) -> Metric:
    return _of_items(id, Ratio(Measure("sum", column), Measure("present", column)), Unit.RATIO, interval="normal",
                     minimum_n=ENOUGH)  # fmt: skip


METRICS = (
    _of_items("triage_items", Total(Measure("rows")), Unit.COUNT, better="neither"),
    _of_items("triage_backlog", Stock("opened_at", "ended_at"), Unit.COUNT),
    *_times("acknowledge"),
    *_times("decide"),
    _per_item("triage_reminders_per_item", "reminders"),
    _per_item("triage_snoozes_per_item", "snoozes"),
    _per_item("triage_raises_per_item", "raises"),
    _per_item("triage_reopens_per_item", "reopens"),
    _of_items("triage_promises_kept", Ratio(Measure("sum", "promises_kept"), Measure("sum", "promises")), Unit.SHARE,
              better="higher"),
)  # fmt: skip
"""By items opened in a period; the backlog at its end. Split by team, tier, channel, and `agent`: who has the item."""
