"""A few dirty rows for the demo desk: an export of a second tool as people really hand it over, in one CSV text."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dashboard.demo.calendar_of_demand import ZONE
from loaders.mapping import Mapping

FILE_NAME = "门店登记表_2026-11.csv"
COLUMNS = {
    "ticket_id": "工单编号", "created_at": "创建时间", "channel": "渠道", "type": "问题类型", "priority": "优先级",
    "status": "状态", "first_responded_at": "首次回复时间", "resolved_at": "解决时间", "agent": "处理人",
    "rating_score": "评分", "rated_at": "评价时间", "request_text": "问题描述",
}  # fmt: skip
HEADER = tuple(COLUMNS.values())
KINDS = {
    "产品信息": "product_information", "保修": "warranty", "退换货": "returns_exchanges", "使用指导": "how_to_use",
    "投诉": "complaint", "库存": "stock",
}  # fmt: skip
MAPPING = Mapping(
    name="store_register",
    shape="tickets",
    columns=COLUMNS,
    values={"type": KINDS},
    zone=ZONE,
    options={"rating_scale": "5"},
)
"""How the register is read; it is kept on the demo desk, as a mapping that a person has settled."""
FIRST = datetime(2026, 11, 9, 10, 5)  # noqa: DTZ001 - a wall clock time in a file without a zone
ROWS = 60
AGENTS = ("汪小丽", "田甜", "任建平", "姜晓雯")
PRIORITIES = ("一般", "一般", "重要", "低", "一般", "紧急")
QUESTIONS = (
    "顾客到店咨询净水器换芯", "电饭煲保修卡丢失，询问能否保修", "耳机左耳无声，到店换货",
    "请店员演示扫地机器人预约功能",
    "顾客反映排队太久", "询问循环扇何时到货", "加湿器漏水，留机检测", "开发票抬头写错，要求重开",
)  # fmt: skip

Row = dict[str, str]
_DIRT: dict[int, Row] = {
    3: {"首次回复时间": "2026-11-08 09:12"}, 11: {"首次回复时间": "2026-11-09 08:00"},
    19: {"首次回复时间": "2026-11-01 10:00"}, 27: {"解决时间": "2026-11-02 16:30"},
    5: {"渠道": "传真"}, 23: {"渠道": "店长口头"}, 44: {"渠道": "？"},
    8: {"创建时间": "2026-13-09 10:40"}, 21: {"创建时间": "昨天下午"}, 37: {"创建时间": ""},
    14: {"工单编号": ""}, 33: {"工单编号": ""},
    30: {"首次回复时间": "2026/11/31 14:00"}, 41: {"解决时间": "待定"},
    17: {"评分": "9"}, 18: {"评分": "很棒"}, 39: {"评分": "-1"}, 47: {"优先级": "马上"}, 52: {"状态": "看情况"},
}  # fmt: skip
"""What is wrong, by the row's number: answers before the question, unknown words, impossible dates, no number."""
_TWICE = (9, 36)
"""Rows that somebody pasted a second time."""


def dirty_csv() -> str:
    """Some sixty rows of a store's register, with most of what goes wrong in such files."""
    lines = [",".join(HEADER)]
    for number, row in enumerate(_rows()):
        line = ",".join((row | _DIRT.get(number, {})).values())
        lines += [line, line] if number in _TWICE else [line]
        if number == 28:
            lines.append("")
    return "\r\n".join(lines) + "\r\n"


def _rows() -> Iterator[Row]:
    for number in range(ROWS):
        created = FIRST + timedelta(hours=4 * number + number % 3, minutes=number * 7 % 60)
        created = created.replace(hour=10 + created.hour % 11)
        replied = created + timedelta(minutes=2 + number * 5 % 23)
        solved = replied + timedelta(minutes=10 + number * 13 % 240)
        is_open = number % 13 == 12
        values = (
            f"MD{20_261_100 + number}", _stamp(created), "门店", list(KINDS)[number % 6], PRIORITIES[number % 6],
            "处理中" if is_open else "已解决", _stamp(replied), "" if is_open else _stamp(solved), AGENTS[number % 4],
            str(5 - number % 7 % 4) if number % 3 == 0 else "",
            _stamp(solved + timedelta(minutes=9)) if number % 3 == 0 else "", QUESTIONS[number % 8],
        )  # fmt: skip
        yield dict(zip(HEADER, values, strict=True))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
