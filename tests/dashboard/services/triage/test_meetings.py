"""A stand-up is led point by point, does what it decides, and remembers next morning what was promised."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.people.audit_check import verify
from dashboard.services.triage import acts as triage
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage.meeting_promises import promises
from dashboard.services.triage.meetings import end, held, leave, meeting, running, start
from dashboard.services.triage.queue import item as item_now
from dashboard.store import AuditRow
from dashboard.store.swap import StaleError
from dashboard.triage.items import NotAllowedNow, StaleItem
from dashboard.triage.meetings import Leaving, MeetingError
from tests.dashboard.services.settings.test_changes import desk as both_kinds
from tests.dashboard.triage.made import clock, item

both = both_kinds
"""On SQLite and PostgreSQL."""
FRIDAY = datetime(2026, 3, 20, 1, tzinfo=UTC)
NOON = FRIDAY + timedelta(hours=3)
LI = Actor(7, "Li", "supervisor", teams=frozenset({"甲组"}))
WU = Actor(8, "Wu", "supervisor", teams=frozenset({"乙组"}))
BOSS = Actor(9, "Boss", "manager")
GOES_ON = Leaving("goes_on", "先退款", owner="王芳", next_step="给客户打电话", promised_at=NOON, promises="solved")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


def three_items(desk: Desk) -> list[int]:
    """A complaint that nobody has, one that is late, and one of the other team."""
    early = FRIDAY - timedelta(hours=5)
    found = [
        item(desk, "T1", early, is_complaint=True),
        item(desk, "T2", early, state="acknowledged", owner="王芳", acknowledged_at=early),
        item(desk, "T3", early, team="乙组"),
    ]
    clock(desk, found[1], early, FRIDAY - timedelta(hours=1))
    return found


def test_a_meeting_lists_what_needs_it_and_each_sees_his_own_teams(both: Desk) -> None:
    three_items(both)
    whole = meeting(BOSS, both, start(BOSS, both, at=FRIDAY))
    assert [(point.ticket_id, point.kind) for point in whole.points] == [
        ("T1", "complaint"), ("T2", "overdue"), ("T3", "unacknowledged"),
    ]  # fmt: skip
    assert whole.counts["unacknowledged"] == 2
    seen = meeting(LI, both, whole.id)
    assert [point.ticket_id for point in seen.points] == ["T1", "T2"]
    assert seen.counts == {}
    with pytest.raises(Denied):
        start(Actor(3, "王芳", "agent", agent="王芳"), both)


def test_whoever_comes_second_comes_into_the_same_meeting(desk: Desk) -> None:
    three_items(desk)
    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(lambda _n: start(BOSS, desk, at=FRIDAY), range(8)))
    assert len(numbers) == 1
    own = start(LI, desk, at=FRIDAY)
    assert own not in numbers
    assert running(LI, desk) == own
    assert running(BOSS, desk) in numbers


def test_a_decision_is_done_in_the_triage_and_stands_in_the_audit(both: Desk) -> None:
    first, *_rest = three_items(both)
    found = meeting(LI, both, start(LI, both, at=FRIDAY))
    left = leave(LI, both, found.points[0].id, GOES_ON, expected=1, item_version=1, at=FRIDAY + timedelta(minutes=2))
    assert (left.owner, left.next_step, left.promised_at, left.seconds) == ("王芳", "给客户打电话", NOON, 120)
    assert item_now(LI, both, first).owner == "王芳"
    with both.reading() as session:
        actions = [row.action for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert actions == ["meeting.start", "triage.assign", "meeting.leave"]


@pytest.mark.parametrize(
    ("way", "state", "owner", "tier"),
    [
        (Leaving("waits", "等仓库", owner="王芳", next_step="催", promised_at=NOON), "waiting", "王芳", 1),
        (
            Leaving("raised", "查过", owner="赵强", next_step="给方案", promised_at=NOON, told="已道歉"),
            "new",
            "赵强",
            2,
        ),
        (Leaving("resolved", "已处理", code="refunded", reason="process"), "resolved", "Li", 1),
        (Leaving("noted", "再看"), "new", None, 1),
    ],
)
def test_every_way_out_leads_where_it_says(desk: Desk, way: Leaving, state: str, owner: str | None, tier: int) -> None:
    first = three_items(desk)[0]
    found = meeting(LI, desk, start(LI, desk, at=FRIDAY))
    leave(LI, desk, found.points[0].id, way, expected=1, item_version=1, at=FRIDAY)
    there = item_now(LI, desk, first)
    assert (there.state, there.owner, there.tier) == (state, owner, tier)


@pytest.mark.parametrize(
    "wrong",
    [
        Leaving("noted", " "),
        Leaving("goes_on", "x", next_step="y", promised_at=NOON),
        Leaving("goes_on", "x", owner="王芳", promised_at=NOON),
        Leaving("goes_on", "x", owner="王芳", next_step="y"),
        Leaving("goes_on", "x", owner="王芳", next_step="y", promised_at=FRIDAY),
        Leaving("noted", "x" * 1001),
    ],
)
def test_nothing_leaves_a_meeting_without_who_what_and_when(desk: Desk, wrong: Leaving) -> None:
    three_items(desk)
    found = meeting(LI, desk, start(LI, desk, at=FRIDAY))
    with pytest.raises(MeetingError):
        leave(LI, desk, found.points[0].id, wrong, expected=1, at=FRIDAY)
    assert meeting(LI, desk, found.id).next_point == found.points[0]


def test_two_people_in_one_meeting_do_not_overwrite_each_other(both: Desk) -> None:
    first, second, _third = three_items(both)
    id = start(LI, both, at=FRIDAY)
    points = meeting(LI, both, id).points
    leave(LI, both, points[0].id, GOES_ON, expected=1, item_version=1, at=FRIDAY)
    with pytest.raises(StaleError):
        leave(BOSS, both, points[0].id, Leaving("noted", "anders"), expected=1, at=FRIDAY)
    triage.assign(BOSS, both, second, 1, owner="赵强", at=FRIDAY)
    with pytest.raises(StaleItem):
        leave(LI, both, points[1].id, GOES_ON, expected=1, item_version=1, at=FRIDAY)
    now = meeting(LI, both, id).points
    assert (now[0].decision, now[1].left_at) == ("先退款", None)
    assert item_now(BOSS, both, first).owner == "王芳"


def test_what_the_triage_refuses_leaves_the_point_as_it_was(desk: Desk) -> None:
    three_items(desk)
    found = meeting(LI, desk, start(LI, desk, at=FRIDAY))
    with pytest.raises(NotAllowedNow):
        leave(LI, desk, found.points[0].id, Leaving("resolved", "x", code="nonsense", reason="slip"), expected=1,
              at=FRIDAY)  # fmt: skip
    assert meeting(LI, desk, found.id).points == found.points


def test_a_meeting_goes_on_after_a_restart(tmp_path: Path) -> None:
    before = open_desk(tmp_path / "desk")
    three_items(before)
    id = start(LI, before, at=FRIDAY)
    leave(LI, before, meeting(LI, before, id).points[0].id, GOES_ON, expected=1, item_version=1, at=FRIDAY)
    before.engine.dispose()
    after = open_desk(tmp_path / "desk")
    assert running(LI, after) == id
    there = meeting(LI, after, id)
    assert there.next_point is not None
    assert there.next_point.ticket_id == "T2"
    end(LI, after, id, expected=1, at=FRIDAY + timedelta(minutes=15))
    assert running(LI, after) is None
    with pytest.raises(MeetingError, match="ended"):
        leave(LI, after, there.next_point.id, GOES_ON, expected=1, at=FRIDAY)
    assert [one.id for one in held(LI, after)] == [id]
    after.engine.dispose()


def test_the_next_meeting_opens_with_what_was_kept_and_what_was_broken(both: Desk) -> None:
    first, second, _third = three_items(both)
    id = start(LI, both, at=FRIDAY)
    for point in meeting(LI, both, id).points:
        leave(LI, both, point.id, GOES_ON, expected=1, item_version=1, at=FRIDAY)
    end(LI, both, id, expected=1, at=FRIDAY + timedelta(minutes=9))
    assert [one.verdict.standing for one in promises(LI, both, at=NOON - timedelta(hours=1))] == ["open", "open"]
    triage.acknowledge(LI, both, first, 2, at=NOON - timedelta(hours=2))
    triage.resolve(LI, both, first, 3, decision="refunded", reason="process", at=NOON - timedelta(minutes=1))
    monday = FRIDAY + timedelta(days=3)
    there = meeting(LI, both, start(LI, both, at=monday))
    told = {one.point.ticket_id: (one.standing, one.at) for one in there.promises}
    assert told == {"T1": ("kept", NOON - timedelta(minutes=1)), "T2": ("broken", None)}
    assert [(point.ticket_id, point.kind) for point in there.points] == [("T2", "promise")]
    (point,), now = there.points, triage_queue.queue(LI, both, at=monday).row(0, named=True)
    assert (point.owner, point.about["row"]["late_seconds"]) == ("王芳", now["late_seconds"])  # as it stands now
    assert meeting(WU, both, start(WU, both, at=monday)).promises == ()
    assert promises(LI, both, at=monday) == ()  # judged for good
    assert item_now(LI, both, second).state == "acknowledged"


def test_who_leads_one_team_does_not_end_the_meeting_of_all(desk: Desk) -> None:
    three_items(desk)
    id = start(BOSS, desk, at=FRIDAY)
    with pytest.raises(MeetingError, match="other teams"):
        end(LI, desk, id, expected=1)
    with pytest.raises(MeetingError, match="not in a meeting"):
        leave(LI, desk, meeting(BOSS, desk, id).points[2].id, GOES_ON, expected=1, at=FRIDAY)
    end(BOSS, desk, id, expected=1)
    assert verify(COMMAND_LINE, desk).faults == ()
