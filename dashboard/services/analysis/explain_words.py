"""How a careful colleague says it: instants, exact lengths, hours day by day, why one promise holds and not another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from dashboard.format import exact, inline, value_name, weekday_and_day
from dashboard.wording import _, share
from metrics.calendar import open_spans
from metrics.desk import Calendar, DeskSettings, Minutes, Target

DAYS_IN_FULL = 4
"""A stretch over more days is told by its runs of equal days."""
WEEKEND = timedelta(days=3)
"""From a Friday to a Monday."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Voice:
    """Tells instants in the desk's zone; the year only where it is another than that of the data's end."""

    zone: str
    year: int

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def day(self, day: date) -> str:
        text = weekday_and_day(day)
        return text if day.year == self.year else _("{day} {year}", day=text, year=day.year)

    def moment(self, at: datetime) -> str:
        local = self.local(at)
        return f"{self.day(local.date())} {local:%H:%M:%S}"

    def clock_time(self, at: datetime) -> str:
        local = self.local(at)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def both_clocks(calendar: int | None, business: int | None) -> str:
    """A length on both clocks."""
    if calendar is None:
        return _("not measurable")
    if business is None:
        return _("{calendar} on the calendar", calendar=exact(calendar))
    if business == calendar:
        return _("{calendar} (all in opening hours)", calendar=exact(calendar))
    if business == 0:
        return _("{calendar} on the calendar, none in opening hours", calendar=exact(calendar))
    return _(
        "{calendar} on the calendar, {business} of it in opening hours",
        calendar=exact(calendar), business=exact(business),
    )  # fmt: skip


def hours_in_force(settings: DeskSettings, name: str, day: date) -> Calendar:
    """The version of a calendar that holds on a day."""
    versions = sorted((row for row in settings.calendars if row.name == name), key=lambda row: row.valid_from)
    return max((row for row in versions if row.valid_from <= day), key=lambda row: row.valid_from, default=versions[0])


def weekly_hours(calendar: Calendar) -> str:
    """The week of a calendar, equal days together: `Mon–Fri 09:00–18:00, Sat–Sun closed`."""
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    told = []
    for hours, group in groupby(range(7), key=lambda day: calendar.weekly[day]):
        days = list(group)
        label = names[days[0]] if len(days) == 1 else f"{names[days[0]]}–{names[days[-1]]}"
        told.append(f"{label} {hours_text(hours)}")
    return _("; ").join(told)


def hours_text(hours: Sequence[Minutes]) -> str:
    if not hours:
        return _("closed")
    return _(" and ").join(f"{_minute(begin)}–{_minute(end)}" for begin, end in hours)


def _minute(minute: int) -> str:
    return f"{minute // 60 % 24 if minute > 1440 else minute // 60:02}:{minute % 60:02}"


def special_days(calendar: Calendar, first: date, last: date, voice: Voice) -> str | None:
    """The holidays and make-up days between two days, or None."""
    inside = sorted(day for day in calendar.days if first <= day <= last)
    closed = [day for day in inside if not calendar.days[day] and calendar.weekly[day.weekday()]]
    worked = [day for day in inside if calendar.days[day] and not calendar.weekly[day.weekday()]]
    told = []
    if closed:
        told.append(_("closed for a holiday on {days}", days=_days(closed, voice)))
    if worked:
        told.append(_("open on the make-up working day {days}", days=_days(worked, voice)))
    return _("Within this time the desk was {what}.", what=_(" and ").join(told)) if told else None


def _days(days: Sequence[date], voice: Voice) -> str:
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return _(", ").join(
        voice.day(run[0]) if len(run) == 1 else f"{voice.day(run[0])} – {voice.day(run[-1])}" for run in runs
    )


def counted_spans(settings: DeskSettings, calendar: str, span: Span, pauses: Sequence[Span]) -> list[Span]:
    """The open hours between two instants without the pauses."""
    spans = open_spans(settings.calendars, calendar, start=span[0], end=span[1])
    for begin, end in pauses:
        spans = [part for whole in spans for part in _without(whole, begin, end)]
    return spans


def _without(whole: Span, begin: datetime, end: datetime) -> Iterator[Span]:
    for part in ((whole[0], min(whole[1], begin)), (max(whole[0], end), whole[1])):
        if part[1] > part[0]:
            yield part


def day_by_day(spans: Sequence[Span], voice: Voice) -> str | None:
    """Which open hours were counted on which day; runs of equal days together where there are many."""
    days: dict[date, list[Span]] = {}
    for begin, end in spans:
        for part in _by_local_day(begin, end, voice):
            days.setdefault(voice.local(part[0]).date(), []).append(part)
    if not days:
        return None
    if len(days) <= DAYS_IN_FULL:
        return _("; ").join(_day_in_full(day, parts, voice) for day, parts in days.items())
    return _collapsed(days, voice)


