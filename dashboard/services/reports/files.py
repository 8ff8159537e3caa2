"""A report as a file: made for somebody, written whole, told in the audit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.reports.asked import Asked
from dashboard.reports.files import digest_of
from dashboard.reports.mail_words import in_short
from dashboard.reports.model import Report
from dashboard.reports.own.filling import filled
from dashboard.reports.own.template import template_of
from dashboard.reports.writing import put_whole, write
from dashboard.services.reports.making import report
from dashboard.services.reports.templates import content_of_template
from dashboard.wording import speaking
from loaders.base import OnProgress, silent


@dataclass(frozen=True)
class Made:
    """What was made: how many sheets and rows it has, how many bytes; its summary in words, what it does not hold."""

    sheets: int
    rows: int
    size: int
    summary: str = ""
    notes: tuple[str, ...] = ()


@needs(Act.MAKE_REPORTS)
def make_file(
    actor: Actor, desk: Desk, asked: Asked, path: Path, *, number: int | None = None, template: Path | None = None,
    on_progress: OnProgress = silent,
) -> Made:  # fmt: skip
    """Make the report and write it there. Raises as `report`, and OSError where the disk does not take it.

    template: a layout that lies here and is not kept on the desk. Raises TemplateError.
    """
    layout = None if template is None else template.read_bytes()
    if layout is not None:
        asked = replace(asked, template=digest_of(layout))
        template_of(layout)
    made = report(actor, desk, asked, number=number, on_progress=on_progress)
    notes = put_down(actor, desk, made, asked, path, layout=layout, on_progress=on_progress)
    with speaking(asked.language):
        summary = in_short(made, desk.zone() or "UTC")
    rows = sum(table.frame.height for _sheet, table in made.tables())
    told = Made(len(made.sheets), rows, path.stat().st_size, summary, notes)
    days = {"start": asked.period.start.isoformat(), "end": asked.period.end.isoformat()}
    with desk.keeping() as session:
        record(session, actor, "report.make", f"report:{number or asked.kind}",
               {"kind": asked.kind, "rows": told.rows, "bytes": told.size, **days})  # fmt: skip
    return told


@needs(Act.MAKE_REPORTS)
def put_down(
    actor: Actor, desk: Desk, made: Report, asked: Asked, path: Path, *, layout: bytes | None = None,
    on_progress: OnProgress = silent,
) -> tuple[str, ...]:  # fmt: skip
    """Write the report in our layout, or in the desk's own that is asked for; what that one has no room for.

    Raises TemplateError where the layout is not kept here.
    """
    zone = desk.zone() or "UTC"
    with speaking(asked.language):
        if asked.template is None:
            write(made, path, zone=zone, on_progress=on_progress)
            return ()
        content = filled(template_of(layout or content_of_template(actor, desk, asked.template)), made, zone)
        put_whole(path, _writing(content.content))
        return content.notes


def _writing(content: bytes) -> Callable[[Path], None]:
    def save(unfinished: Path) -> None:
        unfinished.write_bytes(content)

    return save
