"""What a helpdesk sends by itself: tickets and messages in our own words, signed as Standard Webhooks are.

The body is JSON with `tickets`, `messages`, or both: lists of objects whose names are those of the canonical columns.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from loaders.live.page import Kind, Page, Reading, Record, Settings, State
from loaders.mapping import Mapping as SourceMapping
from loaders.shapes.fields import SHAPES
from metrics.words import N_

NAME = "push"
WINDOW_SECONDS = 300
"""How old or how far ahead the stamp of a delivery may be."""
MOST_BYTES = 2**20
MOST_RECORDS = 5000
_LISTS = {"tickets": "tickets", "messages": "comments"}
_NEEDED = {"tickets": ("ticket_id", "created_at"), "messages": ("message_id", "ticket_id", "at")}
OWN = ("ticket_id", "created_at", "updated_at", "status", "channel", "priority", "tier", "type", "subtype", "product",
       "team", "agent", "customer", "language", "subject", "first_responded_at", "resolved_at",
       "closed_at")  # fmt: skip
"""The columns of a ticket that a sender may name; a message may name all of its own."""


class Inbox(Reading, Protocol):
    """The deliveries that were taken in, by their numbers."""

    def after(self, number: int) -> Iterable[tuple[int, bytes]]: ...


class BadDelivery(Exception):
    """A body that is not what the documentation asks for; its text says why."""


def signature(secret: str, id: str, stamp: str, body: bytes) -> str:
    """What a delivery is signed with: `v1,` and the HMAC-SHA256 of its id, its stamp and its body."""
    signed = f"{id}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def is_signed(secret: str, id: str, stamp: str, body: bytes, given: str, *, now: float) -> bool:
    """Whether one of the signatures given is ours, and the stamp no older than the window; it takes the same time."""
    ours = signature(secret, id, stamp, body)
    is_ours = any(hmac.compare_digest(ours.encode(), one.encode()) for one in given.split(" "))
    return is_ours and stamp.isdecimal() and len(stamp) < 16 and abs(now - int(stamp)) <= WINDOW_SECONDS


def records_of(body: bytes) -> Mapping[str, list[Record]]:
    """Part -> records of a delivery. Raises BadDelivery."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadDelivery("the body is no JSON") from None
    if not isinstance(told, dict) or not set(told) <= set(_LISTS) or not told:
        raise BadDelivery("the body is an object with the lists tickets and messages, and nothing else")
    found: dict[str, list[Record]] = {}
    for name, part in _LISTS.items():
        records = told.get(name, [])
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise BadDelivery(f"{name} is a list of objects")
        for number, one in enumerate(records, 1):
            missing = [column for column in _NEEDED[name] if one.get(column) in (None, "")]
            strange = [column for column in one if column not in _columns(part) and not column.startswith("x_")]
            said = [
                *(f"{column} is missing" for column in missing),
                *(f"{column!r} is not known" for column in strange),
            ]
            if said:
                raise BadDelivery(f"{name}, {number}: {', '.join(said)}")
        found[part] = records
    if sum(map(len, found.values())) > MOST_RECORDS:
        raise BadDelivery(f"more than {MOST_RECORDS} records")
    return found


def _columns(part: str) -> tuple[str, ...]:
    return OWN if part == "tickets" else tuple(SHAPES["comments"])


def mapping_of_pushed() -> SourceMapping:
    """Tickets come under the canonical names, their values in any words that are known."""
    return SourceMapping(NAME, "tickets", {name: name for name in OWN})


def pages(inbox: Inbox, settings: Settings, state: State) -> Iterator[Page]:
    """Each delivery that was not loaded yet is a page."""
    del settings
    for number, body in inbox.after(int(state.get("last", 0))):
        inbox.told.asked += 1
        yield Page({"last": number}, {part: records for part, records in records_of(body).items() if records})


def _not_asked(_settings: Settings, _secret: str) -> Any:
    raise TypeError("what is pushed is read from the desk's own inbox")


KIND = Kind(
    name=NAME,
    label="Webhook",
    asked=(),
    secret=N_("Secret that the sender signs with, 24 characters or more"),
    connect=_not_asked,
    pages=pages,
    parts=("tickets", "comments"),
    needs_whole_rows=False,
)
