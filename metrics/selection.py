"""Which fact rows a question is about, and in which local period each falls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.facts.dimensions import TICKET_DIMENSIONS, source_fields
from metrics.model import DIMENSIONS, OWN_DIMENSIONS, Every, Metric, Scope
from metrics.tables import INSTANT
from metrics.words import N_

Where = Mapping[str, tuple[str | None, ...]]
"""Filters: the values asked for, by dimension; None asks for the unknown."""
STEP = {"hour": "1h", "day": "1d", "week": "1w", "month": "1mo"}
PERIOD = "period"
EPOCH = date(1970, 1, 1)
SHORT = 4
"""A period is short where it holds less than this part, one in so many, of all rows."""


class UnknownDimensionError(ActionableError):
    """No figure can be split or filtered by that."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        template = (
            N_("There is no dimension “{name}”. Did you mean “{near}”?")
            if near
            else N_("There is no dimension “{name}”. There are: {known}.")
        )
        super().__init__(template, name=name, near=near[0] if near else "", known=", ".join(known))


def dimensions(facts: Facts) -> tuple[str, ...]:
    """What the figures of these facts can be split and filtered by."""
    return (*DIMENSIONS, *source_fields(facts.tickets))


def check_dimensions(names: Sequence[str], facts: Facts, metrics: Sequence[Metric] = ()) -> None:
    """Raises UnknownDimensionError for the first name that is no dimension of the facts, or not of all metrics."""
    own = [set(OWN_DIMENSIONS.get(metric.fact, ())) for metric in metrics]
    known = (*dimensions(facts), *sorted(set.intersection(*own) if own else ()))
    for name in names:
        if name not in known:
            raise UnknownDimensionError(name, known)


def dimension(name: str, metric: Metric) -> pl.Expr:
    """The column of a dimension for this metric: `agent` is the person whom the metric credits."""
    return pl.col(metric.person if name == "agent" else name)


def in_where(scope: Scope, metric: Metric) -> pl.Expr:
    """Rows whose dimensions have one of the asked values; None asks for the unknown."""
    return _fits(scope.where, lambda name: dimension(name, metric))


def of_the_ticket(where: Where) -> Where:
    """Those of the filters that hold for all facts of a ticket alike; who did it and when differ from fact to fact."""
    return {name: values for name, values in where.items() if name in TICKET_DIMENSIONS and name != "agent"}


def _fits(where: Where, column_of: Callable[[str], pl.Expr]) -> pl.Expr:
    conditions = []
    for name, values in where.items():
        column, named = column_of(name), [value for value in values if value is not None]
        fits = column.is_in(named).fill_null(False)
        conditions.append(fits | column.is_null() if None in values else fits)
    return pl.all_horizontal(pl.lit(True), *conditions)


def narrowed(facts: Facts, where: Where) -> Facts:
    """The facts of these tickets alone, as if the desk had no others; of what others wrote on them nothing is left out.

    Rollups tell of all tickets and are not kept.
    """
    frames = {one.name: getattr(facts, one.name) for one in fields(facts)}
    kept: dict[str, Any] = {
        name: frame.filter(_fits(where, _column_of(frame)))
        for name, frame in frames.items()
        if isinstance(frame, pl.DataFrame)
    }
    return replace(facts, **kept, rollups=None)


def _column_of(frame: pl.DataFrame) -> Callable[[str], pl.Expr]:
    """The columns of a frame; one that it does not have is unknown throughout."""
    known = set(frame.columns)
    return lambda name: pl.col(name) if name in known else pl.lit(None, pl.String)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def in_period(scope: Scope, at: str, zone: str) -> pl.Expr:
    """Rows whose instant lies in the asked half-open period; all rows where none is asked."""
    if scope.period is None:
        return pl.lit(True)
    start, end = midnight(scope.period.start, zone), midnight(scope.period.end, zone)
    return ((pl.col(at) >= start) & (pl.col(at) < end)).fill_null(False)


def rows_in_period(frame: pl.DataFrame, scope: Scope, at: str, zone: str) -> pl.LazyFrame:
    """The rows of `in_period`; of a short period they are gathered first, so that nothing else looks at the others."""
    inside = in_period(scope, at, zone)
    if scope.period is None:
        return frame.lazy()
    found = frame.select(pl.arg_where(inside)).to_series()
    if found.len() * SHORT > frame.height:
        return frame.lazy().filter(inside)
    return frame.lazy().select(pl.all().gather(found))


def bucket(at: str, every: Every, zone: str) -> pl.Expr:
    """The local start of an instant's period: Date, or naive Datetime for hours; null for a day without an hour."""
    local = pl.col(at).dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.truncate(STEP[every])
    if every != "hour":
        return local.dt.date()
    return pl.when(~pl.col("date_only").list.contains(at).fill_null(False)).then(local)


def axis(every: Every, first: date | datetime, last: date | datetime, zone: str) -> pl.Series:
    """All periods from the one that holds *first* to the one that holds *last*, by their local start."""
    if every != "hour":
        ends = np.array([one.toordinal() - EPOCH.toordinal() for one in (first, last)], dtype=np.int64)
        begin, end = begins(ends, every).tolist()
        return pl.Series(PERIOD, np.unique(begins(np.arange(begin, end + 1), every)).astype("datetime64[D]"))
    hours = [_naive(one).replace(minute=0, second=0, microsecond=0) for one in (first, last)]
    found = pl.datetime_range(hours[0], hours[1], "1h", eager=True).alias(PERIOD)
    return found.filter(found.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").is_not_null())


def begins(days: npt.NDArray[np.int64], every: Every) -> npt.NDArray[np.int64]:
    """The day on which the period of each day begins, in days since 1970; weeks on Monday."""
    if every == "week":
        return days - (days + 3) % 7
    if every == "month":
        return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days


def starts(periods: pl.Series, zone: str) -> pl.Series:
    """The instants at which local periods begin, given by their local starts."""
    return _instants(periods.cast(pl.Datetime("us")), zone)


def ends(periods: pl.Series, every: Every, zone: str) -> pl.Series:
    """The instants at which local periods end."""
    return _instants(periods.cast(pl.Datetime("us")).dt.offset_by(STEP[every]), zone)


def _instants(local: pl.Series, zone: str) -> pl.Series:
    def placed(moved: pl.Series) -> pl.Series:
        return moved.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")

    settled = placed(local)
    # A midnight that summer time skips begins where the clock goes on: half an hour, one hour or two later.
    for minutes in (30, 60, 90, 120):
        if settled.null_count() == local.null_count():
            break
        settled = settled.zip_with(settled.is_not_null(), placed(local + timedelta(minutes=minutes)))
    return settled.dt.convert_time_zone("UTC").cast(INSTANT)


def _naive(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())
