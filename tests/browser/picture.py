"""The README's picture: the response times of the demo desk, as the browser draws them.

python -m tests.browser.picture [--out dashboard/assets/response-times.png]
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dashboard.demo import ensure_demo
from tests.browser.conftest import ROOT, served, visiting

OUT = ROOT / "dashboard" / "assets" / "response-times.png"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, default=OUT)
    out = arguments.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        desk = Path(folder) / "demo"
        ensure_demo(desk)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with served(desk, Path(folder) / "server.log") as address, visiting(browser, address) as visitor:
            visitor.open("/response-times")
            visitor.page.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
            visitor.page.wait_for_timeout(4000)
            visitor.page.screenshot(path=out)
        browser.close()


if __name__ == "__main__":
    main()
