"""Ask for figures: metrics over facts, filtered, split and by period; from their rollups where a desk is large."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.absence import without_absent
from metrics.balance import balance
from metrics.bins import Whole
from metrics.coded import coded, within
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.grid import Axis, completed
from metrics.measures import contributes, parts, values
from metrics.model import (
    Balance,
    Every,
    Metric,
    Quantile,
    Quotient,
    Ratio,
    Sampled,
    Scope,
    Spread,
    Stock,
    Total,
    Turnover,
    Waiting,
)
from metrics.pieces import NO_PERIOD, Keys, Piece, piece_of
from metrics.planner import Question, answered, daily, untold
from metrics.rows import daily_rows, of_rows, silent
from metrics.selection import (
    EPOCH,
    PERIOD,
    STEP,
    UnknownDimensionError,
    axis,
    bucket,
    check_dimensions,
    dimension,
    dimensions,
    in_period,
    in_where,
    midnight,
    rows_in_period,
    starts,
)
from metrics.stocks import is_in_stock, stock
from metrics.survival import curves, quantile
from metrics.turnover import turnover
from metrics.words import N_

__all__ = ["AsOfMismatchError", "UnknownDimensionError", "compute", "dimensions", "rows_behind"]

ALL = "__all"


class AsOfMismatchError(ActionableError):
    """The facts were built for another instant."""

    def __init__(self, asked: datetime, built: datetime) -> None:
        template = N_("The figures stand as of {built}, but {asked} was asked for.")
        super().__init__(template, asked=asked.isoformat(), built=built.isoformat())


def compute(
    metrics: Sequence[Metric],
    facts: Facts,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
) -> pl.DataFrame:
    """Figures as rows `*by, period, metric, value, unit, n, low, high`, in the order asked, then period, then by.

    period: the local start of each period (Date; naive Datetime for hours), null without *every*; weeks begin on
    Monday. The axis has no gaps, and every group has all of it: a count of nothing is 0, everything else about nothing
    is null with n 0; what begins after as_of is null throughout. Where rollups answer (see metrics.planner) counts,
    sums, shares and means are those of the facts, quantiles are told from bins, and a column `error` more gives the
    greatest relative error of such a value, null for exact ones. Instants that are known only as a day have no hour
    and stand, by hour, under a null period. Seconds, shares 0–1.
    Raises UnknownDimensionError for a split or filter that is none, AsOfMismatchError where the facts stand for
    another instant than the scope.
    """
    by = list(dict.fromkeys(by))
    _check(facts, scope, by, metrics)
    flows = [
        metric for metric in metrics if isinstance(metric.value, Total | Ratio | Quantile | Spread | Quotient | Sampled)
    ]
    waits = [metric for metric in metrics if isinstance(metric.value, Waiting)]
    counted = [_flow(group, facts, scope, by, every) for group in _passes(flows, scope, by, every)]
    counted += [_waiting(group, facts, scope, by, every) for group in _passes(waits, scope, by, every)]
    counted += [_turnover(m, facts, scope, by, every) for m in metrics if isinstance(m.value, Turnover)]
    stocks = [metric for metric in metrics if isinstance(metric.value, Stock | Balance)]
    periods = None if every is None else _axis(counted, stocks, facts, scope, every)
    counted += [_standing(metric, facts, scope, by, periods, every) for metric in stocks]
    unknown = _unknown(metrics, facts, scope, by)
    if not counted:
        return _empty(by)
    pieces = [piece for own in counted for piece in own]
    whole = completed(pieces, metrics, by, _periods(pieces, periods, facts, scope), unknown)
    return without_absent(whole, metrics, facts)


def rows_behind(metric: Metric, facts: Facts, scope: Scope = Scope()) -> pl.DataFrame:  # noqa: B008 - frozen
    """The fact rows that make one figure, newest first by the instant that dates them.

    Of a ratio the rows of its lower part, of a quantile the rows whose value is known, of a stock what stands open, of
    waits those that are over and those that go on.
    """
    return newest_first(metric, rows_of_figure(metric, facts, scope))


def newest_first(metric: Metric, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a figure by the instant that dates them: sorted after all else is filtered, as sorting takes longest."""
    order = [metric.at, "source", *({"ticket_id"} & set(rows.columns))]
    return rows.sort(order, descending=[True, *[False] * (len(order) - 1)], nulls_last=True)


