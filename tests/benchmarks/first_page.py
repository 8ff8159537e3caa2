"""From the start of the command to the first page in a browser: an existing demo desk beside an empty Streamlit page.

    python -m tests.benchmarks.first_page [--rounds 3]

Both servers are started anew in each round, alternating; the clock stops when the browser has drawn the page and its
script has come to rest. Needs Chromium.
"""

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

EMPTY_PAGE = 'import streamlit as st\nst.title("Empty")\n'
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, *, patience: float = 120) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url + "/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer in {patience:.0f} s")


def first_page(command: list[str], browser: Browser, port: int) -> tuple[float, float]:
    """Seconds from the start of the command until the page is at rest, and the part spent in the browser."""
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    with running(command):
        wait_for(url)
        served = time.perf_counter()
        page = browser.new_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
        page.goto(url)
        page.locator("[data-testid=stHeading]").first.wait_for(timeout=120_000)
        page.locator(AT_REST).wait_for(timeout=120_000)
        ended = time.perf_counter()
        page.close()
    return ended - started, ended - served


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY_PAGE, encoding="utf-8")
        desk = Path(folder) / "desk"
        subprocess.run(
            [sys.executable, "-c", f"from pathlib import Path; from dashboard.demo import ensure_demo; "
             f"ensure_demo(Path({str(desk)!r}), on_progress=lambda _: None)"],
            check=True,
        )  # fmt: skip
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        times: dict[str, list[tuple[float, float]]] = {"empty Streamlit page": [], "demo desk": []}
        for _ in range(rounds):
            for name in times:
                port = free_port()
                times[name].append(first_page(_command(name, script, desk, port), browser, port))
        browser.close()
    for name, seconds in times.items():
        for part, values in zip(("start to page", "browser only"), zip(*seconds, strict=True), strict=True):
            print(f"{name:<22}{part:<15}{min(values):6.2f} {statistics.median(values):6.2f} {max(values):6.2f} s")
    for index, part in enumerate(("start to page", "browser only")):
        empty, demo = (statistics.median(value[index] for value in times[name]) for name in times)
        print(f"ratio of medians, {part}: {demo / empty:.2f}")


def _command(name: str, script: Path, desk: Path, port: int) -> list[str]:
    if name == "demo desk":
        return [
            str(Path(sys.executable).with_name("floorwalker")),
            "--data",
            str(desk),
            "serve",
            "--demo",
            "--port",
            str(port),
        ]
    return [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.headless", "true",
        "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
