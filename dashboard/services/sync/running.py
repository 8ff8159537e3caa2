"""Reads what a connected system has that the desk has not, and goes on after any fault where the last load ended.

How far was read is kept in the transaction of the load that it belongs to, and belongs to it for ever: a load that is
taken back takes its cursor with it, so that the next run reads again what was taken back.
"""

import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from time import monotonic

from filelock import FileLock, Timeout
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.figures import prepare
from dashboard.services.loading.folding import fold
from dashboard.services.loading.ledger import standing_loads
from dashboard.services.loading.load_report import LoadReport
from dashboard.services.loading.loads import Batch, LoadOptions, load_batch
from dashboard.services.loading.mappings import OpenMappingError
from dashboard.services.sync import runs as sync_runs
from dashboard.services.sync.comparing import is_due, said
from dashboard.services.sync.connections import Connected, ConnectionRefused, asked, known, mark_compared
from dashboard.services.sync.runs import Counts
from dashboard.store import SyncCursor
from loaders.base import OnProgress, silent
from loaders.catalog import proposal_of
from loaders.live.comparing import compared
from loaders.live.drift import Drift
from loaders.live.gathering import Gathered, batches
from loaders.live.kinds import KINDS, mappings_of
from loaders.live.page import Mappings, Page, Reading, State
from loaders.mapping import Mapping, load_mapping
from loaders.reading import read_file
from metrics.errors import ActionableError
from metrics.words import N_

BATCH = 20_000
"""Records of one entry of the ledger: a long first run can be taken up again, and stays small in memory."""
TOLD_SECONDS = 2.0
AT, FIELDS, GONE, MAPPING = "__at", "__fields", "__gone", "__mapping"
"""What we keep in a state beside the reader's own; the deleted until the end of a run, as their events come later."""
_RUNNING = N_("This connection is being read already; wait until that run has ended.")
_NOT_ASKED = N_("This connection is not asked: what comes by it comes by itself.")
_OVERTAKEN = N_("Meanwhile a load of this connection was made or taken back. This batch was not kept; run again.")


@dataclass(frozen=True)
class Outcome:
    """How a run went: what it did, what it has to say, and why it stopped where it failed."""

    counts: Counts
    told: tuple[sync_runs.Sentence, ...] = ()
    failed: ActionableError | None = None


