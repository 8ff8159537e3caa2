"""Settings as tables to edit: promises, a week, the single days of a year; and what is wrong, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.agreements import (
    BY_ZONE,
    WEEKDAYS,
    Fault,
    SettingsError,
    agreed,
    holiday_countries,
    parse_hours,
    read_toml,
)
from dashboard.desk import Desk
from dashboard.helpdesk_links import demand_sound_links
from dashboard.improvements import improvements_of
from dashboard.people import Act, Actor, needs
from dashboard.public_holidays import public_holidays
from dashboard.quality.rules import review_rules
from dashboard.quality.settings import quality_settings
from dashboard.services.settings.changes import version
from dashboard.settings import shipped_text
from dashboard.triage.settings import triage_settings
from metrics.desk import Calendar, Minutes
from metrics.words import N_

Table = Mapping[str, Any]
CONDITIONS = ("channel", "priority", "tier", "type", "team", "customer_class")
"""What a promise may depend on, a column each; other dimensions stand together in one column."""
USUAL_WEEK = "09:00-18:00"
NO_DAY = date(1970, 1, 1)
_TWICE = N_("This promises the same tickets another time than row {other} does; keep one of the two.")
_CONDITION = N_("“{found}” is no condition; write it like {expected}.")


@dataclass(frozen=True)
class Standing:
    """What holds now: the own text, the zone, the day the newest text holds from, the number of the last change."""

    text: str | None
    zone: str
    since: date
    version: int
    today: date


@needs(Act.SEE_SETTINGS)
def standing(actor: Actor, desk: Desk, *, now: datetime | None = None) -> Standing:
    """What holds now, to look at and to edit."""
    versions, zone = desk.agreement_versions(), desk.zone() or "UTC"
    since, text = versions[-1] if versions else (date.min, None)
    today = (now or datetime.now(UTC)).astimezone(ZoneInfo(zone)).date()
    return Standing(text, zone, since, version(actor, desk), today)


def tables_of(text: str | None) -> dict[str, Any]:
    """Every table that holds: the desk's own ones, and the shipped ones where it has none."""
    return read_toml(shipped_text()) | read_toml(text or "")


def faults_in(text: str | None, zone: str) -> tuple[Fault, ...]:
    """Everything that is wrong in a text of agreements."""
    found: list[Fault] = []
    own = (
        lambda: agreed(tables_of(text), zone=zone),
        lambda: improvements_of(text),
        lambda: triage_settings(text),
        lambda: demand_sound_links(text),
        lambda: review_rules(text),
        lambda: quality_settings(text),
    )
    for read in own:
        try:
            read()
        except SettingsError as error:
            found += error.faults
    return tuple(found)


def row_faults(
    name: str, rows: Sequence[Table], zone: str, *, beside: Table | None = None
) -> dict[int, tuple[Fault, ...]]:  # fmt: skip
    """What is wrong in each of the rows of a table, by its place from 0.

    beside: the tables that its rows speak of.
    """
    others = {"calendar": [{"name": "-", "daily": "00:00-24:00"}], **(beside or {})}
    return {place: faults for place, row in enumerate(rows) if (faults := _faults({**others, name: [row]}, zone))}


def _faults(tables: Table, zone: str) -> tuple[Fault, ...]:
    try:
        agreed(tables, zone=zone)
    except SettingsError as error:
        return error.faults
    return ()


def target_records(tables: Table) -> list[dict[str, Any]]:
    """The promises as rows of one table, a column for each condition."""
    return [_record(row) for row in tables.get("target", [])]


def _record(row: Table) -> dict[str, Any]:
    where = row.get("where", {})
    others = {name: value for name, value in where.items() if name not in CONDITIONS}
    since = row.get("valid_from")
    return {
        "thing": row.get("thing"),
        **{name: where.get(name) for name in CONDITIONS},
        "others": ", ".join(f"{name}={value}" for name, value in others.items()) or None,
        "within": row.get("within"),
        "attainment": None if row.get("attainment") is None else round(100 * float(row["attainment"]), 4),
        "clock": row.get("clock", "business"),
        "valid_from": None if since == NO_DAY else since,
    }


def targets_of(records: Sequence[Table]) -> list[dict[str, Any]]:
    """The rows of promises that such a table says."""
    return [_target(record) for record in records]


def _target(record: Table) -> dict[str, Any]:
    where = {name: record[name] for name in CONDITIONS if record.get(name)} | _others(record.get("others") or "")
    row = {"thing": record.get("thing") or "", "where": where, "within": (record.get("within") or "").strip()}
    if record.get("clock") == "calendar":
        row["clock"] = "calendar"
    if record.get("attainment") is not None:
        row["attainment"] = round(float(record["attainment"]) / 100, 6)
    return row | {"valid_from": record.get("valid_from") or NO_DAY}


def _others(text: str) -> dict[str, str]:
    parts = [part.partition("=") for part in text.replace("，", ",").split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _equals, value in parts}


def target_faults(records: Sequence[Table], zone: str) -> dict[int, tuple[Fault, ...]]:
    """What is wrong with each promise; also where two promise the same tickets different times from the same day on."""
    rows = targets_of(records)
    found = {place: list(faults) for place, faults in row_faults("target", rows, zone).items()}
    for place, record in enumerate(records):
        if any("=" not in part for part in (record.get("others") or "").split(",") if part.strip()):
            found.setdefault(place, []).append(
                Fault(_CONDITION, {"found": record["others"], "expected": "x_region=north, language=zh"})
            )
    for place, other in _twice(rows):
        found.setdefault(place, []).append(Fault(_TWICE, {"other": other + 1}))
    return {place: tuple(faults) for place, faults in sorted(found.items())}


