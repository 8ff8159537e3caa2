"""The addresses of the gate: sign in, sign out, one-time links."""

from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.gate import paths
from dashboard.gate.answers import (
    BUSY,
    OLD,
    address_of,
    asked_to_sign_in,
    form_of,
    here,
    is_secure,
    known_browser,
    let_in,
    own_session,
    told,
    with_token,
)
from dashboard.gate.forms import CSS, Field, Form, language_of
from dashboard.gate.hashing import Busy
from dashboard.gate.middleware import Passage
from dashboard.gate.password_routes import APART, new_password, password_routes, slow
from dashboard.gate.provider_routes import provider_routes
from dashboard.gate.push_routes import push_routes
from dashboard.people import ONE_PERSON, downloads, links, sessions
from dashboard.people.current import presence
from dashboard.people.presence import Presence
from dashboard.people.sessions import hash_of
from dashboard.people.signing_in import sign_in
from dashboard.people.tries import ThrottledError
from dashboard.refusals import sentence
from dashboard.wording import _, speaking
from metrics.errors import ActionableError

PLOTLY_SCRIPT = Path(str(files("plotly").joinpath("package_data", "plotly.min.js")))
_GONE = "This file was fetched already, is too old, or is not yours. Download it again from its page.\n"


def routes() -> list[BaseRoute]:
    """All of them."""
    return [
        Route(paths.SIGN_IN, _sign_in, methods=["GET", "POST"]),
        Route(paths.SIGN_OUT, _sign_out, methods=["GET", "POST"]),
        Route(paths.LINK + "{token}", _link, methods=["GET", "POST"]),
        *password_routes(),
        *provider_routes(),
        *push_routes(),
        Route(paths.STYLE, _style, methods=["GET"]),
        Route(paths.PLOTLY, _plotly, methods=["GET"]),
        Route(paths.DOWNLOAD + "{token}", _download, methods=["GET"]),
    ]


