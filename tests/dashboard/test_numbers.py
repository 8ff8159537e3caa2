"""Numbers and shares are written as Babel writes them."""

import pytest
from babel import Locale
from babel.numbers import parse_pattern
from hypothesis import given
from hypothesis import strategies as st

from dashboard.wording import LANGUAGES, Language, number, share, speaking

VALUES = st.one_of(
    st.floats(-1e12, 1e12),
    st.floats(-2, 2),
    st.integers(-(10**15), 10**15),
    st.integers(-999, 999).map(lambda n: n / 16),
)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=VALUES, digits=st.integers(0, 3))
def test_a_number_and_a_share_are_those_of_babel(language: Language, value: float, digits: int) -> None:
    locale, rest = Locale.parse(language), "." + "0" * digits if digits else ""
    with speaking(language):
        assert number(value, digits=digits) == parse_pattern("#,##0" + rest).apply(value, locale)
        assert share(value, digits=digits) == parse_pattern("#,##0" + rest + "%").apply(value, locale)
