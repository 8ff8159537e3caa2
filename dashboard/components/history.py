"""What was loaded when and by whom, and taking the last load back."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.loading.load_report import file_report
from dashboard.components.text import plain
from dashboard.format import count, listed
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.services.loading.loads import LedgerEntry, can_redo, can_undo, history, redo_last, undo_last
from dashboard.wording import _

SHOWN = 50
SAID = "history.said"


def load_history() -> None:
    """Draw the ledger, newest first, and the button that takes the last load back."""
    entries = history(current_actor(), data.desk())
    st.header(_("Loads so far"))
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    if not entries:
        st.caption(_("Nothing has been loaded yet."))
        return
    st.caption(_("Choose a load to see what became of its rows."))
    chosen = show_table(
        _table(entries[:SHOWN]), name="loads", title=_("Loads so far"), figures=_table(entries), on_select="rerun",
        selection_mode="single-row", key=f"history-{entries[0].id}",
    )  # fmt: skip
    for row in getattr(getattr(chosen, "selection", None), "rows", ()):
        for file in entries[row].files:
            file_report(file, entries[row].id)
    with st.container(horizontal=True):
        if (load := can_undo(current_actor(), data.desk())) is not None:
            _undo(load, expected=entries[0].id)
        if (load := can_redo(current_actor(), data.desk())) is not None:
            _redo(load, expected=entries[0].id)


def _table(entries: Sequence[LedgerEntry]) -> pl.DataFrame:
    zone = ZoneInfo(data.desk().zone() or "UTC")
    return pl.DataFrame(
        {
            _("No."): [str(entry.id) for entry in entries],
            _("When"): [f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}" for entry in entries],
            _("By"): [_(entry.actor) for entry in entries],
            _("Files"): [listed([str(file["file"]) for file in entry.files]) or None for entry in entries],
            _("Rows read"): [_sum(entry, "rows_read") for entry in entries],
            _("Rejected"): [_sum(entry, "rejected") for entry in entries],
            _("New tickets"): [_sum(entry, "inserted") for entry in entries],
            _("State"): [_state(entry, entries) for entry in entries],
        }
    )


def _sum(entry: LedgerEntry, name: str) -> str | None:
    return None if entry.kind != "load" else count(sum(int(file.get(name) or 0) for file in entry.files))


def _state(entry: LedgerEntry, entries: Sequence[LedgerEntry]) -> str:
    if entry.kind == "purge":
        return _("old data removed")
    if entry.kind == "undo":
        is_redo = any(other.id == entry.undoes and other.kind == "undo" for other in entries)
        return _("brought back") if is_redo else _("took back no. {id}", id=entry.undoes)
    if entry.folded:
        return _("loaded; {n} earlier readings are folded into it", n=count(entry.folded))
    return _("taken back") if entry.undone_by else _("loaded")


def _undo(load: LedgerEntry, *, expected: int) -> None:
    with st.expander(_("Take back the last load"), icon=":material/undo:"):
        st.markdown(
            _(
                "Load no. {id} ({files}) is taken back. The pages then show what they showed before.",
                id=load.id,
                files=_files(load),
            )
        )
        st.button(_("Yes, take it back"), type="primary", on_click=_take_back, args=(load.id, expected), key="undo-yes")


def _redo(load: LedgerEntry, *, expected: int) -> None:
    st.button(
        _("Bring back no. {id}", id=load.id),
        icon=":material/redo:",
        help=_files(load) or None,
        on_click=_bring_back,
        args=(load.id, expected),
        key="redo",
    )


def _files(load: LedgerEntry) -> str:
    return listed([plain(str(file["file"])) for file in load.files])


def _take_back(load: int, expected: int) -> None:
    speak()
    if _is_still(expected):
        undo_last(current_actor(), data.desk())
        data.look_again()
        st.session_state[SAID] = _("Load no. {id} was taken back.", id=load)


def _bring_back(load: int, expected: int) -> None:
    speak()
    if _is_still(expected):
        redo_last(current_actor(), data.desk())
        data.look_again()
        st.session_state[SAID] = _("Load no. {id} is back.", id=load)


def _is_still(expected: int) -> bool:
    """Whether nobody has loaded or undone something since the page was drawn; else that is said."""
    entries = history(current_actor(), data.desk())
    if entries and entries[0].id == expected:
        return True
    st.session_state[SAID] = _(
        "Meanwhile something else was loaded or taken back; nothing was done. Please look again."
    )
    return False
