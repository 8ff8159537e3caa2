"""How other systems name columns and values, in English and Chinese; the words stand in synonyms.toml."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

_SEPARATORS = re.compile(r"[\s_\-/.:：()（）]+")
_NUMBERED = re.compile(r"^\d{1,2}\s*[-.:、]\s*(?=\D)")


@cache
def _words() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    return tomllib.loads((files("loaders") / "synonyms.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """A header or value without case, outer spaces, separators and a leading number such as `1 - `."""
    bare = _NUMBERED.sub("", re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", text.strip())).casefold()
    return _SEPARATORS.sub(" ", bare).strip()


@cache
def value_synonyms(column: str) -> dict[str, str]:
    """Normal raw value -> canonical value of one closed set; empty for a value that says that nothing is known."""
    table = _words()["values"].get(column, {})
    own = {normal(value): value for value in table}
    return own | {
        normal(word): ("" if value == "unknown" else value) for value, words in table.items() for word in words
    }


@cache
def header_synonyms(shape: str) -> dict[str, tuple[str, ...]]:
    """Canonical column -> normal headers that mean it, the surest first; the canonical name itself always does."""
    common, own = _words()["columns"]["common"], _words()["columns"].get(shape, {})
    return {
        name: tuple(dict.fromkeys(normal(word) for word in [name, *words])) for name, words in {**common, **own}.items()
    }
