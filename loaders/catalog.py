"""The sources that are shipped: one TOML file each in loaders/sources."""

from functools import cache
from importlib.resources import files

from loaders.mapping import Mapping, load_mapping


@cache
def sources() -> dict[str, Mapping]:
    """Source name -> its mapping. `generic` names no column: those are proposed from the headers of each file."""
    folder = files("loaders.sources")
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml")]
    mappings = [load_mapping(text) for text in texts]
    return {mapping.name: mapping for mapping in sorted(mappings, key=lambda mapping: mapping.name)}
