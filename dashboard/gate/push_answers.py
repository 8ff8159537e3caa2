"""Answers helpdesks that push: no session, but a signature; nothing is told to who cannot sign."""

from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from dashboard.gate.pushing import Delivery, receive
from dashboard.people.current import presence
from dashboard.server.syncing import load_pushed
from loaders.live.pushed import MOST_BYTES, BadDelivery

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


async def push(request: Request) -> Response:
    """Take in one delivery, at once; it is loaded after the answer."""
    id, stamp, signature = (request.headers.get(name, "")[:500] for name in _HEADERS)
    try:
        body = await _body(request)
    except ClientDisconnect:
        return Response(status_code=400)
    if body is None:
        return JSONResponse({"error": f"more than {MOST_BYTES} bytes"}, 413)
    who, connection = await run_sync(presence), request.path_params["connection"]
    if not id:
        return JSONResponse({"error": "not signed"}, 401)
    try:
        taken = await run_sync(receive, who.desk, connection, Delivery(id, stamp, signature, body))
    except BadDelivery as error:
        return JSONResponse({"error": str(error)}, 422)
    if taken is None:
        return JSONResponse({"error": "not signed"}, 401)
    if not taken:
        return JSONResponse({"taken": "before"})
    return JSONResponse({"taken": "now"}, 202, background=BackgroundTask(load_pushed, who.desk, connection))


async def _body(request: Request) -> bytes | None:
    """The body, as far as it is no longer than it may be."""
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        return None
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            return None
    return b"".join(parts)
