"""Loads: files go in, one entry of the ledger comes out, or nothing at all.

The order makes a crash harmless, and readers wait for nothing: table versions first (nobody reads them yet), then the
figures of what they will show, then the rejects, then the ledger entry in one database transaction, which is the moment
when all of it becomes visible.
"""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from sqlalchemy.orm import Session

from dashboard.desk import Desk, Head, keep_zone
from dashboard.people import Act, Actor, needs, record
from dashboard.privacy.customers import without_erased
from dashboard.services.facts.figures import prepare
from dashboard.services.loading.ledger import LedgerEntry, can_redo, can_undo, history, redo_last, undo_last
from dashboard.services.loading.load_report import FileReport, LoadReport, problems_of, rejected_rows
from dashboard.services.loading.mappings import (
    Chosen,
    OpenMappingError,
    choose,
    keep_mapping,
    kept_mappings,
    known_sources,
)
from dashboard.services.loading.preview import Preview, preview
from dashboard.services.loading.rejects import keep_rejects, kept_form, rejects_csv, rejects_of
from dashboard.services.loading.twins import twins
from dashboard.services.triage.running import evaluate
from dashboard.store import LoadRow
from loaders.base import Built, OnProgress, Progress, RawTable, ReadOptions, no_rejects, silent
from loaders.build import build
from loaders.derived import is_there
from loaders.errors import LoadError
from loaders.mapping import Mapping
from loaders.reading import read_file
from loaders.shapes.messages import KnownMessages
from loaders.streams import tables_in
from loaders.warehouse import Committed, Versions, newest_stamp
from metrics.errors import ActionableError
from metrics.tables import TABLES
from metrics.words import N_

__all__ = [
    "Batch",
    "FileReport",
    "LedgerEntry",
    "LoadOptions",
    "LoadReport",
    "Preview",
    "can_redo",
    "can_undo",
    "history",
    "kept_mappings",
    "known_sources",
    "load_batch",
    "load_files",
    "preview",
    "redo_last",
    "rejects_csv",
    "rejects_of",
    "undo_last",
]

_log = logging.getLogger(__name__)
_WAITING = N_("another load is running on this desk; this one waits for it")
DELETED = "deleted"
"""What stands for the name of a file where tickets were taken out that their system has deleted."""
_SLIP = timedelta(days=1)
"""How far a wrong zone can put a true stamp into the future; later stamps do not tell a file's age."""


@dataclass(frozen=True, kw_only=True)
class LoadOptions:
    """What a person may settle about a load; what is None is found out from the file or from earlier loads."""

    source: str | None = None
    mapping: Mapping | Path | None = None
    zone: str | None = None
    date_format: str | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    dry_run: bool = False
    remember: bool = True
    """Whether the mapping is kept for files of the same header; a connection names its own each time."""
    export_at: datetime | None = None
    """How old the rows are, where that is known better than by the newest stamp among them."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Files that only count together, each with its options, and tickets that their system has deleted.

    `also` writes into the transaction of the ledger entry what must be kept with it or not at all.
    """

    parts: Sequence[tuple[Path, LoadOptions]]
    source: str
    gone: frozenset[str] = frozenset()
    into: Map[str, str] = field(default_factory=dict)
    """Of those, what they were merged into."""
    also: Callable[[Session, int], None]


@dataclass(frozen=True)
class _Loaded:
    """One file that was read, mapped and written, not yet counted."""

    chosen: Chosen
    headers: tuple[str, ...]
    versions: Versions
    rejects: pl.DataFrame
    report: FileReport


@needs(Act.LOAD_DATA)
def load_files(
    actor: Actor,
    desk: Desk,
    files: Sequence[Path],
    *,
    options: LoadOptions | None = None,
    on_progress: OnProgress = silent,
    make_figures: Callable[..., None] = prepare,
    also: Callable[[Session, int], None] | None = None,
) -> LoadReport:
    """Load export files into the desk as one entry of its ledger; a second load waits for the first.

    A file that cannot be read or mapped is refused by itself, with its sentence in the report; the others load. Where
    every file is refused, nothing is kept. Nothing is visible before all of it is. A server hands in another way to
    make the figures, `services.preparing.prepare_apart`; `also` is kept in the transaction of the ledger entry.
    Raises WarehouseError.
    """
    settled = options or LoadOptions()
    with desk.alone(on_waiting=lambda: on_progress(Progress("reading", detail=_WAITING))):
        outcomes = _load_each(actor, desk, [(path, settled) for path in files], on_progress)
        loaded = [one for one in outcomes if isinstance(one, _Loaded)]
        counted = None
        if loaded and not settled.dry_run:
            _make_figures(actor, desk, loaded, make_figures, on_progress)
            counted = _count(actor, desk, loaded, settled, also=also)
    if counted is not None:
        _look_at_rules(actor, desk)
    reports = tuple(one.report if isinstance(one, _Loaded) else one for one in outcomes)
    return LoadReport(load=counted, files=reports, dry_run=settled.dry_run)


