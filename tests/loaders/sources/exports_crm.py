"""Salesforce by report and by object, Dynamics 365 by its workbook."""

from datetime import datetime

from tests.loaders.sources.cells import (
    ENDED,
    IN_TIME,
    SOLVED_IN_TIME,
    ZONE,
    minute,
    on_the_sheet,
    plain,
    said,
    shown,
)
from tests.loaders.sources.export import Cell, Export
from tests.loaders.sources.truth import CHINA, Ticket

CASE_STATUS = {
    "new": "New",
    "open": "Working",
    "pending": "Waiting on Customer",
    "on_hold": "On Hold",
    "resolved": "Closed",
    "closed": "Closed",
}

CASE_PRIORITY = {"urgent": "Critical", "important": "High", "normal": "Medium", "low": "Low"}

CASE_ORIGIN = {"email": "Email", "chat": "Chat", "phone": "Phone", "web_form": "Web"}


def american(end: str) -> Cell:
    """`3/25/2026, 1:05 PM`, as an American reads it."""

    def stamp(ticket: Ticket) -> str:
        at: datetime | None = getattr(ticket, end)
        if at is None:
            return ""
        here = at.astimezone(CHINA)
        return f"{here.month}/{here.day}/{here.year}, {here.hour % 12 or 12}:{here.minute:02d} {here:%p}"

    return stamp


SALESFORCE = Export(
    source="salesforce",
    file="report.en.csv",
    zone=ZONE,
    columns={
        "Case Owner": lambda t: t.agent or "Queue",
        "Account Name": lambda t: f"Customer {t.customer}",
        "Subject": lambda t: t.subject,
        "Date/Time Opened": american("created"),
        "Age (Hours)": lambda t: "" if t.resolved is None else f"{(t.resolved - t.created).total_seconds() / 3600:.2f}",
        "Open": lambda t: int(t.resolved is None),
        "Closed": lambda t: int(t.resolved is not None),
        "Case Number": lambda t: f"{1000 + t.number:08d}",
        "Status": shown(CASE_STATUS, "status"),
        "Priority": shown(CASE_PRIORITY, "priority"),
        "Case Origin": shown(CASE_ORIGIN, "channel"),
        "Type": lambda t: t.type,
        "Date/Time Closed": american("resolved"),
    },
    golden=plain(
        "channel",
        "priority",
        "type",
        "subject",
        ticket_id=lambda t: f"{1000 + t.number:08d}",
        status=ENDED,
        created_at=minute("created"),
        resolved_at=minute("resolved"),
        closed_at=minute("resolved"),
        agent=lambda t: t.agent or "Queue",
        customer=lambda t: f"Customer {t.customer}",
    ),
)

SALESFORCE_ZH = SALESFORCE.called(
    "report.zh.csv",
    {
        "Case Owner": "个案所有人",
        "Account Name": "客户名",
        "Subject": "主题",
        "Date/Time Opened": "打开日期/时间",
        "Age (Hours)": "年龄（小时）",
        "Open": "打开",
        "Closed": "已关闭",
        "Case Number": "个案编号",
        "Status": "状态",
        "Priority": "优先级",
        "Case Origin": "个案来源",
        "Type": "类型",
        "Date/Time Closed": "关闭日期/时间",
    },
    {
        "New": "新建",
        "Working": "工作中",
        "Waiting on Customer": "等待客户",
        "On Hold": "暂停",
        "Closed": "已关闭",
        "Critical": "紧急",
        "High": "高",
        "Medium": "中",
        "Low": "低",
        "Email": "电子邮件",
        "Chat": "聊天",
        "Phone": "电话",
        "Web": "网站",
    },
    encoding="gb18030",
)

CASES = Export(
    source="salesforce",
    file="Case.csv",
    columns={
        "Id": lambda t: f"500AA{t.number:010d}AAA",
        "IsDeleted": lambda _: "0",
        "CaseNumber": lambda t: f"{1000 + t.number:08d}",
        "ContactId": lambda t: f"003AA{t.customer:010d}",
        "OwnerId": lambda t: "005AA0000000001" if t.agent is None else f"005BB{len(t.agent)}",
        "Type": lambda t: t.type,
        "Status": shown(CASE_STATUS, "status"),
        "Reason": lambda _: "",
        "Origin": shown(CASE_ORIGIN, "channel"),
        "Subject": lambda t: t.subject,
        "Priority": shown(CASE_PRIORITY, "priority"),
        "IsClosed": lambda t: int(t.resolved is not None),
        "ClosedDate": lambda t: "" if t.resolved is None else f"{t.resolved:%Y-%m-%dT%H:%M:%S}.000Z",
        "IsEscalated": lambda _: "0",
        "CreatedDate": lambda t: f"{t.created:%Y-%m-%dT%H:%M:%S}.000Z",
        "LastModifiedDate": lambda t: f"{t.updated:%Y-%m-%dT%H:%M:%S}.000Z",
        "SystemModstamp": lambda t: f"{t.updated:%Y-%m-%dT%H:%M:%S}.000Z",
    },
    golden=plain(
        "created_at",
        "updated_at",
        "channel",
        "priority",
        "type",
        "subject",
        "resolved_at",
        "closed_at",
        ticket_id=lambda t: f"{1000 + t.number:08d}",
        status=ENDED,
        customer=lambda t: f"003AA{t.customer:010d}",
    ),
)

