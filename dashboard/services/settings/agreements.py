"""A desk's agreements as a file: given out to edit, taken in again from a day on, older versions kept."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.agreement_text import with_zone
from dashboard.agreements import read_toml
from dashboard.desk import Desk
from dashboard.format import value_name
from dashboard.improvements import Improvement, improvements_of
from dashboard.people import Act, Actor, needs
from dashboard.services.analysis.explain_words import conditions_text, hours_text, weekly_hours, wish_text
from dashboard.services.settings.changes import change_zone, demand_fit, demand_newest, keep_agreements, version
from dashboard.services.settings.chat_times import times_changes
from dashboard.services.settings.goals import goal_changes
from dashboard.services.settings.names import name_changes
from dashboard.settings import desk_settings, shipped_text
from dashboard.wording import N_, _, number
from metrics.catalog import metric, wording
from metrics.desk import Calendar, DeskSettings, Target

AS_SHIPPED = "# As shipped; change it here to agree otherwise.\n"


@dataclass(frozen=True)
class Imported:
    """From which day the agreements hold (None: for all days) and what they change, in sentences."""

    since: date | None
    changes: tuple[str, ...]


@needs(Act.SEE_SETTINGS)
def export_agreements(actor: Actor, desk: Desk) -> str:
    """All that the desk has agreed on now, as TOML to edit: its zone, its own text, and the shipped rest below it."""
    del actor
    own = desk.agreements()
    if own is None:
        return with_zone(shipped_text(), desk.zone())
    held = read_toml(own)
    rest = "\n".join(lines for name, lines in _blocks(shipped_text()) if name not in held)
    return with_zone(f"{own.rstrip()}\n\n{AS_SHIPPED}\n{rest}\n" if rest else own, desk.zone())


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """The tables of a TOML text one by one, each with the comments above it."""
    name, lines, above = "", list[str](), list[str]()
    for line in text.splitlines():
        header = re.match(r"\[\[?(\w+)\]", line)
        if header:
            if name:
                yield name, "\n".join(lines)
            name, lines, above = header[1], [*above, line], []
        elif name and line and not line.startswith("#"):
            lines, above = [*lines, *above, line], []
        else:
            above.append(line)
    yield name, "\n".join(lines)


@needs(Act.CHANGE_SETTINGS)
def import_agreements(
    actor: Actor, desk: Desk, text: str, *, since: date | None, today: date, reason: str, dry_run: bool = False
) -> Imported:
    """Let these agreements hold from a day on: the given one, else for all days where they are the first, else today.

    Versions of earlier days stay, so figures of those days stay too; one of the same day is replaced. Raises
    SettingsError naming everything that is wrong, or that newer agreements are kept.
    """
    versions, expected = dict(desk.agreement_versions()), version(actor, desk)
    zone = str(read_toml(text).get("zone") or desk.zone() or "UTC")
    new, text = desk_settings(zone, text), with_zone(text, None)
    begins = since or (today if versions else date.min)
    demand_newest(versions, begins)
    demand_fit(zone, {**versions, begins: text})
    changes = tuple(differences(desk_settings(zone, desk.agreements()), new))
    measures = tuple(measure_changes(improvements_of(desk.agreements()), improvements_of(text)))
    if measures and not changes and since is None:
        begins = max(versions, default=date.min)  # no figure depends on measures, so they start no new agreement
    changes += measures
    if not changes and (others := _other_tables(desk.agreements(), text)):
        changes, begins = (others,), since or max(versions, default=date.min)  # nor on these
    if changes and not dry_run:
        expected = keep_agreements(actor, desk, text, since=begins, reason=reason, expected=expected)
    if zone != (desk.zone() or "UTC"):
        changes = (zone_change(desk.zone(), zone), *changes)
        if not dry_run:
            change_zone(actor, desk, zone, reason=reason, expected=expected)
    return Imported(None if begins == date.min else begins, changes)


def _other_tables(old: str | None, new: str) -> str | None:
    """The tables that differ although no figure does, in a sentence; None where there are none."""
    was, now = (read_toml(shipped_text()) | read_toml(text or "") for text in (old, new))
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    return _("These tables change, on which no figure depends: {names}.", names=", ".join(names)) if names else None


def zone_change(was: str | None, now: str | None) -> str:
    """Another zone, in a sentence."""
    return _("The desk's days and hours are those of {new} instead of {old}.", old=was or "UTC", new=now or "UTC")


def differences(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    """What two agreements say differently, a sentence each."""
    yield from _calendar_changes(old, new)
    yield from _target_changes(old, new)
    if old.peak_hours != new.peak_hours:
        yield _("Peak hours: {old} becomes {new}.", old=hours_text(old.peak_hours), new=hours_text(new.peak_hours))
    if old.event_days != new.event_days:
        yield _("Event days: {added} added, {removed} taken away.", added=len(new.event_days - old.event_days),
                removed=len(old.event_days - new.event_days))  # fmt: skip
    for name, before, after in (
        (N_("Share of the scale that counts as satisfied"), old.csat_positive_share, new.csat_positive_share),
        (N_("Share of its time below which a running promise is at risk"), old.at_risk_share, new.at_risk_share),
    ):
        if before != after:
            yield _("{name}: {old} becomes {new}.", name=_(name), old=number(before, digits=2),
                    new=number(after, digits=2))  # fmt: skip
    yield from _switch_changes(old, new)
    yield from name_changes(old, new)
    if old.on_hold_pauses != new.on_hold_pauses:
        yield (
            _("Waiting for a third party pauses the clock of resolution now.")
            if new.on_hold_pauses
            else _("Waiting for a third party no longer pauses the clock of resolution.")
        )


def _switch_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    """What is counted of calls and people's time in another way."""
    yield from goal_changes(old, new)
    yield from times_changes(old, new)
    if (old.hourly_cost, old.currency) != (new.hourly_cost, new.currency):
        yield _("Cost of an hour on shift: {old} becomes {new}.", old=_cost(old), new=_cost(new))


