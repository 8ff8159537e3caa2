"""Reminders in the settings: at which share of a deadline who is told, what is kept back, and by which ways it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

import polars as pl
import streamlit as st

from dashboard.agreements import SettingsError
from dashboard.components.settings.channels import channel_settings
from dashboard.components.settings.draft import begin, draft, field_key, propose
from dashboard.components.settings.faults import length_field, said, wrong
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.services.settings.editing import tables_of
from dashboard.triage.reminder_settings import (
    AUDIENCES,
    HEAD,
    SHIPPED,
    STEPS,
    ReminderSettings,
    reminder_settings,
)
from dashboard.wording import N_, _

STEP: dict[str, pl.DataType] = {"at": pl.Int64(), **{name: pl.Boolean() for name in AUDIENCES}}
NAMES = {"owner": N_("Owner"), "supervisor": N_("Supervisors"), "next_tier": N_("Managers"), "group": N_("Group chats")}
USUAL_STEPS: Sequence[Mapping[str, Any]] = [{"at": step.at, "to": list(step.to)} for step in SHIPPED]
USUAL = {**asdict(ReminderSettings()), "shortest": "10 min"}


def reminders() -> None:
    """Draw when who is reminded, what is kept back, and the ways by which it leaves the house."""
    opened = begin("channels")
    tables = tables_of(opened.text)
    _steps(tables.get(STEPS, USUAL_STEPS))
    _head(tables.get(HEAD, {}))
    _faults()
    channel_settings()


def _steps(rows: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(_("When who is reminded"), anchor="reminder-steps")
    st.caption(_("By how much of a deadline's time is over; each reminder goes out once."))
    columns: dict[str, Any] = {
        "at": st.column_config.NumberColumn(_("At"), min_value=1, max_value=1000, step=1, format="%d%%", width=70)
    }
    columns |= {name: st.column_config.CheckboxColumn(_(NAMES[name]), default=False) for name in AUDIENCES}
    before = pl.DataFrame([_record(row) for row in rows], schema=STEP, orient="row")
    now = [_row(record) for record in edited_rows(before, "reminder-steps", columns, called=_("When who is reminded"))]
    held = tables_of(draft().base.text).get(STEPS)
    propose(STEPS, held if now == [_row(_record(row)) for row in held or USUAL_STEPS] else cast(Any, now))


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": row.get("at"), **{name: name in row.get("to", ()) for name in AUDIENCES}}


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": int(record.get("at") or 0), "to": [name for name in AUDIENCES if record.get(name)]}


def _head(kept: Mapping[str, Any]) -> None:
    """Draw what is kept back; what is as usual is not written down."""
    st.subheader(_("What is kept back"), anchor="reminder-rest")
    told, fixed = {**USUAL, **kept}, not may_change()
    now = {
        "quiet": st.checkbox(_("Outside opening hours tell of complaints and urgent tickets alone"),
                             bool(told["quiet"]), key=field_key("reminder-quiet"), disabled=fixed),
        "digest": st.checkbox(_("Each morning send one message with all that is still very late"),
                              bool(told["digest"]), key=field_key("reminder-digest"), disabled=fixed),
        "most_an_hour": int(st.number_input(_("Messages an hour to one person at most; what is beyond comes together"),
                                            1, 1000, int(told["most_an_hour"]), key=field_key("reminder-most"),
                                            disabled=fixed)),
        "shortest": length_field("reminder-shortest", _("A deadline shorter than this is not warned of beforehand"),
                                 str(told["shortest"]), disabled=fixed),
        "address": st.text_input(_("Where people open the desk; stands below each message"), str(told["address"]),
                                 key=field_key("reminder-address"), disabled=fixed).strip(),
    }  # fmt: skip
    changed = {name: value for name, value in now.items() if name in kept or value != USUAL[name]}
    propose(HEAD, cast(Any, changed or None))


def _faults() -> None:
    """Say what is wrong in them as they are proposed."""
    try:
        reminder_settings(draft().text)
    except SettingsError as error:
        for fault in error.faults:
            wrong(said(fault))
