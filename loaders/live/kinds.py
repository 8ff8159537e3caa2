"""The systems that can be connected, and the mapping of everything that they bring."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from loaders.live import zendesk
from loaders.live.page import Kind
from loaders.mapping import Mapping as SourceMapping
from loaders.mapping import load_mapping

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (zendesk.KIND,)}
SHARED = ("comments", "changes", "ratings")


@cache
def mapping_of(kind: str, part: str) -> SourceMapping:
    """The shipped mapping of a part: `tickets` is each system's own, the others are the same for all."""
    name = part if part in SHARED else kind
    return load_mapping((files("loaders.live.mappings") / f"{name}.toml").read_text(encoding="utf-8"))
