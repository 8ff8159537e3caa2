"""What the buttons of the privacy page do; each ends with a sentence for the next run of the page."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.privacy import customers, limits
from dashboard.privacy.retention import OnStep, Purged, purge
from dashboard.refusals import sentence
from dashboard.wording import _
from metrics.errors import ActionableError

SAID, REFUSED = "privacy.said", "privacy.refused"
WHO, FOUND, PREVIEW = "privacy.who", "privacy.found", "privacy.preview"


def told_before() -> None:
    """Say what became of the last act."""
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED))


def keep_limits(fields: Mapping[str, str], reason: str) -> None:
    """Keep the days of the form, by the keys of its fields."""
    given = st.session_state
    with acting():
        days = {kind: int(given[key]) for kind, key in fields.items()}
        limits.set_limits(current_actor(), data.desk(), days, reason=given[reason])
        given[SAID] = _("From now on this is kept for so long.")
        given[reason] = ""
        given.pop(PREVIEW, None)


def place_hold(of: str, source: str, ticket: str, customer: str, reason: str) -> None:
    """Place the hold of the form; each argument is the key of a field."""
    given = st.session_state
    kind = given[of]
    with acting():
        limits.place_hold(
            current_actor(), data.desk(), reason=given[reason],
            source=given.get(source) if kind in ("source", "ticket") else None,
            ticket_id=_required(given.get(ticket)) if kind == "ticket" else None,
            customer=_required(given.get(customer)) if kind == "customer" else None,
        )  # fmt: skip
        given[SAID] = _("The legal hold stands.")
        for field in (ticket, customer, reason):
            if field in given:
                given[field] = ""
        given.pop(PREVIEW, None)


def lift_hold(hold: int, reason: str) -> None:
    """Lift a hold; `reason` is the key of a field."""
    with acting():
        limits.lift_hold(current_actor(), data.desk(), hold, reason=st.session_state[reason])
        st.session_state[SAID] = _("The legal hold is lifted.")
        st.session_state.pop(PREVIEW, None)


def look_up(who: str) -> None:
    """Look a customer up; `who` is the key of a field."""
    given = st.session_state
    for kept in (WHO, FOUND):
        given.pop(kept, None)
    asked = str(given[who] or "").strip()
    with acting():
        if asked:
            given[FOUND] = customers.find(current_actor(), data.desk(), asked)
            given[WHO] = asked


def exported() -> bytes | None:
    """All that the desk has of the customer who was looked up."""
    with acting():
        return customers.export(current_actor(), data.desk(), st.session_state[WHO])
    return None


def erase(on_step: OnStep) -> None:
    """Erase the customer who was looked up."""
    with acting():
        done = customers.erase(current_actor(), data.desk(), st.session_state[WHO], on_step=on_step)
        st.session_state[SAID] = _("{n} tickets have lost the customer's words and name.", n=done.tickets)
        for kept in (WHO, FOUND, PREVIEW):
            st.session_state.pop(kept, None)


def preview() -> None:
    """Find out what would go."""
    with acting():
        st.session_state[PREVIEW] = purge(current_actor(), data.desk(), dry_run=True)


def remove(on_step: OnStep) -> None:
    """Remove what its time is over for."""
    with acting():
        done: Purged = purge(current_actor(), data.desk(), on_step=on_step)
        st.session_state.pop(PREVIEW, None)
        st.session_state[SAID] = _(
            "{tickets} tickets have lost their words, {customers} customers their names. Backups that lie elsewhere "
            "still hold them: remove those.", tickets=done.tickets, customers=done.customers,
        )  # fmt: skip


def _required(text: str | None) -> str:
    """What was typed, where a hold on nothing would be one on everything."""
    said = (text or "").strip()
    if not said:
        raise limits.RetentionError(limits.NO_NAME)
    return said


@contextmanager
def acting() -> Iterator[None]:
    """Tell a refusal in the reader's language."""
    speak()
    try:
        yield
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
