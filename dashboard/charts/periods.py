"""Time along the bottom: labels of days, weeks and months, what began when, and which tail is provisional."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Drawing
from dashboard.charts.style import EVENT, QUIET, shown
from dashboard.format import short_day
from dashboard.wording import N_, _
from metrics.model import Every

TICKS_AT_MOST = 8
AXES: dict[Every, str] = {"hour": N_("hour"), "day": N_("day"), "week": N_("week from"), "month": N_("month")}
HALF: dict[Every, timedelta] = {
    "hour": timedelta(minutes=30),
    "day": timedelta(hours=12),
    "week": timedelta(days=3, hours=12),
    "month": timedelta(days=15),
}


@dataclass(frozen=True)
class Moment:
    """Something that began or held on days `[start, end)`: an event, an agreement, a change of how one works.

    What holds for days is shaded; what begins on a day is a line.
    """

    start: date
    label: str
    end: date | None = None


def time_axis(periods: Sequence[date], every: Every) -> dict[str, Any]:
    """An axis of periods by their start, with about eight labels."""
    ordered = sorted(set(periods))
    ticks = ordered[:: max(1, -(-len(ordered) // TICKS_AT_MOST))]
    room = HALF[every] * 1.2
    span = [_noon(ordered[0]) - room, _noon(ordered[-1]) + room] if ordered else None
    return {
        "type": "date",
        "tickvals": ticks,
        "ticktext": labels(ticks, every),
        "range": span,
        "title": titled(_(AXES[every])),
    }


def labels(starts: Sequence[date], every: Every) -> list[str]:
    """How periods are written below an axis."""
    if every == "month":
        return month_labels(starts)
    if every == "hour":
        return [f"{start:%H:%M}" for start in starts]
    return day_labels(starts)


def month_labels(months: Sequence[date]) -> list[str]:
    """Months as `2026/5`."""
    return [f"{month.year}/{month.month}" for month in months]


def day_labels(days: Sequence[date]) -> list[str]:
    """Days as `22 Nov` or `11/22`, with the year where it begins or changes."""
    years = [None, *(day.year for day in days)]
    return [
        short_day(day) + (f"<br>{day.year}" if day.year != before else "")
        for day, before in zip(days, years, strict=False)
    ]


def period_name(start: date, every: Every) -> str:
    """One period in words: a day, the week from a day, a month, an hour."""
    if every == "month":
        return f"{start.year}-{start.month:02d}"
    if every == "week":
        return _("week from {day}", day=start)
    return str(start)[:16]


def draw_moments(figure: Drawing, moments: Sequence[Moment], periods: Sequence[date], every: Every) -> None:
    """Shade event days and draw a line where something began, as far as they lie on the axis; a hover tells which."""
    if not periods or every == "hour":
        return
    first, last = min(periods), max(periods)
    for moment in moments:
        end = moment.end or moment.start + timedelta(days=1)
        if end <= first or moment.start > last + 2 * HALF[every]:
            continue
        if moment.end is None:
            figure.add_vline(x=_noon(moment.start), line={"color": QUIET, "width": 1, "dash": "dash"})
        else:
            figure.add_vrect(
                x0=_noon(moment.start) - HALF["day"], x1=_noon(end) - HALF["day"], fillcolor=EVENT, line={"width": 0},
                layer="below",
            )  # fmt: skip
        figure.add_annotation(
            x=_noon(max(moment.start, first)), y=1, yref="paper", yanchor="bottom", showarrow=False,
            text="▾" if moment.end is None else "★", hovertext=f"{moment.start} · {shown(moment.label)}",
            font={"color": QUIET, "size": 11},
        )  # fmt: skip


def draw_provisional(figure: Drawing, since: date, periods: Sequence[date], every: Every) -> None:
    """Grey the tail of an axis from the first period that may still change, and say what the grey is."""
    young = [start for start in periods if start >= since]
    if not young:
        return
    begin = _noon(min(young)) - HALF[every]
    figure.add_vrect(
        x0=begin, x1=_noon(max(young)) + HALF[every], fillcolor=QUIET, opacity=0.12, line={"width": 0}, layer="below"
    )
    figure.add_annotation(
        x=begin, y=1, yref="paper", xanchor="left", yanchor="top", showarrow=False, text=_("provisional"),
        font={"color": QUIET, "size": 11},
    )  # fmt: skip


def _noon(day: date) -> datetime:
    # A line of a date axis stands at an instant; periods are placed at their start, as Plotly places dates.
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a place on an axis
