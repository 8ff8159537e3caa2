"""What passes the gate, and what does not."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
from sqlalchemy import select, update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard.desk import Desk
from dashboard.gate import watch
from dashboard.people import COMMAND_LINE, sessions
from dashboard.people.accounts import Change, add, change, set_disabled, set_password
from dashboard.people.presence import Presence
from dashboard.people.sessions import hash_of
from dashboard.store import SessionRow
from tests.dashboard.gate.conftest import SECRET, Browser

MACHINERY = ("/_stcore/metrics", "/_stcore/host-config", "/_stcore/upload_file/x/y", "/media/a.csv", "/download/x",
             "/component/x", "/static/js/index.js", "/_stcore/stream", "/_stcore/agent/run")  # fmt: skip
TRICKS = ("/auth/sign-in/../../media/x", "/auth/sign-in/", "/AUTH/sign-in", "//auth/sign-in", "/auth/login",
          "/auth/logout", "/auth", "/auth/", "/auth/linkx", "/oauth2callback", "/%61uth/x", "/_stcore/health/",
          "/_stcore//health", "/sla/_stcore/health", "/auth/style.css/x")  # fmt: skip


def refused(browser: Browser, **headers: str) -> int:
    """The status with which a socket is refused."""
    with pytest.raises(InvalidStatus) as error:
        browser.talk(**headers)
    return error.value.response.status_code


def token_of(browser: Browser) -> tuple[str, str]:
    return next((name, value) for name, value in browser.cookies.items() if not name.endswith("_form"))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_nothing_of_the_machinery_answers_without_a_session(anybody: Browser, method: str) -> None:
    assert {path: anybody.ask(path, method).status for path in MACHINERY} == dict.fromkeys(MACHINERY, 401)


@pytest.mark.usefixtures("desk")
def test_no_way_to_write_an_address_passes_for_the_open_ones(anybody: Browser) -> None:
    for path in TRICKS:
        answer = anybody.ask(path)
        assert answer.status in (303, 401), path
        assert "in as" not in answer.text


@pytest.mark.usefixtures("desk")
def test_a_page_asks_to_sign_in_and_knows_the_way_back(anybody: Browser) -> None:
    assert anybody.ask("/").leads_to == "/auth/sign-in"
    assert anybody.ask("/sla?lang=en&team=a").leads_to == "/auth/sign-in?next=%2Fsla%3Flang%3Den%26team%3Da"
    assert anybody.ask("/sla", "POST").status == 401


@pytest.mark.usefixtures("desk")
def test_only_whether_the_server_is_well_is_told_to_everybody(anybody: Browser) -> None:
    assert anybody.ask("/_stcore/health").status == 200
    assert anybody.ask("/_stcore/health", "POST").status == 401


@pytest.mark.usefixtures("desk")
def test_a_socket_is_refused_without_a_session(anybody: Browser) -> None:
    assert refused(anybody) == 403


@pytest.mark.usefixtures("desk")
def test_a_forged_cookie_opens_nothing(root: Browser) -> None:
    name, token = token_of(root)
    for forged in ("x", "", "a" * 43, "../..", "'; DROP TABLE sessions; --", "a" * 5000, token[:-1], token + "="):
        root.cookies[name] = forged
        assert root.ask("/_stcore/metrics").status == 401
        assert refused(root) == 403


def test_the_hash_that_the_database_keeps_opens_nothing(root: Browser, desk: Desk) -> None:
    name, token = token_of(root)
    with desk.reading() as session:
        kept = session.scalars(select(SessionRow.token)).one()
    assert kept == hash_of(token)
    root.cookies[name] = kept
    assert root.ask("/_stcore/metrics").status == 401


@pytest.mark.usefixtures("desk")
def test_two_cookies_of_the_same_name_open_nothing(root: Browser) -> None:
    name, token = token_of(root)
    assert root.ask("/sla", Cookie=f"{name}={token}").status == 200
    assert root.ask("/sla", Cookie=f"{name}=x; {name}={token}").status in (200, 303)
    assert "in as None" not in root.ask("/sla", Cookie=f"{name}=x; {name}={token}").text


def test_who_is_signed_in_passes_and_the_pages_are_told_as_whom(root: Browser) -> None:
    _name, token = token_of(root)
    assert root.ask("/sla").text == f"in as {hash_of(token)} with 0"
    with root.talk() as socket:
        assert socket.recv(timeout=10) == b"hello"


@pytest.mark.usefixtures("desk")
def test_what_a_browser_says_of_itself_is_not_believed(root: Browser) -> None:
    _name, token = token_of(root)
    told = root.ask("/sla", X_Floorwalker_Session="somebody else", X_FLOORWALKER_Role="administrator").text
    assert told == f"in as {hash_of(token)} with 0"
    assert Browser(root.address).ask("/_stcore/metrics", X_Floorwalker_Session=hash_of(token)).status == 401
    assert refused(Browser(root.address), X_Floorwalker_Session=hash_of(token)) == 403


@pytest.mark.usefixtures("desk")
def test_a_socket_from_a_foreign_page_is_refused(root: Browser) -> None:
    assert refused(root, Origin="http://a.example") == 403
    assert refused(root, Origin="null") == 403
    with root.talk(Origin=f"http://{root.address}") as socket:
        assert socket.recv(timeout=10) == b"hello"


def _idle(desk: Desk) -> None:
    with desk.keeping() as session:
        session.execute(update(SessionRow).values(seen_at=datetime.now(UTC) - sessions.IDLE - timedelta(seconds=1)))


def _old(desk: Desk) -> None:
    with desk.keeping() as session:
        session.execute(update(SessionRow).values(made_at=datetime.now(UTC) - sessions.LONGEST - timedelta(seconds=1)))


def _ended(desk: Desk) -> None:
    sessions.end(COMMAND_LINE, desk, sessions.signed_in(COMMAND_LINE, desk)[0].id)


ENDS: dict[str, Callable[[Desk], object]] = {
    "idle": _idle,
    "old": _old,
    "ended by an administrator": _ended,
    "another role": lambda desk: change(COMMAND_LINE, desk, "mei", Change(role="agent")),
    "another team": lambda desk: change(COMMAND_LINE, desk, "mei", Change(teams=["甲组"])),
    "disabled": lambda desk: set_disabled(COMMAND_LINE, desk, "mei", True),
    "another password": lambda desk: set_password(COMMAND_LINE, desk, "mei", "another long password"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_that_has_ended_opens_nothing(anybody: Browser, desk: Desk, end: Callable[[Desk], object]) -> None:
    anybody.sign_in("mei")
    assert anybody.ask("/sla").status == 200
    end(desk)
    assert anybody.ask("/sla").status == 303
    assert [anybody.ask(path).status for path in MACHINERY] == [401] * len(MACHINERY)
    assert refused(anybody) == 403


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_open_page_is_sent_away_within_five_seconds(
    anybody: Browser, desk: Desk, end: Callable[[Desk], object]
) -> None:
    anybody.sign_in("mei")
    with anybody.talk() as socket:
        assert socket.recv(timeout=10) == b"hello"
        end(desk)
        started = time.monotonic()
        leave = ForwardMsg()
        leave.ParseFromString(socket.recv(timeout=10))  # type: ignore[arg-type]
        assert leave.auth_redirect.url == "/auth/sign-in?why=ended"
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
        assert time.monotonic() - started < 5


def test_signing_out_ends_every_tab_at_once(root: Browser) -> None:
    with root.talk() as one, root.talk() as other:
        assert (one.recv(timeout=10), other.recv(timeout=10)) == (b"hello", b"hello")
        assert root.send("/auth/sign-out").leads_to == "/auth/sign-in?why=out"
        for socket in (one, other):
            leave = ForwardMsg()
            leave.ParseFromString(socket.recv(timeout=watch.EVERY_SECONDS / 2))  # type: ignore[arg-type]
            assert leave.auth_redirect.url


def test_nothing_goes_to_or_comes_from_a_page_whose_session_has_ended(open_to_one: Desk) -> None:
    shown: list[Any] = []

    async def from_page() -> dict[str, Any]:
        return {"type": "websocket.receive", "bytes": said("rerun_script")}

    async def to_page(message: Any) -> None:
        shown.append(message)

    async def through() -> tuple[Any, Any]:
        socket = watch.Socket(Presence(open_to_one), None, from_page, to_page)
        before = await socket.receive()
        await socket.end(code=1008, go_to="/away")
        await socket.send({"type": "websocket.send", "bytes": b"secret"})
        return before, await socket.receive()

    before, after = anyio.run(through)
    assert (before["type"], after["type"]) == ("websocket.receive", "websocket.disconnect")
    assert [message["type"] for message in shown] == ["websocket.send", "websocket.close"]


def _farewell() -> bytes:
    leave = ForwardMsg()
    leave.auth_redirect.url = "/auth/sign-in?why=ended"
    return leave.SerializeToString()


def said(kind: str, *, auto: bool = False) -> bytes:
    message = BackMsg()
    if kind == "rerun_script":
        message.rerun_script.query_string = "x"
        message.rerun_script.is_auto_rerun = auto
    else:
        setattr(message, kind, True)
    return message.SerializeToString()


@pytest.mark.usefixtures("desk")
def test_nobody_empties_everybodys_caches(root: Browser) -> None:
    with root.talk() as socket:
        socket.recv(timeout=10)
        socket.send(said("clear_cache"))
        socket.send(said("rerun_script"))
        assert socket.recv(timeout=10) == b"heard " + said("rerun_script")


@pytest.mark.parametrize(("auto", "counts"), [(False, True), (True, False)])
def test_only_what_a_person_does_keeps_a_session_alive(
    root: Browser, desk: Desk, monkeypatch: pytest.MonkeyPatch, auto: bool, counts: bool
) -> None:
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.2)
    monkeypatch.setattr("dashboard.people.presence.NOTED_EVERY", timedelta(0))
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    with root.talk() as socket:
        socket.recv(timeout=10)
        with desk.keeping() as session:
            session.execute(update(SessionRow).values(seen_at=long_ago))
        socket.send(said("rerun_script", auto=auto))
        socket.recv(timeout=10)
        time.sleep(1)
        with desk.reading() as session:
            assert (session.scalars(select(SessionRow.seen_at)).one() > long_ago + timedelta(minutes=1)) is counts


def test_a_desk_without_accounts_is_open_to_its_one_person(open_to_one: Desk, anybody: Browser) -> None:
    assert open_to_one.root.is_dir()
    assert anybody.ask("/sla").text == "in as None with 0"
    assert anybody.ask("/auth/sign-in").leads_to == "/"
    with anybody.talk() as socket:
        assert socket.recv(timeout=10) == b"hello"


@pytest.mark.usefixtures("open_to_one")
@pytest.mark.parametrize("header", ["Forwarded", "X_Forwarded_For", "X_Forwarded_Host", "X_Real_IP"])
def test_a_desk_without_accounts_is_not_open_to_those_behind_a_proxy(anybody: Browser, header: str) -> None:
    assert anybody.ask("/sla", **{header: "192.0.2.7"}).status == 403
    assert refused(anybody, **{header: "192.0.2.7"}) == 403


def test_the_first_account_closes_the_pages_that_were_open_to_everybody(open_to_one: Desk, anybody: Browser) -> None:
    with anybody.talk() as socket:
        socket.recv(timeout=10)
        add(COMMAND_LINE, open_to_one, "root", name="Root", role="administrator", password=SECRET)
        assert socket.recv(timeout=5) == _farewell()
    assert anybody.ask("/sla").status == 303


def test_while_the_database_cannot_be_asked_nobody_is_known(root: Browser, desk: Desk) -> None:
    (desk.root / "desk.db").rename(desk.root / "away.db")
    desk.engine.dispose()
    (desk.root / "desk.db").mkdir()
    answer = root.ask("/sla")
    assert answer.status == 503
    assert str(desk.root) not in answer.text
    assert refused(root) == 403


@pytest.mark.usefixtures("desk")
def test_nothing_of_the_desk_stays_in_the_browser(root: Browser) -> None:
    assert root.ask("/sla").headers["cache-control"] == "no-store"
    assert root.ask("/media/x.csv").headers["cache-control"] == "no-store"
    assert "cache-control" not in root.ask("/static/js/index.js").headers  # Streamlit's own, the same for everybody
