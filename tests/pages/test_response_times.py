"""The response page: charts with their words, switches, and what stays in the URL."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_chart_stands_on_the_page_in_both_languages(small_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(small_desk, "response_times", lang=lang)
    assert not app.exception
    assert len(charts(app)) == 9


def test_the_title_says_how_long_half_and_nine_of_ten_waited(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times", period="all")
    assert "Half of the answers came within 4 min; one in ten took longer than" in words(app)


def test_business_time_is_another_figure_and_is_kept_in_the_url(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times")
    calendar = words(app)
    clock = next(control for control in app.main.segmented_control if control.label == "Clock")
    clock.set_value("business").run()
    assert not app.exception
    assert words(app) != calendar
    assert app.query_params["clock"] == "business"


def test_splitting_by_team_shows_the_teams(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times")
    split = next(control for control in app.main.segmented_control if control.label == "Side by side")
    split.set_value("team").run()
    assert charts(app)[3]["layout"]["yaxis"]["ticktext"] in (["甲组", "乙组"], ["乙组", "甲组"])


def test_the_language_switch_keeps_the_filters(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times", period="last_7", channel="email")
    before = charts(app)[0]["data"][0]["y"]
    app.sidebar.segmented_control[0].set_value("zh_CN").run()
    assert app.title[0].value == "响应时间"
    assert charts(app)[0]["data"][0]["y"] == before
    assert app.query_params["channel"] == "email"
    assert app.query_params["lang"] == "zh-CN"


def test_reset_forgets_every_filter(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times", period="last_7", channel="email")
    next(button for button in app.sidebar.button if button.label == "Reset filters").click().run()
    assert "channel" not in app.query_params
    assert app.sidebar.multiselect[0].value == []
    assert app.sidebar.selectbox[0].value == "last_28"


def test_filters_that_leave_nothing_say_so(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times", period="last_month", thing="next_response")
    assert not app.exception
    assert app.info[0].value.startswith("No ticket fits these filters")


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    app = visit(empty_desk, "response_times")
    assert app.header[0].value == "No data yet"


def test_every_chart_explains_its_figure(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times")
    for more in app.main.pills:
        more.set_value("definition")
    told = words(app.run())
    for line in ("How it is computed", "Dated by", "Counted", "Data up to", "Time zone: Asia/Shanghai"):
        assert told.count(f"- {line}") == 9
    assert told.count("- Clock") == 6, "shares and plain numbers run on no clock"
