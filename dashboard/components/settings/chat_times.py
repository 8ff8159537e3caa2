"""How long chats take while one person holds several at once: the desk's table, queue by queue."""

from typing import Any

import polars as pl
import streamlit as st

from dashboard.components.settings.draft import begin, propose
from dashboard.components.settings.faults import at_rows
from dashboard.components.settings.goals import queue_column
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.services.settings.chat_times import places, times_faults, times_records, times_rows
from dashboard.services.settings.editing import tables_of
from dashboard.wording import _


def chat_times(part: str) -> None:
    """Draw the table of times."""
    opened = begin(part)
    tables = tables_of(opened.text)
    st.subheader(_("Handle time by chats at once"), anchor="chat-times")
    st.caption(
        _(
            "How long one chat takes while its person holds only this one, two, three … Where chats slow each other "
            "down, a person who holds three does not finish three times as many; people are planned by these times. "
            "The last one holds for more. How many a person may hold is said on page Staffing, part “Rules”. A queue "
            "without a row takes what a switch has measured, else 8 minutes, and 1.18, 1.2, 1.38, 1.43 times as long."
        )
    )
    records, columns = times_records(tables), places(tables)
    schema = {"queue": pl.String(), **{str(n): pl.String() for n in columns}, "valid_from": pl.Date()}
    rows = edited_rows(
        pl.DataFrame(records, schema=schema), "chat_times", _columns(columns, tables),
        called=_("Handle time by chats at once"),
    )  # fmt: skip
    if not may_change():
        return
    at_rows(times_faults(rows, tables, opened.zone))
    is_as_it_was = times_rows(rows) == times_rows(records)
    propose("chat_times", tables.get("chat_times") if is_as_it_was else times_rows(rows) or None)


def _columns(columns: range, tables: Any) -> dict[str, Any]:
    kinds = st.column_config
    hint = _("For example 8 min or 480 s.")
    return {
        "queue": queue_column(tables),
        **{
            str(n): kinds.TextColumn(_("Alone") if n == 1 else _("{n} at once", n=n), width=95, help=hint)
            for n in columns
        },
        "valid_from": kinds.DateColumn(
            _("Since"), format="YYYY-MM-DD", width=110, help=_("Empty: as long as this agreement holds.")
        ),
    }  # fmt: skip
