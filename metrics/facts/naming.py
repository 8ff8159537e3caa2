"""The desk's own names for what sources call otherwise, put into the rows before anything is measured.

One look at the distinct words of a column and the stretches of days between two changes of the agreements; the rows get
their names by one join. A desk without such agreements has its rows as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from metrics.desk import DeskSettings, Membership, NamedDimension, Renaming
from metrics.facts.knowledge import Frames
from metrics.tables import PRIORITIES, Tables

STRETCH, WORD, SUBWORD = "__stretch", "__word", "__subword"
PEOPLE = ("agent", "first_responder", "resolved_by")
CHANGED = {"agent": "agent", "team": "team", "priority": "priority", "type": "type"}
"""The fields whose recorded changes hold names of that dimension."""
Level = tuple[str | None, str | None]
"""A word and, for types, the word of the second level."""


def named_frames(frames: Frames, desk: DeskSettings) -> dict[str, pl.DataFrame]:
    """The canonical tables of tickets, by the desk's names and with the teams that its people belonged to."""
    if not (desk.renamings or desk.memberships):
        return dict(frames)
    return dict(frames) | {
        "tickets": named_tickets(frames["tickets"], desk),
        "messages": _renamed(frames["messages"], desk, "agent", "author", at="at", only=_by_desk()),
        "changes": _named_changes(frames["changes"], desk),
        "ratings": _renamed(frames["ratings"], desk, "agent", "agent", at="given_at"),
    }


def named_tickets(tickets: pl.DataFrame, desk: DeskSettings) -> pl.DataFrame:
    """Tickets by the desk's names, each by the day on which it was created."""
    if not (desk.renamings or desk.memberships):
        return tickets
    found = tickets
    for column in PEOPLE:
        found = _renamed(found, desk, "agent", column, at="created_at")
    found = with_types(_renamed(found, desk, "team", "team", at="created_at"), desk)
    for dimension in ("priority", "language"):
        found = _renamed(found, desk, dimension, dimension, at="created_at")
    return _with_teams(found, desk, at="created_at")


def with_types(tickets: pl.DataFrame, desk: DeskSettings) -> pl.DataFrame:
    """Tickets under the desk's types: what tells whether one repeats another."""
    return _renamed(tickets, desk, "type", "type", at="created_at", second="subtype")


def named_beside(tables: Tables, desk: DeskSettings) -> Tables:
    """The tables of switches by the desk's names."""
    if not (desk.renamings or desk.memberships):
        return tables
    arrivals, states = pl.collect_all([tables.arrivals, tables.agent_states])
    arrivals = _renamed(arrivals, desk, "team", "team", at="start_at")
    states = _renamed(states, desk, "agent", "agent", at="start_at")
    states = _renamed(states, desk, "team", "team", at="start_at")
    return replace(tables, arrivals=arrivals.lazy(), agent_states=_with_teams(states, desk, at="start_at").lazy())


def names_of(desk: DeskSettings, of: NamedDimension, name: str) -> frozenset[str]:
    """The name and all words that mean the same by the newest names of the desk.

    A word that meant somebody else at another time stands for nobody here: rights hang on this.
    """
    names = _Names(desk, of)
    words = {name, *(row.word for row in names.rows)}
    meant = {word: {_named(names, stretch, word) for stretch in range(len(names.steps))} - {word} for word in words}
    last = len(names.steps) - 1
    if len(meant[name]) > 1:
        return frozenset({name})
    same = {word for word in words if len(meant[word]) < 2 and _named(names, last, word) == _named(names, last, name)}
    return frozenset({name, _named(names, last, name), *same})


def _named(names: "_Names", stretch: int, word: str) -> str:
    return names.at(stretch, (word, None))[0] or word


def _by_desk() -> pl.Expr:
    return pl.col("author_kind") != "customer"


def _named_changes(changes: pl.DataFrame, desk: DeskSettings) -> pl.DataFrame:
    """Who changed something, and from whom to whom: one person under two names hands nothing over."""
    found = _renamed(changes, desk, "agent", "by", at="at")
    for field, dimension in CHANGED.items():
        for column in ("from_value", "to_value"):
            found = _renamed(found, desk, dimension, column, at="at", only=pl.col("field") == field)  # type: ignore[arg-type]
    return found


@dataclass(frozen=True)
class _Names:
    """The renamings of one dimension, by the stretches of days in which the same ones hold."""

    desk: DeskSettings
    of: NamedDimension

    @cached_property
    def rows(self) -> list[Renaming]:
        return [row for row in self.desk.renamings if row.of == self.of]

    @cached_property
    def cuts(self) -> list[date]:
        """The days on which another stretch begins."""
        return _cuts(self.rows)

    @cached_property
    def steps(self) -> list[list[list[Renaming]]]:
        """For each stretch of days what holds, agreement after agreement."""
        layers = sorted({row.agreed for row in self.rows})
        return [
            [[row for row in self.rows if row.agreed == layer and row.is_in_force(day)] for layer in layers]
            for day in [date.min, *self.cuts]
        ]

    def at(self, stretch: int, level: Level) -> Level:
        """The name that a word has in a stretch of days."""
        for layer in self.steps[stretch]:
            level = _followed(layer, level)
        return level