@needs(Act.LOAD_DATA)
def load_batch(
    actor: Actor,
    desk: Desk,
    batch: Batch,
    *,
    is_last: bool = True,
    on_progress: OnProgress = silent,
    make_figures: Callable[..., None] = prepare,
) -> LoadReport:
    """Load what a connected system handed over as one entry of the ledger: all of it, or nothing.

    Figures and rules are looked at after the last batch of a run only. Raises LoadError.
    """
    with desk.alone():
        outcomes = _load_each(actor, desk, batch.parts, on_progress)
        refused = next((one.error for one in outcomes if isinstance(one, FileReport) and one.error), None)
        if refused is not None:
            raise refused
        loaded = [_brief(one) for one in outcomes if isinstance(one, _Loaded)]
        if batch.gone:
            loaded.append(_without(desk, batch, loaded))
        if is_last:
            _make_figures(actor, desk, loaded, make_figures, on_progress)
        counted = _count(actor, desk, loaded, None, also=batch.also)
    if is_last:
        _look_at_rules(actor, desk)
    return LoadReport(load=counted, files=tuple(one.report for one in loaded))


def _brief(one: _Loaded) -> _Loaded:
    """Without its mapping, which is shipped: a connection makes many entries, and the ledger is read as a whole."""
    return replace(one, report=replace(one.report, mapping=None))


def _without(desk: Desk, batch: Batch, loaded: Sequence[_Loaded]) -> _Loaded:
    """The tickets that their system has deleted, taken out of the tables."""
    head = desk.head()
    base: Versions = loaded[-1].versions if loaded else head.versions if head else {}
    versions, found = desk.warehouse.remove(batch.source, sorted(batch.gone), base=base)
    gone = tuple({"ticket": ticket, "into": batch.into.get(ticket)} for ticket in found)
    report = FileReport(file=DELETED, source=batch.source, gone=gone)
    chosen = Chosen(Mapping(batch.source, "tickets"), batch.source, keep=False)
    return _Loaded(chosen, (), versions, kept_form(no_rejects(), file=DELETED, headers=()), report)


def _make_figures(
    actor: Actor, desk: Desk, loaded: Sequence[_Loaded], make_figures: Callable[..., None], on_progress: OnProgress
) -> None:
    zone = next((one.chosen.mapping.zone for one in loaded if one.chosen.mapping.zone), None)
    on_progress(Progress("figures"))
    make_figures(actor, desk, _head(desk, loaded[-1].versions), zone=zone, on_progress=on_progress)


def _look_at_rules(actor: Actor, desk: Desk) -> None:
    """Let the rules of triage look at what was loaded; what stands in their way is no reason to doubt the load."""
    try:
        evaluate(actor, desk)
    except ActionableError:  # the next look, at a load or a reminder, brings the same
        _log.exception("the rules of triage could not look at the load")


def _head(desk: Desk, versions: Versions) -> Head:
    """What the desk will show once these versions are entered into its ledger."""
    return Head(0, versions, desk.warehouse.newest(versions))


def _load_each(
    actor: Actor, desk: Desk, files: Sequence[tuple[Path, LoadOptions]], on_progress: OnProgress
) -> list[_Loaded | FileReport]:
    """Read and write file after file, each upon the one before; a refused file leaves its report only."""
    head = desk.head()
    versions: Versions = head.versions if head else {}
    outcomes: list[_Loaded | FileReport] = []
    for path, options in files:
        try:
            tables = tables_in(read_file(path, options=options.read, on_progress=on_progress))
        except LoadError as error:
            outcomes.append(_refused(path, error))
            continue
        for raw in tables:
            pending = [one.chosen for one in outcomes if isinstance(one, _Loaded)]
            part = path if len(tables) == 1 else path.with_name(f"{path.name} › {raw.sheet}")
            try:
                one = _load_one(actor, desk, part, raw, _fitting(options, raw), versions, pending, on_progress)
            except LoadError as error:
                outcomes.append(_refused(part, error))
            else:
                outcomes.append(one)
                versions = versions if options.dry_run else one.versions
    return outcomes


def _fitting(options: LoadOptions, raw: RawTable) -> LoadOptions:
    """A mapping in hand is for those of a file's kinds of records that it fits; the others speak for themselves."""
    given = options.mapping
    is_one_of_several = raw.sheet is not None and raw.format in ("json", "ndjson")
    if not is_one_of_several or not isinstance(given, Mapping):
        return options
    fits = all(is_there(header, raw.headers) for header in given.columns.values())
    return options if fits else replace(options, mapping=None)


def _refused(path: Path, error: LoadError) -> FileReport:
    proposal = error.toml if isinstance(error, OpenMappingError) else None
    return FileReport(file=path.name, error=error, proposal=proposal)


