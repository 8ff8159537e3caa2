"""The address that helpdesks push to; what answers there is read when the first one does."""

from importlib import import_module

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.gate import paths

_ANSWERS = "dashboard.gate.push_answers"


def push_routes() -> list[BaseRoute]:
    return [Route(paths.PUSH + "{connection:int}", _push, methods=["POST"])]


async def _push(request: Request) -> Response:
    answers = await run_sync(import_module, _ANSWERS)
    response: Response = await answers.push(request)
    return response
