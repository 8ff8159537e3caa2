"""Zendesk's exports: JSON by the field list of its API, CSV by the columns of its view and data export."""

from tests.loaders.sources.export import Cell, Export
from tests.loaders.sources.truth import (
    AGENTS,
    Ticket,
    after,
    iso,
    local,
    minutes,
    seconds,
    to_the_minute,
    working_seconds,
)

STATUS = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "on_hold": "hold",
    "resolved": "solved",
    "closed": "closed",
}
PRIORITY = {"urgent": "urgent", "important": "high", "normal": "normal", "low": "low"}
CHANNEL = {"email": "email", "chat": "chat", "phone": "voice", "web_form": "web"}
SPOKEN = {"email": "Mail", "chat": "Chat", "phone": "Phone call (inbound)", "web_form": "Web form"}


def score(ticket: Ticket) -> str:
    return "offered" if ticket.rating is None else "good" if ticket.rating >= 4 else "bad"


def _five(ticket: Ticket) -> int | None:
    """Good and bad are all it has: they stand for the ends of five."""
    return {"good": 5, "bad": 1}.get(score(ticket))


def _satisfied(ticket: Ticket) -> bool | None:
    return {"good": True, "bad": False}.get(score(ticket))


def _whole_minutes(total: int | None) -> int | None:
    return None if total is None else total // 60


def _both(end: str, ticket: Ticket) -> dict[str, int | None]:
    at = getattr(ticket, end)
    return {
        "calendar": _whole_minutes(seconds(at, ticket.created)),
        "business": _whole_minutes(working_seconds(at, ticket.created)),
    }


def _metrics(ticket: Ticket) -> dict[str, object]:
    """Durations in whole minutes on both clocks; nothing while the thing has not happened."""
    return {
        "reply_time_in_minutes": _both("answered", ticket),
        "first_resolution_time_in_minutes": _both("resolved", ticket),
        "full_resolution_time_in_minutes": _both("resolved", ticket),
        "requester_wait_time_in_minutes": _both("answered", ticket),
        "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        "solved_at": iso(ticket.resolved),
        "reopens": ticket.reopens,
        "replies": ticket.replies,
        "assignee_stations": ticket.moves + 1,
        "group_stations": 1,
        "latest_comment_added_at": iso(ticket.answered or ticket.created),
    }


def metric(key: str) -> Cell:
    return lambda ticket: _metrics(ticket)[key]


def _own(business: bool = True) -> dict[str, Cell]:
    clocks = ("calendar", "business") if business else ("calendar",)
    ends = {"first_response": "answered", "full_resolution": "resolved", "first_resolution": "resolved"}

    def cell(end: str, clock: str) -> Cell:
        def told(ticket: Ticket) -> int | None:
            found = _both(end, ticket)[clock]
            return None if found is None else found * 60

        return told

    return {f"x_own_{thing}_{clock}_seconds": cell(end, clock) for thing, end in ends.items() for clock in clocks}


GOLDEN: dict[str, Cell] = {
    "ticket_id": lambda t: 7000 + t.number,
    "created_at": lambda t: t.created,
    "updated_at": lambda t: t.updated,
    "status": lambda t: t.status,
    "channel": lambda t: t.channel,
    "priority": lambda t: t.priority,
    "team": lambda t: {"First line": 41, "Returns": 42}[t.team],
    "agent": lambda t: None if t.agent is None else 90 + AGENTS.index(t.agent),
    "customer": lambda t: t.customer,
    "subject": lambda t: t.subject,
    "first_responded_at": lambda t: after(t.created, seconds(t.answered, t.created)),
    "resolved_at": lambda t: t.resolved,
    "reopens": lambda t: t.reopens,
    "replies": lambda t: t.replies,
    "rating": _five,
    "rating_scale": lambda t: None if _five(t) is None else 5,
    "x_own_is_satisfied": _satisfied,
    **_own(),
}

