"""Who may see what, as the table of rights says, tried cell by cell: person by service, question of a page, owner."""

from collections.abc import Callable, Iterator

import pytest
import streamlit as st

from dashboard import data
from dashboard.desk import Desk
from dashboard.people import Actor
from tests.dashboard.people import asking
from tests.walled import MAY_SEE, OWN, OWNERS, PEOPLE, make

GUARDED = asking.guarded()
ASKS = asking.page_asks()
IN_ORDER = sorted(PEOPLE, key=lambda name: -len(MAY_SEE[name]))
"""Who may see most asks first, so that what is kept for them would reach the others."""
As = Callable[[Actor], None]


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = make(tmp_path_factory.mktemp("walled") / "desk")
    yield desk
    desk.engine.dispose()


@pytest.fixture
def acting(walled: Desk, monkeypatch: pytest.MonkeyPatch) -> As:
    """Let what pages ask for be asked by this person."""
    monkeypatch.setenv("FLOORWALKER_DATA", str(walled.root))
    monkeypatch.delenv("FLOORWALKER_DATABASE", raising=False)
    st.cache_data.clear()
    st.cache_resource.clear()
    data.forget(frames=True)

    def act(actor: Actor) -> None:
        monkeypatch.setattr(data, "current_actor", lambda: actor)

    return act


@pytest.mark.parametrize("person", PEOPLE)
def test_every_guard_lets_through_whom_the_table_allows_it_and_nobody_else(person: str) -> None:
    actor = PEOPLE[person]
    told = {name: asking.is_let(where, name, actor) for name, where in GUARDED.items()}
    assert told == {name: asking.should_be_let(where, actor) for name, where in GUARDED.items()}


@pytest.mark.parametrize("name", asking.CONTENT)
def test_no_service_tells_of_tickets_that_are_not_the_persons(name: str, walled: Desk) -> None:
    for person in IN_ORDER:
        for owner in OWNERS:
            found = asking.content(name, PEOPLE[person], walled, owner)
            assert found <= MAY_SEE[person], f"{person} was told of {set(found - MAY_SEE[person])} by {name}"


@pytest.mark.parametrize("name", ASKS)
def test_no_question_of_a_page_is_answered_from_tickets_that_are_not_the_persons(name: str, acting: As) -> None:
    for person in IN_ORDER:
        acting(PEOPLE[person])
        for owner in OWNERS:
            found = asking.answered(ASKS[name], owner)
            assert found <= MAY_SEE[person], f"{person} was told of {set(found - MAY_SEE[person])} by {name}"


def test_what_is_the_persons_is_told_to_him(walled: Desk, acting: As) -> None:
    for person, seen in MAY_SEE.items():
        acting(PEOPLE[person])
        for owner in (one for one in OWNERS if one.word in seen):
            for name in ("messages", "ticket story"):
                assert owner.word in asking.answered(ASKS[name], owner), (person, name)
        if seen:
            assert asking.answered(ASKS["facts"], OWN) == seen
            assert asking.answered(ASKS["readable"], OWN) == seen
            assert asking.content("readable_facts", PEOPLE[person], walled, OWN) == seen


def test_the_matrix_has_at_least_two_thousand_cells() -> None:
    services = len(PEOPLE) * len(GUARDED)
    content = len(PEOPLE) * len(asking.CONTENT) * len(OWNERS)
    pages = len(PEOPLE) * len(ASKS) * len(OWNERS)
    told = f"services {services} + tickets of services {content} + questions of pages {pages}"
    print(f"\n{told} = {services + content + pages} cells")
    assert services + content + pages >= 2000
