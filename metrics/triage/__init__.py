"""Which tickets need a person to decide about them, found by rules over the facts."""

from metrics.triage.evaluate import FOUND, evaluate
from metrics.triage.model import RULE_KINDS, Order, OrderName, Rule, RuleKind

__all__ = ["FOUND", "RULE_KINDS", "Order", "OrderName", "Rule", "RuleKind", "evaluate"]
