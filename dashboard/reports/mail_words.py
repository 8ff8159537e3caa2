"""What a mail says of a report that goes with it: the findings and the figures of its first sheet, in plain text."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.format import figure, local
from dashboard.metric_words import label
from dashboard.reports.asked import DAY, Recipe, recipe_of
from dashboard.reports.model import UNIT, Report, Table, Words
from dashboard.wording import _
from metrics.catalog import metric
from metrics.model import Unit

TOLD = (
    "tickets_created", "tickets_resolved", "backlog", "first_response_calendar_p50", "first_response_calendar_p90",
    "first_response_within_target", "sla_attainment", "resolution_rate", "reopen_rate", "fcr", "csat",
)  # fmt: skip


def in_short(report: Report, zone: str) -> str:
    """The summary as a mail tells it, in the current language; no word that a customer wrote."""
    return "\n".join(_lines(report, recipe_of(report.recipe), zone))


def _lines(report: Report, recipe: Recipe, zone: str) -> Iterator[str]:
    yield report.about
    if recipe.as_of < _last_day(recipe, zone):
        yield _("Mind: the data end on {at}, before the days of this report do.", at=local(recipe.as_of, zone))
    summary = next((sheet for sheet in report.sheets if sheet.key == "summary"), None)
    if summary is None:
        return
    for block in summary.blocks:
        if isinstance(block, Words) and block.style == "finding":
            yield ""
            yield from block.lines
        elif isinstance(block, Table) and block.key == "summary":
            yield ""
            yield from map(_line, (row for row in block.frame.to_dicts() if row["metric"] in TOLD))


def _last_day(recipe: Recipe, zone: str) -> datetime:
    """When the last day of the report began: data that do not come to it leave a day out."""
    last = recipe.asked.period.end - DAY
    return datetime(last.year, last.month, last.day, tzinfo=ZoneInfo(zone))


def _line(row: dict[str, Any]) -> str:
    unit = Unit(row[UNIT])
    beside = [_("before {value}", value=figure(row["before"], unit))]
    if row["target"] is not None:
        beside.append(_("target {value}", value=figure(row["target"], unit)))
    told = _("{name}: {value} ({beside})", name=label(metric(row["metric"])), beside="; ".join(beside),
             value=figure(row["value"], unit, beside=row["target"]))  # fmt: skip
    return _("{told} – {verdict}", told=told, verdict=row["verdict"]) if row["verdict"] else told
