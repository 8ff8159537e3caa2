"""Which mapping a file is read by: named, handed over, kept from last time, or proposed from its headers."""

import hashlib
import json
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.store import KeptMapping
from loaders.base import RawTable
from loaders.catalog import certain_proposal, preset_of, sources
from loaders.date_forms import asked_form, asked_order
from loaders.errors import MappingError
from loaders.mapping import Mapping, load_mapping
from loaders.others import refuse_others
from loaders.presets import proposal_by
from loaders.proposal import Proposal, propose
from metrics.words import N_

_UNKNOWN_SOURCE = N_("There is no source “{source}” on this desk. Known are: {known}.")
_NO_FILE = N_("The mapping {path} could not be read ({detail}).")
_OPEN = N_(
    "The columns do not say by themselves what they mean (missing: {missing}; doubtful: {doubtful}). "
    "Complete the mapping below, save it as a file and load again with --mapping FILE."
)
_NO_FORMAT = N_("“{format}” is no date format; say dmy, mdy or a strftime format such as %d.%m.%Y %H:%M.")
_NOTHING = "–"
GENERIC = "generic"
_ORDERS = {"dd/mm": "dmy", "mm/dd": "mdy"}


class OpenMappingError(MappingError):
    """The headers leave something open; `toml` is the proposal for a person to complete."""

    def __init__(self, proposal: Proposal) -> None:
        missing, doubtful = (", ".join(names) or _NOTHING for names in (proposal.missing, proposal.doubtful))
        super().__init__(_OPEN, missing=missing, doubtful=doubtful)
        self.toml = proposal.mapping.to_toml(missing=proposal.missing, doubtful=proposal.doubtful)


@dataclass(frozen=True)
class Chosen:
    """A mapping and the name under which its rows are kept; `keep`: it is remembered for files of the same header."""

    mapping: Mapping
    source: str
    keep: bool


def fingerprint(headers: Sequence[str]) -> str:
    """The same for files with the same columns in any order."""
    return hashlib.sha256(json.dumps(sorted(headers), ensure_ascii=False).encode()).hexdigest()


