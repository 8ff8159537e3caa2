"""What is said of forecasts, goals and events wherever they are told: pages, reports, the command line."""

from collections.abc import Callable
from itertools import pairwise

from babel.dates import format_date

from dashboard.format import count, listed, weekday_and_day
from dashboard.staffing.naming import in_time, met
from dashboard.wording import N_, _, current_language, number, share
from metrics.model import Clock
from metrics.staffing.model import DayForecast, EventKind, Factor, Level, Method, Needs, StaffingRules, Work
from metrics.staffing.serving import chat_times

KINDS: dict[EventKind, str] = {
    "promotion": N_("Promotion"), "launch": N_("Product launch"), "holiday": N_("Holiday"),
    "make_up_day": N_("Make-up working day"), "outage": N_("Outage"), "other": N_("Something else"),
}  # fmt: skip
METHODS: dict[Method, str] = {
    "blend": N_("the mean of level × profile and of daily shapes"), "level_profile": N_("level × profile"),
    "profile_3": N_("three daily shapes"), "mean_8": N_("the mean of the last 8 weeks"),
    "average_profile": N_("the bare average"), "nothing": N_("nothing to go by"),
}  # fmt: skip
WORKS: dict[Work, str] = {
    "erlang_a": N_("calls that hang up (Erlang A)"), "erlang_c": N_("calls that wait for ever (Erlang C)"),
    "chat": N_("several chats at once"), "deferred": N_("work that can wait"),
}  # fmt: skip
LEVELS_TOLD: dict[Level, str] = {
    "offered": N_("of all requests"), "without_early": N_("of all but those who gave up in time"),
    "with_early": N_("who gave up in time counts as served"),
}  # fmt: skip
CLOCKS: dict[Clock, str] = {"business": N_("opening hours"), "calendar": N_("around the clock")}
FACTORS = {
    "weekday": N_("{weekday} {factor}"), "recent": N_("trend of the last days {factor}"),
    "month_start": N_("month start {factor}"), "month_end": N_("month end {factor}"),
    "after_closed": N_("day after a closed one {factor}"), "closed": N_("public holiday {factor}"),
    "profile": N_("shape of recent days {factor}"),
}  # fmt: skip
TAUGHT = ("month_start", "month_end", "after_closed", "closed")
"""Factors that rest on few days, which are told."""
NEXT_TO_NOTHING = 0.005
Written = Callable[[str], str]
"""How a name that people gave is written where the sentence stands: on a page nothing in it may be read as Markdown."""


def goal(rules: StaffingRules) -> str:
    """`80 % within 20 s`, `all by their deadline of 4 h`."""
    if rules.work == "deferred" and rules.share >= 1:
        return _("all {in_time}", in_time=in_time(rules))
    return met(rules.share, rules)


def goal_course(needs: Needs, queue: str) -> str:
    """The goal of a queue, and each other one that begins within the plan: `80 % within 20 s; from 2 Dec on 90 % …`."""
    courses = [(since, goal(rules)) for since, rules in needs.courses(queue)]
    told = [courses[0][1]] + [
        _("from {day} on {goal}", day=weekday_and_day(since), goal=words)
        for (_before, was), (since, words) in pairwise(courses)
        if words != was and since is not None
    ]
    return _("; ").join(told)


def rules_course(needs: Needs, queue: str) -> list[str]:
    """By which rules a queue's need is counted, and by which others from a day within the plan on."""
    return [
        rules_told(rules) if since is None
        else _("from {day} on: {rules}", day=weekday_and_day(since), rules=rules_told(rules))
        for since, rules in needs.courses(queue)
    ]  # fmt: skip


def rules_told(rules: StaffingRules) -> str:
    """By which rules a queue's need is counted: its goal, its work, and what is put on top."""
    parts = [_("goal {goal}", goal=goal(rules))]
    if rules.work != "chat":
        parts.append(_(WORKS[rules.work]))
    if rules.work in ("erlang_a", "erlang_c"):
        parts.append(_("share {whole}", whole=_(LEVELS_TOLD[rules.level])))
    if rules.work == "deferred":
        parts.append(_("deadlines on {clock}", clock=_(CLOCKS[rules.clock])))
    if rules.work == "chat":
        parts += [_("handle time {times}", times=chat_times_told(rules)), _("{n} chats at once", n=rules.concurrency)]
    else:
        parts.append(_("handle time {seconds} s", seconds=number(rules.handle_seconds)))
    parts += [
        _("at most {cap} busy", cap=share(rules.occupancy_cap, digits=0)),
        _("reserve {reserve}", reserve=share(rules.reserve, digits=0)),
        _("absent {shrinkage}", shrinkage=share(rules.shrinkage, digits=0)),
    ]
    return listed(parts) + _(".")


def chat_times_told(rules: StaffingRules) -> str:
    """How long a chat takes beside others, as many as a person holds: `480, 566, 576 s with 1, 2, 3 at once`."""
    times = chat_times(rules)
    if len(times) == 1:
        return _("{seconds} s", seconds=number(times[0]))
    told = ", ".join(number(each) for each in times)
    return _("{times} s with {numbers} at once", times=told, numbers=", ".join(map(str, range(1, len(times) + 1))))


def day_told(day: DayForecast, *, written: Written = str) -> str:
    """How a day's figure comes about: `Monday base 96 × month start 1.10 × 618 2.35 (learned from 24 days) = 248`."""
    parts = [_("usual day {total}", total=number(day.factors[0].factor, digits=0))] if day.factors else []
    parts += [_factor(one, day, written) for one in day.factors[1:] if abs(one.factor - 1) >= NEXT_TO_NOTHING]
    told = " × ".join(part for part in parts if part)
    added = [_("{event} adds {n}", event=written(one.name), n=number(one.added, digits=0))
             for one in day.factors if one.added]  # fmt: skip
    end = _("{product} = {total} requests", product=told, total=number(day.total, digits=0))
    return end if not added else listed([end, *added])


def _factor(one: Factor, day: DayForecast, written: Written) -> str:
    times = number(one.factor, digits=2)
    if one.is_event:
        if one.n:
            return _("{event} {factor} (learned from {n} days)", event=written(one.name), factor=times, n=count(one.n))
        return _("{event} {factor} (typed)", event=written(one.name), factor=times)
    weekday = format_date(day.day, format="EEEE", locale=current_language())
    told = _(FACTORS.get(one.name, N_("{factor}")), factor=times, weekday=weekday)
    return _("{factor} (n = {n})", factor=told, n=count(one.n)) if one.name in TAUGHT and one.n else told