TICKETS = Export(
    source="zendesk",
    file="tickets.ndjson",
    columns={
        "url": lambda t: f"https://desk.example/api/v2/tickets/{7000 + t.number}.json",
        "id": lambda t: 7000 + t.number,
        "external_id": lambda _: None,
        "via": lambda t: {"channel": CHANNEL[t.channel], "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": lambda t: iso(t.created),
        "updated_at": lambda t: iso(t.updated),
        "type": lambda _: "question",
        "subject": lambda t: t.subject,
        "raw_subject": lambda t: t.subject,
        "description": lambda t: f"Dear shop,\n{t.subject}",
        "priority": lambda t: PRIORITY[t.priority],
        "status": lambda t: STATUS[t.status],
        "recipient": lambda _: None,
        "requester_id": lambda t: t.customer,
        "submitter_id": lambda t: t.customer,
        "assignee_id": GOLDEN["agent"],
        "group_id": GOLDEN["team"],
        "has_incidents": lambda _: False,
        "tags": lambda t: [t.type.lower()],
        "custom_fields": lambda t: [{"id": 31, "value": t.type}],
        "satisfaction_rating": lambda t: {"score": score(t)},
        "ticket_form_id": lambda _: 5,
        "brand_id": lambda _: 6,
        "metric_set": _metrics,
    },
    golden=GOLDEN,
)

METRICS = Export(
    source="zendesk",
    file="ticket_metrics.json",
    inside=("ticket_metrics",),
    columns={
        "id": lambda t: 9000 + t.number,
        "ticket_id": lambda t: 7000 + t.number,
        "created_at": lambda t: iso(t.created),
        "updated_at": lambda t: iso(t.updated),
        **{
            key: metric(key)
            for key in (
                "reply_time_in_minutes",
                "first_resolution_time_in_minutes",
                "full_resolution_time_in_minutes",
                "requester_wait_time_in_minutes",
                "on_hold_time_in_minutes",
                "solved_at",
                "reopens",
                "replies",
                "assignee_stations",
                "group_stations",
                "latest_comment_added_at",
            )
        },
    },
    golden={
        name: GOLDEN[name]
        for name in (
            "ticket_id",
            "created_at",
            "updated_at",
            "first_responded_at",
            "resolved_at",
            "reopens",
            "replies",
            *_own(),
        )
    },
)

CSV = Export(
    source="zendesk",
    file="view.en.csv",
    zone="Asia/Shanghai",
    columns={
        "Summation column": lambda _: 1,
        "Id": lambda t: 7000 + t.number,
        "Requester": lambda t: f"Customer {t.customer}",
        "Requester id": lambda t: t.customer,
        "Requester email": lambda t: t.email,
        "Assignee": lambda t: t.agent or "",
        "Group": lambda t: t.team,
        "Subject": lambda t: t.subject,
        "Tags": lambda t: t.type.lower(),
        "Status": lambda t: STATUS[t.status].capitalize(),
        "Priority": lambda t: PRIORITY[t.priority].capitalize(),
        "Via": lambda t: SPOKEN[t.channel],
        "Ticket type": lambda _: "Question",
        "Created at": lambda t: local(t.created, "%Y-%m-%d %H:%M"),
        "Updated at": lambda t: local(t.updated, "%Y-%m-%d %H:%M"),
        "Solved at": lambda t: local(t.resolved, "%Y-%m-%d %H:%M"),
        "Satisfaction Score": lambda t: score(t).capitalize(),
        "Group stations": lambda _: 1,
        "Assignee stations": lambda t: t.moves + 1,
        "Reopens": lambda t: t.reopens,
        "Replies": lambda t: t.replies,
        "First reply time in minutes": lambda t: minutes(seconds(t.answered, t.created)),
        "First reply time in minutes within business hours": lambda t: minutes(working_seconds(t.answered, t.created)),
        "First resolution time in minutes": lambda t: minutes(seconds(t.resolved, t.created)),
        "First resolution time in minutes within business hours": lambda t: minutes(
            working_seconds(t.resolved, t.created)
        ),
        "Full resolution time in minutes": lambda t: minutes(seconds(t.resolved, t.created)),
        "Full resolution time in minutes within business hours": lambda t: minutes(
            working_seconds(t.resolved, t.created)
        ),
        "Requester wait time in minutes": lambda t: minutes(seconds(t.answered, t.created)),
    },
    golden=GOLDEN
    | {
        "created_at": lambda t: to_the_minute(t.created),
        "updated_at": lambda t: to_the_minute(t.updated),
        "resolved_at": lambda t: to_the_minute(t.resolved),
        "first_responded_at": lambda t: after(t.created.replace(second=0), seconds(t.answered, t.created)),
        "team": lambda t: t.team,
        "agent": lambda t: t.agent,
    },
)

CHINESE = CSV.called(
    "view.zh.csv",
    {
        "Summation column": "合计列",
        "Id": "工单 ID",
        "Requester": "请求者",
        "Requester id": "请求者 ID",
        "Assignee": "受托人",
        "Group": "组",
        "Subject": "主题",
        "Tags": "标签",
        "Status": "状态",
        "Priority": "优先级",
        "Via": "渠道",
        "Ticket type": "工单类型",
        "Created at": "创建时间",
        "Updated at": "更新时间",
        "Solved at": "解决时间",
        "Satisfaction Score": "满意度评分",
        "Group stations": "组站点",
        "Assignee stations": "受托人站点",
        "Reopens": "重新打开次数",
        "Replies": "回复次数",
        "First reply time in minutes": "首次回复时间（分钟）",
        "First reply time in minutes within business hours": "工作时间内的首次回复时间（分钟）",
        "First resolution time in minutes": "首次解决时间（分钟）",
        "First resolution time in minutes within business hours": "工作时间内的首次解决时间（分钟）",
        "Full resolution time in minutes": "完全解决时间（分钟）",
        "Full resolution time in minutes within business hours": "工作时间内的完全解决时间（分钟）",
        "Requester wait time in minutes": "请求者等待时间（分钟）",
    },
    {
        "New": "新建",
        "Open": "开启",
        "Pending": "待定",
        "Hold": "搁置",
        "Solved": "已解决",
        "Closed": "已关闭",
        "Urgent": "紧急",
        "High": "高",
        "Normal": "正常",
        "Low": "低",
        "Mail": "电子邮件",
        "Chat": "聊天",
        "Phone call (inbound)": "电话",
        "Web form": "网页表单",
        "Good": "好",
        "Bad": "差",
        "Offered": "已提供",
    },
)

EXPORTS = (TICKETS, METRICS, CSV, CHINESE)
