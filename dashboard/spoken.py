"""How a desk speaks: in which language to whoever has chosen none, and what it calls its priorities. No figure depends
on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dashboard.agreements import SettingsError, read_toml
from dashboard.wording import Language

IN_URL: dict[str, Language] = {"zh-CN": "zh_CN", "en": "en"}
"""How languages are written in addresses and in the settings."""


@dataclass(frozen=True)
class Spoken:
    """`language`: None where the desk has not said · `called`: (dimension, value) -> the desk's own word."""

    language: Language | None = None
    called: Mapping[tuple[str, str], str] = field(default_factory=dict)


@lru_cache(maxsize=16)
def spoken(text: str | None) -> Spoken:
    """What the newest agreements say of it; nothing where an older program took what this one cannot read."""
    try:
        tables = read_toml(text or "")
    except SettingsError:
        return Spoken()
    rows = [row for row in tables.get("priority", []) if isinstance(row, dict) and row.get("called")]
    called = {("priority", str(row.get("name"))): str(row["called"]) for row in rows}
    return Spoken(IN_URL.get(str(tables.get("interface", {}).get("language"))), called)
