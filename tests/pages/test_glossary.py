"""The glossary: every figure, in both languages, found by any of its words."""

from pathlib import Path

import pytest

from dashboard.services.analysis.glossary import entries
from dashboard.wording import Language, speaking
from metrics.catalog import METRICS, OWN
from tests.pages.conftest import Visit, words


def test_every_metric_stands_in_one_entry() -> None:
    listed = [one.id for entry in entries() for one in entry.members]
    assert sorted(listed) == sorted([*METRICS, *OWN])


@pytest.mark.parametrize(("lang", "title"), [("en", "Glossary"), ("zh-CN", "指标词典")])
def test_the_glossary_needs_no_data(empty_desk: Path, visit: Visit, lang: str, title: str) -> None:
    app = visit(empty_desk, "glossary", lang=lang)
    assert not app.exception
    assert app.title[0].value == title
    assert len(app.main.expander) == len(entries())


@pytest.mark.parametrize(("lang", "wanted"), [("en", "gini open"), ("zh-CN", "load_balance"), ("zh-CN", "基尼")])
def test_a_search_finds_a_figure_by_its_words_or_its_id(empty_desk: Path, visit: Visit, lang: str, wanted: str) -> None:
    app = visit(empty_desk, "glossary", lang=lang, q=wanted)
    assert [code.value for code in app.main.code] == ["load_balance"]


def test_an_entry_tells_all_that_the_catalogue_knows(small_desk: Path, visit: Visit) -> None:
    told = words(visit(small_desk, "glossary", q="fcr_survey"))
    lines = (
        "How it is computed", "Unit", "Dated by", "One row is", "Direction", "Small numbers: below 30 nobody",
        "Split by agent: who resolved it", "Compare with other systems", "On this desk: The source does not",
    )  # fmt: skip
    for line in lines:
        assert f"- {line}" in told


def test_words_that_describe_nothing_say_so(empty_desk: Path, visit: Visit) -> None:
    app = visit(empty_desk, "glossary")
    app.main.text_input[0].set_value("zzz").run()
    assert app.info[0].value.startswith("No figure is described")
    assert app.query_params["q"] == "zzz"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_entry_shows_a_key_in_the_place_of_words(language: Language) -> None:
    from dashboard.components.analysis.glossary_parts import _words

    with speaking(language):
        assert not [entry.wording for entry in entries() if "metric." in _words(entry) or "topic." in _words(entry)]
