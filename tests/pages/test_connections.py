"""The page of connections: what is connected, how it went, and who may do what."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.services.sync.connections import Connected, connections, keep_connection
from dashboard.services.sync.running import sync
from dashboard.services.sync.runs import runs
from tests.live.helpdesks import HELPDESKS
from tests.live.serving import served
from tests.live.zendesk import ZendeskModel
from tests.pages.conftest import Visit, words

ADMINISTRATOR, MANAGER, SUPERVISOR = (Actor(1, "Gao", role) for role in ("administrator", "manager", "supervisor"))


@pytest.fixture
def address() -> Iterator[str]:
    zendesk = ZendeskModel(seed=2)
    zendesk.work(40)
    zendesk.rest()
    with served(zendesk) as where:
        yield where


@pytest.fixture
def desk(empty_desk: Path) -> Iterator[Desk]:
    opened = open_desk(empty_desk)
    yield opened
    opened.engine.dispose()


def connected(desk: Desk, address: str, *, secret: str = "secret") -> int:
    settings = {"address": address, "user": "agent@example.com"}
    return keep_connection(COMMAND_LINE, desk, Connected("Help *desk*", "zendesk", settings=settings), secret=secret)


def test_an_administrator_connects_a_system_and_the_token_is_not_shown_again(
    desk: Desk, address: str, visit: Visit
) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "connections")
    assert "asks nobody" in words(app)
    next(one for one in app.text_input if one.label == "Address").set_value(address)
    next(one for one in app.text_input if one.label.startswith("E-mail")).set_value("agent@example.com")
    next(one for one in app.text_input if one.label == "API token").set_value("secret")
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    assert "The connection is saved." in words(app)
    kept = connections(COMMAND_LINE, desk)
    assert [(one.name, one.has_secret) for one in kept] == [("Zendesk", True)]
    assert all(one.value != "secret" for one in app.text_input)


def test_what_stands_in_the_way_is_said_with_the_next_step(desk: Desk, address: str, visit: Visit) -> None:
    number = connected(desk, address, secret="wrong")
    sync(COMMAND_LINE, desk, number)
    visit.actor = MANAGER
    app = visit(desk.root, "connections")
    assert "does not let us in" in app.error[0].value
    assert "Read again once the cause is mended" in app.error[0].value
    assert [one.label for one in app.button if one.label in ("Read now", "Save")] == ["Read now"], (
        "he may not change it"
    )


def test_a_run_is_begun_from_the_page_and_told_when_it_ends(desk: Desk, address: str, visit: Visit) -> None:
    number = connected(desk, address)
    visit.actor = MANAGER
    app = visit(desk.root, "connections")
    assert "Not read yet" in words(app)
    next(one for one in app.button if one.label == "Read now").click().run()
    assert not app.exception
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = runs(COMMAND_LINE, desk, number)
        if found and found[0].state != "running":
            break
        time.sleep(0.2)
    app.run()
    assert "read to the end" in words(app)
    assert runs(COMMAND_LINE, desk, number)[0].counts["inserted"] > 0


def test_who_may_not_see_the_data_does_not_see_connections(desk: Desk, address: str, visit: Visit) -> None:
    connected(desk, address)
    visit.actor = SUPERVISOR
    assert "Help" not in words(visit(desk.root, "connections"))


def test_the_name_of_a_connection_is_no_markup(desk: Desk, address: str, visit: Visit) -> None:
    connected(desk, address)
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "connections")
    assert any("\\*desk\\*" in one.value for one in app.subheader)


def test_settings_are_tried_from_the_form_and_not_kept(desk: Desk, address: str, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "connections")
    next(one for one in app.text_input if one.label == "Address").set_value(address)
    next(one for one in app.text_input if one.label.startswith("E-mail")).set_value("agent@example.com")
    next(one for one in app.text_input if one.label == "API token").set_value("wrong")
    next(one for one in app.button if one.label == "Test, keep nothing").click().run()
    assert "does not let us in" in app.error[0].value
    next(one for one in app.text_input if one.label == "API token").set_value("secret")
    next(one for one in app.button if one.label == "Test, keep nothing").click().run()
    assert "Nothing is saved yet." in words(app)
    assert connections(COMMAND_LINE, desk) == ()


def test_a_folder_is_watched_and_stopped_from_the_page(desk: Desk, tmp_path: Path, visit: Visit) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "connections")
    next(one for one in app.text_input if one.label.startswith("Folder on")).set_value(str(tmp_path / "absent"))
    [one for one in app.button if one.label == "Save"][1].click().run()
    assert "There is no folder" in app.error[0].value
    next(one for one in app.text_input if one.label.startswith("Folder on")).set_value(str(folder))
    [one for one in app.button if one.label == "Save"][1].click().run()
    assert "The folder is watched." in words(app)
    assert [one.is_on for one in connections(COMMAND_LINE, desk)] == [True]
    next(one for one in app.button if one.label == "Stop watching").click().run()
    assert not app.exception
    assert "The folder is saved; it is not watched." in words(app)
    assert [one.is_on for one in connections(COMMAND_LINE, desk)] == [False]


def test_a_merged_ticket_leads_to_its_target_and_deleted_ones_are_listed(desk: Desk, visit: Visit) -> None:
    zammad = HELPDESKS["zammad"](seed=3)
    zammad.work(40)
    there = zammad.standing()
    merged = next(one for one in zammad.tickets.values() if str(one.number) in there and str(one.into) in there)
    deleted = next(one for one, state in there.items() if state == "open" and one != str(merged.into))
    with served(zammad) as address:
        made = Connected("Z", "zammad", settings={"address": address, "messages": "no"})
        number = keep_connection(COMMAND_LINE, desk, made, secret="token")
        sync(COMMAND_LINE, desk, number)
        zammad.tickets[int(deleted)].is_deleted = True
        sync(COMMAND_LINE, desk, number, compare=True)
    app = visit(desk.root, "ticket", ticket=str(merged.number))
    next(one for one in app.button if one.label == f"Merged into ticket {merged.into}").click().run()
    assert app.title[0].value == f"Ticket {merged.into}"
    app = visit(desk.root, "connections")
    assert "Compared with all that the system has" in words(app)
    assert deleted in [value for table in app.dataframe for value in table.value.iloc[:, 0]]
