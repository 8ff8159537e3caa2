"""Says a system's own word for a closed set in the canonical one, where a reader has to do so itself."""

from functools import cache
from importlib.resources import files

from loaders.mapping import load_mapping
from loaders.synonyms import normal, value_synonyms


@cache
def words(kind: str, column: str) -> dict[str, str]:
    """Normal raw value -> canonical value, by the mapping of that system's tickets, else the shipped synonyms."""
    text = (files("loaders.live.mappings") / f"{kind}.toml").read_text(encoding="utf-8")
    own = load_mapping(text).values.get(column, {})
    return value_synonyms(column) | {normal(raw): value for raw, value in own.items()}


def canonical(kind: str, column: str, raw: object) -> str | None:
    """The canonical value; the system's own word where there is none; None where it says nothing."""
    if raw is None or raw == "":
        return None
    return words(kind, column).get(normal(str(raw)), str(raw)) or None
