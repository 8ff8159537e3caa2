"""Tables of figures: each cell is what `compute` gives for the question that stands with the table."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard.format import dimension
from dashboard.metric_words import label
from dashboard.reports.content import Content
from dashboard.reports.declared import DECLARED
from dashboard.reports.model import KIND_OF, UNIT, Chart, Column, Table
from dashboard.services.analysis.asks import Ask
from dashboard.wording import _
from metrics.compute import compute
from metrics.model import Every, Scope, Unit

SHORT_ENOUGH = 45
"""Rows up to which a table stands without filters."""


def figure_list(
    content: Content, key: str, title: str, ids: Sequence[str], *, scope: Scope | None = None,
    notes: tuple[str, ...] = (),
) -> Table:  # fmt: skip
    """One row per figure: value, 95 % interval, n."""
    asked = scope or content.scope
    found = compute([DECLARED[id] for id in ids], content.facts, asked)
    columns = (
        Column("metric", _("Figure"), "metric", wide=30), Column("value", _("Result"), "figure"),
        Column("low", _("From (95%)"), "figure"), Column("high", _("To (95%)"), "figure"), Column("n", "n", "count"),
    )  # fmt: skip
    frame = found.select("metric", "value", "low", "high", "n", UNIT)
    return Table(key, title, columns, frame, notes, asks=(Ask(tuple(ids), asked),), is_listed=False)


def by_dimension(
    content: Content, key: str, title: str, ids: Sequence[str], by: str, *, charts: tuple[Chart, ...] = (),
    bounds: str | None = None, at_most: int | None = None, notes: tuple[str, ...] = (),
) -> Table:  # fmt: skip
    """One row per value of a dimension, the largest n of the first figure first; *bounds*: the figure with interval."""
    found = compute([DECLARED[id] for id in ids], content.facts, content.scope, by=(by,))
    wide = _wide(found, ids, by)
    told = wide.filter(pl.any_horizontal(pl.col(f"{id}.n") > 0 for id in ids)).sort(
        f"{ids[0]}.n", by, descending=[True, False], nulls_last=True
    )
    columns = [Column(by, dimension(by), "value", of=by, wide=16)]
    for id in ids:
        one = DECLARED[id]
        columns.append(Column(id, label(one), KIND_OF[one.unit], is_barred=one.unit is Unit.COUNT))
        if id == bounds:
            columns += [Column(f"{id}.low", _("From (95%)"), KIND_OF[one.unit]),
                        Column(f"{id}.high", _("To (95%)"), KIND_OF[one.unit])]  # fmt: skip
        if one.unit is not Unit.COUNT:
            columns.append(Column(f"{id}.n", "n", "count"))
    asks = (Ask(tuple(ids), content.scope, (by,)),)
    return Table(key, title, tuple(columns), told.head(at_most) if at_most else told, notes, charts, asks,
                 is_listed=told.height > SHORT_ENOUGH)  # fmt: skip


def course(
    content: Content, key: str, title: str, ids: Sequence[str], *, charts: tuple[Chart, ...] = (),
    every: Every | None = None, notes: tuple[str, ...] = (),
) -> Table:  # fmt: skip
    """One row per day or week of the report."""
    how = every or content.every
    found = compute([DECLARED[id] for id in ids], content.facts, content.scope, every=how)
    wide = _wide(found, ids, "period").sort("period")
    columns = [Column("period", _("Day") if how == "day" else _("Week from"), "day")]
    columns += [Column(id, label(DECLARED[id]), KIND_OF[DECLARED[id].unit]) for id in ids]
    asks = (Ask(tuple(ids), content.scope, (), how),)
    return Table(key, title, tuple(columns), wide, notes, charts, asks, is_listed=False)


def _wide(found: pl.DataFrame, ids: Sequence[str], by: str) -> pl.DataFrame:
    """An answer of `compute` with a column per figure: `<id>`, `<id>.n`, `<id>.low`, `<id>.high`."""
    keys = found.select(by).unique(maintain_order=True)
    for id in ids:
        own = found.filter(pl.col("metric") == id).select(
            by, pl.col("value").alias(id), *(pl.col(name).alias(f"{id}.{name}") for name in ("n", "low", "high"))
        )
        keys = keys.join(own, on=by, how="left", nulls_equal=True, maintain_order="left")
    return keys


def without_period(scope: Scope) -> Scope:
    """What stands at the end of the data, whatever the days."""
    return replace(scope, period=None)
