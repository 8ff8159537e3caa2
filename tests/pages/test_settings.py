"""The settings: looked at, changed with a day and a reason, refused beside the field, taken back."""

import shutil
import tomllib
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.settings.week import is_day
from dashboard.desk import Desk, existing_desk
from dashboard.people import Actor
from dashboard.services.facts.figures import figures
from dashboard.services.settings.changes import history, keep_agreements
from dashboard.services.settings.editing import usual_days
from tests.pages.conftest import Visit, words

PARTS = ("promises", "hours", "days", "types", "queues", "people", "rules", "measures", "history")
LI = Actor(3, "Li", "manager")


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, visit: Visit) -> Path:
    """A desk of the test's own, opened by a manager."""
    visit.actor = LI
    return Path(shutil.copytree(small_desk, tmp_path / "desk"))


def held(own: Path) -> tuple[tuple[date, str], ...]:
    desk = existing_desk(own)
    try:
        return desk.agreement_versions()
    finally:
        desk.engine.dispose()


def field(app: AppTest, label: str) -> object:
    return next(one for one in (*app.main.text_input, *app.main.selectbox, *app.main.toggle) if one.label == label)


def typed(app: AppTest, label: str, text: str) -> AppTest:
    return field(app, label).set_value(text).run()  # type: ignore[attr-defined, no-any-return]


def pressed(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.main.button if one.label == label).click().run()


def test_a_desk_that_has_said_nothing_of_a_newer_setting_is_not_changed_by_a_look(own: Path, visit: Visit) -> None:
    desk = existing_desk(own)
    keep_agreements(LI, desk, '[service_level]\nwithin = "30 s"\n', since=date(2026, 1, 1), reason="calls")
    desk.engine.dispose()
    assert "Nothing is changed yet" in words(visit(own, "settings", lang="en", part="rules"))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_and_proposes_nothing_by_itself(own: Path, visit: Visit, part: str, lang: str) -> None:
    app = visit(own, "settings", lang=lang, part=part)
    assert not app.exception
    told = words(app)
    assert ("Nothing is changed yet" if lang == "en" else "还没有改动") in told
    assert "Not saved yet" not in told
    assert "尚未保存" not in told


def test_the_settings_can_be_looked_at_before_anything_is_loaded(empty_desk: Path, visit: Visit) -> None:
    visit.actor = LI
    for part in PARTS:
        assert not visit(empty_desk, "settings", part=part).exception


def test_a_change_is_saved_from_a_day_on_with_its_reason_and_taken_back(own: Path, visit: Visit) -> None:
    app = typed(visit(own, "settings", part="days"), "Peak hours of every day", "10：00—12：00")
    assert "Peak hours: 09:00–11:00 and 14:00–17:00 becomes 10:00–12:00" in words(app).replace("\\", "")
    app = pressed(app, "Save")
    assert "Say why" in words(app)
    assert held(own) == ()
    app = pressed(typed(app, "Why", "new shifts"), "Save")
    assert not app.exception
    ((since, text),) = held(own)
    assert since.year >= 2026
    assert 'hours = "10:00-12:00"' in text
    assert app.success[0].value.startswith("Saved: it holds from")
    desk = existing_desk(own)
    (change,) = history(LI, desk)
    desk.engine.dispose()
    assert (change.actor, change.reason) == ("Li", "new shifts")
    app = pressed(app, "Take it back")
    assert held(own) == ()
    assert app.success[0].value.startswith("Taken back")
    assert field(app, "Peak hours of every day").value == "09:00-11:00, 14:00-17:00"  # type: ignore[attr-defined]


def test_what_is_wrong_is_said_beside_its_field_and_cannot_be_saved(own: Path, visit: Visit) -> None:
    app = typed(visit(own, "settings", part="days"), "Peak hours of every day", "nine to five")
    assert any("Write it like 09:00" in line.value.replace("\\", "") for line in app.main.markdown)
    assert next(one for one in app.main.button if one.label == "Save").disabled
    assert held(own) == ()


