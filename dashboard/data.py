"""What pages ask for; the only module that caches figures.

Frames nobody mutates are shared by all sessions. Every key holds the head of the load ledger, what the reader may see
and the ids asked for, never a frame; a new load or a new zone changes the head, so nothing stale is ever shown.
What stands for all of a page's questions, such as the head itself, is looked up once in each moment of its drawing.

A page's own computation is a function `(facts, scope, *args)`, asked for by `answer(function, scope, *args)`. Nothing
here hands out facts that the reader may not see, so who sees what is settled in `permission()` alone. What a filter
asks for narrows what the reader may see and never widens it.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import moment
from dashboard import scope as asked_about
from dashboard.answers import Answers, asked_of
from dashboard.desk import Desk
from dashboard.improvements import Improvement, improvements_of
from dashboard.people.actor import SERVER
from dashboard.people.current import current_actor
from dashboard.people.permission import Permission, permission_of
from dashboard.people.policy import Act
from dashboard.presets import Against
from dashboard.scope import Choices, current
from dashboard.services.analysis import responses, standup
from dashboard.services.analysis.choices import values_to_choose
from dashboard.services.analysis.responses import Distribution, Mark, ResponseThing
from dashboard.services.facts import figures as figure_service
from dashboard.services.staffing.events import events_of
from dashboard.state import DESKS_AT_MOST, Head, desk_in, newest_head, own_root, whole_of
from dashboard.wording import current_language
from metrics.catalog import metric
from metrics.compute import compute
from metrics.desk import DeskSettings, Target
from metrics.facts import Facts
from metrics.model import Clock, Every, Scope
from metrics.selection import Where
from metrics.staffing.model import Event

TICKET_KEYS = ["source", "ticket_id"]
READERS_AT_MOST = 32
"""So many kinds of readers, each with what his own tickets are, are kept at once."""
ANSWERS_AT_MOST = 512
TEXTS_AT_MOST = 12
"""Answers about texts hold the texts, so fewer of them are kept."""
HEAD_SECONDS = 1.0
"""A load by another process is seen after this time."""
_FRAMES = _FACTS, _READABLE, _CHOICES, _SETTINGS, _IMPROVEMENTS = tuple(Answers(READERS_AT_MOST) for _ in range(5))
_CARDS, _FIGURES, _ANSWERS, _TEXTS = *(Answers(ANSWERS_AT_MOST) for _ in range(3)), Answers(TEXTS_AT_MOST)
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def permission(act: Act = Act.SEE_FIGURES) -> Permission:
    """Over which tickets the reader of this run may do that: asked anew each time, as it may change at any moment."""
    return permission_of(current_actor(), act)


@moment.once
def desk() -> Desk:
    """The desk that the server was started for."""
    return desk_in(own_root())


@moment.once
def head() -> Head | None:
    """The state of the desk that this run shows, and to whom; None while nothing is loaded."""
    found = _head_of(own_root())
    return None if found is None else replace(found, may=permission(), reads=permission(Act.SEE_TICKETS))


@st.cache_data(show_spinner=False, ttl=HEAD_SECONDS, max_entries=DESKS_AT_MOST)
def _head_of(root: str) -> Head | None:
    return newest_head(root)


def look_again() -> None:
    """After a load or an undo: ask the ledger anew, at once."""
    _head_of.clear()
    moment.begin()


def forget(*, frames: bool = False) -> None:
    """Drop every answer; keep what answers are made of, unless *frames*."""
    for answers in (_CARDS, _FIGURES, _ANSWERS, _TEXTS, *(_FRAMES if frames else ())):
        answers.clear()


def kept(make: Callable[Asked, Answer], *args: Asked.args, **named: Asked.kwargs) -> Answer:
    """What *make* gives for these arguments, made once per state of the desk and language; nobody may change it."""
    question = _question(make, _required(), current_language(), args, named)
    return _CARDS.of(question, lambda: make(*args, **named))


def answer(
    function: Callable[Concatenate[Facts, Scope, Asked], Answer], asked: Scope, *args: Asked.args, **named: Asked.kwargs
) -> Answer:
    """What *function* of a service finds in the facts, made once per state of the desk; nobody may change it.

    Arguments are part of the key: ids and frozen words, never frames.
    """
    at = _required()
    question = _question(function, at, asked, args, named)
    return _ANSWERS.of(question, lambda: function(_facts_at(at), at.may.asked(asked), *args, **named))


def agreed_answer(
    function: Callable[Concatenate[Facts, DeskSettings, Scope, Asked], Answer],
    asked: Scope,
    *args: Asked.args,
    **named: Asked.kwargs,
) -> Answer:
    """The same for a function that needs what the desk has agreed on: `(facts, settings, scope, *args)`."""
    at = _required()
    question = _question(function, at, asked, args, named)
    return _ANSWERS.of(
        question, lambda: function(_facts_at(at), _settings_at(at.everybodys()), at.may.asked(asked), *args, **named)
    )


def worded_answer(
    function: Callable[Concatenate[Facts, pl.LazyFrame, Scope, Asked], Answer],
    asked: Scope,
    *args: Asked.args,
    **named: Asked.kwargs,
) -> Answer:
    """The same for a function that reads what was written: `(facts, messages, scope, *args)`.

    Messages are those of all tickets that the reader may see: the function keeps to the tickets of the scope.
    """
    at = _required()

    def made() -> Answer:
        here = desk_in(at.root)
        newest = here.head()
        versions = newest.versions if newest else {}
        with here.warehouse.damage_told(versions):
            written = _of_permitted(here.warehouse.scan("messages", versions), at)
            return function(_facts_at(at), written, at.may.asked(asked), *args, **named)

    return _TEXTS.of(_question(function, at, asked, args, named), made)


def _of_permitted(rows: pl.LazyFrame, at: Head) -> pl.LazyFrame:
    """The rows of the tickets that the reader may open."""
    if at.reads.is_everything:
        return rows
    return rows.join(_readable_at(at).tickets.lazy().select(TICKET_KEYS), on=TICKET_KEYS, how="semi")


def _question(function: Callable[..., Any], *asked: object) -> Hashable:
    """What is asked, under the function's name; one that is made anew in every run has no name of its own."""
    name = f"{function.__module__}.{function.__qualname__}"
    if "<" in name:
        raise TypeError(f"{name} has no lasting name: define it in a module")
    return name, asked_of(asked)


