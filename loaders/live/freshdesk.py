"""Freshdesk: tickets by their last change with their stats, those deleted, satisfaction, and what was written if asked.

Rules of the documentation that show here: a list ends at page 300, so that pages are asked for by the last stamp;
without `updated_since` only thirty days come; deleted tickets are in a list of their own; ratings go from -103 to 103.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from loaders.live.caller import Caller
from loaders.live.page import ADDRESS, MESSAGES, Kind, Page, Record, Settings, State, flat
from loaders.live.window import Window, ascending, swept
from metrics.words import N_

NAME = "freshdesk"
SIZE = 100
BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
_WITHOUT = (
    "description", "description_text", "to_emails", "cc_emails", "fwd_emails", "reply_cc_emails", "ticket_cc_emails",
    "support_email", "attachments", "requester.phone", "requester.mobile",
)  # fmt: skip
_SCORES = {103: 7, 102: 6, 101: 5, 100: 4, -101: 3, -102: 2, -103: 1}
SCALE = 7
_DELETED, _TICKETS, _RATINGS = "deleted", "tickets", "ratings"


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Tickets that changed, with their messages where wanted; then the deleted ones, then ratings."""
    told = dict(state)
    agents = {str(one["id"]): _name(one) for one in _all(caller, "/api/v2/agents")}
    groups = {str(one["id"]): str(one["name"]) for one in _all(caller, "/api/v2/groups")}

    def tickets(since: datetime | None, number: int) -> Sequence[Record]:
        return _list(caller, "/api/v2/tickets", updated_since=_stamp(since or BEGIN), order_by="updated_at",
                     order_type="asc", include="stats,requester", page=number)  # fmt: skip

    for fresh, window in ascending(Window.of(told.get(_TICKETS)), tickets, id="id", at="updated_at", size=SIZE):
        told[_TICKETS] = window.to_state()
        parts: dict[str, list[Record]] = {"tickets": [_ticket(one, agents, groups) for one in fresh]}
        if settings.get("messages") == "yes":
            parts["comments"] = [row for one in fresh for row in _comments(caller, one, agents)]
        yield Page(dict(told), parts)
    yield from _gone(caller, told)
    yield from _ratings(caller, told, agents)


def _gone(caller: Caller, told: dict[str, Any]) -> Iterator[Page]:
    def deleted(since: datetime | None, number: int) -> Sequence[Record]:
        return _list(caller, "/api/v2/tickets", filter="deleted", updated_since=_stamp(since or BEGIN),
                     order_by="updated_at", order_type="asc", page=number)  # fmt: skip

    for fresh, window in ascending(Window.of(told.get(_DELETED)), deleted, id="id", at="updated_at", size=SIZE):
        told[_DELETED] = window.to_state()
        yield Page(dict(told), gone=frozenset(str(one["id"]) for one in fresh))


def _ratings(caller: Caller, told: dict[str, Any], agents: dict[str, str]) -> Iterator[Page]:
    window = Window.of(told.get(_RATINGS))
    found = _pages(caller, "/api/v2/surveys/satisfaction_ratings", created_since=_stamp(window.since or BEGIN))
    for fresh, after in swept(window, found, id="id", at="created_at"):
        told[_RATINGS] = after.to_state()
        yield Page(dict(told), {"ratings": [_rating(one, agents) for one in fresh]})


def _ticket(one: Record, agents: dict[str, str], groups: dict[str, str]) -> dict[str, Any]:
    row = flat(one, without=_WITHOUT)
    row["agent"] = agents.get(str(one.get("responder_id")), one.get("responder_id"))
    row["group"] = groups.get(str(one.get("group_id")), one.get("group_id"))
    row["status_word"] = "spam" if one.get("spam") else one.get("status")
    return row


def _comments(caller: Caller, ticket: Record, agents: dict[str, str]) -> Iterator[Record]:
    """The request stands in the ticket itself, what followed in its conversations."""
    yield {"message_id": f"{ticket['id']}:request", "ticket_id": ticket["id"], "at": ticket["created_at"],
           "author_kind": "customer", "author": ticket.get("requester_id"), "is_public": True,
           "text": ticket.get("description_text") or ticket.get("subject")}  # fmt: skip
    for one in _all(caller, f"/api/v2/tickets/{ticket['id']}/conversations"):
        kind = "customer" if one.get("incoming") else "agent"
        writer = agents.get(str(one.get("user_id"))) if kind == "agent" else None
        yield {"message_id": one["id"], "ticket_id": ticket["id"], "at": one["created_at"], "author_kind": kind,
               "author": writer or one.get("user_id"), "is_public": not one.get("private"),
               "text": one.get("body_text") or one.get("body")}  # fmt: skip


def _rating(one: Record, agents: dict[str, str]) -> Record:
    score = _SCORES.get((one.get("ratings") or {}).get("default_question", 0))
    return {"ticket_id": one["ticket_id"], "rating_id": one["id"], "offered_at": None, "given_at": one["created_at"],
            "score": score, "scale": SCALE if score else None, "comment": one.get("feedback"),
            "agent": agents.get(str(one.get("agent_id")))}  # fmt: skip


def _name(agent: Record) -> str:
    return str((agent.get("contact") or {}).get("name") or agent["id"])


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _list(caller: Caller, path: str, **asked: Any) -> list[Record]:
    told = caller.get(path, per_page=SIZE, **asked)
    if not isinstance(told, list):
        caller.misread(path, type(told).__name__)
    return told


def _pages(caller: Caller, path: str, **asked: Any) -> Iterator[list[Record]]:
    number = 1
    while True:
        page = _list(caller, path, page=number, **asked)
        yield page
        if len(page) < SIZE:
            return
        number += 1


def _all(caller: Caller, path: str) -> Iterator[Record]:
    for page in _pages(caller, path):
        yield from page


def connect(settings: Settings, secret: str) -> Caller:
    return Caller(settings["address"], auth=(secret, "X"))


KIND = Kind(
    name=NAME,
    label="Freshdesk",
    asked=(ADDRESS, MESSAGES),
    secret=N_("API key"),
    connect=connect,
    pages=pages,
    parts=("tickets", "comments", "ratings"),
    tells_deleted=True,
)
