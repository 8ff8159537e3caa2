"""What a person may not see of triage is in no list, search, count, history or act."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import Actor, Denied
from dashboard.people.actor import NOBODY
from dashboard.services.triage import acts as triage
from dashboard.services.triage import many as triage_many
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage import running as triage_running
from dashboard.triage.items import NoSuchItem
from tests.dashboard.triage.made import clock, item
from tests.dashboard.triage.world import Ticket, facts_of, finding, found

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
OWN, OTHER, NONE = "甲组", "乙组", None
SUPERVISOR = Actor(1, "Lin", "supervisor", frozenset({OWN}))
TEAMLESS = Actor(5, "Zhou", "supervisor")
MANAGER, INSPECTOR = Actor(2, "Wu", "manager"), Actor(3, "Qin", "inspector")
AGENT = Actor(4, "Wang Fang", "agent", frozenset({OWN}), agent="王芳")
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    for number, (team, agent) in enumerate(((OWN, "王芳"), (OWN, "李强"), (OTHER, "赵敏"), (NONE, "孙武"))):
        id = item(opened, f"t{number}", AT, team=team, agent=agent)
        clock(opened, id, AT, AT + timedelta(hours=1))
    yield opened
    opened.engine.dispose()


VISIBLE = {SUPERVISOR: {1, 2}, TEAMLESS: set(), MANAGER: {1, 2, 3, 4}, INSPECTOR: {1, 2, 3, 4}, AGENT: {1}}


@pytest.mark.parametrize("actor", VISIBLE, ids=lambda actor: f"{actor.role} {actor.name}")
def test_every_way_of_reading_shows_what_the_role_reaches_and_nothing_else(desk: Desk, actor: Actor) -> None:
    seen = VISIBLE[actor]
    assert set(triage_queue.queue(actor, desk, at=AT)["id"]) == seen
    assert set(triage_queue.queue(actor, desk, at=AT, search="t")["id"]) == seen
    assert {event.item_id for event in triage_queue.changed_since(actor, desk, 0)} == seen
    tickets = [triage_queue.items_of_ticket(actor, desk, "s", f"t{number}") for number in range(4)]
    assert {one.id for found in tickets for one in found} == seen
    for id in range(1, 5):
        for read in (triage_queue.item, triage_queue.causes, triage_queue.clocks, triage_queue.notes,
                     triage_queue.history):  # fmt: skip
            if id in seen:
                read(actor, desk, id)
            else:
                with pytest.raises(NoSuchItem):
                    read(actor, desk, id)


def test_what_others_have_counts_in_nobodys_load(desk: Desk) -> None:
    triage.assign(MANAGER, desk, 3, 1, owner="赵敏", at=LATER)
    triage.assign(MANAGER, desk, 2, 1, owner="李强", at=LATER)
    assert triage_queue.loads(SUPERVISOR, desk, at=LATER)["owner"].to_list() == ["李强"]
    assert set(triage_queue.loads(MANAGER, desk, at=LATER)["owner"]) == {"李强", "赵敏"}


ACTS: dict[str, Callable[[Actor, Desk, int], Any]] = {
    "acknowledge": lambda actor, desk, id: triage.acknowledge(actor, desk, id, 1, at=LATER),
    "assign": lambda actor, desk, id: triage.assign(actor, desk, id, 1, owner="王芳", at=LATER),
    "snooze": lambda actor, desk, id: triage.snooze(actor, desk, id, 1, until=LATER + timedelta(minutes=5), at=LATER),
    "merge": lambda actor, desk, id: triage.merge(actor, desk, id, 1, into=1 if id != 1 else 2, at=LATER),
}
MAY = {
    "acknowledge": VISIBLE | {INSPECTOR: set()}, "snooze": VISIBLE | {INSPECTOR: set()},
    "assign": VISIBLE | {INSPECTOR: set(), AGENT: set()}, "merge": VISIBLE | {INSPECTOR: set(), AGENT: set()},
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("actor", VISIBLE, ids=lambda actor: f"{actor.role} {actor.name}")
def test_nothing_can_be_done_beyond_the_reach(desk: Desk, actor: Actor, act: str) -> None:
    for id in {1, 2, 3, 4} - MAY[act][actor]:
        with pytest.raises((NoSuchItem, Denied)):
            ACTS[act](actor, desk, id)
        assert triage_queue.item(MANAGER, desk, id).version == 1
    for id in sorted(MAY[act][actor])[:1]:
        assert ACTS[act](actor, desk, id).version == 2


def test_nothing_is_merged_into_what_one_may_not_see(desk: Desk) -> None:
    with pytest.raises(NoSuchItem):
        triage.merge(SUPERVISOR, desk, 1, 1, into=3, at=LATER)


def test_the_next_one_to_take_is_one_that_the_person_may_see(desk: Desk) -> None:
    assert triage_many.claim_next(TEAMLESS, desk, at=LATER) is None
    taken = triage_many.claim_next(SUPERVISOR, desk, at=LATER)
    assert taken is not None
    assert taken.team == OWN
    assert triage_many.claim_next(AGENT, desk, at=LATER) is not None or taken.id == 1


def test_many_at_once_reach_no_further(desk: Desk) -> None:
    done = triage_many.bulk(SUPERVISOR, desk, "acknowledge", [(id, 1) for id in range(1, 5)], at=LATER)
    assert [outcome.item is not None for outcome in done] == [True, True, False, False]
    assert isinstance(done[2].error, NoSuchItem)
    assert {event.batch for event in triage_queue.changed_since(MANAGER, desk, 4)} != {None}
    back = triage_many.undo_batch(SUPERVISOR, desk, str(triage_queue.changed_since(MANAGER, desk, 4)[0].batch))
    assert [outcome.item is not None for outcome in back] == [True, True]


def test_whoever_is_not_signed_in_sees_and_does_nothing(desk: Desk) -> None:
    with pytest.raises(Denied):
        triage_queue.queue(NOBODY, desk, at=AT)
    with pytest.raises(Denied):
        triage.acknowledge(NOBODY, desk, 1, 1, at=AT)
    for actor in (SUPERVISOR, AGENT, INSPECTOR):
        with pytest.raises(Denied):
            triage_running.tick(actor, desk, at=AT)


def test_an_item_goes_out_of_sight_with_its_ticket(desk: Desk) -> None:
    """Who leads the team that the ticket comes to sees it from the next load on; who led the former one no more."""
    tickets = [Ticket("t0", AT, team=OTHER)]
    rows = found([finding("t0", "complaint", "complaint", AT)])
    with desk.keeping() as session:
        triage_running.keep_findings(
            session, facts_of(tickets, AT), rows, triage.ways_of(MANAGER, desk), LATER, "a load"
        )  # fmt: skip
    with pytest.raises(NoSuchItem):
        triage_queue.item(SUPERVISOR, desk, 1)
    assert triage_queue.item(MANAGER, desk, 1).team == OTHER
