"""Who changed the settings when and why, taking a change back, and all settings as one file."""

from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.agreement_text import with_zone
from dashboard.agreements import SettingsError, read_toml
from dashboard.components.drawn import show_table
from dashboard.components.hand_out import hand_out
from dashboard.components.settings.draft import draft, propose_zone, replace_text
from dashboard.components.settings.faults import said as said_fault
from dashboard.components.settings.saving import REFUSED, SAID, SAVED, may_change
from dashboard.components.text import plain
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.settings.agreements import export_agreements
from dashboard.services.settings.changes import Change, history, undo
from dashboard.services.settings.words import said
from dashboard.wording import _
from metrics.errors import ActionableError

SHOWN = 100
WHY = "settings.undo.reason"


def history_and_file() -> None:
    """Draw the journal, then the way out and in as a file."""
    changes()
    as_file()


def changes() -> None:
    """Draw the journal, the newest first; a chosen change is told in full and can be taken back."""
    st.subheader(_("Changes so far"), anchor="changes")
    found = history(current_actor(), data.desk())
    if not found:
        st.caption(_("The settings were never changed: what ships, or what came with the desk, holds."))
        return
    zone = draft().base.zone
    chosen = show_table(
        _table(found[:SHOWN], zone),
        name="settings-changes",
        title=_("Changes so far"),
        figures=_table(found, zone),
        on_select="rerun",
        selection_mode="single-row",
        key=f"settings-history-{found[0].id}",
    )
    rows = getattr(getattr(chosen, "selection", None), "rows", ())
    if not rows:
        st.caption(_("Choose a change to see what it did, and to take it back."))
    for place in rows:
        _one(found[place], found[0].id, zone)


def _table(found: tuple[Change, ...], zone: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            _("No."): [str(one.id) for one in found],
            _("When"): [f"{one.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for one in found],
            _("By"): [_(one.actor) for one in found],
            _("Why"): [one.reason for one in found],
            _("Holds from"): [
                _("for all days") if one.valid_from.year == 1 else one.valid_from.isoformat() for one in found
            ],
            _("State"): [_state(one) for one in found],
        }
    )


def _state(one: Change) -> str:
    if one.undone_by is not None:
        return _("taken back by change {id}", id=one.undone_by)
    return _("takes back change {id}", id=one.undoes) if one.undoes is not None else _("holds")


def _one(one: Change, newest: int, zone: str) -> None:
    with st.container(border=True):
        name = _("Change {id}", id=one.id)
        st.markdown(f"**{plain(name)}** · {plain(one.reason)}")
        st.markdown("\n".join(f"- {plain(line)}" for line in said(one, zone)) or _("Nothing that a figure depends on."))
        if not may_change() or one.undone_by is not None:
            return
        st.text_input(_("Why is it taken back?"), key=WHY)
        st.button(
            _("Take back"), icon=":material/undo:", on_click=_undo, args=(one.id, newest), key=f"settings-undo-{one.id}"
        )


def _undo(id: int, expected: int) -> None:
    speak()
    try:
        undo(current_actor(), data.desk(), id, reason=str(st.session_state.get(WHY) or ""), expected=expected)
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
        return
    st.session_state[SAID] = _("Change {id} is taken back: everything it replaced is as it was.", id=id)
    st.session_state[SAVED] = []
    data.look_again()


def as_file() -> None:
    """Draw all settings as one file, to take out and to bring in."""
    st.subheader(_("All settings as one file"), anchor="file")
    hand_out(
        _("Download TOML"),
        lambda: export_agreements(current_actor(), data.desk()).encode(),
        file_name="floorwalker-settings.toml",
        media_type="application/toml",
        key="settings-toml",
    )
    if not may_change():
        return
    given = st.file_uploader(_("Bring settings in from a file"), type=["toml"], key="settings-file")
    if given is not None:
        st.button(_("Look at its changes"), on_click=_bring_in, args=(given.getvalue(),), key="settings-bring-in")


def _bring_in(content: bytes) -> None:
    speak()
    try:
        text = content.decode("utf-8-sig")
        zone = read_toml(text).get("zone")
    except UnicodeDecodeError:
        st.session_state[REFUSED] = _("This file is not UTF-8 text; save it as UTF-8 and bring it in again.")
    except SettingsError as error:
        st.session_state[REFUSED] = " ".join(said_fault(fault) for fault in error.faults)
    else:
        if zone:
            propose_zone(str(zone))
        replace_text(with_zone(text, None))
