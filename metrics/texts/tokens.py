"""The words of a text, Chinese cut into words and English as it stands, without what says nothing by itself."""

import re
import unicodedata
from functools import lru_cache

from metrics.texts.lists import (
    NEGATING_CHINESE,
    NEGATING_ENGLISH,
    SILENT_CHINESE,
    SILENT_ENGLISH,
    TELLING_CHARACTERS,
)

CHARACTERS_READ = 600
"""Of a longer text only the beginning is read: what follows is most often quoted or pasted."""
SHORTEST_LATIN = 3
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
CODE = re.compile(r"[a-z]*[0-9][a-z0-9._-]*")
SILENT = frozenset((*SILENT_CHINESE.split(), *SILENT_ENGLISH.split()))


def is_chinese(text: str) -> bool:
    """Whether a text has Chinese characters."""
    return HAN.search(text[:CHARACTERS_READ]) is not None


@lru_cache(maxsize=50_000)
def words(text: str) -> frozenset[str]:
    """The different words of a text, in small letters; a negation stays with the word that it denies."""
    folded = unicodedata.normalize("NFKC", text[:CHARACTERS_READ]).lower().replace("’", "'")
    folded = CODE.sub(" ", folded)
    return frozenset((*_chinese(folded), *_english(folded)))


def _chinese(text: str) -> list[str]:
    if HAN.search(text) is None:
        return []
    import rjieba  # reads its dictionary, which is nothing for a page that cuts no text

    found, denied = [], ""
    for word in rjieba.cut(text):
        if word in NEGATING_CHINESE:
            denied = word
        elif _speaks(word):
            found.append(denied + word)
            denied = ""
        elif HAN.match(word) is None:
            denied = ""
    return found


def _speaks(word: str) -> bool:
    if len(word) == 1:
        return word in TELLING_CHARACTERS
    return HAN.match(word) is not None and word not in SILENT


def _english(text: str) -> list[str]:
    found, denied = [], ""
    for word in LATIN.findall(text):
        if word in NEGATING_ENGLISH or word.endswith("n't"):
            denied = "not "
        elif len(word) >= SHORTEST_LATIN and word not in SILENT:
            found.append(denied + word)
            denied = ""
    return found
