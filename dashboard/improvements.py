"""Measures 改进措施 as people write them (TOML): what was changed, by whom, when, meant to move which figure.

No figure depends on them, so they are read beside the settings, from the newest agreements, and never make facts anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dashboard.agreements import Fault, SettingsError, parse_seconds, read_toml
from metrics.catalog import METRICS, metric
from metrics.model import DIMENSIONS, Unit
from metrics.tables import SOURCE_FIELD_PREFIX
from metrics.words import N_

TABLE = "measure"
KEYS = ("title", "by", "from", "metric", "where", "expected", "note")
REQUIRED = ("title", "from", "metric")


@dataclass(frozen=True)
class Improvement:
    """One measure. `where`: the tickets that it is about · `expected`: the value that the figure is meant to reach."""

    title: str
    since: date
    metric_id: str
    by: str | None = None
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    expected: float | None = None
    note: str | None = None


def improvements_of(text: str | None) -> tuple[Improvement, ...]:
    """The measures in the text of agreements, the newest first. Raises SettingsError with all that is wrong in them."""
    if text is None:
        return ()
    rows = read_toml(text).get(TABLE, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError.of(N_("“{name}” must be written as [[{name}]] rows."), name=TABLE)
    faults: list[Fault] = []
    found = [_improvement(row, faults) for row in rows]
    if faults:
        raise SettingsError(faults)
    return tuple(sorted(filter(None, found), key=lambda one: (one.since, one.title), reverse=True))


def _improvement(row: Mapping[str, Any], faults: list[Fault]) -> Improvement | None:
    where = f"[[{TABLE}]] {row.get('title', '')}".rstrip()
    before = len(faults)
    unknown = N_("{where} “{found}” is not a setting; known here are {known}.")
    faults += [
        Fault(unknown, {"where": where, "found": key, "known": ", ".join(KEYS)}) for key in row if key not in KEYS
    ]
    lacking = N_("{where} has no “{key}”.")
    faults += [Fault(lacking, {"where": where, "key": key}) for key in REQUIRED if not row.get(key)]
    if len(faults) > before:
        return None
    since, expected = _day(row["from"], where, faults), _expected(row, where, faults)
    conditions = _conditions(row.get("where", {}), where, faults)
    if len(faults) > before or since is None:
        return None
    told = {name: str(row[name]) if row.get(name) else None for name in ("by", "note")}
    return Improvement(str(row["title"]), since, str(row["metric"]), where=conditions, expected=expected, **told)


def _day(found: object, where: str, faults: list[Fault]) -> date | None:
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    try:
        return date.fromisoformat(str(found))
    except ValueError:
        _like(faults, f"{where} from", found, "2026-11-22")
        return None


def _expected(row: Mapping[str, Any], where: str, faults: list[Fault]) -> float | None:
    """The value to be reached, in the figure's own unit; times are written as `20 min`."""
    id, found = str(row["metric"]), row.get("expected")
    if id not in METRICS:
        faults.append(Fault(N_("{where} metric is “{found}”; that is no figure. See them with floorwalker metrics."),
                            {"where": where, "found": id}))  # fmt: skip
        return None
    if found is None:
        return None
    if metric(id).unit is Unit.SECONDS:
        try:
            return float(parse_seconds(str(found)))
        except ValueError:
            _like(faults, f"{where} expected", found, "20 s, 2 min, 4 h")
            return None
    if isinstance(found, int | float) and not isinstance(found, bool):
        return float(found)
    _like(faults, f"{where} expected", found, "0.9")
    return None


def _conditions(found: object, where: str, faults: list[Fault]) -> dict[str, tuple[str | None, ...]]:
    if not isinstance(found, dict):
        _like(faults, f"{where} where", found, '{ team = "…" }')
        return {}
    template = N_("{where} is “{found}”; it must be one of {known}.")
    faults += [
        Fault(template, {"where": f"{where} where", "found": name, "known": ", ".join(DIMENSIONS)})
        for name in found
        if name not in DIMENSIONS and not name.startswith(SOURCE_FIELD_PREFIX)
    ]
    return {str(name): tuple(map(str, value)) if isinstance(value, list) else (str(value),)
            for name, value in found.items()}  # fmt: skip


def _like(faults: list[Fault], where: str, found: object, expected: str) -> None:
    faults.append(Fault(N_("{where} is “{found}”; write it like {expected}."),
                        {"where": where, "found": found, "expected": expected}))  # fmt: skip
