"""How an export is written: its columns from a ticket, its dress as a file, and the canonical rows it stands for."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from tests.loaders.sources.truth import Ticket, tickets

Cell = Callable[[Ticket], object]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Export:
    """One sample file of a system.

    `columns`: header -> what it holds. `golden`: canonical column -> its value, by the system's documentation and not
    by our reading of the file; `rating` and `rating_scale` go to the ratings. `zone`: what a person must name.
    """

    source: str
    file: str
    columns: Mapping[str, Cell]
    golden: Mapping[str, Cell]
    zone: str | None = None
    of: Sequence[Ticket] = tuple(tickets())
    encoding: str = "utf-8"
    inside: tuple[str, ...] = ()
    """The keys under which a JSON answer holds its list."""
    above: tuple[str, ...] = ()
    """Lines above a CSV's header."""

    @property
    def path(self) -> Path:
        return FOLDER / self.source / self.file

    @property
    def golden_path(self) -> Path:
        return self.path.with_name(f"{self.file}.golden.csv")

    def called(self, file: str, titles: Mapping[str, str], words: Mapping[str, str], **changes: object) -> "Export":
        """The same export in another language: its headers and its values by these words."""
        columns = {titles.get(header, header): _said(cell, words) for header, cell in self.columns.items()}
        return replace(self, file=file, columns=columns, **changes)  # type: ignore[arg-type]

    def rows(self) -> list[dict[str, object]]:
        return [{header: cell(ticket) for header, cell in self.columns.items()} for ticket in self.of]

    def content(self) -> bytes:
        if self.file.endswith(".csv"):
            return self._csv().encode(self.encoding)
        if self.file.endswith((".ndjson", ".jsonl")):
            return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows()).encode()
        if self.file.endswith(".json"):
            return (json.dumps(self._wrapped(), ensure_ascii=False, indent=1) + "\n").encode()
        return self._workbook()

    def _wrapped(self) -> object:
        value: object = self.rows()
        for key in reversed(self.inside):
            value = {key: value, **({"meta": {"all_count": len(self.of)}} if key == "payload" else {})}
        return value

    def _csv(self) -> str:
        out = io.StringIO()
        for line in self.above:
            out.write(line + "\n")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows(["" if cell is None else cell for cell in row.values()] for row in self.rows())
        return out.getvalue()

    def _workbook(self) -> bytes:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(self.columns))
        for row in self.rows():
            sheet.append([None if cell == "" else cell for cell in row.values()])
        book.properties.created = book.properties.modified = datetime(2026, 4, 1)  # noqa: DTZ001 (a workbook's own stamp)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def golden_rows(self) -> list[dict[str, str]]:
        """The canonical rows as text: instants ISO in UTC, nothing for unknown."""
        return [{name: _text(cell(ticket)) for name, cell in self.golden.items()} for ticket in self.of]


def _said(cell: Cell, words: Mapping[str, str]) -> Cell:
    def spoken(ticket: Ticket) -> object:
        value = cell(ticket)
        return words.get(value, value) if isinstance(value, str) else value

    return spoken


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def golden_csv(rows: Sequence[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(exports: Sequence[Export]) -> None:
    """Write the samples and what they stand for."""
    for export in exports:
        export.path.parent.mkdir(parents=True, exist_ok=True)
        export.path.write_bytes(export.content())
        export.golden_path.write_text(golden_csv(export.golden_rows()), encoding="utf-8")