DYNAMICS_STATUS = {
    "new": "In Progress",
    "open": "In Progress",
    "pending": "Waiting for Details",
    "on_hold": "On Hold",
    "resolved": "Problem Solved",
    "closed": "Information Provided",
}

DYNAMICS = Export(
    source="dynamics",
    file="cases.en.xlsx",
    zone=ZONE,
    columns={
        "(Do Not Modify) Case": lambda t: f"c0ffee00-0000-4000-8000-{t.number:012d}",
        "(Do Not Modify) Row Checksum": lambda t: f"kSum{t.number}==",
        "(Do Not Modify) Modified On": on_the_sheet("updated"),
        "Case Title": lambda t: t.subject,
        "Case Number": lambda t: f"CAS-{1000 + t.number:05d}-X1Y2Z3",
        "Priority": shown({"urgent": "Urgent", "important": "High", "normal": "Normal", "low": "Low"}, "priority"),
        "Origin": shown(CASE_ORIGIN, "channel"),
        "Customer": lambda t: f"Customer {t.customer}",
        "Owner": lambda t: t.agent or "",
        "Status Reason": shown(DYNAMICS_STATUS, "status"),
        "Created On": on_the_sheet("created"),
        "Resolved On": on_the_sheet("resolved"),
        "Case Type": lambda t: t.type,
        "First Response SLA Status": said(IN_TIME, "Succeeded", "Noncompliant", "In Progress"),
        "Resolve By SLA Status": said(SOLVED_IN_TIME, "Succeeded", "Noncompliant", "In Progress"),
        "Satisfaction": lambda t: {5: "Very Satisfied", 4: "Satisfied", 3: "Neutral", 1: "Very Dissatisfied"}.get(
            t.rating or 0, ""
        ),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "channel",
        "priority",
        "type",
        "agent",
        "subject",
        "resolved_at",
        "closed_at",
        ticket_id=lambda t: f"CAS-{1000 + t.number:05d}-X1Y2Z3",
        customer=lambda t: f"Customer {t.customer}",
        status=lambda t: {"new": "open", "closed": "resolved"}.get(t.status, t.status),
        rating=lambda t: t.rating,
        rating_scale=lambda t: 5 if t.rating else None,
        x_own_first_response_met=IN_TIME,
        x_own_resolution_met=SOLVED_IN_TIME,
    ),
)

DYNAMICS_ZH = DYNAMICS.called(
    "cases.zh.xlsx",
    {
        "(Do Not Modify) Case": "(请勿修改) 案例",
        "(Do Not Modify) Row Checksum": "(请勿修改) 行校验和",
        "(Do Not Modify) Modified On": "(请勿修改) 修改时间",
        "Case Title": "案例标题",
        "Case Number": "案例编号",
        "Priority": "优先级",
        "Origin": "起源",
        "Customer": "客户",
        "Owner": "负责人",
        "Status Reason": "状态描述",
        "Created On": "创建时间",
        "Resolved On": "解决时间",
        "Case Type": "案例类型",
        "First Response SLA Status": "首次响应 SLA 状态",
        "Resolve By SLA Status": "解决时限 SLA 状态",
        "Satisfaction": "满意度",
    },
    {
        "In Progress": "正在进行",
        "On Hold": "保留",
        "Waiting for Details": "等待详细信息",
        "Problem Solved": "问题已解决",
        "Information Provided": "已提供信息",
        "Urgent": "紧急",
        "High": "高",
        "Normal": "普通",
        "Low": "低",
        "Email": "电子邮件",
        "Chat": "聊天",
        "Phone": "电话",
        "Web": "网站",
        "Succeeded": "成功",
        "Noncompliant": "不合规",
        "Very Satisfied": "非常满意",
        "Satisfied": "满意",
        "Neutral": "一般",
        "Very Dissatisfied": "非常不满意",
    },
)

EXPORTS = (SALESFORCE, SALESFORCE_ZH, CASES, DYNAMICS, DYNAMICS_ZH)
