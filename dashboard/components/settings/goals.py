"""Which share of a queue's requests is to be answered within which time: the desk's goals, channel by channel."""

from typing import Any

import polars as pl
import streamlit as st

from dashboard.agreement_reading import Table
from dashboard.components.settings.draft import begin, propose
from dashboard.components.settings.faults import at_rows
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.services.settings.editing import tables_of
from dashboard.services.settings.goals import goal_faults, goal_records, goal_rows
from dashboard.staffing.naming import queue_called
from dashboard.wording import _
from metrics.tables import CHANNELS

SCHEMA = {"queue": pl.String(), "share": pl.Float64(), "within": pl.String(), "valid_from": pl.Date()}


def service_goals(part: str) -> None:
    """Draw the table of goals."""
    opened = begin(part)
    tables = tables_of(opened.text)
    st.subheader(_("Service goals"), anchor="goals")
    st.caption(
        _(
            "A channel or queue without a row has its promise of a first answer as its goal: 80 % of chats, all of "
            "what can wait; calls have the service level of part “Rules, costs, zone”. People are planned for these "
            "goals, and what a switch counts is judged by them. A row of a queue stands before that of its channel."
        )
    )
    records = goal_records(tables)
    rows = edited_rows(pl.DataFrame(records, schema=SCHEMA), "goals", _columns(tables), called=_("Service goals"))
    if not may_change():
        return
    at_rows(goal_faults(rows, tables, opened.zone))
    is_as_it_was = goal_rows(rows) == goal_rows(records)
    propose("service_goal", tables.get("service_goal") if is_as_it_was else goal_rows(rows) or None)


def _columns(tables: Table) -> dict[str, Any]:
    kinds = st.column_config
    return {
        "queue": queue_column(tables),
        "share": kinds.NumberColumn(
            _("Answered in time"), min_value=1, max_value=100, format="%.4g %%", required=True, default=80, width=130
        ),
        "within": kinds.TextColumn(_("Within"), required=True, width=100),
        "valid_from": kinds.DateColumn(
            _("Since"), format="YYYY-MM-DD", width=110, help=_("Empty: as long as this agreement holds.")
        ),
    }  # fmt: skip


def queue_column(tables: Table) -> Any:
    """The column in which a channel, or a queue in it, is chosen."""
    return st.column_config.SelectboxColumn(
        _("Channel or queue"), options=_queues(tables), required=True, width=200,
        format_func=lambda queue: queue_called(str(queue), (), ()),
    )  # fmt: skip


def _queues(tables: Table) -> list[str]:
    """Every channel, and every queue that the desk's groups of types make."""
    groups = [(str(row.get("name", "")), row.get("channels") or CHANNELS) for row in tables.get("queue", [])]
    return [*CHANNELS, *(f"{channel}/{name}" for name, channels in groups for channel in channels)]
