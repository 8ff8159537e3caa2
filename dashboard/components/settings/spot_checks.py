"""Spot-checks in the settings: what has to pass, by when errors are put right, how long agents may answer."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.agreements import SettingsError
from dashboard.components.drawn import show_table
from dashboard.components.quality.words import verdict_title, what_would_settle
from dashboard.components.settings.draft import begin, draft, field_key, propose
from dashboard.components.settings.faults import said, wrong
from dashboard.components.settings.saving import may_change
from dashboard.format import count
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.rules import REVIEWS
from dashboard.quality.settings import QUALITY
from dashboard.services.settings.editing import tables_of
from dashboard.services.settings.spot_checks import DEFAULTS, HOURS, NAMES, SpotCheckEffect, spot_check_effect
from dashboard.wording import _

DAYS = ("dispute_days", "appeal_days", "acknowledge_days")
MOST_HOURS, MOST_DAYS = 24 * 366.0, 60


def spot_checks() -> None:
    """Draw the settings of spot-checks, with what the proposed ones would have meant lately."""
    tables = tables_of(begin("spot-checks").text)
    left, right = st.columns(2, gap="large")
    with left:
        quality = _passing(tables.get(QUALITY, {})) | _hours(tables.get(QUALITY, {}))
        _propose(QUALITY, quality, tables.get(QUALITY))
    with right:
        _propose(REVIEWS, _days(tables.get(REVIEWS, {})), tables.get(REVIEWS))
    if reach(current_actor(), Act.SEE_QUALITY):
        _meant()


def _propose(name: str, typed: Mapping[str, float], held: Mapping[str, Any] | None) -> None:
    """Propose what was typed; what says the same as before stays as it was written."""
    same = {key: (held or {}).get(key, DEFAULTS[key]) for key in typed} == dict(typed)
    propose(name, dict(held) if same and held is not None else None if same else dict(typed))


def _passing(kept: Mapping[str, Any]) -> dict[str, float]:
    st.subheader(_("What has to pass"), anchor="spot-check-target")
    held = 100 * float(kept.get("target_rate", DEFAULTS["target_rate"]))
    found = st.number_input(_("Share of conversations that has to pass"), 1.0, 100.0, held, 0.5, format="%g",
                            key=field_key("target-rate"), disabled=not may_change())  # fmt: skip
    st.caption(
        _("In percent. The mark that one conversation needs belongs to its scorecard; this is how many of all "
          "conversations have to reach it.")
    )  # fmt: skip
    return {"target_rate": round(found / 100, 6)}


def _hours(kept: Mapping[str, Any]) -> dict[str, float]:
    st.subheader(_("Putting an error right"), anchor="spot-check-corrections")
    st.caption(_("Hours round the clock from the moment an error is found. Open corrections keep the times they have."))
    return {
        name: st.number_input(_(NAMES[name]), 0.25, MOST_HOURS, float(kept.get(name, DEFAULTS[name])), 0.5,
                              format="%g", key=field_key(name), disabled=not may_change())
        for name in HOURS.values()
    }  # fmt: skip


def _days(kept: Mapping[str, Any]) -> dict[str, int]:
    st.subheader(_("What agents can answer"), anchor="spot-check-answers")
    st.caption(_("Counted in working days of the agent’s team; the day on which he is told never counts."))
    return {
        name: int(st.number_input(_(NAMES[name]), 1, MOST_DAYS, int(kept.get(name, DEFAULTS[name])),
                                  key=field_key(name), disabled=not may_change()))
        for name in DAYS
    }  # fmt: skip


def _meant() -> None:
    st.subheader(_("What it would have meant"), anchor="spot-check-effect")
    now = draft()
    try:
        found = spot_check_effect(current_actor(), data.desk(), now.base.text, now.text)
    except SettingsError as error:
        for fault in error.faults:
            wrong(said(fault))
        return
    _verdicts(found)
    _clocks(found)


def _verdicts(found: SpotCheckEffect) -> None:
    if found.estimate.value is None:
        st.markdown(_("Nothing was read in the last four whole weeks, so no verdict changes."))
        return
    for line, verdict, more in dict.fromkeys((found.before, found.after)):
        st.markdown(f"- {verdict_title(found.estimate, verdict, line)} {what_would_settle(verdict, line, more)}")


def _clocks(found: SpotCheckEffect) -> None:
    told = [one for one in found.clocks if one.met]
    if not told:
        st.caption(_("No correction of the last three months has come to one of these times yet."))
        return
    title = _("Corrections of the last three months, by how long they really took.")
    st.caption(title)
    table = pl.DataFrame({
        _("Time"): [_(NAMES[one.name]) for one in told], _("Done"): [count(one.met) for one in told],
        _("In time as it is"): [count(one.before) for one in told],
        _("In time as proposed"): [count(one.after) for one in told],
    })  # fmt: skip
    show_table(table, name="correction-times", title=title)
