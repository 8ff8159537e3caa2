"""A desk's names as tables to edit: types, teams, people, priorities, languages, scales; and what they change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboard.agreements import Fault
from dashboard.format import dimension, listed, value_name
from dashboard.services.settings.editing import NO_DAY, row_faults
from dashboard.wording import N_, _, number
from metrics.desk import DeskSettings, Membership, RatingScale, Renaming
from metrics.facts import Facts
from metrics.model import Scope
from metrics.selection import rows_in_period

Table = Mapping[str, Any]
DATED = ("from", "throughout")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "type": ("name", "subtype", "also", *DATED),
    "merge": ("type", "subtype", "into", "into_subtype", *DATED),
    "team": ("name", "also", *DATED),
    "agent": ("name", "also", *DATED),
    "member": ("agent", "team", *DATED),
    "priority": ("name", "called", "also", *DATED),
    "language": ("name", "also", *DATED),
    "rating_scale": ("source", "scale", "worst", "best", "satisfied_from"),
    "queue": ("name", "types", "channels"),
}
"""The columns of each table, as they stand in the text of the agreements too."""
LISTS, NUMBERS = ("also", "types", "channels"), ("scale", "worst", "best", "satisfied_from")
WAYS: Mapping[str, str] = {
    "repeat": N_("No further ticket of the same customer on the same type"),
    "one_touch": N_("Resolved with exactly one reply"),
    "no_reopen": N_("Resolved and not reopened within 7 days"),
    "survey": N_("The customer said so in the survey"),
}


def records_of(name: str, tables: Table) -> list[dict[str, Any]]:
    """The rows of a table as they are edited: every column there, a day that means nothing left empty."""
    return [{column: _cell(row, column) for column in COLUMNS[name]} for row in tables.get(name) or []]


def _cell(row: Table, column: str) -> Any:
    found = row.get(column)
    if column in LISTS:
        return [found] if isinstance(found, str) else list(found or [])
    if column == "throughout":
        return bool(found)
    if column in NUMBERS:
        return None if found is None else float(found)
    return None if found == NO_DAY else found


def rows_of(name: str, records: Sequence[Table]) -> list[dict[str, Any]]:
    """The rows of the agreements that such a table says."""
    return [_row(name, record) for record in records]


def _row(name: str, record: Table) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in COLUMNS[name]:
        value = record.get(column)
        if isinstance(value, str):
            value = value.strip()
        elif column in LISTS:
            value = [word for word in (str(one).strip() for one in (value if value is not None else [])) if word]
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        if value or (column in NUMBERS and value is not None):
            found[column] = value
    return found


def name_faults(name: str, records: Sequence[Table], zone: str) -> dict[int, tuple[Fault, ...]]:
    """What is wrong in each row, by its place from 0."""
    return row_faults(name, rows_of(name, records), zone)


def levels(facts: Facts, scope: Scope) -> list[tuple[str, str | None]]:
    """The types of the figures with their second levels, the most frequent first."""
    kept = rows_in_period(facts.tickets, scope, "created_at", facts.zone).filter(pl.col("type").is_not_null())
    n, size = pl.len().alias("n"), pl.col("n").sum().over("type")
    found = (
        kept.group_by("type", "subtype")
        .agg(n)
        .sort(size, "type", "n", "subtype", descending=[True, False, True, False])
    )
    return found.select("type", "subtype").collect(engine="in-memory").rows()


def strangers(known: Sequence[str | None], tables: Table, name: str) -> list[str]:
    """The values in the figures that a table of names does not have: what nobody has placed yet."""
    placed = {str(row.get("name")) for row in tables.get(name) or []}
    return [value for value in known if value and value not in placed] if placed else []


def way_text(column: str) -> str:
    """A way of counting first contacts, by the column of its verdict."""
    way, _repeat, days = column.removeprefix("fcr_").partition("_")
    if way != "repeat":
        return _(WAYS[column.removeprefix("fcr_")])
    return _("{way} within {days} days", way=_(WAYS[way]), days=days.removesuffix("d"))


def name_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    """What two agreements call differently, count or read differently, a sentence each."""
    yield from _renaming_changes(old.renamings, new.renamings)
    yield from _member_changes(old.memberships, new.memberships)
    if old.first_contact != new.first_contact:
        yield _("First contact resolution: {old} becomes {new}.", old=way_text(old.first_contact),
                new=way_text(new.first_contact))  # fmt: skip
    for scale in (row for row in new.rating_scales if row not in old.rating_scales):
        yield _scale_text(scale)
    for scale in (row for row in old.rating_scales if row not in new.rating_scales):
        yield _("Scores of {scale} are no longer read in a way of their own.", scale=_scale_name(scale))
    yield from _queue_changes(old, new)
    for team in sorted({*old.team_costs, *new.team_costs}):
        was, now = old.team_costs.get(team), new.team_costs.get(team)
        if was != now:
            yield _("Cost of an hour on shift, {team}: {old} becomes {new}.", team=team, old=_rate(was), new=_rate(now))


def _queue_changes(old: DeskSettings, new: DeskSettings) -> Iterator[str]:
    for group in (one for one in new.queue_groups if one not in old.queue_groups):
        where = listed([value_name("channel", one) for one in group.channels]) or _("every channel")
        yield _("Queue “{name}”: {types} are planned for apart in {channels}.", name=group.name,
                types=listed([value_name("type", one) for one in group.types]), channels=where)  # fmt: skip
    kept = {one.name for one in new.queue_groups}
    for name in dict.fromkeys(one.name for one in old.queue_groups if one.name not in kept):
        yield _("Queue “{name}” is taken away; its types are planned for with the rest of their channel.", name=name)


def _rate(rate: float | None) -> str:
    return _("that of all") if rate is None else number(rate, digits=2)


def _renaming_changes(old: Sequence[Renaming], new: Sequence[Renaming]) -> Iterator[str]:
    for row in (one for one in new if one not in old):
        yield _(
            "{dimension}: “{word}” counts as “{name}” {when}.",
            dimension=dimension(row.of), word=_level(row.of, row.word, row.subword),
            name=_level(row.of, row.name, row.subname), when=_when(row),
        )  # fmt: skip
    for row in (one for one in old if one not in new):
        yield _("{dimension}: “{word}” no longer counts as “{name}”.", dimension=dimension(row.of),
                word=_level(row.of, row.word, row.subword), name=_level(row.of, row.name, row.subname))  # fmt: skip


def _member_changes(old: Sequence[Membership], new: Sequence[Membership]) -> Iterator[str]:
    for row in (one for one in new if one not in old):
        yield _("{agent} belongs to {team} {when}.", agent=row.agent, team=row.team, when=_when(row))
    for row in (one for one in old if one not in new):
        yield _("{agent} no longer belongs to {team} as before.", agent=row.agent, team=row.team)


def _level(of: str, word: str, second: str | None) -> str:
    return " / ".join([value_name(of, word), *([second] if second else [])])


def _when(row: Renaming | Membership) -> str:
    if row.since > date.min:
        told = _("from {day} on", day=row.since.isoformat())
        if row.throughout:
            return _("{when}, before these agreements too", when=told)
        return _("{when}, not before these agreements hold", when=told)
    return _("for all days, the past too") if row.throughout else _("as long as these agreements hold")


def _scale_text(row: RatingScale) -> str:
    worst, best, line = (f"{score:g}" for score in (row.worst, row.best, row.satisfied_from))
    return _("Scores of {scale}: {worst} is the worst, {best} the best, satisfied from {line} on.",
             scale=_scale_name(row), worst=worst, best=best, line=line)  # fmt: skip


def _scale_name(row: RatingScale) -> str:
    parts = [_("the scale up to {most}", most=row.scale), *([row.source] if row.source else [])]
    return listed(parts)
