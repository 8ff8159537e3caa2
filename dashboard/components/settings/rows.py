"""A table of settings to edit: rows are added below the last one and taken away by a tick, on every kind of screen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from dashboard.components.settings.draft import field_key
from dashboard.components.settings.saving import may_change
from dashboard.format import NOTHING
from dashboard.wording import _

GONE = "gone"
EMPTY: tuple[Any, ...] = (None, "", [], False)
"""What an untouched cell holds."""


def _told(value: Any) -> Any:
    """A day as a day: what comes back from the browser has a time beside it."""
    return value.date() if isinstance(value, datetime) else value


def edited_rows(
    rows: pl.DataFrame,
    name: str,
    columns: Mapping[str, Any],
    *,
    called: str,
    fixed: tuple[str, ...] = (),
    height: int | None = None,
) -> list[dict[str, Any]]:
    """Draw the table; the rows as they then are, without those that were taken away and those that are empty.

    fixed: columns that tell and are not edited.
    """
    may = may_change()
    if rows.is_empty() and not may:
        st.caption(_("Nothing is set here."))
        return []
    ticks = {GONE: st.column_config.CheckboxColumn(_("Remove"), default=False, width=72)} if may else {}
    edited = st.data_editor(
        rows.with_columns(pl.lit(value=False).alias(GONE)) if may else rows,
        num_rows="add" if may else "fixed",
        disabled=fixed if may else True,
        hide_index=True,
        column_config={**columns, **ticks},
        placeholder=NOTHING,
        height=height or "auto",
        key=field_key(name),
        alt=called,
    )
    if may and rows.is_empty():
        st.caption(_("A click into the empty row begins one."))
    kept = [{key: _told(row[key]) for key in rows.columns} for row in edited.to_dicts() if not row.get(GONE)]
    return [row for row in kept if any(row[key] not in EMPTY for key in rows.columns if key not in fixed)]
