"""Facts made once per state of the desk, and figures asked of them."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import polars as pl

from dashboard.desk import Desk, Head
from dashboard.people import Act, Actor, Reach, needs
from dashboard.people.permission import Permission, permission_of
from dashboard.people.policy import DENIED, Denied
from dashboard.services.facts.fact_files import FRAMES, Slices, is_whole, read_facts, read_slices, write_facts
from dashboard.services.facts.monthly import META, MonthlyMaking, OnMonth, Run, make_state, read_meta
from dashboard.services.facts.months import Plan, StateMeta, digest
from dashboard.services.facts.rollup_files import FOLDER, form, with_rollups
from dashboard.settings import settings_key, settings_through
from loaders.base import OnProgress, Progress, silent
from loaders.warehouse.months import MonthlyTables
from metrics.catalog import metric
from metrics.compute import compute, rows_behind
from metrics.desk import DeskSettings
from metrics.facts import Facts, build_facts
from metrics.facts.partitions import LARGE
from metrics.known_values import check_values
from metrics.model import Every, FactName, Scope
from metrics.selection import check_dimensions

FORM = 7
"""Raised when facts get other columns or meanings, so that those kept by an older program are made again."""

_log = logging.getLogger(__name__)
MONTHLY_FROM = LARGE
"""From so many tickets on facts are made and kept month by month."""
_KEPT = 3
"""States whose facts stay on disk: the present one, and those that an undo or a redo is likely to show next."""


@needs(Act.SEE_FIGURES)
def settings_of(actor: Actor, desk: Desk, zone: str | None = None) -> DeskSettings:
    """All settings that this desk's figures depend on; `zone` is that of a desk which has none of its own yet."""
    del actor  # whoever sees figures may know by which rules they are made
    return _settings(desk, zone)


def _settings(desk: Desk, zone: str | None = None) -> DeskSettings:
    return settings_through(desk.zone() or zone or "UTC", desk.agreement_versions())


@needs(Act.SEE_FIGURES)
def facts_of(
    actor: Actor, desk: Desk, as_of: datetime | None = None, *, on_progress: OnProgress = silent
) -> Facts:  # fmt: skip
    """The facts of what the ledger's newest entry shows, as of its newest stamp unless another instant is asked for.

    Those that this person's figures are made of: what he may not see is not in them. Figures of them are asked of
    `permission_of(actor).asked(scope)`. Read from the desk's folder where they were made before; made anew, and kept,
    where they are absent or damaged. A large desk's facts carry their rollups, kept likewise. Facts as of another
    instant are made each time.
    """
    return permission_of(actor).figures(_whole(desk, as_of, on_progress))


@needs(Act.RUN_TRIAGE)
def facts_in_slices(actor: Actor, desk: Desk, as_of: datetime | None = None) -> Slices:
    """The whole facts for whoever looks at each ticket once: those of a large desk one month of tickets at a time."""
    del actor  # rules look at everything
    head, settings = desk.head(), _settings(desk)
    if head is not None and as_of in (None, head.as_of):
        folder = desk.facts_folder / facts_key(head, settings)
        _ready(desk, head, settings, folder, silent)
        if (kept := read_slices(folder)) is not None:
            return kept
    facts = _whole(desk, as_of, silent)
    return Slices(facts.as_of, facts.tickets.lazy(), lambda: iter((facts,)))


@needs(Act.SEE_FIGURES, at_least=Reach.TEAMS)
def facts_under(
    actor: Actor, desk: Desk, head: Head, settings: DeskSettings, *, may: Permission, reads: Permission,
    as_of: datetime | None = None, on_progress: OnProgress = silent,
) -> tuple[Facts, Facts]:  # fmt: skip
    """The facts of an entry of the ledger under settings of any day, for figures and of the tickets to open.

    As far as *may* and *reads* go, which must not be further than this person's own. Raises Denied.
    """
    for own, asked in ((permission_of(actor), may), (permission_of(actor, Act.SEE_TICKETS), reads)):
        if not own.is_everything and not own.covers(asked.where):
            raise Denied(DENIED)
    is_whole = as_of is None or as_of == head.as_of
    whole = _facts_at(desk, head, settings, on_progress) if is_whole else _made(desk, head, settings, as_of)
    return may.figures(whole), reads.tickets(whole)


