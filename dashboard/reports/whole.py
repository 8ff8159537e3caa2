"""A report as a whole: its sheets in their order, and behind them what their figures mean and what they are made of."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dashboard.reports.asked import KINDS, ReportKind, as_bare, as_text, days_in_words
from dashboard.reports.cells import cells_of
from dashboard.reports.content import Content, Part, about
from dashboard.reports.model import Report, Sheet
from dashboard.reports.parts.agents import agents
from dashboard.reports.parts.data import data
from dashboard.reports.parts.definitions import definitions
from dashboard.reports.parts.peaks import peaks
from dashboard.reports.parts.personal import personal, reviewed
from dashboard.reports.parts.promises import breaches, promises
from dashboard.reports.parts.quality import quality
from dashboard.reports.parts.quarter import quarter
from dashboard.reports.parts.resolution import resolution
from dashboard.reports.parts.responses import response_times
from dashboard.reports.parts.satisfaction import low_ratings, satisfaction
from dashboard.reports.parts.staffing import staffing
from dashboard.reports.parts.summary import summary
from dashboard.reports.parts.tickets import tickets
from dashboard.reports.parts.triage import triage
from dashboard.reports.parts.types import types
from dashboard.reports.split import in_parts
from dashboard.wording import _
from loaders.base import OnProgress, Progress, silent

USUAL: tuple[Part, ...] = (
    summary, response_times, promises, breaches, resolution, satisfaction, low_ratings, types, peaks, staffing, triage,
    quality, agents, tickets,
)  # fmt: skip
PARTS: Mapping[ReportKind, tuple[Part, ...]] = {
    "weekly": USUAL, "monthly": USUAL, "quarterly": (summary, quarter, *USUAL[1:]), "personal": (personal, reviewed)
}  # fmt: skip


def report_of(content: Content, *, on_progress: OnProgress = silent) -> Report:
    """The report, sheet after sheet; those that have nothing to say are left out."""
    sheets, parts = list[Sheet](), PARTS[content.asked.kind]
    for place, part in enumerate(parts):
        made = part(content)
        on_progress(Progress("figures", done=(place + 1) / len(parts), detail=made.title if made else ""))
        if made is not None:
            sheets += in_parts(made)
    bare = replace(content.recipe, digests=_digests(sheets, content.facts.zone))
    told = replace(content, recipe=replace(bare, seal=content.seal(as_bare(bare))))
    sheets.append(definitions(told, used(sheets)))
    sheets.append(data(told, tuple(sheets)))
    asked = content.asked
    title = f"{_(KINDS[asked.kind])} · {days_in_words(asked.period)}"
    return Report(title, about(content), tuple(sheets), as_text(told.recipe), asked.language, (_(KINDS[asked.kind]),))


def used(sheets: Sequence[Sheet]) -> list[str]:
    """The ids of all figures that stand on these sheets."""
    tables = [table for sheet in sheets for table in sheet.tables]
    asked = [id for table in tables for ask in table.asks for id in ask.ids]
    listed = [id for table in tables if "metric" in table.frame.columns for id in table.frame["metric"]]
    headed = [column.name for table in tables for column in table.columns]
    return list(dict.fromkeys([*asked, *listed, *headed]))


def _digests(sheets: Sequence[Sheet], zone: str) -> dict[str, str]:
    """Of the tables that nobody can make again from a load, what tells whether a cell of them was altered."""
    tables = [table for sheet in sheets for table in sheet.tables if table.is_live]
    return {table.key: digest(cells_of(table, zone).rows()) for table in tables}


def digest(rows: Iterable[Sequence[object]]) -> str:
    """A number of all cells of a table: their numbers to nine digits, so that it does not matter who kept them."""
    found = hashlib.sha256()
    for row in rows:
        told = [f"{cell:.9g}" if isinstance(cell, int | float) else str(cell or "") for cell in row]
        found.update("\x1f".join(told).rstrip("\x1f").encode() + b"\x1e")
    return found.hexdigest()[:16]