def has_data() -> bool:
    return head() is not None


def _facts_at(at: Head) -> Facts:
    return _FACTS.of(asked_of(at), lambda: at.may.figures(whole_of(at)))


def _readable_at(at: Head) -> Facts:
    return _READABLE.of(asked_of(at), lambda: at.reads.tickets(whole_of(at)))


def facts() -> Facts:
    """The facts of the desk as of its newest load, as far as the reader may see them.

    Figures of them are asked of `within(scope)`; `answer` and the like do so themselves.
    """
    return _facts_at(_required())


def readable() -> Facts:
    """The facts of the tickets that the reader may open. Of his figures there may be more: his part in others."""
    return _readable_at(_required())


def may_open(source: str, ticket_id: str) -> bool:
    """Whether the reader may see what is in this ticket; the same answer where there is none."""
    return not readable().tickets.filter(is_ticket(source, ticket_id)).is_empty()


def is_ticket(source: str, ticket_id: str) -> pl.Expr:
    return (pl.col("source") == source) & (pl.col("ticket_id") == ticket_id)


def within(asked: Scope) -> Scope:
    """What is asked, of the reader's own part where his figures are those of a person."""
    return _required().may.asked(asked)


def settings() -> DeskSettings:
    """The desk's calendars, targets and peak hours."""
    return _settings_at(_required().everybodys())


def _settings_at(at: Head) -> DeskSettings:
    return _SETTINGS.of(asked_of(at), lambda: figure_service.settings_of(SERVER, desk_in(at.root)))


def _required() -> Head:
    found = head()
    if found is None:
        raise LookupError("figures were asked of a desk without data; the page must ask has_data() first")
    return found


def scope() -> Scope:
    """What the sidebar asks about."""
    return current(choices())


def against() -> Against:
    """What the sidebar compares with: the days just before, or the same weekdays before."""
    return asked_about.against()


def choices() -> Choices:
    """The days and values that can be chosen in the sidebar."""
    at = _required()
    return _CHOICES.of(asked_of(at), lambda: _choices_at(at))


