"""The archive of reports: what is under way, what can be fetched, who made and fetched it, what went wrong."""

from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard.components.hand_out import hand_out
from dashboard.components.text import plain
from dashboard.format import count, dimension, listed, value_name
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.reports.asked import KINDS, days_in_words
from dashboard.reports.writing import MEDIA_TYPE
from dashboard.services.reports.archive import OPEN, Entry, call_off, entries, fetched, file_name
from dashboard.services.reports.mails import Mail, mails_of_reports
from dashboard.wording import LANGUAGES, N_, _, instant
from metrics.errors import ActionableError

LIVE_SECONDS = 1.5
REFUSED = "reports.refused"
CALLED_OFF, NOT_MADE = N_("called off"), N_("not made")
MAIL_STATES = {
    "waiting": N_("waits to be made"), "making": N_("being made"), "handing": N_("being handed over"),
    "sent": N_("sent"), "failed": N_("failed, is tried again"), "given_up": N_("failed for good"),
    "uncertain": N_("may have arrived: ask, then send it by hand if it did not"),
}  # fmt: skip
"""What became of a mail."""
STATES = {"waiting": N_("waiting to be made"), "making": N_("being made")}  # fmt: skip


def archive() -> None:
    """Draw the newest reports; while one is being made the list looks again by itself."""
    found = entries(current_actor(), data.desk())
    st.header(_("Archive"))
    if not found:
        st.info(_("No report was made yet."))
        return
    is_live = any(one.state in OPEN for one in found)
    st.fragment(_list, run_every=LIVE_SECONDS if is_live else None)(is_live)


def _list(was_live: bool) -> None:
    speak()
    found = entries(current_actor(), data.desk())
    if was_live and not any(one.state in OPEN for one in found):
        st.rerun()
    if refused := st.session_state.pop(REFUSED, None):
        st.error(refused)
    sent = mails_of_reports(current_actor(), data.desk())
    for one in found:
        with st.container(border=True):
            _draw(one, sent.get(one.id))


def _draw(one: Entry, mail: Mail | None) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        st.markdown(f"**{plain(_(KINDS[one.asked.kind]))}** · {plain(days_in_words(one.asked.period))}")
        st.caption(plain(_told(one, mail)))
        if one.state in OPEN:
            st.progress(one.done, text=_(STATES[one.state]))
        elif one.state == "failed":
            st.warning(plain(_(one.problem or NOT_MADE)))
        for note in one.notes:
            st.caption(plain(note))
    with right:
        if one.state in OPEN:
            st.button(_("Call off"), icon=":material/cancel:", key=f"report-off-{one.id}", on_click=_call_off,
                      args=(one.id,))  # fmt: skip
        elif one.is_there:
            hand_out(_("Download"), partial(_content, one.id), file_name=file_name(one.asked, one.id),
                     media_type=MEDIA_TYPE, key=f"report-{one.id}")  # fmt: skip


def _told(one: Entry, mail: Mail | None) -> str:
    """Of which tickets, by whom and when it was made, how large it is, who fetched it, by which mail it went."""
    zone = ZoneInfo(data.desk().zone() or "UTC")
    whose = [f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
             for name, values in one.asked.where.items()]  # fmt: skip
    whose = [one.asked.person, *whose] if one.asked.person else whose
    parts = [_("No. {id}", id=one.id), LANGUAGES[one.asked.language], *whose,
             _("made by {who}, {at}", who=one.made_by, at=instant(one.asked_at.astimezone(zone)))]  # fmt: skip
    if mail is not None:
        parts[-1] = _("made for {who} by the schedule “{name}”, {at}", who=mail.to, name=mail.schedule,
                      at=instant(one.asked_at.astimezone(zone)))  # fmt: skip
        parts.append(_("mail: {state}, {at}", state=_(MAIL_STATES[mail.state]), at=instant(mail.at)))
    if one.state == "cancelled":
        parts.append(_(CALLED_OFF))
    if one.rows is not None and one.size is not None:
        parts.append(_("{rows} rows, {size} kB", rows=count(one.rows), size=count(round(one.size / 1000))))
    if one.last is not None:
        who, at = one.last
        parts.append(_("times fetched: {n}, last by {who}, {at}", n=one.fetches, who=who,
                       at=instant(at.astimezone(zone))))  # fmt: skip
    if one.state == "done" and not one.is_there:
        parts.append(_("the file was removed"))
    return " · ".join(parts)


def _content(id: int) -> bytes | None:
    """The file; where it cannot be had, why is said on the page."""
    try:
        return fetched(current_actor(), data.desk(), id)
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)
        return None


def _call_off(id: int) -> None:
    call_off(current_actor(), data.desk(), id)
