"""What a desk calls things: types and their merging, teams and who belongs to them, people, priorities, languages.

Beside them how it counts first contacts, reads the scales of ratings, and greets those who have not chosen a language.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from dashboard.agreement_reading import Reading, Table
from loaders.shapes.rows import slugs
from loaders.synonyms import header_synonyms
from metrics.desk import FIRST_CONTACT, Membership, NamedDimension, RatingScale, Renaming
from metrics.facts.customers import WINDOW, WINDOWS
from metrics.tables import PRIORITIES
from metrics.words import N_

DATED = ("from", "throughout")
NAMED: Mapping[NamedDimension, tuple[str, ...]] = {
    "type": ("name", "subtype", "also", *DATED), "team": ("name", "also", *DATED), "agent": ("name", "also", *DATED),
    "priority": ("name", "called", "also", *DATED), "language": ("name", "also", *DATED),
}  # fmt: skip
"""The tables of names, by the dimension that they name, with their keys."""
MERGE_KEYS = ("type", "subtype", "into", "into_subtype", *DATED)
MEMBER_KEYS = ("agent", "team", *DATED)
SCALE_KEYS = ("source", "scale", "best", "worst", "satisfied_from")
WAYS = ("repeat", "one_touch", "no_reopen", "survey")
INTERFACE_LANGUAGES = ("zh-CN", "en")
_ITSELF = N_("Type “{name}” is merged into itself; name another one.")
_CIRCLE = N_("The merging of types goes round in a circle: {names}.")
_TWICE = N_("“{word}” is to be called both “{name}” and “{other}” from the same day on; keep one of the two.")
_BETWEEN = N_("{where}: {found} lies outside {least} to {most}.")
_NO_SCALE = N_("{where}: the best and the worst score are the same.")


@dataclass(frozen=True)
class Names:
    """What the desk's own names make of those in the data."""

    renamings: tuple[Renaming, ...]
    memberships: tuple[Membership, ...]
    word_fields: Mapping[NamedDimension, tuple[str, ...]]


def names_read(tables: Table, reading: Reading) -> Names:
    """The names that these tables say; faults are noted."""
    told = [row for of in NAMED for row in _names(tables, reading, of)]
    merges = list(_merges(tables, reading))
    _demand_ways_out(merges, reading)
    members = list(_members(tables, reading))
    fields: Mapping[NamedDimension, tuple[str, ...]] = {"priority": priority_fields()} if tables.get("priority") else {}
    return Names(tuple(_one_after_the_other([*told, *merges])), tuple(_moves(members)), fields)


@cache
def priority_fields() -> tuple[str, ...]:
    """The own fields in which loads keep priorities that they did not know."""
    return tuple(slugs(header_synonyms("tickets")["priority"]).values())


def _names(tables: Table, reading: Reading, of: NamedDimension) -> Iterator[Renaming]:
    said: dict[tuple[str, str | None, date], str] = {}
    for row in reading.rows(tables, of):
        where = f"[[{of}]] {row.get('name', '')}".rstrip()
        reading.keys(row, NAMED[of], where)
        name = reading.said(row, "name", where)
        if of == "priority" and name:
            reading.one_of(name, PRIORITIES, f"{where} name")
        second = _text(row, "subtype")
        since, throughout = _dates(row, reading, where)
        for word in reading.texts(row, "also", where):
            found = Renaming(of, word, name, since=since, throughout=throughout)
            if second is not None:  # the words are those of the second level, among tickets of this type
                found = replace(found, word=name, subword=word, subname=second)
            key, called = (found.word, found.subword, since), second or name
            if said.setdefault(key, called) != called:
                reading.fault(_TWICE, word=word, name=said[key], other=called)
            yield found


def _merges(tables: Table, reading: Reading) -> Iterator[Renaming]:
    for row in reading.rows(tables, "merge"):
        where = f"[[merge]] {row.get('type', '')}".rstrip()
        reading.keys(row, MERGE_KEYS, where)
        word, name = reading.said(row, "type", where), reading.said(row, "into", where)
        second, becomes = _text(row, "subtype"), _text(row, "into_subtype")
        since, throughout = _dates(row, reading, where)
        if word and word == name and second == becomes:
            reading.fault(_ITSELF, name=word)
        yield Renaming("type", word, name, second, becomes, since=since, throughout=throughout)


