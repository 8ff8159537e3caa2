"""The definition card: what a figure counts, on which clock, dated by what, over how many."""

from dataclasses import dataclass

import streamlit as st

from dashboard import data
from dashboard.format import count, local
from dashboard.metric_words import UNITS, clock_name, compared, formula, label, settling, small_numbers
from dashboard.wording import _
from metrics.catalog import definition_key, metric
from metrics.facts import Facts
from metrics.model import Metric


@dataclass(frozen=True)
class Basis:
    """What a figure on the page rests on: how many it counts, and how many it could not."""

    n: int
    excluded: int = 0


def definition_card(metric_id: str, facts: Facts, basis: Basis) -> None:
    """Draw the definition of a metric, folded away."""
    with st.expander(_("Definition"), icon=":material/info:"):
        define(metric_id, facts, basis)


def define(metric_id: str, facts: Facts, basis: Basis) -> None:
    """Draw the definition of a metric."""
    one = metric(metric_id)
    st.markdown(f"**{label(one)}**")
    st.markdown(_(definition_key(one)))
    rows = [(name, text) for name, text in _facts_of(one, facts, basis) if text]
    st.markdown("\n".join(f"- {name}: {text}" for name, text in rows))


def _facts_of(one: Metric, facts: Facts, basis: Basis) -> list[tuple[str, str]]:
    return [
        (_("How it is computed"), formula(one)),
        (_("Unit"), _(UNITS[one.unit])),
        (_("Clock"), clock_name(one)),
        (_("Dated by"), _(f"instant.{one.at}")),
        (_("Agreements"), agreements_words(one)),
        (_("Small numbers"), small_numbers(one)),
        (_("Settles"), settling(one)),
        (_("Counted"), count(basis.n)),
        (_("Left out, because nothing can be measured"), count(basis.excluded) if basis.excluded else ""),
        (_("Data up to"), local(facts.as_of, facts.zone)),
        (_("Time zone"), facts.zone),
        (_("Compare with other systems"), compared(one)),
    ]


def agreements_words(one: Metric) -> str:
    """By which agreements a promise or a business time is judged; empty for what rests on none."""
    if not data.has_data() or not ("_business_" in one.id or "within_target" in one.id or one.fact == "sla_instances"):
        return ""
    earlier = data.settings().earlier
    if not earlier:
        return _("those of the desk, for all days")
    return _("those in force on each day; the newest since {day}, {n} before it", day=earlier[-1].until, n=len(earlier))
