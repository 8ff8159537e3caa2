"""A stand-up in words: why something is on its list, how it left, how a promise stands. Plain text, no Markdown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from dashboard.format import duration, listed
from dashboard.people.named import called
from dashboard.privacy.masking import masked
from dashboard.triage.agenda import Kind, worth_saying
from dashboard.triage.meetings import KeptVerdict, Point, Way
from dashboard.triage.promises import Promised
from dashboard.wording import N_, _, current_language

KINDS: Mapping[Kind, str] = {
    "promise": N_("promise of an earlier stand-up"),
    "complaint": N_("complaint that nobody has taken"),
    "overdue": N_("overdue"),
    "unacknowledged": N_("not acknowledged"),
    "reopened": N_("reopened"),
    "snooze": N_("put off until today"),
    "due": N_("due before the next stand-up"),
}
WAYS: Mapping[Way, str] = {
    "goes_on": N_("goes on"),
    "waits": N_("waits"),
    "raised": N_("raised to the next tier"),
    "resolved": N_("resolved"),
    "noted": N_("noted"),
}
PROMISED: Mapping[Promised, str] = {
    "solved": N_("it is solved"),
    "answered": N_("the customer is answered"),
    "reported": N_("somebody reports"),
}
STANDINGS: Mapping[str, str] = {
    "kept": N_("kept"),
    "late": N_("done, but late"),
    "broken": N_("not done"),
    "open": N_("still to come"),
    "untold": N_("not known: the data end before its time"),
}


def ticket_name(point: Point) -> str:
    """The number of the point's ticket, as people say it."""
    return _("Ticket {id}", id=point.ticket_id or "–")


def reasons(point: Point) -> str:
    """Why the point is on the list: its reasons, the gravest first."""
    if point.kind == "promise":
        return f"{_(KINDS['promise'])} · {_(STANDINGS[point.about['standing']])}"
    return listed([_(KINDS[kind]) for kind in worth_saying(point.about.get("kinds", [point.kind]))])


def lateness(point: Point) -> str | None:
    """By how much it was late when the meeting began; None where it was not."""
    late = _row(point).get("late_seconds")
    return None if late is None else _("late by {length}", length=duration(late))


def _row(point: Point) -> Mapping[str, Any]:
    found = point.about.get("row", {})
    return found if isinstance(found, Mapping) else {}


def decision_of(point: Point) -> str:
    """How the point left, and what was decided; masked, as somebody may have typed a customer's number."""
    way = _(WAYS[point.way]) if point.way in WAYS else ""  # type: ignore[index]
    return _("Decided: {decision} ({way})", decision=masked(point.decision or ""), way=way)


def promise_of(point: Point, zone: str) -> str | None:
    """Who does what by when, and what by then is promised; None where nothing goes on."""
    if point.promised_at is None:
        return None
    return _(
        "{owner}: {step}, by {time}; promised: {promised}",
        owner=called(point.owner or "–"), step=masked(point.next_step or "–"), time=moment(point.promised_at, zone),
        promised=_(PROMISED[point.about.get("promises", "answered")]),
    )  # fmt: skip


def standing_of(told: KeptVerdict, zone: str) -> str:
    """How a promise stood, and when the thing happened, where it did."""
    standing = _(STANDINGS[told.standing])
    return standing if told.at is None else _("{standing}, {time}", standing=standing, time=moment(told.at, zone))


def moment(at: datetime, zone: str) -> str:
    """An instant with its weekday, short: `Fri 20 Mar 12:00`."""
    pattern = "M月d日 EEE HH:mm" if current_language() == "zh_CN" else "EEE d MMM HH:mm"
    local = at.astimezone(ZoneInfo(zone))
    return str(format_datetime(local.replace(tzinfo=None), format=pattern, locale=current_language()))
