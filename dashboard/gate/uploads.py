"""Uploads: from whom, into whose page, and how many bytes, counted as they come."""

from collections import Counter
from dataclasses import dataclass

from anyio.to_thread import run_sync
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime

from dashboard.desk import Desk
from dashboard.gate import paths
from dashboard.people import ONE_PERSON, Act, Reach, quota, reach
from dashboard.people.presence import Presence
from dashboard.people.sessions import Live


class TooMuch(Exception):
    """The quota is used up in the middle of a file."""


class Quota:
    """Counts what is on its way, so that many uploads at once do not each get the whole rest."""

    def __init__(self) -> None:
        self._under_way: Counter[int | None] = Counter()

    async def count(
        self, app: ASGIApp, who: Presence, live: Live | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let an upload through as far as its person may."""
        refused = _refused(live, scope)
        if refused is not None:
            await refused(scope, receive, send)
        elif scope["method"] != "PUT":
            await app(scope, receive, send)
        else:
            await self._measured(app, who, live, scope, receive, send)

    async def _measured(
        self, app: ASGIApp, who: Presence, live: Live | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        person = live.actor.id if live else None
        room = await run_sync(quota.left, who.desk, person)
        if room - self._under_way[person] <= 0 or _announced(scope) > room - self._under_way[person]:
            await _too_much()(scope, receive, send)
            return
        parcel = _Parcel(who.desk, person)

        async def counted() -> Message:
            message = await receive()
            size = len(message.get("body", b""))
            parcel.came += size
            self._under_way[person] += size
            if self._under_way[person] > room:
                raise TooMuch
            return message

        async def answered(message: Message) -> None:
            await parcel.keep()  # before the answer: what is answered is counted
            parcel.is_answered = True
            await send(message)

        is_too_much = False
        try:
            await app(scope, counted, answered)
        except TooMuch:
            is_too_much = True
        finally:
            await parcel.keep()
            self._under_way[person] -= parcel.came  # not before, or for a moment it would be counted nowhere
        if is_too_much and not parcel.is_answered:
            await _too_much()(scope, receive, send)


@dataclass
class _Parcel:
    """One upload: how many bytes came, and whether they are counted."""

    desk: Desk
    person: int | None
    came: int = 0
    is_answered: bool = False
    _is_kept: bool = False

    async def keep(self) -> None:
        if not self._is_kept:
            self._is_kept = True
            await run_sync(quota.take, self.desk, self.person, self.came)


def _refused(live: Live | None, scope: Scope) -> Response | None:
    """Who may not load data hands nothing in, and nobody hands anything into another one's page."""
    if reach(live.actor if live else ONE_PERSON, Act.LOAD_DATA) is Reach.NONE:
        return PlainTextResponse("Your role does not allow this.\n", status_code=403)
    page = scope["path"].removeprefix(paths.UPLOAD).partition("/")[0]
    if _session_of(page) != (live.token if live else None):
        return PlainTextResponse("This is not a page of yours.\n", status_code=403)
    return None


def _session_of(page: str) -> str | None:
    """Whose session opened this page; a page that is not open belongs to nobody."""
    client = Runtime.instance().get_client(page) if Runtime.exists() else None
    if client is None or client.client_context is None:
        return "no page"
    return next((value for name, value in client.client_context.headers if name == paths.SESSION_HEADER), None)


def _announced(scope: Scope) -> int:
    found = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(found) if found.isdigit() else 0


def _too_much() -> Response:
    return PlainTextResponse("You have handed in as much as one person may in a day.\n", status_code=413)
