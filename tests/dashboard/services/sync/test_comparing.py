"""What a system has no more leaves the figures with a record, whether it tells of it or only does not list it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.services.loading.ledger import undo_last
from dashboard.services.sync.connections import Connected, ConnectionRefused, keep_connection, known, try_settings
from dashboard.services.sync.departed import departed
from dashboard.services.sync.running import sync
from loaders.live.errors import NotLetIn
from tests.live.helpdesks import HELPDESKS, Helpdesk
from tests.live.serving import served
from tests.live.zendesk import ZendeskModel


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


def connected(desk: Desk, kind: str, address: str, **more: str) -> int:
    made = Connected(kind, kind, settings={"address": address, "messages": "no", **more})
    return keep_connection(COMMAND_LINE, desk, made, secret="token")


def shown(desk: Desk, kind: str) -> set[str]:
    head = desk.head()
    rows = desk.warehouse.of_source(kind, "tickets", head.versions if head else {}).select("ticket_id").collect()
    return set(rows["ticket_id"].to_list())


def standing(helpdesk: Helpdesk) -> set[str]:
    return set(helpdesk.standing())


def test_a_ticket_that_vanished_in_silence_is_found_once_a_week_and_comes_back_with_its_load(desk: Desk) -> None:
    zammad = HELPDESKS["zammad"](seed=3)
    zammad.work(40)
    with served(zammad) as address:
        number = connected(desk, "zammad", address)
        sync(COMMAND_LINE, desk, number)
        assert known(COMMAND_LINE, desk, number).compared_at is not None, "the first run looks, too"
        before = shown(desk, "zammad")
        lost = sorted(standing(zammad))[:2]
        for one in lost:
            zammad.tickets[int(one)].is_deleted = True
        sync(COMMAND_LINE, desk, number)
        assert shown(desk, "zammad") == before, "compared a moment ago"
        outcome = sync(COMMAND_LINE, desk, number, compare=True)
        assert outcome.counts.removed == 2
        assert "are not there any more" in outcome.told[0]["template"]
        assert shown(desk, "zammad") == standing(zammad)
        assert departed(COMMAND_LINE, desk, "zammad").head(2)["ticket"].sort().to_list() == lost
        undo_last(COMMAND_LINE, desk)
        assert shown(desk, "zammad") == before
        assert set(lost).isdisjoint(departed(COMMAND_LINE, desk, "zammad")["ticket"])


def test_a_merged_ticket_that_leaves_points_to_its_target(desk: Desk) -> None:
    hubspot = HELPDESKS["hubspot"](seed=1)
    hubspot.work(30)
    one, other = sorted(hubspot.standing())[:2]
    with served(hubspot) as address:
        number = connected(desk, "hubspot", address)
        sync(COMMAND_LINE, desk, number)
        assert one in shown(desk, "hubspot")
        gone, survivor = hubspot.tickets[int(one)], hubspot.tickets[int(other)]
        gone.into, gone.is_deleted = int(other), True
        survivor.changed = hubspot.now + 10
        sync(COMMAND_LINE, desk, number)
    assert one not in shown(desk, "hubspot")
    assert departed(COMMAND_LINE, desk, "hubspot").select("ticket", "into").row(0) == (one, other)


def test_settings_are_tried_before_they_are_kept_and_a_kept_secret_goes_to_its_own_server_only(desk: Desk) -> None:
    zendesk = ZendeskModel(seed=1)
    zendesk.work(20)
    zendesk.rest()
    with served(zendesk) as address, served(zendesk) as elsewhere:
        settings = {"address": address, "user": "agent@example.com"}
        made = Connected("Z", "zendesk", settings=settings)
        assert try_settings(COMMAND_LINE, desk, made, secret="secret") > 0
        with pytest.raises(NotLetIn):
            try_settings(COMMAND_LINE, desk, made, secret="wrong")
        assert desk.head() is None
        number = keep_connection(COMMAND_LINE, desk, made, secret="secret")
        kept = known(COMMAND_LINE, desk, number)
        assert try_settings(COMMAND_LINE, desk, kept) > 0
        moved = Connected("Z", "zendesk", settings={**settings, "address": elsewhere}, id=number, version=kept.version)
        with pytest.raises(ConnectionRefused, match="API token"):
            try_settings(COMMAND_LINE, desk, moved)
        with pytest.raises(Denied):
            try_settings(Actor(None, "Mia", "manager"), desk, kept)


def test_a_kept_secret_is_not_told_to_another_giver_of_tokens(desk: Desk) -> None:
    settings = {"address": "https://a.example", "accounts": "https://b.example/token", "client": "c"}
    number = keep_connection(COMMAND_LINE, desk, Connected("D", "dynamics", settings=settings), secret="s")
    moved = {**settings, "accounts": "https://evil.example/token"}
    with pytest.raises(ConnectionRefused, match="Client secret"):
        keep_connection(COMMAND_LINE, desk, Connected("D", "dynamics", settings=moved, id=number, version=1))