def _choices_at(at: Head) -> Choices:
    known, agreed = _facts_at(at), _settings_at(at.everybodys())
    tickets, today = known.tickets, known.as_of.astimezone(ZoneInfo(known.zone)).date()
    first = tickets["created_on"].min()
    working = standup.days_of(standup.morning_of(known.as_of, agreed), agreed).now
    values = {name: at.may.offered(name, found) for name, found in values_to_choose(known).items()}
    return Choices(first if isinstance(first, date) else today, today, values, working)


def foreign_names() -> frozenset[str]:
    """Names that stand in tickets of the desk, and in none that the reader may see: never to be shown to him."""
    at = _required()
    if at.may.is_everything:
        return frozenset()
    every = values_to_choose(whole_of(at))
    own = {value for values in choices().values.values() for value in values}
    return frozenset(value for values in every.values() for value in values if value is not None) - own


def figures(ids: Sequence[str], asked: Scope, *, by: Sequence[str] = (), every: Every | None = None) -> pl.DataFrame:
    """Metrics by id over a scope, as `metrics.compute` gives them."""
    at = _required()
    return _FIGURES.of(
        asked_of((at, ids, asked, by, every)),
        lambda: compute(list(map(metric, ids)), _facts_at(at), at.may.asked(asked), by=by, every=every),
    )


def distribution(asked: Scope, thing: ResponseThing, clock: Clock) -> Distribution:
    """The histogram of waits."""
    return answer(responses.distribution, asked, thing=thing, clock=clock)


def side_by_side(asked: Scope, thing: ResponseThing, clock: Clock, dimension: str) -> pl.DataFrame:
    """Waits of each value of a dimension."""
    return answer(responses.side_by_side, asked, thing=thing, clock=clock, dimension=dimension)


def tickets_behind(asked: Scope, mark: Mark, thing: ResponseThing, clock: Clock) -> pl.DataFrame:
    """The tickets behind a clicked mark."""
    return answer(responses.tickets_behind, asked, mark, thing=thing, clock=clock)


def targets(asked: Scope, thing: ResponseThing) -> dict[str | None, Target]:
    """What is promised to each channel of a scope."""
    channels = asked.where.get("channel") or choices().values.get("channel", ())
    return responses.targets_in_force(settings().targets, channels, thing=thing)


def morning() -> date:
    """The stand-up that the data are for."""
    return standup.morning_of(facts().as_of, settings())


def stand_up(asked: Scope, on: date) -> standup.StandUp:
    """All that a stand-up looks at."""
    return agreed_answer(standup.stand_up, asked, on=on)


@contextmanager
def changes() -> Iterator[pl.LazyFrame]:
    """The recorded changes of tickets, for a service that looks at them inside the block."""
    newest = desk().head()
    versions = newest.versions if newest else {}
    with desk().warehouse.damage_told(versions):
        yield _of_permitted(desk().warehouse.scan("changes", versions), _required())


def improvements() -> tuple[Improvement, ...]:
    """The measures that the desk has written down, the newest first; none that is about tickets of others alone."""
    return tuple(one for one in _improvements_at(_required().everybodys()) if concerns(one.where))


def _improvements_at(at: Head) -> tuple[Improvement, ...]:
    return _IMPROVEMENTS.of(asked_of(at), lambda: improvements_of(desk_in(at.root).agreements()))


def events() -> tuple[Event, ...]:
    """The events that people have entered, in order of time, for the time axes of everybody."""
    return kept(_events)


def _events() -> tuple[Event, ...]:
    return events_of(SERVER, desk())


def agreed_since() -> tuple[date | None, int]:
    """Since which day the agreements hold (None: as shipped), and which version of the desk's own they are."""
    versions = desk().agreement_versions()
    return (versions[-1][0] if versions else None), len(versions)


def goes_by(calendar: str) -> bool:
    """Whether any of the reader's own tickets goes by this calendar."""
    agreed = settings()
    usual = agreed.calendars[0].name if agreed.calendars else None
    if _required().may.is_everything:
        return True
    return calendar in {agreed.team_calendars.get(team or "", usual) for team in choices().values.get("team", (None,))}


def concerns(where: Where) -> bool:
    """Whether all that these filters name is found in the reader's own tickets, so that he knows of it."""
    if _required().may.is_everything:
        return True
    known = choices().values
    return all(value in known.get(name, ()) for name, values in where.items() for value in values)
