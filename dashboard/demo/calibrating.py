"""The demo desk's calibrations: one that was held and agreed on, one in which somebody has still to read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import polars as pl
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from dashboard.demo.calendar_of_demand import NEWEST
from dashboard.demo.people import INSPECTORS, TEAMS
from dashboard.store import Assignment, CalibrationItem, CalibrationSession, SampleUnit
from metrics.facts import Facts

EXPERT = INSPECTORS[0]
HELD, RUNNING = ("十一月校准会", 24), ("新人质检员试评", 6)
"""Name, and how many conversations."""
HELD_AGO, BEGUN_AGO = timedelta(days=8), timedelta(hours=22)
NOTE = "按评分标准第 2 条，只答一半按 0.5 分"
STRATUM = "|rest|*"


class Seen(Protocol):
    """What the inspectors have made of it so far."""

    values: dict[int, dict[str, float | None]]

    def read(self, row: Any, at: datetime, *, reader: str | None = None) -> None: ...


def calibrate(session: Session, seen: Seen, facts: Facts) -> None:
    """Let the three read the same conversations: once to the end, once as far as two of them have come."""
    tickets = _tickets(facts)
    at = NEWEST - HELD_AGO
    held = _session(session, HELD[0], at, state="agreed", opened_at=at, locked_at=at + timedelta(hours=26),
                    revealed_at=at + timedelta(hours=27), agreed_at=at + timedelta(hours=28), version=6)  # fmt: skip
    _read(session, seen, held, tickets[: HELD[1]], INSPECTORS, is_agreed=True)
    running = _session(session, RUNNING[0], NEWEST - BEGUN_AGO, state="open", opened_at=NEWEST - BEGUN_AGO,
                       due_at=NEWEST + timedelta(days=4), version=2)  # fmt: skip
    _read(session, seen, running, tickets[HELD[1] : HELD[1] + RUNNING[1]], INSPECTORS[:2], is_agreed=False)


def _tickets(facts: Facts) -> list[tuple[str, str, str]]:
    """Conversations of somebody's, of the weeks before, in an order that tells nothing of them."""
    lately = pl.col("first_response_at").is_between(NEWEST - timedelta(days=14), NEWEST - timedelta(days=9))
    known = facts.tickets.lazy().filter(lately, pl.col("agent").is_in([name for team in TEAMS for name in team.agents]))
    wanted = known.select("source", "ticket_id", "agent").sort(pl.col("ticket_id").str.reverse()).head(
        HELD[1] + RUNNING[1]
    )  # fmt: skip
    return list(wanted.collect().iter_rows())


def _session(session: Session, name: str, at: datetime, **stands: Any) -> CalibrationSession:
    row = CalibrationSession(name=name, participants=list(INSPECTORS), expert=EXPERT, planned_by=EXPERT, planned_at=at,
                             **stands)  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _read(
    session: Session, seen: Seen, held: CalibrationSession, tickets: Sequence[tuple[str, str, str]],
    done: Sequence[str], *, is_agreed: bool,
) -> None:  # fmt: skip
    """Give the conversations to everybody, and let some read them."""
    for place, (source, ticket_id, agent) in enumerate(tickets, start=1):
        unit = SampleUnit(session_id=held.id, source=source, ticket_id=ticket_id, agent=agent, reason="calibration",
                          round=1, added_at=held.planned_at)  # fmt: skip
        session.add(unit)
        session.flush()
        session.execute(insert(Assignment), [
            {"unit_id": unit.id, "role": "expert" if name == EXPERT else "calibration", "reviewer": name,
             "reviewer_id": None, "assigned_at": held.planned_at, "due_at": held.due_at, "state": "open", "version": 1}
            for name in INSPECTORS
        ])  # fmt: skip
        given = select(Assignment.id, Assignment.role, Assignment.reviewer).where(Assignment.unit_id == unit.id)
        for number, role, name in session.execute(given).all():
            if name in done:
                at = held.planned_at + timedelta(hours=1, minutes=7 * place + 2 * INSPECTORS.index(name))
                row = (number, role, unit.id, source, ticket_id, STRATUM, agent, None, held.id)
                seen.read(row, at, reader=name)
        agreed = seen.values.get(unit.id, {}) if is_agreed else {}
        session.add(CalibrationItem(session_id=held.id, unit_id=unit.id, position=place, consensus=dict(agreed),
                                    note=NOTE if 0.5 in agreed.values() else None))  # fmt: skip
