"""What will come to each queue in each interval, with its 80 % band, and how each day's figure comes about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.desk import DeskSettings
from metrics.staffing.arrivals import History, Interval, history_of, rows_ahead, with_opening
from metrics.staffing.effects import days_of_events, effects_ahead
from metrics.staffing.level_profile import LevelProfile
from metrics.staffing.model import (
    FORECAST_FRAME,
    DayForecast,
    Event,
    Factor,
    Forecast,
    Method,
    Minutes,
    QueueForecast,
)
from metrics.staffing.origins import Look, best, judged, learned_and_looks, means_at
from metrics.staffing.past import TAGS, Floats, Past, Rows
from metrics.staffing.spread import conformal, covered, day_spread, factors_of, floor_of, simulated
from metrics.words import N_

ENDED = N_("Nothing has come for three weeks or more; the queue seems to have ended, and nothing is forecast.")
TOO_SHORT = N_(
    "There are {days} usable days of history; less than two weeks forecast nothing. Shown is the average day."
)
NOTHING = N_("Nothing has come to this queue yet.")
RIVAL_WINS = N_("The mean of the last 8 weeks has erred less on past days than the models and is used.")
NO_EARLIER = N_("There is no earlier “{event}” to learn from; nothing is assumed of it. Type what you expect.")


@dataclass(frozen=True)
class Ahead:
    """One queue's forecast in days × intervals, before it is put on the clock."""

    rows: Rows
    mean: Floats
    low: Floats
    high: Floats
    told: QueueForecast
    days: tuple[DayForecast, ...]


def forecast_of(
    arrivals: pl.DataFrame, desk: DeskSettings, *, minutes: Minutes, origin: datetime, days: int = 14,
    events: Sequence[Event] = (), queues: Sequence[str] | None = None, with_tags: bool = True,
) -> Forecast:  # fmt: skip
    """The forecast of the local days from that of `origin` on, made of the whole days before it.

    arrivals: ARRIVAL_FRAME in intervals of `minutes`. queues: those asked for, by default all that arrivals know.
    """
    first = origin.astimezone(ZoneInfo(desk.zone)).date()
    asked = [first + timedelta(days=more) for more in range(days)]
    names = list(queues) if queues is not None else arrivals["queue"].unique().sort().to_list()
    grid = Interval(desk.zone, minutes, first, first + timedelta(days=days)).frame()
    histories = {name: history_of(arrivals, name, desk, minutes=minutes, until=first) for name in names}
    made = {
        name: ahead_of(history, rows_ahead(history, desk, asked), events=events, with_tags=with_tags)
        for name, history in histories.items()
    }
    frames = [
        on_the_clock(name, one.rows, {"mean": one.mean, "low": one.low, "high": one.high}, grid)
        for name, one in made.items()
    ]
    frame = with_opening(pl.concat(frames), desk, minutes=minutes) if frames else pl.DataFrame(schema=FORECAST_FRAME)
    return Forecast(
        frame=frame.select(*FORECAST_FRAME),
        days=tuple(day for one in made.values() for day in one.days),
        queues=tuple(one.told for one in made.values()),
        origin=origin, minutes=minutes, zone=desk.zone,
    )  # fmt: skip


def ahead_of(
    history: History, rows: Rows, *, events: Sequence[Event] = (), with_tags: bool = True
) -> Ahead:  # fmt: skip
    """One queue's forecast by the best method that its history allows."""
    name = history.queue.name
    past = history.past.without(days_of_events(history.past.rows.days, events, name))
    if not past.seen.any() or history.ended:
        return _nothing(history, rows)
    made, looks = learned_and_looks(past, horizon=max(len(rows), past.week), with_tags=with_tags)
    model, means = made.model, means_at(past, len(past.rows), rows, made)
    order: tuple[Method, ...] = tuple(means)
    found = judged(past, looks, order, days=past.week) if looks else {}
    method = best(found, order, week=past.week) if found else order[0]
    mean, factors = means[method], factors_of(past, looks, method, len(rows))
    if factors is None:
        low, high = simulated(mean, *_uncertainty(past, looks, method, model, len(rows)))
    else:
        low, high = conformal(mean, factors)
    of_events = effects_ahead(past, model, events, name, rows.days)
    statement, params = _said(past, method, of_events)
    told = QueueForecast(
        queue=name, method=method, weeks=past.weeks, statement=statement, params=params,
        error=found[method].error if found else None,
        rival_error=found["mean_8"].error if "mean_8" in found else None,
        floor=floor_of(mean), bias=found[method].bias if found else None,
        coverage=covered(past, looks, method, days=past.week) if factors is not None else None,
        interval="simulated" if factors is None else "conformal",
        spread=day_spread(past, looks, method), noise=model.noise if model is not None else 0.0,
    )  # fmt: skip
    explained = _days(name, past, rows, mean, model if method in ("blend", "level_profile") else None)
    return _moved(Ahead(rows, mean, low, high, told, explained), of_events)


def _nothing(history: History, rows: Rows) -> Ahead:
    none = np.zeros((len(rows), history.slots))
    told = QueueForecast(
        history.queue.name, "nothing", history.past.weeks, statement=ENDED if history.ended else NOTHING,
        ended=history.ended,
    )  # fmt: skip
    return Ahead(rows, none, none, none, told, ())


