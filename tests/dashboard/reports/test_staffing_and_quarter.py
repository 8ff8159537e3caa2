"""The sheets of people and of the quarter: what they tell is the plan's, and the targets are reviewed by counting."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports import whole
from dashboard.reports.asked import Asked, recipe_of
from dashboard.reports.model import Sheet, Table, Words
from dashboard.reports.parts.quarter import quarter
from dashboard.reports.parts.staffing import staffing
from dashboard.services.analysis.goals import Goal, set_goal
from dashboard.services.analysis.target_review import LOOSER, STRICTER, reviewed_targets
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.reports.making import report
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.staffing.needs import needs_of
from metrics.model import Period, Scope
from tests.pages.conftest import ANSWERED_AFTER, small_export

WITHIN = timedelta(minutes=4)
FOUR_MINUTES = '[[target]]\nthing = "first_response"\nwithin = "4 min"\nclock = "calendar"\n'
QUARTER = Asked("quarterly", Period(date(2026, 1, 1), date(2026, 4, 1)), "en")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """420 tickets over three weeks, and one target: four minutes."""
    folder = tmp_path_factory.mktemp("staffed")
    (folder / "export.csv").write_bytes(small_export())
    made = open_desk(folder / "desk")
    report = load_files(COMMAND_LINE, made, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    keep_agreements(COMMAND_LINE, made, FOUR_MINUTES, since=date(2026, 1, 1), reason="one target")
    return made


@pytest.fixture(scope="module")
def sheets(desk: Desk) -> dict[str, Sheet]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "PARTS", {"quarterly": (staffing, quarter)})
        made = report(COMMAND_LINE, desk, QUARTER)
    return {sheet.key: sheet for sheet in made.sheets}


def waits() -> list[timedelta | None]:
    """How long each ticket of the small export waited; None while it still does."""
    return [None if number % 40 == 39 else ANSWERED_AFTER[number % 3] * (1 + number % 7) for number in range(420)]


def test_stricter_and_looser_targets_are_what_counting_gives(desk: Desk) -> None:
    found = reviewed_targets(facts_of(COMMAND_LINE, desk), settings_of(COMMAND_LINE, desk), Scope()).row(0, named=True)
    known = waits()
    late = sum(wait is None for wait in known) - (found["open"])
    assert found["n"] == 420 - found["open"]
    assert late + found["open"] == 10
    for name, part in (("share", 1.0), ("stricter", STRICTER), ("looser", LOOSER)):
        within = sum(wait is not None and wait <= WITHIN * part for wait in known)
        assert found[name] == pytest.approx(within / found["n"]), name
    assert found["stricter"] < found["share"] < found["looser"]
    assert found["low"] < found["share"] < found["high"]
    assert found["verdict"] == "far"
    done = sorted(wait.total_seconds() for wait in known if wait is not None)
    assert found["enough_seconds"] in done


def test_the_quarter_reviews_every_target_and_says_why_costs_are_absent(sheets: dict[str, Sheet]) -> None:
    (targets,) = (table for table in sheets["quarter"].tables if table.key == "quarter_targets")
    assert targets.frame["n"].sum() > 0
    assert targets.frame["told"].null_count() == 0
    assert [column.title for column in targets.columns if column.kind == "share"] == [
        "Attainment", "From (95%)", "To (95%)", "Wished for", "In 3/4 of the time", "In 5/4 of the time"
    ]  # fmt: skip
    said = [line for block in sheets["quarter"].blocks if isinstance(block, Words) for line in block.lines]
    assert any("purchase" in line.lower() or "outcome" in line.lower() for line in said)


def test_a_goal_is_told_as_it_is_wanted_on_the_last_of_the_days_and_of_other_days_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "PARTS", {"monthly": ()})
    half = Goal("half way", "csat", 0.7, 1.0, date(2026, 3, 1), date(2026, 4, 30))
    for goal in (half, Goal("later", "reopen_rate", 0.2, 0.1, date(2026, 5, 1), date(2026, 6, 30))):
        set_goal(COMMAND_LINE, desk, goal)
    made = report(COMMAND_LINE, desk, Asked("monthly", Period(date(2026, 3, 1), date(2026, 4, 1)), "en"))
    assert recipe_of(made.recipe).targets == {"csat": pytest.approx(0.85)}


def test_the_plan_on_the_sheet_is_the_plan_of_the_command(desk: Desk, sheets: dict[str, Sheet]) -> None:
    (plan,) = (table for table in sheets["staffing"].tables if table.key == "staffing_needs")
    frame = needs_of(COMMAND_LINE, desk).frame.filter("is_open")
    assert plan.frame["arrivals"].sum() == pytest.approx(frame["arrivals"].sum())
    assert plan.frame["required_hours"].sum() == pytest.approx(frame["required"].sum() / 2)
    assert plan.frame["rostered_hours"].null_count() == plan.frame.height, "nobody is known to be there"
    assert plan.is_live


def test_what_is_not_known_of_people_is_said(sheets: dict[str, Sheet]) -> None:
    said = [line for block in sheets["staffing"].blocks if isinstance(block, Words) for line in block.lines]
    assert "It is not known who is there: neither a roster nor planned shifts are loaded." in said
    assert "No event is entered for these days or for those ahead." in said
    tables: dict[str, Table] = {table.key: table for table in sheets["staffing"].tables}
    assert "staffing_peaks" not in tables
    assert tables.get("staffing_accuracy") is None or tables["staffing_accuracy"].frame.schema["value"] == pl.Float64


def test_a_desk_on_which_nothing_was_asked_has_no_sheet_of_people(tmp_path: Path) -> None:
    from dashboard.reports.staffed import staffed

    empty = open_desk(tmp_path / "desk")
    (tmp_path / "e.csv").write_text("工单编号,创建时间\n1,2026-03-01 09:00:00\n", encoding="utf-8")
    load_files(COMMAND_LINE, empty, [tmp_path / "e.csv"], options=LoadOptions(zone="UTC"))
    facts, settings = facts_of(COMMAND_LINE, empty), settings_of(COMMAND_LINE, empty)
    found = staffed(COMMAND_LINE, empty, facts, settings, QUARTER.period)
    assert found is None or found.needs is not None
