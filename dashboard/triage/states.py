"""How an escalated ticket goes through triage: one table of what may be done in which state, and where it leads."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

State = Literal["new", "acknowledged", "in_progress", "waiting", "resolved", "closed", "merged"]
Action = Literal[
    "open", "acknowledge", "assign", "start", "wait", "snooze", "wake", "tell", "escalate", "resolve", "settle",
    "close", "reopen", "merge", "undo",
]  # fmt: skip
WaitingFor = Literal["customer", "third_party", "internal"]

STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)
WAITING_FOR: tuple[WaitingFor, ...] = get_args(WaitingFor)
OPEN: tuple[State, ...] = ("new", "acknowledged", "in_progress", "waiting")
TAKEN: tuple[State, ...] = ("acknowledged", "in_progress", "waiting")
BY_SYSTEM: tuple[Action, ...] = ("open", "settle")
"""What no person does: a rule opens an item; it is settled when its ticket has ended and nothing is left to decide."""
FIRST_LINE, SPECIALIST, CROSS_TEAM, MANAGER = 1, 2, 3, 4
RAISING_REOPEN = 2
"""The reopening that raises the tier."""


def _stays(*states: State) -> Mapping[State, State]:
    return {state: state for state in states}


def _leads(to: State, *states: State) -> Mapping[State, State]:
    return dict.fromkeys(states, to)


TRANSITIONS: Mapping[Action, Mapping[State, State]] = MappingProxyType(
    {
        "acknowledge": {**_stays(*OPEN), "new": "acknowledged"},
        "assign": _stays(*OPEN),
        "start": _leads("in_progress", "acknowledged", "waiting"),
        "wait": _leads("waiting", *TAKEN),
        "snooze": _stays(*OPEN),
        "wake": _stays(*OPEN),
        "tell": _stays(*TAKEN),
        "escalate": _stays(*OPEN),
        "resolve": _leads("resolved", *TAKEN),
        "settle": _leads("resolved", *OPEN),
        "close": _leads("closed", "resolved"),
        "reopen": _leads("acknowledged", "resolved", "closed"),
        "merge": _leads("merged", *OPEN, "resolved"),
    }
)
"""Tier and snooze are no states: to escalate, to snooze or to give an item to somebody leaves it where it stands."""


def after(action: Action, state: State) -> State | None:
    """Where the action leads from this state; None where it is not possible there."""
    return TRANSITIONS.get(action, {}).get(state)


def allowed(state: State) -> tuple[Action, ...]:
    """What a person can do with an item in this state, apart from undoing; the item itself may forbid more."""
    return tuple(action for action in TRANSITIONS if action not in BY_SYSTEM and state in TRANSITIONS[action])
