"""The desk's forecast made and kept before anybody asks: after a load, beside the server's readers."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.people.permission import permission_of
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.staffing.events import events_of, events_pulse
from dashboard.services.staffing.forecast_snapshots import keep_forecast, kept_at
from dashboard.services.staffing.page import expected, of_kept
from dashboard.settings import AppSettings
from dashboard.store.staffing import ForecastRun
from loaders.base import OnProgress
from metrics.desk import DeskSettings
from metrics.model import Scope
from metrics.staffing.forecast import forecast_of
from metrics.staffing.model import Forecast, Minutes

AHEAD = 21
"""A kept forecast reaches so many days."""
MINUTES: Minutes = 30
FORM = 2
"""Raised when forecasts are made another way, so that those kept before are not taken for new ones."""


def name_of(load: int, zone: str | None, agreements: str | None, events: str) -> str:
    """Names the data and settings that a forecast is made of, and the way it is made."""
    told = hashlib.sha256(repr((load, zone, agreements, events)).encode()).hexdigest()
    return f"{FORM}.{told[:60]}"


Agreements = tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class Basis:
    """What a forecast is made of but for the events: an entry of the ledger, the desk's zone and agreements."""

    load: int
    zone: str | None
    agreements: Agreements


@needs(Act.SEE_STAFFING)
def basis_of(actor: Actor, desk: Desk) -> Basis | None:
    """That of the desk now; None while nothing is loaded."""
    del actor
    newest = desk.head()
    if newest is None or newest.as_of is None:
        return None
    return Basis(newest.id, desk.zone(), desk.agreement_versions())


@needs(Act.SEE_STAFFING)
def state_of(actor: Actor, desk: Desk) -> str | None:
    """The name of the desk's state now; None while nothing is loaded."""
    basis = basis_of(actor, desk)
    return None if basis is None else _named(actor, desk, basis)


def _named(actor: Actor, desk: Desk, basis: Basis) -> str:
    return name_of(basis.load, basis.zone, repr(basis.agreements), events_pulse(actor, desk))


@needs(Act.SEE_STAFFING)
def forecast_ahead(
    actor: Actor, desk: Desk, came: pl.DataFrame, settings: DeskSettings, origin: datetime, *, days: int,
    minutes: Minutes = MINUTES, basis: Basis | None = None,
) -> Forecast:  # fmt: skip
    """The forecast of so many days from that of the origin on, of ARRIVAL_FRAME up to it, with the desk's events.

    basis: of what all that came is known here. The kept forecast is taken then, and where there is none of how the desk
    stands now, the one made here is kept: so pages, reports and commands plan by the same numbers, made once.
    """

    def made(days: int) -> Forecast:
        return forecast_of(came, settings, minutes=minutes, origin=origin, days=days, events=events_of(actor, desk))

    is_usual = minutes == MINUTES and days <= AHEAD
    if basis is None or not is_usual or not permission_of(actor, Act.SEE_STAFFING).is_everything:
        return made(days)
    state, first = _named(actor, desk, basis), origin.astimezone(ZoneInfo(settings.zone)).date()
    asked = (state, first, first + timedelta(days=days - 1))
    kept = kept_at(actor, desk, *asked)
    if kept is None:
        forecast = made(AHEAD)
        if state_of(actor, desk) == state:
            keep_forecast(SERVER, desk, forecast, state=state)
            kept = kept_at(actor, desk, *asked)
    return made(days) if kept is None else of_kept(kept[1], kept[0], settings, minutes=minutes)


@needs(Act.PLAN_STAFFING)
def look_ahead(actor: Actor, desk: Desk) -> bool:
    """Make and keep the forecast of the newest data where it is not kept yet; whether it was made.

    What a load changes meanwhile is not kept under the name of the state before it.
    """
    state = state_of(actor, desk)
    if state is None or is_kept(actor, desk, state):
        return False
    made = expected(
        facts_of(actor, desk), settings_of(actor, desk), Scope(), minutes=MINUTES, days=AHEAD,
        events=events_of(actor, desk),
    )  # fmt: skip
    return state_of(actor, desk) == state and keep_forecast(actor, desk, made, state=state) is not None


@needs(Act.SEE_STAFFING)
def is_kept(actor: Actor, desk: Desk, state: str) -> bool:
    """Whether the forecast of that state is there."""
    del actor
    with desk.reading() as session:
        return session.scalar(select(ForecastRun.id).where(ForecastRun.state == state)) is not None


@needs(Act.PLAN_STAFFING)
def look_ahead_apart(actor: Actor, desk: Desk) -> bool:
    """As `look_ahead`, in a child process; where that fails, the next reader makes the forecast."""
    del actor  # what the child makes is everybody's
    return bool(ask_apart(__name__, {"root": str(desk.root)}))


def _look_ahead(asked: dict[str, Any], on_progress: OnProgress) -> bool:
    del on_progress
    return look_ahead(SERVER, open_desk(Path(asked["root"]), database=AppSettings.from_environment().database))


if __name__ == "__main__":
    answer_apart(_look_ahead)
