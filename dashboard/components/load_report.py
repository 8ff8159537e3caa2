"""What a load did, in words: rows, tickets, what was wrong and where, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.format import NOTHING, count
from dashboard.services.loads import FileReport, LoadReport, rejects_csv
from dashboard.wording import _


def load_report(report: LoadReport) -> None:
    """Draw the report of a load, file by file."""
    if report.load is None:
        st.error(_("Nothing was loaded."))
    else:
        st.success(_("Loaded. The figures on all pages now include these tickets."))
    for file in report.files:
        with st.container(border=True):
            st.text(file.file)
            _refused(file) if file.error else _loaded(file, report.load)


def _refused(file: FileReport) -> None:
    st.error(plain(file.refusal or ""))


def _loaded(file: FileReport, load: int | None) -> None:
    st.markdown(
        _(
            "**{read}** rows read = **{loaded}** loaded + **{rejected}** rejected + **{blank}** blank",
            read=count(file.rows_read), loaded=count(file.loaded),
            rejected=count(file.rejected), blank=count(file.blank),
        )
    )  # fmt: skip
    st.caption(
        _(
            "Tickets: {inserted} new, {updated} updated, {unchanged} unchanged.",
            inserted=count(file.counts.inserted), updated=count(file.counts.updated),
            unchanged=count(file.counts.unchanged),
        )
    )  # fmt: skip
    for note in file.notes:
        st.caption(plain(_(note.template, **note.params)))
    problems_in_words(file.problems)
    if file.rejected and load is not None:
        rejects_download(load, file.file)


def problems_in_words(problems: Sequence[Mapping[str, Any]]) -> None:
    """Draw each problem as a sentence with how many rows it concerns and the first examples."""
    if not problems:
        st.caption(_("No problem was found in the rows."))
        return
    for problem in problems:
        st.markdown(_headline(problem))
        examples = problem["examples"]
        table = {
            _("Line"): [example["line"] for example in examples],
            _("Column"): [example["column"] for example in examples],
            _("Value"): [example["value"] for example in examples],
        }
        st.dataframe(pl.DataFrame(table, strict=False), hide_index=True, placeholder=NOTHING, width="content")


def _headline(problem: Mapping[str, Any]) -> str:
    rows, sentence = count(problem["rows"]), _(f"reason.{problem['reason']}")
    if problem["kind"] == "rejected":
        return _("**{rows} rows were set aside.** {sentence}", rows=rows, sentence=plain(sentence))
    return _(
        "**In {rows} rows one value was left out; the rows are loaded.** {sentence}",
        rows=rows,
        sentence=plain(sentence),
    )


def rejects_download(load: int, file: str) -> None:
    """Draw the button that gives the rejected rows as a file to mend and load again."""
    st.download_button(
        _("Download the rejected rows"),
        data=lambda: rejects_csv(data.desk(), load, file=file),
        file_name="rejected.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"rejects-{load}-{file}",
        on_click="ignore",
    )
    st.caption(_("Mend the rows in this file and load it again; rows that are already loaded change nothing."))
