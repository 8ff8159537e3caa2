"""What share has to pass, and how soon an error is to be put right, as people write it (TOML, table `quality`)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dashboard.agreements import Fault, SettingsError, read_toml
from dashboard.desk import Desk
from metrics.words import N_

QUALITY = "quality"
_TABLE = N_("“{name}” must be written as a [{name}] table.")
_UNKNOWN = N_("{where} “{found}” is not a setting; known here are {known}.")
_NUMBER = N_("{where} is “{found}”; it must be a number from {low} to {high}.")


@dataclass(frozen=True)
class QualitySettings:
    """target_rate: the share of conversations that has to pass · the rest in hours from the moment an error is found:
    told the customer, corrected in public, its cause known, its measure done."""

    target_rate: float = 0.95
    apology_hours: float = 24
    public_correction_hours: float = 1
    root_cause_hours: float = 48
    action_hours: float = 120


KEYS = tuple(field.name for field in fields(QualitySettings))


def quality_settings(text: str | None) -> QualitySettings:
    """What the text of agreements says, and where it says nothing, what ships. Raises SettingsError."""
    found: Any = read_toml(text or "").get(QUALITY, {})
    if not isinstance(found, Mapping):
        raise SettingsError([Fault(_TABLE, {"name": QUALITY})])
    known, faults = ", ".join(KEYS), list[Fault]()
    for key, value in found.items():
        most = 1 if key == "target_rate" else 24 * 366
        if key not in KEYS:
            faults.append(Fault(_UNKNOWN, {"where": f"[{QUALITY}]", "found": key, "known": known}))
        elif not (type(value) in (int, float) and 0 < value <= most):
            faults.append(Fault(_NUMBER, {"where": f"[{QUALITY}] {key}", "found": value, "low": 0, "high": most}))
    if faults:
        raise SettingsError(faults)
    return QualitySettings(**found)


def settings_of(desk: Desk) -> QualitySettings:
    """Those that hold now."""
    versions = desk.agreement_versions()
    return quality_settings(versions[-1][1] if versions else None)
