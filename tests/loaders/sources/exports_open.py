"""The open systems' tables: Zammad, osTicket, Frappe Helpdesk."""

from tests.loaders.sources.cells import (
    SOLVED_IN_TIME,
    ZONE,
    on_the_sheet,
    plain,
    said,
    shown,
    working,
)
from tests.loaders.sources.export import Cell, Export
from tests.loaders.sources.truth import Ticket, local, working_seconds


def spare(end: str, within: int) -> Cell:
    """Whole minutes between target and what it took."""

    def cell(ticket: Ticket) -> int | str:
        took = working_seconds(getattr(ticket, end), ticket.created)
        return "" if took is None else within // 60 - took // 60

    return cell


def in_minutes(end: str) -> Cell:
    return lambda t: "" if (took := working_seconds(getattr(t, end), t.created)) is None else took // 60


def whole(end: str) -> Cell:
    return lambda t: None if (took := working_seconds(getattr(t, end), t.created)) is None else took // 60 * 60


ZAMMAD = Export(
    source="zammad",
    file="tickets.en.xlsx",
    zone=ZONE,
    columns={
        "#": lambda t: str(31_000 + t.number),
        "Title": lambda t: t.subject,
        "State": shown(
            {
                "new": "new",
                "open": "open",
                "pending": "pending reminder",
                "on_hold": "pending close",
                "resolved": "closed",
                "closed": "closed",
            },
            "status",
        ),
        "Priority": shown(
            {"urgent": "3 high", "important": "3 high", "normal": "2 normal", "low": "1 low"}, "priority"
        ),
        "Group": lambda t: t.team,
        "Owner": lambda t: t.agent or "-",
        "Customer": lambda t: f"Customer {t.customer}",
        "Organization": lambda _: "",
        "Create Channel": shown({"email": "email", "chat": "chat", "phone": "phone", "web_form": "web"}, "channel"),
        "Sender": lambda _: "Customer",
        "Tags": lambda t: t.type.lower(),
        "Created At": on_the_sheet("created"),
        "Updated At": on_the_sheet("updated"),
        "Closed At": on_the_sheet("resolved"),
        "Close In Min": in_minutes("resolved"),
        "Close Diff In Min": spare("resolved", 24 * 3600),
        "First Response At": on_the_sheet("answered"),
        "First Response In Min": in_minutes("answered"),
        "First Response Diff In Min": spare("answered", 2 * 3600),
        "Last Contact Agent At": on_the_sheet("answered"),
        "Last Contact Customer At": on_the_sheet("created"),
        "Article Count": lambda t: t.replies + 1,
    },
    golden=plain(
        "created_at",
        "updated_at",
        "channel",
        "team",
        "agent",
        "subject",
        "first_responded_at",
        "resolved_at",
        "closed_at",
        ticket_id=lambda t: 31_000 + t.number,
        customer=lambda t: f"Customer {t.customer}",
        status=lambda t: {"on_hold": "pending", "resolved": "closed"}.get(t.status, t.status),
        priority=lambda t: {"urgent": "important"}.get(t.priority, t.priority),
        x_own_first_response_business_seconds=whole("answered"),
        x_own_full_resolution_business_seconds=whole("resolved"),
        x_own_first_response_met=lambda t: None if t.answered is None else spare("answered", 7200)(t) >= 0,  # type: ignore[operator]
    ),
)

OSTICKET = Export(
    source="osticket",
    file="queue.en.csv",
    zone=ZONE,
    encoding="utf-8-sig",
    columns={
        "Ticket Number": lambda t: f"{600_000 + t.number}",
        "Date Created": lambda t: local(t.created),
        "Subject": lambda t: t.subject,
        "From": lambda t: f"Customer {t.customer}",
        "From Email": lambda t: t.email,
        "Priority": shown({"urgent": "Emergency", "important": "High", "normal": "Normal", "low": "Low"}, "priority"),
        "Department": lambda t: t.team,
        "Help Topic": lambda t: t.type,
        "Source": shown({"email": "Email", "chat": "Other", "phone": "Phone", "web_form": "Web"}, "channel"),
        "Current Status": shown(
            {
                "new": "Open",
                "open": "Open",
                "pending": "Open",
                "on_hold": "Open",
                "resolved": "Resolved",
                "closed": "Closed",
            },
            "status",
        ),
        "Last Updated": lambda t: local(t.updated),
        "SLA Due Date": lambda t: local(t.created),
        "Closed Date": lambda t: local(t.resolved),
        "Overdue": said(SOLVED_IN_TIME, "No", "Yes", "No"),
        "Answered": lambda t: "No" if t.answered is None else "Yes",
        "Agent Assigned": lambda t: t.agent or "",
        "Team Assigned": lambda _: "",
        "Thread Count": lambda t: t.replies + 1,
        "Reopen Count": lambda t: t.reopens,
    },
    golden=plain(
        "created_at",
        "updated_at",
        "priority",
        "type",
        "team",
        "agent",
        "customer",
        "subject",
        "resolved_at",
        "closed_at",
        "reopens",
        ticket_id=lambda t: 600_000 + t.number,
        channel=lambda t: {"chat": "other"}.get(t.channel, t.channel),
        status=lambda t: t.status if t.status in ("resolved", "closed") else "open",
        x_own_resolution_met=lambda t: SOLVED_IN_TIME(t) is not False,
    ),
)

