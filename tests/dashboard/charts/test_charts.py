"""Figures hold the numbers of their results, axes speak of time as people do, marks say what they stand for."""

import math
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard.charts.axes import log_durations
from dashboard.charts.distribution import Line, distribution
from dashboard.charts.heat import heat
from dashboard.charts.over_time import Path
from dashboard.charts.spread import spread
from dashboard.charts.style import MARKS_AT_MOST
from dashboard.charts.trend import percentiles
from dashboard.wording import Language, speaking

BINS = pl.DataFrame(
    {
        "low": [0.0, 60.0],
        "high": [60.0, 600.0],
        "within": [5, 2],
        "late": [0, 3],
        "undecided": [0, 0],
        "n": [5, 5],
        "below": [0.5, 1.0],
    }
)


def marks(figure: go.Figure) -> int:
    return sum(len(trace.x) for trace in figure.data if trace.type != "heatmap")


def results(metric: str, values: list[float | None], **columns: list[Any]) -> pl.DataFrame:
    n = len(values)
    return pl.DataFrame({"metric": [metric] * n, "value": values, "n": [20] * n, **columns})


def test_a_logarithmic_axis_has_ticks_at_people_s_units() -> None:
    with speaking("en"):
        axis = log_durations([5.0, 90000.0])
    assert axis["ticktext"] == ["10 s", "1 min", "10 min", "1 h", "6 h", "24 h"]
    assert axis["range"][0] == pytest.approx(math.log10(4))


def test_an_axis_about_nothing_is_still_an_axis() -> None:
    assert log_durations([])["range"][0] < log_durations([None])["range"][1]


def test_the_bars_of_a_distribution_are_its_counts_and_carry_their_bounds() -> None:
    figure = distribution(BINS, [Line(120, "target 2 min")])
    within, late = figure.data
    assert list(within.y) == [5, 2]
    assert list(late.y) == [0, 3]
    assert list(late.customdata[1]) == [60.0, 600.0, "late"]


def test_targets_and_the_two_hours_are_drawn_where_they_are() -> None:
    figure = distribution(BINS, [Line(120, "target 2 min"), Line(7200, "2 h", is_target=False)])
    drawn = [(round(10**shape.x0), shape.line.dash) for shape in figure.layout.shapes]
    assert drawn == [(120, "dot"), (7200, "solid")]


def test_a_wait_of_no_time_is_drawn_at_the_left_edge() -> None:
    figure = distribution(BINS, [])
    assert figure.data[0].x[0] == pytest.approx(math.log10(60) / 2)


@pytest.mark.parametrize(("language", "name"), [("en", "within target"), ("zh_CN", "达标")])
def test_a_legend_speaks_the_readers_language(language: Language, name: str) -> None:
    with speaking(language):
        assert distribution(BINS, []).data[0].name == name


def test_percentiles_have_a_line_each_and_gaps_stay_gaps() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3)]
    frames = [results(f"first_response_calendar_{p}", [60.0, None, 90.0], period=days) for p in ("p50", "p90")]
    figure = percentiles(pl.concat(frames), every="day")
    assert [trace.customdata[0][0] for trace in figure.data] == ["2026-03-01", "2026-03-01"]
    assert figure.data[0].y[1] is None or math.isnan(figure.data[0].y[1])
    assert figure.data[0].connectgaps is False


def test_the_way_to_a_goal_lies_across_the_percentiles_and_within_their_axis() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3)]
    rows = pl.DataFrame({"period": days, "metric": "x_p50", "value": [600.0, 620.0, 610.0], "n": 9})
    path = Path(tuple((day, 3600.0 - 600 * place) for place, day in enumerate(days)), "goal 40 min")
    figure = percentiles(rows, every="day", paths=(path,))
    drawn = figure.data[-1]
    assert list(drawn.y) == [3600.0, 3000.0, 2400.0]
    assert (drawn.line.dash, drawn.text[0]) == ("dash", "goal 40 min")
    assert 10 ** figure.layout.yaxis.range[1] > 3600


def test_the_band_between_percentiles_is_drawn_only_where_no_day_is_missing() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3)]

    def bands(middle: float | None) -> list[str | None]:
        frames = [results(f"x_calendar_{p}", [60.0, middle, 90.0], period=days) for p in ("p50", "p75", "p90")]
        return [trace.fill for trace in percentiles(pl.concat(frames), every="day").data]

    assert bands(70.0) == [None, "tonexty", "tonexty"]
    assert bands(None) == [None, None, None]


def rows(n: list[int]) -> pl.DataFrame:
    size = len(n)
    return pl.DataFrame(
        {
            "value": [f"<i>组{index}</i>" for index in range(size)],
            "p50": [60.0] * size,
            "p90": [600.0] * size,
            "share": [0.5] * size,
            "n": n,
            "enough": [count >= 10 for count in n],
        }
    )


def test_rows_with_too_few_are_grey_and_their_share_is_not_told() -> None:
    figure = spread(rows([100, 3]), dimension="team", line=Line(7200, "2 h"), targets={})
    texts = [note.text for note in figure.layout.annotations]
    assert any(text.startswith("50%") and "100" in text for text in texts)
    assert any(text.startswith("–") and "3" in text for text in texts)
    assert len(set(figure.data[2].marker.color)) == 2


def test_names_of_the_data_are_never_markup() -> None:
    figure = spread(rows([100]), dimension="team", line=Line(7200, "2 h"), targets={})
    assert figure.layout.yaxis.ticktext[0] == "&lt;i&gt;组0&lt;/i&gt;"


def test_at_most_twenty_five_rows_are_drawn_those_with_the_most_tickets() -> None:
    figure = spread(rows(list(range(10, 60))), dimension="team", line=Line(7200, "2 h"), targets={})
    assert len(figure.data[2].x) == 25
    assert "组49" in "".join(figure.layout.yaxis.ticktext)


def test_a_field_with_too_few_stays_empty() -> None:
    result = pl.DataFrame(
        {"weekday": ["1", "2"], "hour": ["09", "10"], "metric": ["m"] * 2, "value": [100.0, 100.0], "n": [50, 2]}
    )
    figure = heat(result, enough=10)
    assert figure.data[0].z[0][9] == pytest.approx(2.0)
    assert figure.data[0].z[1][10] is None


def test_hours_and_weekdays_stand_in_their_order_where_every_field_is_empty() -> None:
    result = pl.DataFrame({"weekday": ["3", "1"], "hour": ["15", "02"], "value": [100.0, 100.0], "n": [1, 1]})
    layout = heat(result, enough=10).layout
    assert list(layout.xaxis.categoryarray) == [f"{hour:02d}" for hour in range(24)]
    assert len(layout.yaxis.categoryarray) == 7


def test_no_chart_has_more_marks_than_a_browser_draws_calmly() -> None:
    days = [date.fromordinal(738000 + day) for day in range(60)]
    frames = [results(f"x_calendar_{p}", [60.0] * 60, period=days) for p in ("p50", "p75", "p90", "p95")]
    assert marks(percentiles(pl.concat(frames), every="day")) <= MARKS_AT_MOST
