"""A folder that is watched: an export that is dropped there is loaded once, whole, and never again.

A file counts as whole when neither its size nor its time of change has moved between two looks. What it holds, not
its name, says whether it was taken before; that is kept in the transaction of its load.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import sleep

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.facts.figures import prepare
from dashboard.services.loading.load_report import FileReport
from dashboard.services.loading.loads import LoadOptions, known_sources, load_files
from dashboard.services.sync.connections import Connected, ConnectionRefused, known, to_change
from dashboard.services.sync.runs import Counts, Sentence, begin, end, sentence
from dashboard.store import Connection, TakenFile
from dashboard.triage.now import now
from loaders.base import OnProgress, silent
from metrics.words import N_

KIND = "folder"
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".filepart", ".swp", ".lock")
"""How browsers, copying programs and editors name what they have not finished."""
BETWEEN_SECONDS = 2.0
"""Between two looks; who copies for longer without a change of the file would have his half taken."""
_NO_SOURCE = N_("“{found}” is no source that this desk knows; leave it empty, and the files are told by their headers.")
_TWICE = N_("{path} is watched already.")
_NOT_TAKEN = N_("{name} was not loaded: {detail} It is looked at again when its content changes.")
_NO_FOLDER = N_("There is no folder {path}.")
_OWN = N_("{path} is the desk's own folder, or holds it; name another one to drop exports in.")


@dataclass(frozen=True)
class Look:
    """What a folder showed: path -> size and time of change. Two equal looks at a file mean that it is whole."""

    files: Mapping[Path, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of a file that was whole."""

    name: str
    report: FileReport
    load: int | None


@needs(Act.SET_CONNECTIONS)
def watched_folder(actor: Actor, desk: Desk, folder: Path) -> int:
    """The number under which this folder is watched, from now on or as before. Raises ConnectionRefused."""
    path = _sensible(desk, folder)
    with desk.keeping() as session:
        for row in session.scalars(select(Connection).where(Connection.kind == KIND)):
            if row.settings.get("folder") == str(path):
                return row.id
        row = Connection(name=_name(path), kind=KIND, source=KIND, settings={"folder": str(path)}, is_on=False,
                         changed_at=now())  # fmt: skip
        session.add(row)
        session.flush()
        record(session, actor, "connection.keep", f"connection:{row.id}", {"kind": KIND})
        return row.id


@needs(Act.SET_CONNECTIONS)
def keep_folder(actor: Actor, desk: Desk, made: Connected) -> int:
    """Let the running server watch a folder, or change how: its number. Raises ConnectionRefused, Overtaken.

    `source`: the system whose exports are dropped there, or nothing · settings: `folder`, `zone`.
    """
    path, source = _sensible(desk, Path(made.settings.get("folder", "").strip() or ".")), made.source.strip()
    if source and source not in known_sources(actor, desk):
        raise ConnectionRefused(_NO_SOURCE, found=source)
    with desk.keeping() as session:
        row = to_change(session, made.id, made.version) if made.id else Connection(kind=KIND, version=0)
        same = (one for one in session.scalars(select(Connection).where(Connection.kind == KIND)) if one.id != made.id)
        if any(one.settings.get("folder") == str(path) for one in same):
            raise ConnectionRefused(_TWICE, path=str(path))
        row.version += 1
        row.name, row.source = _name(path), source or KIND
        row.settings = {"folder": str(path), "zone": made.settings.get("zone", "").strip()}
        row.is_on, row.changed_at = made.is_on, now()
        session.add(row)
        session.flush()
        details = {"kind": KIND, "source": source, "is_on": made.is_on}
        record(session, actor, "connection.keep", f"connection:{row.id}", details)
        return row.id


def _sensible(desk: Desk, folder: Path) -> Path:
    """The folder, where exports may be dropped in it. Raises ConnectionRefused."""
    path, root = folder.resolve(), desk.root.resolve()
    if not path.is_dir():
        raise ConnectionRefused(_NO_FOLDER, path=str(folder))
    if path == root or path in root.parents or root in path.parents:
        raise ConnectionRefused(_OWN, path=str(folder))
    return path


def _name(path: Path) -> str:
    """What a folder is called, with a mark where two are called the same."""
    return f"{path.name} ({hashlib.sha256(str(path).encode()).hexdigest()[:6]})"[-100:]


