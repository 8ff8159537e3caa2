"""Showing one ticket unmasked: to whom the table of rights allows it, with a reason, for a minute, audited."""

from datetime import UTC, datetime, timedelta

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Reach, needs, record
from dashboard.people.permission import permission_of
from dashboard.people.policy import DENIED, Denied
from dashboard.privacy.masking import masked
from dashboard.services.facts.figures import facts_of
from metrics.errors import ActionableError
from metrics.words import N_

SECONDS = 60
SHORTEST = 5
_NO_REASON = N_("Say in a few words why you need to see this; the reason is kept in the audit.")


class NoReason(ActionableError):
    """Something personal was asked for without saying why."""


@needs(Act.UNMASK)
def unmask(
    actor: Actor, desk: Desk, source: str, ticket_id: str, *, reason: str, at: datetime | None = None
) -> datetime:
    """Until when this person may see this ticket unmasked. Raises NoReason, and Denied where it is not his to see."""
    said, now = _required(reason), at or datetime.now(UTC)
    mine = permission_of(actor, Act.UNMASK).tickets(facts_of(actor, desk)).tickets
    if mine.filter(source=source, ticket_id=ticket_id).is_empty():
        raise Denied(DENIED)
    with desk.keeping() as session:
        record(session, actor, "ticket.unmask", f"ticket:{source}/{ticket_id}"[:300], {"reason": said}, at=now)
    return now + timedelta(seconds=SECONDS)


@needs(Act.UNMASK, at_least=Reach.ALL)
def unmask_rejects(actor: Actor, desk: Desk, load: int, *, reason: str) -> None:
    """Note that the rows which a load set aside were handed out as they were written. Raises NoReason.

    Such rows are of no team or of any, so that whoever may unmask his own teams' tickets only may not.
    """
    said = _required(reason)
    with desk.keeping() as session:
        record(session, actor, "rejects.unmask", f"load:{load}", {"reason": said})


def _required(reason: str) -> str:
    """The reason, itself without anybody's number."""
    said = " ".join(reason.split())
    if len(said) < SHORTEST:
        raise NoReason(_NO_REASON)
    return masked(said[:300])
