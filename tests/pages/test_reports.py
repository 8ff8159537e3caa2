"""The page of reports: what can be ordered, what stands in the archive, for whom."""

import shutil
from pathlib import Path

import pytest

from dashboard.desk import open_desk
from dashboard.people import ONE_PERSON, Actor
from dashboard.services.reports import apart as report_apart
from dashboard.services.reports.archive import entries
from dashboard.services.reports.schedules import schedules
from dashboard.wording import speaking
from tests.pages.conftest import Visit, words

LI = Actor(7, "Li", "supervisor", frozenset({"甲组"}))
AGENT = Actor(8, "Ann", "agent", frozenset({"甲组"}), "王芳")


def test_an_empty_desk_says_what_to_do(visit: Visit, empty_desk: Path) -> None:
    app = visit(empty_desk, "reports")
    assert not app.exception
    assert "Archive" not in words(app)
    assert not app.selectbox


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_report_is_ordered_with_the_days_and_language_that_were_chosen(
    visit: Visit, small_desk: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:  # fmt: skip
    begun: list[int] = []
    monkeypatch.setattr(report_apart, "begin", lambda _actor, _desk, id: begun.append(id))
    monkeypatch.setattr("dashboard.components.reports.report_form.begin", lambda _actor, _desk, id: begun.append(id))
    app = visit(small_desk, "reports", lang=lang)
    assert not app.exception
    button = next(one for one in app.button if one.label in ("Make the report", "制作报告"))
    with speaking("en" if lang == "en" else "zh_CN"):  # AppTest names the options of a list by itself
        button.click().run()
    assert not app.exception
    desk = open_desk(small_desk)
    entry = entries(ONE_PERSON, desk)[0]
    assert [entry.id] == begun
    assert entry.asked.language == ("en" if lang == "en" else "zh_CN")
    assert str(entry.asked.period.start) == "2026-03-09"
    assert app.button(key=f"report-off-{entry.id}")
    with speaking("en" if lang == "en" else "zh_CN"):
        app.button(key=f"report-off-{entry.id}").click().run()
    assert entries(ONE_PERSON, desk)[0].state == "cancelled"


def test_a_supervisor_sees_his_own_reports_only_and_an_agent_has_no_page(visit: Visit, small_desk: Path) -> None:
    visit.actor = LI
    app = visit(small_desk, "reports")
    assert "No report was made yet." in words(app)
    visit.actor = AGENT
    assert "Archive" not in words(visit(small_desk, "reports"))


def test_a_report_is_put_on_a_schedule_paused_and_taken_away(visit: Visit, small_desk: Path, tmp_path: Path) -> None:
    shutil.copytree(small_desk, tmp_path / "desk")
    app = visit(tmp_path / "desk", "reports", part="mail")
    assert not app.exception
    assert "No report goes out by itself yet." in words(app)
    assert "No mail server is set up" in words(app)
    save = next(one for one in app.button if one.label == "Save")
    save.click().run()
    assert "A schedule needs a name" in words(app)
    with speaking("en"):
        app.text_input(key="schedule-0-0-name").set_value("Every Monday")
        app.text_area(key="schedule-0-0-addresses").set_value("boss@b.example\nwu@b.example")
        next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    assert "The schedule is saved." in words(app)
    desk = open_desk(tmp_path / "desk")
    (kept,) = schedules(ONE_PERSON, desk)
    assert (kept.name, kept.addresses) == ("Every Monday", ("boss@b.example", "wu@b.example"))
    assert (kept.timing.kind, kept.timing.day, kept.timing.minute, kept.language) == ("weekly", 1, 480, "en")
    with speaking("en"):
        app.button(key=f"schedule-now-{kept.id}").click().run()
    assert "No mail server is set up" in "\n".join(str(one.value) for one in app.error)
    with speaking("en"):
        app.button(key=f"schedule-pause-{kept.id}").click().run()
    assert not schedules(ONE_PERSON, desk)[0].is_on
    assert "paused" in words(app)
    with speaking("en"):
        app.button(key=f"schedule-remove-{kept.id}").click().run()
    assert schedules(ONE_PERSON, desk) == ()


@pytest.mark.parametrize(("lang", "part", "said"), [
    ("zh-CN", "layouts", "还没有保存自有模板"), ("en", "layouts", "A workbook of yours"),
    ("zh-CN", "check", "系统会按工作簿里记录"), ("en", "check", "altered cell, a changed setting"),
])  # fmt: skip
def test_the_other_parts_say_what_they_are_for(visit: Visit, small_desk: Path, lang: str, part: str, said: str) -> None:
    app = visit(small_desk, "reports", lang=lang, part=part)
    assert not app.exception
    assert said in words(app)
