"""Watched folders on the page of connections: begun, stopped, changed, and told how the last files went."""

from dataclasses import replace

import streamlit as st

from dashboard import data
from dashboard.components.sync.connection_runs import do, progress, take_away
from dashboard.components.text import plain
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.sync.connections import Connected
from dashboard.services.sync.watching import KIND, keep_folder
from dashboard.wording import _


def watched_folder(one: Connected) -> None:
    """Draw one folder: where it is, whether it is watched, its last files, and how to stop it."""
    watched = _("watched by the running dashboard") if one.is_on else _("not watched; `floorwalker watch` may do it")
    st.caption(f"{_('Watched folder')} · {plain(one.settings.get('folder', ''))} · {watched}")
    progress(one)
    if not reach(current_actor(), Act.SET_CONNECTIONS):
        return
    label, icon = (_("Stop watching"), ":material/pause:") if one.is_on else (_("Watch"), ":material/play_arrow:")
    st.button(label, key=f"folder-switch-{one.id}", icon=icon, on_click=do, args=(_switched, one))
    with st.expander(_("Change this folder"), icon=":material/edit:"):
        folder_form(one)
        take_away(one)


def folder_form(one: Connected) -> None:
    """The form of a folder to watch, or of one that is watched."""
    with st.form(f"folder-{one.id}", border=False):
        folder = st.text_input(_("Folder on the machine of the dashboard"), one.settings.get("folder", ""))
        left, right = st.columns(2)
        zone = left.text_input(_("Zone of stamps that carry none"), one.settings.get("zone", ""),
                               placeholder="Asia/Shanghai")  # fmt: skip
        source = right.text_input(
            _("Source"), "" if one.source == KIND else one.source,
            help=_("Left empty, each file is told by its headers. `floorwalker sources` lists what is known."),
        )  # fmt: skip
        st.caption(_("An export that is dropped there is loaded once, when it is whole; the file stays where it is."))
        if st.form_submit_button(_("Save"), icon=":material/save:"):
            do(_kept, replace(one, source=source, settings={"folder": folder, "zone": zone}))
            st.rerun()


def _kept(made: Connected) -> str:
    keep_folder(current_actor(), data.desk(), made)
    return _("The folder is watched.") if made.is_on else _("The folder is saved; it is not watched.")


def _switched(one: Connected) -> str:
    source = "" if one.source == KIND else one.source
    return _kept(replace(one, source=source, is_on=not one.is_on))
