"""The compare page: three ways to name two sides, all of it in the URL, verdicts in words, measures."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.settings.agreements import import_agreements
from tests.pages.conftest import Visit, small_export, words

MEASURE = '[[measure]]\ntitle = "**措施** <b>x</b>"\nby = "王芳"\nfrom = 2026-03-09\nmetric = "csat"\n'


@pytest.mark.parametrize(("lang", "title"), [("en", "Compare"), ("zh-CN", "对比分析")])
def test_a_week_stands_against_the_one_before(small_desk: Path, visit: Visit, lang: str, title: str) -> None:
    app = visit(small_desk, "compare", lang=lang, period="last_7")
    assert not app.exception
    assert app.title[0].value == title
    assert "(120" in words(app) or "120 张" in words(app)


def test_both_values_their_difference_and_a_verdict_stand_in_the_table(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "compare", period="last_7")
    frames = [frame.value for frame in app.main.dataframe if "Verdict" in frame.value.columns]
    rows = {row["Figure"]: row for row in frames[-1].to_dict("records")}
    created = rows["Tickets created"]
    assert list(created.values()) == ["Tickets created", "no more than noise", "0", "from −30 to +30", "120", "120"]


def test_two_teams_are_compared_and_the_link_says_which(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "compare", sides="groups", groups="team", a_team="乙组", period="all")
    assert not app.exception
    assert "**乙组**" in words(app)
    assert "all others" in words(app)
    assert app.query_params["groups"] == ["team"] or app.query_params["groups"] == "team"


def test_the_days_around_a_change_are_equally_long(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "compare", sides="change", day="2026-03-09", days="7")
    assert not app.exception
    assert "(140 tickets) against" in words(app)
    assert words(app).count("140 tickets") == 2


def test_all_data_have_nothing_before_them(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "compare", period="all")
    assert "no period before" in app.info[0].value


def test_figures_are_chosen_by_theme_and_kept_in_the_url(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "compare", period="last_7")
    volume = next(chosen for chosen in app.main.multiselect if chosen.label == "Volume and load")
    volume.set_value(["replies"]).run()
    assert not app.exception
    assert app.query_params["figures_volume"] in ("replies", ["replies"])
    again = visit(small_desk, "compare", period="last_7", figures_volume="replies")
    assert next(one for one in again.main.multiselect if one.label == "Volume and load").value == ["replies"]


def test_without_measures_the_page_says_how_to_write_them(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "compare", sides="measures")
    assert not app.exception
    assert "No measures are written down yet" in app.info[0].value
    assert "No goal is set" in words(app)


def test_a_measure_is_judged_and_its_title_is_no_markup(tmp_path_factory: pytest.TempPathFactory, visit: Visit) -> None:
    folder = tmp_path_factory.mktemp("measured")
    (folder / "export.csv").write_bytes(small_export())
    desk = open_desk(folder / "desk")
    load_files(COMMAND_LINE, desk, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    import_agreements(COMMAND_LINE, desk, MEASURE, since=None, today=date(2026, 3, 20), reason="test")
    app = visit(folder / "desk", "compare", sides="measures")
    assert not app.exception
    told = words(app)
    assert "\\*\\*措施\\*\\* \\<b\\>x" in told
    assert "from 2026\\-03\\-09" in told
    assert "There is nobody to compare with" in told or "no more than noise" in "".join(e.value for e in app.header)


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    app = visit(empty_desk, "compare")
    assert app.header[0].value == "No data yet"
