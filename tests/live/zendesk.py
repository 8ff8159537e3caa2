"""Zendesk's exports as documented: cursors over tickets, exports by time that repeat their borders, deletions, merges.

Every change has a second of its own now and then, and often shares it with others; the last minute is left out.
"""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.live.serving import Answer, Asked

BEGIN = 1_760_000_000
STAFF = {1: "Ann Lee", 2: "王芳", 3: "Tom O'Neil"}
GROUPS = {11: "First line", 12: "Returns"}
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
HELD_BACK = 60
"""The newest seconds that the exports leave out."""


def stamp(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class ZendeskModel:
    """Tickets, what happened to them, how they were rated; `now` only goes on."""

    seed: int = 0
    page: int = 7
    skew: int = 0
    """By how many seconds the server's stamps are before ours."""
    token: str = "agent@example.com/token:secret"
    now: int = BEGIN
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    metric_events: list[dict[str, Any]] = field(default_factory=list)
    ratings: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.ever_deleted: set[str] = set()
        self._id = 1000

    # The desk at work.

    def work(self, steps: int) -> None:
        """So many things happen: tickets come, are answered, handed on, solved, rated, merged, deleted, restored."""
        for _step in range(steps):
            self.now += self.chance.choice((0, 0, 0, 1, 1, 30, 600))
            alive = [one for one in self.tickets.values() if one["status"] not in ("deleted", "closed")]
            act = self.chance.random()
            if act < 0.45 or not alive:
                self._create()
            elif act < 0.9:
                self._change(self.chance.choice(alive))
            elif act < 0.94:
                self._end(self.chance.choice(alive), "deleted")
            elif act < 0.97:
                self._merge(self.chance.choice(alive))
            else:
                self._restore()

    def rest(self) -> None:
        """Nothing happens for so long that the exports hold nothing back."""
        self.now += 2 * HELD_BACK

    def _number(self) -> int:
        self._id += 1
        return self._id

    def _create(self) -> None:
        number = self._number()
        self.tickets[number] = {
            "id": number, "url": f"https://example/{number}", "created_at": stamp(self.now - self.skew),
            "subject": f"Parcel {number}", "description": "where is it", "status": "new", "priority": None,
            "requester_id": 500 + number % 7, "assignee_id": None, "group_id": self.chance.choice(list(GROUPS)),
            "via": {"channel": self.chance.choice(("email", "web", "chat"))}, "tags": [],
            "custom_fields": [{"id": 77, "value": self.chance.choice(("red", "blue", None))}],
        }  # fmt: skip
        self._touch(self.tickets[number])
        opening = {
            "event_type": "Comment",
            "author_id": 500 + number % 7,
            "body": f"Where is {number}?",
            "public": True,
        }
        self._event(number, 500 + number % 7, [{"event_type": "Create", "status": "new"}, opening])

    def _change(self, one: dict[str, Any]) -> None:
        agent, before = self.chance.choice(list(STAFF)), one["status"]
        after = self.chance.choice(STATUSES[1:])
        children: list[dict[str, Any]] = [{"event_type": "Change", "status": after, "previous_value": before}]
        if self.chance.random() < 0.6:
            body = f"About {one['id']}, 第 {self.now} 秒"
            children.append({"event_type": "Comment", "author_id": agent, "body": body, "public": True})
        one |= {"status": after, "assignee_id": agent}
        self._touch(one)
        self._event(one["id"], agent, children)
        at = stamp(self.now - self.skew)
        told = {"id": self._number(), "ticket_id": one["id"], "metric": "reply_time", "type": "fulfill", "time": at}
        self.metric_events.append({**told, "instance_id": 1, "_at": self.now})
        if after == "solved":
            self._rate(one["id"], agent, at)

    def _rate(self, number: int, agent: int, at: str) -> None:
        rating = self.ratings.setdefault(number, {"id": self._number(), "created_at": at})
        score = self.chance.choice(("offered", "good", "bad"))
        rating |= {"ticket_id": number, "score": score, "comment": None, "assignee_id": agent}
        rating |= {"updated_at": at, "_at": self.now}

    def _end(self, one: dict[str, Any], status: str) -> None:
        one["status"] = status
        self.ever_deleted.add(str(one["id"]))
        self._touch(one)

    def _merge(self, one: dict[str, Any]) -> None:
        one |= {"status": "closed", "tags": ["closed_by_merge"]}
        self._touch(one)

    def _restore(self) -> None:
        gone = [one for one in self.tickets.values() if one["status"] == "deleted"]
        if gone:
            self._end(self.chance.choice(gone), "open")

    def _touch(self, one: dict[str, Any]) -> None:
        """The export goes by its own stamp; `updated_at` stands still where a machine did it."""
        one["_at"] = self.now
        if "updated_at" not in one or self.chance.random() < 0.8:
            one["updated_at"] = stamp(self.now - self.skew)
        one["_order"] = self._number()

    def _event(self, number: int, by: int, children: list[dict[str, Any]]) -> None:
        at = stamp(self.now - self.skew)
        told = [{"id": self._number(), "created_at": at, **child} for child in children]
        self.events.append({"id": self._number(), "ticket_id": number, "updater_id": by, "created_at": at,
                            "timestamp": self.now, "child_events": told, "_at": self.now})  # fmt: skip

    # What is answered.

    def answer(self, asked: Asked) -> Answer:
        wanted = "Basic " + base64.b64encode(self.token.encode()).decode()
        if {name.lower(): value for name, value in asked.headers.items()}.get("authorization") != wanted:
            return Answer({"error": "Couldn't authenticate you"}, 401)
        answers: dict[str, Callable[[Asked], Answer]] = {
            "/api/v2/incremental/tickets/cursor.json": self._tickets,
            "/api/v2/incremental/ticket_events.json": lambda one: self._by_time(one, "ticket_events", self.events),
            "/api/v2/incremental/ticket_metric_events.json":
                lambda one: self._by_time(one, "ticket_metric_events", self.metric_events),
            "/api/v2/satisfaction_ratings.json": self._ratings,
            "/api/v2/users.json": lambda _one: Answer({"users": _named(STAFF), "meta": {"has_more": False}}),
            "/api/v2/groups.json": lambda _one: Answer({"groups": _named(GROUPS), "meta": {"has_more": False}}),
            "/api/v2/ticket_fields.json": lambda _one: Answer({"ticket_fields": [{"id": 77, "title": "Colour"}]}),
        }  # fmt: skip
        return answers[asked.path](asked) if asked.path in answers else Answer({"error": "InvalidEndpoint"}, 404)

    def _tickets(self, asked: Asked) -> Answer:
        ordered = sorted(self._known(self.tickets.values()), key=lambda one: (one["_at"], one["_order"]))
        if (cursor := asked.one("cursor")) is not None:
            at, order = (int(part) for part in base64.b64decode(cursor).decode().split("|"))
        else:
            at, order = int(asked.one("start_time") or 0), -1
        rest = [one for one in ordered if (one["_at"], one["_order"]) > (at, order)]
        shown = rest[: self.page]
        if shown:
            at, order = shown[-1]["_at"], shown[-1]["_order"]
        users = [{"id": 500 + n, "name": f"Customer {n}", "email": f"c{n}@example.com"} for n in range(7)]
        sets = [{"id": one["id"], "ticket_id": one["id"], "reopens": 0, "replies": 1, "solved_at": None,
                 "reply_time_in_minutes": {"calendar": 5, "business": 4}} for one in shown]  # fmt: skip
        after = base64.b64encode(f"{at}|{order}".encode()).decode()
        return Answer({"tickets": [_public(one) for one in shown], "users": users, "metric_sets": sets,
                       "after_cursor": after, "after_url": "…", "end_of_stream": len(rest) <= self.page})  # fmt: skip

    def _by_time(self, asked: Asked, key: str, all_of: list[dict[str, Any]]) -> Answer:
        """From the second on, itself included; a page takes all that share its last second."""
        since = int(asked.one("start_time") or 0)
        rest = [one for one in self._known(all_of) if one["_at"] >= since]
        shown = rest[: self.page]
        shown += [one for one in rest[self.page :] if one["_at"] == shown[-1]["_at"]]
        end = shown[-1]["_at"] if shown else None
        return Answer({key: [_public(one) for one in shown], "count": len(shown), "end_time": end,
                       "next_page": None, "end_of_stream": len(shown) == len(rest)})  # fmt: skip

    def _ratings(self, asked: Asked) -> Answer:
        since = int(asked.one("start_time") or 0)
        found = [one for one in self.ratings.values() if one["_at"] - self.skew >= since]
        at = int(asked.one("page[after]") or 0)
        more = len(found) > at + self.page
        shown = [_public(one) for one in found[at : at + self.page]]
        meta = {"has_more": more, "after_cursor": str(at + self.page) if more else None}
        return Answer({"satisfaction_ratings": shown, "meta": meta})

    def _known(self, all_of: Any) -> list[dict[str, Any]]:
        return [one for one in all_of if one["_at"] <= self.now - HELD_BACK]

    # What is true.

    def standing(self) -> dict[str, str]:
        """Number -> canonical status of every ticket that is not deleted."""
        said = {"hold": "on_hold", "solved": "resolved"}
        return {
            str(one["id"]): "merged" if "closed_by_merge" in one["tags"] else said.get(one["status"], one["status"])
            for one in self.tickets.values() if one["status"] != "deleted"
        }  # fmt: skip

    def comments(self, *, of_ever_deleted: bool = True) -> set[str]:
        """Numbers of everything written in tickets that are not deleted; or were never deleted and restored."""
        there = set(self.standing()) - (set() if of_ever_deleted else self.ever_deleted)
        return {
            str(child["id"]) for event in self.events if str(event["ticket_id"]) in there
            for child in event["child_events"] if child["event_type"] == "Comment"
        }  # fmt: skip


def _named(names: dict[int, str]) -> list[dict[str, Any]]:
    return [{"id": number, "name": name} for number, name in names.items()]


def _public(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if not name.startswith("_")}
