"""What is kept of a plan: events, rules and rosters, with versions, reasons and reach; nothing is lost."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.services.staffing.events import add_event, change_event, end_event, events_of, kept_events
from dashboard.services.staffing.rosters import (
    end_roster,
    keep_roster,
    kept_rosters,
    present,
    read_roster_text,
    shifts_in_force,
)
from dashboard.services.staffing.rules import rule_changes, set_rules, typed_rules
from dashboard.staffing.keeping import StaffingError, StalePlan
from dashboard.staffing.rules import laid_over
from dashboard.store import AuditRow, LoadRow
from metrics.staffing.model import Event, StaffingRules
from metrics.tables import AGENT_STATES
from tests.dashboard.services.settings.test_changes import desk as both

both_kinds = both
MONDAY = date(2026, 11, 23)
LI = Actor(7, "Li", "supervisor", teams=frozenset({"甲组"}))
BOSS = Actor(8, "Boss", "manager")
INSPECTOR = Actor(9, "Wu", "inspector")
PROMOTION = Event("618", "promotion", date(2026, 6, 16), date(2026, 6, 20), ("chat",), "percent", 1.5)
ROSTER = (
    "日期,班组,姓名,上班,下班,人数\n2026-11-23,甲组,,09:00,17:00,5\n"
    "2026-11-23,乙组,,09:00,17:00,4\n2026-11-24,甲组,,九点,,\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


def actions(desk: Desk) -> list[str]:
    with desk.reading() as session:
        return list(session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("staffing"))))


def in_force(desk: Desk) -> set[tuple[str | None, float]]:
    return {(one.team, one.people) for one in shifts_in_force(BOSS, desk, MONDAY, MONDAY)}


def test_an_event_is_added_changed_with_its_version_and_taken_back(both_kinds: Desk) -> None:
    desk = both_kinds
    id = add_event(BOSS, desk, PROMOTION, note="满减")
    (kept,) = kept_events(INSPECTOR, desk)
    assert (kept.id, kept.version, kept.event, kept.note, kept.made_by) == (id, 1, PROMOTION, "满减", "Boss")
    later = Event("618", "promotion", date(2026, 6, 16), date(2026, 6, 21))
    change_event(LI, desk, id, later, expected=1)
    with pytest.raises(StalePlan, match="Boss has changed"):
        change_event(BOSS, desk, id, PROMOTION, expected=1)
    assert events_of(INSPECTOR, desk) == (later,)
    end_event(BOSS, desk, id, expected=2)
    assert events_of(BOSS, desk) == ()
    with pytest.raises(StaffingError, match="not part of the plan"):
        end_event(BOSS, desk, id, expected=3)
    assert actions(desk) == ["staffing.event.add", "staffing.event.change", "staffing.event.end"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "  "}, {"name": "x" * 121}, {"last": date(2026, 6, 15)}, {"last": date(2026, 12, 1)}, {"value": 0.0},
     {"value": -1.2}, {"value": float("nan")}, {"kind": "party"}],
    ids=lambda wrong: "-".join(map(str, wrong.items())),
)  # fmt: skip
def test_an_event_without_sense_is_refused(desk: Desk, wrong: Mapping[str, Any]) -> None:
    with pytest.raises(StaffingError):
        add_event(BOSS, desk, Event(**{**vars(PROMOTION), **wrong}))
    assert events_of(BOSS, desk) == ()


def test_rules_hold_from_their_day_on_a_queues_own_before_every_queues(desk: Desk) -> None:
    set_rules(BOSS, desk, "", {"reserve": 0.15, "shrinkage": 0.25}, valid_from=MONDAY, why="年终评审")
    set_rules(
        BOSS, desk, "chat", {"reserve": 0.1, "concurrency": 3.0}, valid_from=MONDAY + timedelta(days=7), why="试点"
    )
    measured = {name: StaffingRules("chat", handle_seconds=400.0, measured=frozenset({"handle_seconds", "shrinkage"}))
                for name in ("chat", "phone")}  # fmt: skip
    before = laid_over(measured, typed_rules(LI, desk, MONDAY - timedelta(days=1)))
    assert before == measured
    now = laid_over(measured, typed_rules(LI, desk, MONDAY + timedelta(days=8)))
    assert (now["chat"].reserve, now["chat"].concurrency, now["chat"].shrinkage) == (0.1, 3, 0.25)
    assert (now["phone"].reserve, now["phone"].handle_seconds) == (0.15, 400.0)
    assert now["phone"].measured == {"handle_seconds"}  # what was typed is measured no longer
    assert [change.why for change in rule_changes(LI, desk)] == ["试点", "年终评审"]


def test_rules_want_a_reason_sense_and_somebody_who_plans_for_all(desk: Desk) -> None:
    with pytest.raises(StaffingError, match="Say why"):
        set_rules(BOSS, desk, "", {"reserve": 0.1}, valid_from=MONDAY, why=" ")
    for wrong in ({"reserve": 0.9}, {"luck": 1}, {"work": "magic"}, {"share": True}):
        with pytest.raises(StaffingError):
            set_rules(BOSS, desk, "", wrong, valid_from=MONDAY, why="x")
    with pytest.raises(Denied):
        set_rules(LI, desk, "", {"reserve": 0.1}, valid_from=MONDAY, why="x")
    assert rule_changes(BOSS, desk) == ()


def test_a_pasted_roster_is_in_force_until_a_newer_one_for_the_same_team_and_day(both_kinds: Desk) -> None:
    desk = both_kinds
    found = read_roster_text(BOSS, desk, ROSTER, first=MONDAY)
    first = keep_roster(BOSS, desk, found, name="第48周", way="pasted")
    (kept,) = kept_rosters(INSPECTOR, desk)
    assert (kept.shifts, kept.read, kept.aside["reason"].to_list()) == (2, 3, ["roster_no_time"])
    newer = read_roster_text(
        BOSS, desk, "date\tteam\tstart\tend\tpeople\n2026-11-23\t甲组\t10:00\t16:00\t9\n", first=MONDAY
    )
    second = keep_roster(BOSS, desk, newer, name="改", way="pasted")
    assert {(one.team, one.people) for one in shifts_in_force(BOSS, desk, MONDAY, MONDAY)} == {
        ("甲组", 9.0),
        ("乙组", 4.0),
    }
    end_roster(BOSS, desk, second, expected=1)
    assert {(one.team, one.people) for one in shifts_in_force(BOSS, desk, MONDAY, MONDAY)} == {
        ("甲组", 5.0),
        ("乙组", 4.0),
    }
    assert [one.id for one in kept_rosters(BOSS, desk)] == [first]


def test_a_supervisor_rosters_his_own_teams_alone(desk: Desk) -> None:
    found = read_roster_text(LI, desk, ROSTER, first=MONDAY)
    assert {shift.team for shift in found.shifts} == {"甲组"}
    assert found.rejects.filter(reason="roster_foreign_team")["value"].to_list() == ["乙组"]
    everybodys = read_roster_text(BOSS, desk, ROSTER, first=MONDAY)
    keep_roster(LI, desk, everybodys, name="不是他的", way="pasted")
    assert {shift.team for shift in shifts_in_force(BOSS, desk, MONDAY, MONDAY)} == {"甲组"}
    both = keep_roster(BOSS, desk, everybodys, name="全部", way="loaded")
    assert {shift.team for shift in shifts_in_force(LI, desk, MONDAY, MONDAY)} == {"甲组"}
    with pytest.raises(StaffingError, match="other teams"):
        end_roster(LI, desk, both, expected=1)
    with pytest.raises(Denied):
        keep_roster(INSPECTOR, desk, everybodys, name="x", way="pasted")


def test_a_roster_without_a_shift_is_refused(desk: Desk) -> None:
    found = read_roster_text(BOSS, desk, "日期,班组,上班,下班\n改天,甲组,9:00,18:00\n", first=MONDAY)
    with pytest.raises(StaffingError, match="1 rows were kept aside"):
        keep_roster(BOSS, desk, found, name="x", way="pasted")
    with pytest.raises(StaffingError, match="no roster in this text"):
        read_roster_text(BOSS, desk, " \n", first=MONDAY)


def test_where_no_roster_was_entered_the_switchs_plan_stands_in_and_then_the_usual_week(desk: Desk) -> None:
    origin = datetime(2026, 11, 22, 12, tzinfo=UTC)
    begins = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in range(2, 25)]
    rows = [{"source": "s", "agent": f"P{n}", "team": "甲组", "state_kind": "planned", "start_at": begin,
             "end_at": begin + timedelta(hours=8)} for begin in begins for n in range(3)]  # fmt: skip
    states = pl.DataFrame(rows, schema={name: AGENT_STATES.schema[name] for name in rows[0]})
    frame = states.select(*(pl.col(name) if name in rows[0] else pl.lit(None, kind).alias(name)
                            for name, kind in AGENT_STATES.schema.items()))  # fmt: skip
    done = desk.warehouse.commit("s", {"agent_states": frame}, base={})
    with desk.keeping() as session:
        session.add(LoadRow(at=origin, actor="a", kind="load", versions=dict(done.versions), files=[], settings={},
                            as_of=origin))  # fmt: skip
    keep_roster(COMMAND_LINE, desk, read_roster_text(COMMAND_LINE, desk, ROSTER, first=MONDAY), name="x", way="pasted")
    found = present(BOSS, desk, MONDAY, date(2026, 11, 26), minutes=30)
    hours = found.heads.group_by("team", day=pl.col("starts_at").dt.day()).agg(pl.col("people").sum() / 2)
    told = {(team, day): round(people, 2) for team, day, people in hours.iter_rows()}
    assert told[("甲组", 23)] == 5 * 8  # the roster, not the three whom the switch has planned
    assert told[("乙组", 23)] == 4 * 8
    assert told[("甲组", 24)] == 3 * 8  # what the switch has planned
    assert told[("甲组", 25)] == told[("甲组", 26)] == 3 * 8  # as in the weeks before
    assert found.habit == (date(2026, 11, 25), date(2026, 11, 26))
