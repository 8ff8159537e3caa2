"""Rosters: read from a file or from pasted text, kept, taken back; who is there when, by rosters or by habit."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.facts.figures import facts_of
from dashboard.staffing.keeping import StaffingError, end, made_by, named, to_change
from dashboard.staffing.reach import teams_of
from dashboard.store.staffing import Roster, RosterShift
from dashboard.triage.now import now
from loaders.base import REJECTS_SCHEMA, ReadOptions
from loaders.reading import read_file
from loaders.rosters import Known, RosterRead, codes_of, read_roster
from metrics.staffing.model import Minutes
from metrics.staffing.rosters import HEADS, Shift, heads, repeated, usual_week
from metrics.tables import AGENT_STATES
from metrics.words import N_

Way = Literal["typed", "pasted", "loaded", "proposed"]
ASIDE_AT_MOST = 500
"""So many rows that were kept aside are kept with the roster."""
LONGEST_TEXT = 2_000_000
LATELY = timedelta(days=35)
"""What was planned in so many last days tells the usual week."""
_NOTHING = N_("No row of this roster is a shift; {aside} rows were kept aside. Look at their reasons and mend them.")
_TOO_LONG = N_("The text has more than {most} characters; load it as a file.")
_EMPTY = N_("There is no roster in this text; paste the table with its column names.")


@dataclass(frozen=True)
class KeptRoster:
    """A roster as it was entered; read: rows in all · aside: those kept aside, as REJECTS_SCHEMA."""

    id: int
    version: int
    name: str
    way: str
    first_day: date
    last_day: date
    shifts: int
    read: int
    aside: pl.DataFrame
    made_by: str
    made_at: datetime


@dataclass(frozen=True)
class Present:
    """People per interval as HEADS.

    habit: the local days on which the usual week stands in for a team without a roster · entered: those for which
    anybody has entered a roster, of whichever team.
    """

    heads: pl.DataFrame
    habit: tuple[date, ...] = ()
    entered: tuple[date, ...] = ()

    @property
    def is_known(self) -> bool:
        return not self.heads.is_empty()


@needs(Act.PLAN_STAFFING)
def read_roster_file(
    actor: Actor, desk: Desk, path: Path, *, first: date, codes: str = "", queues: Sequence[str] = (),
    options: ReadOptions = ReadOptions(),  # noqa: B008  frozen
) -> RosterRead:  # fmt: skip
    """The shifts of a file (CSV, XLSX …), with all that was kept aside. Raises ReadError, RosterError.

    first: from which day it is, for days named without their year · codes: shift codes, `E=09:00-18:00; L=13:00-22:00`.
    """
    team_of = _teams(facts_of(actor, desk).tickets)
    known = Known(desk.zone() or "UTC", first, codes_of(codes), team_of, tuple(queues))
    return _own_teams(read_roster(read_file(path, options=options), known), teams_of(actor, Act.PLAN_STAFFING))


@needs(Act.PLAN_STAFFING)
def read_roster_text(
    actor: Actor, desk: Desk, text: str, *, first: date, codes: str = "", queues: Sequence[str] = ()
) -> RosterRead:
    """The same of a table that somebody pasted, as it comes from a spreadsheet. Raises StaffingError too."""
    if len(text) > LONGEST_TEXT:
        raise StaffingError(_TOO_LONG, most=LONGEST_TEXT)
    if not text.strip():
        raise StaffingError(_EMPTY)
    with tempfile.TemporaryDirectory(prefix="floorwalker-roster-") as folder:
        file = Path(folder) / "pasted.csv"
        file.write_text(text.strip("\n") + "\n", encoding="utf-8")
        return read_roster_file(actor, desk, file, first=first, codes=codes, queues=queues,
                                options=ReadOptions(encoding="utf-8"))  # fmt: skip


@needs(Act.PLAN_STAFFING)
def keep_roster(
    actor: Actor, desk: Desk, found: RosterRead, *, name: str, way: Way, note: str | None = None
) -> int:  # fmt: skip
    """Keep the shifts; for their teams and days they are in force from now on. Raises StaffingError where none is."""
    shifts = _own(found.shifts, teams_of(actor, Act.PLAN_STAFFING))
    if not shifts:
        raise StaffingError(_NOTHING, aside=found.rejected)
    days = [shift.day for shift in shifts]
    aside = found.rejects.head(ASIDE_AT_MOST).drop("record").to_dicts()
    with desk.keeping() as session:
        row = Roster(
            name=named(name), way=way, first_day=min(days), last_day=max(days), read=found.rows_read, aside=aside,
            note=(note or "").strip() or None, **made_by(actor),
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add_all(RosterShift(roster_id=row.id, **_columns(shift)) for shift in shifts)
        details = {"way": way, "shifts": len(shifts), "aside": found.rejected, "first_day": min(days).isoformat(),
                   "last_day": max(days).isoformat()}  # fmt: skip
        record(session, actor, "staffing.roster.keep", f"staffing_roster:{row.id}", details)
        return row.id


@needs(Act.PLAN_STAFFING)
def end_roster(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Take a roster back: what was in force before it is again. Raises StaffingError, StalePlan."""
    with desk.keeping() as session:
        row = to_change(session, Roster, id, expected)
        teams = teams_of(actor, Act.PLAN_STAFFING)
        if teams is not None and not set(_teams_in(session, id)) <= teams:
            raise StaffingError(N_("This roster is of other teams, too; who plans for all can take it back."))
        end(row, actor)
        record(session, actor, "staffing.roster.end", f"staffing_roster:{id}")


