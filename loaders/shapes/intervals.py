"""The plain shapes: counts per interval, states of agents, what customers did afterwards."""

from collections.abc import Sequence

import polars as pl

from loaders.base import Note, RawTable
from loaders.cells import UNKNOWN_VALUES, Typed
from loaders.errors import MappingError
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW, Problem
from loaders.shapes.keys import newest_rows
from loaders.shapes.rows import Shaped, completed, conformed, flagged, rejected, with_constants
from loaders.synonyms import normal, value_synonyms
from metrics.tables import AGENT_STATES, ARRIVALS, OUTCOMES, Table
from metrics.words import N_

INTERVAL_TAKEN = N_("The intervals are taken as {minutes} minutes long, from the steps between their starts.")
_NO_LENGTH = N_("The length of the intervals is not known; name a column for minutes or set the option minutes.")


def build_arrivals(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Interval counts; their length from a column, the mapping, or the steps between their starts."""
    frame, notes = _with_minutes(_with_sums(with_constants(typed.frame, mapping, ARRIVALS)), mapping)
    shaped = build_plain(frame, raw, mapping, ARRIVALS, ("start_at", "channel", "team"), source=source)
    return Shaped(shaped.tables, shaped.problems, notes)


def build_agent_states(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """What agents were doing from when to when; the kind of each state from a column, else by its own word."""
    frame, problems, notes = _with_kinds(with_constants(typed.frame, mapping, AGENT_STATES), mapping)
    shaped = build_plain(frame, raw, mapping, AGENT_STATES, ("agent", "start_at", "state_kind"), source=source)
    return Shaped(shaped.tables, (*problems, *shaped.problems), notes)


def build_outcomes(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Orders, repurchases and losses of customers."""
    return build_plain(typed.frame, raw, mapping, OUTCOMES, ("customer", "at", "kind"), source=source)


def _with_sums(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums in place of means, where the file has only these."""
    for mean, total in (("mean_handle_seconds", "handle_seconds"), ("mean_answer_seconds", "answered_wait_seconds")):
        if mean in frame.columns and "answered" in frame.columns:
            summed = pl.when(pl.col("answered") == 0).then(0.0).otherwise(pl.col(mean) * pl.col("answered"))
            given = [pl.col(total)] if total in frame.columns else []
            frame = frame.with_columns(pl.coalesce(*given, summed).alias(total))
        frame = frame.drop(mean, strict=False)
    return frame


def _with_kinds(
    frame: pl.DataFrame, mapping: SourceMapping
) -> tuple[pl.DataFrame, tuple[Problem, ...], tuple[Note, ...]]:
    """The kind of each state; a word that neither the mapping nor the shipped list knows has none, which is told."""
    if "state_kind" in frame.columns or "state" not in frame.columns:
        return frame, (), ()
    own = {normal(raw): kind for raw, kind in mapping.values.get("state_kind", {}).items()}
    words = value_synonyms("state_kind") | own
    said = frame["state"].drop_nulls().unique().sort()
    known = {word: words[normal(word)] or None for word in said if normal(word) in words}
    kinds = pl.col("state").replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
    told = frame.with_columns(state_kind=kinds if known else pl.lit(None, pl.String))
    unknown = [word for word in said if word not in known]
    if not unknown:
        return told, (), ()
    rows = told[ROW].filter(told["state"].is_in(unknown))
    problem = Problem(rows, mapping.columns["state"], "unknown_state_kind")
    shown = ", ".join(f"'{word}'" for word in unknown)[:1000]
    return told, (problem,), (Note(UNKNOWN_VALUES, {"column": mapping.columns["state"], "values": shown}),)


def build_plain(
    frame: pl.DataFrame, raw: RawTable, mapping: SourceMapping, table: Table, key: Sequence[str], *, source: str
) -> Shaped:
    kept = rejected(frame, table, mapping.columns)
    named = [name for name in key if name in frame.columns]
    rows, problems = newest_rows(
        kept.frame, raw, named, header=mapping.columns.get(key[0]), reason=f"duplicate_{table.name}"
    )
    checked = flagged(rows, table, mapping.columns)
    built = conformed(completed(checked.frame.drop(ROW), table), table, source=source)
    return Shaped({table.name: built}, (*kept.problems, *problems, *checked.problems))


def _with_minutes(frame: pl.DataFrame, mapping: SourceMapping) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    if "minutes" in frame.columns:
        return frame, ()
    if "minutes" in mapping.options:
        return frame.with_columns(pl.lit(int(mapping.options["minutes"]), dtype=pl.Int64).alias("minutes")), ()
    steps = frame["start_at"].drop_nulls().unique().sort().diff().drop_nulls().dt.total_minutes()
    usual = steps.filter(steps > 0).mode().sort()
    if usual.len() == 0:
        raise MappingError(_NO_LENGTH)
    minutes = int(usual[0])
    note = Note(INTERVAL_TAKEN, {"minutes": minutes})
    return frame.with_columns(pl.lit(minutes, dtype=pl.Int64).alias("minutes")), (note,)