def _uncertainty(
    past: Past, looks: Sequence[Look], method: Method, model: LevelProfile | None, days: int
) -> tuple[Floats, float]:
    """By day the spread of its total, and the noise of its intervals."""
    if model is not None:
        return model.spread_at(np.arange(days)), model.noise
    return np.full(days, day_spread(past, looks, method) if looks else day_spread(past, (), method)), 0.0


def _said(
    past: Past, method: Method, of_events: Sequence[Sequence[Factor]]
) -> tuple[str, Mapping[str, object]]:  # fmt: skip
    """The sentence beside the figures, where one is due."""
    if method == "average_profile":
        return TOO_SHORT, {"days": int(past.usable.sum())}
    unknown = [one.name for factors in of_events for one in factors if one.n == 0 and one.factor == 1 and not one.added]
    if unknown:
        return NO_EARLIER, {"event": unknown[0]}
    return (RIVAL_WINS, {}) if method == "mean_8" else ("", {})


def _days(
    queue: str, past: Past, rows: Rows, mean: Floats, model: LevelProfile | None
) -> tuple[DayForecast, ...]:  # fmt: skip
    """How each day's total comes about: a product of factors."""
    totals = mean.sum(axis=1)
    usual = float(past.tame[past.usable][-8 * past.week :].sum(axis=1).mean()) if past.usable.any() else 0.0
    return tuple(
        DayForecast(
            queue, day, float(total),
            _by_model(model, rows, at, float(total)) if model is not None else _by_weekday(usual, float(total)),
        )
        for at, (day, total) in enumerate(zip(rows.days, totals, strict=True))
    )  # fmt: skip


def _by_weekday(usual: float, total: float) -> tuple[Factor, ...]:
    return (Factor("level", usual), Factor("weekday", total / usual)) if usual > 0 else (Factor("level", total),)


def _by_model(model: LevelProfile, rows: Rows, at: int, total: float) -> tuple[Factor, ...]:
    states, origin = model.states, len(model.past.rows)
    worked = np.unique(model.past.rows.weekday)
    mean = float(states.weekday[origin, worked].mean())
    kind = int(rows.weekday[at])
    days = int((model.past.usable & (model.past.rows.weekday == kind)).sum())
    level = float(np.exp(states.level[origin] + mean))
    factors = [
        Factor("level", level, int(model.past.usable.sum())),
        Factor("weekday", float(np.exp(states.weekday[origin, kind] - mean)), days),
    ]
    if rows.closed[at]:
        factors.append(Factor("closed", float(np.exp(model.closed_effect)), model.closed_days))
    else:
        rest = float(states.rest[origin - 1] * states.fade ** (at + 1))
        factors.append(Factor("recent", float(np.exp(rest))))
        factors += [
            Factor(name, float(np.exp(effect)), int(days))
            for name, effect, days, on in zip(TAGS, model.tag_effects, model.tag_days, rows.tags[at], strict=True)
            if on
        ]
    beside = total / float(np.prod([one.factor for one in factors])) if total > 0 else 1.0
    if abs(beside - 1) > 1e-9:
        factors.append(Factor("profile", beside))
    return tuple(factors)


def _moved(one: Ahead, of_events: Sequence[Sequence[Factor]]) -> Ahead:
    """The forecast as events move it, each interval of a day alike."""
    times = np.array([np.prod([f.factor for f in factors]) if factors else 1.0 for factors in of_events])
    added = np.array([sum(f.added for f in factors) for factors in of_events])
    if not of_events or (np.all(times == 1.0) and not added.any()):
        return one
    total = one.mean.sum(axis=1) * times
    flat = np.where(total > 0, np.maximum(total + added, 0.0) / np.where(total > 0, total, 1.0), 1.0) * times
    mean, low, high = (band * flat[:, None] for band in (one.mean, one.low, one.high))
    days = tuple(
        DayForecast(day.queue, day.day, float(mean[at].sum()), day.factors + tuple(factors))
        for at, (day, factors) in enumerate(zip(one.days, of_events, strict=True))
    )
    return Ahead(one.rows, mean, low, high, one.told, days)


def on_the_clock(queue: str, rows: Rows, told: Mapping[str, Floats], grid: pl.DataFrame) -> pl.DataFrame:
    """Days × intervals as instants: an hour that is skipped is left out, one that comes twice comes twice.

    told: column -> days × intervals; intervals of other days than the rows' are 0.
    """
    slots = next(iter(told.values())).shape[1]
    days = np.repeat(np.array(rows.days, dtype="datetime64[D]"), slots)
    flat = {name: table.ravel() for name, table in told.items()}
    table = pl.DataFrame({"day": days, "slot": np.tile(np.arange(slots), len(rows)), **flat}).with_columns(
        pl.col("day").cast(pl.Date), pl.col("slot").cast(pl.Int64)
    )
    placed = grid.join(table, on=["day", "slot"], how="left", maintain_order="left")
    return placed.select(
        pl.lit(queue, pl.String).alias("queue"), "starts_at", *(pl.col(name).fill_null(0.0) for name in told)
    )  # fmt: skip
