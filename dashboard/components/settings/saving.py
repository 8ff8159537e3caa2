"""The end of every part of the settings: what changes, from which day on, why, what it would do, save, take back."""

from datetime import date

import streamlit as st

from dashboard import data
from dashboard.components.settings.draft import Draft, discard, draft
from dashboard.components.settings.effect import effect_of, effect_shown
from dashboard.components.settings.faults import said, wrong
from dashboard.components.text import plain
from dashboard.language import speak
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.settings.changes import change_zone, keep_agreements, undo
from dashboard.services.settings.editing import faults_in
from dashboard.services.settings.words import changes_between, zone_change
from dashboard.wording import _, current_language
from metrics.errors import ActionableError

SAID, SAVED, REFUSED = "settings.said", "settings.saved", "settings.refused"
REASON, SINCE, ALWAYS = "settings.reason", "settings.since", "settings.always"


def may_change() -> bool:
    """Whether who looks may also change."""
    return bool(reach(current_actor(), Act.CHANGE_SETTINGS))


def told_before() -> None:
    """Say what became of the last saving, and offer to take it back."""
    if SAID in st.session_state:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.success(st.session_state[SAID])
            if st.session_state.get(SAVED):
                st.button(_("Take it back"), icon=":material/undo:", on_click=_take_back, key="settings-take-back")
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED))


def saving() -> None:
    """Draw what is proposed beside what holds, and the way to save it."""
    now = draft()
    if not may_change():
        st.caption(_("Your role may look at the settings, not change them."))
        return
    if not now.is_changed:
        st.caption(_("Nothing is changed yet. What you change here counts only once you save it."))
        return
    with st.container(border=True):
        st.subheader(_("Not saved yet"), anchor="not-saved")
        faults = faults_in(now.text, now.zone)
        if faults:
            wrong(_("This cannot be saved yet:"))
            st.markdown("\n".join(f"- {said(fault)}" for fault in faults))
        else:
            st.markdown("\n".join(f"- {plain(line)}" for line in _changes(now)))
        _form(now, can_save=not faults)


def _changes(now: Draft) -> list[str]:
    told = [zone_change(now.base.zone, now.zone)] if now.zone != now.base.zone else []
    told += changes_between(now.base.text, now.text, now.zone)
    return told or [_("Nothing that a figure depends on; the text changes.")]


def _form(now: Draft, *, can_save: bool) -> None:
    left, right = st.columns([1, 2])
    with left:
        since = _since(now)
    with right:
        st.text_input(_("Why"), key=REASON, placeholder=_("for example: new shifts since the move"))
        if st.session_state.get(f"{REASON}.missing") and not str(st.session_state.get(REASON) or "").strip():
            wrong(_("Say why: whoever reads the figures later will ask."))
    with st.container(horizontal=True):
        asked = st.button(
            _("What would it change?"), icon=":material/query_stats:", disabled=not can_save, key="settings-effect"
        )
        st.button(
            _("Save"),
            type="primary",
            icon=":material/save:",
            disabled=not can_save,
            on_click=_save,
            args=(since,),
            key="settings-save",
        )
        st.button(_("Discard"), icon=":material/delete:", type="tertiary", on_click=discard, key="settings-discard")
    if asked:
        effect_of(now, since)
    effect_shown(now, since)


def _since(now: Draft) -> date:
    """Draw the choice of the day; days before those of the newest agreements cannot be chosen."""
    first = now.base.since
    always = False
    if first == date.min:
        always = st.checkbox(_("For all days, the past too"), key=f"{ALWAYS}.{current_language()}")
    least = date(1970, 1, 1) if first == date.min else first
    found = st.date_input(
        _("Holds from this day on"),
        max(now.base.today, least),
        min_value=least,
        max_value=None,
        disabled=always,
        format="YYYY-MM-DD",
        key=f"{SINCE}.{now.base.version}.{current_language()}",
    )
    if now.zone != now.base.zone:
        st.caption(_("Another zone holds for all days at once."))
    if always:
        st.caption(_("Figures of the past change with it."))
        return date.min
    return found if isinstance(found, date) else now.base.today


def _save(since: date) -> None:
    speak()
    reason = str(st.session_state.get(REASON) or "").strip()
    st.session_state[f"{REASON}.missing"] = not reason
    if not reason:
        return
    now = draft()
    try:
        made = _keep(now, since, reason)
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
        return
    st.session_state[SAVED] = made
    st.session_state[SAID] = (
        _("Saved for all days.") if since == date.min else _("Saved: it holds from {day} on.", day=since.isoformat())
    )
    st.session_state[REASON] = ""
    discard()
    data.look_again()


def _keep(now: Draft, since: date, reason: str) -> list[int]:
    """Save the text and the zone, as far as they change; the numbers of the changes."""
    actor, desk, made = current_actor(), data.desk(), list[int]()
    expected = now.base.version
    if now.text is not None and now.text != now.base.text:
        made.append(keep_agreements(actor, desk, now.text, since=since, reason=reason, expected=expected))
        expected = made[-1]
    if now.zone != now.base.zone:
        made.append(change_zone(actor, desk, now.zone, reason=reason, expected=expected))
    return made


def _take_back() -> None:
    speak()
    try:
        for id in reversed(st.session_state.get(SAVED, [])):
            undo(current_actor(), data.desk(), id, reason=_("Taken back right after saving."))
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
        return
    st.session_state[SAID] = _("Taken back: everything is as it was before.")
    st.session_state[SAVED] = []
    discard()
    data.look_again()
