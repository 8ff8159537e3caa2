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

from dashboard import services
from dashboard.desk import Desk
from dashboard.people import Act, Actor

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HARMLESS = {"root", "zone"}
"""What a page may ask of the desk itself: where it lies and what its zone is."""
Service = Callable[..., Any]


def public_functions() -> Iterator[tuple[str, Service]]:
    """All functions of the services that others may call, with the names by which they are known."""
    for package in (services,):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
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


GUARDED = {name: function for name, function in public_functions() if given_a_desk(function)}


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
    for path in sorted((ROOT / folder).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert set(desk_uses(tree)) <= HARMLESS, path.name
        assert not list(opened_sessions(tree)), path.name


def test_the_look_at_pages_finds_what_it_looks_for() -> None:
    wrong = ast.parse("data.desk().agreements()\nwith desk.keeping() as session:\n    pass")
    assert list(desk_uses(wrong)) == ["agreements"]
    assert list(opened_sessions(wrong)) == ["keeping"]
