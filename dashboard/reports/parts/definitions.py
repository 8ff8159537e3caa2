"""Definitions: what each figure of this workbook counts, how, on which clock, dated by what, and who else counts so."""

import polars as pl

from dashboard.metric_words import UNITS, clock_name, compared, formula, label, settling, small_numbers
from dashboard.reports.content import Content
from dashboard.reports.declared import DECLARED
from dashboard.reports.model import Column, Sheet, Table
from dashboard.wording import _
from metrics.catalog import definition_key
from metrics.model import Metric


def definitions(content: Content, used: list[str]) -> Sheet:
    """One row per figure that stands in the workbook, in the order of the catalogue."""
    ids = [id for id in DECLARED if id in used]
    rows = [_row(content, DECLARED[id]) for id in ids]
    columns = (
        Column("label", _("Figure"), wide=26, most=26), Column("definition", _("Definition"), wide=60),
        Column("formula", _("How it is computed"), wide=24, most=24), Column("unit", _("Unit")),
        Column("clock", _("Clock"), wide=18, most=18), Column("dated", _("Dated by"), wide=16, most=16),
        Column("few", _("Small numbers"), wide=16, most=16), Column("settles", _("Settles"), wide=16, most=16),
        Column("agreed", _("Agreements"), wide=18, most=18),
        Column("source", _("Compare with other systems"), wide=34, most=34),
        Column("id", _("Name for the command line"), wide=28, most=28),
    )  # fmt: skip
    frame = pl.DataFrame(rows, schema={column.name: pl.String for column in columns})
    return Sheet("definitions", _("Definitions"), (Table("definitions", _("What each figure means"), columns, frame),))


def _row(content: Content, one: Metric) -> dict[str, str]:
    return {
        "label": label(one), "definition": _(definition_key(one)), "formula": formula(one), "unit": _(UNITS[one.unit]),
        "clock": clock_name(one), "dated": _(f"instant.{one.at}"), "few": small_numbers(one), "settles": settling(one),
        "agreed": _agreed(content, one), "source": compared(one), "id": one.id,
    }  # fmt: skip


def _agreed(content: Content, one: Metric) -> str:
    """By which versions of the agreements a promise or a business time is judged."""
    if not ("_business_" in one.id or "within_target" in one.id or one.fact == "sla_instances"):
        return ""
    earlier = content.settings.earlier
    if not earlier:
        return _("those of the desk, for all days")
    return _("those in force on each day; the newest since {day}, {n} before it", day=earlier[-1].until, n=len(earlier))
