"""The page of the team's load: what stands open, what people did, and nobody ranked by noise."""

from pathlib import Path

import pytest

from tests.pages.conftest import Visit, words


@pytest.mark.parametrize(("lang", "title"), [("en", "Team load"), ("zh-CN", "团队负荷")])
def test_the_page_stands_in_both_languages(small_desk: Path, visit: Visit, lang: str, title: str) -> None:
    app = visit(small_desk, "team_load", lang=lang)
    assert not app.exception
    assert app.title[0].value == title


def test_the_open_tickets_of_each_person_are_counted(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "team_load", period="all")
    frame = next(frame.value for frame in app.main.dataframe if "For a week and longer" in frame.value.columns)
    rows = {row["Team"]: row for row in frame.to_dict("records")}
    # Every fortieth of 420 stays open, its number 39 more than a multiple of 40: odd, so all with the second team.
    assert (rows["乙组"]["Open"], rows["甲组"]["Open"]) == (10, 0)
    assert rows["甲组"]["Tickets resolved"] + rows["乙组"]["Tickets resolved"] == 410


def test_two_teams_cannot_be_judged_fairly_and_that_is_said(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "team_load", period="all", fair_by="team")
    assert any("Fewer than three people" in info.value for info in app.info)


def test_what_the_data_do_not_tell_is_said_with_the_column_that_is_needed(small_desk: Path, visit: Visit) -> None:
    told = words(visit(small_desk, "team_load"))
    assert "Not measurable with these data:" in told
    assert "kb_article" in told


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    assert visit(empty_desk, "team_load").header[0].value == "No data yet"
