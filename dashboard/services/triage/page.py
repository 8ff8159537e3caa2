"""What the triage page makes of the queue: views and their counts, search, one screen of rows, what is new in it.

Frames in, frames out: the queue comes ordered and narrowed to what its reader may see, and stays so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import polars as pl

from metrics.facts import Facts

View = Literal["open", "mine", "unacknowledged", "breached", "waiting", "snoozed", "resolved"]
VIEWS: tuple[View, ...] = get_args(View)
SCREEN = 50
"""So many rows are sent to a browser at once, however long the queue is."""
SOON_SHARE = 0.25
"""A deadline is near when less than this share of its time is left."""
Level = Literal["late", "soon", "calm", "paused", "none"]
ENDED = ("resolved", "closed")
KEYS = ["source", "ticket_id"]
SAID_IN = ("ticket_id", "owner", "agent", "team", "type", "channel", "source")
"""The columns that a search looks at, beside the subject of the ticket."""


@dataclass(frozen=True)
class Screen:
    """The rows that are shown: rows `first` to `first + rows.height` of `total`."""

    rows: pl.DataFrame
    first: int
    total: int


def of_view(queue: pl.DataFrame, view: View, *, me: str, at: datetime) -> pl.DataFrame:
    """The items of one view, in the order of the queue. Who is asleep is in no view but its own."""
    asleep = (pl.col("snoozed_until") > at).fill_null(value=False)
    if view == "snoozed":
        return queue.filter(asleep)
    ended = pl.col("state").is_in(ENDED)
    if view == "resolved":
        return queue.filter(ended)
    return queue.filter(~asleep, ~ended, _holds(view, me))


def _holds(view: View, me: str) -> pl.Expr:
    match view:
        case "mine":
            return (pl.col("owner") == me).fill_null(value=False)
        case "unacknowledged":
            return ~pl.col("is_acknowledged")
        case "breached":
            return pl.col("late_seconds").is_not_null()
        case "waiting":
            return pl.col("state") == "waiting"
        case _:
            return pl.lit(value=True)


def of_team(queue: pl.DataFrame, team: str | None) -> pl.DataFrame:
    """The items of one team; all where none is named."""
    return queue if team is None else queue.filter(pl.col("team") == team)


def counts(queue: pl.DataFrame, *, me: str, at: datetime) -> Mapping[View, int]:
    """How many items each view has."""
    return {view: of_view(queue, view, me=me, at=at).height for view in VIEWS}


def teams(queue: pl.DataFrame) -> tuple[str, ...]:
    """The teams that have an item in the queue."""
    return tuple(sorted(queue["team"].drop_nulls().unique()))


def found(queue: pl.DataFrame, text: str, subjects: pl.DataFrame) -> pl.DataFrame:
    """The items in which a person would read the text; *subjects*: source, ticket_id, subject as he may read them."""
    wanted = text.strip().lower()
    if not wanted:
        return queue
    told = queue.join(subjects, on=KEYS, how="left", maintain_order="left")
    columns = [name for name in (*SAID_IN, "subject") if name in told.columns]
    holds = [
        pl.col(name).str.to_lowercase().str.contains(wanted, literal=True).fill_null(value=False) for name in columns
    ]
    return told.filter(pl.any_horizontal(holds)).drop("subject")


def subjects_of(facts: Facts, items: pl.DataFrame) -> pl.DataFrame:
    """The subjects of these items' tickets, as far as the facts have them: source, ticket_id, subject."""
    told = "subject" in facts.tickets.columns
    subject = pl.col("subject") if told else pl.lit(None, pl.String).alias("subject")
    wanted = items.select(KEYS).unique()
    return facts.tickets.lazy().select(*KEYS, subject).join(wanted.lazy(), on=KEYS, how="semi").collect()


def screen(items: pl.DataFrame, first: int, *, size: int = SCREEN) -> Screen:
    """The rows from *first* on, or the last screen where the queue has become shorter."""
    last = max(0, (items.height - 1) // size * size)
    start = min(max(first, 0) // size * size, last)
    return Screen(items.slice(start, size), start, items.height)


def screen_of(items: pl.DataFrame, item_id: int, *, size: int = SCREEN) -> int | None:
    """The first row of the screen on which an item stands; None where it is not among these."""
    places = (items["id"] == item_id).arg_true()
    return None if places.is_empty() else int(places[0]) // size * size


def held_in_place(items: pl.DataFrame, item: int | None, place: int) -> pl.DataFrame:
    """The queue with one item at this place (from 0), wherever its order puts it now; as it is where it has left."""
    is_it = pl.col("id").eq_missing(item)
    rest = items.filter(~is_it)
    return pl.concat([rest.head(place), items.filter(is_it), rest.slice(place)])


def after_leaving(before: Sequence[int], gone: int, still: Collection[int]) -> int | None:
    """Where the cursor goes when its row has left: to the next row that is still there, else to the one before."""
    place = before.index(gone) if gone in before else 0
    return next((one for one in [*before[place + 1 :], *reversed(before[:place])] if one in still), None)


def level(row: Mapping[str, object]) -> Level:
    """How pressing the next deadline of a row is."""
    left, target = row["left_seconds"], row["target_seconds"]
    if row["late_seconds"] is not None:
        return "late"
    if left is None:
        return "paused" if row["due_kind"] is not None else "none"
    return "soon" if isinstance(left, int) and isinstance(target, int) and left < target * SOON_SHARE else "calm"


def marks(rows: pl.DataFrame, looked_at: Mapping[int, int], since: datetime) -> dict[int, Literal["new", "changed"]]:
    """Which rows have come since then, or are not any more what the person has looked at (item -> version)."""
    found: dict[int, Literal["new", "changed"]] = {}
    for item, version, opened_at in rows.select("id", "version", "opened_at").iter_rows():
        if item in looked_at and looked_at[item] != version:
            found[item] = "changed"
        elif item not in looked_at and opened_at > since:
            found[item] = "new"
    return found


def with_loads(names: Collection[str], loads: pl.DataFrame, *, me: str) -> pl.DataFrame:
    """Everybody who can be given an item, with what he has open: owner, open, late; oneself first, then who has
    least."""
    people = pl.DataFrame({"owner": sorted({me, *names, *loads["owner"].drop_nulls()})}, schema={"owner": pl.String})
    told = people.join(loads.select("owner", "open", "late"), on="owner", how="left", maintain_order="left")
    told = told.with_columns(pl.col("open", "late").fill_null(0))
    return told.sort(pl.col("owner") != me, "open", "late", "owner")
