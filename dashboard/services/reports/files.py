"""A report as a file: made for somebody, written whole, told in the audit."""

from dataclasses import dataclass
from pathlib import Path

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.reports.asked import Asked
from dashboard.reports.writing import write
from dashboard.services.reports.making import report
from dashboard.wording import speaking
from loaders.base import OnProgress, silent


@dataclass(frozen=True)
class Made:
    """What was made: how many sheets and rows it has, how many bytes."""

    sheets: int
    rows: int
    size: int


@needs(Act.MAKE_REPORTS)
def make_file(
    actor: Actor, desk: Desk, asked: Asked, path: Path, *, number: int | None = None, on_progress: OnProgress = silent
) -> Made:  # fmt: skip
    """Make the report and write it there. Raises as `report`, and OSError where the disk does not take it."""
    made = report(actor, desk, asked, number=number, on_progress=on_progress)
    with speaking(asked.language):
        write(made, path, zone=desk.zone() or "UTC", on_progress=on_progress)
    rows = sum(table.frame.height for _sheet, table in made.tables())
    told = Made(len(made.sheets), rows, path.stat().st_size)
    days = {"start": asked.period.start.isoformat(), "end": asked.period.end.isoformat()}
    with desk.keeping() as session:
        record(session, actor, "report.make", f"report:{number or asked.kind}",
               {"kind": asked.kind, "rows": told.rows, "bytes": told.size, **days})  # fmt: skip
    return told
