"""Escalation in the settings: what brings a ticket to triage, in which order and by when it is decided there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import polars as pl
import streamlit as st

from dashboard.agreements import SettingsError
from dashboard.components.settings.draft import begin, draft, field_key, propose
from dashboard.components.settings.faults import length_field, said, wrong
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.components.settings.triage_effect import would_have_caught
from dashboard.format import listed
from dashboard.helpdesk_links import PLACE, TABLE, faults_of
from dashboard.services.settings.editing import tables_of
from dashboard.triage.clocks import KINDS
from dashboard.triage.settings import CLOCKS, RULES, TRIAGE, triage_settings
from dashboard.wording import _
from metrics.triage.model import ORDER_NAMES, RULE_KINDS

RULE = {"enabled": pl.Boolean(), "rule": pl.String(), "within": pl.String(), "share": pl.Float64(), "times": pl.Int64(),
        "values": pl.String(), "where": pl.String(), "tier": pl.Int64(), "days": pl.Int64(),
        "name": pl.String()}  # fmt: skip
CLOCK = {"kind": pl.String(), "within": pl.String(), "clock": pl.String()}
LINK = {"source": pl.String(), "url": pl.String()}


def escalation() -> None:
    """Draw the rules with what they would have caught, the order of the queue, the clocks, the links."""
    opened = begin("escalation")
    tables = tables_of(opened.text)
    _rules(tables.get(RULES, []))
    _faults()
    would_have_caught(draft().text)
    left, right = st.columns(2, gap="large")
    with left:
        _order(tables.get(TRIAGE, {}))
    with right:
        _clocks(tables.get(CLOCKS, []))
    _links(tables.get(TABLE, []))


def _rules(rows: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(_("What escalates a ticket"), anchor="escalation-rules")
    st.caption(
        _("A rule that is off catches nothing. Only tickets of: channel=phone, team=…; several words or classes parted "
          "by commas; tier 0 is the ticket's own.")
    )  # fmt: skip
    edited = edited_rows(
        pl.DataFrame([_rule_record(row) for row in rows], schema=RULE, orient="row"), "triage-rules", _rule_columns(),
        called=_("What escalates a ticket"), height=460,
    )  # fmt: skip
    _propose_rows(RULES, rows, edited, _rule_record, _rule_row)


def _rule_columns() -> dict[str, Any]:
    columns = st.column_config
    return {
        "enabled": columns.CheckboxColumn(_("On"), default=True, width=50),
        "rule": columns.SelectboxColumn(_("Rule"), options=list(RULE_KINDS), required=True,
                                        format_func=lambda one: _(f"triage.rule.{one}"), width="medium"),
        "within": columns.TextColumn(_("After"), width=80),
        "share": columns.NumberColumn(_("From share"), min_value=0, max_value=1, step=0.05, format="%.2f", width=90),
        "times": columns.NumberColumn(_("Times"), min_value=0, max_value=100, step=1, width=70),
        "values": columns.TextColumn(_("Words, types or classes"), width="medium"),
        "where": columns.TextColumn(_("Only tickets of"), width="small"),
        "tier": columns.NumberColumn(_("To tier"), min_value=0, max_value=4, step=1, width=80),
        "days": columns.NumberColumn(_("Days back"), min_value=1, max_value=3650, step=1, width=90),
        "name": columns.TextColumn(_("Its own name"), width="small"),
    }  # fmt: skip


def _rule_record(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row.get(name) for name in RULE}
    where = ", ".join(f"{name}={value}" for name, value in row.get("where", {}).items())
    return {**told, "enabled": row.get("enabled", True), "values": ", ".join(row.get("values", [])) or None,
            "where": where or None, "share": None if row.get("share") is None else float(row["share"])}  # fmt: skip


def _rule_row(record: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: record[name] for name in ("rule", "name", "within", "share") if record.get(name) not in (None, "")}
    kept |= {name: int(record[name]) for name in ("times", "tier", "days") if record.get(name) is not None}
    if record.get("values"):
        kept["values"] = _parted(str(record["values"]))
    where = {name: value for name, _sign, value in (part.partition("=") for part in _parted(record.get("where") or ""))}
    if where:
        kept["where"] = {name.strip(): value.strip() for name, value in where.items()}
    return kept if record.get("enabled") is not False else kept | {"enabled": False}


def _parted(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]


def _propose_rows(
    name: str, rows: Sequence[Mapping[str, Any]], edited: Sequence[Mapping[str, Any]],
    record: Callable[[Mapping[str, Any]], dict[str, Any]], row: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> None:  # fmt: skip
    """Propose the rows as they were edited; what was not touched stays as it was written."""
    was, now = [row(record(one)) for one in rows], [row(one) for one in edited]
    if was != now:
        propose(name, now)
    elif tables_of(draft().text).get(name) != list(rows):
        propose(name, cast(Any, list(rows)))


def _faults() -> None:
    """Say what is wrong in the rules, the order or the clocks as they are proposed."""
    try:
        triage_settings(draft().text)
    except SettingsError as error:
        for fault in error.faults:
            wrong(said(fault))


def _order(kept: Mapping[str, Any]) -> None:
    st.subheader(_("The order of the queue"), anchor="escalation-order")
    st.caption(_("What stands first decides first; each row of the queue says by what it stands where it stands."))
    names = {name: _(f"triage.order.{name}") for name in ORDER_NAMES}
    chosen = st.multiselect(
        _("First by"), list(names), [one for one in kept.get("order", ORDER_NAMES) if one in names],
        format_func=names.__getitem__, key=field_key("triage-order"), disabled=not may_change(),
        placeholder=_("choose at least one"),
    )  # fmt: skip
    st.caption(_("So it goes: {order}.", order=listed([names[one] for one in chosen])))
    up = st.number_input(_("What is late by so many times its target moves up one class"), 1.0, 1000.0,
                         float(kept.get("moves_up_after", 3.0)), 0.5, key=field_key("triage-up"),
                         disabled=not may_change())  # fmt: skip
    held = length_field("triage-held", _("Without anything done, an item wants attention again after"),
                        str(kept.get("acknowledged_for", "30 min")), disabled=not may_change())  # fmt: skip
    now = {"order": chosen, "moves_up_after": up, "acknowledged_for": held}
    changed = {name: value for name, value in now.items() if kept.get(name) != value}
    propose(TRIAGE, cast(Any, {**kept, **changed}))


def _clocks(rows: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(_("Times of the tiers"), anchor="escalation-clocks")
    columns = {
        "kind": st.column_config.SelectboxColumn(
            _("What is due"), options=[kind for kind in KINDS if kind != "resolution"], required=True, width="medium",
            format_func=lambda one: _(f"triage.clock.{one}"),
        ),
        "within": st.column_config.TextColumn(_("Within"), required=True, width="small"),
        "clock": st.column_config.SelectboxColumn(
            _("Runs"), options=["business", "calendar"], default="business", width="small",
            format_func=lambda one: _("in opening hours") if one == "business" else _("day and night"),
        ),
    }  # fmt: skip
    edited = edited_rows(
        pl.DataFrame([_clock_record(row) for row in rows], schema=CLOCK, orient="row"), "triage-clocks", columns,
        called=_("Times of the tiers"),
    )  # fmt: skip
    _propose_rows(CLOCKS, rows, edited, _clock_record, _clock_row)


def _clock_record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": row.get("kind"), "within": row.get("within"), "clock": row.get("clock", "business")}


def _clock_row(record: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: record[name] for name in ("kind", "within") if record.get(name)}
    return kept | ({"clock": "calendar"} if record.get("clock") == "calendar" else {})


def _links(rows: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(_("Links back to the helpdesk"), anchor="helpdesk-links")
    st.caption(_("One address for each source; {place} stands for the number of the ticket. Only http and https.",
                 place=f"`{PLACE}`"))  # fmt: skip
    columns = {
        "source": st.column_config.TextColumn(_("Source"), required=True, width="small"),
        "url": st.column_config.TextColumn(_("Address"), required=True, width="large"),
    }
    edited = edited_rows(
        pl.DataFrame([{name: row.get(name) for name in LINK} for row in rows], schema=LINK, orient="row"),
        "helpdesk-links", columns, called=_("Links back to the helpdesk"),
    )  # fmt: skip
    typed = [{name: str(row.get(name) or "").strip() for name in LINK} for row in edited]
    for fault in faults_of(typed):
        wrong(said(fault))
    if typed or rows:
        propose(TABLE, cast(Any, typed))
