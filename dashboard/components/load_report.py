"""What a load did, in words: rows, tickets, what was wrong and where, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.format import NOTHING, count
from dashboard.services.loads import LoadReport, rejects_csv
from dashboard.wording import _


def load_report(report: LoadReport) -> None:
    """Draw the report of a load, file by file."""
    if report.load is None:
        st.error(_("Nothing was loaded."))
    else:
        st.success(_("Loaded. The figures on all pages now include these tickets."))
    for file in report.to_json()["files"]:
        file_report(file, report.load)


def file_report(file: Mapping[str, Any], load: int | None) -> None:
    """Draw what became of one file, from the plain values of its report."""
    with st.container(border=True):
        st.text(str(file["file"]))
        if file.get("error"):
            st.error(plain(str(file["error"])))
        else:
            _loaded(file, load)


def _loaded(file: Mapping[str, Any], load: int | None) -> None:
    rows = {name: count(file.get(name) or 0) for name in ("rows_read", "loaded", "rejected", "blank")}
    st.markdown(
        _("**{rows_read}** rows read = **{loaded}** loaded + **{rejected}** rejected + **{blank}** blank", **rows)
    )
    for table, counts in _tables(file).items():
        told = {name: count(n) for name, n in counts.items()}
        st.caption(
            _("{table}: {inserted} new, {updated} updated, {unchanged} unchanged.", table=_(f"table.{table}"), **told)
        )
    for note in file.get("notes") or ():
        st.caption(plain(str(note)))
    problems_in_words(file.get("problems") or ())
    if file.get("rejected") and load is not None:
        rejects_download(load, str(file["file"]))


def _tables(file: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    """What became of the rows of each table; reports of an older program tell of tickets only."""
    if "tables" in file:
        tables: Mapping[str, Mapping[str, int]] = file["tables"]
        return tables
    return {"tickets": {name: int(file.get(name) or 0) for name in ("inserted", "updated", "unchanged")}}


def problems_in_words(problems: Sequence[Mapping[str, Any]]) -> None:
    """Draw each problem as a sentence with how many rows it concerns, then the first examples of all in one table."""
    if not problems:
        st.caption(_("No problem was found in the rows."))
        return
    st.markdown("\n".join(f"- {_headline(problem)}" for problem in problems))
    examples = [(problem["reason"], example) for problem in problems for example in problem["examples"]]
    table = {
        _("Line"): [example["line"] for _reason, example in examples],
        _("Column"): [example["column"] for _reason, example in examples],
        _("Value"): [example["value"] for _reason, example in examples],
        _("What is wrong"): [_(f"reason.{reason}") for reason, _example in examples],
    }
    st.caption(_("The first examples of each:"))
    st.dataframe(pl.DataFrame(table, strict=False), hide_index=True, placeholder=NOTHING)


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