OSTICKET_ZH = OSTICKET.called(
    "queue.zh.csv",
    {
        "Ticket Number": "工单编号",
        "Date Created": "创建日期",
        "Subject": "主题",
        "From": "发件人",
        "From Email": "发件人邮箱",
        "Priority": "优先级",
        "Department": "部门",
        "Help Topic": "帮助主题",
        "Source": "来源",
        "Current Status": "当前状态",
        "Last Updated": "最后更新",
        "SLA Due Date": "SLA 到期日",
        "Closed Date": "关闭日期",
        "Overdue": "逾期",
        "Answered": "已回复",
        "Agent Assigned": "已分配客服",
        "Team Assigned": "已分配团队",
        "Thread Count": "会话数",
        "Reopen Count": "重新打开次数",
    },
    {
        "Open": "打开",
        "Resolved": "已解决",
        "Closed": "已关闭",
        "Emergency": "紧急",
        "High": "高",
        "Normal": "正常",
        "Low": "低",
        "Email": "邮件",
        "Phone": "电话",
        "Web": "网站",
        "Other": "其他",
        "Yes": "是",
        "No": "否",
    },
)

FRAPPE = Export(
    source="frappe",
    file="hd_ticket.en.csv",
    zone=ZONE,
    columns={
        "ID": lambda t: 2000 + t.number,
        "Subject": lambda t: t.subject,
        "Raised By (Email)": lambda t: t.email,
        "Status": shown(
            {
                "new": "Open",
                "open": "Open",
                "pending": "Replied",
                "on_hold": "Replied",
                "resolved": "Resolved",
                "closed": "Closed",
            },
            "status",
        ),
        "Priority": shown({"urgent": "Urgent", "important": "High", "normal": "Medium", "low": "Low"}, "priority"),
        "Ticket Type": lambda t: t.type,
        "Team": lambda t: t.team,
        "SLA Status": said(SOLVED_IN_TIME, "Fulfilled", "Failed", "Resolution Due"),
        "Response By": lambda t: local(t.created),
        "Resolution By": lambda t: local(t.created),
        "Opening Date": lambda t: local(t.created, "%Y-%m-%d"),
        "Opening Time": lambda t: local(t.created, "%H:%M:%S"),
        "First Responded On": lambda t: local(t.answered),
        "First Response Time": lambda t: "" if t.answered is None else working_seconds(t.answered, t.created),
        "Resolution Date": lambda t: local(t.resolved),
        "Resolution Time": lambda t: "" if t.resolved is None else working_seconds(t.resolved, t.created),
        "Total Hold Time": lambda _: 0,
        "Last Updated On": lambda t: local(t.updated),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "priority",
        "type",
        "team",
        "customer",
        "subject",
        "first_responded_at",
        "resolved_at",
        "closed_at",
        ticket_id=lambda t: 2000 + t.number,
        status=lambda t: {"new": "open", "on_hold": "pending"}.get(t.status, t.status),
        x_own_first_response_business_seconds=working("answered"),
        x_own_full_resolution_business_seconds=working("resolved"),
        x_own_resolution_met=SOLVED_IN_TIME,
    ),
)

ZAMMAD_ZH = ZAMMAD.called(
    "tickets.zh.xlsx",
    {
        "#": "编号",
        "Title": "标题",
        "State": "状态",
        "Priority": "优先级",
        "Group": "群组",
        "Owner": "所有者",
        "Customer": "客户",
        "Organization": "组织",
        "Create Channel": "创建渠道",
        "Sender": "发件人",
        "Tags": "标签",
        "Created At": "创建于",
        "Updated At": "更新于",
        "Closed At": "关闭于",
        "Close In Min": "关闭用时（分钟）",
        "Close Diff In Min": "关闭差值（分钟）",
        "First Response At": "首次响应时间",
        "First Response In Min": "首次响应用时（分钟）",
        "First Response Diff In Min": "首次响应差值（分钟）",
        "Last Contact Agent At": "客服最后联系时间",
        "Last Contact Customer At": "客户最后联系时间",
        "Article Count": "文章数",
    },
    {
        "new": "新建",
        "open": "打开",
        "pending reminder": "待反馈",
        "pending close": "待反馈",
        "closed": "已关闭",
        "3 high": "高",
        "2 normal": "普通",
        "1 low": "低",
        "email": "电子邮件",
        "chat": "聊天",
        "phone": "电话",
        "web": "网页表单",
    },
)

FRAPPE_ZH = FRAPPE.called(
    "hd_ticket.zh.csv",
    {
        "ID": "编号",
        "Subject": "主题",
        "Raised By (Email)": "提交人（邮箱）",
        "Status": "状态",
        "Priority": "优先级",
        "Ticket Type": "工单类型",
        "Team": "客服组",
        "SLA Status": "SLA 状态",
        "Response By": "响应截止",
        "Resolution By": "解决截止",
        "Opening Date": "开启日期",
        "Opening Time": "开启时间",
        "First Responded On": "首次响应于",
        "First Response Time": "首次响应时长",
        "Resolution Date": "解决日期",
        "Resolution Time": "解决时长",
        "Total Hold Time": "总挂起时间",
        "Last Updated On": "最后更新于",
    },
    {
        "Open": "打开",
        "Replied": "已回复",
        "Resolved": "已解决",
        "Closed": "已关闭",
        "Urgent": "紧急",
        "High": "高",
        "Medium": "中",
        "Low": "低",
        "Fulfilled": "已达成",
        "Failed": "已失败",
        "Resolution Due": "",
    },
)

EXPORTS = (ZAMMAD, ZAMMAD_ZH, OSTICKET, OSTICKET_ZH, FRAPPE, FRAPPE_ZH)
