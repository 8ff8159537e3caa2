"""The words of triage: a rule that escalates tickets, and the order in which they are decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

RuleKind = Literal[
    "overdue", "due_soon", "no_response", "unconfirmed", "reopened", "complaint", "low_rating", "key_customer", "help",
    "words", "critical_spot_check",
]  # fmt: skip
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)
LASTING: tuple[RuleKind, ...] = ("overdue", "due_soon", "no_response", "unconfirmed")
"""Rules that hold for a while and then no longer; the others tell of something that happened."""
OrderName = Literal["complaint", "priority", "breached", "time_left", "reopens", "age"]
Order = tuple[OrderName, ...]
ORDER_NAMES: tuple[OrderName, ...] = get_args(OrderName)


@dataclass(frozen=True)
class Rule:
    """What escalates a ticket. Each kind reads its own of the fields.

    seconds: how long (no_response, unconfirmed), in opening hours · share: how much of its target a promise has used
    (due_soon), or up to which share of the scale a rating is low (low_rating) · times: from how many reopenings on ·
    values: types, classes of customers, or words · where: only the tickets of these dimensions · tier: to which tier
    it escalates, 0: the ticket's own · days: how far back something that happened still counts.
    """

    kind: RuleKind
    name: str
    seconds: int = 0
    share: float = 0.0
    times: int = 0
    values: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    tier: int = 0
    days: int = 7
