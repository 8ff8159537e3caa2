"""First contact resolution: whether the first contact settled it, judged in four ways once a ticket is old enough."""

from datetime import datetime, timedelta

import polars as pl

WINDOWS = (1, 3, 7, 14, 30)
"""Days within which a further ticket says that the first contact did not settle it."""
WINDOW = 7
"""The window of the figures that name none, and of those that look for reopenings and replies."""
SURVEY_FIELD = "x_fcr_survey"
"""The source's own field in which a customer said whether it was settled at the first contact."""
YES = ("yes", "y", "true", "1", "solved", "resolved", "是", "已解决")
NO = ("no", "n", "false", "0", "not solved", "unresolved", "否", "未解决")
DAY = 86_400
KEY_LIMIT = 1 << 62


def with_first_contact(tickets: pl.DataFrame, *, as_of: datetime) -> pl.DataFrame:
    """Add next_contact_seconds, fcr_repeat_<W>d for each window, fcr_one_touch, fcr_no_reopen and fcr_survey.

    True or false, null while the ticket is younger than its window and where the source does not tell. `tickets` are
    settled; those that repeat them must be among them, so a part of a desk needs the days of the longest window that
    follow it.
    """
    inquiry = ~pl.col("status").is_in(["merged", "spam"]).fill_null(False)
    told = tickets.with_columns(next_contact(tickets, inquiry).alias("next_contact_seconds"))
    resolved, kept_shut = pl.col("is_resolved"), ~pl.col("is_reopened")
    repeats = {
        f"fcr_repeat_{days}d": pl.when(inquiry & pl.col("customer").is_not_null() & _old_enough(as_of, days)).then(
            resolved & kept_shut & ~(pl.col("next_contact_seconds") <= days * DAY).fill_null(False)
        )
        for days in WINDOWS
    }
    decided = inquiry & _old_enough(as_of, WINDOW)
    unreopened = pl.when(decided & _settled_long_enough(as_of)).then(resolved & ~_reopened_soon())
    return told.with_columns(
        **{name: _known(verdict, resolved, pl.col("is_reopened")) for name, verdict in repeats.items()},
        fcr_one_touch=_known(pl.when(decided).then(resolved & (pl.col("replies") == 1)), resolved, pl.col("replies")),
        fcr_no_reopen=_known(unreopened, resolved, _reopened_soon()),
        fcr_survey=_survey(tickets),
    )  # fmt: skip


def next_contact(tickets: pl.DataFrame, inquiry: pl.Expr) -> pl.Series:
    """Whole seconds until the same customer's next ticket on the same type in the same source; null where none came.

    Tickets of one second follow each other by ticket_id. An unknown type is a type of its own. One sort of one
    packed integer, customer and type above, time below.
    """
    counted = tickets.select(
        "ticket_id", second=pl.col("created_at").dt.epoch("s"), counts=inquiry & pl.col("customer").is_not_null()
    )
    grouped = counted.with_columns(_codes(tickets)).with_row_index("place").filter("counts").drop("counts")
    ordered = _ordered(grouped.with_columns(pl.col("second") - pl.col("second").min()))
    following = pl.when(pl.col("who") == pl.col("who").shift(-1)).then(pl.col("second").shift(-1) - pl.col("second"))
    found = ordered.select("place", seconds=following)
    empty = pl.Series("next_contact_seconds", [None] * tickets.height, dtype=pl.Int64)
    return empty.scatter(found["place"], found["seconds"])


def _codes(tickets: pl.DataFrame) -> pl.Series:
    """A number for each customer and type of a source."""
    parts = [pl.col(name).cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(-1) + 1 for name in
             ("source", "customer", "type")]  # fmt: skip
    coded = tickets.select(*(part.alias(str(place)) for place, part in enumerate(parts)))
    sizes = [int(size) + 1 for size in coded.max().row(0)] if coded.height else [1, 1, 1]
    return coded.select(who=(pl.col("0") * sizes[1] + pl.col("1")) * sizes[2] + pl.col("2")).to_series()


def _ordered(grouped: pl.DataFrame) -> pl.DataFrame:
    """By customer and type, then second, then ticket_id."""
    highest, latest = (int(grouped.select(pl.col(name).max().fill_null(0)).item()) for name in ("who", "second"))
    span = 1 << latest.bit_length()
    if (highest + 1) * span >= KEY_LIMIT:
        return grouped.sort("who", "second", "ticket_id")
    packed = grouped.with_columns(__key=pl.col("who") * span + pl.col("second"))
    ordered = packed.select("__key", "place", "who", "second").sort("__key")
    tied = ordered.select((pl.col("__key") == pl.col("__key").shift(1)).any()).item()
    return packed.sort("__key", "ticket_id") if tied else ordered


def _old_enough(as_of: datetime, days: int) -> pl.Expr:
    return pl.col("created_at") <= as_of - timedelta(days=days)


def _settled_long_enough(as_of: datetime) -> pl.Expr:
    """Resolved the whole window ago, so that a reopening would have shown; what is not resolved need not wait."""
    resolved_at = pl.coalesce("first_resolution_at", "full_resolution_at")
    return resolved_at.is_null() | (resolved_at <= as_of - timedelta(days=WINDOW))


def _reopened_soon() -> pl.Expr:
    """Reopened within the window after the first resolution; a reopening of unknown time counts as within."""
    late = pl.col("reopened_at") > pl.coalesce("first_resolution_at", "full_resolution_at") + timedelta(days=WINDOW)
    return pl.col("is_reopened") & ~late.fill_null(False)


def _known(verdict: pl.Expr, *needed: pl.Expr) -> pl.Expr:
    """A verdict only where all that it needs is known: a no by one half of the evidence alone would tilt the share."""
    return pl.when(pl.all_horizontal(part.is_not_null() for part in needed)).then(verdict)


def _survey(tickets: pl.DataFrame) -> pl.Expr:
    if SURVEY_FIELD not in tickets.columns:
        return pl.lit(None, pl.Boolean)
    said = pl.col(SURVEY_FIELD).str.strip_chars().str.to_lowercase()
    answer = pl.when(said.is_in(YES)).then(True).when(said.is_in(NO)).then(False)
    return pl.when(~pl.col("status").is_in(["merged", "spam"]).fill_null(False)).then(answer)
