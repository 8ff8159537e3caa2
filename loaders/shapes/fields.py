"""Which columns a mapping of each shape may name, and of what kind each is."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from metrics.tables import INSTANT, TABLES, Column, Table

Kind = Literal["id", "name", "text", "instant", "whole", "decimal", "flag", "choice", "seconds"]
"""`text` is what people wrote, kept as it stands; `name` is trimmed; `choice` is a closed set."""

_IDS = ("ticket_id", "message_id", "reply_to")
_WRITTEN = ("subject", "text")
_KINDS: Mapping[pl.DataType, Kind] = {
    INSTANT: "instant",
    pl.Int64(): "whole",
    pl.Float64(): "decimal",
    pl.Boolean(): "flag",
}


@dataclass(frozen=True)
class Field:
    """One column that a mapping may name."""

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] | None = None


def _field(column: Column) -> Field:
    if column.values is not None:
        return Field(column.name, "choice", column.required, column.values)
    if column.unit == "seconds" and column.dtype == pl.Float64():
        return Field(column.name, "seconds", column.required)
    kind: Kind = "id" if column.name in _IDS else "text" if column.name in _WRITTEN else "name"
    return Field(column.name, _KINDS.get(column.dtype, kind), column.required)


def _fields(table: Table, *extra: Field) -> dict[str, Field]:
    kept = [_field(column) for column in table.columns if column.name not in ("source", "date_only")]
    return {field.name: field for field in (*kept, *extra)}


_WRITINGS = (Field("request_text", "text"), Field("reply_text", "text"))
_RATING = (
    Field("rating_score", "decimal"),
    Field("rating_scale", "whole"),
    Field("rated_at", "instant"),
    Field("rating_comment", "text"),
    Field("rating_agent", "name"),
)

OWN_PREFIX = "own_"
OWN_SECONDS = tuple(
    f"{OWN_PREFIX}{thing}_{clock}_seconds"
    for thing in ("first_response", "first_resolution", "full_resolution", "requester_wait")
    for clock in ("calendar", "business")
)
OWN_VERDICTS = ("own_first_response_met", "own_resolution_met", "own_is_satisfied")
_OWN = (*(Field(name, "seconds") for name in OWN_SECONDS), *(Field(name, "flag") for name in OWN_VERDICTS))
"""What the source itself says that a ticket took and whether it kept its promise; kept as `x_own_…` beside ours."""
AFTERS = {"first_response_after": "first_responded_at", "resolved_after": "resolved_at"}
_AFTERS = tuple(Field(name, "seconds") for name in AFTERS)
"""Calendar times from creation, of sources that give no instant: the instant is creation and this."""

_MEANS = (Field("mean_handle_seconds", "seconds"), Field("mean_answer_seconds", "seconds"))
"""What many switches export in place of sums; times the answered calls they are the sums again."""

SHAPES: Mapping[str, Mapping[str, Field]] = {
    "tickets": _fields(TABLES["tickets"], *_WRITINGS, *_RATING, *_AFTERS, *_OWN),
    "events": _fields(
        TABLES["tickets"],
        Field("updated_at", "instant", required=True),
        Field("changed_by", "name"),
        *_WRITINGS,
        *_RATING,
        *_OWN,
    ),
    "messages": {
        **_fields(TABLES["messages"]),
        "ticket_id": Field("ticket_id", "id"),
        **{
            name: _field(TABLES["tickets"].column(name))
            for name in ("channel", "priority", "team", "agent", "customer", "language", "type", "subject")
        },
    },
    "arrivals": {**_fields(TABLES["arrivals"], *_MEANS), "minutes": Field("minutes", "whole")},
    "agent_states": _fields(TABLES["agent_states"]),
    "outcomes": _fields(TABLES["outcomes"]),
    "comments": _fields(TABLES["messages"]),
    "changes": _fields(TABLES["changes"]),
    "ratings": _fields(TABLES["ratings"]),
}


def required_of(shape: str, named: Container[str]) -> list[str]:
    """Required columns of a shape that are not among the named ones."""
    missing = [field.name for field in SHAPES[shape].values() if field.required and field.name not in named]
    if shape == "messages" and "reply_to" not in named and "ticket_id" not in named:
        missing.append("reply_to")
    return missing