def _followed(rows: Sequence[Renaming], level: Level) -> Level:
    """From one name to the next, never twice by the same step."""
    left = sorted(rows, key=lambda row: (row.subword is not None, row.since), reverse=True)
    while (step := next((row for row in left if _fits(row, level)), None)) is not None:
        left.remove(step)
        level = step.name, level[1] if step.subname is None else step.subname
    return level


def _fits(row: Renaming, level: Level) -> bool:
    word, subword = level
    if word is None or (row.subword is not None and row.subword != subword):
        return False
    is_word = word == row.word or (row.of in ("priority", "language") and word.casefold() == row.word.casefold())
    return is_word and (word, subword) != (row.name, subword if row.subname is None else row.subname)


def _cuts(rows: Iterable[Renaming | Membership]) -> list[date]:
    edges = {edge for row in rows for edge in (row.since, row.until)}
    return sorted(edges - {date.min, date.max})


def _stretch(at: str, zone: str, cuts: Sequence[date]) -> pl.Expr:
    """In which stretch the local day of an instant lies; what has no day keeps the first one's names."""
    day = pl.col(at).dt.convert_time_zone(zone).dt.date()
    return pl.sum_horizontal(pl.lit(0), *((day >= cut).fill_null(False).cast(pl.Int32) for cut in cuts))


def _renamed(
    frame: pl.DataFrame, desk: DeskSettings, of: NamedDimension, column: str, *, at: str, second: str | None = None,
    only: pl.Expr | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The frame with the names of a column.

    second: the column of the second level · only: the rows that hold such words.
    """
    names = _Names(desk, of)
    if not names.rows or frame.is_empty():
        return frame
    told = pl.col(column) if only is None else pl.when(only).then(column)
    asked = frame.select(
        _stretch(at, desk.zone, names.cuts).cast(pl.Int32).alias(STRETCH), told.alias(WORD),
        (pl.lit(None, pl.String) if second is None else pl.col(second)).alias(SUBWORD), *_own_words(frame, desk, of),
    )  # fmt: skip
    table = _table(asked, names)
    found = asked.join(table, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    kept = [found["name"].alias(column), *([] if second is None else [found["subname"].alias(second)])]
    if only is None:
        return frame.with_columns(kept)
    return frame.with_columns(pl.when(only).then(pl.lit(kept[0])).otherwise(column).alias(column))


def _own_words(frame: pl.DataFrame, desk: DeskSettings, of: NamedDimension) -> list[pl.Expr]:
    """The sources' own fields that keep a word as it was written."""
    fields = [name for name in desk.word_fields.get(of, ()) if name in frame.columns]
    return [pl.col(name).alias(f"__own_{place}") for place, name in enumerate(fields)]


def _table(asked: pl.DataFrame, names: _Names) -> pl.DataFrame:
    """Each distinct row with its `name` and `subname`."""
    distinct = asked.unique()
    rows = [_named_row(row, names) for row in distinct.iter_rows()]
    made = {"name": [name for name, _second in rows], "subname": [second for _name, second in rows]}
    return distinct.with_columns(**{name: pl.Series(values, dtype=pl.String) for name, values in made.items()})


def _named_row(row: tuple[int, str | None, str | None, *tuple[str | None, ...]], names: _Names) -> Level:
    """The name of the word as it was written, where the desk has one for it, else of the word that was understood."""
    stretch, word, subword, *own = row
    for written in own:
        found = names.at(stretch, (written, subword))
        if found[0] != written and (names.of != "priority" or found[0] in PRIORITIES):
            return found
    return names.at(stretch, (word, subword))


def _with_teams(frame: pl.DataFrame, desk: DeskSettings, *, at: str) -> pl.DataFrame:
    """The frame with the team that the person belonged to on that day, where the data name none."""
    if not desk.memberships or frame.is_empty():
        return frame
    cuts = _cuts(desk.memberships)
    held = pl.DataFrame(list(_held(desk.memberships, cuts)), schema=["agent", STRETCH, "__team"], orient="row")
    held = held.cast({"agent": pl.String, STRETCH: pl.Int32, "__team": pl.String})
    placed = frame.with_columns(_stretch(at, desk.zone, cuts).cast(pl.Int32).alias(STRETCH))
    joined = placed.join(held, on=["agent", STRETCH], how="left", maintain_order="left")
    return joined.with_columns(team=pl.coalesce("team", "__team")).drop(STRETCH, "__team")


def _held(memberships: Sequence[Membership], cuts: Sequence[date]) -> Iterator[tuple[str, int, str]]:
    """Each person's team in each stretch of days."""
    ordered = sorted(memberships, key=lambda row: (row.agreed, row.since))
    for stretch, day in enumerate([date.min, *cuts]):
        teams = {row.agent: row for row in ordered if row.since <= day < row.until}
        yield from ((row.agent, stretch, row.team) for row in teams.values())
