"""A folder that is watched: an export that is dropped there is loaded once, whole, and never again.

A file counts as whole when neither its size nor its time of change has moved between two looks. What it holds, not
its name, says whether it was taken before; that is kept in the transaction of its load.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.facts.figures import prepare
from dashboard.services.loading.load_report import FileReport
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.sync.connections import ConnectionRefused
from dashboard.services.sync.runs import sentence
from dashboard.store import Connection, TakenFile
from dashboard.triage.now import now
from loaders.base import OnProgress, silent
from metrics.words import N_

KIND = "folder"
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".filepart", ".swp", ".lock")
"""How browsers, copying programs and editors name what they have not finished."""
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
    path = folder.resolve()
    if not path.is_dir():
        raise ConnectionRefused(_NO_FOLDER, path=str(folder))
    root = desk.root.resolve()
    if path == root or path in root.parents or root in path.parents:
        raise ConnectionRefused(_OWN, path=str(folder))
    with desk.keeping() as session:
        for row in session.scalars(select(Connection).where(Connection.kind == KIND)):
            if row.settings.get("folder") == str(path):
                return row.id
        name = f"{path.name} ({hashlib.sha256(str(path).encode()).hexdigest()[:6]})"[-100:]
        row = Connection(name=name, kind=KIND, source=KIND, settings={"folder": str(path)}, changed_at=now())
        session.add(row)
        session.flush()
        record(session, actor, "connection.keep", f"connection:{row.id}", {"kind": KIND})
        return row.id


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
    still = [path for path, told in after.files.items() if before.files.get(path) == told]
    taken: list[Taken] = []
    for path in sorted(still, key=lambda one: (after.files[one][1], one.name)):
        digest = _digest(path)
        if digest is None or _is_known(desk, connection, digest):
            continue
        keep = partial(_keep, connection=connection, digest=digest, name=path.name)
        report = load_files(actor, desk, [path], options=options, on_progress=on_progress, make_figures=make_figures,
                            also=keep)  # fmt: skip
        if report.load is None:
            _refuse(desk, connection, digest, report.files[0])
        taken.append(Taken(path.name, report.files[0], report.load))
    return tuple(taken)


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
