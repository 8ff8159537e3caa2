"""Zendesk Support: incremental exports of tickets (by cursor), ticket events and metric events (by time), and ratings.

Rules of the documentation that show here: the exports leave out the last minute; exports by time repeat records at
their borders; deleted tickets come once more with the status `deleted`; a merged ticket is closed with a tag.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loaders.live.caller import Caller
from loaders.live.canonical import canonical
from loaders.live.page import Asked, Kind, Page, Record, Settings, State, flat
from loaders.live.window import Window, swept
from metrics.words import N_

NAME = "zendesk"
TICKETS = "/api/v2/incremental/tickets/cursor.json"
EVENTS = "/api/v2/incremental/ticket_events.json"
METRIC_EVENTS = "/api/v2/incremental/ticket_metric_events.json"
RATINGS = "/api/v2/satisfaction_ratings.json"
MERGED = "closed_by_merge"
_WITHOUT = (
    "url", "raw_subject", "description", "fields", "custom_fields", "satisfaction_rating", "sharing_agreement_ids",
    "collaborator_ids", "follower_ids", "email_cc_ids", "recipient", "allow_channelback", "allow_attachments",
)  # fmt: skip
"""Of a ticket not kept: addresses and people beside the requester, and what is kept in its own place."""
_FIELDS = {"status": "status", "priority": "priority", "assignee_id": "agent", "group_id": "team"}
_SCORES = {"good": 1, "good_with_comment": 1, "bad": 0, "bad_with_comment": 0}
_SYSTEM = -1


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Everything that changed since the state: tickets first, so that what happened to them finds them."""
    reader = _Reader(caller, settings, dict(state))
    yield from reader.tickets()
    yield from reader.events()
    yield from reader.metric_events()
    yield from reader.ratings()


