"""From a ticket back to the helpdesk that it came from: one address with `{ticket_id}` per source, in the settings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from dashboard.agreements import Fault, SettingsError, read_toml
from metrics.words import N_

TABLE = "helpdesk"
PLACE = "{ticket_id}"
SCHEMES = ("http", "https")
NO_SOURCE = N_("A link to the helpdesk needs the name of its source.")
TWICE = N_("There are two links to the helpdesk of the source “{source}”; keep one.")
NO_PLACE = N_("The link to the helpdesk of “{source}” needs {place} where the number of the ticket stands.")
NO_ADDRESS = N_("The link to the helpdesk of “{source}” is no address that begins with http or https.")
AS_ROWS = N_("“{name}” must be written as [[{name}]] rows.")
HOST_OPEN = N_("The link to the helpdesk of “{source}” must name its server; the ticket may stand only behind it.")


def links_in(tables: Mapping[str, Any]) -> dict[str, str]:
    """Source -> address with a place for the ticket, of those that are sound."""
    rows = tables.get(TABLE, [])
    return {row["source"]: row["url"] for row in rows if not fault_of(row)}


def fault_of(row: Mapping[str, Any]) -> str | None:
    """What is wrong with one link, as the template of a sentence; None where nothing is."""
    source, url = str(row.get("source") or "").strip(), str(row.get("url") or "").strip()
    if not source:
        return NO_SOURCE
    try:
        parts = urlsplit(url)
    except ValueError:
        return NO_ADDRESS
    if parts.scheme not in SCHEMES or not parts.hostname or any(char.isspace() or char < " " for char in url):
        return NO_ADDRESS
    if PLACE in parts.netloc or "{" in parts.netloc:
        return HOST_OPEN
    return None if PLACE in url else NO_PLACE


def faults_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Everything that is wrong in the links."""
    return tuple(_faults_of(rows))


def _faults_of(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    sources = [str(row.get("source") or "").strip() for row in rows]
    for row, source in zip(rows, sources, strict=True):
        template = fault_of(row)
        if template is not None:
            yield Fault(template, {"source": source, "place": PLACE})
    for source in sorted({one for one in sources if one and sources.count(one) > 1}):
        yield Fault(TWICE, {"source": source})


def demand_sound_links(text: str | None) -> None:
    """Raises SettingsError with everything that is wrong in the links of a text of agreements."""
    rows = read_toml(text or "").get(TABLE, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError([Fault(AS_ROWS, {"name": TABLE})])
    found = faults_of(rows)
    if found:
        raise SettingsError(found)


def link_to_ticket(links: Mapping[str, str], source: str, ticket_id: str) -> str | None:
    """The address of one ticket in its helpdesk; its number can name nothing but a ticket there."""
    pattern = links.get(source)
    return None if pattern is None else pattern.replace(PLACE, quote(ticket_id, safe=""))
