"""Each check is taken away in turn, and the matrix has to notice: what nothing notices would guard nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st

from dashboard import data, state
from dashboard.desk import Desk
from dashboard.people import Actor, permission
from dashboard.people.permission import EVERYTHING, Permission
from dashboard.services.facts import figures
from metrics import credited
from tests.dashboard.people import asking
from tests.dashboard.people.test_guards import GUARDED as GIVEN_A_DESK
from tests.walled import MAY_SEE, MOVED, OTHER, OWN, PEOPLE, make

GUARDED = asking.guarded()
ASKS = asking.page_asks()
WATCHERS = ("facts", "readable", "choices", "messages", "ticket story", "changes", "improvements", "figures by team",
            "analysis.repeated_questions.repeated_questions")  # fmt: skip
Remove = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = make(tmp_path_factory.mktemp("walled") / "desk")
    yield desk
    desk.engine.dispose()


@pytest.mark.parametrize("name", GUARDED)
def test_a_guard_taken_away_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, function = where = GUARDED[name]
    assert not noticed(where, name)
    monkeypatch.setattr(module, function, Bare(getattr(module, function)))
    assert noticed(where, name)


class Bare:
    """A service function whose guard was taken away."""

    def __init__(self, guarded: Any) -> None:
        self.__wrapped__, self.needed_act, self.needed_reach = (
            guarded.__wrapped__, guarded.needed_act, guarded.needed_reach
        )  # fmt: skip

    def __call__(self, *given: Any) -> Any:
        return self.__wrapped__(*given)


def noticed(where: tuple[Any, str], name: str) -> bool:
    """Whether a cell of the matrix is not as the table says."""
    return any(
        asking.is_let(where, name, actor) != asking.should_be_let(where, actor)
        for actor in (PEOPLE["nobody"], PEOPLE["disabled"], PEOPLE["agent"], PEOPLE["administrator"])
    )


def test_every_service_that_is_given_a_desk_is_among_those() -> None:
    assert {name.removeprefix("dashboard.") for name in GIVEN_A_DESK} <= set(GUARDED)


def everything(_self: Permission, facts: Any) -> Any:
    return facts


NARROWINGS: dict[str, Remove] = {
    "teams": lambda patch: patch.setattr(permission, "permission_of", permission_without("supervisor")),
    "own": lambda patch: patch.setattr(permission, "permission_of", permission_without("agent")),
    "figures": lambda patch: patch.setattr(Permission, "figures", everything),
    "tickets": lambda patch: patch.setattr(Permission, "tickets", everything),
    "tickets' other rows": lambda patch: patch.setattr(permission, "belonging", credited.narrowed),
    "content of tickets that are another's now": lambda patch: patch.setattr(credited, "without_content", as_it_is),
    "messages": lambda patch: patch.setattr(data, "may_open", lambda *_asked: True),
    "texts and changes": lambda patch: patch.setattr(data, "_of_permitted", lambda rows, _at: rows),
    "what the pages' facts are": lambda patch: patch.setattr(data, "_facts_at", whole),
    "what the pages may open": lambda patch: patch.setattr(data, "_readable_at", whole),
    "who asks": lambda patch: patch.setattr(data, "permission", lambda _act=None: EVERYTHING),
    "the reader in the key of what is kept": lambda patch: patch.setattr(data, "head", first_readers_head()),
    "facts of a desk": lambda patch: patch.setattr(figures, "permission_of", lambda *_asked: EVERYTHING),
}


def whole(at: state.Head) -> Any:
    return state.whole_of(at)


def as_it_is(frame: Any, _readable: Any, *, keep: object = ()) -> Any:
    del keep
    return frame


def permission_without(role: str) -> Callable[..., Permission]:
    right = permission.permission_of
    return lambda actor, *act: EVERYTHING if actor.role == role else right(actor, *act)


def first_readers_head() -> Callable[[], state.Head | None]:
    kept: list[state.Head | None] = []

    def head() -> state.Head | None:
        kept.append(RIGHT_HEAD())
        return kept[0]

    return head


RIGHT_HEAD = data.head


@pytest.fixture
def pages(walled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages ask for is asked of this desk, and nothing is kept from before."""
    monkeypatch.setenv("FLOORWALKER_DATA", str(walled.root))
    monkeypatch.delenv("FLOORWALKER_DATABASE", raising=False)
    st.cache_data.clear()
    st.cache_resource.clear()
    data.forget(frames=True)


@pytest.mark.usefixtures("pages")
def test_with_every_check_in_its_place_nothing_is_noticed(walled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not leaks(walled, monkeypatch)


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("name", NARROWINGS)
def test_a_narrowing_taken_away_is_noticed(name: str, walled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    NARROWINGS[name](monkeypatch)
    monkeypatch.setattr(data, "permission_of", permission.permission_of)
    assert leaks(walled, monkeypatch)


def leaks(desk: Desk, patch: pytest.MonkeyPatch) -> list[str]:
    """What a supervisor and an agent are told of others, after a manager has asked."""
    found = []
    for person in ("manager", "supervisor", "agent"):
        patch.setattr(data, "current_actor", as_actor(PEOPLE[person]))
        for owner in (OWN, OTHER, MOVED):
            told = {watcher: asking.answered(ASKS[watcher], owner) for watcher in WATCHERS}
            told["services"] = asking.content("facts_of", PEOPLE[person], desk, owner)
            found += [f"{person}: {watcher}" for watcher, words in told.items() if not words <= MAY_SEE[person]]
    return found


def as_actor(actor: Actor) -> Callable[[], Actor]:
    return lambda: actor