class _Reader:
    """One run over the streams; `state` grows with every page."""

    def __init__(self, caller: Caller, settings: Settings, state: dict[str, Any]) -> None:
        self.caller = caller
        self.state = state
        self.begin = int(settings.get("since") or 0)
        self.staff = {**state.get("staff", {}), **self._named("/api/v2/users.json", "users", role=["agent", "admin"])}
        self.groups = self._named("/api/v2/groups.json", "groups")
        self.fields = self._named("/api/v2/ticket_fields.json", "ticket_fields", name="title")
        self.state["staff"] = self.staff  # who left still wrote what he wrote

    def tickets(self) -> Iterator[Page]:
        at: Mapping[str, Any] = self.state.get("tickets", {})
        while True:
            asked = {"cursor": at["cursor"]} if "cursor" in at else {"start_time": self.begin}
            told = self._asked(TICKETS, "tickets", **asked, include="users,metric_sets")
            at = {"cursor": told.get("after_cursor") or at.get("cursor")}
            if at["cursor"] is None and not told.get("end_of_stream"):
                self.caller.misread(TICKETS, "after_cursor")
            if told["tickets"]:
                yield self._page("tickets", {k: v for k, v in at.items() if v}, *self._tickets(told))
            if told.get("end_of_stream") or not told["tickets"]:
                return

    def events(self) -> Iterator[Page]:
        for at, events in self._by_time("events", EVENTS, "ticket_events", include="comment_events"):
            comments = [row for event in events for row in self._comments(event)]
            changes = [row for event in events for row in (*self._changes(event), *self._merges(event))]
            yield self._page("events", at, {"comments": comments, "changes": changes})

    def metric_events(self) -> Iterator[Page]:
        for at, events in self._by_time("metric_events", METRIC_EVENTS, "ticket_metric_events"):
            yield self._page("metric_events", at, {"changes": [_verdict(event) for event in events]})

    def ratings(self) -> Iterator[Page]:
        window = Window.of(self.state.get("ratings"))
        since = int(window.since.timestamp()) if window.since else self.begin
        pages = self._listed(RATINGS, "satisfaction_ratings", start_time=since)
        for fresh, after in swept(window, pages, id="id", at="updated_at"):
            yield self._page("ratings", after.to_state(), {"ratings": [self._rating(one) for one in fresh]})

    def _by_time(self, stream: str, path: str, key: str, **more: Any) -> Iterator[tuple[State, list[Record]]]:
        """Pages of an export by time without what its borders repeat, each with the state after it."""
        at = self.state.get(stream, {"since": self.begin, "seen": []})
        while True:
            told = self._asked(path, key, start_time=at["since"], **more)
            end = told.get("end_time")
            fresh = [one for one in told[key] if one["id"] not in set(at["seen"])]
            is_over = told.get("end_of_stream", told.get("count", 0) < 1000) or end is None
            if end is not None and end > at["since"]:
                at = {"since": end, "seen": [one["id"] for one in told[key]]}
            elif fresh:
                at = {"since": at["since"], "seen": [*at["seen"], *(one["id"] for one in fresh)]}
            elif not is_over:  # a page holds all of its last second, so that nothing of it is left
                at = {"since": at["since"] + 1, "seen": []}
            if fresh:
                yield at, fresh
            if is_over:
                return

    def _asked(self, path: str, key: str, **asked: Any) -> dict[str, Any]:
        told = self.caller.get(path, **asked)
        if not isinstance(told, dict) or not isinstance(told.get(key), list):
            self.caller.misread(path, key)
        return told

    def _listed(self, path: str, key: str, **asked: Any) -> Iterator[list[Record]]:
        """The pages of a list with a cursor in its `meta`."""
        after = None
        while True:
            told = self._asked(path, key, **asked, **{"page[size]": 100, "page[after]": after})
            yield told[key]
            meta = told.get("meta", {})
            after = meta.get("after_cursor")
            if not meta.get("has_more") or not after:
                return

    def _named(self, path: str, key: str, *, name: str = "name", **asked: Any) -> dict[str, str]:
        """Number -> name of all of a list."""
        pages = self._listed(path, key, **{f"{one}[]": value for one, value in asked.items()})
        return {str(one["id"]): str(one.get(name) or one["id"]) for page in pages for one in page}

    def _page(self, stream: str, at: State, parts: Mapping[str, Sequence[Record]], gone: Sequence[str] = ()) -> Page:
        self.state = {**self.state, stream: at}
        return Page(self.state, {name: rows for name, rows in parts.items() if rows}, frozenset(gone))

    def _tickets(self, told: Mapping[str, Any]) -> tuple[dict[str, list[Record]], list[str]]:
        users = {str(one["id"]): one for one in told.get("users") or ()}
        sets = {one["ticket_id"]: one for one in told.get("metric_sets") or ()}
        last = {
            str(one["id"]): one for one in told["tickets"]
        }  # a ticket may come twice on a page; the later one holds
        gone = [number for number, one in last.items() if one.get("status") == "deleted"]
        there = [one for one in last.values() if one.get("status") != "deleted"]
        return {"tickets": [self._ticket(one, users, sets.get(one["id"], {})) for one in there]}, gone

    def _ticket(self, one: Record, users: Mapping[str, Record], measured: Record) -> dict[str, Any]:
        row = flat(one, without=_WITHOUT)
        own = flat(measured, without=("url", "id", "ticket_id", "created_at", "updated_at"), prefix="metric.")
        custom = {
            f"custom.{self.fields.get(str(f['id']), f['id'])}": f.get("value") for f in one.get("custom_fields") or ()
        }
        requester = users.get(str(one.get("requester_id")), {})
        row |= own | custom
        row["assignee"] = self._staff(one.get("assignee_id"))
        row["group"] = self.groups.get(str(one.get("group_id"))) or one.get("group_id")
        row["requester.name"], row["requester.email"] = requester.get("name"), requester.get("email")
        row["is_merged"] = MERGED in (one.get("tags") or ())
        if row["is_merged"]:
            row["status"] = "merged"
        return row

    def _custom(self, number: object) -> str:
        return f"custom.{self.fields.get(str(number), number)}"

    def _staff(self, number: object) -> str | None:
        return None if number is None else self.staff.get(str(number), str(number))

    def _comments(self, event: Record) -> Iterator[Record]:
        for child in event.get("child_events") or ():
            if child.get("event_type", child.get("type")) in ("Comment", "VoiceComment"):
                author = child.get("author_id", event.get("updater_id"))
                yield {
                    "message_id": child["id"],
                    "ticket_id": event["ticket_id"],
                    "at": child.get("created_at") or event.get("created_at"),
                    "author_kind": self._kind_of(author),
                    "author": self._staff(author),
                    "is_public": child.get("public", True),
                    "text": child.get("plain_body") or child.get("body"),
                }

    def _kind_of(self, author: object) -> str:
        if author in (_SYSTEM, None):
            return "system"
        return "agent" if str(author) in self.staff else "customer"

    def _changes(self, event: Record) -> Iterator[Record]:
        for child in event.get("child_events") or ():
            kind = child.get("event_type", child.get("type"))
            for name, field in _FIELDS.items() if kind in ("Change", "Create") else ():
                if name in child:
                    before = child.get("previous_value") if kind == "Change" else None
                    yield {
                        "ticket_id": event["ticket_id"],
                        "at": event.get("created_at"),
                        "sequence": child["id"],
                        "field": field,
                        "from_value": self._said(name, before),
                        "to_value": self._said(name, child[name]),
                        "by": self._staff(event.get("updater_id")),
                    }

    def _merges(self, event: Record) -> Iterator[Record]:
        """Which tickets were merged into this one, as far as what led to the event tells."""
        source = (event.get("via") or {}).get("source") or {}
        merged = source.get("from") or {}
        numbers = merged.get("ticket_ids") or [merged.get("ticket_id")]
        for number in numbers if source.get("rel") == "merge" else ():
            if number is not None:
                yield {
                    "ticket_id": number,
                    "at": event.get("created_at"),
                    "sequence": event["id"],
                    "field": "x_merged_into",
                    "from_value": None,
                    "to_value": str(event["ticket_id"]),
                    "by": self._staff(event.get("updater_id")),
                }

    def _said(self, name: str, value: object) -> str | None:
        if value is None or value == "":
            return None
        if name == "assignee_id":
            return self._staff(value)
        if name == "group_id":
            return self.groups.get(str(value), str(value))
        return canonical(NAME, _FIELDS[name], value)

    def _rating(self, one: Record) -> Record:
        score = _SCORES.get(str(one.get("score")))
        return {
            "ticket_id": one["ticket_id"],
            "rating_id": one["id"],
            "offered_at": one.get("created_at"),
            "given_at": one.get("updated_at") if score is not None else None,
            "score": score,
            "scale": 1 if score is not None else None,
            "comment": one.get("comment"),
            "agent": self._staff(one.get("assignee_id")),
        }


def _verdict(event: Record) -> Record:
    """What Zendesk's own clocks did, kept beside ours: a change of a field of its own."""
    return {
        "ticket_id": event["ticket_id"],
        "at": event.get("time"),
        "sequence": event["id"],
        "field": f"x_{event.get('metric')}",
        "from_value": None,
        "to_value": event.get("type"),
        "by": None,
    }


def connect(settings: Settings, secret: str) -> Caller:
    """With an API token of a person (`mail/token`), the only key that reads exports and is not a password."""
    return Caller(settings["address"], auth=(f"{settings['user']}/token", secret))


KIND = Kind(
    name=NAME,
    label="Zendesk",
    asked=(
        Asked("address", N_("Address"), "https://….zendesk.com"),
        Asked("user", N_("E-mail address of the account that the token belongs to"), "admin@example.com"),
    ),
    secret=N_("API token"),
    connect=connect,
    pages=pages,
    parts=("tickets", "comments", "changes", "ratings"),
    tells_deleted=True,
)
