"""Removing what its time is over for: words and persons go, down to the last byte; figures stay to the last digit.

What goes, and from when on, is in `limits`; what becomes of a row in `cleaning`. A purge is a load that takes away: new
versions of the tables that nobody reads yet, then one transaction (the ledger, the audit, the database's own old rows),
which is the moment of it, then the removal of what no version shows any more. Killed before that moment it has done
nothing; killed after it, the next purge removes what it left. Earlier loads cannot be taken back any more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk, Head
from dashboard.people import Act, Actor, needs, record
from dashboard.privacy.cleaning import KEYS, PREFIX, TABLES_CLEANED, Cleaning, free_fields, hashed, last_seen
from dashboard.privacy.limits import customer_hash, holds_in, limits_in, not_held
from dashboard.privacy.notes import remove_notes, remove_ties
from dashboard.privacy.removal import remove_facts, remove_files, remove_older, shrink
from dashboard.services.facts.figures import prepare
from dashboard.services.loading.ledger import PURGED
from dashboard.store import Download, LoadRow, SessionRow, SignInTry
from loaders.warehouse.delta import DeltaFolder
from loaders.warehouse.merge import MONTH
from metrics.words import N_

LOOKING = N_("Looking for what its time is over for …")
CLEANING = N_("Writing the tables anew without it …")
REMOVING = N_("Removing every byte that no table shows any more …")
REBUILDING = N_("Making the figures again …")
OnStep = Callable[[str], None]
"""Told what begins now, as the id of a message."""


def silent(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Purged:
    """What a purge did or, as a dry run, would do."""

    tickets: int = 0
    customers: int = 0
    rejects: tuple[int, ...] = ()
    """The loads whose rejects go."""
    sign_ins: int = 0
    held: int = 0
    """Tickets that would have gone but for a legal hold."""
    files: int = 0
    load: int | None = None
    """The ledger's entry."""
    versions: dict[str, int] = field(default_factory=dict)


@needs(Act.PURGE)
def purge(
    actor: Actor, desk: Desk, *, dry_run: bool = False, now: datetime | None = None, on_step: OnStep = silent
) -> Purged:
    """Remove what its time is over for. Raises WarehouseError."""
    at = now or datetime.now(UTC)
    with desk.alone():
        on_step(LOOKING)
        head = desk.head()
        with desk.reading() as session:
            days, standing = limits_in(session), holds_in(session)
            rejects = _old_rejects(session, desk, at - timedelta(days=days["rejects"])) if not standing else ()
            tries = _old_tries(session, at - timedelta(days=days["sign_ins"]))
        cleaning, held = _due(desk, head, days, standing, at)
        plan = Purged(cleaning.tickets.height, cleaning.people.height, rejects, tries, held)
        if dry_run:
            return plan
        return carry_out(actor, desk, head, cleaning, plan, action="data.purge", subject="desk",
                         sign_ins_before=at - timedelta(days=days["sign_ins"]), at=at, on_step=on_step)  # fmt: skip


def _due(
    desk: Desk, head: Head | None, days: dict[str, int], standing: tuple[Any, ...], at: datetime
) -> tuple[Cleaning, int]:
    """What has to go, and how many tickets a hold keeps from it."""
    if head is None or not any(name.endswith("/tickets") for name in head.versions):
        return Cleaning(pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String())), hashed((), str)), 0
    tables = {name: desk.warehouse.scan(name, head.versions) for name in TABLES_CLEANED}
    with desk.warehouse.damage_told(head.versions):
        seen = last_seen(tables)
        over = seen.filter(pl.col("at") < at - timedelta(days=days["texts"]))
        due = not_held(desk, over, standing)
        people = _people_due(desk, seen, tables["outcomes"], standing, at - timedelta(days=days["customers"]))
        return Cleaning(due.select(KEYS), people, free_fields(tables["tickets"])), over.height - due.height


def _people_due(
    desk: Desk, seen: pl.DataFrame, outcomes: pl.LazyFrame, standing: tuple[Any, ...], before: datetime
) -> pl.DataFrame:
    """The customers of whom nothing younger is known, and none of whose tickets is held."""
    done = pl.concat([seen.select("customer", "at"), outcomes.select("customer", "at").collect()])
    newest = done.drop_nulls("customer").group_by("customer").agg(pl.col("at").max())
    old = newest.filter(pl.col("at") < before)["customer"].to_list()
    held = seen.join(not_held(desk, seen, standing), on=KEYS, how="anti")["customer"].to_list()
    is_all_held = any(hold.source is None and hold.ticket_id is None and hold.customer is None for hold in standing)
    return hashed([] if is_all_held else sorted(set(old) - set(held)), lambda value: pseudonym(desk, value))


def pseudonym(desk: Desk, customer: str) -> str:
    """What stands in the place of a customer: the same everywhere, and nothing that leads back to him."""
    return f"{PREFIX}{customer_hash(desk, customer)[:16]}"


