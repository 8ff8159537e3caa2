"""What a page says to somebody whose role does not allow it, or for whom no ticket can be his."""

import streamlit as st

from dashboard import data
from dashboard.navigation import Line, may_open
from dashboard.people import Actor, Reach, reach
from dashboard.people.denials import note_denial
from dashboard.people.permission import permission_of
from dashboard.people.policy import DENIED
from dashboard.wording import N_, _

NO_TEAM = N_(
    "Your account belongs to no team, so no ticket is yours to see. "
    "Ask an administrator of this desk to enter your team."
)
NO_NAME = N_(
    "Your account is linked with no agent's name in the tickets, so none of them is yours. "
    "Ask an administrator of this desk to enter the name by which the tickets know you."
)


def may_see(actor: Actor, line: Line) -> bool:
    """Whether this person sees the page; where not, its title is drawn, and why there is nothing below it."""
    if not may_open(actor, line):
        note_denial(data.desk(), actor, line.needs, f"page:{line.url_path}")
        st.title(_(line.title))
        st.error(_(DENIED))
        return False
    if line.about_tickets and permission_of(actor, line.needs).is_nothing:
        st.title(_(line.title))
        st.info(_(NO_NAME if reach(actor, line.needs) is Reach.OWN else NO_TEAM))
        return False
    return True
