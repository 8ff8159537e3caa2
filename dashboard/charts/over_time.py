"""One figure over time: a line or bars with the interval of each point, n, the target, and the tail that may change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from dashboard.charts.axes import LEAST, titled, unit_name, value_axis
from dashboard.charts.drawing import Chart, Drawing, Properties, trace
from dashboard.charts.periods import Moment, draw_moments, draw_provisional, period_name, time_axis
from dashboard.charts.style import BAND, LIMIT, QUIET, QUIET_BAND, RIVAL, WITHIN, framed, shown
from dashboard.format import NOTHING, count, figure
from dashboard.wording import _
from metrics.model import Every, Metric, Unit

HEIGHT = 320
PANEL_HEIGHT = 170
COLUMNS = 2
PANELS_AT_MOST = 12
BARS = frozenset({Unit.COUNT})


@dataclass(frozen=True)
class Goal:
    """A line across the chart: what is promised or aimed at."""

    value: float
    label: str


@dataclass(frozen=True)
class Path:
    """The way to a goal: the value that is wanted on each of these days."""

    days: tuple[tuple[date, float], ...]
    label: str


@dataclass(frozen=True)
class Course:
    """How one metric is drawn over time.

    provisional: the first period that may still change. cut: periods of which the scope holds only a part. paths: the
    ways to goals, drawn where they fall on the chart's days.
    """

    metric: Metric
    every: Every
    provisional: date | None = None
    cut: tuple[date, ...] = ()
    goals: tuple[Goal, ...] = ()
    moments: tuple[Moment, ...] = ()
    paths: tuple[Path, ...] = ()


def over_time(result: pl.DataFrame, course: Course) -> Chart:
    """A chart of `period`, `value`, `n`, `low`, `high` of one metric; each mark carries its period as custom data.

    Counts are bars from zero, everything else a line with its interval as a band. Points below the metric's minimum n
    are hollow, provisional ones grey.
    """
    rows = _known(result)
    drawn = Drawing()
    for marks in _traces(rows, course):
        drawn.add_trace(marks)
    for path in course.paths:
        drawn.add_trace(path_trace(path, course.metric.unit, rows["period"].to_list()))
    drawn.update_yaxes(**_values(rows, course))
    periods = rows["period"].to_list()
    drawn.update_xaxes(**time_axis(periods, course.every))
    _draw_goals(drawn, course.goals)
    draw_moments(drawn, course.moments, periods, course.every)
    if course.provisional is not None:
        draw_provisional(drawn, course.provisional, periods, course.every)
    return framed(drawn, height=HEIGHT).made()


def small_multiples(parts: Mapping[str, pl.DataFrame], course: Course) -> Chart:
    """The same chart once per part, side by side on the same axes; *parts*: name as people read it -> its result.

    At most twelve parts, in the order given; custom data: the part's name, the period.
    """
    kept = {name: _known(rows) for name, rows in list(parts.items())[:PANELS_AT_MOST]}
    lines = max(1, -(-len(kept) // COLUMNS))
    drawn = Drawing.in_panels(
        lines, COLUMNS, shared_xaxes="all", shared_yaxes="all", subplot_titles=[shown(name) for name in kept],
        horizontal_spacing=0.04, vertical_spacing=min(0.12, 0.3 / lines),
    )  # fmt: skip
    for place, (name, rows) in enumerate(kept.items()):
        for marks in _traces(rows, course, part=name):
            drawn.add_trace(marks, row=place // COLUMNS + 1, col=place % COLUMNS + 1)
    everything = pl.concat(kept.values()) if kept else _known(pl.DataFrame(schema={"period": pl.Date}))
    periods = everything["period"].to_list()
    time = time_axis(periods, course.every)
    drawn.update_xaxes(**{**time, "title": None})
    _label_time(drawn, len(kept), time["title"])
    drawn.update_yaxes(**{**_values(everything, course), "title": None})
    drawn.update_yaxes(title=titled(unit_name(course.metric.unit)), col=1)
    _draw_goals(drawn, course.goals, labelled=False)
    drawn.update_annotations(font={"size": 12})
    return framed(drawn, height=80 + PANEL_HEIGHT * lines).made()


def _label_time(drawn: Drawing, panels: int, title: Mapping[str, Any]) -> None:
    """Write the times below the lowest panel of each column; an odd number of panels leaves the last place empty."""
    for column in range(1, min(panels, COLUMNS) + 1):
        lowest = (panels - column) // COLUMNS + 1
        drawn.update_xaxes(title=title, showticklabels=True, row=lowest, col=column)
    for place in range(panels, -(-panels // COLUMNS) * COLUMNS):
        drawn.update_xaxes(visible=False, row=place // COLUMNS + 1, col=place % COLUMNS + 1)
        drawn.update_yaxes(visible=False, row=place // COLUMNS + 1, col=place % COLUMNS + 1)


def _known(result: pl.DataFrame) -> pl.DataFrame:
    return result.filter(pl.col("period").is_not_null()).sort("period")


def _values(rows: pl.DataFrame, course: Course) -> dict[str, Any]:
    spread = [] if course.metric.unit in BARS else [*rows["low"], *rows["high"]]
    aimed = [*(goal.value for goal in course.goals), *(value for path in course.paths for _day, value in path.days)]
    return value_axis(course.metric.unit, [*rows["value"], *spread, *aimed])


def path_trace(path: Path, unit: Unit, periods: Sequence[date]) -> Properties:
    """The way to a goal as a dashed line, named where it begins, or at its end where it begins late."""
    begins_late = bool(periods) and path.days[0][0] > periods[len(periods) // 2]
    named = len(path.days) - 1 if begins_late else 0
    return trace(
        "scatter",
        x=[day for day, _value in path.days],
        y=[_at_least(value, unit) for _day, value in path.days],
        mode="lines+text",
        line={"color": RIVAL, "width": 2, "dash": "dash"},
        text=[shown(path.label) if place == named else "" for place in range(len(path.days))],
        textposition="top left" if begins_late else "top right",
        textfont={"size": 11, "color": RIVAL},
        hovertext=[f"{shown(path.label)}<br>{day}: {figure(value, unit)}" for day, value in path.days],
        hoverinfo="text",
        showlegend=False,
    )


def _traces(rows: pl.DataFrame, course: Course, *, part: str | None = None) -> list[Properties]:
    if course.metric.unit in BARS:
        return [_bars(rows, course, part)]
    return [*_bands(rows, course), _line(rows, course, part)]


def _bars(rows: pl.DataFrame, course: Course, part: str | None) -> Properties:
    return trace(
        "bar",
        x=rows["period"].to_list(), y=rows["value"], marker={"color": _colours(rows, course), "line": {"width": 0}},
        **_told(rows, course, part),
    )  # fmt: skip


def _line(rows: pl.DataFrame, course: Course, part: str | None) -> Properties:
    colours = _colours(rows, course)
    few = [n < course.metric.minimum_n for n in rows["n"]]
    return trace(
        "scatter",
        x=rows["period"].to_list(),
        y=_drawable(rows["value"], course.metric.unit),
        mode="lines+markers",
        line={"color": WITHIN, "width": 2},
        marker={
            "size": 7 if rows.height < 60 else 4,
            "color": colours,
            "symbol": ["circle-open" if is_few else "circle" for is_few in few],
        },
        connectgaps=False,
        cliponaxis=False,
        **_told(rows, course, part),
    )


def _bands(rows: pl.DataFrame, course: Course) -> list[Properties]:
    """The interval behind the line, one shape for each run of points that have one, the provisional tail grey."""
    marked = [
        (row["period"], row["low"], row["high"], _is_young(row["period"], course)) for row in rows.iter_rows(named=True)
    ]
    bands = []
    for (known, young), run in groupby(marked, lambda row: (row[1] is not None and row[2] is not None, row[3])):
        if known:
            points = list(run)
            across = [point[0] for point in points]
            low = [_at_least(point[1], course.metric.unit) for point in points]
            high = [_at_least(point[2], course.metric.unit) for point in points]
            bands.append(
                trace(
                    "scatter",
                    x=across + across[::-1], y=high + low[::-1], fill="toself", hoverinfo="skip", mode="lines",
                    fillcolor=QUIET_BAND if young else BAND, line={"width": 0}, showlegend=False,
                )
            )  # fmt: skip
    return bands


def _told(rows: pl.DataFrame, course: Course, part: str | None) -> dict[str, Any]:
    """What a mark says under the pointer and carries to a click."""
    keys = [[str(period)] if part is None else [part, str(period)] for period in rows["period"]]
    return {
        "customdata": keys,
        "hovertext": [_hover(row, course, part) for row in rows.iter_rows(named=True)],
        "hoverinfo": "text",
        "showlegend": False,
    }


def _hover(row: dict[str, Any], course: Course, part: str | None) -> str:
    unit = course.metric.unit
    lines = [f"<b>{period_name(row['period'], course.every)}</b>", figure(row["value"], unit)]
    if part is not None:
        lines.insert(0, shown(part))
    if row["low"] is not None and row["high"] is not None:
        lines.append(_("95% sure: {low} to {high}", low=figure(row["low"], unit), high=figure(row["high"], unit)))
    if unit is not Unit.COUNT:
        lines.append(_("n = {n}", n=count(row["n"])))
        lines += [_("too few to tell")] if row["n"] < course.metric.minimum_n else []
    if row["period"] in course.cut:
        lines.append(_("only a part of the period"))
    elif _is_young(row["period"], course):
        lines.append(_("provisional: may still change"))
    return "<br>".join(line for line in lines if line != NOTHING or row["value"] is None)


def _colours(rows: pl.DataFrame, course: Course) -> list[str]:
    return [QUIET if _is_young(period, course) else WITHIN for period in rows["period"]]


def _is_young(period: date, course: Course) -> bool:
    return period in course.cut or (course.provisional is not None and period >= course.provisional)


def _drawable(values: pl.Series, unit: Unit) -> pl.Series:
    return values.clip(LEAST) if unit is Unit.SECONDS else values


def _at_least(value: float, unit: Unit) -> float:
    return max(value, LEAST) if unit is Unit.SECONDS else value


def _draw_goals(drawn: Drawing, goals: Sequence[Goal], *, labelled: bool = True) -> None:
    for goal in goals:
        label = {"text": goal.label, "font": {"color": LIMIT, "size": 11}} if labelled else None
        drawn.add_hline(y=goal.value, line={"color": LIMIT, "width": 1.2, "dash": "dot"}, label=label)
