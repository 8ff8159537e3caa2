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
    rows = [(name, text) for name, text in facts_of_definition(one, facts, basis) if text]
    st.markdown("\n".join(f"- {name}: {text}" for name, text in rows))


def facts_of_definition(one: Metric, facts: Facts, basis: Basis | None) -> list[tuple[str, str]]:
    """What belongs to the sentence of a definition, name and content; empty where it does not apply."""
    n, excluded = (basis.n, basis.excluded) if basis is not None else (None, 0)
    return [
        (_("How it is computed"), formula(one)),
        (_("Unit"), _(UNITS[one.unit])),
        (_("Clock"), clock_name(one)),
        (_("Dated by"), _(f"instant.{one.at}")),
        (_("Agreements"), agreements_words(one)),
        (_("Small numbers"), small_numbers(one)),
        (_("Settles"), settling(one)),
        (_("Counted"), "" if n is None else count(n)),
        (_("Left out, because nothing can be measured"), count(excluded) if excluded else ""),
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
