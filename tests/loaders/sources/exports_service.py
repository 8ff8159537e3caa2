"""Jira Service Management and ServiceNow, by the lists of their interfaces."""

from datetime import datetime

from tests.loaders.sources.cells import (
    SOLVED_IN_TIME,
    UNTIL_OPEN,
    ZONE,
    minute,
    plain,
    said,
    shown,
    working,
)
from tests.loaders.sources.export import Cell, Export
from tests.loaders.sources.truth import Ticket, local, working_seconds


def left(end: str, within: int) -> Cell:
    """The time that was left of a target, negative once it was missed; nothing while it runs."""

    def cell(ticket: Ticket) -> str:
        took = working_seconds(getattr(ticket, end), ticket.created)
        if took is None:
            return ""
        rest = within - took
        return f"{'-' if rest < 0 else ''}{abs(rest) // 3600}:{abs(rest) % 3600 // 60:02d}"

    return cell


def british(end: str) -> Cell:
    """`25/Mar/26 1:05 PM`, as Jira writes by default."""

    def stamp(ticket: Ticket) -> str:
        at: datetime | None = getattr(ticket, end)
        text = local(at, "%d/%b/%y %I:%M %p")
        return text.replace(" 0", " ")

    return stamp


JIRA = Export(
    source="jira",
    file="issues.en.csv",
    zone=ZONE,
    columns={
        "Summary": lambda t: t.subject,
        "Issue key": lambda t: f"HELP-{t.number}",
        "Issue id": lambda t: 10_000 + t.number,
        "Issue Type": lambda _: "Service Request",
        "Status": shown(
            {
                "new": "Waiting for support",
                "open": "In Progress",
                "pending": "Waiting for customer",
                "on_hold": "Waiting for approval",
                "resolved": "Resolved",
                "closed": "Closed",
            },
            "status",
        ),
        "Project key": lambda _: "HELP",
        "Project name": lambda t: t.team,
        "Priority": shown({"urgent": "Highest", "important": "High", "normal": "Medium", "low": "Low"}, "priority"),
        "Resolution": lambda t: "" if t.resolved is None else "Done",
        "Assignee": lambda t: t.agent or "",
        "Reporter": lambda t: f"Customer {t.customer}",
        "Created": british("created"),
        "Updated": british("updated"),
        "Resolved": british("resolved"),
        "Custom field (Request Type)": lambda t: t.type,
        "Custom field (Time to first response)": left("answered", 2 * 3600),
        "Custom field (Time to resolution)": left("resolved", 24 * 3600),
        "Satisfaction rating": lambda t: t.rating or "",
    },
    golden=plain(
        "priority",
        "type",
        "team",
        "agent",
        "subject",
        ticket_id=lambda t: f"HELP-{t.number}",
        status=UNTIL_OPEN,
        created_at=minute("created"),
        updated_at=minute("updated"),
        resolved_at=minute("resolved"),
        closed_at=minute("resolved"),
        customer=lambda t: f"Customer {t.customer}",
        rating=lambda t: t.rating,
        rating_scale=lambda t: 5 if t.rating else None,
        x_own_first_response_met=lambda t: {"-": False}.get(
            str(left("answered", 7200)(t))[:1], None if t.answered is None else True
        ),
        x_own_resolution_met=lambda t: {"-": False}.get(
            str(left("resolved", 86400)(t))[:1], None if t.resolved is None else True
        ),
    ),
)

JIRA_ZH = JIRA.called(
    "issues.zh.csv",
    {
        "Summary": "摘要",
        "Issue key": "问题关键字",
        "Issue id": "问题 ID",
        "Issue Type": "问题类型",
        "Status": "状态",
        "Project key": "项目关键字",
        "Project name": "项目名称",
        "Priority": "优先级",
        "Resolution": "解决结果",
        "Assignee": "经办人",
        "Reporter": "报告人",
        "Created": "创建日期",
        "Updated": "更新日期",
        "Resolved": "已解决",
        "Custom field (Request Type)": "自定义字段 (请求类型)",
        "Custom field (Time to first response)": "自定义字段 (首次响应时间)",
        "Custom field (Time to resolution)": "自定义字段 (解决时间)",
        "Satisfaction rating": "满意度评分",
    },
    {
        "Waiting for support": "等待支持",
        "In Progress": "处理中",
        "Waiting for customer": "等待客户",
        "Resolved": "已解决",
        "Closed": "已关闭",
        "Waiting for approval": "挂起",
        "Highest": "最高",
        "High": "高",
        "Medium": "中",
        "Low": "低",
    },
)

