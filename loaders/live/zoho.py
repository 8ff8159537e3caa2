"""Zoho Desk: tickets by their last change through its search, a month of changes at most in one question.

The search gives the first 5,000 of a question at most, so that pages are asked for by the last stamp.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from loaders.live.caller import Caller
from loaders.live.errors import NotFound
from loaders.live.page import ADDRESS, Asked, Kind, Page, Record, Settings, State, flat
from loaders.live.tokens import Granted
from loaders.live.window import Window, ascending
from metrics.words import N_

NAME = "zoho"
SIZE = 100
BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
END = "2099-12-31T00:00:00.000Z"
PATH = "/api/v1/tickets/search"
_WITHOUT = (
    "webUrl", "email", "phone", "contact.email", "contact.phone", "contact.mobile", "assignee.photoURL", "lastThread",
    "description",
)  # fmt: skip


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Tickets that changed; those in the recycle bin are taken out of the desk."""
    del settings

    def tickets(since: datetime | None, number: int) -> Sequence[Record]:
        at = (since or BEGIN).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        told = caller.get(PATH, modifiedTimeRange=f"{at},{END}", sortBy="modifiedTime", limit=SIZE,
                          **{"from": (number - 1) * SIZE})  # fmt: skip
        found = told.get("data", []) if isinstance(told, dict) else None
        if not isinstance(found, list):
            caller.misread(PATH, "data")
        return found

    for fresh, window in ascending(Window.of(state.get("tickets")), tickets, id="id", at="modifiedTime", size=SIZE):
        there = [_ticket(one) for one in fresh if not _is_gone(one)]
        gone = frozenset(str(one["id"]) for one in fresh if _is_gone(one))
        yield Page({"tickets": window.to_state()}, {"tickets": there}, gone)


def listing(caller: Caller, settings: Settings, key: str) -> Iterator[Sequence[str]]:
    """The numbers of all tickets outside the recycle bin."""
    del settings
    begin = 0
    while True:
        told = caller.get("/api/v1/tickets", limit=SIZE, **{"from": begin})
        found = told.get("data", []) if isinstance(told, dict) else None
        if not isinstance(found, list):
            caller.misread("/api/v1/tickets", "data")
        yield [str(one[key]) for one in found]
        if len(found) < SIZE:
            return
        begin += SIZE


def is_there(caller: Caller, settings: Settings, number: str) -> bool:
    """Whether it is there, and not in the recycle bin."""
    del settings
    try:
        return not _is_gone(caller.get(f"/api/v1/tickets/{quote(number, safe='')}"))
    except NotFound:
        return False


def _is_gone(one: Record) -> bool:
    return str(one.get("isTrashed", "")).lower() == "true"


def _ticket(one: Record) -> Record:
    row = flat(one, without=_WITHOUT)
    names = (one.get("assignee") or {}).get("firstName"), (one.get("assignee") or {}).get("lastName")
    row["agent"] = " ".join(filter(None, names)) or one.get("assigneeId")
    is_spam = str(one.get("isSpam", "")).lower() == "true"
    row["state"] = "spam" if is_spam else one.get("status")
    return row


def connect(settings: Settings, secret: str) -> Caller:
    """With a refresh token; the client's own secret stands behind it, parted by a space."""
    refresh, _blank, client_secret = secret.partition(" ")
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": settings["client"],
            "client_secret": client_secret.strip()}  # fmt: skip
    auth = Granted(settings["accounts"], form, written="Zoho-oauthtoken {}".format)
    return Caller(settings["address"], auth=auth, headers={"orgId": settings["organisation"]})


KIND = Kind(
    name=NAME,
    label="Zoho Desk",
    asked=(
        ADDRESS,
        Asked("accounts", N_("Address that gives out access tokens"), "https://accounts.example.com/oauth/v2/token"),
        Asked("organisation", N_("Number of the organisation (orgId)"), "2389290"),
        Asked("client", N_("Client number (client_id)"), "1000.…"),
    ),
    secret=N_("Refresh token and client secret, parted by a space"),
    connect=connect,
    pages=pages,
    parts=("tickets",),
    listing=listing,
    is_there=is_there,
)
