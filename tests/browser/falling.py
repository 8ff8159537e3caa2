"""A desk whose promises were kept until, last week, the e-mails of one team lay for days."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files

HEADER = ("工单编号", "创建时间", "首次响应时间", "解决时间", "渠道", "问题类型", "优先级", "团队", "客服", "标题")
CHANNELS = ("邮件", "热线", "在线聊天")
TYPES = ("退换货", "物流配送")
FAILING, OTHER = "乙组", "甲组"
FIRST = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - a stamp without a zone, as exports have it
DAYS, A_DAY = 24, 30
BAD_WEEK = range(14, 21)
"""Monday 16 to Sunday 22 March."""
AT_ONCE, DAYS_LATER = timedelta(seconds=9), timedelta(hours=70)


def falling_export() -> bytes:
    """720 tickets up to Wednesday 25 March; those that lay for days are named by `late_ids`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(DAYS * A_DAY):
        day, place = divmod(number, A_DAY)
        created = FIRST + timedelta(days=day, minutes=12 * place)
        answered = created + (DAYS_LATER + timedelta(minutes=number) if is_late(number) else AT_ONCE)
        writer.writerow(
            [f"F{number:04d}", created, answered, answered + timedelta(minutes=20), CHANNELS[place % 3],
             TYPES[place % 2], "一般", FAILING if (place // 3) % 2 else OTHER, ("王芳", "李雷")[(place // 3) % 2],
             f"咨询 {number}"]
        )  # fmt: skip
    return text.getvalue().encode("utf-8")


def is_late(number: int) -> bool:
    day, place = divmod(number, A_DAY)
    return day in BAD_WEEK and place % 3 == 0 and bool((place // 3) % 2)


def late_ids() -> list[str]:
    """The tickets that explain the fall, the one that lay longest first."""
    return [f"F{number:04d}" for number in reversed(range(DAYS * A_DAY)) if is_late(number)]


def falling_desk(folder: Path) -> Path:
    """The folder of such a desk."""
    export = folder / "falling.csv"
    export.write_bytes(falling_export())
    report = load_files(COMMAND_LINE, open_desk(folder / "desk"), [export], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    return folder / "desk"
