"""What a desk is set to: its agreements (shipped, then its own), and where the application keeps and shows itself."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from dashboard.agreement_history import Version, in_force
from dashboard.agreements import SettingsError, agreed, holiday_countries, read_toml
from dashboard.public_holidays import public_holidays
from dashboard.wording import LANGUAGES, Language
from metrics.desk import DeskSettings
from metrics.words import N_

__all__ = [
    "ESTIMATED",
    "AppSettings",
    "SettingsError",
    "default_settings",
    "desk_settings",
    "holidays_estimated_from",
    "parse_settings",
    "settings_key",
    "settings_through",
    "shipped_text",
]

ESTIMATED = N_(
    "Public holidays from {day} on are estimated: the make-up working days of that year are not announced yet. "
    "Enter them in the desk's calendar once they are."
)
PLANS_ALONE = frozenset({"queue_groups"})
"""Settings that move plans of people and no figure of a ticket."""
DEFAULTS = Path(__file__).parent / "defaults" / "desk.toml"


@dataclass(frozen=True)
class AppSettings:
    """Where the desk lives, which language and which port the application starts with."""

    data: Path
    language: Language | None = None
    """None: the reader's own."""
    port: int = 8501
    database: str | None = None
    """Where the desk database lies, as a URL; None: a SQLite file in the desk's folder."""
    hosts: tuple[str, ...] = ()
    """By which names browsers may call the server, besides those that every machine has for itself."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "AppSettings":
        """Read FLOORWALKER_DATA, _LANG, _PORT, _DATABASE and _HOSTS. Raises SettingsError."""
        given = os.environ if environment is None else environment
        folder = given.get("FLOORWALKER_DATA")
        return cls(
            data=Path(folder).expanduser() if folder else user_data_path("floorwalker", appauthor=False),
            language=_language(given.get("FLOORWALKER_LANG")),
            port=_port(given.get("FLOORWALKER_PORT")),
            database=given.get("FLOORWALKER_DATABASE") or None,
            hosts=tuple(filter(None, (name.strip() for name in given.get("FLOORWALKER_HOSTS", "").split(",")))),
        )


@lru_cache(maxsize=32)
def desk_settings(zone: str, overrides: str | None = None) -> DeskSettings:
    """The agreements of a desk in this zone: the shipped ones, with each table that *overrides* (TOML) holds instead.

    Raises SettingsError with all that is wrong in *overrides*.
    """
    return agreed(_tables(overrides), zone=zone)


@lru_cache(maxsize=32)
def settings_through(zone: str, versions: tuple[tuple[date, str], ...]) -> DeskSettings:
    """The settings of a desk over all time: each version of its own agreements (TOML) from its day on.

    Before the first one holds what is shipped. Raises SettingsError.
    """
    made = [Version(since, desk_settings(zone, text)) for since, text in versions]
    if not made or made[0].since > date.min:
        made.insert(0, Version(date.min, desk_settings(zone)))
    return in_force(made)


def holidays_estimated_from(zone: str, overrides: str | None = None) -> date | None:
    """The first day for which the desk's public holidays are estimated (say ESTIMATED there); None where none are."""
    countries = holiday_countries(_tables(overrides), zone)
    return min(filter(None, (public_holidays(country).estimated_from for country in countries)), default=None)


def _tables(overrides: str | None) -> dict[str, Any]:
    return read_toml(shipped_text()) | (read_toml(overrides) if overrides else {})


def shipped_text() -> str:
    """The shipped agreements as people read them."""
    return DEFAULTS.read_text(encoding="utf-8")


def default_settings(zone: str) -> DeskSettings:
    """The shipped agreements for a desk in this zone."""
    return desk_settings(zone)


def parse_settings(toml_text: str, *, zone: str | None = None) -> DeskSettings:
    """The agreements that the text alone makes; it names its `zone` where none is given. Raises SettingsError."""
    return agreed(read_toml(toml_text), zone=zone)


def settings_key(settings: DeskSettings) -> str:
    """A name for all that figures depend on: equal settings have equal keys on every machine and in every run."""
    told = {name: value for name, value in asdict(settings).items() if name not in PLANS_ALONE}
    return hashlib.sha256(json.dumps(_plain(told), ensure_ascii=False).encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    """The value as JSON can hold it, and everything without an order in one order."""
    if isinstance(value, Mapping):
        return sorted([str(key), _plain(item)] for key, item in value.items())
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date) else value


def _language(name: str | None) -> Language | None:
    if not name:
        return None
    asked = name.split(".")[0].replace("-", "_").lower()
    for language in LANGUAGES:
        if asked == language.lower() or asked == language.split("_")[0].lower():
            return language
    raise SettingsError.of(
        N_("FLOORWALKER_LANG is “{found}”; it must be one of {known}."), found=name, known=", ".join(LANGUAGES)
    )


def _port(text: str | None) -> int:
    if not text:
        return AppSettings.port
    if text.isascii() and text.isdigit() and 0 < int(text) < 65_536:
        return int(text)
    raise SettingsError.of(N_("FLOORWALKER_PORT is “{found}”; it must be a number from 1 to 65535."), found=text)
