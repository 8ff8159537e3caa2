"""Peaks, event days, first contacts, satisfaction, clocks, calls, costs, the zone and the language of the desk."""

from typing import Any
from zoneinfo import available_timezones

import polars as pl
import streamlit as st

from dashboard.agreements import parse_days
from dashboard.components.loading.mapping_form import COMMON_ZONES
from dashboard.components.settings.counting import first_contact, language, rating_scales, team_rates
from dashboard.components.settings.draft import begin, draft, field_key, propose, propose_zone
from dashboard.components.settings.faults import at_rows, hours_field, length_field, tidied
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.services.settings.editing import row_faults, tables_of
from dashboard.wording import _
from metrics.desk import DeskSettings


def peaks() -> None:
    """Draw the peak hours and the event days."""
    opened = begin("days")
    tables = tables_of(opened.text)
    st.subheader(_("Peak hours"), anchor="peaks")
    hours = hours_field(
        "peak",
        _("Peak hours of every day"),
        str(tables.get("peak", {}).get("hours", "closed")),
        disabled=not may_change(),
    )
    propose("peak", {"hours": hours})
    st.subheader(_("Event days"), anchor="events")
    st.caption(
        _(
            "Days of every year as 06-16..06-20, single dates as 2026-12-12, several parted by commas. A country "
            "limits the row to desks in its zones."
        )
    )
    rows = tables.get("event", [])
    edited = edited_rows(
        pl.DataFrame(
            [{name: row.get(name) for name in EVENT} for row in rows], schema=dict.fromkeys(EVENT, pl.String())
        ),
        "events",
        {
            "name": st.column_config.TextColumn(_("Name"), width="medium"),
            "days": st.column_config.TextColumn(_("Days"), required=True, width="large"),
            "country": st.column_config.TextColumn(_("Country"), width="small"),
        },
        called=_("Event days"),
    )
    typed = [_event(row) for row in edited]
    at_rows(row_faults("event", typed, opened.zone))
    propose("event", typed)


EVENT = ("name", "days", "country")


def _event(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: str(row[name]).strip() for name in EVENT if row.get(name)}
    days = tidied(found.get("days"))
    return {**found, "days": days if _are_days(days) else found.get("days", "")}


def _are_days(text: str) -> bool:
    try:
        parse_days(text)
    except ValueError:
        return False
    return True


def rules() -> None:
    """Draw the single numbers and switches."""
    opened = begin("rules")
    tables = tables_of(opened.text)
    left, right = st.columns(2, gap="large")
    with left:
        first_contact(tables)
        _satisfaction(tables)
        _clocks(tables)
    with right:
        _calls_and_cost(tables)
        _zone(opened.zone)
        language(tables)
    rating_scales()


def _satisfaction(tables: dict[str, Any]) -> None:
    st.subheader(_("Satisfaction"), anchor="satisfaction")
    kept = float(tables.get("satisfaction", {}).get("positive_share", 0.75))
    found = _number(_("Satisfied from this share of the scale on"), "positive-share", kept, 0.0, 1.0, 0.05)
    st.caption(_("0.75 of five stars is four stars: (4−1)/(5−1)."))
    propose("satisfaction", {"positive_share": found})


def _clocks(tables: dict[str, Any]) -> None:
    st.subheader(_("Clocks"), anchor="clocks")
    kept = tables.get("sla", {})
    pauses = st.toggle(
        _("Waiting for a third party pauses the clock of resolution"),
        bool(kept.get("on_hold_pauses")),
        key=field_key("on-hold"),
        disabled=not may_change(),
    )
    risk = _number(
        _("At risk while less than this share of the time is left"),
        "at-risk",
        float(kept.get("at_risk_share", 0.25)),
        0.0,
        1.0,
        0.05,
    )
    propose("sla", {"on_hold_pauses": pauses, "at_risk_share": risk})


def _calls_and_cost(tables: dict[str, Any]) -> None:
    st.subheader(_("Calls"), anchor="calls")
    kept = tables.get("service_level", {})
    within = length_field(
        "service-level",
        _("Service level: answered within"),
        str(kept.get("within", "20 s")),
        disabled=not may_change(),
    )
    usual = float(kept.get("share", DeskSettings.answer_share))
    wanted = _number(_("Share of calls to be answered in time"), "service-share", usual, 0.01, 1.0, 0.05)
    st.caption(_("Channels and queues can have goals of their own in part “Queues”."))
    own = {"share": wanted} if "share" in kept or wanted != usual else {}  # older desks have said nothing of it
    propose("service_level", {"within": within, **own})
    st.subheader(_("Cost of an hour on shift"), anchor="cost")
    kept = tables.get("cost", {})
    one, other = st.columns(2)
    with one:
        rate = st.number_input(
            _("Amount"),
            min_value=0.0,
            value=kept.get("per_hour"),
            step=1.0,
            format="%.2f",
            key=field_key("cost"),
            disabled=not may_change(),
            placeholder=_("not set"),
        )
    with other:
        currency = st.text_input(
            _("Currency"),
            kept.get("currency", ""),
            key=field_key("currency"),
            placeholder="CNY",
            max_chars=8,
            disabled=not may_change(),
        )
    found: dict[str, Any] = {"per_hour": rate} if rate else {}
    found |= {"currency": currency.strip()} if currency and currency.strip() else {}
    teams = team_rates(kept)
    propose("cost", found | ({"teams": teams} if teams else {}))


def _zone(kept: str) -> None:
    st.subheader(_("Zone of the desk"), anchor="zone")
    zones = list(dict.fromkeys([*COMMON_ZONES, *sorted(available_timezones()), kept]))
    found = st.selectbox(
        _("Days and hours are those of"),
        zones,
        index=zones.index(kept),
        key=field_key("zone"),
        disabled=not may_change(),
    )
    if found and found != draft().zone:
        propose_zone(found)


def _number(label: str, name: str, kept: float, least: float, most: float, step: float) -> float:
    return float(
        st.number_input(label, least, most, kept, step, format="%.2f", key=field_key(name), disabled=not may_change())
    )
