"""Which tickets this browser shows unmasked just now, and how long still."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach

OPENED = "tickets.unmasked"
"""Key of the session state: (person, source, ticket) -> until when. The audit tells who was let."""


def open_until(actor: Actor, source: str, ticket_id: str, until: datetime) -> None:
    """Show this ticket unmasked to this person until then."""
    st.session_state[OPENED] = {**st.session_state.get(OPENED, {}), (actor.id, source, ticket_id): until}


def close(actor: Actor, source: str, ticket_id: str) -> None:
    """Mask it again at once."""
    st.session_state.get(OPENED, {}).pop((actor.id, source, ticket_id), None)


def seconds_left(actor: Actor, source: str, ticket_id: str) -> float:
    """For how long still; nothing for whoever may not any more."""
    if reach(actor, Act.UNMASK) is Reach.NONE:
        return 0.0
    until = st.session_state.get(OPENED, {}).get((actor.id, source, ticket_id))
    return 0.0 if until is None else max((until - datetime.now(UTC)).total_seconds(), 0.0)
