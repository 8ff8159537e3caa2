"""Pages gathered on disk into batches, so that a run of any length takes the memory of one page."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from loaders.live.drift import learn
from loaders.live.errors import Misread
from loaders.live.page import Mappings, Page, Record, State, lines_of
from metrics.errors import ActionableError
from metrics.words import N_

STRANGE = N_("The system answers otherwise than its documentation says ({detail}). What was loaded before stays.")


@dataclass
class Gathered:
    """Pages laid down in a folder, a file of lines for each part; the folder goes when the batch has been used.

    `gone`: tickets deleted · `into`: what those were merged into · `here`: tickets that came, also again ·
    `is_last`: no more is loaded in this run · `is_end`: the system had no more.
    """

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    into: dict[str, str] = field(default_factory=dict)
    here: frozenset[str] = frozenset()
    state: State = field(default_factory=dict)
    size: int = 0
    is_last: bool = False
    is_end: bool = False
    _open: dict[str, IO[str]] = field(default_factory=dict)

    def __enter__(self) -> "Gathered":
        return self

    def __exit__(self, *_told: object) -> None:
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        for file in self._open.values():
            file.close()

    def add(self, page: Page, mappings: Mappings, deleted: frozenset[str], *, fill: bool = True) -> None:
        """Lay a page down; what belongs to a ticket that is deleted by now is left out."""
        key = mappings["tickets"].columns["ticket_id"] if "tickets" in mappings else None
        here = {str(record[key]) for record in page.parts.get("tickets", ())} if key else set()
        self.gone, self.here = (self.gone - here) | page.gone, (self.here | here) - page.gone
        self.into |= page.into
        left = (deleted - self.here) | self.gone
        self.state = page.state
        self.size += page.size
        for part, records in page.parts.items():
            wanted = records if part == "tickets" else [one for one in records if str(one["ticket_id"]) not in left]
            if wanted:
                self._lay_down(part, wanted, list(mappings[part].columns.values()) if fill and part in mappings else ())

    def _lay_down(self, part: str, records: Sequence[Record], headers: Sequence[str]) -> None:
        if part not in self._open:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.files[part] = self.folder / f"{part}.ndjson"
            self._open[part] = self.files[part].open("w", encoding="utf-8")
        self._open[part].writelines(lines_of(records, headers))
        self.sizes[part] = self.sizes.get(part, 0) + len(records)
        learn(self.fields.setdefault(part, {}), records)


def batches(
    pages: Iterator[Page],
    mappings: Mappings,
    *,
    folder: Path,
    size: int,
    deleted: frozenset[str] = frozenset(),
    fill: bool = True,
) -> Iterator[Gathered]:
    """Pages gathered into batches of about this size; what came before a fault is one, too, then the fault is raised.

    `fill`: a mapped field that a record lacks is written as empty.
    `deleted`: tickets whose deletion is known already, while what once happened to them may still come.
    """
    gathered, number = Gathered(folder / "0"), 0
    failed: ActionableError | None = None
    while True:
        try:
            page = next(pages, None)
        except ActionableError as error:
            page, failed = None, error
        except (LookupError, TypeError, ValueError, AttributeError) as error:  # a record without what readers rely on
            page, failed = None, Misread(STRANGE, detail=f"{type(error).__name__}: {error}"[:200])
            failed.__cause__ = error
        if gathered.size and (page is None or gathered.size + page.size > size):
            deleted = (deleted - gathered.here) | gathered.gone
            gathered.is_last, gathered.is_end = page is None, page is None and failed is None
            gathered.close()
            yield gathered
            number += 1
            gathered = Gathered(folder / str(number))
        if failed is not None:
            raise failed
        if page is None:
            return
        gathered.add(page, mappings, deleted, fill=fill)