def _load_one(
    actor: Actor,
    desk: Desk,
    path: Path,
    raw: RawTable,
    options: LoadOptions,
    base: Versions,
    pending: Sequence[Chosen],
    on_progress: OnProgress,
) -> _Loaded:
    on_progress(Progress("mapping", detail=path.name))
    chosen = choose(
        actor,
        desk,
        raw,
        source=options.source,
        mapping=options.mapping,
        zone=options.zone,
        date_format=options.date_format,
        pending=pending,
    )
    chosen = chosen if options.remember else replace(chosen, keep=False)
    on_progress(Progress("checking", detail=path.name))
    known = _known(desk, chosen, base)
    built = build(raw, chosen.mapping, source=chosen.source, zone=chosen.mapping.zone, known=known)
    raw = replace(raw, frame=raw.frame.clear())  # the text of a large file is not kept while it is written
    on_progress(Progress("writing", detail=path.name))
    committed = _commit(desk, chosen, built, base, known, options)
    same = twins(actor, desk, chosen.source, built.tables.get("tickets"), base)
    report = _report(path, raw, chosen, replace(built, notes=(*built.notes, *same)), committed)
    rejects = kept_form(built.rejects, file=path.name, headers=raw.headers)
    return _Loaded(chosen, raw.headers, committed.versions, rejects, report)


def _known(desk: Desk, chosen: Chosen, base: Versions) -> KnownMessages | None:
    """The messages that a message log continues; other shapes need none."""
    if chosen.mapping.shape != "messages":
        return None
    return KnownMessages(desk.warehouse.of_source(chosen.source, "messages", base).collect())


def _commit(
    desk: Desk, chosen: Chosen, built: Built, base: Versions, known: KnownMessages | None, options: LoadOptions
) -> Committed:
    """Rows made from kept messages and the file together are as young as the younger of both."""
    said = {name: _said(name, frame, chosen.mapping) for name, frame in built.tables.items()}
    tables = without_erased(desk, chosen.source, said)
    seen = {**tables, "known": known.messages} if known else tables
    stamp = options.export_at or newest_stamp(seen, until=datetime.now(UTC) + _SLIP)
    return desk.warehouse.commit(chosen.source, tables, base=base, export_at=stamp, dry_run=options.dry_run)


def _said(name: str, frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The frame without the columns that this file says nothing about: neither mapped nor derived anywhere in it.

    A narrower export (only numbers and states, say) must not erase what a wider one told before.
    """
    table = TABLES[name]
    optional = (column.name for column in table.columns if not column.required and column.name != table.at)
    silent_columns = [
        column
        for column in optional
        if column in frame.columns and column not in mapping.columns and frame[column].null_count() == frame.height
    ]
    return frame.drop(silent_columns)


def _report(path: Path, raw: RawTable, chosen: Chosen, built: Built, committed: Committed) -> FileReport:
    return FileReport(
        file=path.name,
        source=chosen.source,
        rows_read=raw.rows_read,
        loaded=built.loaded,
        rejected=rejected_rows(built.rejects),
        blank=raw.blank,
        counts=committed.counts,
        by_table=committed.by_table,
        problems=problems_of(built.rejects),
        notes=(*raw.notes, *built.notes),
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        header_line=raw.header_line,
        mapping=replace(chosen.mapping, name=chosen.source),
    )


def _count(
    actor: Actor,
    desk: Desk,
    loaded: Sequence[_Loaded],
    options: LoadOptions | None,
    *,
    also: Callable[[Session, int], None] | None = None,
) -> int:
    """Write the ledger entry, and with it, in the same transaction, what this load settles for the next ones."""
    now, versions = datetime.now(UTC), loaded[-1].versions
    report = LoadReport(load=None, files=tuple(one.report for one in loaded))
    row = LoadRow(
        at=now,
        actor=actor.name,
        kind="load",
        source=report.source,
        versions=dict(versions),
        as_of=desk.warehouse.newest(versions),
        files=[one.report.kept() for one in loaded],
        settings=_settings(options, loaded) if options else {},
    )
    zone = None if desk.zone() else next((one.chosen.mapping.zone for one in loaded if one.chosen.mapping.zone), None)
    with desk.keeping() as session:
        session.add(row)
        session.flush()
        if zone:
            keep_zone(session, zone)
        for one in loaded:
            if one.chosen.keep:
                keep_mapping(session, one.chosen, one.headers, at=now)
                record(session, actor, "mapping.keep", f"mapping:{one.chosen.source}", {"load": row.id}, at=now)
        record(session, actor, "data.load", f"load:{row.id}", _counts(loaded), at=now)
        if also is not None:
            also(session, row.id)
        keep_rejects(actor, desk, row.id, [one.rejects for one in loaded])
    return row.id


def _counts(loaded: Sequence[_Loaded]) -> Map[str, object]:
    """What the audit tells of a load; names of files are left out, as people put customers' names into them."""
    reports = [one.report for one in loaded]
    return {
        "files": len(reports),
        "sources": sorted({one.chosen.source for one in loaded}),
        "rows": sum(report.loaded for report in reports),
        "rejected": sum(report.rejected for report in reports),
    }


def _settings(options: LoadOptions, loaded: Sequence[_Loaded]) -> Map[str, object]:
    """What was asked for, so that a load can be understood later."""
    mappings = {one.report.file: one.chosen.mapping.to_toml() for one in loaded}
    return {"zone": options.zone, "date_format": options.date_format, "mappings": mappings}
