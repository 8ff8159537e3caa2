"""Texts as words."""

import pytest

from metrics.texts.tokens import CHARACTERS_READ, is_chinese, words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("态度一般，效率太低", {"态度", "一般", "效率", "太低"}),
        ("客服一直让我等", {"客服", "等"}),
        ("Waited far too long", {"waited", "far", "too", "long"}),
        ("S5 扫地机器人 email 客服了", {"扫地", "机器人", "email", "客服"}),
    ],
)
def test_a_text_is_cut_into_the_words_that_say_something(text: str, told: set[str]) -> None:
    assert words(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("问题没解决就说解决了", {"问题", "没解决", "解决"}),
        ("没有给我解决", {"没有解决"}),
        ("不满意。态度好", {"不满意", "态度", "好"}),
        ("The problem is not solved", {"problem", "not solved"}),
        ("it doesn’t work", {"not work"}),
    ],
)
def test_a_negation_stays_with_what_it_denies(text: str, told: set[str]) -> None:
    assert words(text) == told


def test_wide_letters_and_capitals_are_one_word() -> None:
    assert words("ＲＥＦＵＮＤ") == words("refund") == {"refund"}


def test_order_numbers_are_no_words() -> None:
    assert words("DD250905-22235 order4711") == frozenset()


@pytest.mark.parametrize("text", ["", "😀😀", "\x00\u200b", "??!!", "1234"])
def test_what_says_nothing_has_no_words(text: str) -> None:
    assert words(text) == frozenset()


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert words("慢" + "x" * CHARACTERS_READ + "退款") == {"慢", "x" * (CHARACTERS_READ - 1)}


def test_a_text_with_chinese_characters_is_chinese() -> None:
    assert is_chinese("OK了")
    assert not is_chinese("naïve café")
