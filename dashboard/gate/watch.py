"""Keeps an eye on every open page: one whose session has ended is sent away within seconds."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from anyio.to_thread import run_sync
from google.protobuf.message import DecodeError
from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.gate.paths import SIGN_IN
from dashboard.people.presence import Presence
from dashboard.people.sessions import Live
from loaders.errors import WarehouseError

EVERY_SECONDS = 2.0
PATIENCE_SECONDS = 5.0
"""So long pages stay open while the database cannot be asked; then nobody is known any more."""
SEND_SECONDS = 1.0
ENDED = 1008
SERVICE_RESTART = 1012
NEVER_SENT = frozenset({"clear_cache", "set_run_on_save", "load_git_info"})
"""Messages of Streamlit's menu for developers: no page of ours sends them, and one empties everybody's caches."""


@dataclass(eq=False)
class Socket:
    """One open page, between the server and the application."""

    who: Presence
    live: Live | None
    from_page: Receive
    to_page: Send
    is_ended: bool = False
    acted: bool = False
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def receive(self) -> Message:
        """What the page sends; nothing any more once its session has ended."""
        while True:
            message = await self.from_page()
            if self.is_ended:
                return {"type": "websocket.disconnect", "code": ENDED}
            if message["type"] != "websocket.receive":
                return message
            said = said_by(message.get("bytes"))
            if said.WhichOneof("type") not in NEVER_SENT:
                self.acted = self.acted or is_by_a_person(said)
                return message

    async def send(self, message: Message) -> None:
        """What the page is shown; nothing any more once its session has ended."""
        async with self._sending:
            if not self.is_ended:
                await self.to_page(message)

    async def end(self, *, code: int, go_to: str | None) -> None:
        """Show the page nothing more, send the browser on, close."""
        self.is_ended = True
        with suppress(Exception):  # a browser that is gone already needs no farewell
            await asyncio.wait_for(self._farewell(code, go_to), SEND_SECONDS)

    async def _farewell(self, code: int, go_to: str | None) -> None:
        async with self._sending:
            if go_to is not None:
                leave = ForwardMsg()
                leave.auth_redirect.url = go_to
                await self.to_page({"type": "websocket.send", "bytes": leave.SerializeToString()})
            await self.to_page({"type": "websocket.close", "code": code, "reason": ""})


class Watch:
    """All open pages of this process and the one task that looks after them."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._heard: set[int] = set()
        self._asked_at = 0.0

    @asynccontextmanager
    async def over(self, who: Presence, live: Live | None, receive: Receive, send: Send) -> AsyncIterator[Socket]:
        """Look after a page for as long as it is open."""
        socket = Socket(who, live, receive, send)
        self.sockets.add(socket)
        self._listen(who)
        if self._task is None or self._task.done():
            self._asked_at = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield socket
        finally:
            self.sockets.discard(socket)

    def _listen(self, who: Presence) -> None:
        if id(who) in self._heard:
            return
        self._heard.add(id(who))
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(self._wake.set)

        who.on_change(wake)

    async def _run(self) -> None:
        while self.sockets:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), EVERY_SECONDS)
            self._wake.clear()
            await self.look()

    async def look(self) -> None:
        """End what may not stay; while the database cannot be asked, wait a little, then end all."""
        by_desk: dict[Presence, list[Socket]] = {}
        for socket in tuple(self.sockets):
            by_desk.setdefault(socket.who, []).append(socket)
        ends: list[Awaitable[None]] = []
        for who, sockets in by_desk.items():
            try:
                staying = await run_sync(_staying, who, sockets)
                self._asked_at = time.monotonic()
            except WarehouseError:
                if time.monotonic() - self._asked_at > PATIENCE_SECONDS:
                    ends += [socket.end(code=SERVICE_RESTART, go_to=None) for socket in sockets]
                continue
            gone = (socket for socket in sockets if socket not in staying and not socket.is_ended)
            ends += [socket.end(code=ENDED, go_to=f"{SIGN_IN}?why=ended") for socket in gone]
        await asyncio.gather(*ends)


def _staying(who: Presence, sockets: list[Socket]) -> set[Socket]:
    """Those pages that may stay open; who acted on one is told to the database."""
    live = who.live_of({socket.live.token for socket in sockets if socket.live is not None})
    for socket in sockets:
        if socket.live is not None and socket.acted and socket.live.token in live:
            socket.acted = False
            if who.note(socket.live.token):
                who.tell(socket.live.token)
    is_open = who.is_open()
    return {socket for socket in sockets if (is_open if socket.live is None else socket.live.token in live)}


def said_by(content: bytes | None) -> BackMsg:
    """A page's message; an empty one where it is none, which the application will refuse."""
    message = BackMsg()
    try:
        message.ParseFromString(content or b"")
    except DecodeError:
        return BackMsg()
    return message


def is_by_a_person(said: BackMsg) -> bool:
    """Whether somebody did something, and not the page itself, which may refresh what it shows."""
    kind = said.WhichOneof("type")
    if kind == "rerun_script":
        return not said.rerun_script.is_auto_rerun
    return kind not in (None, "app_heartbeat")