@needs(Act.SEE_DATA)
def kept_mappings(actor: Actor, desk: Desk) -> dict[str, Mapping]:
    """The mappings that this desk keeps, by name."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(select(KeptMapping).order_by(KeptMapping.name)).all()
        return {row.name: load_mapping(row.toml) for row in rows}


@needs(Act.SEE_DATA)
def known_sources(actor: Actor, desk: Desk) -> dict[str, Mapping]:
    """What can be named as a source: the shipped ones and those kept on this desk, which go first."""
    return {**sources(), **kept_mappings(actor, desk)}


def keep_mapping(session: Session, chosen: Chosen, headers: Sequence[str], *, at: datetime) -> None:
    """Remember the mapping under its source's name inside the caller's transaction."""
    toml = replace(chosen.mapping, name=chosen.source).to_toml()
    session.merge(KeptMapping(name=chosen.source, toml=toml, header=fingerprint(headers), kept_at=at))


@needs(Act.LOAD_DATA)
def choose(
    actor: Actor,
    desk: Desk,
    raw: RawTable,
    *,
    source: str | None,
    mapping: Mapping | Path | None,
    zone: str | None,
    date_format: str | None,
    pending: Sequence[Chosen] = (),
) -> Chosen:
    """The mapping for this file, with the zone and date format that the person named. Raises MappingError.

    `pending`: what was chosen for other files of the same load, which is not kept yet.
    """
    chosen = _chosen(actor, desk, raw, source, mapping, pending)
    formats = {**chosen.mapping.formats, **({"*": _written(date_format)} if date_format else {})}
    settled = replace(chosen.mapping, zone=zone or chosen.mapping.zone, formats=formats)
    is_settled = settled != chosen.mapping and chosen.source in sources()
    return replace(chosen, mapping=settled, keep=chosen.keep or is_settled)


def _chosen(
    actor: Actor,
    desk: Desk,
    raw: RawTable,
    source: str | None,
    mapping: Mapping | Path | None,
    pending: Sequence[Chosen],
) -> Chosen:
    if mapping is not None:
        given = mapping if isinstance(mapping, Mapping) else _read(mapping)
        return Chosen(given, source or given.name, keep=not _is_shipped(given, raw))
    if source is not None:
        return _named(actor, desk, raw, source, pending)
    if found := kept_for(actor, desk, raw.headers) or _recognised(raw):
        return found
    refuse_others(raw.headers)
    return _proposed(actor, desk, raw, pending)


def _is_shipped(given: Mapping, raw: RawTable) -> bool:
    """Whether the mapping is what the file is recognised by anyway."""
    preset = preset_of(raw)
    return preset is not None and given == proposal_by(preset, raw).mapping


def _recognised(raw: RawTable, source: str | None = None) -> Chosen | None:
    """The export of a named system, told by its headers; it needs no keeping."""
    preset = preset_of(raw, source=source)
    if preset is None or not preset.columns:
        return None
    mapping = certain_proposal(raw, preset).mapping
    return Chosen(mapping, mapping.name, keep=False)


def _read(path: Path) -> Mapping:
    try:
        return load_mapping(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(_NO_FILE, path=path.name, detail=str(error)) from error


def _named(actor: Actor, desk: Desk, raw: RawTable, source: str, pending: Sequence[Chosen]) -> Chosen:
    shipped = sources().get(source)
    if shipped is not None and not shipped.columns:  # `generic`: proposed from each file's own headers
        kept = kept_for(actor, desk, raw.headers)
        return kept if kept and kept.source == source else _proposed(actor, desk, raw, pending, name=source)
    if shipped is not None and (found := _recognised(raw, source)):
        kept = kept_for(actor, desk, raw.headers)
        return kept if kept and kept.source == source else found
    known = known_sources(actor, desk)
    if source not in known:
        raise MappingError(_UNKNOWN_SOURCE, source=source, known=", ".join(sorted(known)))
    return Chosen(known[source], source, keep=False)


@needs(Act.LOAD_DATA)
def kept_for(actor: Actor, desk: Desk, headers: Sequence[str]) -> Chosen | None:
    """The mapping that this desk keeps for files of this header."""
    del actor
    of_header = KeptMapping.header == fingerprint(headers)
    with desk.reading() as session:
        row = session.scalars(select(KeptMapping).where(of_header).order_by(KeptMapping.kept_at.desc())).first()
        return None if row is None else Chosen(load_mapping(row.toml), row.name, keep=False)


def _proposed(
    actor: Actor, desk: Desk, raw: RawTable, pending: Sequence[Chosen], *, name: str = GENERIC
) -> Chosen:  # fmt: skip
    proposal = propose(raw, name=name)
    if not proposal.is_certain:
        raise OpenMappingError(proposal)
    taken = kept_mappings(actor, desk) | {chosen.source: chosen.mapping for chosen in pending}
    return Chosen(proposal.mapping, free_name(taken, proposal.mapping), keep=True)


def free_name(kept: Map[str, Mapping], proposed: Mapping) -> str:
    """The proposal's own name, numbered where another family of files (another id header) has it on this desk.

    Two families in one source would take each other's ticket numbers for the same tickets.
    """
    if proposed.name != GENERIC and proposed.name in sources():
        return proposed.name  # the exports of one system belong together, whatever their columns are called
    number, name = 1, proposed.name
    while name in kept and _family(kept[name]) != _family(proposed):
        number += 1
        name = f"{proposed.name}-{number}"
    return name


def _family(mapping: Mapping) -> tuple[str, str | None]:
    ids = (mapping.columns.get(name) for name in ("ticket_id", "message_id"))
    return mapping.shape, next((header for header in ids if header), None)


def _written(date_format: str) -> str:
    written = _ORDERS.get(date_format.lower(), date_format)
    if asked_order(written) is None and asked_form(written) is None:
        raise MappingError(_NO_FORMAT, format=date_format)
    return written