def _twice(rows: Sequence[Table]) -> Iterator[tuple[int, int]]:
    seen: dict[object, int] = {}
    for place, row in enumerate(rows):
        key = (row["thing"], tuple(sorted(row["where"].items())), row["valid_from"])
        if key in seen:
            yield place, seen[key]
        seen.setdefault(key, place)


def week_of(row: Table) -> list[str]:
    """The hours of Monday to Sunday as a person writes them."""
    return [str(row.get(_key(row, day), "closed")) for day in WEEKDAYS]


def _key(row: Table, day: str) -> str:
    if day not in row and "weekdays" in row and WEEKDAYS.index(day) < 5:
        return "weekdays"
    return day if day in row else "daily"


def with_week(row: Table, week: Sequence[str]) -> dict[str, Any]:
    """The calendar with these hours, said as shortly as they can be."""
    rest = {key: value for key, value in row.items() if key not in (*WEEKDAYS, "weekdays", "daily")}
    head = {key: rest.pop(key) for key in ("name", "valid_from", "zone") if key in rest}
    if len(set(week)) == 1:
        return head | {"daily": week[0]} | rest
    if len(set(week[:5])) == 1:
        return head | {"weekdays": week[0]} | dict(zip(WEEKDAYS[5:], week[5:], strict=True)) | rest
    return head | dict(zip(WEEKDAYS, week, strict=True)) | rest


def place_of(rows: Sequence[Table], name: str) -> int:
    """Which row of the calendars is the newest of that name."""
    own = [place for place, row in enumerate(rows) if row.get("name") == name]
    return max(own, key=lambda place: str(rows[place].get("valid_from", "")))


def hours_text(hours: Sequence[Minutes]) -> str:
    """Open hours as a person writes them: `09:00-12:00, 22:00-06:00`."""
    if not hours:
        return "closed"
    return ", ".join(f"{_clock(begin)}-{_clock(end if end <= 1440 else end - 1440)}" for begin, end in hours)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def is_hours(text: str) -> bool:
    """Whether a text says open hours, or that a day is closed."""
    try:
        parse_hours(text)
    except ValueError:
        return False
    return True


def usual_days(row: Table, tables: Table, zone: str) -> dict[date, str]:
    """The public holidays and make-up working days that the calendar keeps, without its own single days."""
    hours = [parse_hours(text) if is_hours(text) else () for text in week_of(row)]
    country = _country(row, tables, zone)
    if country is None:
        return {}
    known = public_holidays(country)
    made_up = row.get("make_up")
    otherwise = parse_hours(made_up) if made_up and is_hours(made_up) else next(filter(None, hours), ())
    worked = {day: hours_text(hours[day.weekday()] or otherwise) for day in known.made_up}
    return dict.fromkeys(known.closed, "closed") | worked


def _country(row: Table, tables: Table, zone: str) -> str | None:
    asked = row.get("holidays")
    if asked == BY_ZONE:
        return next(iter(holiday_countries({**tables, "calendar": [row]}, zone)), None)
    if not asked:
        return None
    try:
        public_holidays(str(asked))
    except KeyError:
        return None
    return str(asked)


def days_in_year(row: Table, tables: Table, zone: str, year: int) -> dict[date, str]:
    """The single days of a year that go otherwise than the week: public ones, then the calendar's own."""
    own = {date.fromisoformat(str(day)): str(hours) for day, hours in row.get("days", {}).items()}
    days = {day: hours for day, hours in usual_days(row, tables, zone).items() if day.year == year}
    return dict(sorted((days | {day: text for day, text in own.items() if day.year == year}).items()))


def with_days(row: Table, tables: Table, zone: str, year: int, days: Mapping[date, str]) -> dict[str, Any]:
    """The calendar with these single days of a year; what is the same as public is not written down."""
    usual, week = usual_days(row, tables, zone), week_of(row)
    kept = {str(day): hours for day, hours in row.get("days", {}).items() if not str(day).startswith(f"{year}-")}
    own = {day: text for day, text in days.items() if usual.get(day) != text}
    gone = {day: week[day.weekday()] for day in usual if day.year == year and day not in days}
    written = kept | {day.isoformat(): text for day, text in sorted((own | gone).items())}
    rest = {key: value for key, value in row.items() if key != "days"}
    return rest | ({"days": dict(sorted(written.items()))} if written else {})


def kind_of_day(calendar: Calendar, day: date) -> str:
    """How a day stands to its week: open, closed, holiday (closed instead), worked (open instead), other (hours)."""
    usual = calendar.weekly[day.weekday()]
    hours = calendar.days.get(day, usual)
    if hours == usual:
        return "open" if usual else "closed"
    if not hours:
        return "holiday"
    return "other" if usual else "worked"


def days_of_year(calendar: Calendar, year: int) -> list[tuple[date, str, tuple[Minutes, ...]]]:
    """Every day of a year with its kind and its hours."""
    first, length = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
    days = (first + timedelta(days=number) for number in range(length))
    return [(day, kind_of_day(calendar, day), calendar.days.get(day, calendar.weekly[day.weekday()])) for day in days]
