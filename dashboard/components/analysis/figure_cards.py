"""Cards for any figure of the catalogue: its course over time, its parts side by side, each down to the tickets."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.by_dimension import by_dimension
from dashboard.charts.over_time import Course, Goal, over_time, small_multiples
from dashboard.charts.periods import period_name
from dashboard.components.analysis.figure_words import (
    EVERY_NAMES,
    against_note,
    basis_words,
    course_table,
    cut_note,
    groups_table,
    groups_title,
    marks_note,
    moments_in_words,
    provisional_note,
    trend_title,
)
from dashboard.components.analysis.goal_words import aim_note, all_goals, paths_of
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.empty import nothing_to_show
from dashboard.components.links import to_explain
from dashboard.components.text import plain
from dashboard.format import dimension, inline, value_name
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.presets import Against
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.goals import Goal as Aim
from dashboard.services.analysis.goals import about_these
from dashboard.services.analysis.groups import by_groups
from dashboard.services.analysis.marks import marks_of
from dashboard.services.analysis.trends import cut_periods, end_of, first_provisional, verdict
from dashboard.wording import _
from metrics.catalog import metric
from metrics.model import Every, Period, Scope


@st.fragment
def trend_card(
    ids: Sequence[str],
    scope: Scope,
    every: Every,
    *,
    key: str | None = None,
    goals: tuple[Goal, ...] = (),
    by: str | None = None,
) -> None:
    """One metric over time with its interval; several, or one split *by* a dimension, as small multiples.

    A click on a mark shows the tickets behind it. Several metrics must share their unit.
    """
    speak()
    ids, name = tuple(ids), key or f"{ids[0]}-course"
    if not data.figures(ids, scope)["n"].sum():
        nothing_to_show(ids[0], name)
        return
    aims = () if by is not None or len(ids) > 1 else about_these(all_goals(), ids, scope)
    card = data.kept(trend, ids, scope, every, key=name, goals=goals, by=by, against=data.against(), aims=aims)
    clicked = draw(card, data.facts(), state=(ids, scope, every, by))
    if clicked:
        _behind_period(ids, scope, every, by, [str(part) for part in clicked], key=name)


def _behind_period(
    ids: Sequence[str], scope: Scope, every: Every, by: str | None, clicked: Sequence[str], *, key: str
) -> None:
    start = date.fromisoformat(clicked[-1][:10])
    period = within(Period(start, end_of(start, every)), scope)
    part = clicked[0] if len(clicked) > 1 else None
    chosen = next((one for one in ids if label(metric(one)) == part), ids[0]) if by is None else ids[0]
    where = {} if by is None or part is None else {by: (_value_of(by, part),)}
    heading = " · ".join(
        filter(None, (label(metric(chosen)), plain(part) if by and part else "", period_name(start, every)))
    )
    rows_behind_mark(chosen, scope, where=where, period=period, heading=heading, key=key)


def _value_of(by: str, name: str) -> str | None:
    """The value of a dimension that goes by a name on this page."""
    return next((value for value in data.choices().values.get(by, ()) if value_name(by, value) == name), None)


def within(period: Period, scope: Scope) -> Period:
    """The part of a mark's period that the scope holds: so much is what the mark counts."""
    if scope.period is None:
        return period
    return Period(max(period.start, scope.period.start), min(period.end, scope.period.end))


