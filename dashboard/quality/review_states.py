"""How a review goes from its draft to its end: one table of what may be done in which state, and where it leads."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

State = Literal[
    "draft", "submitted", "acknowledged", "disputed", "upheld", "amended", "part_amended", "appealed", "final",
    "closed", "closed_unacknowledged", "void",
]  # fmt: skip
Action = Literal[
    "submit", "correct", "acknowledge", "dispute", "uphold", "amend", "part_amend", "appeal", "settle", "lapse", "void",
]  # fmt: skip
STATES: tuple[State, ...] = get_args(State)
ACTIONS: tuple[Action, ...] = get_args(Action)
DECIDED: tuple[State, ...] = ("upheld", "amended", "part_amended")
"""After the first round; what was decided can be appealed against once."""
ENDED: tuple[State, ...] = ("closed", "closed_unacknowledged", "void")
COUNTED: tuple[State, ...] = tuple(state for state in STATES if state not in ("draft", "void"))
"""The states in which a review has a value that counts."""
BY_AGENT: tuple[Action, ...] = ("acknowledge", "dispute", "appeal")
BY_ARBITER: tuple[Action, ...] = ("uphold", "amend", "part_amend", "settle")
BY_TIME: tuple[Action, ...] = ("lapse",)

TRANSITIONS: Mapping[Action, Mapping[State, State]] = MappingProxyType(
    {
        "submit": {"draft": "submitted"},
        "correct": dict.fromkeys(("submitted", "acknowledged", "closed_unacknowledged"), "submitted"),
        "acknowledge": {"submitted": "acknowledged", **dict.fromkeys(DECIDED, "acknowledged"), "final": "closed"},
        "dispute": {"submitted": "disputed"},
        "uphold": {"disputed": "upheld"},
        "amend": {"disputed": "amended"},
        "part_amend": {"disputed": "part_amended"},
        "appeal": dict.fromkeys(DECIDED, "appealed"),
        "settle": {"appealed": "final"},
        "lapse": {
            "acknowledged": "closed", "final": "closed",
            **dict.fromkeys(("submitted", *DECIDED), "closed_unacknowledged"),
        },
        "void": {state: "void" for state in STATES if state != "void"},
    }
)  # fmt: skip
"""A correction by the reviewer asks the agent anew; an appeal is decided by somebody who has decided nothing yet."""


def after(action: Action, state: State) -> State | None:
    """Where the action leads from this state; None where it is not possible there."""
    return TRANSITIONS[action].get(state)


def allowed(state: State) -> tuple[Action, ...]:
    """What can be done with a review in this state, by whomever."""
    return tuple(action for action in ACTIONS if state in TRANSITIONS[action])
