"""Desks for the pages: an empty one, and a small one loaded from a file with Chinese headers."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.people.current import ACTING, TESTING
from dashboard.services.loading.loads import LoadOptions, load_files

MAIN = Path(__file__).resolve().parent.parent.parent / "dashboard" / "main.py"
HEADER = (
    "工单编号",
    "创建时间",
    "首次响应时间",
    "解决时间",
    "渠道",
    "问题类型",
    "优先级",
    "团队",
    "客服",
    "标题",
    "满意度评分",
    "评价时间",
)
CHANNELS = ("在线聊天", "邮件", "热线")
TYPES = ("退换货", "物流配送")
TEAMS = ("甲组", "乙组")
HOSTILE = "**粗** <b>x</b> [点我](http://example.com) $x$ :red[红]"
SCAN = "scan_component_manifests"
ANSWERED_AFTER = (timedelta(minutes=1), timedelta(hours=3), timedelta(seconds=15))


def small_export() -> bytes:
    """420 tickets over three weeks up to Friday 2026-03-20; every fortieth has no answer and stays open."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    start = datetime(2026, 2, 28, 9, 0)  # noqa: DTZ001 - a stamp without a zone, as exports have it
    for number in range(420):
        created = start + timedelta(days=number // 20, minutes=25 * (number % 20))
        answered = created + ANSWERED_AFTER[number % 3] * (1 + number % 7)
        is_open = number % 40 == 39
        writer.writerow(
            [
                f"T{number:04d}",
                f"{created:%Y-%m-%d %H:%M:%S}",
                "" if is_open else f"{answered:%Y-%m-%d %H:%M:%S}",
                "" if is_open else f"{answered + timedelta(hours=2):%Y-%m-%d %H:%M:%S}",
                CHANNELS[number % 3],
                TYPES[number % 2],
                "一般",
                TEAMS[number % 2],
                "王芳",
                HOSTILE if is_open else f"咨询 {number}",
                "" if number % 2 else str(1 + number % 5),
                "" if number % 2 else f"{answered + timedelta(hours=3):%Y-%m-%d %H:%M:%S}",
            ]
        )
    return text.getvalue().encode("gb18030")


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """What is installed is searched for Streamlit's components once, as a server does, not again for each visitor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, SCAN, cache(getattr(manifest_scanner, SCAN)))
        yield


@pytest.fixture(scope="session")
def small_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with the small export loaded."""
    folder = tmp_path_factory.mktemp("small")
    export = folder / "export.csv"
    export.write_bytes(small_export())
    report = load_files(COMMAND_LINE, open_desk(folder / "desk"), [export], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    return folder / "desk"


@pytest.fixture(scope="session")
def bare_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk whose export tells of tickets no more than that they came."""
    folder = tmp_path_factory.mktemp("bare")
    rows = [f"B{number},2026-03-{1 + number // 10:02d} 09:{number % 60:02d}:00" for number in range(100)]
    (folder / "bare.csv").write_text("\n".join(["工单编号,创建时间", *rows]), encoding="utf-8")
    options = LoadOptions(zone="Asia/Shanghai")
    report = load_files(COMMAND_LINE, open_desk(folder / "desk"), [folder / "bare.csv"], options=options)
    assert report.any_loaded, report.errors
    return folder / "desk"


@pytest.fixture
def empty_desk(tmp_path: Path) -> Path:
    return tmp_path / "desk"


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> "Visit":
    return Visit(monkeypatch)


class Visit:
    """A person who opens a desk's page in a language; `actor`: who, where not the one of a desk without people."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.actor: Actor | None = None

    def __call__(self, desk: Path, page: str = "standup", *, lang: str = "en", **asked: str) -> AppTest:
        self._monkeypatch.setenv("FLOORWALKER_DATA", str(desk))
        self._monkeypatch.setenv(TESTING, "1")
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.session_state[ACTING] = self.actor
        for name, value in {"lang": lang, **asked}.items():
            app.query_params[name] = value
        app.run()
        return app if page == "standup" else app.switch_page(f"../pages/{page}.py").run()


def words(app: AppTest) -> str:
    """All text of a page that is not in a table."""
    elements = (*app.title, *app.header, *app.markdown, *app.caption, *app.text, *app.info, *app.error, *app.success,
                *app.warning)  # fmt: skip
    return "\n".join(str(element.value) for element in elements)
