"""The stand-up page, as a supervisor meets it."""

from pathlib import Path

import pytest

from tests.pages.conftest import HOSTILE, Visit, words


@pytest.mark.parametrize(("lang", "sentence"), [("en", "No data yet"), ("zh-CN", "还没有数据")])
def test_an_empty_desk_says_what_to_do_first(empty_desk: Path, visit: Visit, lang: str, sentence: str) -> None:
    app = visit(empty_desk, lang=lang)
    assert not app.exception
    assert app.header[0].value == sentence
    assert [button.label for button in app.main.button] == ["Load a file" if lang == "en" else "导入文件"]


def test_the_button_of_an_empty_desk_leads_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    app = visit(empty_desk)
    app.main.button[0].click().run()
    assert app.title[0].value == "Data"


@pytest.mark.parametrize(("lang", "title"), [("en", "Stand-up, Sat 21 Mar"), ("zh-CN", "每日例会 · 3月21日 周六")])
def test_data_up_to_an_evening_are_for_the_next_morning(small_desk: Path, visit: Visit, lang: str, title: str) -> None:
    app = visit(small_desk, lang=lang)
    assert not app.exception
    assert app.title[0].value == title


def test_the_tiles_count_the_day_before_beside_the_week_before(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk)
    tiles = {tile.label: tile for tile in app.metric}
    assert tiles["Created"].value == "20"
    assert "week before: 20" in [caption.value for caption in app.caption]
    assert tiles["First response within target"].value.endswith("%")


def test_who_waits_is_listed_with_the_longest_wait_first(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk)
    table = app.dataframe[0].value
    assert table["Ticket"][0] == "T0039"
    assert len(table) == 10
    assert "10 tickets wait for a first answer" in words(app)


def test_what_a_customer_wrote_stands_in_table_cells_only(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk)
    assert app.dataframe[0].value["Subject"][0] == HOSTILE
    assert HOSTILE not in words(app)


def test_a_filter_in_the_url_narrows_the_stand_up(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, channel="email")
    assert {tile.label: tile.value for tile in app.metric}["Created"] == "7"


def test_a_value_in_the_url_that_the_data_do_not_have_is_left_out(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, channel="smoke")
    assert not app.exception
    assert {tile.label: tile.value for tile in app.metric}["Created"] == "20"


def test_no_english_is_left_on_the_chinese_page(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, lang="zh-CN")
    labels = [tile.label for tile in app.metric] + list(app.dataframe[0].value.columns)
    assert not [label for label in labels if label.isascii()]
