"""Whatever a click on a chart does, a list beside it does too."""

from pathlib import Path

import pytest

from dashboard.navigation import LINES
from tests.pages.conftest import Visit, words
from tests.pages.test_behind import clicked, tickets

LIST = "Tickets behind a mark of this chart"
PAGES = [line.file.removesuffix(".py") for line in LINES if line.section == "analysis" and line.scoped == "period"]


@pytest.mark.parametrize("name", PAGES)
def test_every_chart_with_a_list_of_marks_tells_their_tickets(name: str, small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, name, period="all" if name != "compare" else "last_7")
    lists = [box for box in app.main.selectbox if box.label == LIST]
    assert lists, "a page of charts without a way to their tickets"
    headings = words(app).count("** · ")
    for box in lists:
        box.set_value(0)
    app.run()
    assert not app.exception
    assert words(app).count("** · ") >= headings + len(lists)


def test_a_click_on_the_chart_takes_the_place_of_what_the_list_chose(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "response_times", period="all")
    chart = next(box for box in app.main.selectbox if box.key and "within-target-by-hour" in box.key)
    chart.set_value(2)
    app.run()
    assert "11" in next(text for text in words(app).splitlines() if "runnings" in text or "tickets" in text)
    app = clicked(app, "within-target-by-hour", ["10"])
    assert tickets(app)


def test_every_definition_table_and_link_unfolds_below_its_chart(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    first = app.main.pills[0]
    before = len(app.main.dataframe)
    assert "How it is computed" in words(first.set_value("definition").run())
    assert len(app.main.pills[0].set_value("table").run().main.dataframe) == before + 1
    assert "sla-targets" in app.main.pills[0].set_value("link").run().main.code[0].value


def test_missed_promises_are_listed_with_the_latest_first(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "sla", period="all")
    next(box for box in app.main.selectbox if box.label == LIST).set_value(0)
    app.run()
    assert any("Late by" in table.value.columns for table in app.main.dataframe)
