"""What a load did, told per file: rows, tickets, problems with examples."""

from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from dashboard.wording import _
from loaders.base import Note
from loaders.errors import LoadError
from loaders.mapping import Mapping
from loaders.warehouse import Counts

EXAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """One file of a load. `error` says why it was refused; then nothing of it was kept.

    `rows_read = loaded + rejected + blank`, all counted in rows of the file; `counts` counts tickets.
    """

    file: str
    source: str | None = None
    rows_read: int = 0
    loaded: int = 0
    rejected: int = 0
    blank: int = 0
    counts: Counts = field(default_factory=Counts)
    by_table: Map[str, Counts] = field(default_factory=dict)
    """The rows of every canonical table that the file gave something to."""
    problems: tuple[Map[str, Any], ...] = ()
    notes: tuple[Note, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    mapping: Mapping | None = None
    gone: tuple[Map[str, Any], ...] = ()
    """`ticket`, and `into` where it was merged: tickets that their system has no more, taken out of the desk."""
    error: LoadError | None = None
    proposal: str | None = None
    """The mapping that was found so far, as TOML to edit, where it was not enough to load by."""

    @property
    def removed(self) -> int:
        return len(self.gone)

    @property
    def tickets(self) -> int:
        return self.counts.inserted + self.counts.updated + self.counts.unchanged

    @property
    def refusal(self) -> str | None:
        """Why the file was refused, in the reader's language and with the file's name."""
        if self.error is None:
            return None
        sentence = _(self.error.template, **self.error.params)
        return sentence if self.file in sentence else f"{self.file}: {sentence}"

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        told = {
            "file": self.file,
            "source": self.source,
            "rows_read": self.rows_read,
            "loaded": self.loaded,
            "inserted": self.counts.inserted,
            "updated": self.counts.updated,
            "unchanged": self.counts.unchanged,
            "rejected": self.rejected,
            "blank": self.blank,
            "tickets": self.tickets,
            "tables": {name: asdict(counts) for name, counts in self.by_table.items() if any(asdict(counts).values())},
            "problems": [dict(problem) for problem in self.problems],
            "notes": [_(note.template, **note.params) for note in self.notes],
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_line": self.header_line,
            "mapping": None if self.mapping is None else _mapping_json(self.mapping),
        }
        refused: dict[str, Any] = {"error": self.refusal} if self.error else {}
        refused |= {"removed": self.removed, "gone": [dict(one) for one in self.gone]} if self.gone else {}
        return told | refused | ({"proposal": self.proposal} if self.proposal else {})

    def kept(self) -> dict[str, Any]:
        """The report as the ledger keeps it: its notes not yet in anybody's language; `worded` says them."""
        return self.to_json() | {"notes": [{"template": note.template, **_plain(note)} for note in self.notes]}


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """A load of one or more files; `load` is its number in the ledger, None where nothing was kept."""

    load: int | None
    files: tuple[FileReport, ...]
    dry_run: bool = False

    @property
    def source(self) -> str | None:
        """The source of the files; several are parted by commas."""
        return ", ".join(dict.fromkeys(file.source for file in self.files if file.source)) or None

    @property
    def any_loaded(self) -> bool:
        return any(file.loaded for file in self.files)

    @property
    def errors(self) -> tuple[str, ...]:
        """One sentence per refused file, with the proposed mapping below it where there is one."""
        told = ((file.refusal, file.proposal) for file in self.files)
        return tuple(f"{text}\n\n{toml}" if toml else text for text, toml in told if text)

    def to_json(self) -> dict[str, Any]:
        """One object of plain values, as `load --json` prints it."""
        files = [file.to_json() for file in self.files]
        return {"load": self.load, "source": self.source, "dry_run": self.dry_run, "files": files}


def problems_of(rejects: pl.DataFrame) -> tuple[Map[str, Any], ...]:
    """Problems by reason: how many, and the first examples; set-aside rows before nulled values, then by number."""
    examples = pl.struct("line", "column", "value").sort_by("line", maintain_order=True).head(EXAMPLES)
    grouped = rejects.group_by("reason", "kind", maintain_order=True).agg(rows=pl.len(), examples=examples)
    ordered = grouped.sort("kind", "rows", "reason", descending=[True, True, False])
    return tuple(ordered.select("reason", "kind", "rows", "examples").to_dicts())


def rejected_rows(rejects: pl.DataFrame) -> int:
    """How many rows were set aside; each is told once."""
    return rejects.filter(kind="rejected").height


def worded(file: Map[str, Any]) -> dict[str, Any]:
    """A kept report with its notes in the reader's language."""
    kept = ((note["template"], note["params"]) for note in file.get("notes") or () if isinstance(note, Map))
    return {**file, "notes": [_(template, **params) for template, params in kept]}


def _plain(note: Note) -> dict[str, dict[str, object]]:
    simple = (str, int, float)
    return {"params": {name: value if isinstance(value, simple) else str(value) for name, value in note.params.items()}}


def _mapping_json(mapping: Mapping) -> dict[str, Any]:
    return {"name": mapping.name, "shape": mapping.shape, "zone": mapping.zone, "columns": dict(mapping.columns)}
