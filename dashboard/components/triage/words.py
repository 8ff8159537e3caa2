"""The triage queue in words: what each row says, each deadline with its sign, each change with both values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard import data
from dashboard.components.text import plain
from dashboard.components.triage.read import Standing
from dashboard.format import NOTHING, duration, listed, local, value_name
from dashboard.format import sentence as capital
from dashboard.people.named import called
from dashboard.refusals import sentence
from dashboard.services.triage.page import Level, View, level
from dashboard.triage.items import Difference, Event, Item
from dashboard.triage.sentences import why_sentence
from dashboard.wording import N_, _
from metrics.errors import ActionableError

SIGNS: Mapping[Level, str] = {"late": "▲", "soon": "◆", "calm": "○", "paused": "Ⅱ", "none": ""}
"""A shape for each, so that nobody has to tell colours apart."""
LEFT: Mapping[Level, str] = {
    "late": N_("{time} late"),
    "soon": N_("{time} left"),
    "calm": N_("{time} left"),
    "paused": N_("paused"),
    "none": N_("no deadline"),
}
VIEW_NAMES: Mapping[View, str] = {
    "open": N_("Open"),
    "mine": N_("Mine"),
    "unacknowledged": N_("Nobody has taken it"),
    "breached": N_("Overdue"),
    "waiting": N_("Waiting for an answer"),
    "snoozed": N_("Put off"),
    "resolved": N_("Already resolved"),
}
EMPTY: Mapping[View, str] = {
    "open": N_("Nothing is escalated: the queue is empty."),
    "mine": N_("Nothing here is yours. “Take the next” gives you the first that nobody has."),
    "unacknowledged": N_("Every item has been taken by somebody."),
    "breached": N_("Nothing is overdue."),
    "waiting": N_("Nothing waits for somebody outside the desk."),
    "snoozed": N_("Nothing is put off."),
    "resolved": N_("Nothing has been resolved yet."),
}
ACTS: Mapping[str, str] = {
    "acknowledge": N_("Acknowledge"),
    "assign": N_("Assign"),
    "snooze": N_("Put it off"),
    "escalate": N_("Escalate"),
    "resolve": N_("Resolve"),
    "start": N_("Begin"),
    "wait": N_("Wait for an answer"),
    "tell": N_("Note what the customer was told"),
    "wake": N_("Bring it back"),
    "merge": N_("Make it part of another"),
    "close": N_("Close"),
    "reopen": N_("Reopen"),
}
"""What a button does; `triage.action.…` tells what was done."""
COLUMNS: Mapping[str, str] = {
    "state": N_("State"),
    "owner": N_("Who has it"),
    "tier": N_("Tier"),
    "snoozed_until": N_("Put off until"),
    "waiting_for": N_("Waiting for"),
    "next_update_at": N_("Next news at"),
    "decision": N_("Decision"),
    "reason": N_("Cause"),
    "merged_into": N_("Belongs to item"),
    "acknowledged_at": N_("Taken at"),
    "resolved_at": N_("Resolved at"),
    "closed_at": N_("Closed at"),
    "reopen_count": N_("Reopened"),
    "priority": N_("Priority"),
    "team": N_("Team"),
    "agent": N_("Agent"),
    "is_complaint": N_("Complaint"),
}
"""The columns of an item of which a change is told; others go with one of these."""
KEYED = {"state": "triage.state", "tier": "triage.tier", "waiting_for": "triage.waiting", "decision": "triage.decision",
         "reason": "triage.reason"}  # fmt: skip


def row_words(row: Mapping[str, Any], subject: str | None, at: datetime) -> dict[str, Any]:
    """One row as the part of the page that draws it wants it; every value is text and shown as it is."""
    pressing = level(row)
    late_or_left = row["late_seconds"] if pressing == "late" else row["left_seconds"]
    told = _(LEFT[pressing], time=duration(late_or_left))
    return {
        "id": str(row["id"]),
        "level": pressing,
        "left": f"{SIGNS[pressing]} {told}".strip(),
        "clock-name": _(f"triage.clock.{row['due_kind']}") if row["due_kind"] else "",
        "ticket": row["ticket_id"],
        "subject": subject or value_name("type", row["type"]),
        "why": " · ".join(filter(None, (why_sentence(row), causes_in_short(row["rules"])))),
        "state": capital(state_words(row)),
        "owner": called(row["owner"]) if row["owner"] else _("nobody yet"),
        "tier": capital(_(f"triage.tier.{row['tier']}")),
        "age": duration((at - row["ticket_created_at"]).total_seconds()),
        "pick": _("Choose {ticket}", ticket=row["ticket_id"]),
    }


def causes_in_short(rules: list[str] | None) -> str:
    """The names of the rules that brought an item here, each once."""
    return listed([_(f"triage.rule.{rule}") for rule in dict.fromkeys(rules or ())])


def state_words(row: Mapping[str, Any]) -> str:
    """The state, and whom it waits for."""
    told = _(f"triage.state.{row['state']}")
    if row["state"] != "waiting" or not row["waiting_for"]:
        return told
    return _("{state}: {whom}", state=told, whom=_(f"triage.waiting.{row['waiting_for']}"))


def value_words(column: str, value: Any, zone: str) -> str:
    """The value of an item's column as a person reads it."""
    if value is None or value == "":
        return NOTHING
    if column in KEYED:
        return _(f"{KEYED[column]}.{value}")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column == "owner":
        return called(str(value))
    if isinstance(value, str) and column.endswith(("_at", "_until")):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return local(value, zone)
    return value_name(column, str(value)) if column in ("priority", "team") else str(value)


