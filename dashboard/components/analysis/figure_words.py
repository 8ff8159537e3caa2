"""What the generic cards say: sentences computed from the data, captions, and numbers as tables that people read."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from dashboard.charts.periods import Moment, period_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, figure, inline, listed, span, value_name
from dashboard.metric_words import clock_name, label
from dashboard.services.analysis.groups import Groups
from dashboard.services.analysis.marks import AxisMark
from dashboard.services.analysis.trends import Verdict
from dashboard.wording import N_, _, share
from metrics.model import Every, Metric, Period, Unit

NAMED_AT_MOST = 2
CHANGED: dict[bool, str] = {
    True: N_("{figure} rose from {before} to {now}"),
    False: N_("{figure} fell from {before} to {now}"),
}
JUDGED: dict[bool, str] = {
    True: N_("{change}: more than noise"),
    False: N_("{change}: no more than noise"),
}
EVENTS, AGREEMENTS, MEASURES = N_("event days"), N_("agreements changed"), N_("measures meant for it")
MARKS: dict[str, str] = {"event": EVENTS, "agreement": AGREEMENTS, "measure": MEASURES}
EVERY_NAMES: dict[Every, str] = {"hour": N_("hour"), "day": N_("day"), "week": N_("week"), "month": N_("month")}


def trend_title(one: Metric, found: Verdict | None, result: pl.DataFrame) -> str:
    """How the figure changed against the period before, judged; else between which values it moved."""
    if found is not None and found.before is not None and found.after is not None:
        told, judged = _change(found), found.is_more_than_noise
        return told if judged is None else _(JUDGED[judged], change=told)
    known = result.filter(pl.col("value").is_not_null() & (pl.col("n") > 0)).sort("period")
    if known.height < 2:
        return _("{figure}: too few periods to see a course", figure=label(one))
    values = known["value"].to_list()
    return _(
        "{figure} moved between {low} and {high}; last: {last}",
        figure=label(one), low=figure(min(values), one.unit), high=figure(max(values), one.unit),
        last=figure(values[-1], one.unit),
    )  # fmt: skip


def _change(found: Verdict) -> str:
    before, now = (figure(value, found.metric.unit) for value in (found.before, found.after))
    if before == now:
        return _("{figure} stayed at {now}", figure=label(found.metric), now=now)
    rose = (found.after or 0) > (found.before or 0)
    return _(CHANGED[rose], figure=label(found.metric), before=before, now=now)


def against_note(found: Verdict | None) -> str:
    """Which days the title compares, and why it does not judge where it does not."""
    if found is None:
        return ""
    days = _("{days} against {before}", days=span(found.period), before=span(found.against))
    if not found.enough:
        return _("{days}; too few to tell more from noise", days=days)
    return days


def provisional_note(since: date | None, every: Every, settles: int | None) -> str:
    """From when on the figure may still change, and for how long."""
    if since is None or settles is None:
        return ""
    return _(
        "Provisional from {period} on (grey): a ticket may change sides for {days} days.",
        period=period_name(since, every), days=settles,
    )  # fmt: skip


def cut_note(cut: Sequence[date], every: Every) -> str:
    """Which periods are shown in part only."""
    if not cut:
        return ""
    names = listed([period_name(start, every) for start in cut])
    return _("Only a part of it is in these days (grey): {periods}.", periods=names)


def basis_words(one: Metric, n: int, *, extra: str = "") -> str:
    """What stands below a title: what is measured on which clock, dated by what, over how many."""
    parts = [clock_name(one), _("dated by: {instant}", instant=_(f"instant.{one.at}")), extra]
    parts += [] if one.unit is Unit.COUNT else [_("n = {n}", n=count(n))]
    return " · ".join(part for part in parts if part)


def moments_in_words(marks: Sequence[AxisMark]) -> tuple[Moment, ...]:
    """The marks of a time axis with what they are called."""
    return tuple(Moment(mark.start, mark.name or _(MARKS[mark.kind]), mark.end) for mark in marks)


def marks_note(moments: Sequence[Moment], period: Period | None, periods: Sequence[date]) -> str:
    """What the shades and lines of a time axis stand for, where there are any."""
    first = period.start if period else min(periods, default=date.max)
    last = period.end if period else max(periods, default=date.min) + timedelta(days=31)
    seen = [moment for moment in moments if moment.start < last and (moment.end or moment.start) >= first]
    shaded, dashed = (
        list(dict.fromkeys(plain(moment.label) for moment in seen if (moment.end is None) == is_line))
        for is_line in (False, True)
    )
    parts = [_("★ shaded: {what}", what=listed(shaded))] if shaded else []
    parts += [_("▾ dashed: {what}", what=listed(dashed))] if dashed else []
    return " · ".join(parts)


def groups_title(one: Metric, found: Groups, by: str) -> str:
    """Who differs from the whole by more than noise; of counts, who has most."""
    if one.unit is Unit.COUNT:
        return _most(one, found, by)
    if found.whole is None or found.judged.height < 2:
        return _("{figure}: too few to compare fairly", figure=label(one))
    whole = figure(found.whole, one.unit)
    sides = [_side(one, found, by, place) for place in ("above", "below")]
    if not any(sides):
        return _(
            "{figure} by {dimension}: none differs from the whole ({whole}) by more than noise",
            figure=label(one), dimension=inline(by), whole=whole,
        )  # fmt: skip
    clauses = [
        _(clause, names=side)
        for clause, side in zip((N_("above it {names}"), N_("below it {names}")), sides, strict=True)
        if side
    ]
    return _("{figure}: {whole} in all; {clauses}", figure=label(one), whole=whole, clauses=_("; ").join(clauses))


def _side(one: Metric, found: Groups, by: str, place: str) -> str:
    """The values that stand out on one side, the farthest first."""
    rows = found.rows.filter(pl.col("place") == place).sort((pl.col("figure") - (found.whole or 0)).abs())
    names = [
        f"{plain(value_name(by, row['value']))} ({figure(row['figure'], one.unit)})"
        for row in rows.reverse().iter_rows(named=True)
    ]
    shown = listed(names[:NAMED_AT_MOST])
    more = len(names) - NAMED_AT_MOST
    return shown if more <= 0 else _("{names} and {more} more", names=shown, more=more)


def _most(one: Metric, found: Groups, by: str) -> str:
    rows = found.rows.sort("figure", descending=True)
    if rows.is_empty() or not found.whole:
        return _("{figure}: nothing to count", figure=label(one))
    top = rows.row(0, named=True)
    return _(
        "{figure}: most with {name}, {value} of {whole} ({share})",
        figure=label(one), name=plain(value_name(by, top["value"])), value=figure(top["figure"], one.unit),
        whole=figure(found.whole, one.unit), share=share(top["figure"] / found.whole),
    )  # fmt: skip


def course_table(results: Sequence[tuple[Metric, pl.DataFrame]], every: Every) -> pl.DataFrame:
    """One row per period; value, interval and n of each metric."""
    columns: dict[str, object] = {}
    for one, result in results:
        rows = result.filter(pl.col("period").is_not_null()).sort("period")
        columns.setdefault(dimension("period"), [period_name(start, every) for start in rows["period"]])
        columns |= _figures(rows, one, label(one), numbered=len(results) > 1)
    return pl.DataFrame(columns)


def groups_table(one: Metric, found: Groups, by: str) -> pl.DataFrame:
    """One row per value of the dimension."""
    names = {dimension(by): [value_name(by, value) for value in found.rows["value"]]}
    rows = found.rows.rename({"value": "of", "figure": "value"})
    return pl.DataFrame({**names, **_figures(rows, one, label(one), numbered=False)})


def _figures(rows: pl.DataFrame, one: Metric, name: str, *, numbered: bool) -> dict[str, object]:
    columns: dict[str, object] = {name: [figure(value, one.unit) for value in rows["value"]]}
    if one.interval != "none":
        columns[_("95% interval") + (f" · {name}" if numbered else "")] = [
            NOTHING if low is None or high is None else f"{figure(low, one.unit)} – {figure(high, one.unit)}"
            for low, high in rows.select("low", "high").iter_rows()
        ]
    if one.unit is not Unit.COUNT:
        columns["n" + (f" · {name}" if numbered else "")] = rows["n"]
    return columns
