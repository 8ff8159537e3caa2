"""Conversations as JSON: Chatwoot (and its table), Intercom, FreeScout."""

from tests.loaders.sources.cells import (
    IN_TIME,
    calendar,
    plain,
    shown,
)
from tests.loaders.sources.export import Cell, Export
from tests.loaders.sources.truth import AGENTS, TEAMS, epoch, iso, seconds

NO_CHANNEL_OF_PHONE = {
    "email": "Channel::Email",
    "chat": "Channel::WebWidget",
    "phone": "Channel::Voice",
    "web_form": "Channel::Api",
}

SNOOZED: Cell = lambda t: {"new": "open", "closed": "resolved"}.get(t.status, t.status)  # noqa: E731

WIDGET: Cell = lambda t: {"web_form": "other"}.get(t.channel, t.channel)  # noqa: E731

CHATWOOT = Export(
    source="chatwoot",
    file="conversations.json",
    inside=("data", "payload"),
    columns={
        "meta": lambda t: {
            "sender": {"id": t.customer, "name": f"Customer {t.customer}", "type": "contact"},
            "channel": NO_CHANNEL_OF_PHONE[t.channel],
            "assignee": None if t.agent is None else {"id": AGENTS.index(t.agent) + 1, "name": t.agent},
            "team": {"id": TEAMS.index(t.team) + 1, "name": t.team},
        },
        "id": lambda t: t.number,
        "account_id": lambda _: 1,
        "inbox_id": lambda _: 3,
        "status": shown(
            {
                "new": "open",
                "open": "open",
                "pending": "pending",
                "on_hold": "snoozed",
                "resolved": "resolved",
                "closed": "resolved",
            },
            "status",
        ),
        "priority": shown({"urgent": "urgent", "important": "high", "normal": "medium", "low": "low"}, "priority"),
        "labels": lambda t: [t.type.lower()],
        "can_reply": lambda _: True,
        "custom_attributes": lambda _: {},
        "snoozed_until": lambda _: None,
        "waiting_since": lambda t: epoch(t.created) if t.answered is None else 0,
        "first_reply_created_at": lambda t: epoch(t.answered) or 0,
        "agent_last_seen_at": lambda t: epoch(t.updated),
        "contact_last_seen_at": lambda _: 0,
        "last_activity_at": lambda t: epoch(t.updated),
        "created_at": lambda t: epoch(t.created),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "priority",
        "team",
        "agent",
        "first_responded_at",
        ticket_id=lambda t: t.number,
        status=SNOOZED,
        channel=WIDGET,
        customer=lambda t: t.customer,
    ),
)

CHATWOOT_TABLE = Export(
    source="chatwoot",
    file="conversations.csv",
    columns={
        "id": lambda t: 10_000 + t.number,
        "account_id": lambda _: 1,
        "inbox_id": lambda _: 3,
        "status": shown(
            {"new": "0", "open": "0", "pending": "2", "on_hold": "3", "resolved": "1", "closed": "1"}, "status"
        ),
        "assignee_id": lambda t: "" if t.agent is None else AGENTS.index(t.agent) + 1,
        "created_at": lambda t: f"{t.created:%Y-%m-%d %H:%M:%S}.000000",
        "updated_at": lambda t: f"{t.updated:%Y-%m-%d %H:%M:%S}.000000",
        "contact_id": lambda t: t.customer,
        "display_id": lambda t: t.number,
        "contact_inbox_id": lambda _: 9,
        "uuid": lambda t: f"00000000-0000-4000-8000-{t.number:012d}",
        "last_activity_at": lambda t: f"{t.updated:%Y-%m-%d %H:%M:%S}.000000",
        "team_id": lambda t: TEAMS.index(t.team) + 1,
        "assignee_last_seen_at": lambda _: "",
        "first_reply_created_at": lambda t: "" if t.answered is None else f"{t.answered:%Y-%m-%d %H:%M:%S}.000000",
        "priority": shown({"urgent": "3", "important": "2", "normal": "1", "low": "0"}, "priority"),
        "waiting_since": lambda _: "",
        "cached_label_list": lambda t: t.type.lower(),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "priority",
        "first_responded_at",
        ticket_id=lambda t: t.number,
        status=SNOOZED,
        customer=lambda t: t.customer,
        team=lambda t: TEAMS.index(t.team) + 1,
        agent=lambda t: None if t.agent is None else AGENTS.index(t.agent) + 1,
    ),
)

