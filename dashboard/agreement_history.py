"""Agreements with a history: several versions, each from a day on, made into one set of settings for all time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TypeVar

from metrics.desk import Calendar, ChatTimes, DeskSettings, EarlierRules, Membership, Renaming, ServiceGoal, Target

Dated = TypeVar("Dated", Renaming, Membership)
Agreed = TypeVar("Agreed", Target, ServiceGoal, ChatTimes)
ARROW = " → "
"""Between the names of the calendars that one team had one after the other."""


@dataclass(frozen=True)
class Version:
    """What was agreed, from a day on until the next version."""

    since: date
    settings: DeskSettings


def in_force(versions: Sequence[Version]) -> DeskSettings:
    """Settings under which every day keeps the agreement of its time; the newest one where nothing is dated.

    The first version holds for all days before it too.
    """
    if len(versions) == 1:
        return versions[0].settings
    starts = [date.min, *(version.since for version in versions[1:]), date.max]
    windows = list(zip((version.settings for version in versions), pairwise(starts), strict=True))
    newest = versions[-1].settings
    usual, teams, stitched = _calendars(windows)
    kept = [row for name in _names(newest) for row in _in_windows(windows, _always(name))]
    calendars = [*usual, *(row for row in [*kept, *stitched] if row.name != usual[0].name)] if usual else kept
    return replace(
        newest,
        calendars=tuple(calendars),
        team_calendars=teams,
        targets=tuple(row for settings, window in windows for row in _begun(settings.targets, window)),
        service_goals=tuple(row for settings, window in windows for row in _begun(settings.service_goals, window)),
        chat_times=tuple(row for settings, window in windows for row in _begun(settings.chat_times, window)),
        event_days=frozenset(day for settings, (a, b) in windows for day in settings.event_days if a <= day < b),
        earlier=tuple(_rules(settings, until) for settings, (_, until) in windows[:-1]),
        renamings=tuple(row for settings, window in windows for row in _in_window(settings.renamings, window)),
        memberships=tuple(row for settings, window in windows for row in _in_window(settings.memberships, window)),
        word_fields={of: fields for settings, _ in windows for of, fields in settings.word_fields.items()},
    )


Window = tuple[date, date]
Windows = Sequence[tuple[DeskSettings, Window]]


def _begun(rows: Sequence[Agreed], window: Window) -> Iterator[Agreed]:
    """Rows that hold on days of their agreement from a day of their own on."""
    since, until = window
    for row in rows:
        if row.valid_from < until:
            yield replace(row, since=since, until=until)


def _in_window(rows: Sequence[Dated], window: Window) -> Iterator[Dated]:
    """Names hold on the days of their agreement; those that are to hold throughout hold before it too."""
    agreed, end = window
    for row in rows:
        since, until = row.since if row.throughout else max(row.since, agreed), min(row.until, end)
        if since < until:
            yield replace(row, since=since, until=until, agreed=agreed)


def _rules(settings: DeskSettings, until: date) -> EarlierRules:
    return EarlierRules(
        until,
        settings.peak_hours,
        settings.csat_positive_share,
        settings.on_hold_pauses,
        settings.answer_within_seconds,
        settings.hourly_cost,
        settings.team_costs,
        settings.first_contact,
        settings.rating_scales,
        settings.answer_share,
    )


def _names(settings: DeskSettings) -> list[str]:
    return list(dict.fromkeys(row.name for row in settings.calendars))


def _calendars(windows: Windows) -> tuple[list[Calendar], dict[str, str], list[Calendar]]:
    """The calendar of every team without its own, the calendar of each team that has one, and those put together."""
    everybody = _seat(windows, lambda settings: _names(settings)[0] if settings.calendars else None)
    teams: dict[str, str] = {}
    stitched: dict[str, list[Calendar]] = {}
    for team in sorted({team for settings, _ in windows for team in settings.team_calendars}):
        rows = _seat(windows, _calendar_of(team))
        if rows:
            teams[team] = rows[0].name
            stitched[rows[0].name] = rows
    return everybody, teams, [row for rows in stitched.values() for row in rows if ARROW in row.name]


def _calendar_of(team: str) -> Callable[[DeskSettings], str | None]:
    def named(settings: DeskSettings) -> str | None:
        usual = _names(settings)[0] if settings.calendars else None
        return settings.team_calendars.get(team, usual)

    return named


def _always(name: str) -> Callable[[DeskSettings], str | None]:
    return lambda _: name


def _seat(windows: Windows, named: Callable[[DeskSettings], str | None]) -> list[Calendar]:
    """The hours that somebody had through all windows, as one calendar."""
    rows = _in_windows(windows, named)
    name = rows[0].name if rows else ""
    for before, row in pairwise(rows):
        if row.name != before.name:
            name += f"{ARROW}{row.name} ({row.valid_from})"
    return [replace(row, name=name) for row in rows]


def _in_windows(windows: Windows, named: Callable[[DeskSettings], str | None]) -> list[Calendar]:
    found: dict[date, Calendar] = {}
    for settings, (since, until) in windows:
        name = named(settings)
        own = sorted((row for row in settings.calendars if row.name == name), key=lambda row: row.valid_from)
        begun = [row for row in own if row.valid_from <= since][-1:] or own[:1]
        later = [row for row in own if since < row.valid_from < until and row not in begun]
        for row in [*(replace(row, valid_from=since) for row in begun), *later]:
            found[row.valid_from] = row
    return [found[day] for day in sorted(found)]
