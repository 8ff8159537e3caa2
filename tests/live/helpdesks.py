"""Helpdesks over one model of tickets, each answering as its documentation says: lists, searches, links, deletions."""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.live.serving import Answer, Asked

BEGIN = 1_770_000_000


@dataclass
class Ticket:
    """One ticket; `state` is new, open, closed or merged."""

    number: int
    created: int
    changed: int
    state: str = "new"
    is_deleted: bool = False
    into: int | None = None
    """The ticket that it was merged into."""
    version: int = 0
    """Counts all changes of the helpdesk."""


@dataclass
class Helpdesk:
    """Tickets that change while they are read; many of them within the same second."""

    seed: int = 0
    now: int = BEGIN
    version: int = 0
    tickets: dict[int, Ticket] = field(default_factory=dict)
    history: list[tuple[int, int, str, str, int]] = field(default_factory=list)
    """Number, ticket, state before and after, and when: of each change of a state."""
    merges: ClassVar[str] = "not"
    """What becomes of a merged ticket: it `stays` as merged, or `leaves` without being deleted."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def work(self, steps: int) -> None:
        for _step in range(steps):
            self.version += 1
            self.now += self.chance.choice((0, 0, 0, 1, 1, 40))
            alive = [one for one in self.tickets.values() if not one.is_deleted and one.into is None]
            act = self.chance.random()
            if act < 0.5 or not alive:
                number = 1 + len(self.tickets)
                self.tickets[number] = Ticket(number, self.now, self.now, version=self.version)
            else:
                one, other = self.chance.choice(alive), self.chance.choice(alive)
                one.changed, one.version, before = self.now, self.version, one.state
                one.is_deleted = act > 0.95
                one.state = self.chance.choice(("open", "closed"))
                if self.merges != "not" and 0.9 < act <= 0.95 and one is not other:
                    one.state, one.into, one.is_deleted = "merged", other.number, self.merges == "leaves"
                    other.changed, other.version = self.now, self.version
                self.history.append((self.version, one.number, before, one.state, self.now))

    def standing(self) -> dict[str, str]:
        return {self.id_of(one): one.state for one in self.tickets.values() if not one.is_deleted}

    def id_of(self, one: Ticket) -> str:
        return str(one.number)

    def by_change(self, *, deleted: bool | None = False) -> list[Ticket]:
        found = [one for one in self.tickets.values() if deleted is None or one.is_deleted == deleted]
        return sorted(found, key=lambda one: (one.changed, one.number))


def iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def turned(found: list[Any], asked: Asked, *, size: str, page: str = "page", most: int = 100) -> list[Any]:
    count = min(int(asked.one(size) or most), most)
    at = (int(asked.one(page) or 1) - 1) * count
    return found[at : at + count]


class Freshdesk(Helpdesk):
    settings = {"messages": "yes"}  # noqa: RUF012
    codes = {"new": 2, "open": 3, "closed": 5}  # noqa: RUF012
    states = {"open": "new", "pending": "open", "closed": "closed"}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/api/v2/tickets":
            since = second(str(asked.one("updated_since")))
            found = [one for one in self.by_change(deleted=asked.one("filter") == "deleted") if one.changed >= since]
            return Answer([self._told(one) for one in turned(found, asked, size="per_page")])
        if asked.path.endswith("/conversations"):
            number = int(asked.path.split("/")[4])
            body = {"id": 10_000 + number, "body_text": "yes", "incoming": False, "private": False, "user_id": 1}
            return Answer([{**body, "created_at": iso(self.tickets[number].created + 60)}])
        if asked.path == "/api/v2/agents":
            return Answer([{"id": 1, "contact": {"name": "Ann"}}])
        if asked.path == "/api/v2/groups":
            return Answer([{"id": 5, "name": "First line"}])
        if asked.path == "/api/v2/surveys/satisfaction_ratings":
            rating = {"ticket_id": 1, "agent_id": 1, "feedback": "ok", "ratings": {"default_question": 103}}
            return Answer([{**rating, "id": 1, "created_at": iso(BEGIN + 9)}])
        return Answer({}, 404)

    def _told(self, one: Ticket) -> dict[str, Any]:
        return {"id": one.number, "created_at": iso(one.created), "updated_at": iso(one.changed), "priority": 2,
                "status": self.codes[one.state], "source": 1, "subject": "s", "requester_id": 7, "responder_id": 1,
                "group_id": 5, "stats": {"first_responded_at": iso(one.created + 60)}}  # fmt: skip


class Zammad(Helpdesk):
    settings = {"messages": "yes"}  # noqa: RUF012
    states = {"new": "new", "open": "open", "closed": "closed", "merged": "merged"}  # noqa: RUF012
    merges = "stays"

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/api/v1/tickets":
            found = sorted(self.by_change(), key=lambda one: one.number)
            return Answer([self._told(one) for one in turned(found, asked, size="per_page")])
        if asked.path == "/api/v1/links":
            into = self.tickets[int(asked.one("link_object_value") or 0)].into
            return Answer({"links": [{"link_type": "parent", "link_object": "Ticket", "link_object_value": into}]})
        if asked.path.startswith("/api/v1/tickets/") and asked.path != "/api/v1/tickets/search":
            one = self.tickets[int(asked.path.rpartition("/")[2])]
            return Answer({"error": "Couldn't find Ticket"}, 404) if one.is_deleted else Answer(self._told(one))
        if asked.path == "/api/v1/tickets/search":
            since = second(re.findall(r"\[(\S+) TO", str(asked.one("query")))[0])
            found = [one for one in self.by_change() if one.changed >= since]
            return Answer([self._told(one) for one in turned(found, asked, size="per_page")])
        number = int(asked.path.rpartition("/")[2])
        at = iso(self.tickets[number].created)
        return Answer([{"id": 10_000 + number, "created_at": at, "sender": "Customer", "internal": False, "body": "?"}])

    def _told(self, one: Ticket) -> dict[str, Any]:
        return {"id": one.number, "created_at": iso(one.created), "updated_at": iso(one.changed), "state": one.state,
                "priority": "2 normal", "group": "Users", "owner": "-", "customer_id": 3, "title": "t"}  # fmt: skip


class HubSpot(Helpdesk):
    merges = "leaves"
    settings: dict[str, str] = {}  # noqa: RUF012
    states = {"new": "new", "open": "open", "closed": "closed"}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/crm/v3/objects/tickets/search":
            since = int(asked.body["filterGroups"][0]["filters"][0]["value"]) / 1000
            found = [one for one in self.by_change() if one.changed >= since]
            at = int(asked.body["after"])
            return Answer({"results": [self._told(one) for one in found[at : at + asked.body["limit"]]]})
        if asked.path == "/crm/v3/objects/tickets":
            chosen = self.by_change(deleted=asked.one("archived") == "true")
            found = sorted((one for one in chosen if one.into is None), key=lambda one: one.number)
            at = int(asked.one("after") or 0)
            more = {"next": {"after": str(at + 3)}} if len(found) > at + 3 else None
            shown = [{"id": str(one.number), "archivedAt": iso(one.changed)} for one in found[at : at + 3]]
            return Answer({"results": shown, **({"paging": more} if more else {})})
        if (number := asked.path.rpartition("/tickets/")[2]).isdigit():
            one = self.tickets[int(number)]
            while one.into is not None:
                one = self.tickets[one.into]
            return Answer({}, 404) if one.is_deleted else Answer(self._told(one))
        if asked.path == "/crm/v3/pipelines/tickets":
            stages = [{"id": "1", "label": "New", "metadata": {}}, {"id": "2", "label": "At work", "metadata": {}},
                      {"id": "4", "label": "Done", "metadata": {"ticketState": "CLOSED"}}]  # fmt: skip
            return Answer({"results": [{"id": "0", "stages": stages}]})
        return Answer({"results": [{"id": "9", "firstName": "Ann", "lastName": "Lee"}]})

    def _told(self, one: Ticket) -> dict[str, Any]:
        stage = {"new": "1", "open": "2", "closed": "4"}[one.state]
        into = ";".join(str(other.number) for other in self.tickets.values() if other.into == one.number)
        return {"id": str(one.number), "properties": {"createdate": iso(one.created), "hubspot_owner_id": "9",
                "hs_merged_object_ids": into or None,
                "hs_lastmodifieddate": iso(one.changed), "hs_pipeline_stage": stage, "subject": "s"}}  # fmt: skip


class Chatwoot(Helpdesk):
    settings = {"account": "1", "messages": "no"}  # noqa: RUF012
    states = {"pending": "new", "open": "open", "resolved": "closed"}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if (number := asked.path.rpartition("/conversations/")[2]).isdigit():
            gone = self.tickets[int(number)].is_deleted
            return Answer({"error": "Resource could not be found"}, 404) if gone else Answer({"id": int(number)})
        if asked.path == "/api/v1/accounts/1/conversations":
            found = turned(self.by_change()[::-1], asked, size="none", most=25)
            return Answer({"data": {"meta": {}, "payload": [self._told(one) for one in found]}})
        rating = {"id": 1, "conversation_id": 1, "created_at": BEGIN + 9, "rating": 5, "feedback_message": "good"}
        return Answer([rating] if asked.one("page") == "1" else [])

    def _told(self, one: Ticket) -> dict[str, Any]:
        status = {"new": "pending", "open": "open", "closed": "resolved"}[one.state]
        meta = {
            "channel": "Channel::WebWidget",
            "sender": {"id": 4, "email": "x@example.com"},
            "assignee": {"name": "Ann"},
        }
        return {"id": one.number, "created_at": one.created, "last_activity_at": one.changed, "status": status,
                "priority": None, "meta": {**meta, "team": {"name": "First"}}, "messages": []}  # fmt: skip


class _WithTokens(Helpdesk):
    """Takes a token for so many questions only, then wants a new one."""

    token_path = ""
    word = "Bearer"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._left, self._given = 0, 0

    def answer(self, asked: Asked) -> Answer:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        if asked.path == self.token_path:
            self._left, self._given = 7, self._given + 1
            return Answer({"access_token": f"t{self._given}", "expires_in": 3600})
        self._left -= 1
        if self._left < 0 or headers.get("authorization") != f"{self.word} t{self._given}":
            return Answer([{"errorCode": "INVALID_SESSION_ID"}], 401)
        return self.asked(asked)

    def asked(self, asked: Asked) -> Answer:
        raise NotImplementedError


class Salesforce(_WithTokens):
    settings = {"client": "c"}  # noqa: RUF012
    states = {"New": "new", "Working": "open", "Closed": "closed", "merged": "merged"}  # noqa: RUF012
    merges = "stays"
    token_path = "/services/oauth2/token"
    words = {"new": "New", "open": "Working", "closed": "Closed", "merged": "Closed"}  # noqa: RUF012
    page = 6

    def __post_init__(self) -> None:
        super().__post_init__()
        self._pictures: dict[str, list[dict[str, Any]]] = {}

    def asked(self, asked: Asked) -> Answer:
        query = asked.one("q")
        if query is None:
            name, _dash, at = asked.path.rpartition("/")[2].partition("-")
            return self._shown(name, int(at))
        since = second(re.findall(r">= (\S+)", query)[0])
        name = f"q{len(self._pictures)}"
        found = [one for one in self.by_change(deleted=None) if one.changed >= since]
        self._pictures[name] = self._told_history(since) if "CaseHistory" in query else [*map(self._told, found)]
        return self._shown(name, 0)

    def _shown(self, name: str, at: int) -> Answer:
        found = self._pictures[name]
        is_done = len(found) <= at + self.page
        following = {} if is_done else {"nextRecordsUrl": f"/services/data/v60.0/query/{name}-{at + self.page}"}
        return Answer({"records": found[at : at + self.page], "done": is_done, **following})

    def _told(self, one: Ticket) -> dict[str, Any]:
        status = self.words[one.state]
        created, stamp = (iso(at).replace("Z", ".000+0000") for at in (one.created, one.changed))
        return {"attributes": {"type": "Case"}, "Id": str(one.number), "CreatedDate": created, "SystemModstamp": stamp,
                "Status": status, "Priority": "High", "Origin": "Phone", "Subject": "s",
                "IsDeleted": one.is_deleted or one.into is not None,
                "MasterRecordId": None if one.into is None else str(one.into),
                "Owner": {"attributes": {"type": "Name"}, "Name": "Ann"}}  # fmt: skip

    def _told_history(self, since: int) -> list[dict[str, Any]]:
        """Changes of states, and now and then of an owner, which come twice: with numbers and with names."""
        told = []
        for number, ticket, before, after, at in self.history:
            one = {"CaseId": str(ticket), "CreatedDate": iso(at).replace("Z", ".000+0000"),
                   "CreatedBy": {"attributes": {"type": "User"}, "Name": "Ann"}}  # fmt: skip
            if at < since:
                continue
            told.append({**one, "Id": f"017-{number}", "Field": "Status", "OldValue": self.words[before],
                         "NewValue": self.words[after]})  # fmt: skip
            if number % 5 == 0:
                for mark, old, new in (("a", "005A", "005B"), ("b", "Ann", "Bob")):
                    told.append(
                        {**one, "Id": f"017-{number}{mark}", "Field": "Owner", "OldValue": old, "NewValue": new}
                    )
        return told


class Zoho(_WithTokens):
    settings = {"client": "c", "organisation": "1"}  # noqa: RUF012
    states = {"Open": "new", "On Hold": "open", "Closed": "closed"}  # noqa: RUF012
    token_path = "/oauth/v2/token"
    word = "Zoho-oauthtoken"

    def asked(self, asked: Asked) -> Answer:
        """Who is in the recycle bin is told by the search here and there, and never by the list."""
        if asked.path == "/api/v1/tickets":
            rows = [self._told(one) for one in sorted(self.by_change(), key=lambda one: one.number)]
            at = int(asked.one("from") or 0)
            return Answer({"data": rows[at : at + int(asked.one("limit") or 10)]})
        if (number := asked.path.rpartition("/tickets/")[2]).isdigit():
            return Answer(self._told(self.tickets[int(number)]))
        since = second(str(asked.one("modifiedTimeRange")).split(",")[0])
        shown = [one for one in self.by_change(deleted=None) if not one.is_deleted or one.number % 2]
        found = [one for one in shown if one.changed >= since]
        at = int(asked.one("from") or 0)
        return Answer({"data": [self._told(one) for one in found[at : at + int(asked.one("limit") or 10)]]})

    def _told(self, one: Ticket) -> dict[str, Any]:
        status = {"new": "Open", "open": "On Hold", "closed": "Closed"}[one.state]
        return {"id": str(one.number), "createdTime": iso(one.created), "modifiedTime": iso(one.changed),
                "status": status, "channel": "Email", "subject": "s", "contactId": "4", "isTrashed": one.is_deleted,
                "assignee": {"firstName": "Ann", "lastName": "Lee"}}  # fmt: skip


class Dynamics(_WithTokens):
    settings = {"client": "c"}  # noqa: RUF012
    states = {"open": "open", "resolved": "closed", "merged": "merged"}  # noqa: RUF012
    merges = "stays"
    token_path = "/oauth/v2/token"
    page = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._pictures: list[tuple[int, list[dict[str, Any]]]] = []

    def standing(self) -> dict[str, str]:
        return {number: "open" if state == "new" else state for number, state in super().standing().items()}

    def asked(self, asked: Asked) -> Answer:
        if (link := asked.one("$skiptoken")) is not None:
            picture, at = (int(part) for part in link.split("-"))
        else:
            since = int(asked.one("$deltatoken") or 0)
            found = [one for one in self.by_change(deleted=None if since else False) if one.version > since]
            self._pictures.append((self.version, [self._told(one) for one in found]))
            picture, at = len(self._pictures) - 1, 0
        until, rows = self._pictures[picture]
        own = f"http://{asked.headers['Host']}/api/data/v9.2/incidents?"
        more = {"@odata.nextLink": f"{own}$skiptoken={picture}-{at + self.page}"}
        over = {"@odata.deltaLink": f"{own}$deltatoken={until}"}
        return Answer({"value": rows[at : at + self.page], **(more if len(rows) > at + self.page else over)})

    def _told(self, one: Ticket) -> dict[str, Any]:
        if one.is_deleted:
            return {
                "@odata.context": "…/$metadata#incidents/$deletedEntity",
                "id": str(one.number),
                "reason": "deleted",
            }
        said = "@OData.Community.Display.V1.FormattedValue"
        return {"incidentid": str(one.number), "createdon": iso(one.created), "modifiedon": iso(one.changed),
                "statecode": {"closed": 1, "merged": 2}.get(one.state, 0),
                "statuscode": 2000 if one.into else 1, "_masterid_value": str(one.into) if one.into else None,
                f"_ownerid_value{said}": "Ann", "prioritycode": 2}  # fmt: skip


class Jiandaoyun(Helpdesk):
    mapping = """name = "jiandaoyun"