def carry_out(
    actor: Actor, desk: Desk, head: Head | None, cleaning: Cleaning, plan: Purged, *, action: str, subject: str,
    sign_ins_before: datetime | None = None, also: Any = None, at: datetime,
    on_step: OnStep = silent,
) -> Purged:  # fmt: skip
    """Clean, enter it into ledger and audit, remove; the caller holds the desk alone."""
    on_step(CLEANING)
    versions = {} if head is None else _cleaned(desk, dict(head.versions), cleaning)
    with desk.keeping() as session:
        remove_notes(session, cleaning.tickets)
        remove_ties(session, cleaning.people)
        _scrub_ledger(session, plan.rejects if action == "data.purge" else None)
        if sign_ins_before is not None:
            _remove_tries(session, sign_ins_before)
        session.execute(delete(Download))
        if also is not None:
            also(session)
        counts = {"tickets": plan.tickets, "customers": plan.customers, "rejects": len(plan.rejects)}
        row = None if head is None else _entry(session, actor, head, versions, counts, at)
        record(session, actor, action, subject, {**counts, "held": plan.held}, at=at)
    files = sweep(actor, desk, plan.rejects, on_step=on_step)
    return Purged(plan.tickets, plan.customers, plan.rejects, plan.sign_ins, plan.held, files,
                  None if row is None else row.id, versions)  # fmt: skip


def sweep(actor: Actor, desk: Desk, rejects: tuple[int, ...] = (), *, on_step: OnStep = silent) -> int:
    """Remove every byte that the desk does not show any more; safe to be repeated after a crash."""
    on_step(REMOVING)
    newest = desk.head()
    remove_facts(desk)
    removed = remove_older(desk, newest.versions if newest else {}) + remove_files(desk)
    for load in rejects:
        (desk.rejects_folder / f"{load}.parquet").unlink(missing_ok=True)
    for unfinished in desk.rejects_folder.glob("*.unfinished"):
        unfinished.unlink()
    shrink(desk.engine)
    if newest is not None:
        on_step(REBUILDING)
        prepare(actor, desk, newest)
    return removed + len(rejects)


def _cleaned(desk: Desk, versions: dict[str, int], cleaning: Cleaning) -> dict[str, int]:
    """New versions of the tables in which something changes; nobody reads them before the ledger names them."""
    if cleaning.is_empty():
        return versions
    for at, version in sorted(versions.items()):
        source, _slash, table = at.rpartition("/")
        if table in TABLES_CLEANED:
            folder = DeltaFolder(desk.warehouse_folder / source / table)
            is_new = False
            for month, rows in _changed_months(folder, version, table, cleaning):
                if not is_new:
                    folder.put_back(version)
                    is_new = True
                versions[at] = folder.replace_months(rows, [month])
    return versions


def _changed_months(
    folder: DeltaFolder, version: int, table: str, cleaning: Cleaning
) -> Iterator[tuple[str, pl.DataFrame]]:
    for month in sorted({month for _path, month, _rows in folder.files(version)}):
        rows = folder.collect(folder.scan(version).filter(pl.col(MONTH) == month))
        after = cleaning.of(table, rows)
        if not after.equals(rows):
            yield month, after


def _entry(
    session: Session, actor: Actor, head: Head, versions: dict[str, int], counts: dict[str, int], at: datetime
) -> LoadRow:
    row = LoadRow(at=at, actor=actor.name, kind="load", source=None, versions=versions, as_of=head.as_of, files=[],
                  settings={PURGED: counts})  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _scrub_ledger(session: Session, loads: tuple[int, ...] | None) -> None:
    """Take the examples of damaged cells out of the reports of old loads, of all where none are named."""
    for row in session.scalars(select(LoadRow)):
        if loads is None or row.id in loads:
            row.files = [_without_examples(file) for file in row.files]


def _without_examples(file: dict[str, Any]) -> dict[str, Any]:
    problems = [
        {**problem, "examples": [{**one, "value": None} for one in problem.get("examples", ())]}
        for problem in file.get("problems") or ()
    ]
    return {**file, "problems": problems, "notes": []}


def _old_rejects(session: Session, desk: Desk, before: datetime) -> tuple[int, ...]:
    loads = session.scalars(select(LoadRow).where(LoadRow.at < before)).all()
    return tuple(
        row.id for row in loads
        if (desk.rejects_folder / f"{row.id}.parquet").is_file() or any(file.get("problems") for file in row.files)
    )  # fmt: skip


def _old_tries(session: Session, before: datetime) -> int:
    tries = session.scalars(select(SignInTry.id).where(SignInTry.at < before)).all()
    return len(tries) + len(session.scalars(_ended(before)).all())


def _ended(before: datetime) -> Any:
    return select(SessionRow.id).where(SessionRow.ended_at.is_not(None), SessionRow.ended_at < before)


def _remove_tries(session: Session, before: datetime) -> None:
    session.execute(delete(SignInTry).where(SignInTry.at < before))
    session.execute(delete(SessionRow).where(SessionRow.ended_at.is_not(None), SessionRow.ended_at < before))
