"""How a server opens: browsers fetch the application at once, pages run when all that they need is imported.

One thread imports, and scripts wait for it: libraries look into `sys.modules` for pandas and would find it half made.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from anyio import sleep
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.server.warm import warm

QUIET_SECONDS = 10.0
"""Until the first visitor of a server that was just started has his page."""
_LOOK_EVERY = 0.02
_LOG = logging.getLogger(__name__)


class Opening:
    """A server on its way from its start to its daily work."""

    def __init__(self) -> None:
        self._is_imported, self._is_over = Event(), Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Open while the block lasts; what the server does by itself ends with it."""
        Thread(target=self._open, name="opening", daemon=True).start()
        try:
            yield
        finally:
            self._is_over.set()

    async def pages(self) -> None:
        """Wait until pages may run."""
        while not self._is_imported.is_set():
            await sleep(_LOOK_EVERY)

    def _open(self) -> None:
        try:
            warm()
        except ImportError:
            _LOG.exception("not all that pages need could be imported; each page tells what it misses")
        finally:
            self._is_imported.set()
        from dashboard.server.ahead import answer_first_page

        answer_first_page()
        if not self._is_over.wait(QUIET_SECONDS):
            from dashboard.server.clock import tick

            tick(self._is_over)


class Door:
    """Lets a socket in, and so a page run, when pages may; everything else passes at any time."""

    def __init__(self, app: ASGIApp, *, opening: Opening) -> None:
        self.app = app
        self.opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.opening.pages()
        await self.app(scope, receive, send)
