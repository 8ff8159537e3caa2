"""Every service function that is given a desk asks the table of rights first; pages reach a desk by services alone."""

import ast
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dashboard import people, privacy, services
from dashboard.desk import Desk
from dashboard.people import Act, Actor

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HARMLESS = {"root", "zone"}
"""What a page may ask of the desk itself: where it lies and what its zone is."""
Service = Callable[..., Any]
UNGUARDED = {
    # Before anybody is known, or to know who it is.
    "people.signing_in.sign_in": "makes somebody known; asks for the password, counted",
    "people.provider_entry.enter": "makes somebody known, for whom the provider vouches",
    "people.provider_entry.secrets_of": "belongs to a browser, before anybody is known",
    "people.links.setup_link": "refuses where anybody has an account",
    "people.links.opened": "asks for the link's token",
    "people.links.choose_password": "asks for the link's token",
    "people.links.set_up": "asks for the link's token",
    "people.tries.begin": "counts tries of nobody yet",
    "people.sessions.live_of": "asks for the sessions' tokens",
    "people.sessions.note_activity": "asks for the sessions' tokens",
    "people.sessions.end_own": "asks for the session's token",
    # The person's own, told apart by who he is.
    "people.downloads.keep": "a file that a guarded service made for him",
    "people.downloads.take": "asks whose the file is",
    "people.quota.left": "counts what he himself hands in",
    "people.quota.take": "counts what he himself hands in",
    # Parts of guarded functions, in their transactions or of their making.
    "people.accounts.added": "part of add and set_up",
    "people.accounts.give_password": "part of set_password, choose_password and change_own_password",
    "people.accounts.today_at": "tells the day",
    "people.denials.note_denial": "tells of a denial",
    "people.downloads.clear": "takes away what nobody fetched",
    "people.key.keyed": "makes a hash",
    "people.sealing.sealed": "seals for this desk",
    "people.sealing.opened": "opens what this desk sealed, for guarded functions",
    "people.tries.account_hash": "makes a hash",
    "people.tries.forgive": "part of giving a password",
    "privacy.customers.without_erased": "part of loading",
    "privacy.limits.customer_hash": "makes a hash",
    "privacy.limits.not_held": "part of purge and erase",
    "privacy.removal.remove_facts": "part of purge and erase",
    "privacy.removal.remove_files": "part of purge and erase",
    "privacy.removal.remove_older": "part of purge and erase",
    "privacy.retention.carry_out": "part of purge and erase",
    "privacy.retention.pseudonym": "makes a hash",
    "privacy.retention.sweep": "part of purge and erase",
}
"""What is given a desk and asks no table, and why it need not."""
FOR_PAGES = {
    "people.links.setup_link", "people.sessions.end_own", "people.downloads.keep", "people.denials.note_denial",
    "people.accounts.today_at",
}  # fmt: skip
"""Those of them that pages and commands may call."""


def public_functions(*packages: ModuleType) -> Iterator[tuple[str, Service]]:
    """All functions of these packages that others may call, with the names by which they are known."""
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield from own_functions(importlib.import_module(found.name))


def own_functions(module: ModuleType) -> Iterator[tuple[str, Service]]:
    for name, function in vars(module).items():
        is_own = inspect.isfunction(function) and function.__module__ == module.__name__
        if is_own and not name.startswith("_"):
            yield f"{module.__name__}.{name}", function


def given_a_desk(function: Service) -> bool:
    return any(_is_desk(kind) for name, kind in hints(function).items() if name != "return")


def _is_desk(kind: object) -> bool:
    return kind is Desk or Desk in typing.get_args(kind)


def hints(function: Service) -> dict[str, Any]:
    return typing.get_type_hints(inspect.unwrap(function))


GUARDED = {name: function for name, function in public_functions(services) if given_a_desk(function)}
OTHERS = {
    name.removeprefix("dashboard."): function
    for name, function in public_functions(people, privacy)
    if given_a_desk(function)
}


def test_there_are_services_to_look_at() -> None:
    assert len(GUARDED) > 30


@pytest.mark.parametrize("name", GUARDED)
def test_a_service_that_is_given_a_desk_is_told_who_acts_first_and_asks_the_table(name: str) -> None:
    function = GUARDED[name]
    parameters = list(inspect.signature(inspect.unwrap(function)).parameters)
    known = hints(function)
    assert known[parameters[0]] is Actor, f"{name} does not take the actor first"
    assert _is_desk(known[parameters[1]]), f"{name} does not take the desk second"
    assert isinstance(getattr(function, "needed_act", None), Act), f"{name} lacks @needs(...)"


def test_whoever_keeps_people_and_personal_data_asks_the_table_or_is_known_not_to() -> None:
    unguarded = {name for name, function in OTHERS.items() if not hasattr(function, "needed_act")}
    assert unguarded == set(UNGUARDED)
    for name in set(OTHERS) - unguarded:
        parameters = list(inspect.signature(inspect.unwrap(OTHERS[name])).parameters)
        known = hints(OTHERS[name])
        assert known[parameters[0]] is Actor, f"{name} does not take the actor first"
        assert _is_desk(known[parameters[1]]), f"{name} does not take the desk second"


def names_used(tree: ast.AST) -> Iterator[str]:
    """What code takes from other modules of ours, as `people.links.opened`, by whichever way of importing."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dashboard"):
            origin = (node.module or "").removeprefix("dashboard").removeprefix(".")
            for one in node.names:
                modules[one.asname or one.name] = f"{origin}.{one.name}".removeprefix(".")
                yield f"{origin}.{one.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}"


@pytest.mark.parametrize("folder", ["pages", "dashboard/components", "dashboard/charts", "dashboard/commands"])
def test_pages_and_commands_call_none_of_those_that_ask_no_table(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        used = set(names_used(ast.parse(path.read_text(encoding="utf-8"))))
        assert used & set(UNGUARDED) <= FOR_PAGES, path.name


def test_the_look_at_names_finds_them_however_they_are_imported() -> None:
    one = ast.parse("from dashboard.people import links\nlinks.opened(desk, token)")
    other = ast.parse("from dashboard.people.links import opened as o\no(desk, token)")
    assert "people.links.opened" in names_used(one)
    assert "people.links.opened" in names_used(other)


def desk_uses(tree: ast.AST) -> Iterator[str]:
    """What code asks of `data.desk()` itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            called = node.value.func
            if isinstance(called, ast.Attribute) and called.attr == "desk":
                yield node.attr


def opened_sessions(tree: ast.AST) -> Iterator[str]:
    """Transactions opened where no service asks the table."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"keeping", "reading"}
        ):
            yield node.func.attr


@pytest.mark.parametrize("folder", ["pages", "dashboard/components", "dashboard/charts", "dashboard/commands"])
def test_pages_and_commands_read_and_write_nothing_of_a_desk_but_by_services(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert set(desk_uses(tree)) <= HARMLESS, path.name
        assert not list(opened_sessions(tree)), path.name


def test_the_look_at_pages_finds_what_it_looks_for() -> None:
    wrong = ast.parse("data.desk().agreements()\nwith desk.keeping() as session:\n    pass")
    assert list(desk_uses(wrong)) == ["agreements"]
    assert list(opened_sessions(wrong)) == ["keeping"]
