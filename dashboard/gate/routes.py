"""The addresses of the gate: sign in, sign out, one-time links."""

import secrets
from urllib.parse import parse_qsl, urlencode

from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.gate import paths
from dashboard.gate.forms import CSS, Field, Form, language_of, page
from dashboard.gate.hashing import Busy, Slow
from dashboard.gate.middleware import Passage, cookie
from dashboard.people import ONE_PERSON, downloads, links, sessions
from dashboard.people.current import presence
from dashboard.people.key import is_same, keyed
from dashboard.people.presence import Presence
from dashboard.people.sessions import hash_of
from dashboard.people.signing_in import sign_in
from dashboard.people.tries import ThrottledError
from dashboard.refusals import sentence
from dashboard.wording import N_, _, speaking
from metrics.errors import ActionableError

LONGEST_FORM = 16_384
SAID_BEFORE = {
    "ended": N_("You were signed out: by time, by hand, or since your rights were changed."),
    "out": N_("You are signed out."),
    "set": N_("The password is set. Sign in with it."),
}
_GONE = "This file was fetched already, is too old, or is not yours. Download it again from its page.\n"
_OLD = N_("This form was open for too long or its cookie is missing. Try again.")
_BUSY = N_("Many people are signing in right now. Try again in a moment.")
_APART = N_("The two passwords differ.")
slow = Slow()


def routes() -> list[BaseRoute]:
    """All of them."""
    return [
        Route(paths.SIGN_IN, _sign_in, methods=["GET", "POST"]),
        Route(paths.SIGN_OUT, _sign_out, methods=["GET", "POST"]),
        Route(paths.LINK + "{token}", _link, methods=["GET", "POST"]),
        Route(paths.STYLE, _style, methods=["GET"]),
        Route(paths.DOWNLOAD + "{token}", _download, methods=["GET"]),
    ]


