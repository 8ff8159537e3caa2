"""The SLA page: how promises stand, what runs now, what the month can afford, why the rest is missed."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def choose(app: AppTest, label: str, value: str) -> AppTest:
    control = next(one for one in app.main.segmented_control if one.label == label)
    return control.set_value(value).run()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_part_stands_on_the_page_in_both_languages(small_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(small_desk, "sla", lang=lang, period="all")
    assert not app.exception
    assert len(charts(app)) == 5
    anchors = [heading.proto.anchor for heading in app.header]
    assert anchors == ["sla-targets", "sla-now", "sla-course", "sla-month", "sla-causes", "sla-overrun", "sla-agreed",
                       "sla-pauses"]  # fmt: skip


def test_no_word_is_left_in_english_on_the_chinese_page(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", lang="zh-CN", period="all")
    told = [heading.value for heading in app.header]
    assert not [text for text in told if not any("\u4e00" <= letter <= "\u9fff" for letter in text)]


def test_the_title_names_the_best_and_the_worst_target_and_all_states_are_told(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    assert app.header[0].value.startswith("Kept most often: ")
    states = next(frame.value for frame in app.dataframe if "Cancelled" in frame.value.columns)
    assert list(states["Promise"]) == ["First response", "Resolution"]
    assert (states["Kept"] + states["Missed"] == states["n"]).all()
    assert {"Running now", "At risk", "Paused"} <= set(states.columns)


def test_choosing_a_target_narrows_the_page_and_stays_in_the_url(small_desk: Path, visit: Visit) -> None:
    app = choose(visit(small_desk, "sla", period="all"), "Target", "resolution")
    assert not app.exception
    assert app.query_params["target"] == "resolution"
    assert "Resolution · left: breaches decided in these days" in words(app)
    again = visit(small_desk, "sla", period="all", target="resolution")
    assert "Resolution · left: breaches decided in these days" in words(again)


def test_an_unknown_target_in_a_link_shows_all_of_them(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all", target="nonsense")
    assert not app.exception
    assert "All targets · left: breaches" in words(app)


def test_what_runs_now_is_shown_whatever_days_are_chosen(small_desk: Path, visit: Visit) -> None:
    titles = [visit(small_desk, "sla", period=period).header[1].value for period in ("all", "last_7")]
    assert titles[0] == titles[1]
    late = choose(visit(small_desk, "sla", period="all"), "Show", "late")
    assert not late.exception
    assert "Late and not done" in words(late)


def test_breaches_can_be_split_by_each_cause(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    for cause in ("team", "type", "channel", "priority", "hour", "opening"):
        app = choose(app, "Breaches by", cause)
        assert not app.exception, cause
        assert app.query_params["cause"] == cause


def test_the_overrun_is_told_on_both_clocks(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    calendar = app.header[5].value
    assert choose(app, "Clock", "business").header[5].value != calendar


def test_every_axis_has_a_title(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    for chart in charts(app):
        axes = {name: axis for name, axis in chart["layout"].items() if name.startswith("xaxis")}
        assert any((axis.get("title") or {}).get("text") for axis in axes.values()), chart["layout"]


def test_the_targets_in_force_are_listed_with_their_hours_and_agreement(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    listed = next(frame.value for frame in app.dataframe if "Valid from" in frame.value.columns)
    assert "every ticket" in set(listed["For"])
    assert listed["Decided"].sum() > 0
    assert "Agreements: as shipped." in words(app)
    assert "service: Mon–Sun 09:00–21:00" in words(app)


def test_a_source_without_changes_of_status_says_that_pauses_are_unknown(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    assert app.header[-1].value == "Pauses are not known"


def test_a_month_without_one_before_has_no_allowance_and_says_so(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="custom", **{"from": "2026-02-28", "to": "2026-03-01"})
    assert not app.exception
    assert "There is no allowance to show" in "\n".join(info.value for info in app.info)


def test_filters_that_leave_nothing_say_so(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", channel="email", team="nobody", period="last_7")
    assert not app.exception


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    assert visit(empty_desk, "sla").header[0].value == "No data yet"


def test_data_that_tell_of_no_answer_say_which_column_is_needed(bare_desk: Path, visit: Visit) -> None:
    app = visit(bare_desk, "sla", period="all")
    assert not app.exception
    assert "first response" in app.info[0].value
    assert not app.get("plotly_chart")