@needs(Act.LOAD_DATA)
def sync(
    actor: Actor,
    desk: Desk,
    connection: int,
    *,
    batch: int = BATCH,
    on_progress: OnProgress = silent,
    make_figures: Callable[..., None] = prepare,
    compare: bool = False,
) -> Outcome:
    """Read on from where the newest standing load of this connection ended, to the present end.

    `compare`: hold all that the system has against the desk, too, though it is not due yet.
    What was kept before a fault stays, and the outcome says what the fault was; the next run goes on from there.
    Raises ConnectionRefused where there is no such connection, or it is being read.
    """
    if known(actor, desk, connection).kind not in KINDS:
        raise ConnectionRefused(_NOT_ASKED)
    lock = FileLock(desk.root / f"sync-{connection}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ConnectionRefused(_RUNNING) from None
    try:
        return _Run(actor, desk, connection, batch, on_progress, make_figures, compare).through()
    finally:
        lock.release()


def standing_state(session: Session, connection: int) -> tuple[int, State]:
    """The newest standing load of a connection with how far had been read; 0 and nothing before the first."""
    loads = session.scalars(select(SyncCursor.load_id).where(SyncCursor.connection_id == connection))
    newest = max(standing_loads(session).intersection(loads), default=0)
    row = session.get(SyncCursor, (connection, newest)) if newest else None
    return (newest, row.state) if row else (0, {})


@dataclass
class _Run:
    """One run of a connection: pages are gathered into batches, each batch is one load with its cursor."""

    actor: Actor
    desk: Desk
    connection: int
    batch: int
    on_progress: OnProgress
    make_figures: Callable[..., None]
    compare: bool
    counts: Counts = field(default_factory=Counts)
    told: list[sync_runs.Sentence] = field(default_factory=list)
    load: int = 0
    state: State = field(default_factory=dict)
    mapping: str = ""
    read_to: State = field(default_factory=dict)
    """The reader's own state after the last page."""

    @property
    def folder(self) -> Path:
        """Where pages lie until they are loaded: on the desk, whose customers they tell of."""
        return self.desk.root / f"sync-{self.connection}"

    def through(self) -> Outcome:
        shutil.rmtree(self.folder, ignore_errors=True)  # of a run that was killed
        with self.desk.reading() as session:
            self.load, self.state = standing_state(session, self.connection)
        self.read_to = _own(self.state)
        number = sync_runs.begin(self.actor, self.desk, self.connection)
        failed = None
        try:
            self._read(number)
        except ActionableError as error:
            failed = error
            self.told += (
                [{"template": "{toml}", "params": {"toml": error.toml}}] if isinstance(error, OpenMappingError) else []
            )
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        sync_runs.end(self.actor, self.desk, number, self.counts, self.told, failed)
        fold(self.actor, self.desk)
        return Outcome(self.counts, tuple(self.told), failed)

    def _read(self, number: int) -> None:
        one, caller = asked(self.actor, self.desk, self.connection)

        def go_on(_seconds: float = 0.0) -> None:
            self.counts.asked, self.counts.again = caller.told.asked, caller.told.again
            sync_runs.go_on(self.actor, self.desk, number, self.counts)

        caller.on_wait = go_on
        try:
            mappings = self._mappings(one)
            found = KINDS[one.kind].pages(caller, one.settings, _own(self.state))
            pages = self._counted(chain(found, self._compared(one, caller, mappings)), go_on)
            deleted = frozenset(self.state.get(GONE, ()))
            fill = KINDS[one.kind].needs_whole_rows
            for gathered in batches(
                pages, mappings, folder=self.folder, size=self.batch, deleted=deleted, fill=fill
            ):  # fmt: skip
                with gathered:
                    self._keep(one, gathered, mappings)
                go_on()
            if self.compare:
                mark_compared(self.actor, self.desk, self.connection)
        finally:
            self.counts.asked, self.counts.again = caller.told.asked, caller.told.again
            caller.close()

    def _compared(self, one: Connected, reading: Reading, mappings: Mappings) -> Iterator[Page]:
        """At the end of a run, where it is due: the tickets that the system has no more."""
        kind = KINDS[one.kind]
        mappings = {**mappings, **({"tickets": load_mapping(self.mapping)} if self.mapping else {})}
        self.compare = kind.listing is not None and "tickets" in mappings and (self.compare or is_due(one))
        if not self.compare:
            return
        head = self.desk.head()
        stand = self.desk.warehouse.of_source(one.source, "tickets", head.versions if head else {})
        standing = frozenset(stand.select("ticket_id").collect()["ticket_id"].to_list())
        key = mappings["tickets"].columns["ticket_id"]
        found = compared(kind, reading, one.settings, key=key, standing=standing)
        self.told += said(found, len(standing))
        if found.gone:
            yield Page(self.read_to, gone=found.gone)

    def _mappings(self, one: Connected) -> Mappings:
        """The mappings of what comes; for a table that nobody has written one for, what its first load proposed."""
        self.mapping = str(self.state.get(MAPPING, ""))
        kept = {"tickets": load_mapping(self.mapping)} if self.mapping else {}
        return {**kept, **mappings_of(one.kind, one.settings)}

    def _proposed(self, one: Connected, gathered: Gathered, mappings: Mappings) -> Mappings:
        """What the headers of a part without a mapping mean. Raises OpenMappingError where they leave it open."""
        for part, path in gathered.files.items():
            if part not in mappings:
                proposal = proposal_of(read_file(path), name=one.source)
                if not proposal.is_certain:
                    raise OpenMappingError(proposal)
                self.mapping = proposal.mapping.to_toml()
                return {part: proposal.mapping}
        return {}

    def _counted(self, pages: Iterator[Page], go_on: Callable[[], None]) -> Iterator[Page]:
        """The pages as they come; how many records they had is told every few seconds."""
        told = monotonic()
        for page in pages:
            self.counts.records += page.size
            self.read_to = page.state
            if monotonic() - told > TOLD_SECONDS:
                go_on()
                told = monotonic()
            yield page

    def _keep(self, one: Connected, gathered: Gathered, mappings: Mappings) -> None:
        """Load one batch, and the state after it with it."""
        at = max(datetime.now(UTC), _instant(self.state.get(AT)))  # never back, though a clock may go back
        drift = Drift.of(self.state.get(FIELDS))
        mappings = {**mappings, **self._proposed(one, gathered, mappings)}
        if not KINDS[one.kind].needs_whole_rows:
            mappings = {part: _named(mappings[part], fields) for part, fields in gathered.fields.items()}
        for part, size in gathered.sizes.items():
            drift.look(part, gathered.fields[part], size, mappings[part])
        deleted = [] if gathered.is_end else sorted((set(self.state.get(GONE, ())) - gathered.here) | gathered.gone)
        state = {**gathered.state, AT: at.isoformat(), FIELDS: drift.fields, GONE: deleted}
        if self.mapping:
            state[MAPPING] = self.mapping
        zone = one.settings.get("zone") or None
        parts = [
            (path, LoadOptions(mapping=mappings[part], source=one.source, zone=zone, remember=False, export_at=at))
            for part, path in gathered.files.items()
        ]
        if not parts and not gathered.gone:  # all of it was of deleted tickets
            return
        before = self.load

        def also(session: Session, load: int) -> None:
            if standing_state(session, self.connection)[0] != before:
                raise ConnectionRefused(_OVERTAKEN)
            session.add(SyncCursor(connection_id=self.connection, load_id=load, state=state))

        loading = Batch(parts=parts, source=one.source, gone=gathered.gone, into=gathered.into, also=also)
        report = load_batch(self.actor, self.desk, loading, is_last=gathered.is_last, on_progress=self.on_progress,
                            make_figures=self.make_figures)  # fmt: skip
        self.load, self.state = report.load or before, state
        self.told += drift.told
        self._count(report)

    def _count(self, report: LoadReport) -> None:
        counts = self.counts
        counts.loads += 1
        for file in report.files:
            counts.inserted += file.counts.inserted
            counts.updated += file.counts.updated
            counts.unchanged += file.counts.unchanged
            counts.removed += file.removed
            counts.rejected += file.rejected


def _named(mapping: Mapping, fields: Collection[str]) -> Mapping:
    """The mapping of the fields that came; the others were not spoken of, and stay as they are."""
    return replace(mapping, columns={name: field for name, field in mapping.columns.items() if field in fields})


def _own(state: State) -> State:
    """The reader's part of the state."""
    return {name: value for name, value in state.items() if name not in (AT, FIELDS, GONE, MAPPING)}


def _instant(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