def _cost(settings: DeskSettings) -> str:
    if settings.hourly_cost is None:
        return _("not set")
    return " ".join(filter(None, (number(settings.hourly_cost, digits=2), settings.currency)))


def measure_changes(old: Sequence[Improvement], new: Sequence[Improvement]) -> Iterator[str]:
    """What two agreements say differently of measures, a sentence each."""
    before, after = ({(one.title, one.since): one for one in told} for told in (old, new))
    for key in dict.fromkeys([*before, *after]):
        title, day = key
        if key not in before:
            yield _("Measure “{title}” is new: from {day} on, meant for “{figure}”.", title=title,
                    day=day.isoformat(), figure=_(f"metric.{wording(metric(after[key].metric_id))}.label"))  # fmt: skip
        elif key not in after:
            yield _("Measure “{title}” of {day} is taken away.", title=title, day=day.isoformat())
        elif before[key] != after[key]:
            yield _("Measure “{title}” of {day} is told otherwise.", title=title, day=day.isoformat())


def _calendar_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield _("Calendar “{name}” is taken away.", name=name)
        elif name not in before:
            yield _("Calendar “{name}” is new: {hours}.", name=name, hours=weekly_hours(after[name][-1]))
        elif before[name] != after[name]:
            was, now = weekly_hours(before[name][-1]), weekly_hours(after[name][-1])
            if was == now:
                yield _("Calendar “{name}”: single days or earlier hours change.", name=name)
            else:
                yield _("Calendar “{name}”: {old} becomes {new}.", name=name, old=was, new=now)
    if list(before)[:1] != list(after)[:1]:
        yield _("Teams without hours of their own now go by the calendar “{name}”.", name=next(iter(after)))
    for team in sorted({*old.team_calendars, *new.team_calendars}):
        name = new.team_calendars.get(team, next(iter(after)))
        if old.team_calendars.get(team, next(iter(before))) != name:
            yield _("Team {team} now goes by the calendar “{name}”.", team=value_name("team", team), name=name)


def _by_name(settings: DeskSettings) -> dict[str, list[Calendar]]:
    found: dict[str, list[Calendar]] = {}
    for calendar in sorted(settings.calendars, key=lambda row: row.valid_from):
        found.setdefault(calendar.name, []).append(calendar)
    order = dict.fromkeys(calendar.name for calendar in settings.calendars)
    return {name: found[name] for name in order}


Key = tuple[str, frozenset[tuple[str, str]], date]


def _target_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    before, after = _by_key(old), _by_key(new)
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        target = now or was
        if target is None or was == now:
            continue
        known = {"thing": _(f"promise.{target.thing}"), "who": conditions_text(target)}
        if was is None:
            yield _("{thing}, {who}: {promise} is promised anew.", promise=wish_text(target), **known)
        elif now is None:
            yield _("{thing}, {who}: {promise} is no longer promised.", promise=wish_text(target), **known)
        else:
            yield _("{thing}, {who}: {old} becomes {new}.", old=wish_text(was), new=wish_text(now), **known)


def _by_key(settings: DeskSettings) -> Mapping[Key, Target]:
    return {(row.thing, frozenset(row.where.items()), row.valid_from): row for row in settings.targets}
