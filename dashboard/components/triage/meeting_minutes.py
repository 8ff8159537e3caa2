"""The minutes of a stand-up on the page: to read, to take along as text or Markdown, to send by mail."""

from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard.components.hand_out import hand_out
from dashboard.components.triage.meeting_state import attempted
from dashboard.format import weekday_and_day
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.people.named import called
from dashboard.services.triage.meeting_words import moment
from dashboard.services.triage.meetings import held
from dashboard.services.triage.minutes import Line, as_markdown, as_text, minutes, readers, send_minutes
from dashboard.triage.meetings import StandUpMeeting
from dashboard.wording import N_, _

FILES = ((N_("Text"), as_text, "txt", "plain"), (N_("Markdown"), as_markdown, "md", "markdown"))


def minutes_of(meeting_id: int) -> None:
    """Draw the minutes with the ways to take them along."""
    lines = minutes(current_actor(), data.desk(), meeting_id)
    text = as_text(lines)
    with st.container(horizontal=True, gap="small"):
        for label, write, ending, kind in FILES:
            hand_out(_(label), partial(_file, meeting_id, write), file_name=f"stand-up-{meeting_id}.{ending}",
                     media_type=f"text/{kind}; charset=utf-8", key=f"minutes-{meeting_id}-{ending}")  # fmt: skip
    st.code(text, language=None, wrap_lines=True)
    if reach(current_actor(), Act.LEAD_MEETINGS):
        _mail(meeting_id)


def _file(meeting_id: int, write: Callable[[Sequence[Line]], str]) -> bytes:
    """The minutes as whoever presses the button may read them then."""
    return write(minutes(current_actor(), data.desk(), meeting_id)).encode()


def _mail(meeting_id: int) -> None:
    """Draw to whom the minutes can be sent; each gets them as he may read them."""
    people = readers(current_actor(), data.desk(), meeting_id)
    if not people:
        return
    with st.form(f"minutes-mail-{meeting_id}"):
        chosen = st.multiselect(_("Send the minutes to"), list(people), format_func=lambda id: people[id],
                                placeholder=_("nobody yet"))  # fmt: skip
        if st.form_submit_button(_("Send by e-mail"), icon=":material/mail:"):
            attempted(lambda: _send(meeting_id, chosen))
            st.rerun()


def _send(meeting_id: int, people: list[int]) -> str:
    sent = send_minutes(current_actor(), data.desk(), meeting_id, people)
    failed = "".join(f"  \n{one}" for one in sent.failed)
    return _("Sent to {n}.", n=len(sent.to)) + failed


def earlier() -> None:
    """Draw the choice of an earlier meeting, and its minutes."""
    past = held(current_actor(), data.desk())
    if not past:
        return
    st.header(_("Earlier stand-ups"), anchor="earlier")
    names = {one.id: _name(one) for one in past}
    chosen = st.selectbox(_("Which one"), list(names), format_func=lambda id: names[id], label_visibility="collapsed")
    minutes_of(int(chosen))


def _name(one: StandUpMeeting) -> str:
    """When it began and who led it; of which day it was, too, where it began on another."""
    zone = data.facts().zone
    is_of_its_day = one.started_at.astimezone(ZoneInfo(zone)).date() == one.held_on
    days = [] if is_of_its_day else [weekday_and_day(one.held_on)]
    return " · ".join([*days, moment(one.started_at, zone), called(one.led_by)])
