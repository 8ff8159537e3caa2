"""The page of reports: what can be ordered, what stands in the archive, for whom."""

from pathlib import Path

import pytest

from dashboard.desk import open_desk
from dashboard.people import ONE_PERSON, Actor
from dashboard.services.reports import apart as report_apart
from dashboard.services.reports.archive import entries
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
