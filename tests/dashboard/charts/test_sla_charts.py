"""The charts of the pages SLA and resolution hold their numbers, and their marks say what they stand for."""

from datetime import date

import polars as pl
import pytest

from dashboard.charts.ages import ages_now, ages_over_time
from dashboard.charts.burn_down import burn_down_chart
from dashboard.charts.drawing import Chart
from dashboard.charts.flow import flow_chart
from dashboard.charts.matrix import DARK, WHITE, Field, matrix
from dashboard.charts.overrun import overrun_chart
from dashboard.charts.paths import PATHS_AT_MOST, paths_chart
from dashboard.charts.pauses import pauses_chart
from dashboard.charts.rows import ROWS_AT_MOST, Row, interval_text, rows_of_shares
from dashboard.charts.style import QUIET, WITHIN
from dashboard.wording import speaking

BANDS = {"young": "young", "b": "b", "c": "c", "d": "d", "e": "e", "old": "old"}


def row(label: str, value: float | None, *, is_fair: bool = True, count: int | None = None) -> Row:
    low, high = (None, None) if value is None else (value - 0.05, value + 0.05)
    return Row(label, value, low, high, "note", [label], label, is_fair, count)


def titles(figure: Chart) -> set[str]:
    axes = [*figure.checked.select_xaxes(), *figure.checked.select_yaxes()]
    return {axis.title.text for axis in axes if axis.title.text}


def test_a_dot_per_known_share_carries_its_row_and_too_few_are_grey() -> None:
    figure = rows_of_shares(
        [row("a", 0.7), row("none", None), row("few", 0.4, is_fair=False)], of="rows", title="share"
    )
    (dots,) = figure.data
    assert list(dots.x) == [0.7, 0.4]
    assert list(dots.y) == [0, 2]
    assert [list(one) for one in dots.customdata] == [["a"], ["few"]]
    assert list(dots.marker.color) == [WITHIN, QUIET]
    assert titles(figure) == {"rows", "share"}


def test_intervals_are_drawn_and_the_axis_holds_them_with_every_line() -> None:
    figure = rows_of_shares([row("a", 0.7)], of="rows", title="share", lines=[(0.9, "goal")])
    spans = [(shape.x0, shape.x1) for shape in figure.layout.shapes]
    assert (pytest.approx(0.65), pytest.approx(0.75)) in spans
    assert figure.layout.xaxis.range[0] < 0.65
    assert figure.layout.xaxis.range[1] > 0.9


def test_an_axis_of_shares_is_never_so_narrow_that_noise_looks_like_change() -> None:
    low, high = rows_of_shares([row("a", 0.5), row("b", 0.505)], of="rows", title="share").layout.xaxis.range
    assert high - low >= 0.2


def test_bars_of_counts_stand_beside_the_shares() -> None:
    figure = rows_of_shares([row("a", 0.7, count=12), row("b", 0.4, count=3)], of="rows", title="share", counts="n")
    bars, dots = figure.data
    assert list(bars.x) == [12, 3]
    assert (bars.type, dots.xaxis) == ("bar", "x2")
    assert titles(figure) == {"rows", "share", "n"}


def test_no_more_rows_are_drawn_than_can_be_read() -> None:
    figure = rows_of_shares([row(str(n), n / 100) for n in range(80)], of="rows", title="share")
    assert len(figure.data[0].x) == ROWS_AT_MOST


def test_an_interval_in_words() -> None:
    with speaking("en"):
        assert interval_text(0.5, 0.4, 0.6) == "50.0% (40.0% to 60.0%)"
        assert interval_text(0.5, None, None) == "50.0%"
        assert interval_text(None, None, None) == "–"


def test_the_allowance_falls_day_by_day_and_what_comes_begins_where_it_ends() -> None:
    days = pl.DataFrame(
        {
            "day": [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)], "n": [10, 10, None],
            "breached": [2, 3, None], "left": [8.0, 5.0, None], "even": [7.0, 4.0, 1.0], "ahead": [None, 5.0, 3.0],
            "ahead_low": [None, 5.0, 1.0], "ahead_high": [None, 5.0, 4.0],
        }
    )  # fmt: skip
    with speaking("en"):
        figure = burn_down_chart(days)
    lines = {trace.name: list(trace.y) for trace in figure.data if trace.name}
    assert lines["left of the allowance"] == [8.0, 5.0]
    assert lines["at the pace of the last weeks"] == [5.0, 3.0]
    assert titles(figure) == {"day", "breaches still affordable"}


def test_the_bars_of_an_overrun_carry_their_bounds() -> None:
    bins = pl.DataFrame({"low": [0.0, 17.8, 31.6], "high": [17.8, 31.6, 56.2], "n": [4, 0, 9]})
    figure = overrun_chart(bins, [(20.0, "half"), (50.0, "most")])
    assert list(figure.data[0].y) == [4, 0, 9]
    assert list(figure.data[0].customdata[2]) == [31.6, 56.2]
    assert {note.text for note in figure.layout.annotations} == {"half", "most"}


def test_an_overrun_of_nothing_is_still_a_figure() -> None:
    empty = pl.DataFrame(schema={"low": pl.Float64, "high": pl.Float64, "n": pl.Int64})
    assert len(overrun_chart(empty, []).data[0].x) == 0


