"""Cells that many exports share: what truly happened, told on some system's own clocks and in its words."""

from datetime import datetime

from tests.loaders.sources.export import Cell
from tests.loaders.sources.truth import CHINA, Ticket, seconds, to_the_minute, working_seconds

ZONE = "Asia/Shanghai"


def shown(names: dict[str, str], field: str) -> Cell:
    return lambda ticket: names[getattr(ticket, field)]


def plain(*names: str, **others: Cell) -> dict[str, Cell]:
    """What an export gives as it truly was, and what else it gives."""
    truth: dict[str, Cell] = {
        "created_at": lambda t: t.created,
        "updated_at": lambda t: t.updated,
        "status": lambda t: t.status,
        "channel": lambda t: t.channel,
        "priority": lambda t: t.priority,
        "type": lambda t: t.type,
        "team": lambda t: t.team,
        "agent": lambda t: t.agent,
        "customer": lambda t: t.email,
        "subject": lambda t: t.subject,
        "first_responded_at": lambda t: t.answered,
        "resolved_at": lambda t: t.resolved,
        "closed_at": lambda t: t.resolved,
        "reopens": lambda t: t.reopens,
        "replies": lambda t: t.replies,
        "handoffs": lambda t: t.moves,
    }
    return others | {name: truth[name] for name in names}


def minute(end: str) -> Cell:
    return lambda ticket: to_the_minute(getattr(ticket, end))


def met(end: str, within: int) -> Cell:
    """A verdict in working time; nothing while it is open."""

    def verdict(ticket: Ticket) -> bool | None:
        took = working_seconds(getattr(ticket, end), ticket.created)
        return None if took is None else took <= within

    return verdict


def said(verdict: Cell, yes: str, no: str, unknown: str = "") -> Cell:
    return lambda ticket: {True: yes, False: no, None: unknown}[verdict(ticket)]  # type: ignore[index]


def working(end: str) -> Cell:
    return lambda ticket: working_seconds(getattr(ticket, end), ticket.created)


def calendar(end: str) -> Cell:
    return lambda ticket: seconds(getattr(ticket, end), ticket.created)


IN_TIME, SOLVED_IN_TIME = met("answered", 2 * 3600), met("resolved", 24 * 3600)

OWN: dict[str, Cell] = {
    "x_own_first_response_business_seconds": working("answered"),
    "x_own_full_resolution_business_seconds": working("resolved"),
    "x_own_first_response_met": IN_TIME,
    "x_own_resolution_met": SOLVED_IN_TIME,
}

UNTIL_OPEN: Cell = lambda t: {"new": "open"}.get(t.status, t.status)  # noqa: E731

ENDED: Cell = lambda t: {"resolved": "closed"}.get(t.status, t.status)  # noqa: E731


def on_the_sheet(end: str) -> Cell:
    """A workbook's own stamp: local, without a zone."""

    def stamp(ticket: Ticket) -> datetime | None:
        at: datetime | None = getattr(ticket, end)
        return None if at is None else at.astimezone(CHINA).replace(tzinfo=None)

    return stamp