@needs(Act.SEE_TICKETS)
def readable_facts(actor: Actor, desk: Desk, as_of: datetime | None = None) -> Facts:
    """The same of the tickets that this person may open."""
    return permission_of(actor, Act.SEE_TICKETS).tickets(_whole(desk, as_of, silent))


def _whole(desk: Desk, as_of: datetime | None, on_progress: OnProgress) -> Facts:
    head, settings = desk.head(), _settings(desk)
    if as_of is not None and (head is None or as_of != head.as_of):
        return _made(desk, head, settings, as_of)
    return _facts_at(desk, head, settings, on_progress)


def _facts_at(desk: Desk, head: Head | None, settings: DeskSettings, on_progress: OnProgress) -> Facts:
    folder = desk.facts_folder / facts_key(head, settings)
    facts = read_facts(folder)
    if facts is None:
        facts = _anew(desk, head, settings, folder, on_progress)
    return with_rollups(facts, folder, older=_others(folder), on_fact=_telling(on_progress))


@needs(Act.LOAD_DATA)
def prepare(
    actor: Actor, desk: Desk, head: Head, *, zone: str | None = None, on_progress: OnProgress = silent
) -> None:  # fmt: skip
    """Make the facts of what the desk is about to show, and their rollups, where they are not kept yet.

    Nobody waits for them then when it does show it. Those of a large desk are not read here: while they are made, no
    more than one month is in memory. `zone`: that of a desk which has none of its own yet.
    """
    del actor  # what is made is everybody's
    settings = _settings(desk, zone)
    _ready(desk, head, settings, desk.facts_folder / facts_key(head, settings), on_progress)


def _ready(desk: Desk, head: Head, settings: DeskSettings, folder: Path, on_progress: OnProgress) -> None:
    if not is_whole(folder) and not _made_monthly(desk, head, settings, folder, on_progress):
        _facts_at(desk, head, settings, on_progress)


@needs(Act.LOAD_DATA)
def rebuild(actor: Actor, desk: Desk, *, run: Run | None = None, on_progress: OnProgress = silent) -> Facts:
    """Make the facts of what the desk shows anew, and their rollups, whatever is kept.

    `run`: a way to make all months of it, such as dashboard.services.facts.spark.run_on_spark.
    """
    on_progress(Progress("figures"))
    head, settings = desk.head(), _settings(desk)
    folder = desk.facts_folder / facts_key(head, settings)
    shutil.rmtree(folder, ignore_errors=True)
    for other in desk.facts_folder.iterdir():
        shutil.rmtree(other / FOLDER, ignore_errors=True)
        (other / META).unlink(missing_ok=True)
    if run is not None:
        _made_monthly(desk, head, settings, folder, on_progress, run=run)
    return facts_of(actor, desk, on_progress=on_progress)


def _telling_months(on_progress: OnProgress) -> OnMonth:
    return lambda month, done: on_progress(Progress("figures", done=done, detail=month))


def _telling(on_progress: OnProgress) -> Callable[[FactName], None]:
    return lambda fact: on_progress(Progress("figures", done=FRAMES.index(fact) / len(FRAMES)))


@needs(Act.SEE_FIGURES)
def figures(
    actor: Actor,
    desk: Desk,
    metric_ids: Sequence[str],
    scope: Scope | None = None,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
) -> pl.DataFrame:
    """Metrics over a scope, as `metrics.compute` gives them."""
    asked = permission_of(actor).asked(scope or Scope())
    return compute([metric(name) for name in metric_ids], facts_of(actor, desk, asked.as_of), asked, by=by, every=every)


