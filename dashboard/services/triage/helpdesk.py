"""The way from a ticket back to the helpdesk that it came from, as the desk's settings name it now."""

from dashboard.agreements import read_toml
from dashboard.desk import Desk
from dashboard.helpdesk_links import links_in
from dashboard.people import Act, Actor, needs


@needs(Act.SEE_TRIAGE)
def helpdesk_links(actor: Actor, desk: Desk) -> dict[str, str]:
    """Source -> address with a place for the number of the ticket."""
    del actor
    return links_in(read_toml(desk.agreements() or ""))