async def _style(_request: Request) -> Response:
    return Response(CSS, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


async def _plotly(_request: Request) -> Response:
    kept = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(PLOTLY_SCRIPT, media_type="text/javascript", headers=kept)


async def _download(request: Request) -> Response:
    """Hand a file out to whom it was made for; to everybody else it is as if there were none."""
    passage: Passage = request.scope["state"]["passage"]
    actor = passage.live.actor if passage.live else ONE_PERSON
    who = await run_sync(presence)
    if request.method != "GET":  # whoever only looks must not use it up
        return PlainTextResponse(status_code=405)
    parcel = await run_sync(downloads.take, actor, who.desk, request.path_params["token"])
    if parcel is None:
        return PlainTextResponse(_GONE, status_code=404)
    return FileResponse(
        parcel.path, media_type=parcel.media_type, filename=parcel.file_name,
        background=BackgroundTask(parcel.path.unlink, missing_ok=True),
    )  # fmt: skip


async def _sign_in(request: Request) -> Response:
    who = await run_sync(presence)
    if await run_sync(who.is_open):
        return RedirectResponse("/", status_code=303)
    if request.method == "GET":
        return asked_to_sign_in(request, who)
    given = await form_of(request, who)
    if given is None:
        return asked_to_sign_in(request, who, bad=OLD, status=403)
    account, password, browser = given.get("account", ""), given.get("password", ""), known_browser(request, who)
    try:
        token = await slow.run(
            lambda: sign_in(who.desk, account, password, address=address_of(request), browser=hash_of(browser),
                            replaces=own_session(request, who))
        )  # fmt: skip
    except Busy:
        return asked_to_sign_in(request, who, bad=BUSY, status=503)
    except ActionableError as error:
        status = 429 if isinstance(error, ThrottledError) else 401
        return asked_to_sign_in(request, who, account=account, bad=error, status=status)
    await run_sync(who.look_again)
    return let_in(request, who, token, browser, leads_to=paths.own_path(given.get("next", "/")))


async def _sign_out(request: Request) -> Response:
    who = await run_sync(presence)
    passage: Passage = request.scope["state"]["passage"]
    if passage.live is None:
        return RedirectResponse(paths.SIGN_IN, status_code=303)
    given = await form_of(request, who) if request.method == "POST" else None
    if given is None:
        return _asked_to_sign_out(request, who, passage, is_old=request.method == "POST")
    await run_sync(sessions.end_own, who.desk, passage.live.token)
    await run_sync(who.look_again)
    answer = RedirectResponse(f"{paths.SIGN_IN}?why=out", status_code=303)
    answer.delete_cookie(who.cookie, httponly=True, samesite="lax", secure=is_secure(request), path="/")
    return answer


def _asked_to_sign_out(request: Request, who: Presence, passage: Passage, *, is_old: bool) -> Response:
    with speaking(language_of(request)):
        name = passage.live.actor.name if passage.live else ""
        form = Form(
            title=_("Sign out"), action=here(request), button=_("Sign out"),
            intro=_("You are signed in as {name}.", name=name), bad=told(OLD if is_old else ""),
        )  # fmt: skip
    return with_token(request, who, form, status=403 if is_old else 200)


async def _link(request: Request) -> Response:
    who, token = await run_sync(presence), request.path_params["token"]
    try:
        found = await run_sync(links.opened, who.desk, token)
    except ActionableError as error:
        return await _link_is_over(request, who, error)
    if request.method == "GET":
        return _asked_to_choose(request, who, found)
    given = await form_of(request, who)
    if given is None:
        return _asked_to_choose(request, who, found, bad=OLD, status=403)
    if given.get("password") != given.get("again"):
        return _asked_to_choose(request, who, found, given=given, bad=APART, status=400)
    try:
        await slow.run(lambda: _choose(who, token, found, given))
    except Busy:
        return _asked_to_choose(request, who, found, given=given, bad=BUSY, status=503)
    except ActionableError as error:
        return _asked_to_choose(request, who, found, given=given, bad=error, status=400)
    await run_sync(who.look_again)
    return RedirectResponse(f"{paths.SIGN_IN}?{urlencode({'why': 'set'})}", status_code=303)


def _choose(who: Presence, token: str, found: links.Opened, given: dict[str, str]) -> None:
    if found.kind == "setup":
        links.set_up(who.desk, token, account=given.get("account", ""), name=given.get("name", ""),
                     password=given.get("password", ""))  # fmt: skip
    else:
        links.choose_password(who.desk, token, given.get("password", ""))


def _asked_to_choose(
    request: Request, who: Presence, found: links.Opened, *, given: dict[str, str] | None = None,
    bad: "str | ActionableError" = "", status: int = 200,
) -> Response:  # fmt: skip
    kept = given or {}
    with speaking(language_of(request)):
        secret = new_password()
        names = (
            Field("account", _("Account"), autocomplete="username", value=kept.get("account", ""),
                  hint=_("The name to sign in with, without blanks.")),
            Field("name", _("Name"), autocomplete="name", value=kept.get("name", "")),
        )  # fmt: skip
        is_setup = found.kind == "setup"
        form = Form(
            title=_("Set up this desk") if is_setup else _("Choose a password"),
            action=here(request), button=_("Make the administrator") if is_setup else _("Keep this password"),
            intro=_("This makes the first account, an administrator.") if is_setup
            else _("For the account {account}.", account=found.account),
            fields=(*names, *secret) if is_setup else secret, bad=told(bad),
        )  # fmt: skip
    return with_token(request, who, form, status=status)


async def _link_is_over(request: Request, who: Presence, error: ActionableError) -> Response:
    if await run_sync(who.is_open):
        return PlainTextResponse(sentence(error) + "\n", status_code=410)
    return asked_to_sign_in(request, who, bad=error, status=410)
