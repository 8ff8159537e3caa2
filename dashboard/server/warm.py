"""The modules that pages need: imported before the first of them runs, kept out of garbage collection."""

import gc
import importlib

from streamlit import delta_generator

MODULES = (
    "pandas",
    "pyarrow",
    "deltalake",
    "dashboard.server.ahead",
    "streamlit.emojis",
    "dashboard.components.saved_views",
    "dashboard.components.scope_controls",
    "dashboard.components.sidebar",
    "dashboard.components.who",
    "dashboard.components.analysis.response_cards",
    "dashboard.components.analysis.standup_more",
    "dashboard.components.analysis.standup_parts",
    "dashboard.components.analysis.standup_staffing",
    "dashboard.components.loading.loading",
    "dashboard.components.quality.standup",
)


def warm() -> None:
    """Import them; what is there then stays, and no collection of garbage looks at it again."""
    # Else the first element drawn looks through the files of all modules whether this is a Python prompt: 0.1 s.
    delta_generator._use_warning_has_been_displayed = True
    for name in MODULES:
        importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()
