"""A raw table and a mapping make the canonical tables, checked by their rules."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from loaders.base import Built, RawTable
from loaders.cells import Typed, read_cells
from loaders.derived import is_there, with_derived
from loaders.errors import MappingError
from loaders.mapping import Mapping as SourceMapping
from loaders.mapping import is_zone
from loaders.problems import rejects_of
from loaders.proposal import with_proposed_columns
from loaders.shapes.events import build_events
from loaders.shapes.fields import required_of
from loaders.shapes.intervals import build_agent_states, build_arrivals, build_outcomes
from loaders.shapes.messages import KnownMessages, build_messages
from loaders.shapes.of_tickets import build_changes, build_comments, build_ratings
from loaders.shapes.rows import Shaped
from loaders.shapes.tickets import build_tickets
from metrics.words import N_


def build(
    raw: RawTable, mapping: SourceMapping, *, source: str, zone: str | None = None, known: KnownMessages | None = None
) -> Built:
    """The canonical tables of one file, by table name.

    `rejects` holds the file's own and those found here. `zone` (IANA) is the zone of stamps that carry none; it goes
    before the mapping's. `known` lets replies continue conversations that are kept already.
    Raises MappingError, ZoneNeededError or AmbiguousDatesError, each naming all the columns.
    """
    mapping = mapping if mapping.columns else with_proposed_columns(raw, mapping)
    _check(raw, mapping, zone)
    raw = with_derived(raw, mapping.columns.values())
    typed = read_cells(raw, mapping, zone=zone)
    shaped = _shaped(typed, raw, mapping, source=source, known=known)
    rejects = rejects_of(raw, (*typed.problems, *shaped.problems))
    set_aside = rejects.filter(kind="rejected").height - raw.rejects.filter(kind="rejected").height
    notes = [*typed.notes, *shaped.notes]
    once = tuple(note for at, note in enumerate(notes) if note not in notes[:at])  # a header may fill several columns
    return Built(shaped.tables, raw.frame.height - set_aside, rejects, once)


_SHAPES: Mapping[str, Callable[..., Shaped]] = {
    "tickets": build_tickets,
    "events": build_events,
    "arrivals": build_arrivals,
    "agent_states": build_agent_states,
    "outcomes": build_outcomes,
    "comments": build_comments,
    "changes": build_changes,
    "ratings": build_ratings,
}


def _shaped(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str, known: KnownMessages | None) -> Shaped:
    if mapping.shape == "messages":
        return build_messages(typed, raw, mapping, source=source, known=known)
    return _SHAPES[mapping.shape](typed, raw, mapping, source=source)


def _check(raw: RawTable, mapping: SourceMapping, zone: str | None) -> None:
    """All that keeps the mapping from fitting this file, told at once."""
    if zone is not None and not is_zone(zone):
        raise MappingError(N_("'{zone}' is no IANA time zone; name one such as Asia/Shanghai or UTC."), zone=zone)
    missing = required_of(mapping.shape, mapping.columns)
    absent = {name: header for name, header in mapping.columns.items() if not is_there(header, raw.headers)}
    if not missing and not absent:
        return
    wanted = [f"{name} = '{header}'{_near(header, raw)}" for name, header in absent.items()]
    raise MappingError(
        N_("The file does not fit the mapping '{mapping}': it has no column for {wanted}. Found: {found}."),
        mapping=mapping.name,
        wanted=", ".join([*missing, *wanted]),
        found=", ".join(f"'{header}'" for header in raw.headers[:40]),
    )


def _near(header: str, raw: RawTable) -> str:
    near = get_close_matches(header, raw.headers, n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""
