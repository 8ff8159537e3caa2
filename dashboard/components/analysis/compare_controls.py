"""What the page “Compare” is asked: which two sides, and which figures."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, cast

import streamlit as st

from dashboard import data
from dashboard.components.choices_in_url import pick, pick_day, pick_several, picked
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.format import count, dimension, span, value_name
from dashboard.metric_words import label
from dashboard.presets import AGAINST
from dashboard.scope import UNKNOWN
from dashboard.services.analysis.compare import (
    COUNTS,
    DIMENSIONS,
    FIGURES,
    WEEK,
    Beside,
    Theme,
    around,
    comparable,
    period_against,
    values_of,
    without_today,
)
from dashboard.wording import N_, _
from metrics.catalog import metric
from metrics.facts import Facts
from metrics.model import Period, Scope

Kind = Literal["periods", "groups", "change", "measures"]
KINDS: dict[Kind, str] = {
    "periods": N_("Two periods"), "groups": N_("Two groups"), "change": N_("Before and after a day"),
    "measures": N_("Measures"),
}  # fmt: skip
THEME_NAMES: dict[Theme, str] = {
    "volume": N_("Volume and load"), "response": N_("Responses"), "sla": N_("Promises (SLA)"),
    "resolution": N_("Resolution"), "first_contact": N_("First contact"), "satisfaction": N_("Satisfaction"),
    "handling": N_("Handling and bots"), "calls": N_("Calls and people's time"), "outcomes": N_("What followed"),
    "other": N_("Other figures"),
}  # fmt: skip
LENGTHS = (WEEK, 2 * WEEK, 4 * WEEK, 8 * WEEK)
EXPLAIN = "explain"
"""Names the figure whose change is taken apart; it is compared too, whatever else is."""
OTHERS = "(others)"
"""Stands for all other values in the URL."""


@dataclass(frozen=True)
class Sides:
    """The two sides as asked for, with their names as people read them."""

    kind: Kind
    before: Scope
    after: Scope
    before_name: str
    after_name: str
    by: str | None = None
    """The dimension that tells two groups apart."""


def kind_asked() -> Kind:
    return cast(Kind, switch("sides", _("Compare what"), {kind: _(text) for kind, text in KINDS.items()}))


def sides_asked(kind: Kind, scope: Scope) -> Sides | None:
    """Draw the choice of the two sides; None where the sidebar leaves nothing to compare."""
    return {"periods": _periods, "groups": _groups, "change": _change}[kind](scope)


def _periods(scope: Scope) -> Sides | None:
    if scope.period is None:
        st.info(_("All data have no period before them: choose some days in the sidebar."))
        return None
    period = without_today(data.facts(), scope.period)
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        usual = data.against()
        further = {"year": _("the same weekdays a year before"), "custom": _("days of your choice")}
        how = pick("beside", _("The other days"), {usual: _(AGAINST[usual]), **further})
    with right:
        other = _own_days(period) if how == "custom" else period_against(period, cast(Beside, how))
    if scope.period != period:
        st.caption(_("Without the last day, which is not over yet."))
    before, after = (replace(scope, period=days) for days in (other, period))
    return Sides("periods", before, after, days_in_words(other), days_in_words(period))


def days_in_words(period: Period) -> str:
    """The days of a period, with the year where it is another than that of the newest data."""
    text = span(period)
    same = period.start.year == period.end.year == data.choices().last.year
    return text if same else f"{text} ({(period.end - timedelta(days=1)).year})"


def _own_days(period: Period) -> Period:
    known, default = data.choices(), period_against(period, "previous")
    first, last = st.columns(2)
    with first:
        start = pick_day("beside_from", _("From"), max(known.first, default.start), first=known.first, last=known.last)
    with last:
        end = pick_day("beside_to", _("Last day"), max(start, default.end - timedelta(days=1)), first=known.first,
                       last=known.last)  # fmt: skip
    return Period(start, max(start, end) + timedelta(days=1))


def _groups(scope: Scope) -> Sides | None:
    known = {name: data.answer(values_of, Scope(), name) for name in DIMENSIONS}
    offered = {name: dimension(name) for name, values in known.items() if len(values) > 1}
    if not offered:
        st.info(_("The data tell no two groups apart: every ticket has the same channel, type and team."))
        return None
    first, left, right = st.columns(3)
    with first:
        by = pick("groups", _("Groups by"), offered)
    names = {UNKNOWN if value is None else value: value_name(by, value) for value in known[by]}
    with left:
        one = pick(f"a_{by}", _("This group"), names)
    with right:
        other = pick(f"b_{by}", _("Compared with the group"), {OTHERS: _("all others"), **_without(names, one)})
    rest = tuple(value for value in known[by] if value != _value(one))
    values = rest if other == OTHERS else (_value(other),)
    before, after = (replace(scope, where={**scope.where, by: group}) for group in (values, (_value(one),)))
    return Sides("groups", before, after, _("all others") if other == OTHERS else names[other], names[one], by)


def _without(names: dict[str, str], one: str) -> dict[str, str]:
    return {id: name for id, name in names.items() if id != one}


def _value(id: str) -> str | None:
    return None if id == UNKNOWN else id


def _change(scope: Scope) -> Sides:
    known = data.choices()
    usual = max(known.first, known.last - timedelta(days=4 * WEEK))
    left, right = st.columns(2)
    with left:
        day = pick_day("day", _("Day of the change"), usual, first=known.first, last=known.last)
    with right:
        lengths = {str(days): _("{n} days on each side", n=days) for days in LENGTHS}
        days = int(pick("days", _("How long"), lengths, default=str(4 * WEEK)))
    before, after = around(day, _length(day, days, known.first, known.last), scope)
    names = [days_in_words(side.period) for side in (before, after) if side.period]
    return Sides("change", before, after, *names)


def _length(day: date, days: int, first: date, last: date) -> int:
    """As long as asked for, but no longer than the data reach on both sides; the same weekdays where there is room."""
    room = max(1, min(days, (day - first).days, (last - day).days + 1))
    return room // WEEK * WEEK or room


def figures_asked(kind: Kind) -> tuple[str, ...]:
    """Draw the choice of figures, grouped by theme; those asked for, in the order of the themes."""
    offered = data.answer(figures_offered, Scope())
    usual = [id for ids in offered.values() for id in ids if id in FIGURES and (kind != "groups" or id not in COUNTS)]
    usual += [id for id in picked(EXPLAIN) if id not in usual and any(id in ids for ids in offered.values())]
    with st.expander(_("Choose figures"), icon=":material/checklist:"):
        st.caption(_("The more are compared, the more stand out by chance alone; that is taken into account."))
        chosen: list[str] = []
        for theme, ids in offered.items():
            names = {id: label(metric(id)) for id in ids}
            chosen += pick_several(
                f"figures_{theme}", _(THEME_NAMES[theme]), names, default=[id for id in ids if id in usual],
                placeholder=_("none"),
            )  # fmt: skip
    return tuple(chosen) or tuple(usual)


def figures_offered(facts: Facts, scope: Scope) -> dict[Theme, tuple[str, ...]]:
    """The figures that this desk has, by theme; the scope does not matter."""
    del scope
    return comparable(facts)


def sides_in_words(sides: Sides, *, n: tuple[int, int]) -> str:
    """Both sides with how many tickets were created in each."""
    return _(
        "**{after}** ({n_after} tickets) against **{before}** ({n_before} tickets)",
        after=plain(sides.after_name), before=plain(sides.before_name), n_after=count(n[1]), n_before=count(n[0]),
    )  # fmt: skip
