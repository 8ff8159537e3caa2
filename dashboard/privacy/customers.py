"""One customer, wherever he stands on the desk: found, handed out to him, erased so that no reload brings him back."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk, Head
from dashboard.people import Act, Actor, needs, record
from dashboard.privacy.cleaning import KEYS, TABLES_CLEANED, Cleaning, free_fields, hashed
from dashboard.privacy.limits import customer_hash, holds_in, not_held
from dashboard.privacy.notes import notes_about
from dashboard.privacy.retention import LOOKING, OnStep, Purged, carry_out, pseudonym, silent
from dashboard.store import ErasedCustomer
from metrics.errors import ActionableError
from metrics.facts.dimensions import source_fields
from metrics.words import N_

SHORTEST = 5
"""A shorter word than this is looked for as a customer only, not within what was written."""
_NOBODY = N_("Nothing on this desk is of this customer.")
_HELD = N_("A legal hold keeps {n} tickets of this customer; lift it first.")


class CustomerError(ActionableError):
    """A customer that is not there, or may not be erased."""


@needs(Act.ERASE)
def find(actor: Actor, desk: Desk, who: str) -> pl.DataFrame:
    """source, ticket_id, created_at, customer of his tickets: by his name or number, or by what stands in them."""
    found = _found(desk, desk.head(), who)
    with desk.keeping() as session:
        details = {"customer": customer_hash(desk, who)[:16], "tickets": found.height}
        record(session, actor, "customer.find", "customer", details)
    return found


@needs(Act.ERASE)
def export(actor: Actor, desk: Desk, who: str) -> bytes:
    """All that the desk has of him, as JSON by table, and what was noted about his tickets. Raises CustomerError."""
    head = desk.head()
    found = _required(desk, head, who)
    told: dict[str, Any] = {}
    for name in TABLES_CLEANED:
        rows = desk.warehouse.scan(name, head.versions if head else {})
        if name == "outcomes":
            own = rows.filter(pl.col("customer").is_in(found["customer"].drop_nulls().unique().implode()))
        else:
            own = rows.join(found.lazy().select(KEYS), on=KEYS, how="semi")
        told[name] = json.loads(own.collect().write_json())
    with desk.keeping() as session:
        told["notes"] = notes_about(session, found)
        details = {"customer": customer_hash(desk, who)[:16], "tickets": found.height}
        record(session, actor, "customer.export", "customer", details)
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


@needs(Act.ERASE)
def erase(actor: Actor, desk: Desk, who: str, *, now: datetime | None = None, on_step: OnStep = silent) -> Purged:
    """Take his words and his name out of every file of the desk; figures stay. Raises CustomerError."""
    at = now or datetime.now(UTC)
    with desk.alone():
        on_step(LOOKING)
        head = desk.head()
        found = _required(desk, head, who)
        with desk.reading() as session:
            held = found.height - not_held(desk, found, holds_in(session)).height
        if held or head is None:
            raise CustomerError(_HELD, n=held)
        names = found["customer"].drop_nulls().unique().to_list()
        tables = desk.warehouse.scan("tickets", head.versions)
        people = hashed(sorted(names), lambda value: pseudonym(desk, value))
        cleaning = Cleaning(found.select(KEYS), people, free_fields(tables))
        digests = sorted({customer_hash(desk, value) for value in [*people["customer"], who]})
        plan = Purged(tickets=found.height, customers=people.height, rejects=_rejects_with(desk, [who, *names]))

        def keep(session: Session) -> None:
            known = set(session.scalars(select(ErasedCustomer.customer)))
            session.add_all(ErasedCustomer(customer=one, erased_at=at) for one in digests if one not in known)

        return carry_out(actor, desk, head, cleaning, plan, action="customer.erase",
                         subject=f"customer:{digests[0][:16]}", also=keep, at=at, on_step=on_step)  # fmt: skip


def without_erased(desk: Desk, source: str, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Rows of a source that are about to be loaded, with erased customers as the desk has them: no words, no name."""
    with desk.reading() as session:
        erased = set(session.scalars(select(ErasedCustomer.customer)))
    named = [frame for frame in tables.values() if erased and "customer" in frame.columns]
    known = {value for frame in named for value in frame["customer"].drop_nulls().unique()}
    names = sorted(value for value in known if customer_hash(desk, value) in erased)
    if not names:
        return tables
    loaded = {name: frame.with_columns(source=pl.lit(source)) for name, frame in tables.items()}
    tickets = loaded.get("tickets", pl.DataFrame(schema=dict.fromkeys([*KEYS, "customer"], pl.String())))
    theirs = tickets.filter(pl.col("customer").is_in(names)).select(KEYS)
    people = hashed(names, lambda value: pseudonym(desk, value))
    cleaning = Cleaning(theirs, people, free_fields(tickets.lazy()))
    return {name: cleaning.of(name, frame) for name, frame in loaded.items()}


def _required(desk: Desk, head: Head | None, who: str) -> pl.DataFrame:
    found = _found(desk, head, who)
    if found.is_empty():
        raise CustomerError(_NOBODY)
    return found


def _found(desk: Desk, head: Head | None, who: str) -> pl.DataFrame:
    versions = head.versions if head else {}
    tickets, wanted = desk.warehouse.scan("tickets", versions), who.strip()
    own = source_fields(tickets)
    is_his = pl.any_horizontal((pl.col(name) == wanted).fill_null(value=False) for name in ["customer", *own])
    if len(wanted) >= SHORTEST:
        is_his |= pl.col("subject").str.contains(wanted, literal=True).fill_null(value=False)
    keys = [tickets.filter(is_his).select(KEYS)]
    if len(wanted) >= SHORTEST:
        keys += [
            desk.warehouse.scan(name, versions).filter(pl.col(column).str.contains(wanted, literal=True)).select(KEYS)
            for name, column in (("messages", "text"), ("ratings", "comment"))
        ]
    with desk.warehouse.damage_told(versions):
        mentioned = tickets.join(pl.concat(keys).unique(), on=KEYS, how="semi").select(*KEYS, "created_at", "customer")
        return mentioned.sort("created_at", descending=True).collect()


def _rejects_with(desk: Desk, words: list[str]) -> tuple[int, ...]:
    """The loads among whose rejects one of these words stands: their rows are of nobody any more."""
    found = []
    for path in desk.rejects_folder.glob("*.parquet"):
        rows = pl.read_parquet(path, columns=["value", "record"], glob=False)
        text = rows.select(pl.concat_str(pl.all().fill_null("")).str.join("\n")).item() if rows.height else ""
        if any(word and word in text for word in words):
            found.append(int(path.stem))
    return tuple(sorted(found))
