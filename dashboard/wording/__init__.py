"""What people read, in 简体中文 and English: gettext catalogues, numbers and dates by Babel.

A catalogue is every `*.po` file in the language's folder, read together; the message id is the English sentence, or a
dotted key (`metric.backlog.label`) where the English wording is kept in the catalogue too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime

from dashboard.wording.catalogues import wordings
from metrics.words import N_

__all__ = ["LANGUAGES", "N_", "_", "current_language", "instant", "number", "share", "speaking", "use_language"]

Language = Literal["zh_CN", "en"]
LANGUAGES: dict[Language, str] = {"zh_CN": "简体中文", "en": "English"}
_SAME = 1e-9
"""What differs by less is the same: floating point, no shortfall."""
_DIGITS_MORE = 3
_SURE_BELOW, _NEAR_THE_MIDDLE = 1e9, 1e-5
_language: ContextVar[Language] = ContextVar("language", default="en")


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Message id -> wording of one language; untranslated entries are absent."""
    return wordings(language)


def use_language(language: Language) -> None:
    """Speak this language in the current thread or task from now on."""
    _language.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak this language inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> Language:
    return _language.get()


def _(message: str, **params: object) -> str:
    """The message in the current language, its braces filled from *params*; the message itself where none is known."""
    text = catalogue(_language.get()).get(message, message)
    return text.format(**params) if params else text


def number(value: float, *, digits: int = 0, beside: float | None = None) -> str:
    """A number with the language's separators; `beside` as with shares."""
    return _written(value, digits, "", beside)


def share(value: float, *, digits: int = 1, beside: float | None = None) -> str:
    """A share 0–1 as per cent.

    beside: the goal that it is held against; what falls short of it by less than the digits tell is given more of them,
    and never rounded to the goal or over it, so that the figure does not speak against its verdict.
    """
    return _written(value, digits, "%", beside)


def _written(value: float, digits: int, percent: str, beside: float | None = None) -> str:
    """As Babel writes a number by the pattern `#,##0.0%`, in a tenth of the time: a page has thousands."""
    if beside is None and (told := _told(value * 100 if percent else value, digits)) is not None:
        return told.translate(_signs(_language.get())) + percent
    exact, places = Decimal(str(value)), 2 if percent else 0
    bound = None if beside is None or abs(value - beside) < _SAME else Decimal(str(beside)).scaleb(places)
    rounded = _rounded(exact.scaleb(places), digits, bound)
    return f"{rounded:,f}".translate(_signs(_language.get())) + percent


def _told(value: float, digits: int) -> str | None:
    """As Python writes the number, in a fifth of the time; None near the middle of two, where only decimals round."""
    scaled = abs(value) * 10**digits
    is_sure = scaled < _SURE_BELOW and abs(scaled % 1 - 0.5) > _NEAR_THE_MIDDLE
    return f"{value:,.{digits}f}" if is_sure else None


def _rounded(exact: Decimal, digits: int, bound: Decimal | None) -> Decimal:
    """Rounded to so many digits, or to as many more as keep it on its side of the bound."""
    usual = exact.quantize(_unit(digits), ROUND_HALF_EVEN)
    if bound is None:
        return usual
    finer = (exact.quantize(_unit(digits + more), ROUND_HALF_EVEN) for more in range(_DIGITS_MORE))
    apart = (told for told in finer if (told < bound if exact < bound else told > bound))
    away = ROUND_FLOOR if exact < bound else ROUND_CEILING
    return next(apart, exact.quantize(_unit(digits + _DIGITS_MORE - 1), away))


@cache
def _unit(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


@cache
def _signs(language: Language) -> dict[int, str]:
    """What a language writes for the signs that Python writes."""
    known = Locale.parse(language).number_symbols["latn"]
    return str.maketrans({".": known["decimal"], ",": known["group"], "-": known["minusSign"]})


def day(value: date) -> str:
    """A date in full, as the language writes it."""
    return str(format_date(value, format="medium", locale=_language.get()))


def instant(value: datetime) -> str:
    """A local date and minute, as the language writes it."""
    return str(format_datetime(value, format="short", locale=_language.get()))
