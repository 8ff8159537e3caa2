"""Saved views: one's own, shared by choice, changed by their owner only, never overwritten unseen."""

import threading

import pytest
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import ONE_PERSON, Actor, Denied
from dashboard.services.settings.changes import Overtaken
from dashboard.services.settings.saved_views import (
    MOST,
    View,
    ViewError,
    delete_view,
    readable,
    rename_view,
    save_view,
    saved_views,
    share_view,
)
from dashboard.store import AuditRow, Person
from tests.dashboard.services.settings.test_changes import desk as both_kinds

desk = both_kinds
LI, WU = Actor(1, "Li", "supervisor", teams=frozenset({"甲组"})), Actor(2, "Wu", "agent")
QUERY = "period=last_7&channel=chat&channel=wechat"


@pytest.fixture(autouse=True)
def people(desk: Desk) -> None:
    from datetime import UTC, datetime

    at = datetime(2026, 1, 1, tzinfo=UTC)
    with desk.keeping() as session:
        session.add_all([Person(id=one.id, account=one.name.lower(), name=one.name, role=one.role, made_at=at)
                         for one in (LI, WU)])  # fmt: skip


def names(actor: Actor, desk: Desk) -> list[str]:
    return [view.name for view in saved_views(actor, desk)]


def test_a_view_is_ones_own_until_it_is_shared(desk: Desk) -> None:
    id = save_view(LI, desk, "  Chat,  last week ", "sla", QUERY)
    (mine,) = saved_views(LI, desk)
    assert mine == View(id, "Chat, last week", "sla", QUERY, False, True, 1)
    assert list(mine.asked) == [("period", "last_7"), ("channel", "chat"), ("channel", "wechat")]
    assert names(WU, desk) == names(ONE_PERSON, desk) == []
    share_view(LI, desk, id, is_shared=True, expected=1)
    (seen,) = saved_views(WU, desk)
    assert (seen.name, seen.is_own, seen.is_shared) == ("Chat, last week", False, True)
    share_view(LI, desk, id, is_shared=False, expected=2)
    assert names(WU, desk) == []


def test_only_its_owner_changes_a_view_and_others_own_ones_are_not_even_there(desk: Desk) -> None:
    id = save_view(LI, desk, "mine", "sla", QUERY)
    with pytest.raises(ViewError, match="not there"):
        rename_view(WU, desk, id, "x", expected=1)
    share_view(LI, desk, id, is_shared=True, expected=1)
    with pytest.raises(ViewError, match="Only who saved"):
        delete_view(WU, desk, id, expected=2)
    with pytest.raises(Denied):
        share_view(WU, desk, id, is_shared=False, expected=2)
    delete_view(Actor(None, "Ann", "administrator"), desk, id, expected=2)
    assert names(LI, desk) == []


def test_two_tabs_do_not_overwrite_each_other(desk: Desk) -> None:
    id = save_view(LI, desk, "a", "sla", QUERY)
    rename_view(LI, desk, id, "b", expected=1)
    with pytest.raises(Overtaken):
        rename_view(LI, desk, id, "c", expected=1)
    assert names(LI, desk) == ["b"]


def test_names_are_told_apart_and_not_too_many_are_kept(desk: Desk) -> None:
    save_view(LI, desk, "a", "sla", QUERY)
    for name in ("A", " ", "x" * 81):
        with pytest.raises(ViewError):
            save_view(LI, desk, name, "sla", QUERY)
    with pytest.raises(ViewError):
        save_view(LI, desk, "b", "sla", "x" * 5000)
    save_view(WU, desk, "a", "sla", QUERY)
    for number in range(1, MOST):
        save_view(LI, desk, f"view {number}", "sla", QUERY)
    with pytest.raises(ViewError, match="already"):
        save_view(LI, desk, "one more", "sla", QUERY)


def test_of_many_writers_at_once_exactly_one_wins_each_time(desk: Desk) -> None:
    id = save_view(LI, desk, "0", "sla", QUERY)
    won: list[int] = []

    def write(number: int) -> None:
        for turn in range(4):
            version = saved_views(LI, desk)[0].version
            try:
                rename_view(LI, desk, id, f"{number}.{turn}", expected=version)
                won.append(version)
            except Overtaken:
                pass

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == len(set(won))
    assert saved_views(LI, desk)[0].version == len(won) + 1
    with desk.reading() as session:
        renamed = session.scalars(select(AuditRow).where(AuditRow.action == "view.rename")).all()
        assert len(renamed) == len(won)


def test_a_view_tells_its_reader_no_name_that_is_not_his_to_know() -> None:
    view = View(1, "x", "compare", "team=alpha&team=bravo&clock=business&left=team%3Dbravo&q=al", True, False, 1)
    kept, left_out = readable(view, {"bravo", "al"})
    assert kept == [("team", "alpha"), ("clock", "business")]
    assert left_out == 3
    assert readable(view, set()) == (list(view.asked), 0)
