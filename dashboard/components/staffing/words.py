"""What a plan of people says in sentences: peaks, levers, the ladder, how a day's forecast comes about."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from babel.dates import format_date

from dashboard import data
from dashboard.components.staffing.read import queues_known
from dashboard.components.text import plain
from dashboard.format import count, duration, listed, weekday_and_day
from dashboard.staffing.naming import in_time as in_time
from dashboard.staffing.naming import met, peak_told, queue_called
from dashboard.wording import N_, _, current_language, number, share
from metrics.staffing.levers import Lever, Standing, Step
from metrics.staffing.model import DayForecast, EventKind, Factor, Method, Queue, StaffingRules
from metrics.staffing.peaks import Peak
from metrics.staffing.rosters import ShiftKind

KINDS: dict[EventKind, str] = {
    "promotion": N_("Promotion"), "launch": N_("Product launch"), "holiday": N_("Holiday"),
    "make_up_day": N_("Make-up working day"), "outage": N_("Outage"), "other": N_("Something else"),
}  # fmt: skip
SHIFTS: dict[ShiftKind, str] = {
    "regular": N_("regular"), "part_time": N_("part-time"), "outsourced": N_("outsourced"), "borrowed": N_("borrowed"),
}  # fmt: skip
METHODS: dict[Method, str] = {
    "blend": N_("the mean of level × profile and of daily shapes"), "level_profile": N_("level × profile"),
    "profile_3": N_("three daily shapes"), "mean_8": N_("the mean of the last 8 weeks"),
    "average_profile": N_("the bare average"), "nothing": N_("nothing to go by"),
}  # fmt: skip
LEVERS: dict[Lever, str] = {
    "reserve": N_("Call in the reserve"), "longer_shifts": N_("Let shifts begin earlier or end later"),
    "part_time": N_("Call in part-time people"), "outsourced": N_("Have the outsourcer add people"),
    "borrowed": N_("Borrow people from queues that have some over"),
    "call_back": N_("Offer to call back, or to write back, later"),
    "deflection": N_("Lead requests to channels that can wait"), "priority": N_("Let urgent requests go first"),
}  # fmt: skip
FACTORS = {
    "weekday": N_("{weekday} {factor}"), "recent": N_("trend of the last days {factor}"),
    "month_start": N_("month start {factor}"), "month_end": N_("month end {factor}"),
    "after_closed": N_("day after a closed one {factor}"), "closed": N_("public holiday {factor}"),
    "profile": N_("shape of recent days {factor}"),
}  # fmt: skip
TAUGHT = ("month_start", "month_end", "after_closed", "closed")
"""Factors that rest on few days, which are told."""
NEXT_TO_NOTHING = 0.005


def queue_name(queue: str) -> str:
    """A queue as people call it, on the desk of the page; groups too small for a queue are none."""
    groups, channel = data.settings().queue_groups, Queue.named(queue).channel
    known = queues_known() if groups else ()
    return queue_called(queue, [one for one in groups if f"{channel}/{one.name}" in known])


def peak_sentence(peak: Peak, rules: StaffingRules, zone: str) -> str:
    """`Tue 15:00, phone: 3 short, expected 74 % within 20 s`."""
    return peak_told(peak, rules, zone, queue_name(peak.queue))


def goals_of(rules: Mapping[str, StaffingRules]) -> dict[str, float]:
    """Queue -> share that is to be served in time."""
    return {queue: rule.share for queue, rule in rules.items()}


def stretch(peak: Peak, zone: str) -> str:
    """From when to when people are short: `Tue 24 Nov 14:30–16:00`."""
    begin, end = (at.astimezone(ZoneInfo(zone)) for at in (peak.begins_at, peak.ends_at))
    return f"{weekday_and_day(begin.date())} {begin:%H:%M}–{end:%H:%M}"


def goal(rules: StaffingRules) -> str:
    """`80 % within 20 s`."""
    if rules.work == "deferred":
        return _("all {in_time}", in_time=in_time(rules))
    return met(rules.share, rules)


def step_sentence(step: Step, rules: StaffingRules) -> str:
    """A lever with how much of it: `Call in the reserve: 2 people more`."""
    name = _(LEVERS[step.lever])
    if step.ranked is not None:
        first = share(step.ranked.first_level, digits=0)
        others = step.ranked.others_seconds
        waits = _("without end") if others > 3600 * 2 else duration(others)
        return _("{lever}: {first} of them {in_time}; the others then wait {waits} on average", lever=name, first=first,
                 in_time=in_time(rules), waits=waits)  # fmt: skip
    if step.people > 0:
        return _("{lever}: {n} more", lever=name, n=number(step.people, digits=0 if step.people % 1 < 0.05 else 1))
    return _("{lever}: {n} requests", lever=name, n=number(step.moved, digits=0))


def standing_words(standing: Standing, rules: StaffingRules) -> str:
    """`78 % within 20 s, 4 % give up`."""
    told = met(standing.level, rules)
    if rules.work in ("erlang_a", "chat") and standing.abandoned > NEXT_TO_NOTHING:
        told += _(", {share} give up", share=share(standing.abandoned, digits=0))
    return told


def day_in_words(day: DayForecast) -> str:
    """How a day's figure comes about: `Monday base 96 × month start 1.10 × 618 2.35 (learned from 24 days) = 248`."""
    parts = [_("usual day {total}", total=number(day.factors[0].factor, digits=0))] if day.factors else []
    parts += [_factor(one, day) for one in day.factors[1:] if _tells(one)]
    told = " × ".join(part for part in parts if part)
    added = [_("{event} adds {n}", event=plain(one.name), n=number(one.added, digits=0))
             for one in day.factors if one.added]  # fmt: skip
    end = _("{product} = {total} requests", product=told, total=number(day.total, digits=0))
    return end if not added else listed([end, *added])


def _tells(one: Factor) -> bool:
    return abs(one.factor - 1) >= NEXT_TO_NOTHING


def _factor(one: Factor, day: DayForecast) -> str:
    times = number(one.factor, digits=2)
    if one.is_event:
        if one.n:
            return _("{event} {factor} (learned from {n} days)", event=plain(one.name), factor=times, n=count(one.n))
        return _("{event} {factor} (typed)", event=plain(one.name), factor=times)
    weekday = format_date(day.day, format="EEEE", locale=current_language())
    told = _(FACTORS.get(one.name, N_("{factor}")), factor=times, weekday=weekday)
    return _("{factor} (n = {n})", factor=told, n=count(one.n)) if one.name in TAUGHT and one.n else told


def queue_list(queues: Sequence[str]) -> str:
    """Queues in words; none stands for all."""
    return listed([plain(queue_name(queue)) for queue in queues]) if queues else _("all queues")
