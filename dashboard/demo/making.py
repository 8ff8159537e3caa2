"""Makes the demo desk in its folder, once: the clean part as one load, the dirty rows as a second one."""

import json
import os
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

from dashboard.demo import dirt
from dashboard.demo.calendar_of_demand import NEWEST, ZONE
from dashboard.demo.day_before import LEADER, live_through_the_day_before
from dashboard.demo.generating import VERSION, generate
from dashboard.demo.inspections import inspect
from dashboard.demo.plans import keep_forecasts, plan
from dashboard.desk import AGREEMENTS, Desk, keep_zone, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.load_report import FileReport
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.store import DeskSetting, LoadRow
from dashboard.triage.now import standing_at
from loaders.base import OnProgress, Progress, silent
from loaders.errors import WarehouseError
from metrics.words import N_

MARK = "demo.json"
OWN_AGREEMENTS = Path(__file__).parent / "agreements.toml"
ACTOR = "demo"
_OTHER_DESK = N_("{path} holds a desk that is not the demo desk. Name an empty folder for the demo with --data.")


def ensure_demo(root: Path, on_progress: OnProgress = silent) -> Desk:
    """The demo desk in this folder, made where it is absent or of an older version of the program.

    It is made beside its place and moved there whole, so what stands in the folder is always complete. A desk there
    that is not the demo desk is never touched. Raises WarehouseError.
    """
    if not _is_made(root):
        root.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(root.parent / f".{root.name}.demo.lock"):
            if not _is_made(root):
                _refuse_other(root)
                _make(root, on_progress)
    return open_desk(root)


def _version(root: Path) -> int | None:
    """The generator's version of the demo desk in the folder, None where there is no demo desk."""
    try:
        mark = json.loads((root / MARK).read_text(encoding="utf-8"))
        return int(mark["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_made(root: Path) -> bool:
    return _version(root) == VERSION


def _refuse_other(root: Path) -> None:
    if _version(root) is None and root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise WarehouseError(_OTHER_DESK, path=str(root))


def _make(root: Path, on_progress: OnProgress) -> None:
    _remove_unfinished(root)
    unfinished = root.parent / f".{root.name}.unfinished-{uuid4().hex}"
    desk = open_desk(unfinished)
    try:
        _load_clean(desk, on_progress)
        with standing_at(NEWEST):
            plan(desk, LEADER)
            live_through_the_day_before(desk)
            _load_dirty(desk, on_progress)
            keep_forecasts(desk)
            inspect(desk)
    finally:
        desk.engine.dispose()
    (unfinished / MARK).write_text(json.dumps({"version": VERSION}), encoding="utf-8")
    _move(unfinished, root)


def _remove_unfinished(root: Path) -> None:
    """What a process left that ended half-way; the lock is held, so nobody is at work there."""
    for left in root.parent.glob(f".{root.name}.unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)


def _move(unfinished: Path, root: Path) -> None:
    older = root.parent / f".{root.name}.unfinished-{uuid4().hex}"
    if root.exists():
        os.replace(root, older)
    os.replace(unfinished, root)
    shutil.rmtree(older, ignore_errors=True)


def _load_clean(desk: Desk, on_progress: OnProgress) -> None:
    """The generated tables as one entry of the ledger, visible in one transaction as every load."""
    on_progress(Progress("reading", detail="示例客服中心"))
    data = generate()
    on_progress(Progress("writing", detail="示例客服中心"))
    with desk.alone():
        committed = desk.warehouse.commit("demo", data.tables, base={})
        rows = data.tickets.height
        report = FileReport(
            file="示例客服中心（程序生成）", source="demo", rows_read=rows, loaded=rows, counts=committed.counts
        )
        entry = LoadRow(
            at=datetime.now(UTC),
            actor=ACTOR,
            kind="load",
            source="demo",
            versions=dict(committed.versions),
            as_of=desk.warehouse.newest(committed.versions),
            files=[report.to_json()],
            settings={"demo": VERSION},
        )
        agreements = DeskSetting(key=AGREEMENTS, value=OWN_AGREEMENTS.read_text(encoding="utf-8"), valid_from=date.min)
        with desk.keeping() as session:
            session.add_all([entry, agreements])
            keep_zone(session, ZONE)


def _load_dirty(desk: Desk, on_progress: OnProgress) -> None:
    """The dirty rows, by the same way that any file goes; the figures are made at its end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / dirt.FILE_NAME
        path.write_bytes(dirt.dirty_csv().encode("gb18030"))
        maker = replace(COMMAND_LINE, name=ACTOR)
        report = load_files(maker, desk, [path], options=LoadOptions(mapping=dirt.MAPPING), on_progress=on_progress)
    for file in report.files:
        if file.error is not None:
            raise file.error
