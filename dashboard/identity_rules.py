"""By which rules customers of several names are one person: a table of the desk's agreements, none as shipped."""

from collections.abc import Mapping
from typing import Any

from dashboard.agreements import Fault, SettingsError, read_toml
from metrics.identity import RULES
from metrics.words import N_

TABLE = "identity"
_WRONG = N_("[identity] holds rules only, a list of: {known}.")


def identity_rules(text: str | None) -> tuple[str, ...]:
    """The rules that the agreements name. Raises SettingsError where they are none."""
    found: Any = read_toml(text or "").get(TABLE, {})
    rules = found.get("rules", []) if isinstance(found, Mapping) and set(found) <= {"rules"} else None
    if not isinstance(rules, list) or not all(rule in RULES for rule in rules):
        raise SettingsError([Fault(_WRONG, {"known": ", ".join(RULES)})])
    return tuple(rule for rule in RULES if rule in rules)
