"""Parts of pages that Streamlit does not have: scripts of our own, served from our own address.

The pages' security policy admits no inline script, so each part is a pair of files in `dashboard/browser`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = "browser"
HOUSE = "floorwalker"


def own_part(name: str) -> "ComponentRenderer":
    """What draws `browser/<name>.js` with its style; asked for anew in each run: each server registers parts itself."""
    manager, full = get_bidi_component_manager(), f"{HOUSE}.{name}"
    if manager.get_component_asset_root(full) is None:
        manifest = ComponentManifest(HOUSE, "1", [ComponentConfig(name, FOLDER)])
        manager.register_from_manifest(manifest, PACKAGE)
    return component(full, js=f"{name}.js", css=f"{name}.css", isolate_styles=False)
