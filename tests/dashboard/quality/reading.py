"""A desk whose conversations are read: people, a draw's assignments put straight into the tables, answers."""

from datetime import UTC, datetime
from typing import Any

from dashboard.desk import Desk
from dashboard.people import Actor
from dashboard.services.quality import review_reading, reviews, scorecards
from dashboard.store import Assignment, CalibrationSession, Review, SampleDraw, SamplePlan, SampleUnit
from tests.walled import ALPHA, ANN, MANAGER, OWN, SOURCE, SUPERVISOR, number

INES, IVO = Actor(3, "Ines", "inspector"), Actor(11, "Ivo", "inspector")
CLEO = Actor(12, "Cleo", "agent", ALPHA, "Cleo zqmate")
MEI, SUN = MANAGER, SUPERVISOR
AT = datetime(2026, 3, 12, 9, tzinfo=UTC)
"""A Thursday."""
JUDGED = ("S2", "R1", "R2", "R3", "A1", "A2", "A3", "K1", "K2", "K3", "K4", "K5")
TICKET = number(OWN, 1)
"""One of Ann's."""


def answers(ticket: str = TICKET, **values: float | None) -> dict[str, Any]:
    """Answers to the chat card, all of them full but these, which have a cause and evidence."""
    told: dict[str, Any] = {code: {"v": 1} for code in JUDGED}
    for code, value in values.items():
        told[code] = {"v": value}
        if value is not None and value < 1:
            told[code] |= {"cause": "not_applied", "m": message_of(ticket), "from": 0, "to": 3}
    return told


def message_of(ticket: str) -> str:
    """The number of its first message."""
    place = int(ticket) % 100
    return f"{ticket}/2026-03-{2 + place:02} 09:00/customer"


def chat_card(desk: Desk) -> int:
    """The version of the card that comes first."""
    return scorecards.published(MEI, desk)[0].id


def by_hand(desk: Desk, actor: Actor = INES, ticket: str = TICKET, **values: float | None) -> int:
    """A review of a conversation picked by hand, submitted; its number."""
    id = reviews.begin_by_hand(actor, desk, SOURCE, ticket, version_id=chat_card(desk), at=AT)
    reviews.submit(actor, desk, id, version(desk, id), answers(ticket, **values), at=AT)
    return id


def version(desk: Desk, review: int) -> int:
    """The version of the row as it is now."""
    with desk.reading() as session:
        return session.get_one(Review, review).version


def row(desk: Desk, review: int) -> Review:
    """The row as it is now."""
    with desk.reading() as session:
        return session.get_one(Review, review)


def told(desk: Desk, actor: Actor, review: int) -> review_reading.Told:
    """What that person reads of it."""
    return review_reading.told(actor, desk, review)


def drawn(
    desk: Desk, tickets: list[str], readers: list[tuple[Actor | None, str]], *, session_id: int | None = None
) -> list[int]:
    """A draw of these tickets, each given to these readers in these roles; the numbers of the assignments."""
    with desk.keeping() as session:
        plan = SamplePlan(name=f"p{len(tickets)}", number=1, purpose="rate", cycle="day", where={}, strata={},
                          allocation={}, min_per_agent=0, double_share=0.0, inspectors=[], due_hours=24, made_by="x",
                          made_at=AT)  # fmt: skip
        session.add(plan)
        session.flush()
        draw = SampleDraw(plan_id=plan.id, window_from=datetime(2026, 3, 2, tzinfo=UTC), window_to=AT, load_id=1,
                          as_of=AT, frame_size=len(tickets), frame_sha256="0" * 64, seed="0" * 32,
                          algorithm="sha256-v1", drawn_by="x", drawn_at=AT)  # fmt: skip
        session.add(draw)
        session.flush()
        made = []
        by_chance = session_id is None
        for ticket in tickets:
            unit = SampleUnit(draw_id=draw.id if by_chance else None, session_id=session_id, source=SOURCE,
                              ticket_id=ticket, stratum="all", u=0.1 if by_chance else None,
                              pi=0.5 if by_chance else None, reason="random" if by_chance else "calibration",
                              added_at=AT)  # fmt: skip
            session.add(unit)
            session.flush()
            for reader, role in readers:
                one = Assignment(unit_id=unit.id, reviewer_id=reader.id if reader else None,
                                 reviewer=reader.name if reader else None, role=role, assigned_at=AT, due_at=None,
                                 state="open", version=1)  # fmt: skip
                session.add(one)
                session.flush()
                made.append(one.id)
        return made


def calibration(desk: Desk) -> int:
    """An open session of Ines and Ivo; its number."""
    with desk.keeping() as session:
        made = CalibrationSession(name="march", state="open", participants=["Ines", "Ivo"], planned_by="Mei",
                                  planned_at=AT, opened_at=AT, version=1)  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


__all__ = ["ANN", "CLEO", "INES", "IVO", "MEI", "SUN"]
