"""No word that people read is without its Chinese, and no key without its English."""

import ast
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_one_table_keep_their_own_names(language: str) -> None:
    """Two headings that are one word in a language would leave the table with one of the two columns."""
    known = catalogue(language)  # type: ignore[arg-type]
    folded = []
    for name in sorted(path for package in ("dashboard", "pages") for path in (ROOT / package).rglob("*.py")):
        for table in (one for one in ast.walk(ast.parse(name.read_text("utf-8"))) if isinstance(one, ast.Dict)):
            said = [known.get(text, text) for text in filter(None, map(translated, table.keys))]
            folded += [f"{name.relative_to(ROOT)}:{table.lineno} {text}" for text in set(said) if said.count(text) > 1]
    assert not folded


def translated(key: ast.expr | None) -> str | None:
    """The message of `_("…")`."""
    match key:
        case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text)), *_]):
            return text
    return None
