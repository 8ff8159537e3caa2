"""The README's pictures: pages of the demo desk, as the browser draws them.

python -m tests.browser.picture [--out dashboard/assets]
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dashboard.demo import ensure_demo
from tests.browser.conftest import ROOT, served, visiting

OUT = ROOT / "dashboard" / "assets"
PICTURES = (
    ("response-times", "zh-CN", "light"), ("compare", "en-US", "dark"), ("sla", "zh-CN", "light"),
    ("triage", "zh-CN", "light"), ("staffing", "en-US", "dark"),
)  # fmt: skip
"""Page, language and scheme of each."""
PATIENCE = 180_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, default=OUT)
    out = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        desk = Path(folder) / "demo"
        ensure_demo(desk)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with served(desk, Path(folder) / "server.log") as address:
            for page, locale, scheme in PICTURES:
                take(browser, address, page, out / f"{page}.png", locale=locale, scheme=scheme)
        browser.close()


def take(browser: Browser, address: str, page: str, file: Path, *, locale: str, scheme: str) -> None:
    """One page at rest, as a picture."""
    with visiting(browser, address, locale=locale, scheme=scheme) as visitor:
        visitor.page.set_default_timeout(PATIENCE)
        visitor.page.goto(f"{address}/{page}")
        visitor.page.locator("h1, h2").first.wait_for(timeout=PATIENCE)
        visitor.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE)
        visitor.page.wait_for_timeout(4000)
        visitor.page.screenshot(path=file)


if __name__ == "__main__":
    main()
