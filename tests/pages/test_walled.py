"""Every page as every role shows what the table of rights gives that role, and no word of anybody else's tickets."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import LINES, Line
from dashboard.people import COMMAND_LINE, Reach, reach
from dashboard.services.analysis.goals import Goal, set_goal
from dashboard.services.settings.agreements import import_agreements
from tests.pages.conftest import Visit
from tests.walled import MAY_SEE, OTHER, PEOPLE, SOURCE, make, number, words_in

AGREED = """
[[measure]]
title = "a measure for zqother"
from = 2026-03-05
metric = "csat"
where = { team = "bravo zqother" }
"""
QUICK = ("agent", "supervisor")
"""Whoever sees a part; the others see all or nothing, and are tried where time is."""


@pytest.fixture(scope="module")
def walled_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    desk = make(tmp_path_factory.mktemp("walled") / "desk")
    goal = Goal("a goal for zqother", "csat", 0.5, 0.9, date(2026, 3, 2), date(2026, 6, 1), {"team": (OTHER.team,)})
    set_goal(COMMAND_LINE, desk, goal)
    import_agreements(COMMAND_LINE, desk, AGREED, since=None, today=date(2026, 3, 12), reason="to see who is told")
    yield desk.root
    desk.engine.dispose()


def sent(app: AppTest) -> str:
    """Everything that a run sends to the browser."""
    tables = [table.value.to_csv() for table in app.dataframe]
    charts = [str(one.proto) for one in app.get("plotly_chart")]
    return "\n".join([str(app._tree), *tables, *charts])


def open_page(app: AppTest, line: Line) -> AppTest:
    found = app if line is LINES[0] else app.switch_page(f"../pages/{line.file}")
    return found.run()


def walk(visit: Visit, desk: Path, person: str) -> dict[str, frozenset[str]]:
    """Whose words each page shows, opened by a link to the tickets of another team."""
    visit.actor = PEOPLE[person]
    app = visit(desk, period="all", team=str(OTHER.team), source=SOURCE, ticket=number(OTHER, 1))
    seen = {}
    for line in LINES:
        open_page(app, line)
        assert not app.exception, (person, line.file, app.exception)
        if reach(visit.actor, line.needs) is Reach.NONE:
            assert any(error.value.startswith("Your role does not allow") for error in app.error), line.file
        asked = str(dict(app.query_params))
        seen[line.url_path] = words_in(sent(app).replace(asked, ""))
    return seen


@pytest.mark.parametrize("person", QUICK)
def test_no_page_shows_a_word_of_tickets_that_are_not_the_persons(person: str, walled_desk: Path, visit: Visit) -> None:
    for page, seen in walk(visit, walled_desk, person).items():
        assert seen <= MAY_SEE[person], f"{page} shows {person} {set(seen - MAY_SEE[person])}"


@pytest.mark.slow
@pytest.mark.parametrize("person", [name for name in PEOPLE if name not in QUICK])
def test_nor_does_any_for_those_who_see_all_or_nothing(person: str, walled_desk: Path, visit: Visit) -> None:
    found = walk(visit, walled_desk, person)
    for page, seen in found.items():
        assert seen <= MAY_SEE[person], f"{page} shows {person} {set(seen - MAY_SEE[person])}"
    if MAY_SEE[person]:
        assert OTHER.word in found["standup"] | found["team-load"], "the walk looks at what is shown"
        assert OTHER.word in found["ticket"]
