"""What the gate costs: reruns of a page behind it beside reruns of the same page without it, in one run.

    python -m tests.benchmarks.gate [--reruns 300] [--people 20] [--think 5] [--seconds 60] [--desk DIR --page NAME]

First one person after the other clicks on both, alternating. Then so many people click on the page without the gate
with a pause between clicks, then as many on the page behind it, each signed in with an own session. The clock runs
from the click that is sent to the end of the script, on a real socket; this program itself takes part of the same
processors. The page is a plain one over 100,000 rows; with --desk it is that page of the dashboard over a copy.
"""

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import polars as pl
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE, sessions
from dashboard.people.accounts import add, person_called
from dashboard.people.presence import Presence
from tests.benchmarks.first_page import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
PLAIN = Path(__file__).with_name("gated_page.py")
MAIN = ROOT / "dashboard" / "main.py"
PATIENCE = 120


@contextmanager
def served(script: Path, desk: Path, kind: str) -> Iterator[str]:
    """A server of this script, from start to end of the block; its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.gated", str(script), str(port), kind]
    environment = {**os.environ, "FLOORWALKER_DATA": str(desk)}
    environment.pop("FLOORWALKER_DATABASE", None)
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def signed_in(folder: Path, people: int) -> list[str]:
    """Make so many people with a session each; their cookies."""
    desk = open_desk(folder)
    name = Presence(desk).cookie
    cookies = []
    for number in range(people):
        account = add(COMMAND_LINE, desk, f"person{number}", name=f"Person {number}", role="administrator").account
        with desk.keeping() as session:
            cookies.append(f"{name}={sessions.begin(session, person_called(session, account), '127.0.0.1')}")
    desk.engine.dispose()
    return cookies


class Person:
    """Somebody with an open page."""

    def __init__(self, socket: object, page: str) -> None:
        self.socket = socket
        self.page = page
        self.clicks = 0
        self.field = ""
        self.is_lost = False

    async def click(self) -> float:
        """Do something; seconds until the page is at rest."""
        self.clicks += 1
        ask = BackMsg()
        ask.rerun_script.query_string = "lang=en"
        ask.rerun_script.page_name = self.page
        if self.field:
            typed = ask.rerun_script.widget_states.widgets.add()
            typed.id, typed.string_value = self.field, f"{id(self)}{self.clicks}"
        started = time.perf_counter()
        await self.socket.send(ask.SerializeToString())  # type: ignore[attr-defined]
        has_begun = False
        while True:
            said = ForwardMsg()
            said.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))  # type: ignore[attr-defined]
            kind = said.WhichOneof("type")
            has_begun = has_begun or kind == "new_session"
            element = said.delta.new_element if kind == "delta" else None
            if element is not None and element.WhichOneof("type") == "text_input":
                self.field = element.text_input.id
            if kind == "auth_redirect":
                raise RuntimeError("signed out in the middle of the measurement")
            if kind == "script_finished" and has_begun:
                return time.perf_counter() - started


@asynccontextmanager
async def person_at(address: str, cookie: str | None, page: str) -> AsyncIterator[Person]:
    headers = {"Cookie": cookie} if cookie else {}
    async with connect(
        f"ws://{address}/_stcore/stream", additional_headers=headers, subprotocols=[Subprotocol("streamlit")],
        max_size=None, compression=None,
    ) as socket:  # fmt: skip
        person = Person(socket, page)
        await person.click()
        yield person


async def in_turns(plain: str, gated: str, cookie: str, page: str, reruns: int) -> tuple[list[float], list[float]]:
    """The same click on both, again and again, so that whatever else the machine does meets both."""
    async with person_at(plain, None, page) as without, person_at(gated, cookie, page) as behind:
        for _ in range(20):
            await without.click()
            await behind.click()
        found: tuple[list[float], list[float]] = ([], [])
        for number in range(reruns):
            for person, seconds in ((without, found[0]), (behind, found[1]))[:: 1 if number % 2 else -1]:
                seconds.append(await person.click())
        return found


async def a_while(address: str, cookie: str | None, page: str, think: float, until: float) -> list[float]:
    chance = random.Random(cookie or address)
    seconds = []
    await asyncio.sleep(chance.random() * think)
    async with person_at(address, cookie, page) as person:
        while time.monotonic() < until:
            await asyncio.sleep(think * (0.5 + chance.random()))
            seconds.append(await person.click())
    return seconds


async def at_once(address: str, cookies: Sequence[str | None], page: str, think: float, lasts: float) -> list[float]:
    until = time.monotonic() + lasts
    found = await asyncio.gather(*(a_while(address, cookie, page, think, until) for cookie in cookies))
    return [second for seconds in found for second in seconds]


def quantile(values: Sequence[float], q: float) -> float:
    return float(pl.Series(values).quantile(q, "linear") or 0)


def tell(name: str, seconds: Sequence[float]) -> None:
    told = "  ".join(f"p{round(q * 100)} {quantile(seconds, q) * 1000:7.1f} ms" for q in (0.5, 0.95, 0.99))
    print(f"{name:<34}{len(seconds):>6} clicks  {told}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--reruns", type=int, default=300)
    arguments.add_argument("--people", type=int, default=20)
    arguments.add_argument("--think", type=float, default=5)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--desk", type=Path, help="a desk without accounts; copied, never changed")
    arguments.add_argument("--page", default="")
    asked = arguments.parse_args()
    script = MAIN if asked.desk else PLAIN
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folders = [Path(temporary) / kind for kind in ("plain", "gated")]
        for folder in folders:
            if asked.desk:
                shutil.copytree(asked.desk, folder)
            else:
                open_desk(folder).engine.dispose()
        cookies = signed_in(folders[1], asked.people)
        plain = stack.enter_context(served(script, folders[0], "plain"))
        gated = stack.enter_context(served(script, folders[1], "gated"))
        print(f"load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        without, behind = asyncio.run(in_turns(plain, gated, cookies[0], asked.page, asked.reruns))
        tell("one person, without the gate", without)
        tell("one person, behind the gate", behind)
        print(f"behind ÷ without, median: {quantile(behind, 0.5) / quantile(without, 0.5):.2f}", flush=True)
        for name, address, who in (("without", plain, [None] * asked.people), ("behind", gated, cookies)):
            tell(f"{asked.people} people, {asked.think:g} s, {name} the gate",
                 asyncio.run(at_once(address, who, asked.page, asked.think, asked.seconds)))  # fmt: skip


if __name__ == "__main__":
    main()