ENDED_CLOCKS = {"achieved": N_("kept"), "breached": N_("kept {time} late"), "cancelled": N_("not counted any more")}


def did(action: str) -> str:
    """What was done, at the beginning of a sentence."""
    return capital(_(f"triage.action.{action}"))


def clock_words(standing: Standing) -> str:
    """How one clock stands."""
    template = ENDED_CLOCKS.get(standing.stage, LEFT[standing.level])
    return _(template, time=duration(standing.seconds))


def event_words(event: Event, zone: str) -> str:
    """What was done, by whom, and what it changed; safe for Markdown."""
    told = [f"**{plain(local(event.at, zone))}** {did(event.action)}", plain(called(event.actor))]
    changes = [
        f"{_(COLUMNS[name])}: {plain(value_words(name, event.before.get(name), zone))} → "
        f"{plain(value_words(name, value, zone))}"
        for name, value in event.after.items()
        if name in COLUMNS
    ]
    if event.undone_by is not None:
        changes.append(_("taken back"))
    return " · ".join([*told, *changes])


def refusal(error: ActionableError) -> str:
    """Why something was not done, in the reader's language, instants in the desk's zone."""
    if not {"state", "due"} & set(error.params):
        return sentence(error)
    told = {name: _told(name, value) for name, value in error.params.items()}
    return _(error.template, **told)


def _told(name: str, value: object) -> object:
    if name == "state":
        return _(f"triage.state.{value}")
    return local(value, data.facts().zone) if isinstance(value, datetime) else value


def clash_rows(differences: tuple[Difference, ...], zone: str) -> list[tuple[str, str, str, str]]:
    """What changed behind a person's back: name, what he saw, what it is now, who and when; safe for tables only."""
    return [
        (
            _(COLUMNS[one.column]),
            value_words(one.column, one.seen, zone),
            value_words(one.column, one.now, zone),
            _("{who}, {at}", who=one.by, at=local(one.at, zone)),
        )
        for one in differences
        if one.column in COLUMNS
    ]


def meant(action: str, what: Mapping[str, Any], zone: str) -> str:
    """What somebody wanted to do, as a sentence that is safe for Markdown."""
    told = _(ACTS[action])
    details = [value_words(NAMED.get(name, name), value, zone) for name, value in what.items() if name in DETAILS]
    return plain(": ".join(filter(None, (told, listed(details)))))


DETAILS = ("owner", "until", "waiting_for", "next_update_at", "decision", "reason")
NAMED = {"until": "snoozed_until"}


def item_name(item: Item | Mapping[str, Any]) -> str:
    """By which number people know an item: that of its ticket."""
    return str(item.ticket_id if isinstance(item, Item) else item["ticket_id"])
