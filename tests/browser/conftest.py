"""A server of its own on a free port, and a browser that tells every error and every request elsewhere."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = Path(sys.executable).with_name("floorwalker")
START_SECONDS = 90
PATIENCE = 120_000
"""Milliseconds for a page to be run to its end: a busy machine draws slowly, which is no fault of the page."""
LISTENING = "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go))))"
"""Two frames on, what was drawn has been given its keys: React gives them after it has painted."""
OWN_STYLE = '[data-testid="stHtml"] style'
"""What every page is laid over with: `dashboard.components.sidebar.quiet_frame`."""
HARMLESS = ("_stcore/health", "_stcore/host-config")
"""A first visit below the root asks for these beside the page too, and is told 404."""


@contextmanager
def served(desk: Path, log: Path) -> Iterator[str]:
    """The dashboard of a desk, from start to end of the block; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(COMMAND), "serve", "--data", str(desk), "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace")


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the dashboard did not start: {log.read_text(encoding='utf-8', errors='replace')}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium is installed: install the system package chromium")
    running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
    yield running
    running.close()


@dataclass
class Visitor:
    """A person at a browser; what went wrong on the way is collected and judged at the end."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.address + path)
        self.settle()
        self.page.locator(OWN_STYLE).first.wait_for(state="attached")  # it comes a moment after the rest

    def settle(self) -> None:
        """Wait until the page has been run to its end."""
        self.page.wait_for_timeout(500)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE)
        self.page.wait_for_timeout(300)

    def choose(self, box: str, option: str) -> None:
        """Choose from a list by its name; a list that a repaint has closed is opened again, as a person would."""
        for _ in range(3):
            self.page.get_by_role("combobox", name=box).click()
            with suppress(TooLate):
                self.page.get_by_role("option", name=option).click(timeout=10_000)
                return
        raise AssertionError(f"{option!r} of {box!r} could not be chosen")

    def press(self, key: str, button: str) -> None:
        """Press the key of a button as soon as the button is there and listens; before, nobody hears it."""
        self.page.get_by_role("button", name=button, disabled=False).first.wait_for()
        self.page.evaluate(LISTENING)
        self.page.keyboard.press(key)

    def see(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for(timeout=PATIENCE)


@contextmanager
def visiting(
    browser: Browser, address: str, *, scheme: str = "light", locale: str = "zh-CN", in_motion: bool = False
) -> Iterator[Visitor]:
    """A visitor from the first page to the end of the block; fails on any error and on any request elsewhere.

    Like people whom moving things make dizzy, most ask for none: without a graphics card, to draw what moves while a
    page is made costs more than the page.
    """
    context = browser.new_context(
        locale=locale,
        timezone_id="Asia/Shanghai",
        viewport={"width": 1440, "height": 1100},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="no-preference" if in_motion else "reduce",
    )
    page = context.new_page()
    visitor = Visitor(page, address)
    own = (address, address.replace("http", "ws", 1), "data:", "blob:")
    page.on("request", lambda sent: visitor.wrong.extend([] if sent.url.startswith(own) else [f"asked {sent.url}"]))
    page.on("pageerror", lambda error: visitor.wrong.append(f"page error: {error}"))
    page.on("console", lambda said: _judge(visitor, said.type, said.text, said.location.get("url", "")))
    page.set_default_timeout(PATIENCE)
    yield visitor
    context.close()
    assert not visitor.wrong


def _judge(visitor: Visitor, kind: str, text: str, url: str) -> None:
    if kind == "error" and not url.endswith(HARMLESS):
        visitor.wrong.append(f"console: {text} ({url})")
