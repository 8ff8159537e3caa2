"""What a server has ready before its first visitor: the modules that pages need, kept out of garbage collection."""

import gc
import importlib

MODULES = (
    "pandas",
    "pyarrow",
    "deltalake",
    "plotly.graph_objects",
    "dashboard.components.loading",
    "dashboard.components.response_cards",
    "dashboard.components.standup_parts",
)


def warm() -> None:
    """Import them; what is there then stays, and no collection of garbage looks at it again."""
    for name in MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
