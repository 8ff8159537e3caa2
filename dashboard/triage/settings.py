"""How a desk does triage, as people write it (TOML): rules that escalate, clocks of the tiers, the queue's order.

No figure depends on it, so it is read beside the settings of the figures and never makes facts anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, get_args

from dashboard.agreements import KNOWN_VALUES, Fault, SettingsError, parse_seconds, read_toml
from dashboard.desk import Desk
from dashboard.settings import shipped_text
from dashboard.triage.clocks import KINDS, Kind
from metrics.model import Clock
from metrics.triage.model import ORDER_NAMES, RULE_KINDS, Order, Rule
from metrics.words import N_

TRIAGE, RULES, CLOCKS = "triage", "triage_rule", "triage_clock"
TRIAGE_KEYS = ("order", "moves_up_after", "acknowledged_for", "at_risk_share")
RULE_KEYS = ("rule", "name", "enabled", "within", "share", "times", "values", "where", "tier", "days")
CLOCK_KEYS = ("kind", "within", "clock")
NEEDED = {
    "due_soon": ("share",), "no_response": ("within",), "unconfirmed": ("within",), "reopened": ("times",),
    "complaint": ("values",), "low_rating": ("share",), "key_customer": ("values",), "words": ("values",),
}  # fmt: skip
"""What a rule of each kind cannot do without."""
_UNKNOWN = N_("{where} “{found}” is not a setting; known here are {known}.")
_LACKS = N_("{where} has no “{key}”.")
_LIKE = N_("{where} is “{found}”; write it like {expected}.")
_ONE_OF = N_("{where} is “{found}”; it must be one of {known}.")
_ROWS = N_("“{name}” must be written as [[{name}]] rows.")
_TABLE = N_("“{name}” must be written as a [{name}] table.")
_NUMBER = N_("{where} is “{found}”; it must be a number from {low} to {high}.")
_TWICE = N_("{where} is given twice; give one of the two another name.")


@dataclass(frozen=True)
class ClockTarget:
    """How soon a clock of triage is up, and whether it runs in opening hours or day and night."""

    kind: Kind
    seconds: int
    clock: Clock = "business"


@dataclass(frozen=True)
class TriageSettings:
    """How a desk does triage."""

    rules: tuple[Rule, ...] = ()
    clocks: tuple[ClockTarget, ...] = ()
    order: Order = ORDER_NAMES
    moves_up_after: float = 3.0
    """What is late by so many times its target moves up one class, so that nothing waits for ever."""
    acknowledged_for: int = 1800
    """For so many seconds an acknowledgement holds without anything being done."""
    at_risk_share: float = 0.25

    def target(self, kind: Kind) -> ClockTarget | None:
        return next((clock for clock in self.clocks if clock.kind == kind), None)


def settings_of(desk: Desk, day: date | None = None) -> TriageSettings:
    """How triage goes on a day, by default by the newest agreements."""
    held = [text for since, text in desk.agreement_versions() if day is None or since <= day]
    return triage_settings(held[-1] if held else None)


@lru_cache(maxsize=64)  # each act of triage asks, and reading TOML takes longer than all else that it does
def triage_settings(text: str | None) -> TriageSettings:
    """What the text of agreements says, and where it says nothing, what ships. Raises SettingsError with all faults."""
    told = read_toml(shipped_text()) | read_toml(text or "")
    reading = _Reading()
    head = reading.table(told, TRIAGE)
    reading.keys(head, TRIAGE_KEYS, f"[{TRIAGE}]")
    settings = TriageSettings(
        rules=tuple(reading.rule(row) for row in reading.rows(told, RULES) if row.get("enabled", True) is not False),
        clocks=tuple(reading.clock(row) for row in reading.rows(told, CLOCKS)),
        order=reading.order(head.get("order", list(ORDER_NAMES))),
        moves_up_after=reading.number(head.get("moves_up_after", 3.0), f"[{TRIAGE}] moves_up_after", 1, 1000),
        acknowledged_for=reading.seconds(head.get("acknowledged_for", "30 min"), f"[{TRIAGE}] acknowledged_for"),
        at_risk_share=reading.number(head.get("at_risk_share", 0.25), f"[{TRIAGE}] at_risk_share", 0, 1),
    )
    reading.once([rule.name for rule in settings.rules], RULES)
    reading.once([clock.kind for clock in settings.clocks], CLOCKS)
    if reading.faults:
        raise SettingsError(reading.faults)
    return settings


@dataclass(frozen=True)
class _Reading:
    """Reads values and notes each fault; what it gives back for a faulty value is never used."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, template: str, **params: object) -> None:
        self.faults.append(Fault(template, params))

    def keys(self, table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        for key in table:
            if key not in known:
                self.fault(_UNKNOWN, where=where, found=key, known=", ".join(known))

    def table(self, tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = tables.get(name, {})
        if isinstance(found, dict):
            return found
        self.fault(_TABLE, name=name)
        return {}

    def rows(self, tables: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        found = tables.get(name, [])
        if isinstance(found, list) and all(isinstance(row, dict) for row in found):
            return found
        self.fault(_ROWS, name=name)
        return []

    def one_of(self, found: object, known: Sequence[str], where: str) -> None:
        if found not in known:
            self.fault(_ONE_OF, where=where, found=found, known=", ".join(known))

    def seconds(self, found: object, where: str) -> int:
        try:
            return parse_seconds(str(found))
        except ValueError:
            self.fault(_LIKE, where=where, found=found, expected="20 s, 2 min, 4 h")
            return 1

    def number(self, found: object, where: str, low: float, high: float) -> float:
        if isinstance(found, int | float) and not isinstance(found, bool) and low <= found <= high:
            return float(found)
        self.fault(_NUMBER, where=where, found=found, low=low, high=high)
        return low

    def order(self, found: object) -> Order:
        names = found if isinstance(found, list) else [found]
        for name in names:
            self.one_of(name, ORDER_NAMES, f"[{TRIAGE}] order")
        self.once([str(name) for name in names], f"{TRIAGE} order")
        return tuple(names)

    def once(self, names: Sequence[str], where: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.fault(_TWICE, where=f"[[{where}]] {name}")

    def clock(self, row: Mapping[str, Any]) -> ClockTarget:
        where = f"[[{CLOCKS}]] {row.get('kind', '')}".rstrip()
        self.keys(row, CLOCK_KEYS, where)
        self.one_of(row.get("kind"), tuple(KINDS), f"{where} kind")
        self.one_of(row.get("clock", "business"), get_args(Clock), f"{where} clock")
        within = self.seconds(row.get("within", ""), f"{where} within")
        return ClockTarget(row.get("kind"), within, row.get("clock", "business"))  # type: ignore[arg-type]

    def rule(self, row: Mapping[str, Any]) -> Rule:
        kind = row.get("rule")
        where = f"[[{RULES}]] {row.get('name', kind) or ''}".rstrip()
        self.keys(row, RULE_KEYS, where)
        self.one_of(kind, RULE_KINDS, f"{where} rule")
        for key in NEEDED.get(str(kind), ()):
            if key not in row:
                self.fault(_LACKS, where=where, key=key)
        return Rule(
            kind=kind,  # type: ignore[arg-type]
            name=str(row.get("name", kind)),
            seconds=self.seconds(row["within"], f"{where} within") if "within" in row else 0,
            share=self.number(row.get("share", 0), f"{where} share", 0, 1),
            times=int(self.number(row.get("times", 0), f"{where} times", 0, 1000)),
            values=self.texts(row.get("values", []), f"{where} values"),
            where=self.where(row, where),
            tier=int(self.number(row.get("tier", 0), f"{where} tier", 0, 4)),
            days=int(self.number(row.get("days", 7), f"{where} days", 1, 3650)),
        )

    def texts(self, found: object, where: str) -> tuple[str, ...]:
        if isinstance(found, list) and all(isinstance(one, str) and one.strip() for one in found):
            return tuple(found)
        self.fault(_LIKE, where=where, found=found, expected='["…", "…"]')
        return ()

    def where(self, row: Mapping[str, Any], where: str) -> dict[str, str]:
        conditions = {str(key): str(value) for key, value in self.table(row, "where").items()}
        for name, value in conditions.items():
            self.one_of(value, KNOWN_VALUES.get(name, (value,)), f"{where} {name}")
        return conditions
