"""The way to the company's own sign-in and back from it."""

import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote, unquote

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.gate import paths
from dashboard.gate.answers import BUSY, address_of, asked_to_sign_in, is_secure, known_browser, let_in, own_session
from dashboard.gate.hashing import Busy, Slow
from dashboard.gate.middleware import cookie
from dashboard.people.current import presence
from dashboard.people.key import is_same
from dashboard.people.presence import Presence
from dashboard.people.provider import Provider, ProviderError, provider_at
from dashboard.people.provider_entry import enter, secrets_of
from dashboard.people.provider_settings import ProviderSettings
from dashboard.people.sessions import hash_of
from dashboard.wording import N_
from metrics.errors import ActionableError

LASTS_SECONDS = 600
AT_ONCE = 4
_OVER = N_("This sign-in took too long, or was begun in another browser. Try again.")
_REFUSED = N_("{name} did not sign you in. Try again, or sign in with your password.")
elsewhere = Slow(AT_ONCE)
"""Waiting for the provider holds up nobody who signs in with a password."""


@dataclass(frozen=True)
class Mark:
    """What a browser keeps while it is at the provider: when it left, and where it wanted to go."""

    random: str
    at: int
    next: str

    def __str__(self) -> str:
        return f"{self.random}.{self.at}.{quote(self.next, safe='')}"

    @classmethod
    def read(cls, text: str | None) -> "Mark | None":
        """The mark of a cookie, unless it is too old."""
        random, _dot, rest = (text or "").partition(".")
        at, _dot, asked = rest.partition(".")
        if not random or not at.isdecimal() or not 0 <= time.time() - int(at) <= LASTS_SECONDS:
            return None
        return cls(random, int(at), paths.own_path(unquote(asked)))


def provider_routes() -> list[Route]:
    """There and back."""
    return [
        Route(paths.PROVIDER, _leave, methods=["GET"]),
        Route(paths.PROVIDER_RETURN, _return, methods=["GET"]),
    ]


async def _leave(request: Request) -> Response:
    who = await run_sync(presence)
    provider = _provider()
    if provider is None:
        return PlainTextResponse("There is no sign-in provider.\n", status_code=404)
    if await run_sync(who.is_open):
        return RedirectResponse("/", status_code=303)
    mark = Mark(secrets.token_urlsafe(32), int(time.time()), paths.own_path(request.query_params.get("next", "/")))
    asked = secrets_of(who.desk, str(mark))
    try:
        way = await elsewhere.run(lambda: provider.way(asked, return_to=_return_to(request, provider)))
    except Busy:
        return asked_to_sign_in(request, who, bad=BUSY, status=503)
    except ActionableError as error:
        return asked_to_sign_in(request, who, bad=error, status=503)
    answer = RedirectResponse(way, status_code=303)
    answer.set_cookie(_cookie(who), str(mark), httponly=True, samesite="lax", secure=is_secure(request),
                      path=paths.PROVIDER, max_age=LASTS_SECONDS)  # fmt: skip
    return answer


async def _return(request: Request) -> Response:
    who = await run_sync(presence)
    provider = _provider()
    if provider is None:
        return PlainTextResponse("There is no sign-in provider.\n", status_code=404)
    if await run_sync(who.is_open):
        return RedirectResponse("/", status_code=303)
    try:
        answer = await elsewhere.run(lambda: _let_in(request, who, provider))
    except Busy:
        answer = asked_to_sign_in(request, who, bad=BUSY, status=503)
    except ActionableError as error:
        answer = asked_to_sign_in(request, who, bad=error, status=403)
    else:
        await run_sync(who.look_again)
    answer.delete_cookie(_cookie(who), httponly=True, samesite="lax", secure=is_secure(request), path=paths.PROVIDER)
    return answer


def _let_in(request: Request, who: Presence, provider: Provider) -> Response:
    """Sign in whoever comes back with what this browser was sent away with. Raises ProviderError, EntryError."""
    given, name = request.query_params, provider.settings.name
    mark = Mark.read(cookie(request.scope, _cookie(who)))
    asked = secrets_of(who.desk, str(mark)) if mark else None
    if mark is None or asked is None or not is_same(given.get("state", ""), asked.state):
        raise ProviderError(_OVER)
    is_by_another = given.get("iss", provider.settings.issuer) != provider.settings.issuer
    if is_by_another or "error" in given or not given.get("code"):
        raise ProviderError(_REFUSED, name=name)
    identity = provider.identity(given["code"], asked, return_to=_return_to(request, provider))
    browser = known_browser(request, who)
    token = enter(who.desk, identity, name=name, address=address_of(request), browser=hash_of(browser),
                  replaces=own_session(request, who))  # fmt: skip
    return let_in(request, who, token, browser, leads_to=mark.next)


def _provider() -> Provider | None:
    settings = ProviderSettings.from_environment()
    return None if settings is None else provider_at(settings)


def _return_to(request: Request, provider: Provider) -> str:
    """Where the provider sends the browser back to; it must know this address beforehand."""
    called = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    return (provider.settings.address or called) + paths.PROVIDER_RETURN


def _cookie(who: Presence) -> str:
    return f"{who.cookie}_provider"
