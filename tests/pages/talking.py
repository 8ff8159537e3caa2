"""A desk whose customers ask the same things again and rate what they got: eighteen weeks of an export with texts."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files

HEADER = (
    "工单编号", "创建时间", "首次响应时间", "解决时间", "渠道", "问题类型", "子类型", "产品", "问题描述", "满意度评分",
    "评价时间", "评价内容",
)  # fmt: skip
ASKED = (
    ("退换货", "退货运费", "您好，退货的运费谁出？"),
    ("物流配送", "催件", "快递好几天没更新了，单号DD{n}，能不能催一下"),
    ("使用指导", "滤芯", "{product}怎么更换滤芯？谢谢"),
)
PRODUCTS = ("霜降净水器 W2", "白露加湿器 M1")
LOW, HIGH = ("等太久了，没人处理", "处理太慢"), ("回复很快", "非常专业，点赞")
HOSTILE = "**粗** <b>x</b> [点我](http://example.com) $x$ :red[红] 太慢"
DAYS, FIRST = 126, datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - a stamp without a zone, as exports have it
GROWS_FROM = 98
"""From this day on the second question comes three times as often."""


def talking_rows() -> list[tuple[str, ...]]:
    """Six tickets a day; one in three rated, low where the answer took hours."""
    rows, number = [], 0
    for day in range(DAYS):
        for place in range(6 if day < GROWS_FROM else 10):
            type_, subtype, text = ASKED[1 if place >= 6 else place % 3]
            created = FIRST + timedelta(days=day, minutes=40 * place)
            slow = number % 4 == 0
            answered = created + (timedelta(hours=9) if slow else timedelta(minutes=2))
            rated = number % 3 == 0
            stars = (1 + number // 12 % 2) if slow else 4 + number % 2
            words = (HOSTILE if number == 0 else LOW[number // 12 % 2]) if slow else HIGH[number // 3 % 2]
            product = PRODUCTS[0 if place % 3 == 2 else place % 2]
            rows.append((
                f"Q{number:05d}", f"{created:%Y-%m-%d %H:%M:%S}", f"{answered:%Y-%m-%d %H:%M:%S}",
                f"{answered + timedelta(hours=1):%Y-%m-%d %H:%M:%S}", ("在线聊天", "邮件")[place % 2], type_, subtype,
                product, text.format(n=10_000 + number, product=product), str(stars) if rated else "",
                f"{answered + timedelta(hours=2):%Y-%m-%d %H:%M:%S}" if rated else "", words if rated else "",
            ))  # fmt: skip
            number += 1
    return rows


@pytest.fixture(scope="session")
def talking_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with these tickets loaded."""
    folder = tmp_path_factory.mktemp("talking")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(talking_rows())
    (folder / "talking.csv").write_text(text.getvalue(), encoding="utf-8")
    options = LoadOptions(zone="Asia/Shanghai")
    report = load_files(COMMAND_LINE, open_desk(folder / "desk"), [folder / "talking.csv"], options=options)
    assert report.any_loaded, report.errors
    return folder / "desk"
