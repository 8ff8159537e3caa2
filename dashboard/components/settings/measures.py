"""Measures 改进措施 as a table: what was changed, by whom, from which day on, meant to move which figure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.agreement_text import written
from dashboard.agreements import Fault, SettingsError
from dashboard.components.analysis.compare_controls import figures_offered
from dashboard.components.settings.draft import begin, propose
from dashboard.components.settings.faults import at_rows
from dashboard.components.settings.rows import edited_rows
from dashboard.improvements import improvements_of
from dashboard.metric_words import label
from dashboard.services.settings.editing import tables_of
from dashboard.wording import _
from metrics.catalog import METRICS, metric
from metrics.model import Scope

SCHEMA = {"title": pl.String(), "by": pl.String(), "from": pl.Date(), "metric": pl.String(), "where": pl.String(),
          "expected": pl.String(), "note": pl.String()}  # fmt: skip


def measures() -> None:
    """Draw the table of measures; no figure depends on them, “Compare” judges each."""
    st.subheader(_("Measures"), anchor="measures")
    st.caption(
        _("No figure depends on them; “Compare” judges each before and after. Which tickets: team=…, channel=…; the "
          "value to be reached like 20 min or 0.9.")
    )  # fmt: skip
    opened = begin("measures")
    rows = tables_of(opened.text).get("measure", [])
    records = [_record(row) for row in rows]
    edited = edited_rows(pl.DataFrame(records, schema=SCHEMA), "measures", _columns(), called=_("Measures"))
    typed = [_measure(row) for row in edited]
    at_rows({place: faults for place, row in enumerate(typed) if (faults := _faults(row))})
    as_they_were = [_measure(record) for record in records]
    if typed != as_they_were:
        propose("measure", typed)
    else:
        propose("measure", tables_of(opened.text).get("measure"))


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    where = ", ".join(f"{name}={value}" for name, value in row.get("where", {}).items())
    since = row.get("from")
    day = since if isinstance(since, date) else date.fromisoformat(str(since)) if since else None
    told = {
        name: str(row[name]) if row.get(name) is not None else None
        for name in ("title", "by", "metric", "expected", "note")
    }
    return {**told, "from": day, "where": where or None}


def _measure(record: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: record[name] for name in ("title", "by", "from", "metric") if record.get(name)}
    parts = [part.partition("=") for part in (record.get("where") or "").replace("，", ",").split(",") if part.strip()]
    if parts:
        found["where"] = {name.strip(): value.strip() for name, _equals, value in parts}
    if record.get("expected"):
        found["expected"] = _number(record["expected"])
    return found | ({"note": record["note"]} if record.get("note") else {})


def _number(text: str) -> float | str:
    try:
        return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return text


def _faults(row: Mapping[str, Any]) -> Sequence[Fault]:
    try:
        improvements_of(written("measure", [row]))
    except SettingsError as error:
        return error.faults
    return ()


def _columns() -> dict[str, Any]:
    kinds = st.column_config
    offered = (
        [id for ids in data.answer(figures_offered, Scope()).values() for id in ids] if data.has_data() else [*METRICS]
    )
    return {
        "title": kinds.TextColumn(_("Title"), required=True, width="medium"),
        "by": kinds.TextColumn(_("By")),
        "from": kinds.DateColumn(_("From"), required=True, format="YYYY-MM-DD"),
        "metric": kinds.SelectboxColumn(_("Figure"), options=offered, required=True, width="medium",
                                        format_func=lambda id: label(metric(str(id)))),
        "where": kinds.TextColumn(_("Which tickets")),
        "expected": kinds.TextColumn(_("To be reached"), width="small"),
        "note": kinds.TextColumn(_("Note"), width="large"),
    }  # fmt: skip
