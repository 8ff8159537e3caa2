"""The tickets that make one mark of a chart, for any figure of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from metrics.catalog import metric
from metrics.compute import rows_behind
from metrics.facts import Facts
from metrics.model import Balance, Formula, Metric, Period, Quantile, Ratio, Scope, Spread, Stock, Total, Waiting

SHOWN_AT_MOST = 500
KEYS = ("source", "ticket_id")
VALUE = "behind_value"
"""What the row adds to the figure: seconds, a score, or whether it is true; absent where the row itself is counted."""
GOES_ON = "behind_goes_on"
LATE = "behind_late"
"""Of promises that were missed: by how many seconds of calendar time."""


@dataclass(frozen=True)
class Behind:
    """The first rows behind a mark, at most 500, and how many there are."""

    rows: pl.DataFrame
    total: int


def behind(
    facts: Facts,
    scope: Scope,
    metric_id: str,
    *,
    where: Mapping[str, tuple[str | None, ...]] | None = None,
    period: Period | None = None,
    only: bool | None = None,
) -> Behind:
    """The rows that make the figure of a mark, newest first; *where* and *period* are those of the mark.

    only: of a share, the rows that fulfil it (True) or do not (False); of promises, those missed by most first. Rows of
    other facts carry what is known of their ticket (`subject`, `created_at`, …) and `behind_value`.
    """
    asked = replace(scope, where={**scope.where, **(where or {})}, period=period or scope.period)
    one = metric(metric_id)
    found = rows_behind(one, facts, asked)
    value = value_of(one)
    if value is not None:
        found = found.with_columns(value.alias(VALUE))
    if only is not None and value is not None:
        found = found.filter(pl.col(VALUE).eq_missing(only))
    late = lateness(one)
    if only is False and late in found.columns:
        found = found.with_columns(pl.col(late).alias(LATE)).sort(LATE, descending=True, nulls_last=True)
    if isinstance(one.value, Waiting):
        found = found.with_columns(pl.col(one.value.took).is_null().alias(GOES_ON))
    return Behind(_with_ticket(found.head(SHOWN_AT_MOST), facts), found.height)


def value_of(one: Metric) -> pl.Expr | None:
    """What a row adds to the figure; None where it only counts as one."""
    return _value(one.value)


def lateness(one: Metric) -> str | None:
    """The column that tells by how much a row missed the promise; None where the figure is about no promise."""
    judged = one.value.of.column if isinstance(one.value, Ratio) else None
    if judged is None or not judged.endswith("_met"):
        return None
    return f"{'sla' if judged == 'is_met' else judged.removesuffix('_met')}_overrun_calendar_seconds"


def _value(formula: Formula) -> pl.Expr | None:
    match formula:
        case Ratio(of, _) | Quantile(of, _) | Spread(of, _, _):
            return None if of.column is None else pl.col(of.column)
        case Total(of):
            return pl.col(str(of.column)) if of.kind == "sum" else None
        case Waiting(took, waiting, _):
            return pl.coalesce(took, waiting)
        case Stock() | Balance():
            return None
        case _:
            return None


def _with_ticket(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The rows with what only their tickets tell; a ticket's own fact has it all."""
    more = [name for name in facts.tickets.columns if name not in rows.columns]
    if not more or rows.is_empty():
        return rows
    told = facts.tickets.lazy().select(*KEYS, *more).join(rows.lazy().select(KEYS).unique(), on=KEYS, how="semi")
    return rows.join(told.collect(), on=KEYS, how="left", maintain_order="left")
