"""Charts for any figure: intervals, what may still change, too few, targets, event days, readable axes."""

import math
from datetime import date

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard.charts.axes import value_axis
from dashboard.charts.by_dimension import ROWS_AT_MOST, by_dimension
from dashboard.charts.drawing import Chart
from dashboard.charts.over_time import Course, Goal, over_time, small_multiples
from dashboard.charts.periods import Moment
from dashboard.charts.style import BAND, QUIET, QUIET_BAND, WITHIN
from metrics.catalog import metric
from metrics.model import Unit

DAYS = [date(2026, 3, day) for day in range(2, 8)]


def course(values: list[float | None], n: int = 100) -> pl.DataFrame:
    known = [value is not None for value in values]
    return pl.DataFrame(
        {
            "period": DAYS[: len(values)],
            "value": values,
            "n": [n if is_known else 0 for is_known in known],
            "low": [None if value is None else value - 0.05 for value in values],
            "high": [None if value is None else value + 0.05 for value in values],
        },
        schema_overrides={"value": pl.Float64, "low": pl.Float64, "high": pl.Float64},
    )


def groups(count: int, *, n: int = 100) -> pl.DataFrame:
    names = [f"team {number}" for number in range(count)]
    return pl.DataFrame(
        {"value": names, "figure": [0.5] * count, "n": [n] * count, "low": [0.4] * count, "high": [0.6] * count,
         "enough": [n >= 30] * count}
    )  # fmt: skip


def bands(figure: Chart) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.fill == "toself"]


def test_a_gap_parts_the_band_and_the_young_tail_is_grey() -> None:
    drawn = over_time(
        course([0.5, None, 0.6, 0.7]), Course(metric("csat"), "day", provisional=DAYS[3], goals=(Goal(0.8, "aim"),))
    )
    assert [band.fillcolor for band in bands(drawn)] == [BAND, BAND, QUIET_BAND]
    line = drawn.data[-1]
    assert list(line.marker.color) == [WITHIN, WITHIN, WITHIN, QUIET]
    assert [list(custom) for custom in line.customdata] == [[str(day)] for day in DAYS[:4]]
    assert "provisional: may still change" in line.hovertext[3]
    assert [shape.y0 for shape in drawn.layout.shapes if shape.y0 == shape.y1] == [0.8]


def test_a_point_with_too_few_is_hollow() -> None:
    drawn = over_time(course([0.5, 0.6], n=5), Course(metric("csat"), "day"))
    assert set(drawn.data[-1].marker.symbol) == {"circle-open"}


def test_counts_are_bars_from_zero() -> None:
    drawn = over_time(course([5.0, 8.0]), Course(metric("tickets_created"), "day"))
    assert isinstance(drawn.data[0], go.Bar)
    assert drawn.layout.yaxis.range[0] == 0


def test_events_are_shaded_and_what_began_is_a_line_only_where_the_axis_shows_them() -> None:
    moments = (
        Moment(DAYS[1], "event", DAYS[3]), Moment(DAYS[2], "agreed"), Moment(date(2025, 1, 1), "long ago"),
    )  # fmt: skip
    drawn = over_time(course([0.5] * 6), Course(metric("csat"), "day", moments=moments))
    assert [shape.type for shape in drawn.layout.shapes] == ["rect", "line"]
    assert [note.hovertext for note in drawn.layout.annotations] == ["2026-03-03 · event", "2026-03-04 · agreed"]


def test_small_multiples_stand_on_the_same_axes_and_name_their_part() -> None:
    drawn = small_multiples({"甲组": course([0.2, 0.3]), "<b>": course([0.8, 0.9])}, Course(metric("csat"), "day"))
    assert drawn.layout.yaxis.range == drawn.layout.yaxis2.range
    assert [note.text for note in drawn.layout.annotations[:2]] == ["甲组", "&lt;b&gt;"]
    assert list(drawn.data[1].customdata[0]) == ["甲组", "2026-03-02"]


def test_groups_with_too_few_are_grey_and_only_the_largest_are_drawn() -> None:
    few = by_dimension(groups(3, n=10), metric=metric("csat"), dimension_name="team")
    assert set(few.data[0].marker.color) == {QUIET}
    many = by_dimension(groups(40), metric=metric("csat"), dimension_name="team")
    assert len(many.data[0].x) == ROWS_AT_MOST
    assert list(many.data[0].error_x.array) == pytest.approx([0.1] * ROWS_AT_MOST)


def test_a_dimension_without_rows_draws_an_empty_chart_with_titled_axes() -> None:
    drawn = by_dimension(groups(0), metric=metric("csat"), dimension_name="team")
    assert drawn.layout.xaxis.title.text
    assert drawn.layout.yaxis.title.text


@pytest.mark.parametrize(
    ("unit", "values", "ticks"),
    [
        (Unit.SHARE, [0.0, 1.0], ["0%", "25%", "50%", "75%", "100%"]),
        (Unit.COUNT, [0.0, 3.0], ["0", "1", "2", "3"]),
        (Unit.COUNT, [1000.0, 4000.0], ["0", "1,000", "2,000", "3,000", "4,000"]),
        (Unit.SCORE, [4.0, 4.5], ["4", "4.20", "4.40"]),
    ],
)
def test_ticks_are_round_and_read_like_the_values(unit: Unit, values: list[float], ticks: list[str]) -> None:
    assert value_axis(unit, values)["ticktext"] == ticks


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("values", [[], [None], [0.0], [0.5, 0.5], [1e-9, 1e9], [-80.0, 60.0]])
def test_every_axis_has_a_title_and_holds_its_values(unit: Unit, values: list[float | None]) -> None:
    axis = value_axis(unit, values)
    assert axis["title"]["text"]
    low, high = axis["range"]
    assert low < high
    assert axis["tickvals"]
    places = [math.log10(max(value, 1)) if unit is Unit.SECONDS else value for value in values if value is not None]
    assert all(low <= place <= high for place in places)
