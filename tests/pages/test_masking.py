"""Nothing that tells who a customer is reaches the screen or a file, but one ticket for a minute, told in the audit."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.components.export import csv as exported
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.people.unmasked import OPENED
from dashboard.services.facts.figures import facts_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.store import AuditRow
from tests.pages.conftest import Visit

PHONE, MAIL, NAME, STREET, CARD = "13900139001", "li.lei88", "欧阳小楠", "文三路99号", "6222020000000000000"
SECRETS = (PHONE, MAIL, NAME, STREET, CARD)
HEADER = ("工单编号", "创建时间", "首次响应时间", "解决时间", "渠道", "问题类型", "客服", "团队", "客户",
          "标题", "咨询内容", "答复内容",
          "满意度评分", "评价时间", "评价内容", "收货人")  # fmt: skip
PAGES = ("standup", "response_times", "sla", "resolution", "satisfaction", "types", "compare", "team_load", "data")
MANAGER = Actor(7, "Gao", "manager")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk in whose every text somebody has written who he is."""
    folder = tmp_path_factory.mktemp("planted")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    start = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - a stamp without a zone, as exports have it
    for n in range(120):
        at = start + timedelta(hours=3 * n)
        said = f"电话{PHONE}，邮箱{MAIL}@example.com，收件人：{NAME}，杭州市西湖区{STREET}3单元402，卡号{CARD}"
        created = "not a day" if n == 5 else f"{at:%Y-%m-%d %H:%M:%S}"
        later = [f"{at + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}" for hours in (1, 2, 3)]
        writer.writerow(
            [f"T{n}", created, later[0], later[1], "在线聊天", "退换货", "王芳", "甲组", NAME, f"请回电 {PHONE}",
             f"物流两天没动了 {said}", f"您好，{said}", "1" if n % 3 else "5", later[2], f"太慢 {said}", NAME]
        )  # fmt: skip
    (folder / "export.csv").write_text(text.getvalue(), encoding="utf-8")
    options = LoadOptions(zone="Asia/Shanghai")
    report = load_files(COMMAND_LINE, open_desk(folder / "desk"), [folder / "export.csv"], options=options)
    assert report.any_loaded, report.errors
    return folder / "desk"


@pytest.fixture
def desk(planted: Path) -> Iterator[Desk]:
    opened = open_desk(planted)
    yield opened
    opened.engine.dispose()


def sent(app: AppTest) -> bytes:
    """The bytes of everything that a run sends to the browser."""
    return b"\n".join(_bytes_of(app._tree))


def _bytes_of(node: object) -> Iterator[bytes]:
    proto = getattr(node, "proto", None)
    if proto is not None and hasattr(proto, "SerializeToString"):
        yield proto.SerializeToString()
    for child in getattr(node, "children", {}).values():
        yield from _bytes_of(child)


def leaked(content: bytes) -> list[str]:
    """The secrets that can be read there, in UTF-8 or as JSON escapes them."""
    forms = {secret: (secret.encode(), json.dumps(secret)[1:-1].encode()) for secret in SECRETS}
    return [secret for secret, found in forms.items() if any(form in content for form in found)]


def test_the_planted_words_are_in_the_desk(desk: Desk) -> None:
    head = desk.head()
    assert head is not None
    told = desk.warehouse.scan("messages", head.versions).collect()["text"].str.join("")[0]
    assert all(secret in told for secret in SECRETS)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_sends_anything_that_tells_who_a_customer_is(planted: Path, visit: Visit, name: str) -> None:
    visit.actor = MANAGER
    app = visit(planted, name)
    assert not app.exception
    assert leaked(sent(app)) == []


def test_a_ticket_is_masked(planted: Path, visit: Visit) -> None:
    visit.actor = MANAGER
    app = visit(planted, "ticket", source="generic", ticket="T7")
    assert not app.exception
    assert b"139****9001" in sent(app)
    assert leaked(sent(app)) == []


def test_one_ticket_is_shown_for_a_minute_and_that_is_in_the_audit(planted: Path, visit: Visit, desk: Desk) -> None:
    visit.actor = MANAGER
    app = visit(planted, "ticket", source="generic", ticket="T7")
    app.text_input(key="ticket.unmask.reason").set_value("回访未送达的包裹")
    next(one for one in app.button if one.label == "Show unmasked").click().run()
    assert PHONE.encode() in sent(app)
    with desk.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "ticket.unmask")).all()[-1]
    assert (row.actor_id, row.subject, row.details) == (7, "ticket:generic/T7", {"reason": "回访未送达的包裹"})
    opened = app.session_state[OPENED]
    app.session_state[OPENED] = {key: until - timedelta(seconds=61) for key, until in opened.items()}
    app.run()
    assert leaked(sent(app)) == []


def test_without_a_reason_nothing_is_shown(planted: Path, visit: Visit) -> None:
    visit.actor = MANAGER
    app = visit(planted, "ticket", source="generic", ticket="T8")
    next(one for one in app.button if one.label == "Show unmasked").click().run()
    assert leaked(sent(app)) == []
    assert "Say in a few words" in app.error[0].value


def test_who_may_not_is_not_offered_it(planted: Path, visit: Visit) -> None:
    agent = Actor(9, "Fang", "agent", agent="王芳")
    visit.actor = agent
    app = visit(planted, "ticket", source="generic", ticket="T7")
    assert "Show unmasked" not in [one.label for one in app.button]
    assert leaked(sent(app)) == []


def test_another_person_in_the_same_browser_sees_the_mask(planted: Path, visit: Visit) -> None:
    visit.actor = MANAGER
    app = visit(planted, "ticket", source="generic", ticket="T9")
    app.text_input(key="ticket.unmask.reason").set_value("call back")
    next(one for one in app.button if one.label == "Show unmasked").click().run()
    assert PHONE.encode() in sent(app)
    app.session_state["acting_person"] = Actor(8, "He", "manager")
    app.run()
    assert leaked(sent(app)) == []


def test_files_hold_nothing_of_it_either(desk: Desk) -> None:
    tickets = facts_of(COMMAND_LINE, desk).tickets
    assert NAME in tickets["customer"].to_list()
    assert leaked(exported(tickets)) == []
    assert leaked(exported(pl.DataFrame({"example": [f"{PHONE} {MAIL}@example.com"]}))) == []
