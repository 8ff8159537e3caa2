"""Zammad: tickets by their last change through its search, and what was written in them if asked.

A deleted ticket leaves no trace in its search; the list of all tickets tells that it is not there any more. The search
needs Elasticsearch on Zammad's side, as its own search does. A page of it holds 200 at most, one of the list 100.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from loaders.live.caller import Caller
from loaders.live.page import ADDRESS, MESSAGES, Kind, Page, Record, Settings, State, flat
from loaders.live.window import Window, ascending
from metrics.words import N_

NAME = "zammad"
SIZE = 100
BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
PATH = "/api/v1/tickets/search"
_WITHOUT = ("note", "preferences", "article_ids", "create_article_sender_id", "create_article_type_id")
_SENDERS = {"Customer": "customer", "Agent": "agent", "System": "system"}


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Tickets that changed, with their articles where wanted."""

    def tickets(since: datetime | None, number: int) -> Sequence[Record]:
        at = (since or BEGIN).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        told = caller.get(PATH, query=f"updated_at:[{at} TO *]", sort_by="updated_at", order_by="asc", expand="true",
                          per_page=SIZE, page=number)  # fmt: skip
        if not isinstance(told, list):
            caller.misread(PATH, type(told).__name__)
        return told

    for fresh, window in ascending(Window.of(state.get("tickets")), tickets, id="id", at="updated_at", size=SIZE):
        parts: dict[str, list[Record]] = {"tickets": [_ticket(caller, one) for one in fresh]}
        if settings.get("messages") == "yes":
            parts["comments"] = [row for one in fresh for row in _comments(caller, one)]
        yield Page({"tickets": window.to_state()}, parts)


def _ticket(caller: Caller, one: Record) -> Record:
    owner = one.get("owner")
    into = _merged_into(caller, one) if one.get("state") == "merged" else None
    return {**flat(one, without=_WITHOUT), "owner": None if owner in ("-", "") else owner, "merged_into": into}


def _merged_into(caller: Caller, ticket: Record) -> str | None:
    """The ticket that it is linked to since; None where several links leave it open."""
    told = caller.get("/api/v1/links", link_object="Ticket", link_object_value=ticket["id"])
    links = [one for one in told.get("links") or () if one.get("link_object") == "Ticket"]
    family = [str(one["link_object_value"]) for one in links if one.get("link_type") in ("parent", "child")]
    return family[0] if len(family) == 1 else None


def listing(caller: Caller, settings: Settings, key: str) -> Iterator[Sequence[str]]:
    """The numbers of all tickets, by number."""
    del settings
    number = 1
    while True:
        told = caller.get("/api/v1/tickets", per_page=SIZE, page=number)
        if not isinstance(told, list):
            caller.misread("/api/v1/tickets", type(told).__name__)
        yield [str(one[key]) for one in told]
        if len(told) < SIZE:
            return
        number += 1


def is_there(caller: Caller, settings: Settings, number: str) -> bool:
    del settings
    return caller.has(f"/api/v1/tickets/{quote(number, safe='')}")


def _comments(caller: Caller, ticket: Record) -> Iterator[Record]:
    for one in caller.get(f"/api/v1/ticket_articles/by_ticket/{ticket['id']}", expand="true"):
        yield {"message_id": one["id"], "ticket_id": ticket["id"], "at": one["created_at"],
               "author_kind": _SENDERS.get(str(one.get("sender")), "system"), "author": one.get("created_by"),
               "is_public": not one.get("internal"), "text": one.get("body")}  # fmt: skip


def connect(settings: Settings, secret: str) -> Caller:
    return Caller(settings["address"], headers={"Authorization": f"Token token={secret}"})


KIND = Kind(
    name=NAME,
    label="Zammad",
    asked=(ADDRESS, MESSAGES),
    secret=N_("Access token that may read tickets"),
    connect=connect,
    pages=pages,
    parts=("tickets", "comments"),
    listing=listing,
    is_there=is_there,
)
