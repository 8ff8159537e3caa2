"""Named systems as data: which headers tell their exports, in every language, and what each of them means."""

import tomllib
from collections.abc import Container, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from typing import Any

import tomli_w

from loaders.base import RawTable
from loaders.derived import is_there
from loaders.errors import MappingError
from loaders.mapping import Mapping, load_mapping
from loaders.proposal import Proposal, propose, samples_of
from loaders.shapes.fields import required_of
from metrics.words import N_

_OWN_KEYS = ("title", "source", "marks", "needs", "proposes")
USUAL_NEEDS = 3
_ABSENT = N_(
    "The file looks like an export of {system}, but a column is missing that cannot be done without: {wanted}. "
    "Export again with it, or map another column. Found: {found}."
)


_ANOTHER = N_(
    "The file looks like an export of {system}, not of {asked}. Load it without naming a source, or as {source}."
)


class AnotherSystemError(MappingError):
    """An export of a known system that was said to be of another."""


class IncompleteExportError(MappingError):
    """An export of a known system without a column that is needed."""


@dataclass(frozen=True)
class Preset:
    """How one kind of export of a named system is told and read.

    `mapping`: everything but its columns holds as it stands; its name is the source that the rows are kept under.
    `columns`: canonical name -> its headers, the surest first, in every language that the system exports in.
    `marks`: telling headers, of which `needs` are enough; each may stand for several, parted by ` | `.
    `proposes`: the system leaves its fields to its user; columns not named here are proposed from their headers.
    """

    name: str
    title: str
    mapping: Mapping
    columns: Map[str, tuple[str, ...]]
    marks: tuple[str, ...]
    needs: int = USUAL_NEEDS
    proposes: bool = False

    def told(self, headers: Container[str]) -> int:
        """How many of its marks a file with these headers bears; 0 where they are too few."""
        found = sum(any(is_there(one, headers) for one in mark.split(" | ")) for mark in self.marks)
        return found if found >= self.needs else 0

    def known(self, headers: Sequence[str]) -> int:
        """How many of these headers it knows."""
        return len({header for names in self.columns.values() for header in names}.intersection(headers))

    def fitted(self, headers: Sequence[str]) -> Mapping:
        """The mapping with those of its columns that these headers give."""
        found = {
            name: next((one for one in given if is_there(one, headers)), None) for name, given in self.columns.items()
        }
        return replace(self.mapping, columns={name: header for name, header in found.items() if header is not None})


def load_preset(text: str, *, name: str) -> Preset:
    """A preset from its TOML text: a mapping whose columns may list several headers. Raises MappingError."""
    document: dict[str, Any] = tomllib.loads(text)
    own = {key: document.pop(key) for key in _OWN_KEYS if key in document}
    columns = {
        column: (given,) if isinstance(given, str) else tuple(given) for column, given in document["columns"].items()
    }
    document["columns"] = {column: given[0] for column, given in columns.items()}
    mapping = load_mapping(tomli_w.dumps(document))
    return Preset(
        name=name,
        title=own.get("title", mapping.name),
        mapping=replace(mapping, name=own.get("source", mapping.name)),
        columns=columns,
        marks=tuple(own.get("marks", ())),
        needs=own.get("needs", USUAL_NEEDS),
        proposes=own.get("proposes", False),
    )


def recognised(raw: RawTable, presets: Sequence[Preset]) -> Preset | None:
    """The preset whose marks the file bears most; None where it bears enough of nobody's."""
    ranked = [(one.told(raw.headers), one.known(raw.headers), one) for one in presets]
    best = max(ranked, key=lambda rank: rank[:2], default=(0, 0, None))
    return best[2] if best[0] else None


def proposal_by(preset: Preset, raw: RawTable) -> Proposal:
    """What the columns of a recognised file mean; where the preset leaves room, with what their headers suggest."""
    mapping = preset.fitted(raw.headers)
    if preset.proposes:
        mapping = _completed(mapping, raw)
    missing = tuple(required_of(mapping.shape, mapping.columns))
    used = set(mapping.columns.values())
    unmapped = tuple(header for header in raw.headers if header not in used)
    return Proposal(mapping, missing, {}, unmapped, samples_of(raw), preset=preset.title)


def _completed(mapping: Mapping, raw: RawTable) -> Mapping:
    """The mapping with what the headers that it leaves free suggest; its own columns go before."""
    free = tuple(header for header in raw.headers if header not in mapping.columns.values())
    rest = propose(replace(raw, headers=free))
    if rest.mapping.shape != mapping.shape:
        return mapping
    options = {**rest.mapping.options, **mapping.options}
    return replace(mapping, columns={**rest.mapping.columns, **mapping.columns}, options=options)


def incomplete(preset: Preset, missing: Sequence[str], headers: Sequence[str]) -> IncompleteExportError:
    """The sentence for an export that lacks what its tickets need."""
    wanted = ", ".join(f"{name} ({' / '.join(preset.columns.get(name, ()))})" for name in missing)
    found = ", ".join(f"'{header}'" for header in headers[:40])
    return IncompleteExportError(_ABSENT, system=preset.title, wanted=wanted, found=found)


def another_system(found: Preset, *, asked: Sequence[Preset]) -> AnotherSystemError:
    """The sentence for an export of one system that was named as another's."""
    title = asked[0].title if asked else ""
    return AnotherSystemError(_ANOTHER, system=found.title, asked=title, source=found.mapping.name)
