"""From a mark to the tickets behind it, for any figure."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words


def clicked(app: AppTest, key: str, custom: list[object]) -> AppTest:
    """The page after a click on a mark of the chart that stands under a key."""
    chart = next(
        mark for mark in (str(one.proto.id).split("-", 2)[2] for one in app.get("plotly_chart")) if key in mark
    )
    points = [{"customdata": custom, "curve_number": 0, "point_index": 0}]
    app.session_state[chart] = {"selection": {"points": points, "point_indices": [0], "box": [], "lasso": []}}
    return app.run()


def tickets(app: AppTest) -> int:
    """How many tickets the page lists."""
    return sum(len(table.value) for table in app.main.dataframe if "Ticket" in table.value.columns)


def test_a_click_on_an_hour_shows_its_tickets_and_those_that_kept_no_promise(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times", period="all")
    app = clicked(app, "within-target-by-hour", ["10"])
    assert not app.exception
    assert "Hour: 10\\:00" in words(app)
    rows = tickets(app)
    choice = next(one for one in app.main.segmented_control if one.label == "Which")
    choice.set_value("no").run()
    assert 0 < tickets(app) < rows