SERVICENOW = Export(
    source="servicenow",
    file="incident.en.csv",
    zone=ZONE,
    columns={
        "Number": lambda t: f"INC{10_000 + t.number:07d}",
        "Opened": lambda t: local(t.created),
        "Short description": lambda t: t.subject,
        "Caller": lambda t: f"Customer {t.customer}",
        "Priority": shown(
            {"urgent": "1 - Critical", "important": "2 - High", "normal": "3 - Moderate", "low": "4 - Low"}, "priority"
        ),
        "State": shown(
            {
                "new": "New",
                "open": "In Progress",
                "pending": "On Hold",
                "on_hold": "On Hold",
                "resolved": "Resolved",
                "closed": "Closed",
            },
            "status",
        ),
        "Category": lambda t: t.type,
        "Assignment group": lambda t: t.team,
        "Assigned to": lambda t: t.agent or "(empty)",
        "Updated": lambda t: local(t.updated),
        "Contact type": shown(
            {"email": "Email", "chat": "Chat", "phone": "Phone", "web_form": "Self-service"}, "channel"
        ),
        "Resolved": lambda t: local(t.resolved),
        "Closed": lambda t: local(t.resolved) if t.status == "closed" else "",
        "Reassignment count": lambda t: t.moves,
        "Reopen count": lambda t: t.reopens,
        "Made SLA": said(SOLVED_IN_TIME, "true", "false", "true"),
        "Business resolve time": lambda t: "" if t.resolved is None else working_seconds(t.resolved, t.created),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "channel",
        "priority",
        "type",
        "team",
        "agent",
        "subject",
        "resolved_at",
        "reopens",
        "handoffs",
        ticket_id=lambda t: f"INC{10_000 + t.number:07d}",
        customer=lambda t: f"Customer {t.customer}",
        status=lambda t: {"pending": "on_hold"}.get(t.status, t.status),
        closed_at=lambda t: t.resolved if t.status == "closed" else None,
        x_own_resolution_met=lambda t: SOLVED_IN_TIME(t) is not False,
        x_own_full_resolution_business_seconds=working("resolved"),
    ),
)

SERVICENOW_ZH = SERVICENOW.called(
    "incident.zh.csv",
    {
        "Number": "编号",
        "Opened": "打开时间",
        "Short description": "简短描述",
        "Caller": "呼叫者",
        "Priority": "优先级",
        "State": "状态",
        "Category": "类别",
        "Assignment group": "分配组",
        "Assigned to": "分配给",
        "Updated": "更新时间",
        "Contact type": "联系类型",
        "Resolved": "解决时间",
        "Closed": "关闭时间",
        "Reassignment count": "重新分配计数",
        "Reopen count": "重新打开计数",
        "Made SLA": "达成 SLA",
        "Business resolve time": "业务解决时间",
    },
    {
        "New": "新建",
        "In Progress": "进行中",
        "On Hold": "暂挂",
        "Resolved": "已解决",
        "Closed": "已关闭",
        "(empty)": "(空)",
        "1 - Critical": "1 - 严重",
        "2 - High": "2 - 高",
        "3 - Moderate": "3 - 中等",
        "4 - Low": "4 - 低",
        "Email": "电子邮件",
        "Chat": "聊天",
        "Phone": "电话",
        "Self-service": "表单",
    },
    encoding="gb18030",
)

EXPORTS = (JIRA, JIRA_ZH, SERVICENOW, SERVICENOW_ZH)
