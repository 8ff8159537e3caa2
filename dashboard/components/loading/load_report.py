"""What a load did, in words: rows, tickets, what was wrong and where, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.card import digest
from dashboard.components.drawn import show_table
from dashboard.components.hand_out import hand_out
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked, masked_cell
from dashboard.services.loading.loads import LoadReport, rejects_csv
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
            st.error(plain(masked(str(file["error"]))))
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
        st.caption(plain(masked(str(note))))
    problems_in_words(file.get("problems") or (), key=digest((load, file["file"])))
    if file.get("rejected") and load is not None:
        rejects_download(load, str(file["file"]))


def _tables(file: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    """What became of the rows of each table; reports of an older program tell of tickets only."""
    if "tables" in file:
        tables: Mapping[str, Mapping[str, int]] = file["tables"]
        return tables
    return {"tickets": {name: int(file.get(name) or 0) for name in ("inserted", "updated", "unchanged")}}


def problems_in_words(problems: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Draw each problem as a sentence with how many rows it concerns, then the first examples of all in one table."""
    if not problems:
        st.caption(_("No problem was found in the rows."))
        return
    st.markdown("\n".join(f"- {_headline(problem)}" for problem in problems))
    examples = [(problem["reason"], example) for problem in problems for example in problem["examples"]]
    table = {
        _("Line"): [example["line"] for _reason, example in examples],
        _("Column"): [example["column"] for _reason, example in examples],
        _("Value"): [_hidden(example) for _reason, example in examples],
        _("What is wrong"): [_(f"reason.{reason}") for reason, _example in examples],
    }
    st.caption(_("The first examples of each:"))
    show_table(pl.DataFrame(table, strict=False), name=f"examples-{key}", title=_("What is wrong"),
               of_tickets=True)  # fmt: skip


def _hidden(example: Mapping[str, Any]) -> str | None:
    """The value of an example, masked by what its column holds."""
    value = example["value"]
    return None if value is None else masked_cell(str(example["column"] or ""), str(value))


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
    """Draw the buttons that give the rejected rows: masked to look at, as written to mend and load again."""
    actor = current_actor()
    with st.container(horizontal=True, gap="small"):
        hand_out(
            _("Look at the rejected rows"),
            lambda: rejects_csv(current_actor(), data.desk(), load, file=file),
            file_name="rejected-masked.csv", media_type="text/csv", key=f"rejects-{load}-{file}",
        )  # fmt: skip
        if reach(actor, Act.UNMASK) is Reach.ALL:
            _to_mend(load, file)
    st.caption(
        _("Names and numbers of customers are masked in the first file. Mend the rows in the other one and load it "
          "again; rows that are already loaded change nothing.")
    )  # fmt: skip


def _to_mend(load: int, file: str) -> None:
    with st.expander(_("Rejected rows to mend"), icon=":material/edit_document:"):
        st.caption(_("This file holds what customers wrote, unmasked. Who took it is kept in the audit."))
        reason = _("to mend rejected rows and load them again")
        hand_out(
            _("Download unmasked"),
            lambda: rejects_csv(current_actor(), data.desk(), load, file=file, reason=reason),
            file_name="rejected.csv", media_type="text/csv", kind="primary", key=f"rejects-mend-{load}-{file}",
        )  # fmt: skip
