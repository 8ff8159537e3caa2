"""Foreign text beside our own words, and in files for spreadsheets."""

import polars as pl
import pytest

from dashboard.charts.style import shown
from dashboard.components.export import csv
from dashboard.components.text import plain


@pytest.mark.parametrize("mark", list("*_`#[]()<>|~$:\\!&"))
def test_no_character_of_markdown_is_left_alone(mark: str) -> None:
    assert plain(f"a{mark}b") == f"a\\{mark}b"


@pytest.mark.parametrize(
    ("text", "shown_as"),
    [
        ("https://a.example/x.png", "https\\:\u2060\\/\\/a\\.example\\/x\\.png"),
        ("HTTP://a", "HTTP\\:\u2060\\/\\/a"),
        ("www.a.example", "www\u2060\\.a\\.example"),
        ("bob@a.example", "bob\u2060\\@a\\.example"),
    ],
)
def test_an_address_is_not_made_a_link_after_its_escapes_are_resolved(text: str, shown_as: str) -> None:
    assert plain(text) == shown_as


def test_text_over_several_lines_becomes_one() -> None:
    assert plain("甲\n\n# 乙") == "甲 \\# 乙"


def test_a_label_of_a_chart_is_no_markup_and_not_overlong() -> None:
    assert shown("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert len(shown("长" * 100)) == 28


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    text = csv(pl.DataFrame({"subject": [cell]})).decode("utf-8-sig")
    assert f"'{cell}" in text


def test_a_number_stays_a_number_and_chinese_survives() -> None:
    content = csv(pl.DataFrame({"主题": ["退货"], "n": [-5]}))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "主题,n\n退货,-5\n"


def test_a_header_that_a_spreadsheet_would_run_gets_an_apostrophe() -> None:
    assert csv(pl.DataFrame({"=cmd": ["x"]})).decode("utf-8-sig").startswith("'=cmd")
