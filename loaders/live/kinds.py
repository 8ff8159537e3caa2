"""The systems that can be connected, and the mapping of everything that they bring."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from loaders.live import (
    chatwoot,
    database,
    dynamics,
    freshdesk,
    hubspot,
    jiandaoyun,
    pushed,
    salesforce,
    zammad,
    zendesk,
    zoho,
)
from loaders.live.page import Kind, Mappings, Settings
from loaders.mapping import Mapping as SourceMapping
from loaders.mapping import load_mapping

_ALL = (zendesk, freshdesk, chatwoot, hubspot, zammad, salesforce, dynamics, zoho, jiandaoyun, database, pushed)
KINDS: Mapping[str, Kind] = {one.KIND.name: one.KIND for one in _ALL}
SHARED = ("comments", "changes", "ratings")


@cache
def mapping_of(kind: str, part: str) -> SourceMapping:
    """The shipped mapping of a part: `tickets` is each system's own, the others are the same for all."""
    name = part if part in SHARED else kind
    return load_mapping((files("loaders.live.mappings") / f"{name}.toml").read_text(encoding="utf-8"))


def mappings_of(kind: str, settings: Settings) -> Mappings:
    """The mappings of all that a connection brings: those shipped, or the one that a person wrote for it."""
    if "mapping" in {one.name for one in KINDS[kind].asked}:
        written = settings.get("mapping", "")
        return {"tickets": load_mapping(written)} if written else {}
    if kind == pushed.NAME:
        return {"tickets": pushed.mapping_of_pushed(), "comments": mapping_of(kind, "comments")}
    return {part: mapping_of(kind, part) for part in KINDS[kind].parts}
