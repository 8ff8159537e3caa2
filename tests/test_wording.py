"""No word that people read is without its Chinese, and no key without its English."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract_from_dir

from dashboard.wording import LANGUAGES, catalogue
from tests.conftest import ROOT

PACKAGES = ("dashboard", "loaders", "metrics", "pages")
KEY = re.compile(r"^[a-z_]+(\.[A-Za-z0-9_]+)+$")
BRACES = re.compile(r"{(\w+)[^}]*}")


def messages() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path, line, message, _comments, _context in extract_from_dir(
            ROOT / package, [("**.py", "python")], keywords={"_": None, "N_": None}
        ):
            yield (message[0] if isinstance(message, tuple) else message), f"{package}/{path}:{line}"


def test_every_sentence_has_its_chinese() -> None:
    known = catalogue("zh_CN")
    missing = sorted({f"{where}: {text!r}" for text, where in messages() if text not in known})
    assert not missing, "without an entry in dashboard/wording/zh_CN:\n" + "\n".join(missing)


def test_every_key_has_its_english() -> None:
    known = catalogue("en")
    missing = sorted({f"{where}: {text!r}" for text, where in messages() if KEY.match(text) and text not in known})
    assert not missing, "without an entry in dashboard/wording/en:\n" + "\n".join(missing)


def test_both_languages_know_the_same_keys() -> None:
    keys = {language: {key for key in catalogue(language) if KEY.match(key)} for language in LANGUAGES}
    assert keys["en"] == keys["zh_CN"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_the_same_braces(language: str) -> None:
    english = catalogue("en")
    for message, text in catalogue(language).items():  # type: ignore[arg-type]
        original = english.get(message, message)
        assert set(BRACES.findall(text)) <= set(BRACES.findall(original)), f"{message!r} -> {text!r}"
