"""What a figure of the catalogue is called, and what its definition says beside the sentence of the catalogue."""

from dashboard.wording import N_, _, current_language
from metrics.catalog import COMPOSED_LABEL, label_keys
from metrics.model import (
    Balance,
    Metric,
    Quantile,
    Quotient,
    Ratio,
    Sampled,
    Spread,
    Stock,
    Total,
    Turnover,
    Unit,
    Waiting,
)

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
    Sampled: N_("the weights of those that fulfil it ÷ the weights of all that were read"),
    Balance: N_("how unequally the open tickets are spread over people: 0 equal, 1 all with one person"),
}


def label(one: Metric) -> str:
    """The metric's name; a member of a family is put together from thing, clock and statistic."""
    keys = label_keys(one)
    if keys.clock is None or keys.statistic is None:
        return _(keys.thing)
    return _(COMPOSED_LABEL, thing=_(keys.thing), clock=_(keys.clock), statistic=_(keys.statistic))


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
    if isinstance(one.value, Spread | Turnover | Balance | Quotient | Sampled):
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


def compared(one: Metric) -> str:
    """How other systems count the same; empty where the catalogue has no words for it in the reader's language."""
    text = _(one.source) if one.source else ""
    return "" if text == one.source and current_language() != "en" else text
