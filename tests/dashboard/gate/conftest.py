"""A desk with people, and the whole guarded application before a stand-in for the pages."""

import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket
from uvicorn import Config, Server
from websockets.sync.client import ClientConnection, connect

from dashboard.desk import Desk, open_desk
from dashboard.gate import password_routes, provider_routes
from dashboard.gate import routes as ways
from dashboard.gate.middleware import Gate
from dashboard.people import COMMAND_LINE, passwords
from dashboard.people import presence as present
from dashboard.people.accounts import add
from dashboard.server.headers import guards

SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords._of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def open_to_one(tmp_path: Path) -> Iterator[Desk]:
    """A desk on which nobody has an account."""
    made = open_desk(tmp_path / "desk")
    yield made
    made.engine.dispose()


@pytest.fixture
def desk(open_to_one: Desk) -> Desk:
    """A desk with an administrator, a manager and an agent."""
    for account, role in (("root", "administrator"), ("mei", "manager"), ("wu", "agent")):
        add(COMMAND_LINE, open_to_one, account, name=account.title(), role=role, password=SECRET)
    return open_to_one


async def anything(request: Request) -> PlainTextResponse:
    """Tells as whom the pages would know who asks."""
    body = await request.body()
    return PlainTextResponse(f"in as {request.headers.get('x-floorwalker-session')} with {len(body)}")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_bytes(b"hello")
    async for message in _messages(socket):
        await socket.send_bytes(b"heard " + message)


async def _messages(socket: WebSocket) -> AsyncIterator[bytes]:
    while True:
        message = await socket.receive()
        if message["type"] != "websocket.receive":
            return
        yield message["bytes"]


@pytest.fixture
def guarded(open_to_one: Desk, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """Everything that stands before the pages, with a stand-in for them."""
    who = present.Presence(open_to_one)
    monkeypatch.setattr(present, "FRESH_SECONDS", -1.0)
    for module in (ways, password_routes, provider_routes):
        monkeypatch.setattr(module, "presence", lambda: who)
    inside = [
        WebSocketRoute("/_stcore/stream", talk),
        Route("/{path:path}", anything, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]),
    ]
    return Starlette(routes=[*ways.routes(), *inside], middleware=[*guards(), Middleware(Gate, who=lambda: who)])


@pytest.fixture
def address(guarded: Starlette) -> Iterator[str]:
    """Where it really listens: what is said to it goes through a socket, byte by byte."""
    with listening(guarded) as found:
        yield found


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """A server of the application in a thread, from start to end of the block; its host and port."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = Server(Config(app, log_level="critical", lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield f"127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(10)
        bound.close()


@pytest.fixture
def anybody(address: str) -> "Browser":
    return Browser(address)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    text: str

    @property
    def leads_to(self) -> str | None:
        return self.headers.get("location")


class Browser:
    """Speaks raw HTTP, keeps cookies, follows nowhere by itself."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, method: str = "GET", *, body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, path, body=body, headers={**self._cookie(), **named})
            found = connection.getresponse()
            answer = Answer(found.status, found.headers, found.read().decode("utf-8", "replace"))
        finally:
            connection.close()
        for kept in answer.headers.get_all("set-cookie") or ():
            name, _equals, value = kept.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer

    def send(self, path: str, **fields: str) -> Answer:
        """Fill in the form at this address and send it, with all that it hides."""
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', self.ask(path).text))
        return self.post(path, **{**hidden, **fields})

    def post(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        return self.ask(path, "POST", body=body, Content_Type="application/x-www-form-urlencoded")

    def sign_in(self, account: str, password: str = SECRET) -> Answer:
        return self.send("/auth/sign-in", account=account, password=password)

    def talk(self, **headers: str) -> ClientConnection:
        """Open a socket with the cookies of this browser. Raises InvalidStatus where it is refused."""
        named = {**self._cookie(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        return connect(f"ws://{self.address}/_stcore/stream", additional_headers=named, compression=None)

    def _cookie(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}


@pytest.fixture
def root(desk: Desk, anybody: Browser) -> Browser:
    """A browser in which the administrator is signed in."""
    assert desk.root
    assert anybody.sign_in("root").status == 303
    return anybody