@needs(Act.SEE_TICKETS)
def tickets(actor: Actor, desk: Desk, scope: Scope | None = None) -> pl.DataFrame:
    """One row per ticket created in the scope, newest first: every column and every duration.

    Raises UnknownValueError for a filter by what the desk does not have.
    """
    asked = scope or Scope()
    facts, created = readable_facts(actor, desk, asked.as_of), metric("tickets_created")
    check_dimensions(list(asked.where), facts, [created])
    check_values(asked, facts)
    return rows_behind(created, facts, asked)


def facts_key(head: Head | None, settings: DeskSettings) -> str:
    """Names a state: the same table versions under the same settings have the same facts."""
    state = [FORM, sorted((head.versions if head else {}).items()), settings_key(settings)]
    return hashlib.sha256(json.dumps(state, ensure_ascii=False).encode()).hexdigest()[:32]


def _anew(desk: Desk, head: Head | None, settings: DeskSettings, folder: Path, on_progress: OnProgress) -> Facts:
    """Facts that are not kept yet, or not whole; kept if the disk takes them."""
    if _made_monthly(desk, head, settings, folder, on_progress) and (found := read_facts(folder)) is not None:
        return found
    made = _made(desk, head, settings, head.as_of if head else None)
    _keep(folder, lambda unfinished: _write(made, unfinished))
    return read_facts(folder) or made


def _made_monthly(
    desk: Desk, head: Head | None, settings: DeskSettings, folder: Path, on_progress: OnProgress,
    *, run: Run | None = None,
) -> bool:  # fmt: skip
    """Make and keep the facts of a large desk month by month, of any desk where a way to run is named; whether that
    was done."""
    if head is None or head.as_of is None:
        return False
    as_of, tables = head.as_of, MonthlyTables(desk.warehouse_folder, head.versions)
    with desk.warehouse.damage_told(head.versions):
        if tables.tickets < MONTHLY_FROM and run is None:
            return False
        older = next((path for path in _others(folder) if read_meta(path) is not None), None)
        before = read_meta(older) if older else None
        plan = Plan(tables, digest([FORM, form(), pl.__version__, settings_key(settings)]), before or StateMeta())

        def make(unfinished: Path) -> None:
            whole, told = desk.warehouse.tables(head.versions), _telling_months(on_progress)
            how = run or MonthlyMaking.run
            make_state(plan, whole, settings, as_of, folder=unfinished, older=older, on_month=told, run=how)

        return _keep(folder, make)


def _made(desk: Desk, head: Head | None, settings: DeskSettings, as_of: datetime | None) -> Facts:
    versions = head.versions if head else {}
    with desk.warehouse.damage_told(versions):
        return build_facts(desk.warehouse.tables(versions), settings, as_of=as_of)


def _keep(folder: Path, write: Callable[[Path], None]) -> bool:
    """Let facts be written beside their place, move them there whole, then remove those of older states.

    They are a convenience: where the disk is full or the folder closed, the next reader makes them again.
    """
    unfinished = folder.with_name(f".{folder.name}.{uuid4().hex}")
    try:
        write(unfinished)
        shutil.rmtree(folder, ignore_errors=True)  # damaged, or it would have been read
        os.replace(unfinished, folder)
        _remove_older(folder)
    except (OSError, pl.exceptions.PolarsError) as error:  # also: another process was quicker with the same facts
        _log.warning("facts were not kept in %s: %s", folder, error)
        shutil.rmtree(unfinished, ignore_errors=True)
        return False
    return True


def _write(facts: Facts, folder: Path) -> None:
    write_facts(facts, folder)


def _remove_older(newest: Path) -> None:
    stale = [path for path in newest.parent.iterdir() if path.name.startswith(".") and _age(path) < _age(newest) - 3600]
    for path in [*_others(newest)[_KEPT - 1 :], *stale]:
        shutil.rmtree(path, ignore_errors=True)  # a reader that has it open keeps what it reads


def _others(folder: Path) -> list[Path]:
    """Where other states are kept, the newest first."""
    kept = [path for path in folder.parent.iterdir() if path.is_dir() and path != folder]
    return sorted((path for path in kept if not path.name.startswith(".")), key=_age, reverse=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