shape = "tickets"
[columns]
ticket_id = "工单编号"
created_at = "创建时间"
updated_at = "更新时间"
status = "状态"
agent = "处理人"
[values.status]
"待处理" = "new"
"处理中" = "open"
"已完成" = "closed"
"""
    settings = {"app": "a", "form": "f", "mapping": mapping}  # noqa: RUF012
    states = {"待处理": "new", "处理中": "open", "已完成": "closed"}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("widget/list"):
            names = {"_widget_1": "工单编号", "_widget_2": "状态", "_widget_3": "处理人"}
            return Answer({"widgets": [{"name": name, "label": label} for name, label in names.items()]})
        found = sorted(self.by_change(), key=lambda one: one.number)
        if "filter" in asked.body:
            since = second(asked.body["filter"]["cond"][0]["value"][0])
            found = [one for one in found if one.changed >= since]
        found = [one for one in found if f"{one.number:06d}" > asked.body.get("data_id", "")]
        return Answer({"data": [self._told(one) for one in found[: asked.body["limit"]]]})

    def _told(self, one: Ticket) -> dict[str, Any]:
        status = {"new": "待处理", "open": "处理中", "closed": "已完成"}[one.state]
        return {"_id": f"{one.number:06d}", "createTime": iso(one.created), "updateTime": iso(one.changed),
                "_widget_1": str(one.number), "_widget_2": status, "_widget_3": {"name": "王芳"}}  # fmt: skip


HELPDESKS: dict[str, Any] = {
    "freshdesk": Freshdesk, "zammad": Zammad, "hubspot": HubSpot, "chatwoot": Chatwoot, "salesforce": Salesforce,
    "zoho": Zoho, "dynamics": Dynamics, "jiandaoyun": Jiandaoyun,
}  # fmt: skip
