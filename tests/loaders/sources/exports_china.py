"""Exports of China's systems, and of the phone's switch: 简道云, ONES, 企业微信, 智齿, 网易七鱼."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.loaders.sources.cells import ZONE, calendar, on_the_sheet, plain, shown
from tests.loaders.sources.export import Cell, Export
from tests.loaders.sources.truth import CHINA, Ticket, epoch, local, seconds

TYPE = {"Delivery": "物流", "Billing": "账单", "Returns": "退换货"}
TEAM = {"First line": "一线客服", "Returns": "售后组"}
CHANNEL = {"email": "邮件", "chat": "在线客服", "phone": "热线", "web_form": "网页表单"}
PRIORITY = {"urgent": "紧急", "important": "重要", "normal": "一般", "low": "低"}
OPEN_OR_DONE: Cell = lambda t: "resolved" if t.resolved else "open"  # noqa: E731

JIANDAOYUN = Export(
    source="jiandaoyun",
    file="records.xlsx",
    columns={
        "流水号": lambda t: f"GD202603{t.number:04d}",
        "客户姓名": lambda t: f"客户{t.customer}",
        "反馈渠道": shown(CHANNEL, "channel"),
        "紧急程度": shown(PRIORITY, "priority"),
        "问题类型": shown(TYPE, "type"),
        "问题描述": lambda t: t.subject,
        "处理人": lambda t: t.agent or "",
        "首次响应时间": on_the_sheet("answered"),
        "解决时间": on_the_sheet("resolved"),
        "满意度评分": lambda t: t.rating or "",
        "流程状态": lambda t: "已完成" if t.resolved else "流转中",
        "提交人": lambda _: "前台",
        "提交时间": on_the_sheet("created"),
        "更新时间": on_the_sheet("updated"),
    },
    golden=plain(
        "created_at",
        "updated_at",
        "channel",
        "priority",
        "agent",
        "first_responded_at",
        "resolved_at",
        ticket_id=lambda t: f"GD202603{t.number:04d}",
        status=OPEN_OR_DONE,
        type=shown(TYPE, "type"),
        customer=lambda t: f"客户{t.customer}",
        rating=lambda t: t.rating,
        rating_scale=lambda t: 5 if t.rating else None,
    ),
)

ONES = Export(
    source="ones",
    file="work_items.csv",
    encoding="gb18030",
    columns={
        "ID": lambda t: f"#{100_000 + t.number}",
        "标题": lambda t: t.subject,
        "工作项类型": lambda _: "工单",
        "状态": shown(
            {
                "new": "未开始",
                "open": "进行中",
                "pending": "等待客户",
                "on_hold": "挂起",
                "resolved": "已解决",
                "closed": "已关闭",
            },
            "status",
        ),
        "优先级": shown({"urgent": "最高", "important": "较高", "normal": "普通", "low": "较低"}, "priority"),
        "负责人": lambda t: t.agent or "",
        "创建者": lambda _: "客服台",
        "创建时间": lambda t: local(t.created, "%Y-%m-%d %H:%M"),
        "更新时间": lambda t: local(t.updated, "%Y-%m-%d %H:%M"),
        "所属项目": lambda t: TEAM[t.team],
        "所属迭代": lambda _: "",
        "反馈渠道": shown(CHANNEL, "channel"),
        "客户信息": lambda t: f"客户{t.customer}",
        "解决时间": lambda t: local(t.resolved, "%Y-%m-%d %H:%M"),
    },
    golden=plain(
        "status",
        "priority",
        "channel",
        "agent",
        "subject",
        ticket_id=lambda t: f"#{100_000 + t.number}",
        created_at=lambda t: t.created.replace(second=0),
        updated_at=lambda t: t.updated.replace(second=0),
        resolved_at=lambda t: t.resolved and t.resolved.replace(second=0),
        team=shown(TEAM, "team"),
        customer=lambda t: f"客户{t.customer}",
    ),
)

WECOM_SESSIONS = Export(
    source="wecom",
    file="sessions.xlsx",
    columns={
        "会话ID": lambda t: f"kf{t.number:08d}",
        "客服账号": shown(TEAM, "team"),
        "客户昵称": lambda t: f"客户{t.customer}",
        "外部联系人ID": lambda t: f"wm{t.customer}",
        "接待人员": lambda t: t.agent or "",
        "进入场景": lambda _: "公众号菜单",
        "会话开始时间": on_the_sheet("created"),
        "首次回复时间": on_the_sheet("answered"),
        "会话结束时间": on_the_sheet("resolved"),
        "满意度评价": lambda t: {5: "非常满意", 4: "满意", 3: "一般", 1: "非常不满意"}.get(t.rating or 0, ""),
    },
    golden=plain(
        "created_at",
        "agent",
        "first_responded_at",
        "resolved_at",
        ticket_id=lambda t: f"kf{t.number:08d}",
        channel=lambda _: "wechat",
        team=shown(TEAM, "team"),
        customer=lambda t: f"wm{t.customer}",
        rating=lambda t: t.rating,
        rating_scale=lambda t: 5 if t.rating else None,
    ),
)

SOBOT = Export(
    source="sobot",
    file="sessions.csv",
    encoding="utf-8-sig",
    columns={
        "会话ID": lambda t: f"{t.number:032x}",
        "用户昵称": lambda t: f"客户{t.customer}",
        "用户ID": lambda t: f"u{t.customer}",
        "会话来源": lambda t: "微信" if t.channel == "chat" else "桌面网站",
        "接待客服组": shown(TEAM, "team"),
        "接待客服": lambda t: t.agent or "",
        "会话开始时间": lambda t: local(t.created),
        "会话结束时间": lambda t: local(t.resolved),
        "排队时长（秒）": lambda _: 3,
        "首次响应时长（秒）": lambda t: "" if t.answered is None else seconds(t.answered, t.created),
        "客服消息数": lambda t: t.replies,
        "问题分类": shown(TYPE, "type"),
        "是否解决": lambda t: "是" if t.resolved else "否",
        "满意度评分": lambda t: t.rating or "",
    },
    golden=plain(
        "created_at",
        "agent",
        "first_responded_at",
        "resolved_at",
        "closed_at",
        "replies",
        ticket_id=lambda t: f"{t.number:032x}",
        channel=lambda t: "wechat" if t.channel == "chat" else "chat",
        team=shown(TEAM, "team"),
        type=shown(TYPE, "type"),
        customer=lambda t: f"u{t.customer}",
        rating=lambda t: t.rating,
        rating_scale=lambda t: 5 if t.rating else None,
        x_own_first_response_calendar_seconds=calendar("answered"),
    ),
)

SOLVED = {True: 1, False: 2}


def milliseconds(at: datetime | None) -> int | None:
    found = epoch(at)
    return None if found is None else found * 1000


QIYU = Export(
    source="qiyu",
    file="sessions.ndjson",
    columns={
        "id": lambda t: 5_000_000 + t.number,
        "startTime": lambda t: milliseconds(t.created),
        "endTime": lambda t: milliseconds(t.resolved),
        "fromType": lambda t: "wx" if t.channel == "chat" else "web",
        "fromGroup": shown(TEAM, "team"),
        "staffId": lambda t: None if t.agent is None else len(t.agent),
        "staffName": lambda t: t.agent,
        "userId": lambda t: f"u{t.customer}",
        "inQueueTime": lambda _: 0,
        "staffFirstReplyTime": lambda t: milliseconds(t.answered),
        "firstReplyCost": lambda t: None if t.answered is None else (seconds(t.answered, t.created) or 0) * 1000,
        "stickDuration": lambda _: 0,
        "category": shown(TYPE, "type"),
        "closeReason": lambda t: None if t.resolved is None else 0,
        "status": lambda t: SOLVED[t.resolved is not None],
        "roundNumber": lambda t: t.replies,
        "staffMessageCount": lambda t: t.replies,
        "visitRange": lambda _: -1,
        "evaluation": lambda t: None if t.rating is None else t.rating * 20,
    },
    golden=plain(
        "created_at",
        "agent",
        "first_responded_at",
        "resolved_at",
        "closed_at",
        "replies",
        ticket_id=lambda t: 5_000_000 + t.number,
        status=OPEN_OR_DONE,
        channel=lambda t: "wechat" if t.channel == "chat" else "chat",
        team=shown(TEAM, "team"),
        type=shown(TYPE, "type"),
        customer=lambda t: f"u{t.customer}",
        rating=lambda t: None if t.rating is None else t.rating * 20,
        rating_scale=lambda t: 100 if t.rating else None,
        x_own_first_response_calendar_seconds=calendar("answered"),
    ),
)

QIYU_TABLE = Export(
    source="qiyu",
    file="sessions.xlsx",
    columns={
        "ID": lambda t: str(5_000_000 + t.number),
        "接待组": shown(TEAM, "team"),
        "来源类型": lambda t: "wx" if t.channel == "chat" else "web",
        "客服昵称": lambda t: t.agent or "",
        "开始时间": on_the_sheet("created"),
        "客户ID": lambda t: f"u{t.customer}",
        "客户名称": lambda t: f"客户{t.customer}",
        "会话分类信息": shown(TYPE, "type"),
        "会话关闭原因": lambda t: "客服关闭" if t.resolved else "",
        "结束时间": on_the_sheet("resolved"),
        "客服首次响应的时间": on_the_sheet("answered"),
        "客服首次响应时长": lambda t: "" if t.answered is None else seconds(t.answered, t.created),
        "会话解决状态": lambda t: "已解决" if t.resolved else "解决中",
        "对话回合数": lambda t: t.replies,
        "是否有效会话": lambda _: "是",
        "客服消息数": lambda t: t.replies,
    },
    golden={name: cell for name, cell in QIYU.golden.items() if name not in ("rating", "rating_scale")},
)


@dataclass(frozen=True)
class Interval(Ticket):
    """Half an hour of one queue."""

    offered: int = 0
    answered_calls: int = 0
    handle: int = 0
    asa: int = 0


def _intervals() -> list[Interval]:
    dice = random.Random(11)
    found = []
    for day in range(2):
        for half in range(12):
            begin = datetime(2026, 3, 12 + day, 9, tzinfo=CHINA) + timedelta(minutes=30 * half)
            offered = dice.randrange(8, 40)
            answered = offered - dice.randrange(0, 5)
            found.append(
                Interval(
                    half,
                    begin,
                    begin,
                    None,
                    None,
                    "new",
                    "phone",
                    "normal",
                    "Delivery",
                    None,
                    "First line",
                    100,
                    None,
                    0,
                    0,
                    0,
                    offered,
                    answered,
                    dice.randrange(150, 400),
                    dice.randrange(3, 40),
                )
            )
    return found


SWITCH = Export(
    source="switch",
    file="intervals.zh.csv",
    zone=ZONE,
    of=_intervals(),
    encoding="gb18030",
    above=("话务时段报表",),
    columns={
        "日期": lambda t: local(t.created, "%Y-%m-%d"),
        "时段": lambda t: f"{local(t.created, '%H:%M')}-{local(t.created + timedelta(minutes=30), '%H:%M')}",
        "技能组": shown(TEAM, "team"),
        "呼入量": lambda t: t.offered,  # type: ignore[attr-defined]
        "接通量": lambda t: t.answered_calls,  # type: ignore[attr-defined]
        "放弃量": lambda t: t.offered - t.answered_calls,  # type: ignore[attr-defined]
        "平均处理时长": lambda t: t.handle,  # type: ignore[attr-defined]
        "平均应答速度": lambda t: t.asa,  # type: ignore[attr-defined]
    },
    golden={
        "start_at": lambda t: t.created.astimezone(CHINA) - timedelta(hours=8),
        "minutes": lambda _: 30,
        "channel": lambda _: "phone",
        "team": shown(TEAM, "team"),
        "offered": lambda t: t.offered,  # type: ignore[attr-defined]
        "answered": lambda t: t.answered_calls,  # type: ignore[attr-defined]
        "abandoned": lambda t: t.offered - t.answered_calls,  # type: ignore[attr-defined]
        "handle_seconds": lambda t: f"{float(t.handle * t.answered_calls)}",  # type: ignore[attr-defined]
        "answered_wait_seconds": lambda t: f"{float(t.asa * t.answered_calls)}",  # type: ignore[attr-defined]
    },
)
SWITCH_EN = SWITCH.called(
    "intervals.en.csv",
    {
        "日期": "Date",
        "时段": "Interval",
        "技能组": "Queue",
        "呼入量": "Calls Offered",
        "接通量": "Calls Handled",
        "放弃量": "Calls Abandoned",
        "平均处理时长": "Avg Handle Time",
        "平均应答速度": "Avg Speed of Answer",
    },
    {},
    encoding="utf-8",
    above=("Queue Interval Report",),
)

EXPORTS = (JIANDAOYUN, ONES, WECOM_SESSIONS, SOBOT, QIYU, QIYU_TABLE, SWITCH, SWITCH_EN)