def _by_local_day(begin: datetime, end: datetime, voice: Voice) -> Iterator[Span]:
    while begin < end:
        tomorrow = voice.local(begin).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(), ZoneInfo(voice.zone)).astimezone(begin.tzinfo)
        yield begin, min(end, midnight)
        begin = midnight


def _day_in_full(day: date, parts: Sequence[Span], voice: Voice) -> str:
    hours = _(" and ").join(f"{voice.clock_time(a)}–{voice.clock_time(b)}" for a, b in parts)
    return _("{day} {hours} ({length})", day=voice.day(day), hours=hours, length=exact(_length(parts)))


def _collapsed(days: Mapping[date, Sequence[Span]], voice: Voice) -> str:
    told = []
    for run in _runs(days):
        if len(run) == 1:
            told.append(_day_in_full(run[0], days[run[0]], voice))
        else:
            told.append(
                _("{first} – {last}: {count} open days of {length} each", first=voice.day(run[0]),
                  last=voice.day(run[-1]), count=len(run), length=exact(_length(days[run[0]])))
            )  # fmt: skip
    return _("; ").join(told)


def _runs(days: Mapping[date, Sequence[Span]]) -> list[list[date]]:
    """Days of equal length in a row, over weekends too, but not over a longer gap."""
    runs: list[list[date]] = []
    for day, parts in days.items():
        last = runs[-1][-1] if runs else None
        if last and day - last <= WEEKEND and _length(days[last]) == _length(parts):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _length(parts: Sequence[Span]) -> int:
    return sum(int(end.timestamp()) - int(begin.timestamp()) for begin, end in parts)


def promise_text(target: Target) -> str:
    """A promise in short: `4 h of opening hours`."""
    if target.clock == "calendar":
        return _("{length} on the calendar", length=exact(target.seconds))
    return _("{length} of opening hours", length=exact(target.seconds))


def wish_text(target: Target) -> str:
    """The same with the share of it that the desk wishes to keep."""
    if target.wanted is None:
        return promise_text(target)
    return _("{promise}, to be kept by {share}", promise=promise_text(target), share=share(target.wanted))


def conditions_text(target: Target) -> str:
    """For which tickets a promise is made."""
    if not target.where:
        return _("every ticket")
    named = _(", ").join(
        _("{dimension} “{value}”", dimension=inline(name), value=value_name(name, value))
        for name, value in target.where.items()
    )
    return _("tickets with {conditions}", conditions=named)


def why_chosen(target: Target, settings: DeskSettings, ticket: Mapping[str, object], day: date) -> list[str]:
    """Why this promise and not the others that were made for the same thing."""
    same = [
        row for row in settings.targets
        if row.thing == target.thing and row is not target and (row.is_in_force(day) or _begins(row) > day)
    ]  # fmt: skip
    fitting = [row for row in same if _fits(row, ticket)]
    also = [row for row in fitting if row.is_in_force(day)]
    told = [_("The promise is {promise}, made for {who}.", promise=promise_text(target), who=conditions_text(target))]
    if _begins(target) > date(1970, 1, 1) and not _was_same_before(target, settings):
        told[0] += _(" It holds since {day}.", day=_begins(target).isoformat())
    told += [_reason(target, other) for other in also[:3]]
    told += [
        _("Since {day} {promise} is promised to {who}; this clock started before.", day=_begins(row).isoformat(),
          promise=promise_text(row), who=conditions_text(row))
        for row in fitting if _begins(row) > day
    ]  # fmt: skip
    others = len(same) - len(fitting)
    if others == 1:
        told.append(_("One other promise is made for tickets of another kind."))
    elif others:
        told.append(_("{count} other promises are made for tickets of other kinds.", count=others))
    return told


def _reason(target: Target, other: Target) -> str:
    known = {"promise": promise_text(other), "who": conditions_text(other)}
    if len(other.where) < len(target.where):
        return _("The one for {who} ({promise}) would fit as well, but it names fewer conditions.", **known)
    if other.valid_from < target.valid_from:
        return _("The one for {who} ({promise}) would fit as well, but it is older.", **known)
    return _("The one for {who} ({promise}) would fit as well, but of two alike the shorter holds.", **known)


def _was_same_before(target: Target, settings: DeskSettings) -> bool:
    """Whether the agreement before this one promised the same to the same tickets."""
    eve = _begins(target) - timedelta(days=1)
    plain = (target.thing, target.seconds, target.clock, target.where)
    before = (row for row in settings.targets if row.is_in_force(eve))
    return any((row.thing, row.seconds, row.clock, row.where) == plain for row in before)


def _begins(target: Target) -> date:
    return max(target.valid_from, target.since)


def _fits(target: Target, ticket: Mapping[str, object]) -> bool:
    return all(ticket.get(name) == value for name, value in target.where.items())
