"""Where everybody changes the own password."""

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.gate import paths
from dashboard.gate.answers import (
    BUSY,
    OLD,
    address_of,
    form_of,
    here,
    keep_session,
    known_browser,
    told,
    with_token,
)
from dashboard.gate.forms import Field, Form, language_of
from dashboard.gate.hashing import Busy, Slow
from dashboard.gate.middleware import Passage
from dashboard.people.current import presence
from dashboard.people.own_password import change_own_password
from dashboard.people.presence import Presence
from dashboard.people.sessions import hash_of
from dashboard.people.tries import ThrottledError
from dashboard.wording import N_, _, speaking
from metrics.errors import ActionableError

APART = N_("The two passwords differ.")
slow = Slow()


def password_routes() -> list[Route]:
    """The one address of this."""
    return [Route(paths.PASSWORD, _password, methods=["GET", "POST"])]


async def _password(request: Request) -> Response:
    who = await run_sync(presence)
    passage: Passage = request.scope["state"]["passage"]
    if passage.live is None:  # a desk without accounts, which has no passwords
        return RedirectResponse("/", status_code=303)
    if request.method == "GET":
        return _asked(request, who)
    given = await form_of(request, who)
    if given is None:
        return _asked(request, who, bad=OLD, status=403)
    if given.get("password") != given.get("again"):
        return _asked(request, who, bad=APART, status=400)
    actor, browser = passage.live.actor, known_browser(request, who)
    try:
        token = await slow.run(
            lambda: change_own_password(actor, who.desk, given.get("old", ""), given.get("password", ""),
                                        address=address_of(request), browser=hash_of(browser))
        )  # fmt: skip
    except Busy:
        return _asked(request, who, bad=BUSY, status=503)
    except ActionableError as error:
        return _asked(request, who, bad=error, status=429 if isinstance(error, ThrottledError) else 400)
    await run_sync(who.look_again)
    answer = _changed(request, who)
    keep_session(answer, request, who, token)
    return answer


def _asked(request: Request, who: Presence, *, bad: "str | ActionableError" = "", status: int = 200) -> Response:
    with speaking(language_of(request)):
        form = Form(
            title=_("Change your password"), action=here(request), button=_("Keep this password"),
            fields=(
                Field("old", _("The password that you have now"), kind="password", autocomplete="current-password"),
                *new_password(),
            ),
            bad=told(bad), ways=((_("Back to the desk"), "/"),),
        )  # fmt: skip
    return with_token(request, who, form, status=status)


def new_password() -> tuple[Field, Field]:
    """The two fields in which somebody chooses a password."""
    hint = _("At least 12 characters. A sentence that only you would say is easy to remember.")
    return (
        Field("password", _("New password"), kind="password", autocomplete="new-password", hint=hint),
        Field("again", _("The same once more"), kind="password", autocomplete="new-password"),
    )


def _changed(request: Request, who: Presence) -> Response:
    with speaking(language_of(request)):
        form = Form(
            title=_("Change your password"), ways=((_("Back to the desk"), "/"),),
            good=_("Your password is changed. Every other browser in which you were signed in is signed out."),
        )  # fmt: skip
    return with_token(request, who, form)
