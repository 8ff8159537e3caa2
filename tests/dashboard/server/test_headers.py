"""What the answers say about what may be loaded."""

from collections.abc import MutableMapping
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from dashboard.server.headers import SecurityHeaders, content_security_policy, guards


def answered() -> dict[str, str]:
    sent: list[MutableMapping[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def keep(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def nothing() -> dict[str, Any]:
        return {}

    anyio.run(SecurityHeaders(app), {"type": "http", "path": "/"}, nothing, keep)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_forbids_frames_guessing_and_referrers() -> None:
    headers = answered()
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == content_security_policy()


def test_no_script_may_come_from_elsewhere_or_be_made_from_text() -> None:
    policy = dict(part.split(" ", 1) for part in content_security_policy().split("; "))
    sources = policy["script-src"].split()
    assert sources[0] == "'self'"
    assert all(source == "'self'" or source.startswith("'sha256-") for source in sources)
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


async def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("the desk")


async def talk(socket: WebSocket) -> None:
    await socket.accept()


def asked_as(host: str, kind: str = "http") -> MutableMapping[str, Any]:
    """The first thing that the guarded application sends to who calls it by this name."""
    guarded = Starlette(routes=[Route("/", page), WebSocketRoute("/", talk)], middleware=guards())
    scope = {
        "type": kind, "path": "/", "method": "GET", "query_string": b"", "scheme": kind, "root_path": "",
        "headers": [(b"host", host.encode())], "subprotocols": [], "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    sent: list[MutableMapping[str, Any]] = []

    async def keep(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def received() -> dict[str, Any]:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request", "body": b""}

    anyio.run(guarded, scope, received, keep)
    return sent[0]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:9000", "localhost", "[::1]:8501"])
def test_a_browser_on_this_machine_is_answered(host: str) -> None:
    assert asked_as(host)["status"] == 200
    assert asked_as(host, "websocket")["type"] == "websocket.accept"


@pytest.mark.parametrize("host", ["evil.example:8501", "127.0.0.1.evil.example", "192.168.1.7", "", "localhost@evil"])
def test_a_foreign_name_that_points_here_is_not_answered(host: str) -> None:
    assert asked_as(host)["status"] == 400
    assert asked_as(host, "websocket")["type"] == "websocket.http.response.start"


def test_a_refusal_carries_the_security_headers_too() -> None:
    names = {name for name, _value in asked_as("evil.example")["headers"]}
    assert b"content-security-policy" in names