@needs(Act.SEE_STAFFING)
def kept_rosters(actor: Actor, desk: Desk) -> tuple[KeptRoster, ...]:
    """Every roster that was not taken back and is of a team that the actor plans for, the newest first."""
    teams = teams_of(actor, Act.SEE_STAFFING)
    with desk.reading() as session:
        asked = (
            select(Roster, func.count(RosterShift.id))
            .join(RosterShift, RosterShift.roster_id == Roster.id)
            .where(Roster.ended_at.is_(None))
            .group_by(Roster.id)
            .order_by(Roster.id.desc())
        )
        if teams is not None:
            asked = asked.where(RosterShift.team.in_(sorted(teams)))
        return tuple(_kept(row, n) for row, n in session.execute(asked))


@needs(Act.SEE_STAFFING)
def shifts_in_force(actor: Actor, desk: Desk, first: date, last: date) -> tuple[Shift, ...]:
    """The shifts that begin on these local days: for each team and day those of the newest roster that names both."""
    teams = teams_of(actor, Act.SEE_STAFFING)
    with desk.reading() as session:
        asked = (
            select(RosterShift)
            .join(Roster, Roster.id == RosterShift.roster_id)
            .where(Roster.ended_at.is_(None), RosterShift.day.between(first, last))
            .order_by(RosterShift.starts_at, RosterShift.id)
        )
        rows = [row for row in session.scalars(asked) if teams is None or row.team in teams]
        newest: dict[tuple[str | None, date], int] = {}
        for row in rows:
            newest[row.team, row.day] = max(row.roster_id, newest.get((row.team, row.day), 0))
        return tuple(_shift(row) for row in rows if newest[row.team, row.day] == row.roster_id)


@needs(Act.SEE_STAFFING)
def present(actor: Actor, desk: Desk, first: date, last: date, *, minutes: Minutes) -> Present:
    """Who is there on these local days, team by team and day by day.

    By the newest roster that was entered; else by the shifts that a switch has planned; else by the team's usual week,
    that of the last four weeks of planned shifts.
    """
    zone = desk.zone() or "UTC"
    entered = shifts_in_force(actor, desk, first - timedelta(days=1), last)
    planned = _planned(actor, desk)
    head = desk.head()
    origin = head.as_of if head and head.as_of else now()
    by_switch = _shifts_planned(planned, zone, first - timedelta(days=1), last, origin)
    named = {(shift.team, shift.day) for shift in entered}
    told = [*entered, *(shift for shift in by_switch if (shift.team, shift.day) not in named)]
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    usual = usual_week(planned, zone=zone, minutes=minutes, origin=origin)
    habit = _without(repeated(usual, days, zone=zone), {(shift.team, shift.day) for shift in told}, zone)
    frame = pl.concat([_within(heads(told, minutes=minutes), first, last, zone), habit.select(*HEADS)])
    by_roster = sorted({shift.day for shift in entered if first <= shift.day <= last})
    by_habit = tuple(habit["day"].unique().sort())
    return Present(frame.sort("starts_at", "team", "queues", "kind"), by_habit, tuple(by_roster))


