"""Several people at one desk: each signs in, each loses a page with his rights, nobody takes over another's."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Download, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import Change, add, change, set_disabled
from tests.browser.conftest import Visitor, served, visiting
from tests.dashboard.gate.conftest import SECRET, Browser
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser
PATIENCE = 60


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The small desk with people."""
    folder = tmp_path_factory.mktemp("people") / "desk"
    shutil.copytree(small_desk, folder)
    made = open_desk(folder)
    for account, role in (("root", "administrator"), ("mei", "manager"), ("li", "manager"), ("wu", "supervisor")):
        add(COMMAND_LINE, made, account, name=account.title(), role=role, password=SECRET, teams=["甲组"])
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def address(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(desk.root, tmp_path_factory.mktemp("server") / "server.log") as running:
        yield running


def raw(address: str, account: str | None = None) -> Browser:
    """Raw HTTP and sockets, signed in or not."""
    browser = Browser(address.removeprefix("http://"))
    if account is not None:
        assert browser.sign_in(account).status == 303
    return browser


def sign_in(visitor: Visitor, account: str, path: str = "/") -> None:
    visitor.page.goto(visitor.address + path)
    visitor.page.get_by_label("账号").fill(account)
    visitor.page.get_by_label("密码").fill(SECRET)
    visitor.page.get_by_role("button", name="登录").click()
    visitor.settle()


@contextmanager
def open_page(browser: Browser, session: str = "") -> Iterator[str]:
    """Open a page as Streamlit's own script does, naming a page state to go on with; the state that was given."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    named = ["streamlit", "none", *([session] if session else [])]
    with connect(
        f"ws://{browser.address}/_stcore/stream", additional_headers={"Cookie": cookies}, compression=None,
        subprotocols=[Subprotocol(name) for name in named], max_size=None,
    ) as socket:  # fmt: skip
        ask = BackMsg()
        ask.rerun_script.query_string = "lang=en"
        socket.send(ask.SerializeToString())
        said = ForwardMsg()
        while said.WhichOneof("type") != "new_session":
            said.ParseFromString(socket.recv(timeout=PATIENCE))  # type: ignore[arg-type]
        yield said.new_session.initialize.session_id


def test_no_door_of_the_server_is_open_without_a_session(address: str) -> None:
    nobody = raw(address)
    for path in ("/_stcore/metrics", "/_stcore/host-config", "/media/x.csv", "/static/js/x.js", "/download/x"):
        assert nobody.ask(path).status == 401, path
    assert nobody.ask("/_stcore/upload_file/x/y", "PUT", body=b"x").status == 401
    assert nobody.ask("/sla").leads_to == "/auth/sign-in?next=%2Fsla"
    with pytest.raises(InvalidStatus) as refused, open_page(nobody):
        pass
    assert refused.value.response.status_code == 403
    assert raw(address, "root").ask("/_stcore/metrics").status == 200


def test_a_stolen_page_state_opens_a_new_one_for_anybody_else(address: str) -> None:
    owner, thief, same_person_elsewhere = raw(address, "root"), raw(address, "mei"), raw(address, "root")
    with open_page(owner) as state:
        for other in (thief, same_person_elsewhere):
            with open_page(other, state) as given:
                assert given != state
        assert raw(address).ask(f"/_stcore/upload_file/{state}/f", "PUT", body=b"x").status == 401
        assert thief.ask(f"/_stcore/upload_file/{state}/f", "PUT", body=b"x").status == 403
        assert thief.ask(f"/_stcore/upload_file/{state}/f", "DELETE").status == 403
    with open_page(owner, state) as given:
        assert given == state  # the one whose it is goes on where he was


def test_an_uploaded_file_comes_from_the_owner_of_the_page_alone(address: str) -> None:
    owner = raw(address, "root")
    with open_page(owner) as state:
        answer = owner.ask(f"/_stcore/upload_file/{state}/f", "PUT", body=b"x")
        assert answer.status != 401  # through the gate; Streamlit asks for its own token next
        assert "not a page of yours" not in answer.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in_is_open_to_screen_readers_and_keyboards(browser: Chromium, address: str, scheme: str) -> None:
    with visiting(browser, address, scheme=scheme) as visitor:
        visitor.page.set_viewport_size({"width": 390, "height": 800})
        visitor.page.goto(address + "/sla")
        assert visitor.page.title().startswith("登录")
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
        found = Axe().run(visitor.page).response["violations"]
        assert [one["id"] for one in found] == []
        visitor.page.keyboard.type("wu")
        visitor.page.keyboard.press("Tab")
        visitor.page.keyboard.type(SECRET)
        visitor.page.keyboard.press("Enter")
        visitor.page.wait_for_url("**/sla**", timeout=PATIENCE * 1000)


def test_two_people_sign_in_and_one_loses_the_page_with_his_role(browser: Chromium, address: str, desk: Desk) -> None:
    with visiting(browser, address) as manager, visiting(browser, address, locale="en-GB") as administrator:
        sign_in(manager, "mei", "/data")
        manager.see("Mei · 经理")
        manager.page.get_by_role("heading", name="数据").first.wait_for()
        administrator.page.goto(address + "/people?lang=en")
        administrator.page.get_by_label("Account").fill("root")
        administrator.page.get_by_label("Password").fill(SECRET)
        administrator.page.get_by_role("button", name="Sign in").click()
        administrator.settle()
        administrator.see("Root · Administrator")
        manager.settle()
        assert manager.page.get_by_role("link", name="审计").count() == 0
        expect(administrator.page.get_by_role("link", name="Audit")).to_have_count(1, timeout=PATIENCE * 1000)
        change(COMMAND_LINE, desk, "mei", Change(role="supervisor"))
        changed = time.monotonic()
        manager.page.wait_for_url("**/auth/sign-in?why=ended", timeout=PATIENCE * 1000)
        taken = time.monotonic() - changed
        print(f"a demoted person's open page was left after {taken:.1f} s")
        assert taken < 5
        sign_in(manager, "mei", "/data")
        manager.see("您的角色没有这项权限")
        assert manager.page.get_by_role("link", name="数据", exact=True).count() == 0
        administrator.see("Root · Administrator")


def test_signing_out_leaves_every_tab(browser: Chromium, address: str) -> None:
    with visiting(browser, address) as visitor:
        sign_in(visitor, "wu")
        second = visitor.page.context.new_page()
        second.goto(address + "/glossary")
        second.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE * 1000)
        visitor.page.get_by_role("button", name="退出登录").click()
        for page in (visitor.page, second):
            page.wait_for_url("**/auth/sign-in**", timeout=PATIENCE * 1000)
        visitor.page.go_back()
        visitor.page.wait_for_url("**/auth/sign-in**", timeout=PATIENCE * 1000)


def test_a_file_comes_to_the_one_who_asked_and_to_nobody_else(browser: Chromium, address: str) -> None:
    with visiting(browser, address, locale="en-GB") as visitor:
        visitor.page.goto(address + "/response-times?lang=en&period=all")
        visitor.page.get_by_label("Account").fill("li")
        visitor.page.get_by_label("Password").fill(SECRET)
        visitor.page.get_by_role("button", name="Sign in").click()
        visitor.settle()
        assert downloaded(visitor, "Picture (png)", ending=".png")[1].startswith(b"\x89PNG")
        drawn = downloaded(visitor, "Drawing (svg)", ending=".svg")[1].decode()
        assert "Data up to" in drawn
        assert "First response" in drawn
        assert downloaded(visitor, "Excel workbook (xlsx)", ending=".xlsx")[1].startswith(b"PK")
        file, content = downloaded(visitor, "Text (csv)", ending=".csv")
        assert content[:3] == b"\xef\xbb\xbf"
        link = file.url.removeprefix(address)
        assert link.startswith("/download/")
        assert raw(address, "root").ask(link).status == 404
        assert visitor.page.request.get(file.url).status == 404  # once
        visitor.settle()
        visitor.page.get_by_role("link", name="SLA").first.click()  # the page is still alive
        visitor.page.wait_for_url("**/sla**", timeout=PATIENCE * 1000)


def downloaded(visitor: Visitor, form: str, *, ending: str) -> tuple[Download, bytes]:
    """What the menu of the first card hands out in this form."""
    button = visitor.page.get_by_role("button", name="Download").first
    button.click()
    with visitor.page.expect_download(timeout=PATIENCE * 1000) as waited:
        visitor.page.get_by_text(form, exact=True).last.click()
    visitor.settle()
    assert waited.value.suggested_filename.endswith(ending)
    return waited.value, Path(str(waited.value.path())).read_bytes()


def test_a_disabled_person_cannot_come_back(address: str, desk: Desk) -> None:
    person = raw(address, "li")
    set_disabled(COMMAND_LINE, desk, "li", True)
    time.sleep(2)
    assert person.ask("/sla").status == 303
    assert raw(address).sign_in("li").status == 401
