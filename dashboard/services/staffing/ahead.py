"""The desk's forecast made and kept before anybody asks: after a load, beside the server's readers."""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.staffing.events import events_of, events_pulse
from dashboard.services.staffing.forecast_snapshots import keep_forecast
from dashboard.services.staffing.page import expected
from dashboard.settings import AppSettings
from dashboard.store.staffing import ForecastRun
from loaders.base import OnProgress
from metrics.model import Scope
from metrics.staffing.model import Minutes

AHEAD = 21
"""A kept forecast reaches so many days."""
MINUTES: Minutes = 30
FORM = 2
"""Raised when forecasts are made another way, so that those kept before are not taken for new ones."""


def name_of(load: int, zone: str | None, agreements: str | None, events: str) -> str:
    """Names the data and settings that a forecast is made of, and the way it is made."""
    told = hashlib.sha256(repr((load, zone, agreements, events)).encode()).hexdigest()
    return f"{FORM}.{told[:60]}"


@needs(Act.SEE_STAFFING)
def state_of(actor: Actor, desk: Desk) -> str | None:
    """The name of the desk's state now; None while nothing is loaded."""
    newest = desk.head()
    if newest is None or newest.as_of is None:
        return None
    return name_of(newest.id, desk.zone(), repr(desk.agreement_versions()), events_pulse(actor, desk))


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
