"""The sources that are shipped: one TOML file each in loaders/sources, several where a system has several exports."""

from functools import cache
from importlib.resources import files

from loaders.base import RawTable
from loaders.mapping import Mapping
from loaders.others import refuse_others
from loaders.presets import Preset, another_system, incomplete, load_preset, proposal_by, recognised
from loaders.proposal import Proposal, propose


@cache
def presets() -> dict[str, Preset]:
    """Name of the file -> the export that it tells of."""
    folder = sorted(files("loaders.sources").iterdir(), key=lambda file: file.name)
    texts = {file.name[:-5]: file.read_text(encoding="utf-8") for file in folder if file.name.endswith(".toml")}
    return {name: load_preset(text, name=name) for name, text in texts.items()}


@cache
def sources() -> dict[str, Mapping]:
    """Source name -> the mapping of its first export, each column by its surest header.

    `generic` names no column: those are proposed from the headers of each file.
    """
    found: dict[str, Mapping] = {}
    for preset in sorted(presets().values(), key=lambda one: (one.name != one.mapping.name, one.name)):
        found.setdefault(preset.mapping.name, preset.mapping)
    return dict(sorted(found.items()))


def preset_of(raw: RawTable, *, source: str | None = None) -> Preset | None:
    """The known export that a file is, from its headers; among those of one source where it is named.

    Raises AnotherSystemError where a source is named and the file is plainly of another.
    """
    known = [one for one in presets().values() if source is None or one.mapping.name == source]
    found = recognised(raw, known)
    if found is not None or source is None:
        return found
    if (other := recognised(raw, list(presets().values()))) is not None:
        raise another_system(other, asked=known)
    return max((one for one in known if one.known(raw.headers)), key=lambda one: one.known(raw.headers), default=None)


def proposal_of(raw: RawTable, *, name: str = "generic") -> Proposal:
    """What the columns of a file mean: by the system that it comes from, else by what its headers suggest.

    Raises NoTicketsError for what is known to hold something else.
    """
    preset = preset_of(raw)
    if preset is not None:
        return proposal_by(preset, raw)
    refuse_others(raw.headers)
    return propose(raw, name=name)


def certain_proposal(raw: RawTable, preset: Preset) -> Proposal:
    """The proposal of a recognised export. Raises IncompleteExportError where a needed column is missing."""
    proposal = proposal_by(preset, raw)
    if proposal.missing:
        raise incomplete(preset, proposal.missing, raw.headers)
    return proposal
