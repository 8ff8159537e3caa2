"""The ASGI application: the pages behind security headers, imports warmed before the first visitor.

Listens on 127.0.0.1 only, see `.streamlit/config.toml`; `floorwalker serve` starts it.
"""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from dashboard.components.incoming import clear_left_uploads
from dashboard.components.trouble import told
from dashboard.headers import guards

WARM = (
    "pandas",
    "pyarrow",
    "deltalake",
    "plotly.graph_objects",
    "dashboard.components.loading",
    "dashboard.components.response_cards",
    "dashboard.components.standup_parts",
)


@asynccontextmanager
async def warm_up(_: st.App) -> AsyncIterator[None]:
    """Clear up after a killed server; import what the first page needs and keep it out of garbage collection."""
    clear_left_uploads()
    for name in WARM:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    yield


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=warm_up,
    middleware=guards(),
    on_script_error=told,
)
