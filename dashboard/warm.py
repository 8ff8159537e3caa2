"""What a server has ready before its first visitor: the modules that pages need, kept out of garbage collection."""

import gc
import importlib

FIRST_PAGE = (
    "pyarrow",
    "dashboard.components.saved_views",
    "dashboard.components.scope_controls",
    "dashboard.components.sidebar",
    "dashboard.components.who",
    "dashboard.components.analysis.standup_more",
    "dashboard.components.analysis.standup_parts",
    "dashboard.components.analysis.standup_staffing",
    "dashboard.components.quality.standup",
    "streamlit.emojis",
)
OTHER_PAGES = (
    "pandas",
    "deltalake",
    "dashboard.components.loading.loading",
    "dashboard.components.analysis.response_cards",
)


def warm() -> None:
    """Import what the first page needs."""
    _import(FIRST_PAGE)


def warm_all() -> None:
    """Import what the others need; what is there then stays, and no collection of garbage looks at it again."""
    _import(OTHER_PAGES)
    gc.enable()
    gc.collect()
    gc.freeze()


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)
