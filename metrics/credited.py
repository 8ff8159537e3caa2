"""The facts as far as one person may see them: what he is credited with, and nothing of what is no longer his."""

from collections.abc import Collection
from dataclasses import fields, replace

import polars as pl

from metrics.facts import Facts
from metrics.facts.dimensions import source_fields
from metrics.selection import Where, narrowed

PEOPLE = ("agent", "first_response_by", "resolution_by")
"""The columns of a fact that credit somebody with it; some facts have only the first."""
CONTENT = (
    "team", "agent", "customer", "subject", "comment", "kb_article", "author", "first_responder", "first_response_by",
    "resolved_by", "resolution_by",
)  # fmt: skip
"""What tells more of a ticket than how long somebody's own part in it took, beside a source's own fields."""
KEYS = ["source", "ticket_id"]


def credited(facts: Facts, people: Collection[str]) -> Facts:
    """The facts of what these people did: their tickets, and those that they answered first or resolved.

    A ticket that is not theirs any more stands with its times and with what it was about by type and channel, so that
    their figures are those that a filter by their names shows to others; its content is left out. Figures asked of it
    have to be filtered by their names, or they would take in what others did on these tickets.
    """
    own = narrowed(facts, {"agent": tuple(people)}).tickets.select(KEYS)
    frames = {
        one.name: _credited(frame, people, own)
        for one in fields(facts)
        if isinstance(frame := getattr(facts, one.name), pl.DataFrame)
    }
    return replace(facts, **frames, rollups=None)  # type: ignore[arg-type]  # the names are those of frames


def belonging(facts: Facts, where: Where) -> Facts:
    """The facts of the tickets that these filters describe, and whatever anybody did on them; nothing of other tickets.

    What belongs to no ticket, such as calls and people's time, is filtered by its own team and person.
    """
    own = narrowed(facts, where)
    keys = own.tickets.select(KEYS)
    frames = {
        one.name: frame.join(keys, on=KEYS, how="semi", maintain_order="left")
        for one in fields(facts)
        if isinstance(frame := getattr(facts, one.name), pl.DataFrame) and "ticket_id" in frame.columns
    }
    return replace(own, **frames)  # type: ignore[arg-type]  # the names are those of frames


def _credited(frame: pl.DataFrame, people: Collection[str], own: pl.DataFrame) -> pl.DataFrame:
    known = [name for name in PEOPLE if name in frame.columns]
    theirs = [pl.col(name).is_in(list(people)).fill_null(False) for name in known]
    found = frame.filter(pl.any_horizontal(*theirs))
    if "ticket_id" not in frame.columns:
        return found
    found = found.with_columns(pl.when(theirs[at]).then(pl.col(name)) for at, name in enumerate(known))
    return without_content(found, own, keep=known)


def without_content(frame: pl.DataFrame, readable: pl.DataFrame, *, keep: Collection[str] = ()) -> pl.DataFrame:
    """The frame with nothing of the tickets that are not among these keys but their times and what they are about."""
    hidden = [name for name in (*CONTENT, *source_fields(frame)) if name in frame.columns and name not in keep]
    known = readable.with_columns(pl.lit(value=True).alias("__read"))
    marked = frame.join(known, on=KEYS, how="left", maintain_order="left")
    shown = (pl.when("__read").then(pl.col(name)).alias(name) for name in hidden)
    return marked.with_columns(shown).drop("__read")


def asked_of(where: Where, people: Collection[str]) -> Where:
    """The filters of a question about these people's own figures: never about anybody else."""
    wanted = where.get("agent", tuple(people))
    return {**where, "agent": tuple(name for name in wanted if name in people)}
