"""Writes a report as a workbook, beside its place at first: a file is there whole or not at all."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from openpyxl import Workbook

from dashboard.reports.layout import lay_out
from dashboard.reports.model import Report
from dashboard.reports.styles import add_styles
from loaders.base import OnProgress, Progress, silent

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write(report: Report, path: Path, *, zone: str, on_progress: OnProgress = silent) -> None:
    """Write the workbook. Raises OSError where the disk does not take it, and leaves nothing behind then."""
    put_whole(path, lambda unfinished: _book(report, zone, on_progress).save(unfinished))


def put_whole(path: Path, save: Callable[[Path], None]) -> None:
    """Let a file be written beside its place, and put there when all of it is on the disk. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        save(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _book(report: Report, zone: str, on_progress: OnProgress) -> Workbook:
    book = Workbook(write_only=True)
    book.calculation.fullCalcOnLoad = False
    about = book.properties
    about.title, about.subject, about.keywords = report.title, report.about, ", ".join(report.keywords)
    about.creator = about.lastModifiedBy = "Floorwalker 巡场"
    about.language = report.language.replace("_", "-")
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
    add_styles(book, report.language)
    rows = max(sum(table.frame.height for _sheet, table in report.tables()), 1)
    written = 0

    for sheet in report.sheets:

        def told(count: int, title: str = sheet.title) -> None:
            nonlocal written
            written += count
            on_progress(Progress("writing", done=min(written / rows, 1.0), detail=title))

        lay_out(book, sheet, report, zone=zone, on_rows=told)
    return book
