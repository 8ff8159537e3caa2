"""What a server really sends: every page as every person by raw sockets, byte by byte searched for others' tickets.

`pytest -m slow tests/acceptance/test_rights_over_the_wire.py -n 0 -s` tries all of it.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dashboard.desk import Desk
from dashboard.navigation import LINES
from dashboard.people import COMMAND_LINE, Actor, Reach, reach
from dashboard.people.accounts import add, set_disabled
from tests.dashboard.gate.conftest import SECRET, Browser
from tests.walled import ALL, MAY_SEE, OTHER, OWNERS, PEOPLE, SOURCE, make, number

pytestmark = pytest.mark.slow
MEMBERS = {name: actor for name, actor in PEOPLE.items() if name != "nobody" and not actor.is_disabled}
STARTS_IN, PAGE_IN = 120.0, 120.0
SOON = 5.0
ASKED = {"period": "all", "team": str(OTHER.team), "source": SOURCE, "ticket": number(OTHER, 1), "lang": "en"}
"""A link to another team's tickets."""
PLANTED = (
    "13912345678", "139 1234 5678", "１３９１２３４５６７８", "+86-139-1234-5678", "一三九一二三四五六七八",
    "110105199003071239", "6225880134567891", "6225 8801 3456 7891", "li.na.private@example.com",
)  # fmt: skip
"""What every customer of the desk has said, too."""
MASKED = "139****5678"
ECHOES = frozenset({"page_info_changed"})
"""Messages that give back what was asked for."""


@dataclass(frozen=True)
class Server:
    desk: Desk
    address: str
    log: Path
    browsers: dict[str, Browser]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole program in a process of its own, and a browser in which each person is signed in."""
    folder = tmp_path_factory.mktemp("wire")
    desk = make(folder / "desk", said=f" 电话 {'，'.join(PLANTED)}。")
    for name, actor in sorted(MEMBERS.items(), key=lambda pair: pair[1].role != "administrator"):
        add(COMMAND_LINE, desk, account_of(name), name=name, role=actor.role, teams=sorted(actor.teams),
            agent=actor.agent, password=SECRET)  # fmt: skip
    log = folder / "server.log"
    with serving(desk, log) as address:
        yield Server(desk, address, log, signed_in(address, {name: account_of(name) for name in MEMBERS}))
    desk.engine.dispose()


@contextmanager
def serving(desk: Desk, log: Path) -> Iterator[str]:
    """The whole program serving this desk; its address."""
    port = _free_port()
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "serve", "--port", str(port)]
    with (
        log.open("wb") as told,
        subprocess.Popen([*command, "--data", str(desk.root)], stdout=told, stderr=told) as process,
    ):
        try:
            _wait(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def account_of(name: str) -> str:
    return name.replace(" ", ".")


def signed_in(address: str, accounts: Mapping[str, str]) -> dict[str, Browser]:
    """A browser in which each person is signed in; accounts: name -> account."""
    browsers = {}
    for name, account in accounts.items():
        browsers[name] = Browser(address)
        assert browsers[name].sign_in(account).status == 303, name
    return browsers


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _wait(port: int) -> None:
    end = time.monotonic() + STARTS_IN
    while time.monotonic() < end:
        try:
            if Browser(f"127.0.0.1:{port}").ask("/_stcore/health").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server did not start")


def opened(browser: Browser, *, protocols: Sequence[str] = ("streamlit",)) -> ClientConnection:
    headers = {"Origin": f"http://{browser.address}", **browser._cookie()}
    return connect(f"ws://{browser.address}/_stcore/stream", additional_headers=headers, subprotocols=list(protocols),  # type: ignore[arg-type]  # texts
                   max_size=None, compression=None)  # fmt: skip


def shown(talk: ClientConnection, page: str, link: Mapping[str, str] = ASKED) -> tuple[bytes, str]:
    """Everything that the server sends for a page, but for echoes; and the session's id."""
    asked = BackMsg()
    asked.rerun_script.query_string = urlencode(link)
    asked.rerun_script.page_name = page
    talk.send(asked.SerializeToString())
    sent, session, is_begun = b"", "", False
    while True:
        raw = talk.recv(timeout=PAGE_IN)
        assert isinstance(raw, bytes)
        message = ForwardMsg()
        message.ParseFromString(raw)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            is_begun, session = True, message.new_session.initialize.session_id
        if kind not in ECHOES:
            sent += raw
        if kind == "script_finished" and is_begun:
            return sent, session


