"""Words that tell the marked tickets from the others."""

from math import log, sqrt

import polars as pl
import pytest

from metrics.texts.telling import PRIOR_TICKETS, in_words, telling


def spoken(*groups: tuple[str, bool, int]) -> pl.DataFrame:
    """So many tickets with each text, marked or not."""
    rows = [(text, marked) for text, marked, n in groups for _ in range(n)]
    return in_words(pl.DataFrame(rows, schema={"text": pl.String, "is_low": pl.Boolean}, orient="row"))


def row_of(found: pl.DataFrame, word: str) -> dict[str, object]:
    return found.row(by_predicate=pl.col("word") == word, named=True)


def test_the_log_odds_are_those_of_monroe_by_hand() -> None:
    found = row_of(telling(spoken(("等", True, 30), ("态度", True, 70), ("态度", False, 380), ("等", False, 20)),
                           marked="is_low"), "等")  # fmt: skip
    prior = PRIOR_TICKETS * 50 / 500
    yes, no = 30 + prior, 70 + PRIOR_TICKETS - prior
    other_yes, other_no = 20 + prior, 380 + PRIOR_TICKETS - prior
    ratio = log(yes / no) - log(other_yes / other_no)
    spread = sqrt(1 / yes + 1 / no + 1 / other_yes + 1 / other_no)
    assert found["log_odds"] == pytest.approx(ratio)
    assert found["low"] == pytest.approx(ratio - 1.959964 * spread, rel=1e-5)
    assert found["high"] == pytest.approx(ratio + 1.959964 * spread, rel=1e-5)
    assert (found["n"], found["others"], found["n_all"], found["others_all"]) == (30, 20, 100, 400)


def test_a_word_that_all_say_is_frequent_but_tells_nothing() -> None:
    found = telling(spoken(("客服太慢", True, 60), ("客服专业", False, 300), ("客服", False, 40)), marked="is_low")
    assert row_of(found, "太慢")["is_telling"]
    assert not row_of(found, "客服")["is_telling"]
    assert found["word"][0] == "太慢"


def test_a_word_counts_once_a_ticket_however_often_it_is_said() -> None:
    found = telling(spoken(("慢慢慢，太慢，太慢", True, 10), ("专业", False, 10)), marked="is_low")
    assert row_of(found, "太慢")["n"] == 10


def test_languages_are_held_against_themselves_only() -> None:
    found = telling(
        spoken(("太慢", True, 30), ("专业", False, 200), ("slow", True, 10), ("great", False, 10)), marked="is_low"
    )
    assert row_of(found, "slow")["others_all"] == 10
    assert row_of(found, "太慢")["others_all"] == 200


def test_words_of_pure_chance_are_rarely_telling() -> None:
    texts = ["退款", "物流", "发货", "优惠券", "地址", "发票", "质量", "包装"]
    groups = [(text, marked, n) for text in texts for marked, n in ((True, 25), (False, 125))]
    assert not telling(spoken(*groups), marked="is_low")["is_telling"].any()


def test_without_others_there_is_nothing_to_tell() -> None:
    assert telling(spoken(("太慢", True, 30)), marked="is_low").is_empty()
    assert telling(in_words(pl.DataFrame(schema={"text": pl.String, "is_low": pl.Boolean})), marked="is_low").is_empty()


def test_a_word_of_every_ticket_has_finite_odds() -> None:
    found = telling(spoken(("太慢", True, 30), ("太慢", False, 30)), marked="is_low")
    assert row_of(found, "太慢")["log_odds"] == pytest.approx(0)
