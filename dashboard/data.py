"""What pages ask for; the only module that caches figures.

Frames nobody mutates are shared by all sessions. Every key holds the head of the load ledger and the ids asked for,
never a frame; a new load or a new zone changes the head, so nothing stale is ever shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard.desk import Desk, open_desk
from dashboard.scope import FILTERS, Choices, current
from dashboard.services import figures as figure_service
from dashboard.services import responses, standup
from dashboard.services.responses import Distribution, Mark, ResponseThing
from dashboard.settings import AppSettings
from dashboard.wording import current_language
from metrics.catalog import metric
from metrics.compute import compute
from metrics.desk import DeskSettings, Target
from metrics.facts import Facts
from metrics.model import Clock, Every, Scope

DESKS_AT_MOST = 4
ANSWERS_AT_MOST = 512
HEAD_SECONDS = 1.0
"""A run asks for the head of the ledger many times; a load by another process is seen after this time."""
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Head:
    """What every cached answer depends on: the desk, its newest ledger entry, its zone, what it has agreed on."""

    root: str
    load: int
    zone: str | None
    agreements: str | None


@st.cache_resource(show_spinner=False, max_entries=DESKS_AT_MOST)
def _desk_in(root: str) -> Desk:
    return open_desk(Path(root))


def desk() -> Desk:
    """The desk that the server was started for."""
    return _desk_in(str(AppSettings.from_environment().data))


def head() -> Head | None:
    """The state of the desk that this run shows; None while nothing is loaded."""
    return _head_of(str(AppSettings.from_environment().data))


@st.cache_data(show_spinner=False, ttl=HEAD_SECONDS, max_entries=DESKS_AT_MOST)
def _head_of(root: str) -> Head | None:
    here = _desk_in(root)
    newest = here.head()
    if newest is None or newest.as_of is None:
        return None
    return Head(root, newest.id, here.zone(), repr(here.agreement_versions()))


def look_again() -> None:
    """After a load or an undo: ask the ledger anew, at once."""
    _head_of.clear()


def kept(make: Callable[Asked, Answer], *args: Asked.args, **named: Asked.kwargs) -> Answer:
    """What *make* gives for these arguments, made once per state of the desk and language; nobody may change it."""
    return _made(make.__qualname__, _required(), current_language(), args, named, make)  # type: ignore[no-any-return]


@st.cache_resource(show_spinner=False, max_entries=ANSWERS_AT_MOST)
def _made(name: str, at: Head, language: str, args: Any, named: Any, _make: Callable[..., Any]) -> Any:  # noqa: ARG001 - parts of the key
    return _make(*args, **named)


def has_data() -> bool:
    return head() is not None


@st.cache_resource(show_spinner=False, max_entries=DESKS_AT_MOST)
def _facts_at(at: Head) -> Facts:
    return figure_service.facts_of(_desk_in(at.root))


def facts() -> Facts:
    """The facts of the desk as of its newest load."""
    return _facts_at(_required())


def settings() -> DeskSettings:
    """The desk's calendars, targets and peak hours."""
    return _settings_at(_required())


@st.cache_resource(show_spinner=False, max_entries=DESKS_AT_MOST)
def _settings_at(at: Head) -> DeskSettings:
    return figure_service.settings_of(_desk_in(at.root))


def _required() -> Head:
    found = head()
    if found is None:
        raise LookupError("figures were asked of a desk without data; the page must ask has_data() first")
    return found


def scope() -> Scope:
    """What the sidebar asks about."""
    return current(choices())


def choices() -> Choices:
    """The days and values that can be chosen in the sidebar."""
    return _choices_at(_required())


@st.cache_data(show_spinner=False, max_entries=DESKS_AT_MOST)
def _choices_at(at: Head) -> Choices:
    known = _facts_at(at)
    tickets, today = known.tickets, known.as_of.astimezone(ZoneInfo(known.zone)).date()
    first = tickets["created_on"].min()
    values = {name: tuple(_by_frequency(tickets[name])) for name in FILTERS if name in tickets.columns}
    return Choices(first if isinstance(first, date) else today, today, values)


