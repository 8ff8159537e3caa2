"""The resolution page: cohorts, first contacts, what is not resolved, what stands open, ways from team to team."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_part_stands_on_the_page_in_both_languages(small_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(small_desk, "resolution", lang=lang, period="all")
    assert not app.exception
    assert len(app.metric) == 5
    anchors = [heading.proto.anchor for heading in app.header]
    assert anchors[:6] == ["cohorts", "first-contact", "unresolved", "flow", "ages", "ages-course"]
    assert anchors[-1] == "handoffs"
    assert len(charts(app)) == 6, "whether tickets were reopened is not in this export"


def test_the_title_tells_how_soon_the_newest_settled_week_was_resolved(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="all")
    assert app.header[0].value.startswith("In the week from 2026-03-0")


def test_the_flow_says_whether_more_came_than_left_and_that_it_adds_up(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="all")
    assert app.header[3].value == "More came than left (420 against 410): the backlog grew from 0 to 10."
    assert "= closing backlog, in every period." in words(app)


def test_first_contacts_that_cannot_be_told_say_what_they_need(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="all")
    assert app.header[1].value == "First contacts cannot be told from these data"
    assert "the customer (customer)" in app.info[0].value


def test_the_unresolved_are_told_by_reason(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="all")
    assert app.header[2].value == "10 inquiries (2.4%) are not resolved; most often: nobody has answered (10)."
    split = next(control for control in app.main.segmented_control if control.label == "Not resolved, by")
    for by in ("team", "status", "age_band", "channel", "priority"):
        app = split.set_value(by).run()
        assert not app.exception, by
        split = next(control for control in app.main.segmented_control if control.label == "Not resolved, by")


def test_a_desk_without_recorded_changes_says_what_the_ways_need(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="all")
    assert "recorded changes of tickets" in app.info[-1].value


def test_every_axis_has_a_title(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="all")
    for chart in charts(app):
        for side in ("xaxis", "yaxis"):
            axes = [axis for name, axis in chart["layout"].items() if name.startswith(side)]
            assert any((axis.get("title") or {}).get("text") for axis in axes), (side, chart["layout"].get("title"))


def test_filters_that_leave_nothing_say_so(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "resolution", period="last_month", channel="social")
    assert not app.exception
    empty = visit(small_desk, "resolution", period="custom", **{"from": "2026-03-20", "to": "2026-03-21"})
    assert not empty.exception


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    assert visit(empty_desk, "resolution").header[0].value == "No data yet"


def test_data_that_never_tell_of_an_end_say_what_is_needed(bare_desk: Path, visit: Visit) -> None:
    app = visit(bare_desk, "resolution", period="all")
    assert not app.exception
    assert "resolved" in words(app)
