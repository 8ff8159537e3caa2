"""A look at a file before it is loaded: its first rows, how it was read, what its columns seem to mean."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.loading.mappings import kept_for
from dashboard.wording import _
from loaders.base import OnProgress, RawTable, ReadOptions, silent
from loaders.catalog import preset_of, proposal_of
from loaders.mapping import Mapping
from loaders.proposal import Proposal
from loaders.reading import read_file
from loaders.streams import tables_in

ROWS_SHOWN = 200
ROWS_READ = 2000
"""Enough to see how dates and values are written; the load itself proves them on all rows."""


@dataclass(frozen=True)
class Preview:
    """The first rows as text, how the file was read, and the mapping proposed from its headers.

    `kept`: the mapping that this desk keeps for files of this header, which a load takes without asking.
    """

    rows: pl.DataFrame
    raw: RawTable
    proposal: Proposal
    kept: Mapping | None = None
    notes: tuple[str, ...] = ()
    preamble: tuple[str, ...] = field(default=())

    @property
    def encoding(self) -> str | None:
        return self.raw.encoding

    @property
    def delimiter(self) -> str | None:
        return self.raw.delimiter

    @property
    def header_line(self) -> int | None:
        return self.raw.header_line

    @property
    def mapping(self) -> Mapping:
        """What a form should begin with."""
        return self.kept or self.proposal.mapping


@needs(Act.LOAD_DATA)
def preview(
    actor: Actor, desk: Desk, file: Path, options: ReadOptions | None = None, *, on_progress: OnProgress = silent
) -> Preview:  # fmt: skip
    """Read the beginning of a file; nothing is kept. Raises LoadError where it cannot be read as a table."""
    asked = replace(options or ReadOptions(), max_rows=ROWS_READ)
    tables = tables_in(read_file(file, options=asked, on_progress=on_progress))
    raw = next((table for table in tables if preset_of(table)), tables[0])
    kept = kept_for(actor, desk, raw.headers)
    return Preview(
        rows=raw.frame.head(ROWS_SHOWN),
        raw=raw,
        proposal=proposal_of(raw),
        kept=None if kept is None else kept.mapping,
        notes=tuple(_(note.template, **note.params) for note in raw.notes),
        preamble=raw.preamble,
    )
