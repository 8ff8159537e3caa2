"""Who uses a desk, what each may do, and what was done."""

from dashboard.people.actor import COMMAND_LINE, ONE_PERSON, SERVER, Actor, Role
from dashboard.people.audit import record
from dashboard.people.policy import POLICY, Act, Denied, Reach, demand, needs, reach

__all__ = [
    "COMMAND_LINE",
    "ONE_PERSON",
    "POLICY",
    "SERVER",
    "Act",
    "Actor",
    "Denied",
    "Reach",
    "Role",
    "demand",
    "needs",
    "reach",
    "record",
]
