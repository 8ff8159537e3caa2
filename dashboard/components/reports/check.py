"""Holding a workbook that somebody received against the desk: what differs in it, and why."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.loading.incoming import uploaded_one
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.reports.check_apart import SHOWN, Told, check_apart
from dashboard.wording import N_, _
from loaders.base import Progress
from metrics.errors import ActionableError

MEGABYTES = 50
FOUND, REFUSED = "reports.checked", "reports.check_refused"
STEPS = {"figures": N_("Making the report again …"), "writing": N_("Comparing cell by cell …")}


def draw_check() -> None:
    """Draw the upload, and what was found in the last workbook."""
    st.caption(_("The workbook is made again of the load and the settings that it names, then of those of today: so an "
                 "altered cell, a changed setting and a later load are told apart."))  # fmt: skip
    with st.form("report-check"):
        content = uploaded_one(_("A report of this desk as .xlsx, up to {size} MB", size=MEGABYTES), ("xlsx",),
                               key="check-file", megabytes=MEGABYTES)  # fmt: skip
        if st.form_submit_button(_("Check it"), type="primary", icon=":material/fact_check:"):
            _check(content)
    if refused := st.session_state.get(REFUSED):
        st.error(refused)
    if (found := st.session_state.get(FOUND)) is not None:
        _draw(found)


def _check(content: bytes | None) -> None:
    for key in (FOUND, REFUSED):
        st.session_state.pop(key, None)
    if content is None:
        st.warning(_("Choose a workbook first."))
        return
    bar = st.progress(0.0, text=_("Reading the workbook …"))

    def told(progress: Progress) -> None:
        bar.progress(progress.done or 0.0, text=_(STEPS.get(progress.step, STEPS["figures"])))

    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        path.write_bytes(content)
        try:
            st.session_state[FOUND] = check_apart(current_actor(), data.desk(), path, on_progress=told)
        except ActionableError as error:
            st.session_state[REFUSED] = sentence(error)
    bar.empty()


def _draw(found: Told) -> None:
    (st.success if found.is_same else st.warning)(
        _("The workbook is what this desk says today.") if found.is_same else _("The workbook differs from what this "
          "desk says today.")
    )  # fmt: skip
    altered, settings, loads = found.counts
    for column, label, n in zip(
        st.columns(3), (_("Altered cells"), _("Cells that changed settings move"), _("Cells that later loads move")),
        (altered, settings, loads), strict=True,
    ):  # fmt: skip
        column.metric(label, count(n), border=True)
    for line in found.lines:
        st.markdown(f"- {plain(line.strip())}")
    here, made, today = _("In the workbook"), _("As this desk made it"), _("Today")
    _cells("altered", _("Altered in the workbook"), found.altered, altered, (here, made))
    _cells("settings", _("What changed settings move"), found.settings, settings, (_("With the settings then"), today))
    _cells("loads", _("What later loads move"), found.loads, loads, (_("With the data then"), today))


def _cells(key: str, title: str, rows: Sequence[Sequence[str]], n: int, sides: tuple[str, str]) -> None:
    if not rows:
        return
    st.subheader(title)
    if n > SHOWN:
        st.caption(_("The first {shown} of {n} cells.", shown=SHOWN, n=count(n)))
    names = (_("Sheet"), _("Cell"), *sides)
    table = pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    show_table(table, name=f"check-{key}", title=title, width="stretch")