def rows_of_figure(
    metric: Metric,
    facts: Facts,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    *,
    columns: Sequence[str] | None = None,
    that: pl.Expr | None = None,
) -> pl.DataFrame:
    """The same rows in no order, of them those *that* fit; *columns*: those that are needed, else all."""
    _check(facts, scope, [], [metric])
    taken = _taken(metric, facts, scope)
    return rows_that(taken if that is None else taken & that, metric, facts, scope, columns=columns)


def rows_that(
    fit: pl.Expr, metric: Metric, facts: Facts, scope: Scope, *, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """The rows that fit, of those that the filters hold and that may lie in the period, in the order of the facts."""
    frame = facts.frame(metric.fact)
    return (frame if columns is None else frame.select(columns))[places_that(fit, metric, facts, scope)]


def places_that(fit: pl.Expr, metric: Metric, facts: Facts, scope: Scope) -> slice | Whole:
    """The places of these rows, so that only what is needed of them is read."""
    frame, near = facts.frame(metric.fact), _near(metric, facts, scope)
    if looked_at := list(dict.fromkeys(fit.meta.root_names())):
        inside: Whole = frame.select(looked_at)[near].select(pl.arg_where(fit)).to_series().to_numpy()
        return inside + near.start if isinstance(near, slice) else near[inside]
    return near if pl.select(fit).item() else slice(0, 0)


def rows_of_filters(metric: Metric, facts: Facts, scope: Scope, columns: Sequence[str]) -> pl.DataFrame:
    """These columns of all rows that the filters hold, of whatever time."""
    return facts.frame(metric.fact).select(columns)[_near(metric, facts, replace(scope, period=None))]


def _near(metric: Metric, facts: Facts, scope: Scope) -> slice | Whole:
    """The places of the rows that the filters hold; without filters of those that may lie in the period."""
    if scope.where:
        return _chosen(metric, facts, scope)
    is_flow = not isinstance(metric.value, Stock | Balance)
    frame = facts.frame(metric.fact)
    return coded(frame, facts.zone).window(frame, metric.at, scope.period if is_flow else None)


def _chosen(metric: Metric, facts: Facts, scope: Scope) -> Whole:
    """The places of the rows that the filters hold, of whatever time."""
    frame, asked = facts.frame(metric.fact), Question(facts, scope, [])
    where = {asked.column(name, metric): wanted for name, wanted in scope.where.items()}
    return coded(frame, facts.zone).chosen(frame, where)


def _taken(metric: Metric, facts: Facts, scope: Scope) -> pl.Expr:
    """Which rows make the figure, in the period."""
    match metric.value:
        case Stock():
            return is_in_stock(metric, facts, scope)
        case Balance(opened, closed, among):
            standing = replace(metric, value=Stock(opened, closed))
            return is_in_stock(standing, facts, scope) & pl.col(among).is_not_null()
        case Waiting(took, waiting, _):
            return pl.coalesce(took, waiting).is_not_null() & in_period(scope, metric.at, facts.zone)
        case Quotient(of, over, _):
            both = pl.col(of).is_not_null() & pl.col(over).is_not_null()
            return both & in_period(scope, metric.at, facts.zone)
        case Sampled(of):
            return pl.col(of).is_not_null() & in_period(scope, metric.at, facts.zone)
        case Ratio(_, of) | Total(of) | Quantile(of, _) | Spread(of, _, _) | Turnover(_, _, of):
            return contributes(of) & in_period(scope, metric.at, facts.zone)


def _check(facts: Facts, scope: Scope, by: Sequence[str], metrics: Sequence[Metric]) -> None:
    check_dimensions([*by, *scope.where], facts, metrics)
    if scope.as_of is not None and scope.as_of != facts.as_of:
        raise AsOfMismatchError(scope.as_of, facts.as_of)


def _passes(metrics: Sequence[Metric], scope: Scope, by: Sequence[str], every: Every | None) -> list[list[Metric]]:
    """Metrics that can be counted in one pass: same rows, same groups."""
    dated = scope.period is not None or every is not None
    personal = "agent" in by or "agent" in scope.where
    groups: dict[tuple[str, str, str], list[Metric]] = {}
    for metric in metrics:
        key = (metric.fact, metric.at if dated else "", metric.person if personal else "")
        groups.setdefault(key, []).append(metric)
    return list(groups.values())


def _keyed(
    first: Metric, facts: Facts, scope: Scope, by: list[str], every: Every | None
) -> tuple[pl.LazyFrame, list[str]]:
    """The rows of one pass with the columns that they are grouped by, and the names of these."""
    frame = facts.frame(first.fact)
    if scope.where:
        chosen = pl.all().gather(pl.Series(_chosen(first, facts, scope)))
        rows = frame.lazy().select(chosen).filter(in_period(scope, first.at, facts.zone))
    else:
        near = within(frame, first.at, scope.period, facts.zone)
        rows = rows_in_period(near, scope, first.at, facts.zone)
    if every is not None:
        rows = rows.filter(pl.col(first.at).is_not_null())
    period = pl.lit(None, pl.Date) if every is None else bucket(first.at, every, facts.zone)
    keys = [dimension(name, first).alias(f"by:{name}") for name in by]
    return rows.with_columns(*keys, **{PERIOD: period, ALL: pl.lit(0)}), [*(f"by:{name}" for name in by), PERIOD]


def _flow(metrics: list[Metric], facts: Facts, scope: Scope, by: list[str], every: Every | None) -> list[Piece]:
    asked = Question(facts, scope, by, every)
    found, left = answered(metrics, asked)
    if left:
        told, left = of_rows(left, asked)
        found += told
    if left:
        keyed, names = _keyed(left[0], facts, scope, by, every)
        aggregated = keyed.group_by(*names, ALL).agg(parts(left)).collect(engine="in-memory")
        found += [_piece(metric, values(metric, aggregated, names), by) for metric in left]
    return found


def _piece(metric: Metric, found: pl.DataFrame, by: list[str]) -> Piece:
    return piece_of(metric.id, found.rename({f"by:{name}": name for name in by}), by)


def _waiting(metrics: list[Metric], facts: Facts, scope: Scope, by: list[str], every: Every | None) -> list[Piece]:
    """Waits that are over and waits that go on: one curve per group for all quantiles of the same columns."""
    keyed, names = _keyed(metrics[0], facts, scope, by, every)
    steps: dict[tuple[str, str], pl.DataFrame] = {}
    found = []
    for metric in metrics:
        formula = metric.value
        if isinstance(formula, Waiting):
            pair = (formula.took, formula.waiting)
            if pair not in steps:
                steps[pair] = curves(keyed, names, took=formula.took, waiting=formula.waiting)
            values = quantile(steps[pair], names, formula.q)
            found.append(_piece(metric, values, by))
    return found


def _turnover(metric: Metric, facts: Facts, scope: Scope, by: list[str], every: Every | None) -> list[Piece]:
    """One count over another, each dated by its own instant."""
    formula = metric.value
    if not isinstance(formula, Turnover):
        raise TypeError(f"{metric.id} is no turnover")
    sides = ((formula.of_at, formula.of), (metric.at, formula.over))
    upper, lower = (_flow([replace(metric, at=at, value=Total(of))], facts, scope, by, every)[0] for at, of in sides)
    return [turnover(metric.id, upper, lower, splits=len(by))]


def _standing(
    metric: Metric, facts: Facts, scope: Scope, by: list[str], periods: pl.Series | None, every: Every | None
) -> list[Piece]:
    if isinstance(metric.value, Stock):
        return [stock(metric, facts, scope, by=by, periods=periods, every=every)]
    found = balance(metric, facts, scope, by=by, periods=periods, every=every)
    none = pl.lit(None, pl.Float64)
    return [piece_of(metric.id, found.with_columns(low=none, high=none), by)]


def _unknown(metrics: Sequence[Metric], facts: Facts, scope: Scope, by: list[str]) -> list[tuple[str, Keys]]:
    """The groups whose rows, of any time, tell nothing of what a metric counts: there it is unknown, not 0."""
    found = []
    for metric in metrics:
        asked = Question(facts, scope, by)
        keys = None if _counts_rows(metric) else untold(metric, asked) or silent(metric, asked)
        if keys is not None and keys.height:
            found.append((metric.id, keys))
    return found


def _counts_rows(metric: Metric) -> bool:
    """Every row tells that it is there: nothing can be unknown."""
    return isinstance(metric.value, Total) and metric.value.of.kind == "rows"


def _axis(
    counted: Sequence[Sequence[Piece]], stocks: Sequence[Metric], facts: Facts, scope: Scope, every: Every
) -> pl.Series:
    """All periods of the answer: those of the scope, else from the first to the last that anything falls in."""
    if scope.period is not None:
        if scope.period.end <= scope.period.start:
            return axis(every, scope.period.start, scope.period.start, facts.zone).clear()
        return axis(every, scope.period.start, _last_moment(scope.period.end), facts.zone)
    seen = [_known(piece.keys.periods, every) for pieces in counted for piece in pieces]
    for metric in stocks:
        if every != "hour":
            asked = Question(facts, Scope(where=scope.where), [])
            keys, _rows = daily(metric, asked, at=metric.at) or daily_rows(metric, asked, at=metric.at)
            seen.append(_begun(pl.Series(keys.periods.astype("datetime64[D]")), facts, every))
            continue
        opened = facts.frame(metric.fact).filter(in_where(scope, metric)).select(metric.at)
        if opened.height:
            known = pl.concat([opened, pl.DataFrame({metric.at: [facts.as_of]}, schema=opened.schema)])
            seen.append(known.with_columns(date_only=pl.lit(None, pl.List(pl.String))).select(
                bucket(metric.at, every, facts.zone)).to_series())  # fmt: skip
    found = [value for series in seen if series.len() for value in (series.min(), series.max())]
    ordered = sorted(value for value in found if isinstance(value, date))
    if not ordered:
        return axis(every, facts.as_of.date(), facts.as_of.date(), facts.zone).clear()
    return axis(every, ordered[0], ordered[-1], facts.zone)


def _begun(days: pl.Series, facts: Facts, every: Every) -> pl.Series:
    """The periods of these days, and that of as_of where there are any."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    return days.append(pl.Series([today])).dt.truncate(STEP[every]) if days.len() else days


def _last_moment(end: date) -> datetime:
    return datetime.fromordinal(end.toordinal() - 1).replace(hour=23)


def _known(periods: Whole, every: Every) -> pl.Series:
    known = np.unique(periods[periods != NO_PERIOD])
    return pl.Series(known.astype("datetime64[us]" if every == "hour" else "datetime64[D]"))


def _periods(pieces: Sequence[Piece], periods: pl.Series | None, facts: Facts, scope: Scope) -> Axis:
    """The axis, and whether each period has begun; an unknown period only where something has no hour."""
    if periods is None:
        begun = scope.period is None or midnight(scope.period.start, facts.zone) <= facts.as_of
        return Axis(np.full(1, NO_PERIOD), np.array([begun]))
    shown = periods.to_physical().cast(pl.Int64).to_numpy()
    if periods.dtype == pl.Date:
        return Axis(shown, shown <= facts.as_of.astimezone(ZoneInfo(facts.zone)).date().toordinal() - EPOCH.toordinal())
    begun_hours = (starts(periods, facts.zone) <= facts.as_of).to_numpy()
    if any((piece.keys.periods == NO_PERIOD).any() for piece in pieces):
        shown, begun_hours = np.append(shown, NO_PERIOD), np.append(begun_hours, True)
    return Axis(shown, begun_hours, periods.dtype)


def _empty(by: list[str]) -> pl.DataFrame:
    schema = {**{name: pl.String() for name in by}, PERIOD: pl.Date(), "metric": pl.String(), "value": pl.Float64()}
    return pl.DataFrame(
        schema={**schema, "unit": pl.String(), "n": pl.Int64(), "low": pl.Float64(), "high": pl.Float64()}
    )