def test_a_table_of_promises_is_edited_and_its_faults_are_told_by_row(own: Path, visit: Visit) -> None:
    app = visit(own, "settings", part="promises")
    key = "settings.targets.0.en"
    app.session_state[key] = {"edited_rows": {0: {"within": "soon"}}, "added_rows": [], "deleted_rows": []}
    app = app.run()
    assert "Row 1" in words(app)
    app.session_state[key] = {
        "edited_rows": {0: {"within": "9 min"}, 1: {"gone": True}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app = app.run()
    told = words(app).replace("\\", "")
    assert (
        "First response, tickets with channel “Live chat”: 2 min of opening hours becomes 9 min of opening hours."
        in told
    )
    assert "no longer promised" in told


def test_the_hours_of_a_day_are_copied_to_others(own: Path, visit: Visit) -> None:
    app = typed(visit(own, "settings", part="hours"), "Mon", "08:00-12:00, 13:00-17:30")
    next(one for one in app.multiselect if one.label == "to").set_value([1, 6]).run()
    app = pressed(app, "Copy the hours")
    week = [field(app, day).value for day in ("Mon", "Tue", "Wed", "Sun")]  # type: ignore[attr-defined]
    assert [hours.startswith("08:00-12:00, 13:00") for hours in week] == [True, True, False, True]
    assert "Nothing is changed yet" not in words(app)


@pytest.mark.parametrize("day", [[[0]], [["0", "9"]], [[600, 540]], [[-15, 60]], [[0, 9999]], "closed", [[0, None]]])
def test_what_a_browser_tells_of_a_day_is_looked_at_before_it_is_believed(day: object) -> None:
    assert not is_day(day)
    assert is_day([[540, 720], [1320, 1800]])


def test_the_week_and_the_calendar_of_a_team_are_changed_together(own: Path, visit: Visit) -> None:
    app = visit(own, "settings", part="hours")
    assert app.get("plotly_chart")
    app = typed(app, "Sat", "休息")
    app = typed(app, "Sun", "22:00-06:00")
    told = words(app).replace("\\", "")
    assert "Mon–Fri 09:00–21:00; Sat closed; Sun 22:00–06:00" in told
    app = pressed(typed(typed(app, "Team", "甲组"), "Why", "night shift"), "Copy")
    told = words(app).replace("\\", "")
    assert "Calendar “甲组” is new" in told
    assert "Team 甲组 now goes by the calendar “甲组”." in told
    app = pressed(app, "Save")
    ((_since, text),) = held(own)
    assert '"甲组" = "甲组"' in text


HOLIDAYS = """
[[calendar]]
name = "office"
weekdays = "09:00-18:00"
holidays = "CN"
days = { 2026-12-31 = "09:00-12:00" }
[[target]]
thing = "first_response"
within = "1 h"
valid_from = 2026-02-01
[[measure]]
title = "Training"
from = 2026-03-09
metric = "csat"
where = { team = "甲组" }
expected = 0.9
"""


@pytest.fixture
def dated(own: Path) -> Path:
    """The same with holidays, a dated promise and a measure."""
    desk = existing_desk(own)
    keep_agreements(LI, desk, HOLIDAYS, since=date(2026, 1, 1), reason="test")
    desk.engine.dispose()
    return own


@pytest.mark.parametrize("part", PARTS)
def test_days_come_back_from_a_table_as_they_went_in(dated: Path, visit: Visit, part: str) -> None:
    app = visit(dated, "settings", part=part)
    assert not app.exception
    assert "Nothing is changed yet" in words(app)


@pytest.mark.filterwarnings("ignore:Setting an item of incompatible dtype")  # Streamlit's own way to add a row
def test_the_single_days_of_a_year_are_changed_in_their_table(dated: Path, visit: Visit) -> None:
    app = visit(dated, "settings", part="hours")
    app.selectbox(key="settings.year").set_value(2026).run()
    days = next(one.value for one in app.dataframe if "hours" in one.value.columns)
    first = next(place for place, hours in enumerate(days["hours"]) if hours == "09:00-12:00")
    key = next(key for n in range(9) if (key := f"settings.days-{holidays()}.{n}.en") in app.session_state)
    app.session_state[key] = {"edited_rows": {first: {"hours": "10:00-11:00"}}, "added_rows": [
        {"day": "2026-06-06", "hours": "10:00-12:00"}], "deleted_rows": []}  # fmt: skip
    app = app.run()
    assert not app.exception
    assert "single days or earlier hours change" in words(app)
    app = pressed(typed(app, "Why", "stock-taking"), "Save")
    assert not app.exception
    kept = tomllib.loads(held(dated)[-1][1])["calendar"][0]["days"]
    assert kept == {"2026-06-06": "10:00-12:00", "2026-12-31": "10:00-11:00"}


def holidays() -> int:
    """How many public days the table's key names."""
    return len(usual_days({"name": "office", "weekdays": "09:00-18:00", "holidays": "CN"}, {}, "Asia/Shanghai"))


def test_whoever_was_slower_is_told_and_overwrites_nothing(own: Path, visit: Visit) -> None:
    app = typed(visit(own, "settings", part="days"), "Peak hours of every day", "10:00-12:00")
    app = typed(app, "Why", "mine")
    desk: Desk = existing_desk(own)
    keep_agreements(LI, desk, '[peak]\nhours = "18:00-20:00"\n', since=date(2026, 1, 1), reason="theirs")
    desk.engine.dispose()
    app = pressed(app, "Save")
    assert "has changed the settings meanwhile" in app.error[0].value.replace("\\", "")
    assert [text for _since, text in held(own)] == ['[peak]\nhours = "18:00-20:00"\n']
    app = pressed(app, "Discard")
    assert field(app, "Peak hours of every day").value == "18:00-20:00"  # type: ignore[attr-defined]


def test_what_it_would_do_is_shown_before_it_is_saved(own: Path, visit: Visit) -> None:
    app = typed(visit(own, "settings", part="days"), "Peak hours of every day", "10:00-12:00")
    app = pressed(app, "What would it change?")
    assert not app.exception
    assert "Every figure of the months up to now stays as it is" in words(app)
    assert "Measured on all" in words(app)
    assert held(own) == ()


def test_the_test_says_which_promise_a_ticket_has_and_why(own: Path, visit: Visit) -> None:
    app = typed(visit(own, "settings", part="promises"), "Number of a ticket", "T0001")
    told = words(app).replace("\\", "")
    assert "The promise is" in told
    app = typed(app, "Number of a ticket", "T9999")
    assert "no ticket" in app.error[0].value


def test_a_change_of_the_journal_is_told_and_taken_back(own: Path, visit: Visit) -> None:
    desk = existing_desk(own)
    keep_agreements(LI, desk, '[peak]\nhours = "18:00-20:00"\n', since=date(2026, 1, 1), reason="evenings")
    desk.engine.dispose()
    app = visit(own, "settings", part="history")
    app.session_state["settings-history-1"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app = app.run()
    assert "Peak hours" in words(app)
    app = pressed(typed(app, "Why is it taken back?", "not agreed"), "Take back")
    assert held(own) == ()
    assert len(app.dataframe[0].value) == 2


def test_who_may_only_look_is_offered_no_change(own: Path, visit: Visit) -> None:
    visit.actor = Actor(4, "Wu", "inspector")
    app = visit(own, "settings", part="rules")
    assert "Your role may look at the settings, not change them." in words(app)
    assert all(one.disabled for one in (*app.main.text_input, *app.main.number_input, *app.main.toggle))
    assert "Save" not in [one.label for one in app.main.button]


NAMES = """
[[type]]
name = "After-sales"
also = ["退换货", "returns"]
from = 2026-03-05
[[type]]
name = "After-sales"
subtype = "Exchange"
also = ["换货"]
[[merge]]
type = "Stock"
into = "Product"
into_subtype = "Stock"
throughout = true
[[team]]
name = "A"
also = ["甲组"]
[[agent]]
name = "Wang Fang"
also = ["王芳"]
throughout = true
[[member]]
agent = "Wang Fang"
team = "A"
from = 2026-03-01
[[priority]]
name = "urgent"
called = "P0"
also = ["Blocker"]
[[language]]
name = "zh"
also = ["中文"]
[first_contact]
way = "repeat"
days = 14
[[rating_scale]]
scale = 6
worst = 6
best = 1
satisfied_from = 2
[cost]
per_hour = 48.0
teams = { "A" = 60.0 }
[interface]
language = "zh-CN"
[[target]]
thing = "first_response"
within = "1 h"
attainment = 0.9
valid_from = 2026-02-01
"""


@pytest.mark.parametrize("part", PARTS)
def test_every_name_and_rule_comes_back_from_its_table_as_it_went_in(own: Path, visit: Visit, part: str) -> None:
    desk = existing_desk(own)
    keep_agreements(LI, desk, NAMES, since=date(2026, 1, 1), reason="test")
    desk.engine.dispose()
    app = visit(own, "settings", part=part)
    assert not app.exception
    assert "Nothing is changed yet" in words(app)


def key_of(app: AppTest, table: str) -> str:
    return next(key for n in range(9) if (key := f"settings.{table}.{n}.en") in app.session_state)


@pytest.mark.filterwarnings("ignore:Setting an item of incompatible dtype")  # Streamlit's own way to add a row
def test_a_type_is_merged_with_its_consequence_said_and_the_figures_obey(own: Path, visit: Visit) -> None:
    app = visit(own, "settings", part="types")
    row = {"type": "退换货", "into": "物流配送", "into_subtype": "退换货", "from": "2026-03-10", "throughout": True}
    app.session_state[key_of(app, "merge")] = {"edited_rows": {}, "added_rows": [row], "deleted_rows": []}
    app = app.run()
    told = words(app).replace("\\", "")
    assert "“退换货” counts as “物流配送 / 退换货” from 2026-03-10 on, before these agreements too." in told
    app = pressed(app, "What would it change?")
    assert "split by type, subtype they change: see below" in words(app).replace("\\", "")
    parts = next(table.value for table in app.dataframe if "Had it always held" in table.value.columns)
    assert dict(zip(parts["Name"], parts["With the change"], strict=True))["物流配送"] == "320"
    app = pressed(typed(app, "Why", "one team answers both"), "Save")
    assert not app.exception
    desk = existing_desk(own)
    found = figures(LI, desk, ["tickets_created"], by=("type",))
    desk.engine.dispose()
    assert dict(found.select("type", "value").iter_rows()) == {"物流配送": 320.0, "退换货": 100.0}


def test_the_types_of_the_data_are_put_in_to_begin_with(own: Path, visit: Visit) -> None:
    app = pressed(visit(own, "settings", part="types"), "Put in 2 types of the data")
    tree = next(table.value for table in app.dataframe if "subtype" in table.value.columns)
    assert sorted(tree["name"]) == ["物流配送", "退换货"]
    assert "Put in" not in " ".join(button.label for button in app.main.button)


@pytest.mark.filterwarnings("ignore:Setting an item of incompatible dtype")
def test_a_row_that_says_nothing_is_told_and_cannot_be_saved(own: Path, visit: Visit) -> None:
    app = visit(own, "settings", part="people")
    added = [{"agent": "王芳"}]
    app.session_state[key_of(app, "member")] = {"edited_rows": {}, "added_rows": added, "deleted_rows": []}
    app = app.run()
    assert "Row 1: [[member]] 王芳 needs a team." in words(app).replace("\\", "")
    assert next(one for one in app.main.button if one.label == "Save").disabled


def test_the_desks_own_first_contact_resolution_is_chosen(own: Path, visit: Visit) -> None:
    app = visit(own, "settings", part="rules")
    chosen = next(one for one in app.main.selectbox if one.label == "Settled at the first contact is")
    app = chosen.set_value("one_touch").run()
    told = words(app).replace("\\", "")
    assert (
        "First contact resolution: No further ticket of the same customer on the same type within 7 days becomes "
        "Resolved with exactly one reply." in told
    )
    app = pressed(typed(app, "Why", "as the group counts"), "Save")
    ((_since, text),) = held(own)
    assert tomllib.loads(text)["first_contact"] == {"way": "one_touch"}


def test_the_desk_speaks_its_language_to_whoever_has_chosen_none(own: Path, visit: Visit) -> None:
    desk = existing_desk(own)
    keep_agreements(LI, desk, NAMES, since=date(2026, 1, 1), reason="test")
    desk.engine.dispose()
    assert visit(own, "settings", lang="").title[0].value == "设置"
    app = visit(own, "settings", lang="en")
    assert app.title[0].value == "Settings"
