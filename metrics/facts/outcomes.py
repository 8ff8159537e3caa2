"""What customers did after they had written: one row per inquiry of a known customer, where outcomes are loaded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from metrics.facts.dimensions import TICKET_DIMENSIONS, is_day, source_fields
from metrics.facts.known import NEVER

CONVERSION_DAYS = 7
"""Days after a contact within which an order counts as having followed from it."""
REPURCHASE_DAYS = 30
"""Days after a contact within which a customer who had bought before buys again, or not."""
BOUGHT = ("order", "repurchase")
NEAREST: Mapping[str, Literal["forward", "backward"]] = {"bought_after_at": "forward", "bought_before_at": "backward"}
TICKET_COLUMNS = (
    "ticket_id", *TICKET_DIMENSIONS, "weekday", "hour", "peak", "customer", "subject", "created_at", "created_on",
    "ended_at", "date_only",
)  # fmt: skip


def contact_facts(tickets: pl.DataFrame, outcomes: pl.DataFrame, *, as_of: datetime) -> pl.DataFrame:
    """One row per inquiry whose customer is known; no rows where no outcomes are loaded.

    `tickets`: the ticket facts. is_converted: whether the customer ordered within CONVERSION_DAYS · is_repurchased: of
    customers who had bought before, whether they bought again within REPURCHASE_DAYS. A customer who comes again within
    the window counts once, at the first of these contacts; null on the others, where the window is not over, and where
    the outcomes loaded do not reach. Customers are known by their number, whatever the source.
    """
    if outcomes.is_empty():
        tickets = tickets.clear()
    fields = source_fields(tickets)
    asked = tickets.filter(
        ~pl.col("status").is_in(["merged", "spam"]).fill_null(False) & pl.col("customer").is_not_null()
    ).select(*TICKET_COLUMNS, *fields)
    bought = outcomes.filter((pl.col("at") <= as_of) & pl.col("kind").is_in(BOUGHT)).select("customer", bought_at="at")
    reach = outcomes.filter(pl.col("at") <= as_of).select(first=pl.col("at").min(), last=pl.col("at").max()).row(0)
    if reach[0] is None:
        return _judged(asked.clear(), as_of, as_of)
    matched = asked.join(bought, on="customer", how="semi").height > 0
    found = _judged(_with_purchases(asked, bought), *reach)
    if not matched:
        found = found.with_columns(pl.lit(None, pl.Boolean).alias(name) for name in ("is_converted", "is_repurchased"))
    return found.sort("created_at", "source", "ticket_id")


def newest_outcome(outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """The newest outcome, as the only value."""
    return outcomes.filter(pl.col("at") < NEVER).select(newest=pl.col("at").max())


def _with_purchases(asked: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """The purchases next before and after each contact, and the same customer's contact before."""
    ordered = asked.sort("created_at", "source", "ticket_id")
    found = ordered.with_columns(contact_before_at=pl.col("created_at").shift(1).over("customer"))
    purchases = bought.sort("bought_at")
    for name, strategy in NEAREST.items():
        found = found.join_asof(
            purchases.with_columns(pl.col("bought_at").alias(name)), left_on="created_at", right_on="bought_at",
            by="customer", strategy=strategy, allow_exact_matches=strategy == "backward", check_sortedness=False,
        ).drop("bought_at", strict=False)  # fmt: skip
    return found


def _judged(found: pl.DataFrame, first: datetime, last: datetime) -> pl.DataFrame:
    if "bought_after_at" not in found.columns:
        instant = pl.lit(None, pl.Datetime("us", "UTC"))
        found = found.with_columns(contact_before_at=instant, bought_after_at=instant, bought_before_at=instant)
    bought_before = pl.col("bought_before_at").is_not_null()
    return found.with_columns(
        is_converted=pl.when(_decided(CONVERSION_DAYS, first, last)).then(_bought_within(CONVERSION_DAYS)),
        is_repurchased=pl.when(_decided(REPURCHASE_DAYS, first, last) & bought_before).then(
            _bought_within(REPURCHASE_DAYS)
        ),
    ).drop("contact_before_at", "bought_after_at", "bought_before_at")


def _decided(days: int, first: datetime, last: datetime) -> pl.Expr:
    """The first contact of its window, and the window lies within what the outcomes reach over."""
    window, created = timedelta(days=days), pl.col("created_at")
    is_first = ((created - pl.col("contact_before_at")) > window).fill_null(True)
    return is_first & ~is_day("created_at") & (created >= first) & (created <= last - window)


def _bought_within(days: int) -> pl.Expr:
    return (pl.col("bought_after_at") <= pl.col("created_at") + timedelta(days=days)).fill_null(False)
