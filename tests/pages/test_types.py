"""The page of types, as a supervisor meets it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, words
from tests.pages.talking import talking_desk

__all__ = ["talking_desk"]
RECENT = {"period": "custom", "from": "2026-04-13", "to": "2026-05-11"}


def headings(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in app.header)


@pytest.mark.parametrize(("lang", "sentence"), [("en", "No data yet"), ("zh-CN", "还没有数据")])
def test_an_empty_desk_says_what_to_do_first(empty_desk: Path, visit: Visit, lang: str, sentence: str) -> None:
    app = visit(empty_desk, "types", lang=lang)
    assert not app.exception
    assert app.header[0].value == sentence


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_chart_has_its_sentence_in_the_reader_s_language(talking_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(talking_desk, "types", lang=lang, **RECENT)
    assert not app.exception
    assert app.title[0].value == ("Types" if lang == "en" else "问题类型")
    told = headings(app)
    grown = "Grew beyond noise: 物流配送 ×3" if lang == "en" else "增长超出正常波动：物流配送 ×3"
    asked = "The 3 most frequent questions make 100%" if lang == "en" else "最常见的 3 个问题占工单的 100%"
    assert grown in told
    assert asked in told


def test_the_questions_stand_as_customers_wrote_them_with_their_figures(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "types", **RECENT)
    table = next(one.value for one in app.dataframe if "Growth" in one.value.columns)
    assert table["Tickets"].tolist() == [168, 56, 56]
    assert table["Question, as one customer wrote it"][0].startswith("快递好几天没更新了")
    assert table["Growth"][0].startswith("▲ ×3")
    assert set(table["Growth"][1:]) == {"×1"}


def test_what_articles_save_follows_from_what_is_assumed(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "types", **RECENT)
    assert "Articles on the first 3 questions would save about 21 tickets a week" in headings(app)
    app.number_input(key="saving.answered").set_value(60).run()
    assert "Articles on the first 3 questions would save about 42 tickets a week" in headings(app)


def test_where_replies_are_unknown_nobody_is_asked_what_one_takes(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "types", **RECENT)
    assert "how many replies these tickets took" in words(app)
    assert [one.key for one in app.number_input] == ["saving.articles", "saving.answered"]


def test_the_subtypes_of_a_type_are_one_choice_away(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "types", of="物流配送", **RECENT)
    assert not app.exception
    assert "物流配送: 催件 makes 100%" in headings(app)


def test_a_young_desk_says_why_growth_is_not_told(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "types")
    assert not app.exception
    assert "at least 4 weeks of data" in words(app)


def test_a_desk_without_types_texts_and_products_says_what_is_missing(bare_desk: Path, visit: Visit) -> None:
    app = visit(bare_desk, "types", period="all")
    assert not app.exception
    assert "neither messages nor subjects" in words(app)
    assert "do not name two products" in words(app)


def test_what_grew_is_shown_week_by_week(talking_desk: Path, visit: Visit) -> None:
    app = visit(talking_desk, "types", **RECENT)
    assert "Week by week: what grew most" in headings(app)
    steady = visit(talking_desk, "types", period="custom", **{"from": "2026-03-02", "to": "2026-03-30"})
    assert "Nothing grew beyond its own noise" in headings(steady)
    assert "Week by week: what grew most" not in headings(steady)
