"""What people read, in 简体中文 and English: gettext catalogues, numbers and dates by Babel.

A catalogue is every `*.po` file in the language's folder, read together; the message id is the English sentence, or a
dotted key (`metric.backlog.label`) where the English wording is kept in the catalogue too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po

from metrics.words import N_

__all__ = ["LANGUAGES", "N_", "_", "current_language", "instant", "number", "share", "speaking", "use_language"]

Language = Literal["zh_CN", "en"]
LANGUAGES: dict[Language, str] = {"zh_CN": "简体中文", "en": "English"}
_language: ContextVar[Language] = ContextVar("language", default="en")


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Message id -> wording of one language; untranslated entries are absent."""
    entries: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.po")):
        with path.open("rb") as file:
            read = read_po(file, locale=language)
        entries.update({str(message.id): str(message.string) for message in read if message.id and message.string})
    return entries


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


def number(value: float, *, digits: int = 0) -> str:
    """A number with the language's separators."""
    return _written(value, digits, "")


def share(value: float, *, digits: int = 1) -> str:
    """A share 0–1 as per cent."""
    return _written(value, digits, "%")


def _written(value: float, digits: int, percent: str) -> str:
    """As Babel writes a number by the pattern `#,##0.0%`, in a tenth of the time: a page has thousands."""
    exact = Decimal(str(value))
    rounded = (exact.scaleb(2) if percent else exact).quantize(_unit(digits), ROUND_HALF_EVEN)
    return f"{rounded:,f}".translate(_signs(_language.get())) + percent


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
