"""A click on any mark of the pages SLA and resolution leads to the tickets behind it."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words

COUNTED = (" tickets", " breaches", " runnings of targets")


def marks(chart: Any) -> list[Any]:
    """What the marks of a chart carry to a click."""
    traces = json.loads(chart.proto.spec)["data"]
    return [mark for trace in traces if trace["type"] != "sankey" for mark in _carried(trace.get("customdata"))]


def _carried(data: Any) -> list[Any]:
    return [] if data is None or isinstance(data, dict) else list(data)


def key_of(chart: Any) -> str:
    """The key that the page gave a chart; Streamlit keeps it at the end of its id."""
    return str(chart.proto.id).split("-", 2)[2]


def clicked(app: AppTest, chart: Any, mark: Any) -> AppTest:
    app.session_state[key_of(chart)] = {"selection": {"points": [{"customdata": mark}]}}
    return app.run()


@pytest.mark.parametrize("place", range(5))
def test_a_mark_of_the_sla_page_leads_to_its_tickets(small_desk: Path, visit: Visit, place: int) -> None:
    app = visit(small_desk, "sla", period="all")
    _lead_to_tickets(app, place)


@pytest.mark.parametrize("place", range(6))
def test_a_mark_of_the_resolution_page_leads_to_its_tickets(small_desk: Path, visit: Visit, place: int) -> None:
    app = visit(small_desk, "resolution", period="all")
    _lead_to_tickets(app, place)


def _lead_to_tickets(app: AppTest, place: int) -> None:
    chart = app.get("plotly_chart")[place]
    carried = marks(chart)
    assert carried, "a chart without marks to click"
    before = _headings(app)
    app = clicked(app, chart, carried[len(carried) // 2])
    assert not app.exception, [error.message for error in app.exception]
    assert len(_headings(app)) == len(before) + 1


def _headings(app: AppTest) -> list[str]:
    return [line for line in words(app).splitlines() if line.startswith("**") and line.endswith(COUNTED)]