INTERCOM = Export(
    source="intercom",
    file="conversations.json",
    inside=("conversations",),
    columns={
        "type": lambda _: "conversation",
        "id": lambda t: str(215_400_000 + t.number),
        "created_at": lambda t: epoch(t.created),
        "updated_at": lambda t: epoch(t.updated),
        "waiting_since": lambda _: None,
        "snoozed_until": lambda _: None,
        "source": lambda t: {
            "type": {"email": "email", "chat": "conversation", "phone": "phone_call", "web_form": "conversation"}[
                t.channel
            ],
            "subject": t.subject,
            "body": f"<p>{t.subject}</p>",
        },
        "contacts": lambda t: {"type": "contact.list", "contacts": [{"type": "contact", "id": f"c{t.customer}"}]},
        "admin_assignee_id": lambda t: None if t.agent is None else AGENTS.index(t.agent) + 1,
        "team_assignee_id": lambda t: TEAMS.index(t.team) + 1,
        "open": lambda t: t.resolved is None,
        "state": shown(
            {
                "new": "open",
                "open": "open",
                "pending": "snoozed",
                "on_hold": "snoozed",
                "resolved": "closed",
                "closed": "closed",
            },
            "status",
        ),
        "priority": lambda t: "priority" if t.priority == "urgent" else "not_priority",
        "conversation_rating": lambda t: (
            {"rating": t.rating, "remark": "", "created_at": epoch(t.resolved)} if t.rating else {}
        ),
        "statistics": lambda t: {
            "time_to_admin_reply": seconds(t.answered, t.created),
            "first_admin_reply_at": epoch(t.answered),
            "time_to_first_close": seconds(t.resolved, t.created),
            "first_close_at": epoch(t.resolved),
            "time_to_last_close": seconds(t.resolved, t.created),
            "last_close_at": epoch(t.resolved),
            "count_reopens": t.reopens,
            "count_assignments": t.moves + 1,
        },
        "sla_applied": lambda t: (
            None
            if IN_TIME(t) is None
            else {
                "type": "conversation_sla_summary",
                "sla_name": "Standard",
                "sla_status": "hit" if IN_TIME(t) else "missed",
            }
        ),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "subject",
        "first_responded_at",
        "resolved_at",
        "closed_at",
        "reopens",
        ticket_id=lambda t: 215_400_000 + t.number,
        customer=lambda t: f"c{t.customer}",
        status=lambda t: {"new": "open", "pending": "on_hold", "resolved": "closed"}.get(t.status, t.status),
        channel=lambda t: {"web_form": "chat"}.get(t.channel, t.channel),
        team=lambda t: TEAMS.index(t.team) + 1,
        priority=lambda t: "urgent" if t.priority == "urgent" else "normal",
        agent=lambda t: None if t.agent is None else AGENTS.index(t.agent) + 1,
        rating=lambda t: t.rating,
        rating_scale=lambda t: 5 if t.rating else None,
        x_own_first_response_met=IN_TIME,
        x_own_first_response_calendar_seconds=calendar("answered"),
        x_own_full_resolution_calendar_seconds=calendar("resolved"),
    ),
)

FREESCOUT = Export(
    source="freescout",
    file="conversations.json",
    inside=("_embedded", "conversations"),
    columns={
        "id": lambda t: 4000 + t.number,
        "number": lambda t: t.number,
        "threadsCount": lambda t: t.replies + 1,
        "type": shown({"email": "email", "chat": "chat", "phone": "phone", "web_form": "email"}, "channel"),
        "folderId": lambda _: 7,
        "status": shown(
            {
                "new": "active",
                "open": "active",
                "pending": "pending",
                "on_hold": "pending",
                "resolved": "closed",
                "closed": "closed",
            },
            "status",
        ),
        "state": lambda _: "published",
        "subject": lambda t: t.subject,
        "mailboxId": lambda t: TEAMS.index(t.team) + 1,
        "assignee": lambda t: (
            None if t.agent is None else {"id": AGENTS.index(t.agent) + 1, "email": f"{t.agent}@desk.example"}
        ),
        "createdBy": lambda t: {"id": t.customer, "type": "customer"},
        "createdAt": lambda t: iso(t.created),
        "updatedAt": lambda t: iso(t.updated),
        "closedBy": lambda t: None if t.resolved is None else 1,
        "closedAt": lambda t: iso(t.resolved),
        "userUpdatedAt": lambda t: iso(t.updated),
        "customerWaitingSince": lambda t: {"time": iso(t.created)},
        "customer": lambda t: {"id": t.customer, "email": t.email},
    },
    golden=plain(
        "created_at",
        "updated_at",
        "subject",
        "resolved_at",
        "closed_at",
        ticket_id=lambda t: t.number,
        customer=lambda t: t.customer,
        team=lambda t: TEAMS.index(t.team) + 1,
        channel=lambda t: {"web_form": "email"}.get(t.channel, t.channel),
        agent=lambda t: None if t.agent is None else f"{t.agent}@desk.example",
        status=lambda t: {"new": "open", "on_hold": "pending", "resolved": "closed"}.get(t.status, t.status),
    ),
)

EXPORTS = (CHATWOOT, CHATWOOT_TABLE, INTERCOM, FREESCOUT)
