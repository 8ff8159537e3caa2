"""What the answers say about what may be loaded."""

from collections.abc import MutableMapping
from typing import Any

import anyio

from dashboard.headers import SecurityHeaders, content_security_policy


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
