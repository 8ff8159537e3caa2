"""How evenly what stands open is spread over people at the end of each period."""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from metrics.coded import within
from metrics.facts import Facts
from metrics.model import Balance, Every, Metric, Period, Scope, Stock
from metrics.pieces import NO_PERIOD
from metrics.selection import PERIOD, dimension, in_where
from metrics.stocks import closing_instants, stock

AT_WORK = timedelta(days=28)
"""Whoever was given a ticket within so long before the instant counts, also with nothing open: idle hands matter."""


def balance(
    metric: Metric, facts: Facts, scope: Scope, *, by: list[str], periods: pl.Series | None, every: Every | None
) -> pl.DataFrame:
    """Rows `*by`, period, value, n: the Gini coefficient of open loads and the tickets open with somebody.

    Corrected for the number of people (× k / (k − 1)), so that 1 is one person having everything in a team of any
    size. Null for fewer than two people and where nothing is open.
    """
    formula = metric.value
    if not isinstance(formula, Balance):
        raise TypeError(f"{metric.id} is no balance")
    keys = list(dict.fromkeys([*by, "agent"]))
    own = replace(metric, value=Stock(formula.opened, formula.closed), person=formula.among)
    labels = pl.Series(PERIOD, [None], dtype=pl.Date) if periods is None else periods.alias(PERIOD)
    loads = _loads(own, facts, scope, keys, labels, every)
    closing = pl.DataFrame({PERIOD: labels, "closing": closing_instants(facts, scope, periods, every)})
    frame = within(facts.frame(metric.fact), formula.opened, _reach(closing["closing"].drop_nulls()), facts.zone)
    given = frame.filter(in_where(scope, own)).select(
        *(dimension(name, own).alias(name) for name in keys), given_at=formula.opened
    )  # fmt: skip
    people = loads.join(closing, on=PERIOD, how="left", nulls_equal=True)
    at_work = _with_last_given(people, given.drop_nulls(["agent", "given_at"]), keys)
    counted = at_work.filter((pl.col("open") > 0) | (pl.col("given_at") >= pl.col("closing") - AT_WORK))
    return counted.group_by(*by, PERIOD).agg(_gini().alias("value"), pl.col("open").sum().alias("n"))


def _loads(
    own: Metric, facts: Facts, scope: Scope, keys: list[str], labels: pl.Series, every: Every | None
) -> pl.DataFrame:
    """Rows `*keys`, period, open: what each person has open at the end of each period."""
    found = stock(own, facts, scope, by=keys, periods=None if every is None else labels, every=every).frame(keys)
    period = pl.when(pl.col(PERIOD) != NO_PERIOD).then(PERIOD).cast(labels.dtype)
    return found.select(*keys, period, open=pl.col("n")).drop_nulls("agent")


def _reach(closing: pl.Series) -> Period | None:
    """The days on which a ticket that counts for one of these instants may have been given."""
    ends = [closing.min(), closing.max()]
    first, last = (end.date() if isinstance(end, datetime) else None for end in ends)
    if first is None or last is None:
        return None
    return Period(first - AT_WORK - timedelta(days=2), last + timedelta(days=2))


def _with_last_given(people: pl.DataFrame, given: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The instant at which each person was last given a ticket before the closing one."""
    named = people.select(keys).unique().with_row_index("who")
    numbered = people.join(named, on=keys, nulls_equal=True).sort("closing")
    marked = given.join(named, on=keys, nulls_equal=True).select("who", "given_at").sort("given_at")
    return numbered.join_asof(
        marked, left_on="closing", right_on="given_at", by="who", allow_exact_matches=False, check_sortedness=False,
        coalesce=False,
    )  # fmt: skip


def _gini() -> pl.Expr:
    load = pl.col("open").sort().cast(pl.Float64)
    k = pl.len()
    weighted = (load * (2 * pl.int_range(1, k + 1) - k - 1)).sum()
    return pl.when((k > 1) & (load.sum() > 0)).then(weighted / (load.sum() * (k - 1)))
