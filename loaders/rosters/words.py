"""How rosters name their columns, who works how, and days off, in English and Chinese."""

from collections.abc import Mapping

from loaders.synonyms import normal
from metrics.staffing.rosters import ShiftKind

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "day": ("date", "day", "日期", "班次日期", "排班日期", "上班日期", "出勤日期"),
    "start": ("start", "starts", "from", "start time", "shift start", "begins", "上班", "上班时间", "开始",
              "开始时间", "班次开始"),
    "end": ("end", "ends", "to", "until", "end time", "shift end", "下班", "下班时间", "结束", "结束时间", "班次结束"),
    "shift": ("shift", "hours", "time", "times", "shift code", "班次", "班别", "时段", "班段", "工作时间"),
    "team": ("team", "group", "department", "团队", "班组", "小组", "组别", "技能组", "部门", "客服组"),
    "person": ("agent", "name", "person", "employee", "staff", "姓名", "员工", "员工姓名", "客服", "坐席", "人员"),
    "people": ("people", "heads", "headcount", "count", "fte", "number", "人数", "数量", "席位", "坐席数"),
    "kind": ("kind", "type", "employment", "contract", "用工", "用工类型", "用工形式", "性质", "人员类型", "类型"),
    "queues": ("queue", "queues", "skill", "skills", "channel", "channels", "渠道", "技能", "队列", "服务渠道"),
    "break": ("break", "lunch", "rest", "meal", "休息", "午休", "休息时间", "用餐", "就餐时间"),
}  # fmt: skip
"""What a roster of one shift a row may tell, and the headers that mean it."""
KINDS: Mapping[ShiftKind, tuple[str, ...]] = {
    "regular": ("regular", "full time", "full-time", "own", "正式", "全职", "自有", "在编", "合同工"),
    "part_time": ("part time", "part-time", "pt", "student", "兼职", "小时工", "实习", "实习生", "钟点工"),
    "outsourced": (
        "outsourced",
        "outsourcing",
        "bpo",
        "agency",
        "vendor",
        "外包",
        "外协",
        "第三方",
        "派遣",
        "劳务派遣",
    ),
    "borrowed": ("borrowed", "on loan", "loan", "支援", "借调", "借用", "跨组支援"),
}  # fmt: skip
OFF = frozenset(map(normal, (
    "off", "rest", "-", "–", "—", "/", "x", "vacation", "holiday", "leave", "sick", "休", "休息", "公休", "轮休",
    "调休", "年假", "病假", "事假", "请假", "补休", "0", "无", "假",
)))  # fmt: skip
"""What stands in a cell of a day on which somebody does not work."""
WEEKDAYS: Mapping[str, int] = {
    normal(word): number
    for number, words in enumerate((
        ("mon", "monday", "周一", "星期一", "礼拜一"), ("tue", "tuesday", "周二", "星期二", "礼拜二"),
        ("wed", "wednesday", "周三", "星期三", "礼拜三"), ("thu", "thursday", "周四", "星期四", "礼拜四"),
        ("fri", "friday", "周五", "星期五", "礼拜五"), ("sat", "saturday", "周六", "星期六", "礼拜六"),
        ("sun", "sunday", "周日", "周天", "星期日", "星期天", "礼拜天"),
    ))
    for word in words
}  # fmt: skip
_HEADERS = {normal(word): name for name, words in COLUMNS.items() for word in words}
_KINDS = {normal(word): kind for kind, words in KINDS.items() for word in words}


def column_of(header: str) -> str | None:
    """What a header means in a roster; None for any other."""
    return _HEADERS.get(normal(header))


def kind_of(text: str) -> ShiftKind | None:
    """How somebody works, as a cell says it."""
    return _KINDS.get(normal(text))


def is_off(text: str) -> bool:
    """Whether a cell says that nobody works; an empty one does."""
    return not text.strip() or normal(text) in OFF or not normal(text)
