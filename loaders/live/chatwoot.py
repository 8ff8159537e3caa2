"""Chatwoot: conversations from the newest activity back, what was written in them if asked, and satisfaction.

The list has no filter by the moment of change but is sorted by activity: who moves to its front meanwhile is met by
the next run, and how far was read is kept when the list was read to its end only.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from loaders.live.caller import Caller
from loaders.live.page import ADDRESS, MESSAGES, Asked, Kind, Page, Record, Settings, State, flat
from loaders.live.window import Window, stamp_of, swept
from metrics.words import N_

NAME = "chatwoot"
_WITHOUT = (
    "messages", "meta.sender.email", "meta.sender.phone_number", "meta.sender.thumbnail", "last_non_activity_message",
    "meta.assignee.thumbnail", "meta.sender.additional_attributes", "meta.sender.custom_attributes",
)  # fmt: skip
_KINDS = {0: "customer", 1: "agent", 2: "system", 3: "bot"}
_CONVERSATIONS, _RATINGS = "conversations", "ratings"


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Conversations that changed, then ratings."""
    told, root = dict(state), f"/api/v1/accounts/{settings['account']}"
    window = Window.of(told.get(_CONVERSATIONS))
    found = _back_to(window, _conversations(caller, f"{root}/conversations"), "last_activity_at")
    for fresh, after in swept(window, found, id="id", at="last_activity_at"):
        told[_CONVERSATIONS] = after.to_state()
        parts: dict[str, list[Record]] = {"tickets": [flat(one, without=_WITHOUT) for one in fresh]}
        if settings.get("messages") == "yes":
            parts["comments"] = [row for one in fresh for row in _comments(caller, root, one)]
        yield Page(dict(told), parts)
    window = Window.of(told.get(_RATINGS))
    found = _back_to(window, _listed(caller, f"{root}/csat_survey_responses", sort="-created_at"), "created_at")
    for fresh, after in swept(window, found, id="id", at="created_at"):
        told[_RATINGS] = after.to_state()
        yield Page(dict(told), {"ratings": [_rating(one) for one in fresh]})


def listing(caller: Caller, settings: Settings, key: str) -> Iterator[Sequence[str]]:
    """The numbers of all conversations; who is active meanwhile may be passed over."""
    for page in _conversations(caller, f"/api/v1/accounts/{settings['account']}/conversations"):
        yield [str(one[key]) for one in page]


def is_there(caller: Caller, settings: Settings, number: str) -> bool:
    return caller.has(f"/api/v1/accounts/{settings['account']}/conversations/{quote(number, safe='')}")


def _back_to(window: Window, found: Iterator[list[Record]], at: str) -> Iterator[list[Record]]:
    """Pages from the newest back to what was seen."""
    for page in found:
        newer = [one for one in page if window.since is None or stamp_of(str(one[at])) >= window.since]
        yield newer
        if len(newer) < len(page):
            return


def _conversations(caller: Caller, path: str) -> Iterator[list[Record]]:
    number = 1
    while True:
        told = caller.get(path, status="all", sort_by="last_activity_at_desc", page=number)
        payload = (told.get("data") or {}).get("payload") if isinstance(told, dict) else None
        if not isinstance(payload, list):
            caller.misread(path, "data.payload")
        if not payload:
            return
        yield payload
        number += 1


def _listed(caller: Caller, path: str, **asked: Any) -> Iterator[list[Record]]:
    number = 1
    while True:
        told = caller.get(path, page=number, **asked)
        if not isinstance(told, list):
            caller.misread(path, type(told).__name__)
        if not told:
            return
        yield told
        number += 1


def _comments(caller: Caller, root: str, conversation: Record) -> Iterator[Record]:
    """All that was written, from the newest back: twenty at a time."""
    path, before = f"{root}/conversations/{conversation['id']}/messages", None
    while True:
        found = caller.get(path, before=before).get("payload") or []
        for one in found:
            sender = one.get("sender") or {}
            yield {"message_id": one["id"], "ticket_id": conversation["id"], "at": _iso(one["created_at"]),
                   "author_kind": _kind(one), "author": sender.get("name") or sender.get("id"),
                   "is_public": not one.get("private"), "text": one.get("content")}  # fmt: skip
        if not found:
            return
        before = min(one["id"] for one in found)


def _kind(message: Record) -> str:
    kind = _KINDS.get(message.get("message_type", 2), "system")
    is_bot = (message.get("sender") or {}).get("type") == "agent_bot"
    return "bot" if kind == "agent" and is_bot else kind


def _rating(one: Record) -> Record:
    return {"ticket_id": one["conversation_id"], "rating_id": one["id"], "offered_at": None,
            "given_at": _iso(one["created_at"]), "score": one.get("rating"), "scale": 5,
            "comment": one.get("feedback_message"), "agent": (one.get("assigned_agent") or {}).get("name")}  # fmt: skip


def _iso(seconds: object) -> str:
    return stamp_of(str(seconds)).isoformat()


def connect(settings: Settings, secret: str) -> Caller:
    return Caller(settings["address"], headers={"api_access_token": secret})


KIND = Kind(
    name=NAME,
    label="Chatwoot",
    asked=(ADDRESS, Asked("account", N_("Number of the account, as it stands in the address"), "1"), MESSAGES),
    secret=N_("Access token of an administrator"),
    connect=connect,
    pages=pages,
    parts=("tickets", "comments", "ratings"),
    listing=listing,
    is_there=is_there,
)