def _demand_ways_out(merges: Sequence[Renaming], reading: Reading) -> None:
    """Note a fault where merging a type leads back to it."""
    ways = {(row.word, row.subword): (row.name, row.subname) for row in merges if row.word != row.name}
    for start in ways:
        seen = [start]
        while (step := ways.get(seen[-1], ways.get((seen[-1][0], None)))) is not None and step not in seen:
            seen.append(step)
        if step == start:
            names = " → ".join(" / ".join(filter(None, level)) for level in [*seen, start])
            reading.fault(_CIRCLE, names=names)
            return


def _members(tables: Table, reading: Reading) -> Iterator[Membership]:
    for row in reading.rows(tables, "member"):
        where = f"[[member]] {row.get('agent', '')}".rstrip()
        reading.keys(row, MEMBER_KEYS, where)
        who, team = reading.said(row, "agent", where), reading.said(row, "team", where)
        since, throughout = _dates(row, reading, where)
        yield Membership(who, team, since, throughout=throughout)


def _text(row: Table, name: str) -> str | None:
    return str(row[name]).strip() or None if row.get(name) is not None else None


def _dates(row: Table, reading: Reading, where: str) -> tuple[date, bool]:
    since = reading.valid_from({"valid_from": row["from"]} if row.get("from") is not None else {}, where)
    found = row.get("throughout", False)
    return since, reading.switch(found, f"{where} throughout")


def _one_after_the_other(rows: Sequence[Renaming]) -> Iterator[Renaming]:
    """Each until the day on which the same word gets another name."""
    for row in rows:
        same = (one.since for one in rows if (one.of, one.word, one.subword) == (row.of, row.word, row.subword))
        yield replace(row, until=min((since for since in same if since > row.since), default=date.max))


def _moves(rows: Sequence[Membership]) -> Iterator[Membership]:
    """Each until the day on which the same person goes to another team."""
    for row in rows:
        same = (one.since for one in rows if one.agent == row.agent)
        yield replace(row, until=min((since for since in same if since > row.since), default=date.max))


def first_contact_read(tables: Table, reading: Reading) -> str:
    """The column of the verdict on first contacts that is the desk's own."""
    told = reading.table(tables, "first_contact")
    reading.keys(told, ("way", "days"), "[first_contact]")
    way, days = told.get("way", "repeat"), told.get("days", WINDOW)
    reading.one_of(way, WAYS, "[first_contact] way")
    reading.one_of(str(days), [str(one) for one in WINDOWS], "[first_contact] days")
    if way == "repeat":
        return f"fcr_repeat_{days}d"
    return f"fcr_{way}" if way in WAYS else FIRST_CONTACT


def rating_scales_read(tables: Table, reading: Reading) -> tuple[RatingScale, ...]:
    """How scores are read; those of one source before those of all."""
    rows = [_scale(row, reading) for row in reading.rows(tables, "rating_scale")]
    return tuple(sorted(rows, key=lambda row: row.source is None))


def _scale(row: Table, reading: Reading) -> RatingScale:
    where = f"[[rating_scale]] {row.get('source') or ''}".rstrip()
    reading.keys(row, SCALE_KEYS, where)
    scale = int(reading.number(row.get("scale", ""), f"{where} scale"))
    best = reading.number(row.get("best", scale), f"{where} best")
    worst = reading.number(row.get("worst", 1), f"{where} worst")
    line = reading.number(row.get("satisfied_from", ""), f"{where} satisfied_from")
    least, most = sorted((worst, best))
    if least == most:
        reading.fault(_NO_SCALE, where=where)
        return RatingScale(scale, 1, 0, 1)
    if not least <= line <= most:
        reading.fault(_BETWEEN, where=f"{where} satisfied_from", found=f"{line:g}", least=f"{least:g}",
                      most=f"{most:g}")  # fmt: skip
    return RatingScale(scale, best, worst, line, _text(row, "source"))


def interface_read(tables: Table, reading: Reading) -> str | None:
    """The language that the desk speaks to whoever has not chosen one: `zh-CN` or `en`; None where it has not said."""
    told = reading.table(tables, "interface")
    reading.keys(told, ("language",), "[interface]")
    if "language" not in told:
        return None
    reading.one_of(told["language"], INTERFACE_LANGUAGES, "[interface] language")
    return str(told["language"])
