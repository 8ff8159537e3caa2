"""How a server opens: files at once, pages when all that they need is imported, the daily work when it is quiet."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard.server import ahead, clock, opening
from dashboard.server.opening import Door, Opening

WAITING = 0.2


class Imports:
    """Imports that last until they are let end, and what the server did after them."""

    def __init__(self) -> None:
        self.may_end, self.work = Event(), Event()
        self.answered: list[str] = []

    def warm(self) -> None:
        assert self.may_end.wait(20)


@pytest.fixture
def imports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Imports]:
    made = Imports()
    monkeypatch.setattr(opening, "warm", made.warm)
    monkeypatch.setattr(opening, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(ahead, "answer_first_page", lambda: made.answered.append("first page"))
    monkeypatch.setattr(clock, "tick", lambda _is_over: made.work.set())
    yield made
    made.may_end.set()


async def _nothing() -> Message:
    return {}


async def _ignored(_message: Message) -> None:
    return


@contextmanager
def door() -> Iterator[tuple[Door, list[str]]]:
    passed: list[str] = []

    async def inside(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    here = Opening()
    with here.going_on():
        yield Door(inside, opening=here), passed


def test_files_pass_while_all_is_imported_and_a_socket_waits_for_it(imports: Imports) -> None:
    async def come(to: Door, passed: list[str]) -> None:
        await to({"type": "http"}, _nothing, _ignored)
        with anyio.move_on_after(WAITING) as early:
            await to({"type": "websocket"}, _nothing, _ignored)
        assert (passed, early.cancelled_caught, imports.answered) == (["http"], True, [])
        imports.may_end.set()
        with anyio.fail_after(20):
            await to({"type": "websocket"}, _nothing, _ignored)
        assert passed == ["http", "websocket"]

    with door() as (to, passed):
        anyio.run(come, to, passed)
        assert imports.work.wait(20)
        assert imports.answered == ["first page"]


def test_a_page_tells_what_it_misses_rather_than_waiting_for_ever(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ImportError("libgone.so")

    async def come(to: Door) -> None:
        with anyio.fail_after(20):
            await to({"type": "websocket"}, _nothing, _ignored)

    monkeypatch.setattr(opening, "warm", fails)
    with door() as (to, passed):
        anyio.run(come, to)
        assert imports.work.wait(20)
    assert passed == ["websocket"]
    assert "libgone.so" in caplog.text


def test_a_server_that_ends_early_begins_no_work(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "QUIET_SECONDS", 60.0)
    imports.may_end.set()
    with door():
        pass
    assert not imports.work.wait(WAITING)
