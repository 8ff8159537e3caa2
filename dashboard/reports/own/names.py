"""The names by which a layout says what belongs into which of its cells."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string

from dashboard.metric_words import label
from dashboard.reports.own.marks import marks_in
from dashboard.reports.own.package import WORKBOOK, TemplateError
from dashboard.reports.parts.summary import FIGURES
from dashboard.wording import N_, _
from metrics.catalog import metric

PREFIX = "fw_"
ROWS = ".rows"
"""Ends the name of a range that takes a table's rows without its header."""
SINGLE: Mapping[str, str] = {
    "title": N_("Title of the report, with its days"), "kind": N_("Kind of report"), "days": N_("First and last day"),
    "about": N_("Which tickets and days"), "data_up_to": N_("Up to when the data go"),
    "finding_1": N_("First finding"), "finding_2": N_("Second finding"), "finding_3": N_("Third finding"),
}  # fmt: skip
OF_FIGURES: Mapping[str, str] = {
    "value": N_("Result"), "low": N_("From (95%)"), "high": N_("To (95%)"), "n": N_("How many it rests on"),
    "target": N_("Target"), "before": N_("Days before"), "change": N_("Change"), "verdict": N_("Verdict"),
}  # fmt: skip
"""Columns of the summary; each with every figure that stands there: fw_value_csat, fw_before_csat."""
TABLES = (
    "summary", "why", "course", "response_levels", "response_channel", "response_course", "sla_attainment",
    "sla_channel", "sla_breaches", "resolution_rates", "first_contact", "resolution_channel", "satisfaction_figures",
    "satisfaction_stars", "satisfaction_channel", "satisfaction_low", "types_type", "growth_type", "peaks_hour",
    "peaks_weekday", "peaks_map", "triage_figures", "quality_plans", "agents_load", "tickets",
)  # fmt: skip
"""The tables that most reports have; every other table of a report can be named, too."""
_ROOM = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
_PLACE = N_("The name {name} stands for no cells of one sheet ({found}).")


@dataclass(frozen=True)
class Place:
    """A named range: the sheet, its first cell, how many rows and columns; one of each is a single cell."""

    name: str
    sheet: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def key(self) -> str:
        """What the name asks for."""
        return self.name.removeprefix(PREFIX).removesuffix(ROWS)

    @property
    def is_single(self) -> bool:
        return self.rows == self.columns == 1


def places_in(parts: Mapping[str, bytes]) -> tuple[Place, ...]:
    """Everything that a layout names for us. Raises TemplateError."""
    marks = marks_in(WORKBOOK, parts[WORKBOOK], frozenset({"definedName"}))
    return tuple(_place(mark.told["name"], mark.text) for mark in marks if mark.told["name"].startswith(PREFIX))


def _place(name: str, told: str) -> Place:
    found = _ROOM.match(told.strip())
    if found is None:
        raise TemplateError(_PLACE, name=name, found=told[:60])
    quoted, plain, left, top, right, bottom = found.groups()
    first, last = (column_index_from_string(one) for one in (left, right or left))
    sheet = quoted.replace("''", "'") if quoted else plain
    return Place(name, sheet, int(top), first, int(bottom or top) - int(top) + 1, last - first + 1)


def known_names() -> Iterator[str]:
    """Every name that is understood, but for those of less usual tables."""
    yield from (PREFIX + name for name in SINGLE)
    yield from (f"{PREFIX}{column}_{id}" for id in FIGURES for column in OF_FIGURES)
    for key in TABLES:
        yield f"{PREFIX}{key}"
        yield f"{PREFIX}{key}{ROWS}"


def figure_of(key: str) -> tuple[str, str] | None:
    """Column and figure of a name such as value_csat."""
    column, _line, id = key.partition("_")
    return (column, id) if column in OF_FIGURES and id in FIGURES else None


def described() -> Iterator[tuple[str, str]]:
    """Every name with what is put there, in the current language."""
    yield from ((PREFIX + name, _(told)) for name, told in SINGLE.items())
    for id in FIGURES:
        for column, told in OF_FIGURES.items():
            yield f"{PREFIX}{column}_{id}", f"{label(metric(id))}: {_(told)}"
    for key in TABLES:
        yield f"{PREFIX}{key}", _("The table “{key}” with its header; as many rows as the named cells have", key=key)
    yield f"{PREFIX}{TABLES[0]}{ROWS}", _("Any table without its header: its name with .rows behind it")
