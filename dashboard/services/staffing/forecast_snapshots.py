"""Forecasts as they were made, kept so that they can be held against what came, by how far ahead they looked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.permission import permission_of
from dashboard.store.staffing import ForecastDay, ForecastRun
from dashboard.triage.now import now
from metrics.staffing.model import DayForecast, Factor, Forecast, QueueForecast
from metrics.tables import INSTANT

DAYS = 35
"""So many days ahead are kept of each forecast."""
DIGITS = 4
KEPT = {
    "queue": pl.String(), "starts_at": INSTANT, "mean": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
    "day": pl.Date(), "ahead": pl.Int64(),
}  # fmt: skip
"""Columns of kept forecasts: `ahead` counts local days from the one on which the data ended (0: that day itself)."""


@dataclass(frozen=True)
class Run:
    """A forecast that was kept: made when, of data up to when.

    queues, days: how it was made and how each of its days comes about; empty where that was not kept with it.
    """

    id: int
    made_at: datetime
    origin: datetime
    methods: dict[str, Any]
    queues: tuple[QueueForecast, ...] = ()
    days: tuple[DayForecast, ...] = ()


@needs(Act.PLAN_STAFFING)
def keep_forecast(actor: Actor, desk: Desk, forecast: Forecast, *, state: str) -> int | None:
    """Keep the forecast under the name of the data and settings that it is made of; None where that was done before.

    Only a forecast of the whole desk is kept, so that all kept ones tell of the same requests.
    """
    if not permission_of(actor, Act.PLAN_STAFFING).is_everything or not forecast.queues:
        return None
    try:
        with desk.keeping() as session:
            if session.scalar(select(ForecastRun.id).where(ForecastRun.state == state)) is not None:
                return None
            return _added(session, actor, forecast, state)
    except IntegrityError:  # another process was quicker with the same
        return None


def _added(session: Session, actor: Actor, forecast: Forecast, state: str) -> int:
    methods = {one.queue: one.method for one in forecast.queues}
    told = {one.queue: asdict(one) for one in forecast.queues}
    run = ForecastRun(
        made_at=now(), made_by_id=actor.id, made_by=actor.name, origin=forecast.origin, state=state,
        minutes=forecast.minutes, methods=methods, told=told,
    )  # fmt: skip
    session.add(run)
    session.flush()
    session.add_all(ForecastDay(run_id=run.id, **columns) for columns in _days(forecast))
    return run.id


def _days(forecast: Forecast) -> Iterator[dict[str, Any]]:
    today = forecast.origin.astimezone(ZoneInfo(forecast.zone)).date()
    local = pl.col("starts_at").dt.convert_time_zone(forecast.zone).dt.date()
    dated = forecast.frame.with_columns(day=local).filter(pl.col("day") <= today + timedelta(days=DAYS))
    rows = dated.sort("queue", "starts_at").group_by("queue", "day", maintain_order=True).agg(
        pl.col("starts_at").first(), *(pl.col(name).round(DIGITS).alias(f"{name}s") for name in ("mean", "low", "high"))
    )  # fmt: skip
    why = {(one.queue, one.day): [asdict(factor) for factor in one.factors] for one in forecast.days}
    for row in rows.iter_rows(named=True):
        yield {**row, "factors": why.get((row["queue"], row["day"]), [])}


@needs(Act.SEE_STAFFING)
def kept_runs(actor: Actor, desk: Desk) -> tuple[Run, ...]:
    """Every forecast that was kept, the newest first; for who may see all of the desk, as they tell of all of it."""
    if not permission_of(actor, Act.SEE_STAFFING).is_everything:
        return ()
    with desk.reading() as session:
        rows = session.scalars(select(ForecastRun).order_by(ForecastRun.origin.desc(), ForecastRun.id.desc()))
        return tuple(Run(row.id, row.made_at, row.origin, dict(row.methods)) for row in rows)


@needs(Act.SEE_STAFFING)
def kept_forecasts(actor: Actor, desk: Desk, first: date, last: date) -> pl.DataFrame:
    """What was forecast at any time for these local days, as KEPT; of one origin the newest forecast alone."""
    runs = {}
    for run in reversed(kept_runs(actor, desk)):
        runs[run.origin] = run
    with desk.reading() as session:
        asked = select(ForecastDay).where(
            ForecastDay.run_id.in_([run.id for run in runs.values()]), ForecastDay.day.between(first, last)
        )
        rows = list(session.scalars(asked))
        minutes = dict(session.execute(select(ForecastRun.id, ForecastRun.minutes)).all())
    origins = {run.id: run.origin for run in runs.values()}
    zone = ZoneInfo(desk.zone() or "UTC")
    return _spread(rows, {id: (minutes[id], origin.astimezone(zone).date()) for id, origin in origins.items()})


@needs(Act.SEE_STAFFING)
def kept_at(actor: Actor, desk: Desk, state: str, first: date, last: date) -> tuple[Run, pl.DataFrame] | None:
    """The forecast of that state of data and settings for local days, as KEPT; None where it was not kept that far."""
    if not permission_of(actor, Act.SEE_STAFFING).is_everything:
        return None
    with desk.reading() as session:
        run = session.scalar(select(ForecastRun).where(ForecastRun.state == state))
        if run is None:
            return None
        days = ForecastDay.day.between(first, last)
        rows = list(session.scalars(select(ForecastDay).where(ForecastDay.run_id == run.id, days)))
    if {row.day for row in rows} != {first + timedelta(days=step) for step in range((last - first).days + 1)}:
        return None
    origin = run.origin.astimezone(ZoneInfo(desk.zone() or "UTC")).date()
    queues = tuple(QueueForecast(**one) for one in (run.told or {}).values())
    told = tuple(
        DayForecast(row.queue, row.day, float(sum(row.means)), tuple(Factor(**one) for one in row.factors))
        for row in rows
        if row.factors
    )
    found = Run(run.id, run.made_at, run.origin, dict(run.methods), queues, told)
    return found, _spread(rows, {run.id: (run.minutes, origin)})


def _spread(days: Sequence[ForecastDay], runs: Mapping[int, tuple[int, date]]) -> pl.DataFrame:
    """Kept days as KEPT: the intervals of each follow one another without a gap, summer time or not.

    runs: number of a run -> the minutes of its intervals, the local day on which its data ended.
    """
    lists = {"mean": "means", "low": "lows", "high": "highs"}
    columns = {
        "queue": [one.queue for one in days], "starts_at": [one.starts_at for one in days],
        "day": [one.day for one in days], "minutes": [runs[one.run_id][0] for one in days],
        "ahead": [(one.day - runs[one.run_id][1]).days for one in days],
        **{name: [getattr(one, told) for one in days] for name, told in lists.items()},
    }  # fmt: skip
    numbers = dict.fromkeys(lists, pl.List(pl.Float64))
    packed = pl.DataFrame(columns, schema={**KEPT, "minutes": pl.Int64, **numbers})
    counted = packed.with_columns(place=pl.int_ranges(pl.col("mean").list.len()))
    return counted.explode(*lists, "place", empty_as_null=False, keep_nulls=True).select(
        "queue", pl.col("starts_at") + pl.duration(minutes=pl.col("minutes") * pl.col("place")), *lists, "day", "ahead"
    ).cast(KEPT)  # type: ignore[arg-type]  # fmt: skip


def held_against(kept: pl.DataFrame, came: pl.DataFrame, by: Sequence[str] = ("ahead",)) -> pl.DataFrame:
    """Kept forecasts (KEPT) beside what came (ARRIVAL_FRAME): wape, bias, coverage, days, intervals, by these columns.

    Intervals in which nothing was recorded, or of closed hours, are left out. wape: sum of misses over what came ·
    bias: (forecast − came) ÷ came · coverage: share of the intervals within low and high.
    """
    known = came.filter(pl.col("offered").is_not_null(), "is_open").select("queue", "starts_at", "offered")
    both = kept.join(known, on=["queue", "starts_at"])
    total = pl.col("offered").sum()
    return (
        both.group_by(list(by))
        .agg(
            wape=pl.when(total > 0).then((pl.col("mean") - pl.col("offered")).abs().sum() / total),
            bias=pl.when(total > 0).then((pl.col("mean").sum() - total) / total),
            coverage=pl.col("offered").is_between("low", "high").mean(),
            came=total,
            forecast=pl.col("mean").sum(),
            days=pl.col("day").n_unique(),
            intervals=pl.len(),
        )
        .sort(list(by))
    )
