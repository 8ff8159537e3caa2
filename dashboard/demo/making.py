"""Makes the demo desk: the clean part as one load, the dirty rows as a second one, and what its people did."""

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.demo import dirt
from dashboard.demo.calendar_of_demand import NEWEST, ZONE
from dashboard.demo.day_before import LEADER, live_through_the_day_before
from dashboard.demo.generating import generate
from dashboard.demo.inspections import inspect
from dashboard.demo.kept import VERSION
from dashboard.demo.plans import keep_forecasts, plan
from dashboard.desk import AGREEMENTS, Desk, keep_zone, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.load_report import FileReport
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.store import DeskSetting, LoadRow
from dashboard.triage.now import standing_at
from loaders.base import OnProgress, Progress

OWN_AGREEMENTS = Path(__file__).parent / "agreements.toml"
ACTOR = "demo"


def make(folder: Path, on_progress: OnProgress) -> None:
    """Make the demo desk in a folder that is empty."""
    desk = open_desk(folder)
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
