"""What a server has ready before its first visitor: the modules that pages need, kept out of garbage collection."""

import gc
import importlib
import logging

from dashboard import data
from metrics.errors import ActionableError

MODULES = (
    "pandas",
    "pyarrow",
    "deltalake",
    "plotly.graph_objects",
    "dashboard.components.loading.loading",
    "dashboard.components.analysis.response_cards",
    "dashboard.components.saved_views",
    "dashboard.components.scope_controls",
    "dashboard.components.analysis.standup_more",
    "dashboard.components.analysis.standup_staffing",
    "dashboard.components.quality.standup",
    "dashboard.components.analysis.standup_parts",
    "dashboard.components.who",
)
_log = logging.getLogger(__name__)


def read_ahead() -> None:
    """Let the figures of the first page be on their way; whoever asks meanwhile waits for this one reading."""
    try:
        data.read_ahead()
    except (ActionableError, OSError):
        _log.info("nothing could be read ahead; the page tells why", exc_info=True)


def warm() -> None:
    """Import them; what is there then stays, and no collection of garbage looks at it again."""
    for name in MODULES:
        importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()