@needs(Act.LOAD_DATA)
def take_from(
    actor: Actor, desk: Desk, connection: int, *, wait: float = BETWEEN_SECONDS,
    on_progress: OnProgress = silent, make_figures: Callable[..., None] = prepare,
) -> tuple[Taken, ...]:  # fmt: skip
    """Load what lies whole and new in a watched folder, told as a run of its connection where there is anything.

    Raises ConnectionRefused.
    """
    one = known(actor, desk, connection)
    folder = Path(one.settings.get("folder", ""))
    before = look(folder)
    sleep(wait)
    after = look(folder)
    if not any(True for _new in _whole_and_new(desk, connection, before, after)):
        return ()
    options = LoadOptions(source=None if one.source == KIND else one.source, zone=one.settings.get("zone") or None)
    number = begin(actor, desk, connection)
    taken = take_whole(actor, desk, connection, before, after, options=options, on_progress=on_progress,
                       make_figures=make_figures)  # fmt: skip
    counts = Counts()
    for file in taken:
        counts.loads += file.load is not None
        counts.records += file.report.rows_read
        counts.inserted += file.report.counts.inserted
        counts.updated += file.report.counts.updated
        counts.unchanged += file.report.counts.unchanged
        counts.rejected += file.report.rejected
    end(actor, desk, number, counts, [_told(file) for file in taken if file.load is None], None)
    return taken


def _told(file: Taken) -> Sentence:
    """Why a file was not loaded."""
    detail = str(file.report.error or "")
    return {"template": _NOT_TAKEN, "params": {"name": file.name, "detail": detail}}


def look(folder: Path) -> Look:
    """What lies in the folder itself by now; hidden and unfinished files are left out. Raises ConnectionRefused."""
    found: dict[Path, tuple[int, int]] = {}
    try:
        for path in sorted(folder.iterdir()):
            if not path.name.startswith((".", "~$")) and path.suffix.lower() not in UNFINISHED and path.is_file():
                told = path.stat()
                if told.st_size:
                    found[path] = (told.st_size, told.st_mtime_ns)
    except OSError:
        raise ConnectionRefused(_NO_FOLDER, path=str(folder)) from None
    return Look(found)


@needs(Act.LOAD_DATA)
def take_whole(
    actor: Actor,
    desk: Desk,
    connection: int,
    before: Look,
    after: Look,
    *,
    options: LoadOptions | None = None,
    on_progress: OnProgress = silent,
    make_figures: Callable[..., None] = prepare,
) -> tuple[Taken, ...]:
    """Load the files that have stood still between two looks and were not taken before, the oldest first."""
    taken: list[Taken] = []
    for path, digest in _whole_and_new(desk, connection, before, after):
        keep = partial(_keep, connection=connection, digest=digest, name=path.name)
        report = load_files(actor, desk, [path], options=options, on_progress=on_progress, make_figures=make_figures,
                            also=keep)  # fmt: skip
        if report.load is None:
            _refuse(desk, connection, digest, report.files[0])
        taken.append(Taken(path.name, report.files[0], report.load))
    return tuple(taken)


def _whole_and_new(desk: Desk, connection: int, before: Look, after: Look) -> Iterator[tuple[Path, str]]:
    """The files that have stood still between two looks and were not taken before, with their digests, oldest first."""
    still = [path for path, told in after.files.items() if before.files.get(path) == told]
    for path in sorted(still, key=lambda one: (after.files[one][1], one.name)):
        digest = _digest(path)
        if digest is not None and not _is_known(desk, connection, digest):
            yield path, digest


def _keep(session: Session, load: int, *, connection: int, digest: str, name: str) -> None:
    session.add(TakenFile(connection_id=connection, digest=digest, name=name[-255:], at=now(), load_id=load))


def _refuse(desk: Desk, connection: int, digest: str, report: FileReport) -> None:
    """A file that cannot be loaded is not looked at again, until its content changes."""
    said = sentence(report.error) if report.error else None
    with desk.keeping() as session:
        session.add(TakenFile(connection_id=connection, digest=digest, name=report.file[-255:], at=now(), refused=said))


def _is_known(desk: Desk, connection: int, digest: str) -> bool:
    same = select(TakenFile.id).where(TakenFile.connection_id == connection, TakenFile.digest == digest)
    with desk.reading() as session:
        return session.scalars(same).first() is not None


def _digest(path: Path) -> str | None:
    """Of the content; None where it cannot be read now, as while another program holds it."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
