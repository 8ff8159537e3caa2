"""What the pages are about: chosen in the sidebar, told in chips, kept in the URL."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words

PAGE = "response_times"


def chips(app: AppTest) -> list[str]:
    return [button.label for button in app.main.button if str(button.key).startswith("chip.")]


def filters(app: AppTest) -> dict[str, list[str]]:
    return {box.label: box.value for box in app.sidebar.multiselect}


def test_every_dimension_with_values_can_be_filtered_by_and_the_rare_ones_stand_behind_a_fold(
    small_desk: Path, visit: Visit
) -> None:
    app = visit(small_desk, PAGE)
    assert set(filters(app)) == {"Channel", "Team", "Type", "Weekday", "Hour", "Peak hours"}
    fold = next(fold for fold in app.sidebar.expander if fold.label == "More filters")
    assert "Channel" not in [box.label for box in fold.multiselect]


def test_a_filter_by_any_dimension_comes_from_the_url_and_narrows_the_figures(small_desk: Path, visit: Visit) -> None:
    whole, part = visit(small_desk, PAGE, period="all"), visit(small_desk, PAGE, period="all", weekday="1")
    assert filters(part)["Weekday"] == ["1"]
    assert words(whole) != words(part)


def test_each_filter_is_a_chip_that_takes_it_out(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, PAGE, channel="email", weekday="1")
    assert chips(app) == ["Channel: E\\-mail", "Weekday: Mon"]
    next(button for button in app.main.button if button.label == "Weekday: Mon").click().run()
    assert chips(app) == ["Channel: E\\-mail"]
    assert "weekday" not in app.query_params
    assert app.query_params["channel"] == "email"


def test_the_days_stand_above_the_page(small_desk: Path, visit: Visit) -> None:
    assert "Sun 15 Mar – Sat 21 Mar" in words(visit(small_desk, PAGE, period="last_7"))
    assert "Fri 20 Mar" in words(visit(small_desk, PAGE, period="last_working_day"))


def test_what_is_compared_with_is_kept_in_the_url(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, PAGE)
    next(box for box in app.sidebar.selectbox if box.label == "Compared with").set_value("weekdays").run()
    assert not app.exception
    assert app.query_params["against"] == "weekdays"


def test_the_filters_go_along_to_another_page(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, PAGE, channel="email")
    app.switch_page("../pages/data.py").run()
    app.switch_page("../pages/standup.py").run()
    assert filters(app)["Channel"] == ["email"]
    assert chips(app) == ["Channel: E\\-mail"]


def test_going_back_in_the_browser_takes_a_filter_out(
    small_desk: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.scope.GRACE_SECONDS", 0.0)
    app = visit(small_desk, PAGE)
    app.sidebar.multiselect[0].set_value(["email"]).run()
    assert app.query_params["channel"] == "email"
    del app.query_params["channel"]
    app.run()
    assert filters(app)["Channel"] == []
    assert chips(app) == []
