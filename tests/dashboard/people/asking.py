"""Everything that can be asked of a desk as somebody, and the words of owners that stand in what comes back."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard import data, one_ticket, people, privacy, services
from dashboard.desk import Desk
from dashboard.people import Actor, reach
from dashboard.people.policy import Denied
from dashboard.services.analysis import absences, comparisons, explain, other_rules, reconciliation
from dashboard.services.facts import figures
from dashboard.services.loading import identity
from metrics.desk import DeskSettings
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.model import Period, Scope
from tests.walled import SOURCE, Owner, number, words_in

Service = Callable[..., Any]
Ask = Callable[[Owner], object]
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
FIGURES = ("tickets_created", "first_response_calendar_p50", "csat", "backlog", "calls_offered", "replies")


def told(value: object) -> str:
    """All that an answer says, as one text."""
    if isinstance(value, Scope):
        return ""  # a question, with what was asked for
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pl.DataFrame):
        return value.write_json()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return told([*value.keys(), *value.values()])
    if isinstance(value, list | tuple | set | frozenset):
        return "\n".join(map(told, value))
    if is_dataclass(value) and not isinstance(value, type):
        return told([getattr(value, one.name) for one in fields(value)])
    return value if isinstance(value, str) else repr(value)


# Services that are given a desk.


def guarded() -> dict[str, tuple[Any, str]]:
    """Every function that a guard stands before: its module and its name, by the name under which denials are kept."""
    found: dict[str, tuple[Any, str]] = {}
    for package in (services, people, privacy):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            for name, function in vars(module).items():
                if hasattr(function, "needed_act") and function.__module__ == module.__name__:
                    found[f"{module.__name__.removeprefix('dashboard.')}.{name}"] = (module, name)
    return found


def is_let(where: tuple[Any, str], name: str, actor: Actor) -> bool:
    """Whether the function's own guard lets this person through; behind the guard it has nothing to work with."""
    function = getattr(*where)
    given = [None] * (len(_positional(function)) - 1)
    try:
        function(actor, *given)
    except Denied as denied:
        return denied.refused_by != name
    except Exception:  # noqa: BLE001 - it was let through, and has nothing to work with
        return True
    return True


def _positional(function: Service) -> list[str]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    known = inspect.signature(inspect.unwrap(function)).parameters.values()
    return [one.name for one in known if one.kind in kinds and one.default is inspect.Parameter.empty]


def should_be_let(where: tuple[Any, str], actor: Actor) -> bool:
    """What the table says."""
    function = getattr(*where)
    return reach(actor, function.needed_act) >= function.needed_reach


def of_team(owner: Owner) -> Scope:
    return Scope(where={"team": (owner.team,)})


def of_agent(owner: Owner) -> Scope:
    return Scope(where={"agent": (owner.agent,)})


CONTENT: Mapping[str, Callable[[Actor, Desk, Owner], object]] = {
    "facts_of": lambda actor, desk, _owner: figures.facts_of(actor, desk),
    "readable_facts": lambda actor, desk, _owner: figures.readable_facts(actor, desk),
    "tickets": lambda actor, desk, owner: figures.tickets(actor, desk, of_team(owner)),
    "tickets of an agent": lambda actor, desk, owner: figures.tickets(actor, desk, of_agent(owner)),
    "figures by agent": lambda actor, desk, owner: figures.figures(actor, desk, FIGURES, of_team(owner), by=["agent"]),
    "figures by product": lambda actor, desk, owner: figures.figures(actor, desk, FIGURES, of_team(owner), by=["product"]),  # noqa: E501 - one line each
    "figures_or_reasons": lambda actor, desk, owner: absences.figures_or_reasons(actor, desk, FIGURES, of_team(owner), by=["agent", "type"]),  # noqa: E501 - one line each
    "a mistyped filter": lambda actor, desk, _owner: absences.figures_or_reasons(actor, desk, FIGURES, Scope(where={"agent": ("zq",)})),  # noqa: E501 - one line each
    "comparison": lambda actor, desk, owner: comparisons.comparison(actor, desk, ["tickets_created", "csat"], to=f"team={owner.team or ''}"),  # noqa: E501 - one line each
    "explain": lambda actor, desk, owner: explain.explain(actor, desk, number(owner, 1)),
    "differences": lambda actor, desk, owner: other_rules.differences_by_rules(actor, desk, "zendesk", [], of_team(owner)),  # noqa: E501 - one line each
    "people of several names": lambda actor, desk, _owner: identity.people(actor, desk, ["name"]).persons,
    "customers of a name": lambda actor, desk, _owner: identity.named(actor, desk, "a"),
    "perhaps one person": lambda actor, desk, _owner: identity.offered(actor, desk),
    "reconciliation": lambda actor, desk, owner: reconciliation.reconciliation(actor, desk, of_team(owner)).facts,
    "by their rules": lambda actor, desk, owner: other_rules.figures_by_rules(actor, desk, "zendesk", [], of_team(owner), by=["agent"]),  # noqa: E501 - one line each
}  # fmt: skip
"""The services that hand out figures and tickets of a desk, asked about an owner."""


