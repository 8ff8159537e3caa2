"""One ticket explained: which hours, promise, clock, pause and rule gave each of its durations and verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from dashboard.desk import Desk
from dashboard.format import dimension, exact, value_name
from dashboard.people import Act, Actor, needs
from dashboard.services.analysis.explain_words import (
    Span,
    Voice,
    both_clocks,
    counted_spans,
    day_by_day,
    hours_in_force,
    special_days,
    weekly_hours,
    why_chosen,
)
from dashboard.services.facts.figures import readable_facts, settings_of
from dashboard.wording import N_, _
from metrics.desk import DeskSettings
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.facts.pauses import pause_spans, status_steps
from metrics.facts.tiers import STEPS
from metrics.tables import Tables

Row = Mapping[str, Any]
DESCRIBED_BY = ("channel", "priority", "tier", "type", "team", "agent", "status")
WAITS_IN_FULL = 6
CALENDAR, BUSINESS = "_calendar_seconds", "_business_seconds"
TOLD_APART = (
    "first_response", "first_auto_response", "first_resolution", "full_resolution", "full_resolution_from_response",
    "resolution_paused",
)  # fmt: skip
SO_FAR = "_waiting"
"""The end of the name of a length that is still growing."""
LEFT = N_("It would have been due {due}, but the ticket left the tier or ended before: neither kept nor broken.")
CANCELLED = N_("It would have been due {due}, but the ticket ended before: neither kept nor broken.")


class UnknownTicketError(ActionableError):
    """No such ticket, or several of that number."""


@dataclass(frozen=True)
class Section:
    """A heading and its sentences."""

    title: str
    lines: tuple[str, ...]


@needs(Act.SEE_TICKETS)
def explain(actor: Actor, desk: Desk, ticket_id: str, *, source: str | None = None) -> list[Section]:
    """How the figures of one ticket came about, in the current language. Raises UnknownTicketError."""
    head = desk.head()
    tables = desk.warehouse.tables(head.versions if head else {})
    return explained(readable_facts(actor, desk), settings_of(actor, desk), tables, ticket_id, source=source)


def explained(
    facts: Facts, settings: DeskSettings, tables: Tables, ticket_id: str, *, source: str | None = None
) -> list[Section]:
    """The same of facts, settings and tables that are at hand. Raises UnknownTicketError."""
    teller = _Teller(facts, settings, ticket_of(facts, ticket_id, source), tables)
    told = [teller.opening(), teller.hours(), *teller.first_response(), *teller.later(), *teller.tiers(),
            *teller.resolution()]  # fmt: skip
    return [*told, *teller.others()]


def as_text(sections: Sequence[Section]) -> str:
    """The explanation as plain text."""
    return "\n\n".join("\n".join([section.title, *(f"  {line}" for line in section.lines)]) for section in sections)


def ticket_of(facts: Facts, ticket_id: str, source: str | None = None) -> Row:
    """The facts of one ticket. Raises UnknownTicketError."""
    found = facts.tickets.filter(pl.col("ticket_id") == ticket_id)
    if source is not None:
        found = found.filter(pl.col("source") == source)
    if found.is_empty():
        template = N_("There is no ticket “{ticket}” of {source}.") if source else N_("There is no ticket “{ticket}”.")
        raise UnknownTicketError(template, ticket=ticket_id, source=source or "")
    if found.height > 1:
        known = ", ".join(found["source"].sort())
        raise UnknownTicketError(
            N_("Several sources have a ticket “{ticket}”: {known}. Name one of them with --source."),
            ticket=ticket_id, known=known,
        )  # fmt: skip
    return found.row(0, named=True)


class _Teller:
    """Tells about one ticket; every number it says is one of the facts."""

    def __init__(self, facts: Facts, settings: DeskSettings, ticket: Row, tables: Tables) -> None:
        self.facts, self.settings, self.ticket, self.as_of = facts, settings, ticket, facts.as_of
        self.voice = Voice(settings.zone, facts.as_of.year)
        mine = (pl.col("source") == ticket["source"]) & (pl.col("ticket_id") == ticket["ticket_id"])
        self.runs = facts.sla_instances.filter(mine).to_dicts()
        self.waits = facts.replies.filter(mine).to_dicts()
        self.messages = tables.messages.filter(mine).collect()
        changes = tables.changes.filter(mine & (pl.col("at") <= facts.as_of)).collect()
        self.steps = status_steps(changes.with_columns(row=pl.lit(0, pl.UInt32)))
        self.calendar = self._calendar()

    def _calendar(self) -> str | None:
        names = [calendar.name for calendar in self.settings.calendars]
        return self.settings.team_calendars.get(self.ticket["team"], names[0]) if names else None

    def opening(self) -> Section:
        ticket = self.ticket
        known = [name for name in DESCRIBED_BY if ticket[name] is not None]
        described = " · ".join(
            _("{dimension} {value}", dimension=dimension(name), value=value_name(name, ticket[name])) for name in known
        )
        told = _("The data ends {at}; all times are those of {zone}.", at=self._at(self.as_of), zone=self.settings.zone)
        title = _("Ticket {ticket} of {source}", ticket=ticket["ticket_id"], source=ticket["source"])
        return Section(title, (described, told) if described else (told,))

    def hours(self) -> Section:
        """Whose opening hours count, and the holidays between creation and end."""
        title = _("Opening hours")
        if self.calendar is None:
            return Section(title, (_("This desk has no calendar, so nothing can be measured in opening hours."),))
        created = self.ticket["created_at"]
        over = self.ticket["ended_at"] or self.as_of
        first, last = self.voice.local(created).date(), self.voice.local(over).date()
        version = hours_in_force(self.settings, self.calendar, first)
        team = self.ticket["team"]
        known = {"team": value_name("team", team), "calendar": self.calendar, "hours": weekly_hours(version)}
        if team in self.settings.team_calendars:
            told = _("Team {team} works by the calendar “{calendar}”: {hours}.", **known)
        elif team is None:
            told = _("The ticket has no team, so the desk's first calendar “{calendar}” counts: {hours}.", **known)
        else:
            told = _("Team {team} has no hours of its own, so the desk's first calendar “{calendar}” counts: {hours}.",
                     **known)  # fmt: skip
        special = special_days(version, first, last, self.voice)
        return Section(title, (told, special) if special else (told,))

    def first_response(self) -> list[Section]:
        ticket, at = self.ticket, self.ticket["first_response_at"]
        lines: list[str | None] = [self._begin()]
        if at is not None:
            lines.append(self._reply(at))
            lines.append(self._took("first_response", (ticket["start_at"], at)))
        elif ticket["is_set_aside"]:
            lines.append(_("It was merged or is spam, so no response is counted."))
        elif ticket["is_waiting"]:
            lines.append(_("Nobody has answered yet."))
        elif ticket["ended_at"] is not None:
            lines.append(_("The ticket ended {at} without an answer by a person.", at=self._at(ticket["ended_at"])))
        else:
            lines.append(_("The source does not tell of an answer by a person."))
        auto = ticket["first_auto_response_at"]
        if auto is not None:
            lines.append(
                _("An automatic reply went out {at}, after {took}; it does not stop this clock.", at=self._at(auto),
                  took=self._lengths("first_auto_response"))
            )  # fmt: skip
        lines += [line for run in self._of("first_response") for line in self._verdict(run)]
        return [Section(_("First response"), tuple(filter(None, lines)))]

    def _begin(self) -> str:
        start, created = self.ticket["start_at"], self.ticket["created_at"]
        if self._is_day("created_at"):
            return _("It was created on {day}; the time is not known, so nothing can be measured from there.",
                     day=self.voice.day(self.voice.local(created).date()))  # fmt: skip
        if start is None:
            return _("The desk opened the ticket {at}, and the customer has not written, so no answer is due.",
                     at=self._at(created))  # fmt: skip
        if start != created:
            return _("The desk opened the ticket {created}; the wait begins with the customer's first message {at}.",
                     created=self._at(created), at=self._at(start))  # fmt: skip
        return _("The customer's request arrived {at}.", at=self._at(start))

    def _reply(self, at: datetime) -> str:
        by = self.ticket["first_response_by"] or _("somebody")
        persons = self.messages.filter(pl.col("author_kind") == "agent")
        if persons.height:
            return _("The first public message by a person came {at}, from {by}.", at=self._at(at), by=by)
        return _("By the source's own stamp the first answer came {at}, from {by}.", at=self._at(at), by=by)

    def later(self) -> list[Section]:
        """The waits after the first one."""
        waits = [wait for wait in self.waits if not wait["is_first"]]
        if not waits:
            return []
        lines = []
        judged = {run["started_at"]: run for run in self._of("next_response")}
        for wait in waits[:WAITS_IN_FULL]:
            lines.append(self._wait(wait))
            if wait["asked_at"] in judged:
                lines.append(self._short_verdict(judged[wait["asked_at"]]))
        if len(waits) > WAITS_IN_FULL:
            lines.append(_("{count} more waits went on in the same way.", count=len(waits) - WAITS_IN_FULL))
        runs = self._of("next_response")
        why = self._why(runs[0])[:1] if runs else []
        return [Section(_("Later responses"), (*why, *lines))]

    def _wait(self, wait: Row) -> str:
        if wait["answered_at"] is None:
            return _("The customer wrote again {asked}; nobody has answered that.", asked=self._at(wait["asked_at"]))
        took = both_clocks(wait["next_response_calendar_seconds"], wait["next_response_business_seconds"])
        return _("The customer wrote again {asked} and was answered {answered} by {by}: {took}.",
                 asked=self._at(wait["asked_at"]), answered=self._at(wait["answered_at"]),
                 by=wait["agent"] or _("somebody"), took=took)  # fmt: skip

    def tiers(self) -> list[Section]:
        """What each tier promised from when the ticket came to it."""
        order = list(STEPS)
        runs = sorted((run for run in self.runs if run["thing"] in STEPS),
                      key=lambda run: (run["started_at"], order.index(run["thing"])))  # fmt: skip
        lines = [line for run in runs for line in (self._came(run), self._step(run), *self._verdict(run))]
        return [Section(_("Steps of the tiers"), tuple(lines))] if lines else []

    def _came(self, run: Row) -> str:
        thing, tier = run["thing"], value_name("tier", run["tier"])
        known = {"promise": _(f"promise.{thing}"), "tier": tier, "at": self._at(run["started_at"])}
        if run["started_at"] == self.ticket["created_at"]:
            return _("{promise}: the ticket stood with tier “{tier}” from its creation {at}.", **known)
        return _("{promise}: the ticket came to tier “{tier}” {at}.", **known)

    def _step(self, run: Row) -> str:
        by_reply = STEPS[run["thing"]] == "reply"
        if run["done_at"] is None:
            return (
                _("No public reply by a person was recorded there.")
                if by_reply
                else _("No sign of work by a person was recorded there.")
            )
        known = {"at": self._at(run["done_at"]), "by": run["agent"] or _("somebody")}
        if by_reply:
            return _("The first public reply by a person after that came {at}, from {by}.", **known)
        return _("The first sign of work after that (a message, an assignment, a status, handing it on) came {at}, "
                 "from {by}.", **known)  # fmt: skip

    def resolution(self) -> list[Section]:
        ticket, full, first = self.ticket, self.ticket["full_resolution_at"], self.ticket["first_resolution_at"]
        lines: list[str | None] = []
        if first is not None and first != full:
            lines.append(
                _("It was resolved for the first time {at}, {took} after creation.", at=self._at(first),
                  took=self._lengths("first_resolution"))
            )  # fmt: skip
        if ticket["reopens"]:
            lines.append(_("It was reopened {count} times.", count=ticket["reopens"]) if ticket["reopens"] > 1
                         else _("It was reopened once."))  # fmt: skip
        lines += self._resolved()
        runs = self._of("resolution")
        for run in runs:
            if len(runs) > 1:
                lines.append(self._run_title(run))
            lines += self._verdict(run)
        if len(runs) > 1 and ticket["resolution_met"] is not None:
            lines.append(self._whole())
        return [Section(_("Resolution"), tuple(filter(None, lines)))]

    def _resolved(self) -> list[str | None]:
        ticket, full = self.ticket, self.ticket["full_resolution_at"]
        if full is None:
            if ticket["is_set_aside"]:
                return [_("It was merged or is spam, so no resolution is counted.")]
            if ticket["ended_at"] is not None:
                return [_("It ended {at} without being resolved.", at=self._at(ticket["ended_at"]))]
            return [_("It is not resolved.")]
        by = ticket["resolution_by"] or _("somebody")
        told = [
            _("It was resolved for good {at} by {by}.", at=self._at(full), by=by),
            self._took("full_resolution", (ticket["created_at"], full)),
        ]
        if ticket["full_resolution_from_response_calendar_seconds"] is not None:
            took = self._lengths("full_resolution_from_response")
            told.append(_("Counted from the first answer it took {took}.", took=took))
        return told

    def _run_title(self, run: Row) -> str:
        if run["run"] == 1:
            return _("The first clock ran from the creation.")
        return _("Reopening it {at} started a new clock.", at=self._at(run["started_at"]))

    def _whole(self) -> str:
        kept = self.ticket["resolution_met"]
        template = N_(
            "Taken as a whole, from creation to the last resolution without the pauses, the promise was kept."
        )
        if not kept:
            template = N_("Taken as a whole, from creation without the pauses, the promise was broken {at}.")
        return _(template, at=self._at(self.ticket["resolution_decided_at"]))

    def others(self) -> list[Section]:
        """The lengths that no sentence above tells, each with its definition."""
        names = [name.removesuffix(CALENDAR) for name in self.ticket if name.endswith(CALENDAR)]
        known = [n for n in names if n not in TOLD_APART and self.ticket[f"{n}{CALENDAR}"] is not None]
        lines = tuple(self._other(name) for name in known)
        return [Section(_("Also measured"), lines)] if lines else []

    def _other(self, name: str) -> str:
        thing = name.removesuffix(SO_FAR)
        known = {"label": _(f"metric.{thing}.label"), "took": self._lengths(name)}
        if name.endswith(SO_FAR):
            return _("{label}: still going on, {took} so far.", **known)
        return _("{label}: {took}. {why}", **known, why=_(f"metric.{thing}.short"))

    # What is said of any clock.

    def _verdict(self, run: Row) -> list[str]:
        lines = [*self._why(run), *self._pauses(run)]
        return [*lines, self._short_verdict(run)]

    def _why(self, run: Row) -> list[str]:
        day = self.voice.local(run["started_at"]).date()
        first = min((row["started_at"] for row in self._of(run["thing"])), default=run["started_at"])
        there = {**self.ticket, "tier": run["tier"]}
        told = why_chosen(self.settings.targets[run["target"]], self.settings, there, day)
        return told if run["started_at"] == first else told[:1]

    def _pauses(self, run: Row) -> list[str]:
        if run["thing"] != "resolution":
            return []
        if not run["pauses_known"]:
            return [_("The source records no changes of status, so waiting for the customer could not be taken off.")]
        stop = run["ended_at"] or self.as_of
        spans = self._pause_spans(run["started_at"], stop)
        if not spans:
            return []
        told = [self._pause(begin, end) for begin, end in spans]
        rest = both_clocks(run["paused_calendar_seconds"], run["paused_business_seconds"])
        told.append(_("Taken off for that: {rest}.", rest=rest))
        if run["clock"] == "business" and self.calendar is not None:
            counted = day_by_day(
                counted_spans(self.settings, self.calendar, (run["started_at"], stop), spans), self.voice
            )
            told += [_("Counted were {days}.", days=counted)] if counted else []
        return told

    def _pause(self, begin: datetime, end: datetime) -> str:
        if end == self.as_of:
            return _("Since {begin} it waits for the customer, and the clock stands still.", begin=self._at(begin))
        return _("Waiting for the customer paused the clock from {begin} to {end}.", begin=self._at(begin),
                 end=self._at(end))  # fmt: skip

    def _pause_spans(self, start: datetime, stop: datetime) -> list[Span]:
        found = pause_spans(self.steps, self.settings).to_dicts()
        cut = [(max(row["from_at"], start), min(row["to_at"] or stop, stop)) for row in found]
        return [(begin, end) for begin, end in cut if end > begin]

    def _short_verdict(self, run: Row) -> str:
        unjudged = LEFT if run["thing"] in STEPS else CANCELLED
        say: dict[str, Callable[[], str]] = {
            "met": lambda: _("It was due {due}: kept.", due=self._at(run["due_at"])),
            "running": lambda: self._running(run),
            "paused": lambda: _("The clock is paused with {left} left.", left=exact(run["left_seconds"])),
            "cancelled": lambda: _(unjudged, due=self._at(run["due_at"])),
            "breached": lambda: self._late(run),
        }  # fmt: skip
        return say[run["state"]]()

    def _running(self, run: Row) -> str:
        template = N_("It is due {due}; {left} are left.")
        if run["is_at_risk"]:
            template = N_("It is due {due}; only {left} are left: at risk.")
        return _(template, due=self._at(run["due_at"]), left=exact(run["left_seconds"]))

    def _late(self, run: Row) -> str:
        late = both_clocks(run["sla_overrun_calendar_seconds"], run["sla_overrun_business_seconds"])
        template = N_("It was due {due}: broken, late by {late}.")
        if run["ended_at"] is None:
            template = N_("It was due {due}: broken, late by {late} so far.")
        return _(template, due=self._at(run["due_at"]), late=late)

    def _took(self, thing: str, span: Span) -> str | None:
        calendar, business = (self.ticket[f"{thing}_{clock}_seconds"] for clock in ("calendar", "business"))
        if calendar is None:
            return _("One end of it is known only as a day, so it has no length.")
        if business in {None, 0, calendar} or self.calendar is None:
            return _("That took {took}.", took=both_clocks(calendar, business))
        days = day_by_day(counted_spans(self.settings, self.calendar, span, []), self.voice)
        return _("That took {took}: {days}.", took=both_clocks(calendar, business), days=days)

    def _lengths(self, thing: str) -> str:
        return both_clocks(self.ticket[f"{thing}_calendar_seconds"], self.ticket[f"{thing}_business_seconds"])

    def _of(self, thing: str) -> list[Row]:
        return [run for run in self.runs if run["thing"] == thing]

    def _at(self, at: datetime) -> str:
        return self.voice.moment(at)

    def _is_day(self, name: str) -> bool:
        return name in (self.ticket["date_only"] or [])
