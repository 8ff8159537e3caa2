"""What can be decided about an escalated ticket, and why it came so far: closed lists.

Worded in the catalogue under `triage.decision.<code>` and `triage.reason.<code>`.
"""

DECISIONS = (
    "answered", "compensated", "replaced", "refunded", "explained", "handed_on", "corrected", "declined", "duplicate",
    "no_action",
)  # fmt: skip
REASONS = (
    "knowledge", "training", "system", "process", "staffing", "slip", "third_party", "customer", "promise", "other",
)  # fmt: skip
SETTLED = "settled"
"""The decision and the reason of an item that ended with its ticket, by nobody's act."""
