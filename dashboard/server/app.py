"""The ASGI application: the pages behind security headers, the gate and the door that opens when all is imported.

`floorwalker serve` starts it; on which addresses it listens is decided in `dashboard.server.serving`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit import config

from dashboard.components.loading.incoming import clear_left_uploads
from dashboard.components.trouble import told
from dashboard.gate.middleware import Gate
from dashboard.gate.paths import SESSION_HEADER
from dashboard.gate.routes import routes
from dashboard.navigation import LINES
from dashboard.server.headers import guards
from dashboard.server.opening import Door, Opening
from dashboard.settings import AppSettings

OPENING = Opening()


def require_bound_sessions() -> None:
    """Do not start where Streamlit would hand one person's page state to whoever names it."""
    trusted = {name.lower() for name in config.get_option("server.trustedUserHeaders")}
    if SESSION_HEADER not in trusted:
        raise RuntimeError(f"server.trustedUserHeaders must name {SESSION_HEADER}: see .streamlit/config.toml")


@asynccontextmanager
async def open_up(_: st.App) -> AsyncIterator[None]:
    """Clear up after a killed server, then open."""
    require_bound_sessions()
    clear_left_uploads()
    with OPENING.going_on():
        yield


def to_the_first_page(request: Request) -> RedirectResponse:
    """Streamlit knows the first page at the bare address only; by its own name it would be told as not found."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/")


app = st.App(
    Path(__file__).resolve().parents[1] / "main.py",
    lifespan=open_up,
    middleware=[*guards(AppSettings.from_environment().hosts), Middleware(Gate), Middleware(Door, opening=OPENING)],
    routes=[*routes(), Route(f"/{LINES[0].url_path}", to_the_first_page)],
    on_script_error=told,
)
