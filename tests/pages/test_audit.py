"""The audit's page: searched, leafed through, checked, for administrators alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import Actor, record
from tests.pages.conftest import Visit

ADMINISTRATOR = Actor(1, "Gao", "administrator")


@pytest.fixture
def desk(empty_desk: Path) -> Iterator[Desk]:
    opened = open_desk(empty_desk)
    with opened.keeping() as session:
        for n in range(120):
            actor = Actor(2 + n % 2, ("Li", "Wu")[n % 2], "manager")
            record(session, actor, ("data.load", "ticket.unmask")[n % 2], f"load:{n}", {"reason": f"r{n}"})
    yield opened
    opened.engine.dispose()


def test_the_newest_entries_stand_first_and_older_ones_a_page_away(desk: Desk, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "audit")
    assert not app.exception
    first = app.dataframe[0].value
    assert list(first["No."])[:2] == [120, 119]
    assert first["What"][0] == "Ticket shown unmasked"
    assert first["Details"][0] == "reason: r119"
    app.button(key="audit.older").click().run()
    assert app.dataframe[0].value["No."][0] == 70
    app.button(key="audit.newer").click().run()
    assert app.dataframe[0].value["No."][0] == 120


def test_what_is_looked_for_is_found(desk: Desk, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "audit", lang="zh-CN")
    app.selectbox(key="audit.who").set_value("Li").run()
    app.text_input(key="audit.subject").set_value("load:11").run()
    assert not app.exception
    assert list(app.dataframe[0].value["编号"]) == [119, 117, 115, 113, 111]


def test_the_chain_is_checked_on_the_page(desk: Desk, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "audit")
    app.button(key="audit.check").click().run()
    assert "120 rows" in app.success[0].value


def test_a_manager_sees_nothing_of_it(desk: Desk, visit: Visit) -> None:
    visit.actor = Actor(3, "He", "manager")
    app = visit(desk.root, "audit")
    assert not app.dataframe
    assert app.error
