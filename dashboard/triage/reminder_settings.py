"""When a desk wants to be reminded, and who: as people write it (TOML), beside the other settings of triage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from dashboard.agreements import Fault, SettingsError, parse_seconds, read_toml
from metrics.words import N_

Audience = Literal["owner", "supervisor", "next_tier", "group"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
"""next_tier: who stands above the supervisors · group: the robots of group chats."""
HEAD, STEPS = "reminders", "reminder"
HEAD_KEYS = ("quiet", "most_an_hour", "shortest", "digest", "address")
STEP_KEYS = ("at", "to")
_UNKNOWN = N_("{where} “{found}” is not a setting; known here are {known}.")
_TABLE = N_("“{name}” must be written as a [{name}] table.")
_ROWS = N_("“{name}” must be written as [[{name}]] rows.")
_TRUTH = N_("{where} is “{found}”; it must be true or false.")
_NUMBER = N_("{where} is “{found}”; it must be a number from {low} to {high}.")
_ONE_OF = N_("{where} is “{found}”; it must be one of {known}.")
_LIKE = N_("{where} is “{found}”; write it like {expected}.")
_TWICE = N_("{where} is given twice; give one of the two another name.")


@dataclass(frozen=True)
class Step:
    """At so many per cent of a clock's time these are told."""

    at: int
    to: tuple[Audience, ...]

    @property
    def name(self) -> str:
        return str(self.at)


SHIPPED = (
    Step(75, ("owner",)),
    Step(100, ("owner", "supervisor", "group")),
    Step(150, ("supervisor", "group")),
    Step(200, ("next_tier", "group")),
)


@dataclass(frozen=True)
class ReminderSettings:
    """quiet: outside opening hours only complaints and urgent tickets are told of.

    most_an_hour: so many messages one gets by one way; what comes beyond waits, and comes together. shortest: a time
    that is shorter (in seconds) is not warned of before it is up. digest: each morning what is still very late.
    address: where people open the desk; it stands below each message.
    """

    steps: tuple[Step, ...] = SHIPPED
    quiet: bool = True
    most_an_hour: int = 6
    shortest: int = 600
    digest: bool = True
    address: str = ""


def reminder_settings(text: str | None) -> ReminderSettings:
    """What the text of agreements says of reminders, and where it says nothing, what ships. Raises SettingsError."""
    told = read_toml(text or "")
    reading = _Reading([])
    head = reading.table(told)
    steps = tuple(reading.step(row) for row in reading.rows(told)) if STEPS in told else SHIPPED
    reading.once([step.name for step in steps])
    made = ReminderSettings(
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        quiet=reading.truth(head, "quiet"),
        most_an_hour=reading.number(head.get("most_an_hour", 6), f"[{HEAD}] most_an_hour", 1, 1000),
        shortest=reading.seconds(head.get("shortest", "10 min")),
        digest=reading.truth(head, "digest"),
        address=str(head.get("address", "")),
    )
    if reading.faults:
        raise SettingsError(reading.faults)
    return made


@dataclass(frozen=True)
class _Reading:
    """Reads values and notes each fault; what it gives back for a faulty value is never used."""

    faults: list[Fault]

    def fault(self, template: str, **params: object) -> None:
        self.faults.append(Fault(template, params))

    def table(self, tables: Mapping[str, Any]) -> Mapping[str, Any]:
        found = tables.get(HEAD, {})
        if not isinstance(found, dict):
            self.fault(_TABLE, name=HEAD)
            return {}
        self.keys(found, HEAD_KEYS, f"[{HEAD}]")
        return found

    def rows(self, tables: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        found = tables[STEPS]
        if isinstance(found, list) and all(isinstance(row, dict) for row in found):
            return found
        self.fault(_ROWS, name=STEPS)
        return ()

    def step(self, row: Mapping[str, Any]) -> Step:
        self.keys(row, STEP_KEYS, f"[[{STEPS}]]")
        to = row.get("to", [])
        named = to if isinstance(to, list) else [to]
        for one in named or [""]:
            if one not in AUDIENCES:
                self.fault(_ONE_OF, where=f"[[{STEPS}]] to", found=one, known=", ".join(AUDIENCES))
        return Step(self.number(row.get("at", 0), f"[[{STEPS}]] at", 1, 1000), tuple(named))

    def keys(self, table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        for key in table:
            if key not in known:
                self.fault(_UNKNOWN, where=where, found=key, known=", ".join(known))

    def truth(self, head: Mapping[str, Any], name: str) -> bool:
        found = head.get(name, True)
        if not isinstance(found, bool):
            self.fault(_TRUTH, where=f"[{HEAD}] {name}", found=found)
        return found is True

    def number(self, found: object, where: str, low: int, high: int) -> int:
        if isinstance(found, int) and not isinstance(found, bool) and low <= found <= high:
            return found
        self.fault(_NUMBER, where=where, found=found, low=low, high=high)
        return low

    def seconds(self, found: object) -> int:
        try:
            return parse_seconds(str(found))
        except ValueError:
            self.fault(_LIKE, where=f"[{HEAD}] shortest", found=found, expected="10 min, 1 h")
            return 0

    def once(self, names: Sequence[str]) -> None:
        if len(set(names)) < len(names):
            self.fault(_TWICE, where=f"[[{STEPS}]] at")