def planted_in(sent: bytes) -> list[str]:
    """Which of the customers' numbers and addresses stand there, however they were written."""
    bare = sent.replace(b" ", b"").replace(b"-", b"")
    return [one for one in PLANTED if one.encode() in sent or one.replace(" ", "").encode() in bare]


def words(sent: bytes) -> frozenset[str]:
    return frozenset(word for word in ALL if word.encode() in sent)


@pytest.mark.parametrize("person", MEMBERS)
def test_no_byte_of_any_page_is_of_tickets_that_are_not_the_persons(person: str, server: Server) -> None:
    actor: Actor = MEMBERS[person]
    for line in LINES:
        with opened(server.browsers[person]) as talk:
            sent, _session = shown(talk, line.url_path)
        assert b"could not be shown" not in sent, line.url_path
        assert words(sent) <= MAY_SEE[person], f"{line.url_path} sends {person} {set(words(sent) - MAY_SEE[person])}"
        assert not planted_in(sent), f"{line.url_path} sends {person} {planted_in(sent)}"
        if reach(actor, line.needs) is Reach.NONE:
            assert b"Your role does not allow this" in sent
        elif line.url_path == "ticket" and MAY_SEE[person] == ALL:
            assert OTHER.word.encode() in sent, "who may see it is shown it"
            assert MASKED.encode() in sent, "and what was masked is told so"
    print(f"\n{person}: {len(LINES)} pages, {len(LINES) * len(OWNERS)} cells")


def test_nobody_opens_a_page_or_a_socket(server: Server) -> None:
    nobody = Browser(server.address)
    for line in LINES:
        answer = nobody.ask(f"/{line.url_path}?{urlencode(ASKED)}")
        assert answer.status == 303
        assert not words(answer.text.encode())
    with pytest.raises(InvalidStatus) as refused:
        opened(nobody)
    assert refused.value.response.status_code in (401, 403)


@pytest.mark.parametrize("person", [name for name in MEMBERS if MAY_SEE[name] != ALL])
def test_another_persons_session_id_shows_nothing_of_his(person: str, server: Server) -> None:
    with opened(server.browsers["manager"]) as talk:
        sent, stolen = shown(talk, "ticket")
        assert OTHER.word.encode() in sent
    with opened(server.browsers[person], protocols=("streamlit", "none", stolen)) as talk:
        sent, own = shown(talk, "ticket")
    assert own
    assert own != stolen
    assert words(sent) <= MAY_SEE[person]


def test_a_stolen_session_id_without_a_session_of_ones_own_opens_nothing(server: Server) -> None:
    with opened(server.browsers["manager"]) as talk:
        _sent, stolen = shown(talk, "ticket")
        with pytest.raises(InvalidStatus):
            opened(Browser(server.address), protocols=("streamlit", "none", stolen))


def test_the_look_for_planted_numbers_finds_them() -> None:
    assert planted_in(b"call 139 1234 5678 or 6225-8801-3456-7891")
    assert planted_in("拨打１３９１２３４５６７８".encode())
    assert not planted_in(MASKED.encode())


def test_the_server_has_told_its_log_nothing_of_customers(server: Server) -> None:
    told = server.log.read_bytes()
    assert b"Floorwalker" in told
    assert not planted_in(told)
    assert not words(told)


def test_whoever_is_disabled_is_shown_nothing_more(server: Server) -> None:
    """The last test: the inspector is nobody afterwards."""
    browser = server.browsers["inspector"]
    assert browser.ask("/sla").status == 200
    set_disabled(COMMAND_LINE, server.desk, account_of("inspector"), True)
    time.sleep(SOON)
    for line in LINES:
        assert browser.ask(f"/{line.url_path}?{urlencode(ASKED)}").status == 303
    with pytest.raises(InvalidStatus):
        opened(browser)
