"""What of a ticket goes when it may be kept no longer: words and persons. What figures are made of stays.

Texts become null, a comment beside a rating the sign `…` (that somebody wrote one is part of a figure), a customer a
pseudonym that is the same wherever he stands, so that who came back still came back. A source's own fields of free
text and of persons become null; those that figures are split by stay, masked.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

from dashboard.privacy.masking import is_personal, masked
from dashboard.services.analysis.choices import FIELD_VALUES_AT_MOST
from metrics.facts.dimensions import source_fields
from metrics.tables import INSTANT

KEYS = ["source", "ticket_id"]
GONE = "…"
_FIELDS_KEPT = ("status", "team", "agent", "tier", "priority", "type", "subtype", "channel", "product", "language",
                "customer_class")  # fmt: skip
"""Changes of these tell of the desk; what changed in any other field may be a customer's words."""
INSTANTS = {
    "tickets": ("created_at", "updated_at", "first_responded_at", "first_auto_responded_at", "first_resolved_at",
                "resolved_at", "closed_at", "escalated_at"),
    "messages": ("at",), "changes": ("at",), "ratings": ("offered_at", "given_at"),
}  # fmt: skip


@dataclass(frozen=True)
class Cleaning:
    """What is cleaned: `tickets` (source, ticket_id) lose their words, `people` (customer -> pseudonym) their names."""

    tickets: pl.DataFrame
    people: pl.DataFrame
    free_fields: frozenset[str] = frozenset()
    """Own fields with too many different values to be anything but free text."""

    def of(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of a table, cleaned; all other rows and columns as they were."""
        cleaner = _CLEANERS.get(table)
        return rows if cleaner is None or rows.is_empty() else cleaner(self, rows)

    def is_empty(self) -> bool:
        return self.tickets.is_empty() and self.people.is_empty()

    def _concerned(self, rows: pl.DataFrame) -> pl.Series:
        """Which rows belong to one of the tickets."""
        marked = self.tickets.select(KEYS).unique().with_columns(concerned=pl.lit(True))
        found = rows.select(KEYS).join(marked, on=KEYS, how="left", maintain_order="left")
        return found["concerned"].fill_null(value=False)

    def _renamed(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        if self.people.is_empty() or column not in rows.columns:
            return rows
        return rows.with_columns(
            pl.col(column).replace(self.people["customer"], self.people["pseudonym"]).alias(column)
        )


def _tickets(cleaning: Cleaning, rows: pl.DataFrame) -> pl.DataFrame:
    is_old = pl.lit(cleaning._concerned(rows))
    own = [name for name in source_fields(rows) if rows.schema[name] == pl.String]
    lost = ["subject", *(name for name in own if name in cleaning.free_fields or is_personal(name))]
    cleaned = rows.with_columns(
        pl.when(is_old).then(None).otherwise(pl.col(name)).alias(name) for name in lost if name in rows.columns
    )
    kept = [name for name in own if name not in lost]
    cleaned = cleaned.with_columns(
        pl.when(is_old).then(_masked(cleaned[name])).otherwise(pl.col(name)).alias(name) for name in kept
    )
    return cleaning._renamed(cleaned, "customer")


def _masked(column: pl.Series) -> pl.Series:
    distinct = column.drop_nulls().unique()
    return column.replace(distinct, pl.Series(column.name, [masked(value) for value in distinct], dtype=pl.String))


def _messages(cleaning: Cleaning, rows: pl.DataFrame) -> pl.DataFrame:
    is_old = pl.lit(cleaning._concerned(rows))
    is_theirs = is_old & (pl.col("author_kind") == "customer") if "author_kind" in rows.columns else is_old
    lost = {"text": is_old, "author": is_theirs}
    return rows.with_columns(
        pl.when(gone.fill_null(value=False)).then(None).otherwise(pl.col(name)).alias(name)
        for name, gone in lost.items()
        if name in rows.columns
    )


def _changes(cleaning: Cleaning, rows: pl.DataFrame) -> pl.DataFrame:
    is_old = pl.lit(cleaning._concerned(rows)) & ~pl.col("field").is_in(_FIELDS_KEPT)
    cleaned = rows.with_columns(
        pl.when(is_old).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("from_value", "to_value")
        if name in rows.columns
    )
    return cleaning._renamed(cleaned, "by")


def _ratings(cleaning: Cleaning, rows: pl.DataFrame) -> pl.DataFrame:
    if "comment" not in rows.columns:
        return rows
    is_old = pl.lit(cleaning._concerned(rows)) & pl.col("comment").is_not_null()
    return rows.with_columns(comment=pl.when(is_old).then(pl.lit(GONE)).otherwise(pl.col("comment")))


def _outcomes(cleaning: Cleaning, rows: pl.DataFrame) -> pl.DataFrame:
    return cleaning._renamed(rows, "customer")


_CLEANERS: dict[str, Callable[[Cleaning, pl.DataFrame], pl.DataFrame]] = {
    "tickets": _tickets, "messages": _messages, "changes": _changes, "ratings": _ratings, "outcomes": _outcomes,
}  # fmt: skip
TABLES_CLEANED = tuple(_CLEANERS)


def last_seen(tables: dict[str, pl.LazyFrame]) -> pl.DataFrame:
    """source, ticket_id, customer, at: the newest instant known of each ticket, in whatever table."""
    parts = [
        frame.select(*KEYS, at=pl.max_horizontal([pl.col(one).cast(INSTANT) for one in INSTANTS[name]]))
        for name, frame in tables.items()
        if name in INSTANTS
    ]
    newest = pl.concat(parts).group_by(KEYS).agg(pl.col("at").max())
    return tables["tickets"].select(*KEYS, "customer").join(newest, on=KEYS, how="left").collect()


def free_fields(tickets: pl.LazyFrame) -> frozenset[str]:
    """The own fields of free text: more values than anybody splits a figure by, or hardly one that comes thrice."""
    names = source_fields(tickets)
    if not names:
        return frozenset()
    known = tickets.select(pl.col(names).count()).collect().row(0, named=True)
    distinct = tickets.select(pl.col(names).n_unique()).collect().row(0, named=True)
    return frozenset(
        name for name, count in distinct.items()
        if count > FIELD_VALUES_AT_MOST or (count > FEW and count * 3 > known[name])
    )  # fmt: skip


def hashed(values: Collection[str], pseudonym: Callable[[str], str]) -> pl.DataFrame:
    """customer, pseudonym: one row per customer who has none yet."""
    rows = [(value, pseudonym(value)) for value in values if not value.startswith(PREFIX)]
    return pl.DataFrame(rows, schema={"customer": pl.String, "pseudonym": pl.String}, orient="row")


FEW = 12
"""So many values may be a list of words even where each stands for few tickets."""
PREFIX = "anonymous-"
"""How a pseudonym begins."""
