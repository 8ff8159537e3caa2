"""The satisfaction page, as a supervisor meets it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words
from tests.pages.talking import HOSTILE, talking_desk

__all__ = ["talking_desk"]


def headings(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in app.header)


@pytest.mark.parametrize(("lang", "sentence"), [("en", "No data yet"), ("zh-CN", "还没有数据")])
def test_an_empty_desk_says_what_to_do_first(empty_desk: Path, visit: Visit, lang: str, sentence: str) -> None:
    app = visit(empty_desk, "satisfaction", lang=lang)
    assert not app.exception
    assert app.header[0].value == sentence


def test_without_any_rating_the_page_says_which_column_is_needed(bare_desk: Path, visit: Visit) -> None:
    app = visit(bare_desk, "satisfaction", period="all")
    assert not app.exception
    assert "No ratings are loaded." in words(app)
    assert "满意度评分" in words(app)


def test_a_scope_without_tickets_says_so(talking_desk: Path, visit: Visit) -> None:
    asked = {"period": "custom", "from": "2026-01-05", "to": "2026-01-06", "type": "使用指导", "channel": "wechat"}
    assert not visit(talking_desk, "satisfaction", **asked).exception


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_chart_has_its_sentence_in_the_reader_s_language(talking_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(talking_desk, "satisfaction", lang=lang, period="all")
    assert not app.exception
    assert app.title[0].value == ("Satisfaction" if lang == "en" else "满意度")
    told = headings(app)
    assert ("The longer the first answer took, the fewer are satisfied: 100%" if lang == "en"
            else "首次响应越慢，满意的越少：1 分钟至 5 分钟为 100%") in told  # fmt: skip
    assert ("have five stars" if lang == "en" else "五星评价占") in told


def test_the_words_of_low_ratings_are_named(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "satisfaction", period="all")
    title = next(one.value for one in app.header if "Low ratings mention" in one.value)
    assert "太慢" in title, title
    assert "很快" not in title


def test_messages_are_read_where_there_are_no_comments(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "satisfaction")
    assert not app.exception
    assert "Nobody wrote a comment beside a rating" in words(app)


def test_the_response_rate_is_absent_with_its_reason_where_nobody_knows_who_was_asked(
    small_desk: Path, visit: Visit
) -> None:
    app = visit(small_desk, "satisfaction")
    told = headings(app) + words(app)
    assert "How many answered cannot be known" in told or "response rate" in told.lower()


def test_low_ratings_are_listed_newest_first_and_what_was_written_stays_in_cells(
    talking_desk: Path, visit: Visit
) -> None:
    app = visit(talking_desk, "satisfaction", period="all")
    table = next(one.value for one in app.dataframe if "Stars" in one.value.columns)
    assert list(table["Rated"]) == sorted(table["Rated"], reverse=True)
    assert set(table["Stars"]) <= {"★☆☆☆☆", "★★☆☆☆"}
    assert HOSTILE in set(table["What the customer wrote"])
    assert HOSTILE not in words(app)


def test_without_a_second_rating_the_page_says_what_would_be_needed(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "satisfaction", period="all")
    assert "No ticket of these days was rated more than once" in words(app)


def test_the_dimension_side_by_side_stays_in_the_url(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "satisfaction", period="all", split="product")
    assert not app.exception
    assert "below it Water purifier W2" in headings(app)
