"""How the desk counts: its own first contact resolution, scales of ratings, rates of teams; and its own language."""

from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.settings.draft import field_key, propose
from dashboard.components.settings.names import RULES, name_table
from dashboard.components.settings.saving import may_change
from dashboard.format import dimension, value_name
from dashboard.services.settings.names import WAYS
from dashboard.wording import LANGUAGES, N_, _
from metrics.facts.customers import WINDOW, WINDOWS

SPOKEN = {"": N_("that of the reader's browser"), "zh-CN": LANGUAGES["zh_CN"], "en": LANGUAGES["en"]}


def first_contact(tables: dict[str, Any]) -> None:
    """Draw the choice of the desk's own way of counting first contacts."""
    st.subheader(_("First contact resolution"), anchor="first-contact")
    kept = tables.get("first_contact", {})
    way = st.selectbox(_("Settled at the first contact is"), list(WAYS), format_func=lambda id: _(WAYS[id]),
                       index=list(WAYS).index(kept.get("way", "repeat")), key=field_key("fcr-way"),
                       disabled=not may_change())  # fmt: skip
    days: dict[str, int] = {}
    if way == "repeat":
        held = kept.get("days", WINDOW)
        chosen = st.segmented_control(_("within so many days"), WINDOWS, default=held, required=True,
                                      key=field_key("fcr-days"), disabled=not may_change())  # fmt: skip
        days = {"days": int(chosen or WINDOW)}
    st.caption(_("The leading figure of “Resolution” and of the stand-up; the other ways stay beside it."))
    propose("first_contact", {"way": way, **days})


def rating_scales() -> None:
    """Draw the scales that are read in a way of their own."""
    st.subheader(_("Scales of ratings"), anchor="scales")
    st.caption(
        _("Only for a scale that is read otherwise: which score is the worst, which the best, from which on a customer "
          "is satisfied. Where 1 is the best of six: 6, 6, 1, 2.")
    )  # fmt: skip
    sources = [str(one) for one in data.choices().values.get("source", ()) if one] if data.has_data() else []
    kinds = st.column_config
    source = (kinds.SelectboxColumn(dimension("source"), options=sources, width=110) if sources
              else kinds.TextColumn(dimension("source"), width=110))  # fmt: skip
    name_table("rating_scale", RULES, {
        "source": source,
        "scale": kinds.NumberColumn(_("Highest score"), min_value=1, required=True, width=104, step=1, format="%d"),
        "worst": kinds.NumberColumn(_("Worst"), width=72),
        "best": kinds.NumberColumn(_("Best"), width=72),
        "satisfied_from": kinds.NumberColumn(_("Satisfied from"), required=True, width=110),
    }, called=_("Scales of ratings"))  # fmt: skip


def team_rates(kept: dict[str, Any]) -> dict[str, float]:
    """Draw what an hour of each team costs, where that is another rate; the rates as they then are."""
    told = kept.get("teams", {})
    teams = [str(one) for one in data.choices().values.get("team", ()) if one] if data.has_data() else []
    teams = list(dict.fromkeys([*teams, *map(str, told)]))
    if not teams:
        return dict(told)
    edited = st.data_editor(
        pl.DataFrame({"team": [value_name("team", one) for one in teams], "rate": [told.get(one) for one in teams]},
                     schema={"team": pl.String(), "rate": pl.Float64()}),
        hide_index=True, disabled=["team"] if may_change() else True, key=field_key("team-rates"),
        column_config={
            "team": st.column_config.TextColumn(_("Team")),
            "rate": st.column_config.NumberColumn(_("Amount"), min_value=0.01, format="%.2f"),
        },
        placeholder=_("that of all"), alt=_("What an hour of each team costs"),
    )  # fmt: skip
    return {team: float(rate) for team, rate in zip(teams, edited["rate"], strict=True) if rate}


def language(tables: dict[str, Any]) -> None:
    """Draw the language that the desk speaks to whoever has not chosen one."""
    st.subheader(_("Language of the pages"), anchor="language")
    kept = tables.get("interface", {})
    found = st.selectbox(_("Whoever has not chosen one reads"), list(SPOKEN), format_func=lambda id: _(SPOKEN[id]),
                         index=list(SPOKEN).index(kept.get("language", "")), key=field_key("language"),
                         disabled=not may_change())  # fmt: skip
    propose("interface", {"language": found} if found else {})
