"""The clocks of one ticket: every promise has a named row, whatever was promised."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import polars as pl

from dashboard.charts.clocks import clocks_chart
from dashboard.wording import LANGUAGES, _, speaking
from metrics.desk import Thing

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def drawn(things: list[str]) -> dict[str, object]:
    spans = [{"thing": thing, "run": 1, "begin": START, "end": START + HOUR, "part": "counted"} for thing in things]
    runs = [{"thing": thing, "due_at": START + HOUR} for thing in things]
    closed = [(START + HOUR, START + 2 * HOUR)]
    figure = clocks_chart(pl.DataFrame(spans), pl.DataFrame(runs), closed, zone="Asia/Shanghai")
    told: dict[str, object] = figure.to_plotly_json()
    return told


def test_every_promise_has_its_row_and_its_name_in_both_languages() -> None:
    for language in LANGUAGES:
        with speaking(language):
            layout = drawn(list(get_args(Thing)))["layout"]
            names = layout["yaxis"]["ticktext"]  # type: ignore[index]
            assert sorted(names) == sorted(_(f"promise.{thing}") for thing in get_args(Thing))
            assert not any(name.startswith("promise.") for name in names)


def test_bars_stand_at_the_wall_clock_of_the_desk_and_closed_hours_are_shaded() -> None:
    told = drawn(["resolution"])
    bar = told["data"][0]  # type: ignore[index]
    assert bar["base"] == [datetime(2026, 3, 2, 9)]  # noqa: DTZ001 - the wall clock in Shanghai
    assert list(bar["x"]) == [HOUR.total_seconds() * 1000]
    shapes = told["layout"]["shapes"]  # type: ignore[index]
    assert [shape["x0"] for shape in shapes] == [datetime(2026, 3, 2, 10)]  # noqa: DTZ001 - the wall clock in Shanghai