def test_fields_hold_their_numbers_in_an_ink_that_reads_and_provisional_ones_have_no_colour() -> None:
    fields = {
        (0, 0): Field(0.1, "7", ["a", 1], "seven"),
        (0, 1): Field(0.9, "90", ["a", 2], "ninety"),
        (1, 1): Field(0.9, "80", ["b", 2], "eighty", is_provisional=True),
    }
    figure = matrix(["a", "b"], ["one", "two"], fields, titles=("columns", "rows"))
    heat, letters = figure.data
    assert [list(line) for line in heat.z] == [[0.1, 0.9], [None, None]]
    assert list(letters.text) == ["7", "90", "<i>80</i>"]
    assert list(letters.textfont.color)[:2] == [DARK, WHITE]
    assert [list(one) for one in letters.customdata] == [["a", 1], ["a", 2], ["b", 2]]
    assert titles(figure) == {"columns", "rows"}


def test_what_left_is_drawn_downwards_and_its_axis_counts_upwards_both_ways() -> None:
    rows = pl.DataFrame(
        {
            "period": [date(2026, 3, 1), date(2026, 3, 2)], "tickets_created": [30.0, 10.0],
            "tickets_resolved": [20.0, 15.0], "closed_without_resolution": [1.0, 0.0], "tickets_set_aside": [0.0, 0.0],
            "backlog": [9.0, 4.0],
        }
    )  # fmt: skip
    names = {name: name for name in rows.columns[1:]}
    figure = flow_chart(rows, names, every="day")
    drawn = {trace.name: list(trace.y) for trace in figure.data}
    assert drawn["tickets_created"] == [30.0, 10.0]
    assert drawn["tickets_resolved"] == [-20.0, -15.0]
    assert drawn["backlog"] == [9.0, 4.0]
    assert "tickets_set_aside" not in drawn
    assert all("-" not in text and "−" not in text for text in figure.layout.yaxis.ticktext)
    assert list(figure.data[0].customdata[0]) == ["2026-03-01", "tickets_created"]


def test_ages_are_piled_up_and_every_part_carries_its_period_and_band() -> None:
    rows = pl.DataFrame(
        {
            "period": [date(2026, 3, 1)] * 6 + [date(2026, 3, 2)] * 6,
            "band": list(BANDS) * 2,
            "n": [*range(6), *range(6)],
        }
    )
    figure = ages_over_time(rows, BANDS, every="day")
    assert sum(sum(trace.y) for trace in figure.data) == rows["n"].sum()
    assert figure.layout.barmode == "stack"
    assert list(figure.data[0].customdata[1]) == ["2026-03-02", "old"]
    now = ages_now(pl.DataFrame({"band": list(BANDS), "n": [5, 4, 3, 2, 1, 0]}), BANDS)
    assert list(now.data[0].x) == [5, 4, 3, 2, 1, 0]


def test_streams_go_from_the_handing_to_the_taking_team() -> None:
    paths = pl.DataFrame({"from_team": ["A", "A", "B"], "to_team": ["B", "C", "C"], "n": [5, 3, 2]})
    figure = paths_chart(paths)
    link, node = figure.data[0].link, figure.data[0].node
    assert sum(link.value) == 10
    assert list(link.source) == [0, 0, 1]
    assert list(link.target) == [3, 2, 2] or list(link.target) == [2, 3, 3]
    assert all(0 < place < 1 for place in node.y)
    texts = [note.text for note in figure.layout.annotations]
    assert "A · 8" in texts


def test_names_of_teams_take_no_width_from_the_streams() -> None:
    paths = pl.DataFrame({"from_team": ["Mail and web forms"], "to_team": ["Technical support"], "n": [5]})
    figure = paths_chart(paths)
    assert figure.layout.margin.l + figure.layout.margin.r < 40
    sides = {note.text: (note.x, note.xanchor) for note in figure.layout.annotations}
    assert sides["Mail and web forms · 5"] == (0.0, "left")
    assert sides["Technical support · 5"] == (1.0, "right")


def test_a_long_label_of_a_row_has_two_lines() -> None:
    figure = rows_of_shares([row("Resolved with one answer", 0.5), row("CSAT", 0.7)], of="rows", title="share")
    assert list(figure.layout.yaxis.ticktext) == ["Resolved with<br>one answer", "CSAT"]


def test_the_room_for_notes_is_as_wide_as_they_are() -> None:
    short, long = (
        rows_of_shares([Row("a", 0.5, 0.4, 0.6, note, ["a"], "a")], of="rows", title="share").layout.margin.r
        for note in ("50%", "50.0% · 样本 12,045")
    )
    assert short < 40 < 100 < long < 150


def test_only_the_broadest_streams_are_drawn() -> None:
    many = pl.DataFrame({"from_team": [f"t{n}" for n in range(60)], "to_team": ["x"] * 60, "n": list(range(60, 0, -1))})
    assert len(paths_chart(many).data[0].link.value) == PATHS_AT_MOST


def test_pauses_are_told_in_mean_hours() -> None:
    rows = pl.DataFrame(
        {"value": ["A"], "run": [7200.0], "paused": [3600.0], "known": [4], "n_paused": [2]},
    )
    figure = pauses_chart(rows, dimension="team")
    assert [list(trace.x) for trace in figure.data] == [[2.0], [1.0]]


def test_names_of_the_desk_are_never_markup() -> None:
    figure = rows_of_shares([row("<b>x</b>", 0.5)], of="rows", title="share")
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;x&lt;/b&gt;"
