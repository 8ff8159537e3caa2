"""Measures on “Compare”: what was changed, by whom, when, and what became of the figure that it was meant to move."""

import streamlit as st

from dashboard import data
from dashboard.charts.over_time import Course, Goal, over_time
from dashboard.charts.periods import Moment
from dashboard.components.analysis.compare_controls import days_in_words
from dashboard.components.analysis.compare_words import difference
from dashboard.components.analysis.figure_words import course_table
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.text import plain
from dashboard.format import count, dimension, figure, listed, value_name
from dashboard.improvements import Improvement
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.improvements import OUTCOMES, Judged, judged, placebo
from dashboard.services.analysis.trends import cut_periods
from dashboard.wording import N_, _
from metrics.catalog import metric
from metrics.model import Metric, Period, Scope

REACHED = {
    "yes": N_("The expected {value} is reached."),
    "no": N_("The expected {value} is not reached."),
    "undecided": N_("Whether the expected {value} is reached cannot be told yet."),
}
MANY = 0.15
"""When so large a part of the days before was outside the limits, the figure was moving already."""


def measure_list(scope: Scope) -> None:
    """Draw every measure with its verdict, the newest first; how to write them where there are none."""
    found = data.improvements()
    st.subheader(_("Measures"), anchor="measures")
    st.caption(
        _("Measures are written down on the page “Settings”.")
        + " "
        + _("Each is judged by whole weeks around its own day; the days chosen in the sidebar do not matter here.")
    )
    if not found:
        st.info(_("No measures are written down yet. Add them on the page “Settings”."))
        return
    for place, one in enumerate(found):
        with st.container(border=True):
            measure_card(one, Scope(where=scope.where), place)


@st.fragment
def measure_card(one: Improvement, scope: Scope, place: int) -> None:
    """One measure: its verdict in a sentence, the caveats, and the course of its figure around the day."""
    speak()
    found = data.answer(judged, scope, one)
    st.markdown(f"**{plain(one.title)}**")
    st.caption(_head(one))
    if found.before is None or found.after is None:
        st.markdown(f":material/hourglass_empty: {label(metric(one.metric_id))}: {_(OUTCOMES[found.outcome])}")
        return
    card = data.kept(measured, scope, one, place)
    clicked = draw(card, data.facts(), state=(scope, one))
    st.markdown("\n".join(f"- {line}" for line in caveats(found)))
    if clicked:
        about = Scope(found.after, {**scope.where, **one.where})
        rows_behind_mark(one.metric_id, about, heading=plain(days_in_words(found.after)), key=f"measure-{place}")


def _head(one: Improvement) -> str:
    about = [
        f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
        for name, values in one.where.items()
    ]
    by = [_("by {who}", who=one.by)] if one.by else []
    since = _("from {day}", day=one.since.isoformat())
    return plain(" · ".join([since, *by, label(metric(one.metric_id)), *about, *([one.note] if one.note else [])]))


def measured(scope: Scope, one: Improvement, place: int) -> Card:
    """The card of `measure_card`: the course by weeks, the day marked, the expected value drawn."""
    found, declared = data.answer(judged, scope, one), metric(one.metric_id)
    if found.before is None or found.after is None or found.row is None:
        raise LookupError("a measure that cannot be judged has no card")
    whole = Period(found.before.start, found.after.end)
    about = Scope(whole, {**scope.where, **one.where})
    result = data.figures([one.metric_id], about, every="week")
    dated = result.drop_nulls("period")
    goals = () if one.expected is None else (Goal(one.expected, _("expected")),)
    course = Course(
        declared, "week", goals=goals, moments=(Moment(one.since, _("measure")),),
        cut=cut_periods(dated["period"].to_list(), "week", about, data.facts()),
    )  # fmt: skip
    n = int(dated["n"].sum())
    return Card(
        key=f"measure-{place + 1}",
        title=measure_title(found),
        caption=_("{after} against {before}, whole weeks of equal length · by week · n = {n}",
                  after=days_in_words(found.after), before=days_in_words(found.before), n=count(n)),
        figure=over_time(dated, course),
        metric_id=one.metric_id,
        basis=Basis(n),
        table=course_table([(declared, dated)], "week"),
        export=result,
        asks=(Ask((one.metric_id,), about, (), "week"),),
    )  # fmt: skip


def measure_title(found: Judged) -> str:
    """Both values, the difference with its interval, and the verdict."""
    one, row = metric(found.improvement.metric_id), found.row or {}
    return _(
        "{figure}: {before} → {after} ({change}): {verdict}",
        figure=label(one), before=figure(row.get("before"), one.unit), after=figure(row.get("after"), one.unit),
        change=_within(one, (row.get("difference"), row.get("low"), row.get("high"))),
        verdict=_(OUTCOMES[found.outcome]),
    )  # fmt: skip


def _within(one: Metric, change: tuple[float | None, float | None, float | None]) -> str:
    value, low, high = (difference(number, one.unit) for number in change)
    return _("{value}, 95% between {low} and {high}", value=value, low=low, high=high)


def caveats(found: Judged) -> list[str]:
    """What else could have moved the figure, and whether what was expected is reached."""
    one = metric(found.improvement.metric_id)
    told = []
    if found.reached is not None:
        told.append(_(REACHED[found.reached], value=figure(found.improvement.expected, one.unit)))
    if found.others is not None and found.apart is not None:
        told.append(_("All others moved by {change} in the same time; beyond that it moved by {apart}.",
                      change=difference(found.others[0], one.unit), apart=_within(one, found.apart)))  # fmt: skip
        told.append(
            _("So it moved more than everybody else, beyond noise.")
            if placebo(found.apart)
            else _("So the change is no more than what everybody saw.")
        )
    elif found.outcome in {"better", "worse", "different"}:
        told.append(_("There is nobody to compare with, so whatever else happened then is in it, too."))
    return [*told, *_was_moving(found, one)]


def _was_moving(found: Judged, one: Metric) -> list[str]:
    if found.before is None:
        return []
    days = (found.before.end - found.before.start).days
    told = []
    if found.was_moving > MANY * days:
        told.append(_("Caution: it was already moving before: {n} of {days} days lay outside what the weeks before let "
                      "expect.", n=found.was_moving, days=days))  # fmt: skip
    if placebo(found.drift) and found.drift is not None:
        told.append(_("Caution: it had already changed by {change} in the weeks before, which the measure cannot have "
                      "done; part of what followed may be a way back or a way on.",
                      change=difference(found.drift[0], one.unit)))  # fmt: skip
    return told
