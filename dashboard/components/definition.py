"""The definition card: what a figure counts, on which clock, dated by what, over how many."""

from dataclasses import dataclass

import streamlit as st

from dashboard import data
from dashboard.format import count, local
from dashboard.wording import N_, _, current_language
from metrics.catalog import COMPOSED_LABEL, definition_key, label_keys, metric
from metrics.facts import Facts
from metrics.model import Balance, Metric, Quantile, Quotient, Ratio, Spread, Stock, Total, Turnover, Unit, Waiting

UNITS = {
    Unit.COUNT: N_("a count"),
    Unit.SHARE: N_("a share, 0–100%"),
    Unit.SECONDS: N_("a length of time"),
    Unit.SCORE: N_("a score"),
    Unit.POINTS: N_("points, −100 to 100"),
    Unit.RATE: N_("a rate in per cent, which may pass 100%"),
    Unit.RATIO: N_("a plain number"),
    Unit.MONEY: N_("an amount of money, in the desk's currency"),
}
FURTHER = {
    Spread: N_("the upper percentile ÷ the lower one"),
    Turnover: N_("those that left in the period ÷ those that came in the same period"),
    Quotient: N_("one sum ÷ another, over the rows where both are known"),
    Balance: N_("how unequally the open tickets are spread over people: 0 equal, 1 all with one person"),
}


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


def label(one: Metric) -> str:
    """The metric's name; a member of a family is put together from thing, clock and statistic."""
    keys = label_keys(one)
    if keys.clock is None or keys.statistic is None:
        return _(keys.thing)
    return _(COMPOSED_LABEL, thing=_(keys.thing), clock=_(keys.clock), statistic=_(keys.statistic))


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


def formula(one: Metric) -> str:
    """The metric's formula in words."""
    if isinstance(one.value, Quantile):
        return _(
            "the value that {share}% of the measured stay within, straight between neighbours",
            share=f"{one.value.q * 100:g}",
        )
    if isinstance(one.value, Ratio):
        if one.value.of.kind == "sum":
            return _("the sum of what was measured ÷ how many were measured")
        return _("those that fulfil it ÷ those that can be judged")
    if isinstance(one.value, Stock):
        return _("those begun before the end of the period and not yet ended then")
    if isinstance(one.value, Waiting):
        return _(
            "the time within which {share}% of all waits are over, those that still go on counted as at least so long",
            share=f"{one.value.q * 100:g}",
        )
    if isinstance(one.value, Spread | Turnover | Balance | Quotient):
        return _(FURTHER[type(one.value)])
    return (
        _("sum over the period") if isinstance(one.value, Total) and one.unit is not Unit.COUNT else _("number of them")
    )


def clock_name(one: Metric) -> str:
    """On which clock a time runs; empty for what is no time."""
    if "_business_" in one.id:
        return _("business time: only while the desk is open, by its calendar")
    if "_calendar_" in one.id:
        return _("calendar time: every hour of every day")
    return ""


def small_numbers(one: Metric) -> str:
    """From how many on a figure is ranked; empty where it is a count."""
    return "" if one.minimum_n < 2 else _("below {n} nobody is ranked by it", n=one.minimum_n)


def settling(one: Metric) -> str:
    """For how long a ticket may still change sides; empty for what settles at once."""
    days = one.settles_after_days
    return "" if days is None else _("after {days} days; younger ones are provisional", days=days)


def agreements_words(one: Metric) -> str:
    """By which agreements a promise or a business time is judged; empty for what rests on none."""
    if not data.has_data() or not ("_business_" in one.id or "within_target" in one.id or one.fact == "sla_instances"):
        return ""
    earlier = data.settings().earlier
    if not earlier:
        return _("those of the desk, for all days")
    return _("those in force on each day; the newest since {day}, {n} before it", day=earlier[-1].until, n=len(earlier))


def compared(one: Metric) -> str:
    """How other systems count the same; empty where the catalogue has no words for it in the reader's language."""
    text = _(one.source) if one.source else ""
    return "" if text == one.source and current_language() != "en" else text
