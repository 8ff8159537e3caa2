"""The plan of people in the pages: need without a roster, a roster pasted, peaks and their ladder, what-if, events."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, ONE_PERSON, Actor
from dashboard.services.facts.figures import facts_of
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.staffing.events import add_event, events_of
from dashboard.services.staffing.rosters import kept_rosters
from dashboard.services.staffing.scenarios import scenarios
from metrics.staffing.model import Event
from tests.pages.conftest import Visit, small_export, words

ROSTER = "日期\t班组\t上班\t下班\t人数\n" + "".join(
    f"2026-03-{day}\t{team}\t09:00\t18:00\t1\n" for day in (23, 24) for team in ("甲组", "乙组")
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk of its own, as plans are written to: the small export."""
    from dashboard.services.loading.loads import LoadOptions, load_files

    made = open_desk(tmp_path / "desk")
    (tmp_path / "export.csv").write_bytes(small_export())
    report = load_files(COMMAND_LINE, made, [tmp_path / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    return made


def press(app: AppTest, key: str) -> AppTest:
    return next(one for one in app.button if one.key == key).click().run()


def see(visit: Visit, desk: Path, part: str, **asked: str) -> AppTest:
    app = visit(desk, "staffing", part=part, **asked)
    assert not app.exception
    return app


@pytest.mark.parametrize(("lang", "title"), [("en", "Staffing"), ("zh-CN", "人力排班")])
def test_the_page_stands_in_both_languages(small_desk: Path, visit: Visit, lang: str, title: str) -> None:
    for part in ("gaps", "forecast", "what-if", "roster", "events", "rules"):
        assert see(visit, small_desk, part, lang=lang).title[0].value == title


def test_without_a_roster_the_need_is_told_and_where_to_enter_one(small_desk: Path, visit: Visit) -> None:
    told = words(see(visit, small_desk, "gaps"))
    assert "How many people are needed" in told
    assert "No roster is known, so only the need is told" in told
    assert "short at the worst" not in told


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    assert see(visit, empty_desk, "gaps").header[0].value == "No data yet"


def test_a_pasted_roster_is_looked_at_put_in_force_and_tells_gaps_and_a_ladder(desk: Desk, visit: Visit) -> None:
    app = see(visit, desk.root, "roster", days="own", **{"from": "2026-03-23", "to": "2026-03-24"})
    app.text_area[0].set_value(ROSTER + "2026-03-25\t甲组\t九点\t\t\n").run()
    app = press(app, "roster.read.text")
    assert "**4 shifts** of 5 rows were read; 1 were kept aside." in words(app)
    aside = next(frame.value for frame in app.main.dataframe if "Reason" in frame.value.columns)
    assert aside.to_dict("records") == [
        {"Line": 6, "Column": "上班", "Value": "九点",
         "Reason": "The time cannot be read; write 09:00 and 18:00, or 09:00-18:00."}
    ]  # fmt: skip
    assert kept_rosters(ONE_PERSON, desk) == ()
    next(one for one in app.text_input if one.key == "roster.name").set_value("第13周").run()
    app = press(app, "roster.keep")
    assert [one.value for one in app.success] == ["The roster is in force."]
    assert [(one.name, one.shifts, one.read) for one in kept_rosters(ONE_PERSON, desk)] == [("第13周", 4, 5)]
    told = words(see(visit, desk.root, "gaps", days="own", **{"from": "2026-03-23", "to": "2026-03-24"}))
    assert "goals will be missed" in told
    assert "short, expected" in told
    assert "What can be done" in told


def test_a_scenario_is_saved_and_stands_beside_the_plan(desk: Desk, visit: Visit) -> None:
    app = see(visit, desk.root, "what-if")
    next(one for one in app.slider if one.key == "if.volume").set_value(200).run()
    next(one for one in app.text_input if one.key == "if.name").set_value("大促").run()
    app = press(app, "if.save")
    assert [(one.name, one.changes.volume) for one in scenarios(ONE_PERSON, desk)] == [("大促", 2.0)]
    table = next(frame.value for frame in app.main.dataframe if "The plan as it is" in frame.value.columns)
    assert "大促" in table.columns
    as_it_is, then = (float(table[name][0].replace(",", "")) for name in ("The plan as it is", "大促"))
    assert then == pytest.approx(as_it_is * 3, rel=0.02)


def test_an_event_is_entered_by_the_form(desk: Desk, visit: Visit) -> None:
    app = see(visit, desk.root, "events")
    next(one for one in app.text_input if one.key == "event.new.name").set_value("清明").run()
    app = press(app, "event.new.do")
    assert [one.name for one in events_of(ONE_PERSON, desk)] == ["清明"]
    assert "清明" in next(frame.value for frame in app.main.dataframe)["Event"].to_list()


def test_a_coming_event_can_be_chosen_as_the_days_to_plan_and_is_explained(desk: Desk, visit: Visit) -> None:
    id = add_event(ONE_PERSON, desk, Event("清明", "holiday", date(2026, 4, 4), date(2026, 4, 6), (), "percent", 0.5))
    app = see(visit, desk.root, "forecast", days=f"event-{id}")
    assert "清明 1.50 (typed)" in words(app).replace("\\", "")


def test_the_model_of_a_queue_is_chosen_with_a_reason_and_named(desk: Desk, visit: Visit) -> None:
    app = see(visit, desk.root, "rules", lang="en")
    next(one for one in app.selectbox if one.key == "rules.queue").set_value("phone").run()
    for field, value in (("work", "erlang_c"), ("level", "with_early")):
        next(one for one in app.selectbox if one.key == f"rules.phone.{field}").set_value(value).run()
    next(one for one in app.text_input if one.key == "rules.why").set_value("nobody hangs up").run()
    app = press(app, "rules.do")
    assert not app.exception
    table, chats, journal = (frame.value for frame in app.main.dataframe)
    assert chats["Chats at once"].to_list() == ["1", "2", "3 ◀", "4", "5"]
    assert chats["People for the goal"].is_monotonic_decreasing
    calls = table[table["Queue"] == "Phone"].iloc[0]
    assert calls["How people work"] == "✎ calls that wait for ever (Erlang C)"
    assert journal["What"].to_list() == [
        "How people work: calls that wait for ever (Erlang C), "
        "What the goal is a share of: who gave up in time counts as served"
    ]  # fmt: skip


def test_who_only_sees_plans_is_offered_no_way_to_change_them(desk: Desk, visit: Visit) -> None:
    visit.actor = Actor(9, "Wu", "inspector")
    for part in ("events", "roster", "forecast", "what-if", "rules"):
        keys = {str(one.key) for one in see(visit, desk.root, part).main.button}
        assert not {key for key in keys if key.split(".")[0] in ("event", "roster", "override", "if", "rules")}


@pytest.mark.parametrize("is_small", [True, False])
def test_types_with_a_queue_of_their_own_are_planned_apart_unless_they_are_few(
    desk: Desk, visit: Visit, monkeypatch: pytest.MonkeyPatch, *, is_small: bool
) -> None:
    monkeypatch.setattr("metrics.staffing.groups.LEAST_A_DAY", 1e6 if is_small else 0.0)
    rows = f'[[queue]]\nname = "often"\ntypes = ["{commonest_type(desk)}"]\n'
    keep_agreements(COMMAND_LINE, desk, rows, since=date.min, reason="two crews", expected=0)
    app = see(visit, desk.root, "rules", lang="en")
    names = {name.split(" · ")[-1] for name in next(frame.value for frame in app.main.dataframe)["Queue"]}
    assert ("is planned with the rest of its channel" in words(app)) is is_small
    assert ("often" in names) is not is_small
    assert ("other types" in names) is not is_small


def commonest_type(desk: Desk) -> str:
    return str(facts_of(COMMAND_LINE, desk).tickets["type"].drop_nulls().value_counts(sort=True)["type"][0])
