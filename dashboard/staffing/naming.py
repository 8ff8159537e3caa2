"""What queues are called, and the sentence of a peak, for pages and for reports."""

from collections.abc import Container, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from dashboard.format import count, duration, value_name, weekday_and_day
from dashboard.wording import _, current_language, share
from metrics.desk import QueueGroup
from metrics.staffing.model import Event, Needs, Queue, StaffingRules
from metrics.staffing.peaks import Peak


def queue_called(queue: str, groups: Sequence[QueueGroup], known: Container[str]) -> str:
    """A queue as people call it: its channel, and the group of types in it, or that it is all the others.

    known: the queues that there are; a channel whose groups are all too small for a queue of their own is just itself.
    """
    one = Queue.named(queue)
    channel = value_name("channel", one.channel)
    if one.group is not None:
        return f"{channel} · {one.group}"
    has_groups = any(f"{one.channel}/{group.name}" in known for group in groups)
    return _("{channel} · other types", channel=channel) if has_groups else channel


def short_weekday(at: datetime, zone: str) -> str:
    """`Tue 15:00`, `周二 15:00`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), format='EEE', locale=current_language())} {local:%H:%M}"


def in_time(rules: StaffingRules) -> str:
    """What the expected service is a share of: `within 20 s`, `by their deadline of 4 h`."""
    if rules.work == "deferred":
        return _("by their deadline of {deadline}", deadline=duration(rules.within_seconds))
    return _("within {time}", time=duration(rules.within_seconds))


def met(level: float, rules: StaffingRules) -> str:
    """`74 % within 20 s`."""
    return _("{share} {in_time}", share=share(level, digits=0, beside=rules.share), in_time=in_time(rules))


def peak_told(peak: Peak, needs: Needs, called: str, *, dated: bool = False) -> str:
    """`Tue 15:00, phone: 3 short, expected 74 % within 20 s`; with the day of the month where `dated`.

    called: the queue's name.
    """
    local = peak.worst_at.astimezone(ZoneInfo(needs.zone))
    when = f"{weekday_and_day(local.date())} {local:%H:%M}" if dated else short_weekday(peak.worst_at, needs.zone)
    told = _("{when}, {queue}: {short} short", when=when, queue=called, short=count(max(1, peak.short)))
    if peak.service is None:
        return told
    return told + _(", expected {met}", met=met(peak.service, needs.rules_at(peak.queue, peak.worst_at)))


def effect_told(event: Event) -> str:
    """By how much an event is expected to move what comes: `+50%`, `+20 a day`, `learned`."""
    if event.effect == "percent":
        return f"{event.value:+.0%}"
    return _("{n} a day", n=f"{event.value:+g}") if event.effect == "absolute" else _("learned")