def trend(
    ids: tuple[str, ...],
    scope: Scope,
    every: Every,
    *,
    key: str,
    goals: tuple[Goal, ...] = (),
    by: str | None = None,
    against: Against = "previous",
    aims: tuple[Aim, ...] = (),
) -> Card:
    """The card of `trend_card`, for pages that draw it themselves. aims: the goals that are set for its figure."""
    metrics = [metric(one) for one in ids]
    first, facts = metrics[0], data.facts()
    ask = Ask(ids, scope, () if by is None else (by,), every)
    result = data.figures(ids, scope, by=ask.by, every=every)
    dated = result.drop_nulls("period")
    periods = dated["period"].unique().sort().to_list()
    measures = [measure.since for measure in data.improvements() if measure.metric_id in ids]
    moments = moments_in_words(marks_of(data.settings(), measures, data.events()))
    course = Course(
        first, every, goals=goals, moments=moments, cut=cut_periods(periods, every, scope, facts),
        provisional=first_provisional(metrics, facts, periods, every), paths=paths_of(aims, periods),
    )  # fmt: skip
    found = data.answer(verdict, scope, first.id, against=against)
    n = int(data.figures(ids[:1], scope)["n"].item())
    parts = _parts(dated, ids, by)
    settles = max((one.settles_after_days or 0 for one in metrics), default=0) or None
    notes = (
        against_note(found), provisional_note(course.provisional, every, settles), cut_note(course.cut, every),
        marks_note(moments, scope.period, periods), *(aim_note(aim, scope) for aim in aims),
    )  # fmt: skip
    return Card(
        key=key,
        title=trend_title(first, found, dated if by is None else dated.clear()),
        caption=basis_words(first, n, extra=_("one mark per {every}", every=_(EVERY_NAMES[every]))),
        figure=small_multiples(parts, course) if len(parts) > 1 else over_time(next(iter(parts.values())), course),
        metric_id=first.id,
        basis=Basis(n),
        table=_table(dated, ids, by, every),
        export=result,
        asks=(ask,),
        notes=tuple(note for note in notes if note),
        explain=to_explain(ids, scope),
    )


def _parts(dated: pl.DataFrame, ids: tuple[str, ...], by: str | None) -> dict[str, pl.DataFrame]:
    """The panels by their names: one per metric, or one per value of the dimension, the largest first."""
    if by is None:
        return {label(metric(one)): dated.filter(pl.col("metric") == one) for one in ids}
    sizes = dated.group_by(by).agg(pl.col("n").sum()).sort("n", by, descending=[True, False])
    return {
        value_name(by, value): dated.filter(pl.col(by).eq_missing(value)) for value, n in sizes.iter_rows() if n > 0
    } or {"": dated.clear()}


def _table(dated: pl.DataFrame, ids: tuple[str, ...], by: str | None, every: Every) -> pl.DataFrame:
    if by is None:
        return course_table([(metric(one), dated.filter(pl.col("metric") == one)) for one in ids], every)
    named = [value_name(by, value) for value in dated[by]]
    rest = course_table([(metric(ids[0]), dated.sort("period", maintain_order=True))], every)
    names = pl.Series(dimension(by), named).gather(dated["period"].arg_sort())
    return rest.insert_column(0, names)


@st.fragment
def by_card(metric_id: str, scope: Scope, by: str, *, key: str | None = None, goals: tuple[Goal, ...] = ()) -> None:
    """One metric for every value of a dimension with its interval; a click shows the tickets behind a row."""
    speak()
    name = key or f"{metric_id}-by-{by}"
    if data.answer(by_groups, scope, metric_id, by).rows.is_empty():
        nothing_to_show(metric_id, name)
        return
    card = data.kept(by_values, metric_id, scope, by, key=name, goals=goals)
    clicked = draw(card, data.facts(), state=(metric_id, scope, by))
    if clicked is not None:
        value = None if clicked[0] is None else str(clicked[0])
        heading = f"{label(metric(metric_id))} · {dimension(by)}: {plain(value_name(by, value))}"
        rows_behind_mark(metric_id, scope, where={by: (value,)}, heading=heading, key=name)


def by_values(metric_id: str, scope: Scope, by: str, *, key: str, goals: tuple[Goal, ...] = ()) -> Card:
    """The card of `by_card`, for pages that draw it themselves."""
    one, found = metric(metric_id), data.answer(by_groups, scope, metric_id, by)
    few = found.rows.height - found.judged.height
    return Card(
        key=key,
        title=groups_title(one, found, by),
        caption=basis_words(one, found.n, extra=_("by {dimension}", dimension=inline(by))),
        figure=by_dimension(found.rows, metric=one, dimension_name=by, goals=goals),
        metric_id=metric_id,
        basis=Basis(found.n),
        table=groups_table(one, found, by),
        export=found.result,
        asks=(Ask((metric_id,), scope, (by,)),),
        notes=(_("Grey: too few to compare (below {n}).", n=one.minimum_n),) if few else (),
    )
