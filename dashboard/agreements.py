"""A desk's agreements as people write them (TOML) -> DeskSettings, with everything that is wrong told at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from dashboard.agreement_goals import chat_times_read, service_goals_read
from dashboard.agreement_names import first_contact_read, interface_read, names_read, rating_scales_read
from dashboard.agreement_queues import queue_groups_read
from dashboard.agreement_reading import (
    Fault,
    Reading,
    SettingsError,
    Table,
    parse_hours,
    parse_seconds,
    read_toml,
)
from dashboard.public_holidays import FIRST_YEAR, LAST_YEAR, public_holidays
from metrics.calendar import CalendarError, business_clock
from metrics.desk import Calendar, DeskSettings, Minutes, Target, Thing
from metrics.model import Clock
from metrics.tables import CHANNELS, PRIORITIES, TIERS
from metrics.words import N_

__all__ = [
    "BY_ZONE", "WEEKDAYS", "Fault", "SettingsError", "agreed", "holiday_countries", "parse_days", "parse_hours",
    "parse_seconds", "read_toml",
]  # fmt: skip

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TABLES = (
    "zone", "calendar", "team_calendars", "countries", "target", "peak", "event", "satisfaction", "sla",
    "service_level", "cost", "measure", "type", "merge", "team", "member", "agent", "priority", "language",
    "first_contact", "rating_scale", "interface",
    "triage", "triage_rule", "triage_clock", "reminders", "reminder", "reviews", "quality",
    "helpdesk", "identity", "queue", "service_goal", "chat_times",
)  # fmt: skip
CALENDAR_KEYS = ("name", "valid_from", "zone", "daily", "weekdays", *WEEKDAYS, "holidays", "make_up", "days")
TARGET_KEYS = ("thing", "where", "within", "clock", "valid_from", "attainment")
EVENT_KEYS = ("name", "days", "country")
BY_ZONE = "by zone"
KNOWN_VALUES = {"channel": CHANNELS, "priority": PRIORITIES, "tier": TIERS}


def agreed(tables: Table, *, zone: str | None) -> DeskSettings:
    """The agreements that the tables make. Raises SettingsError with everything that is wrong in them."""
    reading = _Agreements()
    desk_zone = reading.zone(zone or tables.get("zone"))
    reading.keys(tables, TABLES, "desk.toml")
    country = _country(tables, desk_zone)
    before = len(reading.faults)
    calendars = tuple(reading.calendar(row, desk_zone, country) for row in reading.rows(tables, "calendar"))
    hours_stand = len(reading.faults) == before
    teams = {team: str(name) for team, name in reading.table(tables, "team_calendars").items()}
    if hours_stand:
        reading.calendars(calendars, teams)
    targets = tuple(reading.target(row) for row in reading.rows(tables, "target"))
    events = [reading.event(row, country) for row in reading.rows(tables, "event")]
    peak, satisfaction = reading.table(tables, "peak"), reading.table(tables, "satisfaction")
    reading.keys(peak, ("hours",), "[peak]")
    reading.keys(satisfaction, ("positive_share",), "[satisfaction]")
    sla = reading.table(tables, "sla")
    reading.keys(sla, ("on_hold_pauses", "at_risk_share"), "[sla]")
    service_level, cost = reading.table(tables, "service_level"), reading.table(tables, "cost")
    reading.keys(service_level, ("within", "share"), "[service_level]")
    reading.keys(cost, ("per_hour", "currency", "teams"), "[cost]")
    names, groups = names_read(tables, reading), queue_groups_read(tables, reading)
    settings = DeskSettings(
        zone=desk_zone,
        calendars=calendars,
        targets=targets,
        peak_hours=reading.hours(peak.get("hours", "closed"), "[peak] hours"),
        event_days=frozenset[date]().union(*events),
        team_calendars=teams,
        csat_positive_share=reading.share(satisfaction.get("positive_share", 0.75), "positive_share"),
        on_hold_pauses=reading.switch(sla.get("on_hold_pauses", False), "on_hold_pauses"),
        at_risk_share=reading.share(sla.get("at_risk_share", 0.25), "at_risk_share"),
        answer_within_seconds=reading.value(
            parse_seconds, service_level.get("within", "20 s"), "[service_level] within", "20 s, 2 min", 20
        ),
        answer_share=reading.share(service_level.get("share", 0.8), "[service_level] share"),
        service_goals=service_goals_read(tables, reading, groups),
        chat_times=chat_times_read(tables, reading, groups),
        hourly_cost=reading.rate(cost.get("per_hour"), "[cost] per_hour"),
        team_costs={
            str(team): rate
            for team, told in reading.table(cost, "teams").items()
            if (rate := reading.rate(told, f"[cost] {team}")) is not None
        },
        currency=str(cost["currency"]) if "currency" in cost else None,
        first_contact=first_contact_read(tables, reading),
        rating_scales=rating_scales_read(tables, reading),
        renamings=names.renamings,
        memberships=names.memberships,
        word_fields=names.word_fields,
        queue_groups=groups,
    )
    interface_read(tables, reading)
    if reading.faults:
        raise SettingsError(reading.faults)
    return settings


def _country(tables: Table, zone: str) -> str | None:
    countries = tables.get("countries", {})
    found = countries.items() if isinstance(countries, Mapping) else ()
    return next((country for country, zones in found if zone in zones), None)


def holiday_countries(tables: Table, zone: str) -> frozenset[str]:
    """The countries whose public holidays some calendar of these tables keeps."""
    asked = (row.get("holidays") for row in tables.get("calendar", []))
    found = (_country(tables, zone) if holidays == BY_ZONE else holidays for holidays in asked)
    return frozenset(str(country) for country in found if country)


@dataclass(frozen=True)
class _Agreements(Reading):
    """Reads opening hours, promises and event days too."""

    def calendar(self, row: Table, desk_zone: str, country: str | None) -> Calendar:
        name = str(row.get("name", ""))
        where = f"[[calendar]] {name}".rstrip()
        self.keys(row, CALENDAR_KEYS, where)
        keys = [_key_of_weekday(row, day) for day in WEEKDAYS]
        weekly = tuple(self.hours(row.get(key, "closed"), f"{where} {key}") for key in keys)
        make_up = self.hours(row["make_up"], f"{where} make_up") if "make_up" in row else next(filter(None, weekly), ())
        days = self.public(row.get("holidays"), country, where, weekly, make_up)
        for day, hours in self.table(row, "days").items():
            days[self.value(date.fromisoformat, day, f"{where} days", "2026-10-01", date.min)] = self.hours(
                hours, f"{where} {day}"
            )
        zone = str(row.get("zone", desk_zone))
        return Calendar(name, zone, weekly, days, valid_from=self.valid_from(row, where))

    def public(
        self, found: object, country: str | None, where: str, weekly: Sequence[tuple[Minutes, ...]],
        make_up: tuple[Minutes, ...],
    ) -> dict[date, tuple[Minutes, ...]]:  # fmt: skip
        """Holidays are closed; a make-up day has its own weekday's hours, where these are none the make-up hours."""
        code = country if found == BY_ZONE else found
        if not code:
            return {}
        try:
            known = public_holidays(str(code))
        except KeyError:
            self.fault(
                N_("{where} holidays is “{found}”; name a country like CN, or “by zone”."), where=where, found=found
            )
            return {}
        worked = {day: weekly[day.weekday()] or make_up for day in known.made_up}
        return dict.fromkeys(known.closed, ()) | worked

    def calendars(self, calendars: Sequence[Calendar], teams: Mapping[str, str]) -> None:
        """What only the clock itself can tell: never open, unknown zone, no calendar, a name that is not there."""
        try:
            clock = business_clock(calendars, start=date(2026, 1, 1), end=date(2026, 1, 2))
        except CalendarError as error:
            self.fault(error.template, **error.params)
        else:
            for team, name in teams.items():
                self.one_of(name, clock.names, f"[team_calendars] {team}")
        seen = [(calendar.name, calendar.valid_from) for calendar in calendars]
        for name, since in sorted({row for row in seen if seen.count(row) > 1}):
            self.fault(N_("Calendar “{name}” is given twice from {since} on."), name=name, since=since)

    def target(self, row: Table) -> Target:
        where = f"[[target]] {row.get('thing', '')} {row.get('where', '')}".rstrip()
        self.keys(row, TARGET_KEYS, where)
        conditions = {str(key): str(value) for key, value in self.table(row, "where").items()}
        for dimension, value in conditions.items():
            self.one_of(value, KNOWN_VALUES.get(dimension, (value,)), f"{where} {dimension}")
        thing, clock = row.get("thing"), row.get("clock", "business")
        self.one_of(thing, get_args(Thing), f"{where} thing")
        self.one_of(clock, get_args(Clock), f"{where} clock")
        seconds = self.value(parse_seconds, row.get("within", ""), f"{where} within", "20 s, 2 min, 4 h", 1)
        wanted = self.share(row["attainment"], f"{where} attainment") if "attainment" in row else None
        return Target(thing, seconds, clock, conditions, self.valid_from(row, where), wanted=wanted)  # type: ignore[arg-type]

    def event(self, row: Table, country: str | None) -> frozenset[date]:
        where = f"[[event]] {row.get('name', '')}".rstrip()
        self.keys(row, EVENT_KEYS, where)
        days = self.value(
            parse_days, row.get("days", ""), f"{where} days", "06-16..06-20, 2026-12-12", frozenset[date]()
        )
        return days if row.get("country", country) == country else frozenset()


def _key_of_weekday(row: Table, day: str) -> str:
    """Which key of the row tells the hours of the weekday."""
    if day not in row and "weekdays" in row and WEEKDAYS.index(day) < 5:
        return "weekdays"
    return day if day in row else "daily"


def parse_days(text: str) -> frozenset[date]:
    """`"06-16..06-20, 2026-12-12"`: days of every year, or single dates."""
    return frozenset(day for part in text.split(",") for day in _days(part.strip()))


def _days(text: str) -> Iterator[date]:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        yield date.fromisoformat(text)
        return
    first, _, last = text.partition("..")
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
        if end < day:
            raise ValueError(text)
        while day <= end:
            yield day
            day += timedelta(days=1)