def _by_frequency(column: pl.Series) -> list[str | None]:
    counts = column.value_counts(sort=True, name="n")
    return sorted(counts[column.name].to_list(), key=lambda value: value is None)


def figures(ids: Sequence[str], asked: Scope, *, by: Sequence[str] = (), every: Every | None = None) -> pl.DataFrame:
    """Metrics by id over a scope, as `metrics.compute` gives them."""
    return _figures_at(_required(), tuple(ids), asked, tuple(by), every)


@st.cache_data(show_spinner=False, max_entries=ANSWERS_AT_MOST)
def _figures_at(at: Head, ids: tuple[str, ...], asked: Scope, by: tuple[str, ...], every: Every | None) -> pl.DataFrame:
    return compute([metric(one) for one in ids], _facts_at(at), asked, by=by, every=every)


def distribution(asked: Scope, thing: ResponseThing, clock: Clock) -> Distribution:
    """The histogram of waits."""
    return _distribution_at(_required(), asked, thing, clock)


@st.cache_data(show_spinner=False, max_entries=ANSWERS_AT_MOST)
def _distribution_at(at: Head, asked: Scope, thing: ResponseThing, clock: Clock) -> Distribution:
    return responses.distribution(_facts_at(at), asked, thing=thing, clock=clock)


def side_by_side(asked: Scope, thing: ResponseThing, clock: Clock, dimension: str) -> pl.DataFrame:
    """Waits of each value of a dimension."""
    return _side_by_side_at(_required(), asked, thing, clock, dimension)


@st.cache_data(show_spinner=False, max_entries=ANSWERS_AT_MOST)
def _side_by_side_at(at: Head, asked: Scope, thing: ResponseThing, clock: Clock, dimension: str) -> pl.DataFrame:
    return responses.side_by_side(_facts_at(at), asked, thing=thing, clock=clock, dimension=dimension)


def tickets_behind(asked: Scope, mark: Mark, thing: ResponseThing, clock: Clock) -> pl.DataFrame:
    """The tickets behind a clicked mark."""
    return _tickets_behind_at(_required(), asked, mark, thing, clock)


@st.cache_data(show_spinner=False, max_entries=64)
def _tickets_behind_at(at: Head, asked: Scope, mark: Mark, thing: ResponseThing, clock: Clock) -> pl.DataFrame:
    return responses.tickets_behind(_facts_at(at), asked, mark, thing=thing, clock=clock)


def targets(asked: Scope, thing: ResponseThing) -> dict[str | None, Target]:
    """What is promised to each channel of a scope."""
    channels = asked.where.get("channel") or choices().values.get("channel", ())
    return responses.targets_in_force(settings().targets, channels, thing=thing)


def messages(source: str, ticket_id: str) -> pl.DataFrame:
    """What was written on one ticket, oldest first."""
    newest = desk().head()
    if newest is None:
        raise LookupError("messages were asked of a desk without data")
    of_ticket = (pl.col("source") == source) & (pl.col("ticket_id") == ticket_id)
    with desk().warehouse.damage_told(newest.versions):
        told = desk().warehouse.scan("messages", newest.versions)
        return told.filter(of_ticket).sort("at", "message_id").collect()


def morning() -> date:
    """The stand-up that the data are for."""
    return standup.morning_of(facts().as_of, settings())


def stand_up(asked: Scope, on: date) -> standup.StandUp:
    """All that a stand-up looks at."""
    return _stand_up_at(_required(), asked, on)


@st.cache_data(show_spinner=False, max_entries=64)
def _stand_up_at(at: Head, asked: Scope, on: date) -> standup.StandUp:
    return standup.stand_up(_facts_at(at), _settings_at(at), asked, on=on)