def content(name: str, actor: Actor, desk: Desk, owner: Owner) -> frozenset[str]:
    """Whose words come back."""
    try:
        return words_in(told(CONTENT[name](actor, desk, owner)))
    except ActionableError as refused:
        return words_in(_beside(owner, str(refused)))


def _beside(owner: Owner, refusal: str) -> str:
    """What a refusal says beside the name that was asked for."""
    for asked in filter(None, (owner.team, owner.agent)):
        refusal = refusal.replace(asked, "")
    return refusal


# What pages ask for.


def page_asks() -> dict[str, Ask]:
    """Every way in which pages ask for facts, with a filter by the owner's team as a copied link may hold it."""
    return {**_own_asks(), **dict(_service_asks())}


def _own_asks() -> dict[str, Ask]:
    return {
        "facts": lambda _owner: data.facts(),
        "readable": lambda _owner: data.readable(),
        "choices": lambda _owner: data.choices(),
        "figures by agent": lambda owner: data.figures(FIGURES, of_team(owner), by=["agent"]),
        "figures by team": lambda _owner: data.figures(FIGURES, Scope(), by=["team"]),
        "figures of an agent": lambda owner: data.figures(FIGURES, of_agent(owner), by=["x_note"]),
        "figures by product and day": lambda owner: data.figures(FIGURES, of_team(owner), by=["product"], every="day"),
        "stand-up": lambda owner: data.stand_up(of_team(owner), date(2026, 3, 10)),
        "messages": lambda owner: one_ticket.messages(SOURCE, number(owner, 1)),
        "ticket story": lambda owner: one_ticket.ticket_story(SOURCE, number(owner, 1)),
        "similar tickets": _similar,
        "changes": lambda _owner: _changes(),
        "improvements": lambda _owner: data.improvements(),
        "waits by agent": lambda owner: data.side_by_side(of_team(owner), "first_response", "calendar", "agent"),
        "waits by type": lambda owner: data.side_by_side(of_team(owner), "first_response", "calendar", "type"),
        **{f"rows behind {id}": _behind(id) for id in (*FIGURES[:4], "resolution_rate")},
    }  # fmt: skip


def _behind(metric_id: str) -> Ask:
    from dashboard.services.analysis.behind import behind

    return lambda owner: data.answer(behind, Scope(period=MARCH), metric_id, where={"team": (owner.team,)})


def _similar(owner: Owner) -> object:
    from dashboard.services.analysis.similar_tickets import similar_tickets

    return data.worded_answer(similar_tickets, Scope(), SOURCE, number(owner, 1))


def _changes() -> str:
    with data.changes() as rows:
        return told(rows)


def _service_asks() -> Iterator[tuple[str, Ask]]:
    """All functions of services that answer from facts and a scope alone."""
    for info in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        module = importlib.import_module(info.name)
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == info.name and not name.startswith("_"):
                ask = _ask(function)
                if ask is not None:
                    yield f"{info.name.removeprefix('dashboard.services.')}.{name}", ask


def _ask(function: Service) -> Ask | None:
    hints = {name: kind for name, kind in typing.get_type_hints(function).items() if name != "return"}
    wanted = tuple(hints[name] for name in _positional(function) if name in hints)
    ways = {(Facts, Scope): data.answer, (Facts, DeskSettings, Scope): data.agreed_answer,
            (Facts, pl.LazyFrame, Scope): data.worded_answer}  # fmt: skip
    keyword_only = [one for one in inspect.signature(function).parameters.values() if one.kind is one.KEYWORD_ONLY]
    if wanted not in ways or any(one.default is inspect.Parameter.empty for one in keyword_only):
        return None
    way: Any = ways[wanted]
    return lambda owner: way(function, Scope(period=MARCH, where={"team": (owner.team,)}))


def answered(ask: Ask, owner: Owner) -> frozenset[str]:
    """Whose words come back; what is refused says nothing of anybody, which is looked at, too."""
    try:
        return words_in(told(ask(owner)))
    except (ActionableError, LookupError) as refused:
        return words_in(_beside(owner, f"{refused} {getattr(refused, 'params', '')}"))