def _without(habit: pl.DataFrame, named: set[tuple[str | None, date]], zone: str) -> pl.DataFrame:
    """The usual week with its local `day`, on the days of teams that nothing else tells of."""
    dated = habit.with_columns(day=pl.col("starts_at").dt.convert_time_zone(zone).dt.date())
    known = pl.DataFrame(sorted(named, key=repr), schema={"team": pl.String(), "day": pl.Date()}, orient="row")
    return dated.join(known, on=["team", "day"], how="anti")


def _planned(actor: Actor, desk: Desk) -> pl.DataFrame:
    """The shifts that a switch has planned lately and ahead, of the actor's teams: agent, team, start_at, end_at."""
    head = desk.head()
    if head is None or head.as_of is None:
        return AGENT_STATES.empty().select("agent", "team", "start_at", "end_at")
    teams = teams_of(actor, Act.SEE_STAFFING)
    with desk.warehouse.damage_told(head.versions):
        states = desk.warehouse.scan("agent_states", head.versions).filter(
            pl.col("state_kind") == "planned", pl.col("start_at") >= head.as_of - LATELY
        )
        planned = states.select("agent", "team", "start_at", "end_at").collect()
    return planned if teams is None else planned.filter(pl.col("team").is_in(sorted(teams)))


def _shifts_planned(planned: pl.DataFrame, zone: str, first: date, last: date, origin: datetime) -> Iterator[Shift]:
    """The planned shifts that begin on these local days.

    A switch that tells of shifts only once they have begun tells nothing of today and of what is to come.
    """
    local, newest = ZoneInfo(zone), planned["start_at"].max()
    today = origin.astimezone(local).date()
    tells_ahead = isinstance(newest, datetime) and newest > origin
    for agent, team, begin, until in planned.drop_nulls(["start_at", "end_at"]).iter_rows():
        day = begin.astimezone(local).date()
        if until > begin and first <= day <= last and (day < today or tells_ahead):
            yield Shift(day, begin, until, team, agent)


def _within(present: pl.DataFrame, first: date, last: date, zone: str) -> pl.DataFrame:
    day = pl.col("starts_at").dt.convert_time_zone(zone).dt.date()
    return present.filter(day.is_between(first, last))


def _own(shifts: Iterable[Shift], teams: frozenset[str] | None) -> list[Shift]:
    return [shift for shift in shifts if teams is None or shift.team in teams]


def _own_teams(found: RosterRead, teams: frozenset[str] | None) -> RosterRead:
    """The roster with shifts of other teams kept aside."""
    own = _own(found.shifts, teams)
    if len(own) == len(found.shifts):
        return found
    foreign = sorted({str(shift.team) for shift in found.shifts if teams is not None and shift.team not in teams})
    told = [{"line": None, "column": None, "value": team, "reason": "roster_foreign_team", "kind": "flagged",
             "record": None} for team in foreign]  # fmt: skip
    rejects = pl.concat([found.rejects, pl.DataFrame(told, schema=REJECTS_SCHEMA)])
    return RosterRead(tuple(own), rejects, found.rows_read, found.blank)


def _teams_in(session: Session, roster_id: int) -> list[str | None]:
    return list(session.scalars(select(RosterShift.team).where(RosterShift.roster_id == roster_id).distinct()))


def _teams(tickets: pl.DataFrame) -> dict[str, str]:
    """The team in which each person's newest ticket is."""
    known = tickets.drop_nulls(["agent", "team"]).sort("created_at").group_by("agent").agg(pl.col("team").last())
    return dict(known.iter_rows())


def _kept(row: Roster, shifts: int) -> KeptRoster:
    aside = pl.DataFrame([{**one, "record": None} for one in row.aside], schema=REJECTS_SCHEMA)
    return KeptRoster(row.id, row.version, row.name, row.way, row.first_day, row.last_day, shifts, row.read, aside,
                      row.made_by, row.made_at)  # fmt: skip


def _shift(row: RosterShift) -> Shift:
    return Shift(
        row.day, row.starts_at, row.ends_at, row.team, row.person, row.kind,  # type: ignore[arg-type]
        tuple(map(str, row.queues)), row.people, row.break_from, row.break_to,
    )  # fmt: skip


def _columns(shift: Shift) -> dict[str, Any]:
    return {
        "day": shift.day, "team": shift.team, "person": shift.person, "queues": list(shift.queues), "kind": shift.kind,
        "starts_at": shift.starts_at, "ends_at": shift.ends_at, "break_from": shift.break_from,
        "break_to": shift.break_to, "people": shift.people,
    }  # fmt: skip
