"""Arrivals straight from a file, without a desk: for judging the forecast on any series."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from dashboard.public_holidays import public_holidays
from loaders.build import build
from loaders.mapping import is_zone
from loaders.proposal import propose
from loaders.reading import read_file
from metrics.desk import Calendar, DeskSettings
from metrics.errors import ActionableError
from metrics.staffing.arrivals import History, completed, from_switch, from_tickets, history_of
from metrics.staffing.model import Minutes
from metrics.words import N_

ALL_DAY = (((0, 1440),),) * 7
SEED = 20_030_303
_NOT_CERTAIN = N_(
    "{file} does not say what its columns mean; a series needs the start of each interval and how many came "
    "(columns such as start and offered). Found: {found}."
)
_OTHER = N_("{file} holds neither arrivals nor tickets, so there is nothing in it to forecast.")
_EMPTY = N_("{file} has no row with a start and a number of arrivals.")
_COUNTRY = N_("“{country}” is no country whose public holidays are known; name one by its ISO code, for example CN.")
_ZONE = N_("“{zone}” is no IANA time zone; name one such as Asia/Shanghai or UTC.")


class SeriesError(ActionableError):
    """A file that no series of arrivals can be read from."""


@dataclass(frozen=True)
class Series:
    """A file's arrivals as the forecasters read them, one history for each queue of the file."""

    name: str
    histories: tuple[History, ...]


def series_of_file(
    path: Path, *, zone: str, minutes: Minutes, country: str | None = None, thin: float = 1.0
) -> Series:  # fmt: skip
    """The histories in a file of interval counts or tickets. Raises LoadError or SeriesError.

    country: whose public holidays are closed days · thin: a random share of the arrivals, as a smaller desk's.
    """
    counted = _counted(path, zone, minutes)
    if thin < 1:
        kept = np.random.default_rng(SEED).binomial(counted["offered"].round().cast(pl.Int64).to_numpy(), thin)
        counted = counted.with_columns(offered=pl.Series(kept, dtype=pl.Float64))
    newest = counted["starts_at"].max()
    if not isinstance(newest, datetime):
        raise SeriesError(_EMPTY, file=path.name)
    desk = DeskSettings(zone=zone, calendars=_calendars(zone, country), targets=())
    until = newest + timedelta(minutes=minutes)
    arrivals = completed(counted, desk, minutes=minutes, until=until)
    after = until.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    names = arrivals["queue"].unique().sort().to_list()
    return Series(path.stem, tuple(history_of(arrivals, name, desk, minutes=minutes, until=after) for name in names))


def _counted(path: Path, zone: str, minutes: Minutes) -> pl.DataFrame:
    if not is_zone(zone):
        raise SeriesError(_ZONE, zone=zone)
    raw = read_file(path)
    proposal = propose(raw)
    if not proposal.is_certain:
        raise SeriesError(_NOT_CERTAIN, file=path.name, found=", ".join(raw.headers[:20]))
    tables = build(raw, proposal.mapping, source=path.stem, zone=zone).tables
    if "arrivals" in tables:
        named = tables["arrivals"].with_columns(
            pl.col("channel").fill_null(path.stem), interval_at=pl.col("start_at")
        )  # fmt: skip
        return from_switch(named, zone=zone, minutes=minutes)
    if "tickets" in tables:
        return from_tickets(tables["tickets"], zone=zone, minutes=minutes)
    raise SeriesError(_OTHER, file=path.name)


def _calendars(zone: str, country: str | None) -> tuple[Calendar, ...]:
    """Always open but on public holidays."""
    if country is None:
        return ()
    try:
        closed = public_holidays(country.upper()).closed
    except KeyError:
        raise SeriesError(_COUNTRY, country=country) from None
    days: dict[date, tuple[tuple[int, int], ...]] = dict.fromkeys(closed, ())
    return (Calendar("series", zone, ALL_DAY, days),)
