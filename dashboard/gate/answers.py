"""What the addresses of the gate have in common: the page to sign in on, forms with their token, cookies."""

import secrets
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.gate import paths
from dashboard.gate.forms import Field, Form, language_of, page
from dashboard.gate.middleware import cookie
from dashboard.people.key import is_same, keyed
from dashboard.people.presence import Presence
from dashboard.people.provider import provider_at
from dashboard.people.provider_settings import ProviderSettings
from dashboard.people.sessions import hash_of
from dashboard.people.tries import REMEMBERED
from dashboard.refusals import sentence
from dashboard.wording import N_, _, speaking
from metrics.errors import ActionableError

LONGEST_FORM = 16_384
SAID_BEFORE = {
    "ended": N_("You were signed out: by time, by hand, or since your rights were changed."),
    "out": N_("You are signed out."),
    "set": N_("The password is set. Sign in with it."),
}
OLD = N_("This form was open for too long or its cookie is missing. Try again.")
BUSY = N_("Many people are signing in right now. Try again in a moment.")


def asked_to_sign_in(
    request: Request, who: Presence, *, account: str = "", bad: "str | ActionableError" = "", status: int = 200
) -> Response:
    """The page to sign in on, whatever address it is shown at."""
    why = "" if bad else request.query_params.get("why", "")
    with speaking(language_of(request)):
        form = Form(
            title=_("Sign in"), action=here(request) if request.scope["path"] == paths.SIGN_IN else paths.SIGN_IN,
            button=_("Sign in"),
            fields=(
                Field("account", _("Account"), autocomplete="username", value=account),
                Field("password", _("Password"), kind="password", autocomplete="current-password"),
            ),
            hidden=(("next", paths.own_path(request.query_params.get("next", "/"))),),
            good=_(SAID_BEFORE.get(why, "")), bad=told(bad), ways=_other_ways(request, is_out=why in ("out", "ended")),
        )  # fmt: skip
    return with_token(request, who, form, status=status)


def _other_ways(request: Request, *, is_out: bool) -> list[tuple[str, str]]:
    """Signing in by the company's own sign-in, where there is one, and out of it."""
    settings = ProviderSettings.from_environment()
    if settings is None:
        return []
    kept = [(name, value) for name, value in request.query_params.multi_items() if name in ("next", "lang")]
    ways = [(_("Sign in with {name}", name=settings.name), paths.PROVIDER + (f"?{urlencode(kept)}" if kept else ""))]
    farewell = provider_at(settings).farewell() if is_out else None
    return [*ways, (_("Sign out of {name}, too", name=settings.name), farewell)] if farewell else ways


async def form_of(request: Request, who: Presence) -> dict[str, str] | None:
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


def with_token(request: Request, who: Presence, form: Form, *, status: int = 200) -> HTMLResponse:
    """The form's page, with a token that only this browser can send back."""
    mark = cookie(request.scope, _form_cookie(who)) or secrets.token_urlsafe(32)
    hidden = (*form.hidden, ("token", keyed(who.desk, "form", mark)))
    whole = Form(**{**vars(form), "hidden": hidden})
    answer = page(request, whole, desk=who.desk.root.name, status=status)
    answer.set_cookie(
        _form_cookie(who), mark, httponly=True, samesite="strict", secure=is_secure(request), path="/auth"
    )
    if status == 429:
        answer.headers["Retry-After"] = "900"
    return answer


def known_browser(request: Request, who: Presence) -> str:
    """What this browser is known by, or from now on will be."""
    kept = cookie(request.scope, _browser_cookie(who)) or ""
    return kept if len(kept) == len(secrets.token_urlsafe(32)) else secrets.token_urlsafe(32)


def let_in(request: Request, who: Presence, token: str, browser: str, *, leads_to: str) -> RedirectResponse:
    """Send a browser on with its new session; it is known from now on."""
    answer = RedirectResponse(leads_to, status_code=303)
    keep_session(answer, request, who, token)
    answer.set_cookie(_browser_cookie(who), browser, httponly=True, samesite="lax", secure=is_secure(request),
                      path="/auth", max_age=int(REMEMBERED / timedelta(seconds=1)))  # fmt: skip
    return answer


def keep_session(answer: Response, request: Request, who: Presence, token: str) -> None:
    """Let the browser keep its session until it is closed."""
    answer.set_cookie(who.cookie, token, httponly=True, samesite="lax", secure=is_secure(request), path="/")


def own_session(request: Request, who: Presence) -> str | None:
    """The hash of the session that this browser shows."""
    kept = cookie(request.scope, who.cookie)
    return hash_of(kept) if kept else None


def told(bad: "str | ActionableError") -> str:
    """What went wrong, in the current language."""
    return sentence(bad) if isinstance(bad, ActionableError) else _(bad) if bad else ""


def here(request: Request) -> str:
    """The address that was asked for, on this server."""
    query = request.url.query
    return str(request.scope["path"]) + (f"?{query}" if query else "")


def address_of(request: Request) -> str:
    """From where somebody asks."""
    return request.client.host[:64] if request.client else "unknown"


def is_secure(request: Request) -> bool:
    """Whether the browser came by HTTPS."""
    return bool(request.scope["scheme"] == "https")


def _form_cookie(who: Presence) -> str:
    return f"{who.cookie}_form"


def _browser_cookie(who: Presence) -> str:
    return f"{who.cookie}_browser"