async def _style(_request: Request) -> Response:
    return Response(CSS, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


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
        return _asked_to_sign_in(request, who)
    given = await _form(request, who)
    if given is None:
        return _asked_to_sign_in(request, who, bad=_OLD, status=403)
    old = cookie(request.scope, who.cookie)
    account, password, address = given.get("account", ""), given.get("password", ""), _address(request)
    try:
        token = await slow.run(
            lambda: sign_in(who.desk, account, password, address=address, replaces=hash_of(old) if old else None)
        )
    except Busy:
        return _asked_to_sign_in(request, who, bad=_BUSY, status=503)
    except ActionableError as error:
        status = 429 if isinstance(error, ThrottledError) else 401
        return _asked_to_sign_in(request, who, account=account, bad=error, status=status)
    await run_sync(who.look_again)
    answer = RedirectResponse(paths.own_path(given.get("next", "/")), status_code=303)
    answer.set_cookie(who.cookie, token, httponly=True, samesite="lax", secure=_is_secure(request), path="/")
    return answer


def _asked_to_sign_in(
    request: Request, who: Presence, *, account: str = "", bad: "str | ActionableError" = "", status: int = 200
) -> Response:
    with speaking(language_of(request)):
        form = Form(
            title=_("Sign in"), action=_here(request), button=_("Sign in"),
            fields=(
                Field("account", _("Account"), autocomplete="username", value=account),
                Field("password", _("Password"), kind="password", autocomplete="current-password"),
            ),
            hidden=(("next", paths.own_path(request.query_params.get("next", "/"))),),
            good="" if bad else _(SAID_BEFORE.get(request.query_params.get("why", ""), "")),
            bad=_told(bad),
        )  # fmt: skip
    return _with_token(request, who, form, status=status)


async def _sign_out(request: Request) -> Response:
    who = await run_sync(presence)
    passage: Passage = request.scope["state"]["passage"]
    if passage.live is None:
        return RedirectResponse(paths.SIGN_IN, status_code=303)
    given = await _form(request, who) if request.method == "POST" else None
    if given is None:
        return _asked_to_sign_out(request, who, passage, is_old=request.method == "POST")
    await run_sync(sessions.end_own, who.desk, passage.live.token)
    await run_sync(who.look_again)
    answer = RedirectResponse(f"{paths.SIGN_IN}?why=out", status_code=303)
    answer.delete_cookie(who.cookie, httponly=True, samesite="lax", secure=_is_secure(request), path="/")
    return answer


def _asked_to_sign_out(request: Request, who: Presence, passage: Passage, *, is_old: bool) -> Response:
    with speaking(language_of(request)):
        name = passage.live.actor.name if passage.live else ""
        form = Form(
            title=_("Sign out"), action=_here(request), button=_("Sign out"),
            intro=_("You are signed in as {name}.", name=name), bad=_told(_OLD if is_old else ""),
        )  # fmt: skip
    return _with_token(request, who, form, status=403 if is_old else 200)


async def _link(request: Request) -> Response:
    who, token = await run_sync(presence), request.path_params["token"]
    try:
        found = await run_sync(links.opened, who.desk, token)
    except ActionableError as error:
        return await _link_is_over(request, who, error)
    if request.method == "GET":
        return _asked_to_choose(request, who, found)
    given = await _form(request, who)
    if given is None:
        return _asked_to_choose(request, who, found, bad=_OLD, status=403)
    if given.get("password") != given.get("again"):
        return _asked_to_choose(request, who, found, given=given, bad=_APART, status=400)
    try:
        await slow.run(lambda: _choose(who, token, found, given))
    except Busy:
        return _asked_to_choose(request, who, found, given=given, bad=_BUSY, status=503)
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
        hint = _("At least 12 characters. A sentence that only you would say is easy to remember.")
        secret = (
            Field("password", _("New password"), kind="password", autocomplete="new-password", hint=hint),
            Field("again", _("The same once more"), kind="password", autocomplete="new-password"),
        )
        names = (
            Field("account", _("Account"), autocomplete="username", value=kept.get("account", ""),
                  hint=_("The name to sign in with, without blanks.")),
            Field("name", _("Name"), autocomplete="name", value=kept.get("name", "")),
        )  # fmt: skip
        is_setup = found.kind == "setup"
        form = Form(
            title=_("Set up this desk") if is_setup else _("Choose a password"),
            action=_here(request), button=_("Make the administrator") if is_setup else _("Keep this password"),
            intro=_("This makes the first account, an administrator.") if is_setup
            else _("For the account {account}.", account=found.account),
            fields=(*names, *secret) if is_setup else secret, bad=_told(bad),
        )  # fmt: skip
    return _with_token(request, who, form, status=status)


async def _link_is_over(request: Request, who: Presence, error: ActionableError) -> Response:
    if await run_sync(who.is_open):
        return PlainTextResponse(sentence(error) + "\n", status_code=410)
    return _asked_to_sign_in(request, who, bad=error, status=410)


async def _form(request: Request, who: Presence) -> dict[str, str] | None:
    """What was sent in; None where it did not come from a form of ours, or is longer than any of them."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LONGEST_FORM:
            return None
    given = dict(parse_qsl(content.decode("utf-8", errors="replace"), keep_blank_values=True))
    mark = cookie(request.scope, _form_cookie(who))
    if not mark or not is_same(given.get("token", ""), keyed(who.desk, "form", mark)):
        return None
    return given


def _with_token(request: Request, who: Presence, form: Form, *, status: int) -> HTMLResponse:
    """The form's page, with a token that only this browser can send back."""
    mark = cookie(request.scope, _form_cookie(who)) or secrets.token_urlsafe(32)
    hidden = (*form.hidden, ("token", keyed(who.desk, "form", mark)))
    whole = Form(**{**vars(form), "hidden": hidden})
    answer = page(request, whole, desk=who.desk.root.name, status=status)
    answer.set_cookie(
        _form_cookie(who), mark, httponly=True, samesite="strict", secure=_is_secure(request), path="/auth"
    )
    if status == 429:
        answer.headers["Retry-After"] = "900"
    return answer


def _form_cookie(who: Presence) -> str:
    return f"{who.cookie}_form"


def _told(bad: "str | ActionableError") -> str:
    return sentence(bad) if isinstance(bad, ActionableError) else _(bad) if bad else ""


def _here(request: Request) -> str:
    query = request.url.query
    return str(request.scope["path"]) + (f"?{query}" if query else "")


def _address(request: Request) -> str:
    return request.client.host[:64] if request.client else "unknown"


def _is_secure(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")
