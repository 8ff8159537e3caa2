"""One review whole: what it came to, first and finally, the conversation beside the card, what can be done with it."""

import streamlit as st

from dashboard import data
from dashboard.components.quality import record_coaching, record_library
from dashboard.components.quality.record_acts import REASON, begin_correcting, do, keep_correction, leave_correcting
from dashboard.components.quality.record_correction import correct_claim
from dashboard.components.quality.record_disputes import answer, rounds
from dashboard.components.quality.record_state import correcting, open_record, say, tell
from dashboard.components.quality.review_room import draw
from dashboard.components.quality.review_words import STATE_NAMES, verdict_words
from dashboard.components.text import plain
from dashboard.format import local
from dashboard.language import speak
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.blindness import FOR_AGENTS
from dashboard.quality.conversation import names_of
from dashboard.quality.review_states import after
from dashboard.refusals import sentence
from dashboard.services.quality import review_reading, voiding
from dashboard.services.quality.review_reading import Told
from dashboard.wording import N_, _
from metrics.errors import ActionableError

ACTS = {
    "submit": N_("submitted"), "correct": N_("corrected"), "acknowledge": N_("acknowledged"),
    "dispute": N_("disputed"), "uphold": N_("dispute: upheld"), "amend": N_("dispute: amended"),
    "part_amend": N_("dispute: amended in part"), "appeal": N_("appealed"), "settle": N_("final after the appeal"),
    "lapse": N_("closed, as its time was over"), "void": N_("void"),
}  # fmt: skip


def record(review: int) -> None:
    """Draw the review of that number."""
    try:
        told = review_reading.told(current_actor(), data.desk(), review)
    except ActionableError as error:
        open_record(None)
        say(sentence(error), is_refusal=True)
        st.rerun()
    _head(told)
    tell()
    if correcting() is not None:
        _correct(told)
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="top"):
        answer(told)
        _reviewers_acts(told)
    rounds(told)
    draw(told, None, readonly=True)
    left, right = st.columns(2, gap="large")
    with left:
        _history(told)
    with right:
        correct_claim(told)
        record_coaching.agree(told)
        record_library.keep(told)


def _head(told: Told) -> None:
    row = told.row
    st.button(_("Back to the list"), icon=":material/arrow_back:", key="record.back", on_click=_back)
    name = _("Review of ticket {id}", id=plain(row["ticket_id"]))
    st.subheader(f"{name} · {plain(row['agent'])}" if row["agent"] else name)
    final = verdict_words(row["score"], row["critical_failed"], row["passed"])
    state = STATE_NAMES[row["state"]]
    said = [final, _(state), _("reviewer: {who}", who=plain(row["reviewer"]))]
    if len(told.revisions) > 1:
        first = told.revisions[0]
        said.insert(1, _("at first: {result}", result=verdict_words(first.score, first.critical_failed, first.passed)))
    st.markdown(" · ".join(said))
    if row["agent"] is None and row["kind"] in FOR_AGENTS:
        st.caption(_("The data name no agent of this ticket; whoever leads its team, or a manager, answers instead."))


def _back() -> None:
    speak()
    open_record(None)


def _reviewers_acts(told: Told) -> None:
    row, actor = told.row, current_actor()
    if after("correct", row["state"]) and row["reviewer"] == actor.name and not told.disputes:
        st.button(_("Correct"), icon=":material/edit:", key="record.correct", on_click=begin_correcting,
                  args=(row["id"],))  # fmt: skip
    if reach(actor, Act.DECIDE_DISPUTES) and after("void", row["state"]) and row["agent"] not in names_of(actor):
        with st.popover(_("Void"), icon=":material/delete:"):
            st.caption(_("It counts no more; everybody who could read it still can."))
            reason = st.text_input(_("Reason"), key="record.void.reason", max_chars=500)
            st.button(_("Void this review"), key="record.void", on_click=do,
                      args=(voiding.void, N_("It counts no more."), row["id"], row["version"]),
                      kwargs={"reason": reason})  # fmt: skip


def _correct(told: Told) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(_("Reason of the correction"), key=REASON, max_chars=500)
        st.button(_("Keep the correction"), key="record.keep", type="primary", on_click=keep_correction,
                  args=(told.row["id"], told.row["version"], N_("Corrected. The agent is asked anew.")))  # fmt: skip
        st.button(_("Leave it as it was"), key="record.leave", on_click=leave_correcting)
    draw(told, correcting(), readonly=False)


def _history(told: Told) -> None:
    st.markdown(f"**{_('What was done')}**")
    zone = data.facts().zone
    for at, who, action, reason in told.events:
        line = f"{local(at, zone)} · {plain(who)} · {_(ACTS[action])}"
        st.markdown(f"- {line}" + (f": {plain(reason)}" if reason else ""))
    if len(told.revisions) > 1:
        for one in told.revisions:
            result = verdict_words(one.score, one.critical_failed, one.passed)
            st.caption(_("Revision {n}, {at}, {who}: {result}", n=one.revision, at=local(one.at, zone),
                         who=plain(one.by), result=result))  # fmt: skip
