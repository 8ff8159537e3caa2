"""First contact resolution: whether the first contact settled it, judged in four ways once a ticket is old enough."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import xor

import numpy as np
import numpy.typing as npt
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
Hash = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int64]
CONTACT = {name: TICKETS.schema[name] for name in ("source", "ticket_id", "created_at", "customer", "type")}
"""What must be known of a ticket to see that it repeats another."""


@dataclass(frozen=True)
class Neighbours:
    """The tickets after those of a partition that may repeat them, with the columns of CONTACT, one row each."""

    contacts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CONTACT))
    waits: pl.Series | None = None
    """Or what is found with them, known already: `next_contact` of the tickets by created_at, source and ticket_id."""

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

    Tickets of one second follow each other by ticket_id. An unknown type is a type of its own.
    """
    if neighbours.waits is not None:
        return neighbours.waits.alias("next_contact_seconds")
    empty = pl.Series("next_contact_seconds", [None], dtype=pl.Int64).new_from_index(0, tickets.height)
    own = tickets.with_row_index("place").filter(is_inquiry() & pl.col("customer").is_not_null())
    whole = pl.concat([own.select("place", *CONTACT), neighbours.contacts], how="diagonal")
    if whole.is_empty():
        return empty
    second = whole["created_at"].dt.epoch("s").to_numpy()
    rows = np.argsort(second, kind="stable")
    one, other = _hashes(whole)
    who, second = (one[rows], other[rows]), second[rows]
    order = _by_hash(who)
    tied = _same(who, order) & (second[order[1:]] == second[order[:-1]])
    if tied.any():
        timed = pl.DataFrame({"one": who[0], "other": who[1], "second": second, "id": whole["ticket_id"].gather(rows)})
        order = timed.select(pl.arg_sort_by("one", "other", "second", "id")).to_series().to_numpy()
    wait = second[order[1:]] - second[order[:-1]]
    follows = _same(who, order) & (wait <= max(WINDOWS) * DAY)
    places = whole["place"].gather(rows[order[:-1][follows]])
    found = pl.DataFrame({"place": places, "wait": wait[follows]}).drop_nulls("place")
    return empty.scatter(found["place"], found["wait"])


def _hashes(contacts: pl.DataFrame) -> tuple[Hash, Hash]:
    """Two numbers of each customer and type of a source: two unlike ones do not have both in common, by all odds."""
    seeded = (
        reduce(xor, (pl.col(name).hash(3 * seed + place) for place, name in enumerate(("source", "type", "customer"))))
        for seed in (1, 2)
    )
    first, second = contacts.select(one=next(seeded), other=next(seeded)).get_columns()
    return first.to_numpy(), second.to_numpy()


def _by_hash(who: tuple[Hash, Hash]) -> Whole:
    """The rows of one customer and type after each other, in their order.

    One sort of one number, the hash above and the place below, is many times faster than a sort by both.
    """
    height = len(who[0])
    bits = np.uint64(max(height - 1, 1).bit_length())
    places = np.arange(height, dtype=np.uint64)
    packed = np.sort((who[0] >> bits << bits) | places)
    order = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    near = packed[1:] >> bits == packed[:-1] >> bits
    return np.lexsort((places, *who)) if (near & ~_same(who, order)).any() else order


def _same(who: tuple[Hash, Hash], order: Whole) -> npt.NDArray[np.bool_]:
    """Whether each row but the first has the hashes of the one before, in this order."""
    alike, also = (one[order[1:]] == one[order[:-1]] for one in who)
    same: npt.NDArray[np.bool_] = alike & also
    return same


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
