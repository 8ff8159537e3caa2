"""A layout of a desk's own, looked at: its sheets, what it names, which cells are never written over."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import range_boundaries

from dashboard.reports.own.marks import Mark, marks_in
from dashboard.reports.own.names import Place, known_names, places_in
from dashboard.reports.own.package import TYPES, WORKBOOK, TemplateError, parts_of
from dashboard.reports.own.sheets import At, Cells, cells_in
from metrics.words import N_

_RELATIONS = "xl/_rels/workbook.xml.rels"
_ODD = N_("The layout is written in a way that cannot be filled ({detail}). Save it once more in Excel.")
_NO_NAMES = N_("The layout names no cells for us: give cells names that begin with fw_, as the sample shows.")
_NO_SHEET = N_("The name {name} stands for cells of “{sheet}”, which is no sheet with cells.")


@dataclass(frozen=True)
class Template:
    """A layout. `sheets`: name -> its part · `headers`: cells that are the heads of Excel's own lists, by sheet."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, str]
    places: tuple[Place, ...]
    headers: Mapping[str, frozenset[At]]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names that no usual report has something for."""
        known = set(known_names())
        return tuple(place.name for place in self.places if place.name not in known)

    def cells(self, sheet: str) -> Cells:
        """The cells of one of its sheets."""
        part = self.sheets[sheet]
        found = cells_in(part, self.parts[part])
        if found is None:
            raise TemplateError(_NO_SHEET, name="", sheet=sheet)
        return found


def template_of(content: bytes) -> Template:
    """The layout in these bytes, which may come from anybody. Raises TemplateError."""
    parts = parts_of(content)
    for part, closing in ((TYPES, b"</Types"), (_RELATIONS, b"</Relationships"), (WORKBOOK, b"sheets>")):
        if closing not in parts.get(part, b""):
            raise TemplateError(_ODD, detail=part)
    sheets = {mark.told["name"]: part for mark, part in _sheets(parts)}
    places = places_in(parts)
    if not places:
        raise TemplateError(_NO_NAMES)
    made = Template(parts, sheets, places, {name: _headers(parts, part) for name, part in sheets.items()})
    for place in places:
        if place.sheet not in sheets or cells_in(sheets[place.sheet], parts[sheets[place.sheet]]) is None:
            raise TemplateError(_NO_SHEET, name=place.name, sheet=place.sheet)
    return made


def relations(parts: Mapping[str, bytes], of: str) -> dict[str, str]:
    """The parts that a part relates to, by the ids of the relations."""
    folder, _slash, name = of.rpartition("/")
    part = f"{folder}/_rels/{name}.rels"
    marks = marks_in(part, parts[part], frozenset({"Relationship"})) if part in parts else []
    return {
        mark.told["Id"]: posixpath.normpath(posixpath.join("/", folder, mark.told["Target"])).lstrip("/")
        for mark in marks
    }


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[Mark, str]]:
    targets = relations(parts, WORKBOOK)
    for mark in marks_in(WORKBOOK, parts[WORKBOOK], frozenset({"sheet"})):
        id = next((value for name, value in mark.told.items() if name.endswith(":id")), "")
        if targets.get(id) in parts:
            yield mark, targets[id]


def _headers(parts: Mapping[str, bytes], sheet: str) -> frozenset[At]:
    """The heads of lists: Excel repairs, and so changes, a workbook in which one of them says something else."""
    found = set[At]()
    for target in relations(parts, sheet).values():
        if target in parts and "/tables/" in target:
            for mark in marks_in(target, parts[target], frozenset({"table"})):
                left, top, right, _bottom = range_boundaries(mark.told["ref"])
                found |= {(int(top), column) for column in range(int(left), int(right) + 1)}
    return frozenset(found)
