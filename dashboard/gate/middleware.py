"""The gate: an ASGI middleware that knows whose session each request and socket belongs to, or lets it not pass."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gate import paths, uploads
from dashboard.gate.watch import Watch
from dashboard.people.current import presence
from dashboard.people.presence import Presence
from dashboard.people.sessions import Live
from dashboard.server.headers import OWN_NAMES
from loaders.errors import WarehouseError

OWN_HEADERS = b"x-floorwalker-"
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
PORT = re.compile(r":\d+$")
POLICY_VIOLATION = 1008
TRY_AGAIN = 1013


@dataclass(frozen=True)
class Passage:
    """Who asks: a live session, or the one person of a desk without accounts on this machine, or nobody.

    is_open: nobody has an account on this desk.
    """

    live: Live | None = None
    is_one_person: bool = False
    is_open: bool = False

    @property
    def may_pass(self) -> bool:
        return self.live is not None or self.is_one_person


class Gate:
    """Stands around the whole application; reads the path that routes will see, never a rebuilt address."""

    def __init__(self, app: ASGIApp, *, who: Callable[[], Presence] = presence) -> None:
        self.app = app
        self.who = who
        self.watch = Watch()
        self.quota = uploads.Quota()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            who = await run_sync(self.who)
            passage = await self._passage(who, scope)
        except WarehouseError:
            await _unavailable(scope, receive, send)
            return
        told = _told(scope, passage)
        if scope["type"] == "websocket":
            await self._socket(who, passage, told, receive, send)
        else:
            await self._request(who, passage, told, receive, send)

    async def _passage(self, who: Presence, scope: Scope) -> Passage:
        live = await run_sync(who.live, cookie(scope, who.cookie))
        if live is not None:
            if who.note(live.token):
                await run_sync(who.tell, live.token)
            return Passage(live)
        is_open = await run_sync(who.is_open)
        return Passage(is_one_person=is_open and _is_here(scope), is_open=is_open)

    async def _request(self, who: Presence, passage: Passage, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if not passage.may_pass and not paths.is_open_to_all(path, method):
            await _refusal(scope, passage)(scope, receive, send)
        elif path.startswith(paths.UPLOAD) and passage.may_pass:
            await self.quota.count(self.app, who, passage.live, scope, receive, _not_stored(path, send))
        else:
            await self.app(scope, receive, _not_stored(path, send))

    async def _socket(self, who: Presence, passage: Passage, scope: Scope, receive: Receive, send: Send) -> None:
        if not passage.may_pass or not _is_from_own_page(scope):
            await receive()  # the handshake; unanswered, it is refused with 403
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        async with self.watch.over(who, passage.live, receive, send) as socket:
            await self.app(scope, socket.receive, socket.send)


def cookie(scope: Scope, name: str) -> str | None:
    """A cookie's value; None where there is none or several disagree."""
    texts = [value.decode("latin-1") for key, value in scope["headers"] if key == b"cookie"]
    found = {value for text in texts for key, value in cookie_parser(text).items() if key == name}
    return found.pop() if len(found) == 1 else None


def _told(scope: Scope, passage: Passage) -> Scope:
    """The same request without what a client says of itself, with what we know of it."""
    headers = [(key, value) for key, value in scope["headers"] if not key.lower().startswith(OWN_HEADERS)]
    if passage.live is not None:
        headers.append((paths.SESSION_HEADER.encode(), passage.live.token.encode()))
    state = {**scope.get("state", {}), "passage": passage}
    return {**scope, "headers": headers, "state": state}


def _is_here(scope: Scope) -> bool:
    """Whether who asks sits at this machine and calls it by its own name; what a proxy hands on does not."""
    headers = Headers(scope=scope)
    if FORWARDED.intersection(headers.keys()) or PORT.sub("", headers.get("host", "")) not in OWN_NAMES:
        return False
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _is_from_own_page(scope: Scope) -> bool:
    """Whether the page that opens a socket is ours; programs that are no browser name no page."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _refusal(scope: Scope, passage: Passage) -> Response:
    path = scope["path"]
    if passage.is_open:
        return PlainTextResponse("Nobody has an account on this desk: it opens on its own machine only.\n", 403)
    if paths.is_a_page(path, scope["method"]):
        return RedirectResponse(paths.sign_in_first(path, scope["query_string"].decode("latin-1")), status_code=303)
    return PlainTextResponse("Sign in first.\n", status_code=401, headers={"Cache-Control": "no-store"})


def _not_stored(path: str, send: Send) -> Send:
    """Let no browser keep a page or a file of the desk for whoever sits there next; Streamlit's own files it may."""
    if path.startswith(paths.STATIC) or path in (paths.STYLE, paths.PLOTLY):
        return send

    async def send_not_stored(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_not_stored


async def _unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    """The desk's database cannot be read, so nobody is known."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": TRY_AGAIN})
        return
    answer = PlainTextResponse(
        "The desk's database cannot be read at the moment. Try again soon.\n", status_code=503,
        headers={"Retry-After": "5", "Cache-Control": "no-store"},
    )  # fmt: skip
    await answer(scope, receive, send)
