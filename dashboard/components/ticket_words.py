"""What happened on a ticket, in words: one sentence per event, safe for Markdown whatever a customer wrote."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, duration, local, value_name, weekday_and_day
from dashboard.services.analysis.ticket_story import Event, Story
from dashboard.wording import N_, _

ICONS = {
    "created": "flag", "customer": "person", "agent": "support_agent", "bot": "smart_toy", "system": "settings",
    "note": "lock", "responded": "support_agent", "auto_responded": "smart_toy", "status": "sync_alt",
    "paused": "pause_circle", "resumed": "play_circle", "resolved": "check_circle", "reopened": "undo",
    "ended": "task_alt", "team": "groups", "assigned": "badge", "tier": "moving", "field": "edit",
    "escalated": "moving", "offered": "rate_review", "rated": "star", "overdue": "alarm",
}  # fmt: skip
SENTENCES = {
    "created": N_("The request arrived."),
    "customer": N_("The customer wrote: “{text}”"),
    "agent": N_("{who} answered: “{text}”"),
    "note": N_("{who} wrote a private note: “{text}”"),
    "bot": N_("The bot wrote: “{text}”"),
    "system": N_("The system wrote: “{text}”"),
    "responded": N_("First answer, by the source's own stamp."),
    "auto_responded": N_("Automatic reply, by the source's own stamp."),
    "status": N_("Status: {before} → {after}."),
    "paused": N_("Now {after}."),
    "resumed": N_("The wait is over: {before} → {after}."),
    "resolved": N_("Resolved."),
    "reopened": N_("Reopened: {before} → {after}."),
    "ended": N_("Now {after}."),
    "team": N_("Team: {before} → {after}."),
    "assigned": N_("Person: {before} → {after}."),
    "tier": N_("Line of support: {before} → {after}."),
    "field": N_("{field}: {before} → {after}."),
    "escalated": N_("Escalated."),
    "offered": N_("The customer was asked for a rating."),
    "rated": N_("The customer gave {score} of {scale}."),
    "overdue": N_("The time of the promise ran out: {thing}."),
}
CLOSED = N_("Closed.")
BY = N_(" By {who}.")
SPEAKS = frozenset({"customer", "agent", "note", "bot", "system"})
LONGEST = 90
GAP = 3600
"""A pause of an hour and more is told between two events."""
FIELDS = {"status": "status", "team": "team", "agent": "agent", "tier": "tier"}
STATES = {
    "met": N_("kept"), "breached": N_("broken"), "running": N_("still running"), "paused": N_("paused"),
    "cancelled": N_("neither kept nor broken"),
}  # fmt: skip


def time_line(events: Sequence[Event], zone: str) -> str:
    """The events as Markdown: a heading per local day, a line per event, longer gaps between them told."""
    told, before = [], None
    for day, group in groupby(events, key=lambda event: event.at.astimezone(ZoneInfo(zone)).date()):
        told.append(f"\n**{plain(f'{day.year}')} · {weekday_and_day(day)}**\n")
        for event in group:
            gap = (event.at - before).total_seconds() if before else 0
            if gap >= GAP:
                told.append(f"- {later(gap)}")
            told.append(f"- {_line(event, zone)}")
            before = event.at
    return "\n".join(told)


def later(gap: float) -> str:
    """A line between two things that lie apart."""
    text = _("{time} later", time=duration(gap))
    return f":material/more_vert: *{text}*"


def _line(event: Event, zone: str) -> str:
    clock = _("in the day") if event.is_day else f"{event.at.astimezone(ZoneInfo(zone)):%H:%M:%S}"
    return f":material/{ICONS[event.kind]}: **{clock}** {sentence(event)}"


def sentence(event: Event, *, escaped: Callable[[str], str] = plain) -> str:
    """What happened, escaped for Markdown, or as `escaped` says."""
    known = {name: escaped(_value(event, name)) for name in ("before", "after")}
    template = SENTENCES[event.kind]
    if event.kind in {"paused", "ended"} and event.params.get("after") is None:
        template = CLOSED
    told = _(
        template, who=escaped(event.who or _("somebody")), text=escaped(shortened(event.text)),
        field=escaped(dimension(event.params.get("field") or "")), score=escaped(event.params.get("score") or NOTHING),
        scale=escaped(event.params.get("scale") or NOTHING), thing=_(f"promise.{event.params['thing']}")
        if "thing" in event.params else "", **known,
    )  # fmt: skip
    if event.kind == "rated" and event.text:
        told += _(" They wrote: “{text}”", text=escaped(shortened(event.text)))
    return told if event.kind in SPEAKS or not event.who else told + _(BY, who=escaped(event.who))


def _value(event: Event, name: str) -> str:
    value, field = event.params.get(name), event.params.get("field")
    if value is None:
        return _("not known")
    return value_name(field, value) if field in FIELDS else value


def shortened(text: str | None) -> str:
    """The beginning of what somebody wrote, on one line."""
    line = " ".join((text or NOTHING).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def clocks_title(story: Story) -> str:
    """How many promises were made for the ticket, and what became of them."""
    runs = story.clocks
    if runs.is_empty():
        return _("No promise could be measured on this ticket.")
    counts = [(state, runs.filter(pl.col("state") == state).height) for state in STATES]
    told = [_("{n} {state}", n=count(n), state=_(STATES[state])) for state, n in counts if n]
    return _("{n} promises: {states}", n=count(runs.height), states=_(", ").join(told))


def clocks_table(story: Story, zone: str) -> pl.DataFrame:
    """One row per running of a promise, as people read it."""
    rows = list(story.clocks.iter_rows(named=True))
    return pl.DataFrame(
        {
            _("Promise"): [_(f"promise.{row['thing']}") for row in rows],
            _("Began"): [local(row["started_at"], zone) for row in rows],
            _("Promised"): [_promised(row) for row in rows],
            _("Due"): [local(row["due_at"], zone) for row in rows],
            _("Ended"): [local(row["ended_at"], zone) for row in rows],
            _("Became"): [_(STATES[state]) for state in story.clocks["state"]],
            _("Late by"): [duration(row[f"sla_overrun_{row['clock']}_seconds"]) for row in rows],
        }
    )


def _promised(row: dict[str, object]) -> str:
    length = duration(float(str(row["target_seconds"])))
    return _("{length} (opening hours)", length=length) if row["clock"] == "business" else length


def gaps(at: Sequence[datetime]) -> Iterator[float]:
    """How long after the one before each instant came; 0 for the first."""
    before = None
    for instant in at:
        yield (instant - before).total_seconds() if before else 0.0
        before = instant
