"""Why a ticket is in the queue, and why it stands there where it stands: sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from dashboard.format import duration, listed
from dashboard.wording import _

Row = Mapping[str, Any]
SAID = ("complaint", "urgent", "important", "low", "moved_up", "late", "left", "reopened")
"""The codes that say something; that a ticket is a normal one, or has an age, is worth no word."""


def why_sentence(row: Row) -> str:
    """Why this row of the queue stands where it stands, what placed it first being told first."""
    attention = ["attention"] if row.get("needs_attention") else []
    codes = [*attention, *(code for code in row["why"] if code in SAID)]
    return listed([_(f"triage.why.{code}", **_placing(row)) for code in codes] or [_("triage.why.nothing")])


def _placing(row: Row) -> dict[str, object]:
    kind, late, left = (row.get(name) for name in ("due_kind", "late_seconds", "left_seconds"))
    return {
        "clock": clock_name(kind) if kind else "",
        "length": duration(left if late is None else late),
        "times": row["reopen_count"],
    }


def cause_sentence(rule: str, values: Mapping[str, Any]) -> str:
    """Why a rule has put a ticket into the queue; a rule that the desk has named is told by its own name, too."""
    kind = str(values.get("kind", rule))
    form = "help_word" if kind == "help" and values.get("value") else kind
    told = _(f"triage.cause.{form}", **_filled(values))
    return told if rule == kind else _("triage.cause.named", rule=rule, cause=told)


def _filled(values: Mapping[str, Any]) -> dict[str, object]:
    filled: dict[str, object] = {name: values.get(name, "") for name in ("value", "times", "scale")}
    filled["thing"] = _(f"promise.{values['thing']}") if values.get("thing") else ""
    filled["length"] = duration(values.get("seconds"))
    filled["score"] = f"{values['score']:g}" if values.get("score") is not None else ""
    return filled


def clock_name(kind: str) -> str:
    """What a clock of triage is called."""
    return _(f"triage.clock.{kind}")


def rule_name(rule: str) -> str:
    """What a rule is called: by its kind, or by the name that the desk gave it."""
    key = f"triage.rule.{rule}"
    told = _(key)
    return rule if told == key else told
