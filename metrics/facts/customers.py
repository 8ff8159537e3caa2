"""First contact resolution: whether the first contact settled it, judged in four ways once a ticket is old enough."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts.dimensions import ruled
from metrics.facts.knowledge import is_inquiry
from metrics.tables import TICKETS

WINDOWS = (1, 3, 7, 14, 30)
"""Days within which a further ticket says that the first contact did not settle it."""
WINDOW = 7
"""The window of the figures that name none, and of those that look for reopenings and replies."""
SURVEY_FIELD = "x_fcr_survey"
"""The source's own field in which a customer said whether it was settled at the first contact."""
VERDICTS = (*(f"fcr_repeat_{days}d" for days in WINDOWS), "fcr_one_touch", "fcr_no_reopen", "fcr_survey")
"""The columns of tickets that a desk may choose among for its own figure."""
YES = ("yes", "y", "true", "1", "solved", "resolved", "是", "已解决")
NO = ("no", "n", "false", "0", "not solved", "unresolved", "否", "未解决")
REACH = timedelta(days=max(WINDOWS), seconds=1)
"""How far after the last ticket of a partition those of others may repeat it."""
DAY = 86_400
KEY_LIMIT = 1 << 62
CONTACT = {name: TICKETS.schema[name] for name in ("source", "ticket_id", "created_at", "customer", "type")}
"""What must be known of a ticket to see that it repeats another."""


@dataclass(frozen=True)
class Neighbours:
    """The tickets after those of a partition that may repeat them, with the columns of CONTACT, one row each."""

    contacts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CONTACT))

    def until(self, instant: datetime) -> "Neighbours":
        """Those up to an instant."""
        return Neighbours(self.contacts.filter(pl.col("created_at") <= instant))


def contacts(tickets: pl.DataFrame) -> pl.DataFrame:
    """The inquiries of known customers, which follow others and are followed."""
    return tickets.filter(is_inquiry() & pl.col("customer").is_not_null()).select(CONTACT.keys())


def with_first_contact(
    tickets: pl.DataFrame, neighbours: Neighbours, desk: DeskSettings, *, as_of: datetime
) -> pl.DataFrame:  # fmt: skip
    """Add next_contact_seconds, fcr_repeat_<W>d for each window, fcr_one_touch, fcr_no_reopen and fcr_survey; and fcr,
    which is the one of them that the desk had chosen on the day of creation.

    True or false, null while the ticket is younger than its window and where the source does not tell. `tickets` are
    settled; those that repeat them are among them or their neighbours.
    """
    inquiry = is_inquiry()
    told = tickets.with_columns(next_contact(tickets, neighbours).alias("next_contact_seconds"))
    resolved, kept_shut = pl.col("is_resolved"), ~pl.col("is_reopened")
    repeats = {
        f"fcr_repeat_{days}d": pl.when(inquiry & pl.col("customer").is_not_null() & _old_enough(as_of, days)).then(
            resolved & kept_shut & ~(pl.col("next_contact_seconds") <= days * DAY).fill_null(False)
        )
        for days in WINDOWS
    }
    decided = inquiry & _old_enough(as_of, WINDOW)
    unreopened = pl.when(decided & _settled_long_enough(as_of)).then(resolved & ~_reopened_soon())
    judged = told.with_columns(
        **{name: _known(verdict, resolved, pl.col("is_reopened")) for name, verdict in repeats.items()},
        fcr_one_touch=_known(pl.when(decided).then(resolved & (pl.col("replies") == 1)), resolved, pl.col("replies")),
        fcr_no_reopen=_known(unreopened, resolved, _reopened_soon()),
        fcr_survey=_survey(tickets),
    )  # fmt: skip
    return judged.with_columns(fcr=ruled(desk, pl.col("created_on"), lambda rules: pl.col(rules.first_contact)))


def next_contact(tickets: pl.DataFrame, neighbours: Neighbours) -> pl.Series:
    """Whole seconds until the same customer's next ticket on the same type in the same source; null where none came
    within the longest window.

    Tickets of one second follow each other by ticket_id. An unknown type is a type of its own. One sort of one
    packed integer, customer and type above, time below.
    """
    empty = pl.Series("next_contact_seconds", [None] * tickets.height, dtype=pl.Int64)
    own = tickets.with_row_index("place").filter(is_inquiry() & pl.col("customer").is_not_null())
    whole = pl.concat([own.select("place", *CONTACT), neighbours.contacts], how="diagonal")
    if whole.is_empty():
        return empty
    second = pl.col("created_at").dt.epoch("s")
    grouped = whole.select("place", "ticket_id", who=_code(whole), second=second - second.min())
    ordered = _ordered(grouped)
    wait = pl.col("second").shift(-1) - pl.col("second")
    following = pl.when((pl.col("who") == pl.col("who").shift(-1)) & (wait <= max(WINDOWS) * DAY)).then(wait)
    found = ordered.select("place", seconds=following).drop_nulls("place")
    return empty.scatter(found["place"], found["seconds"])


def _code(contacts: pl.DataFrame) -> pl.Series:
    """A number for each customer and type of a source."""
    code = pl.Series([0], dtype=pl.Int64).new_from_index(0, contacts.height)
    for name in ("source", "type", "customer"):
        texts = pl.Categories.random()  # of its own, so that no list of all customers ever seen grows
        place = contacts[name].cast(pl.Categorical(texts)).to_physical().cast(pl.Int64)
        highest: int = place.max() or 0  # type: ignore[assignment]  # of whole numbers
        code = code * (highest + 2) + (place + 1).fill_null(0)
    return code


def _ordered(grouped: pl.DataFrame) -> pl.DataFrame:
    """By customer and type, then second, then ticket_id."""
    highest, latest = (int(grouped.select(pl.col(name).max().fill_null(0)).item()) for name in ("who", "second"))
    span = 1 << latest.bit_length()
    if (highest + 1) * span >= KEY_LIMIT:
        return grouped.sort("who", "second", "ticket_id")
    packed = grouped.with_columns(__key=pl.col("who") * span + pl.col("second"))
    ordered = packed.drop("ticket_id").sort("__key")
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
    return pl.when(is_inquiry()).then(answer)
