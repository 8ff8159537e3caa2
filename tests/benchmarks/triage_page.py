"""How long the triage page takes from a key to the row that shows it, with 50 and with 5,000 open items.

Both desks have the same tickets and are served at the same time; a browser at each acts by turns, so that whatever else
the machine does falls on both. Command: python -m tests.benchmarks.triage_page
"""

import csv
import io
import shutil
import statistics
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dashboard.desk import open_desk
from dashboard.people.actor import COMMAND_LINE
from dashboard.services.facts.figures import facts_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.settings.changes import keep_agreements
from tests.browser.conftest import PATIENCE, Visitor, served
from tests.escalated import escalate

FEW, MANY = 50, 5000
ACTS = 24
WARM_UP = 4
SOURCE = "generic"
ACT = """() => new Promise(done => {
  const row = document.querySelector('.fw-here'), id = row.dataset.id, began = performance.now();
  const shown = () => document.querySelector(`.fw-row[data-id="${id}"] .fw-state`)?.textContent === 'Acknowledged';
  const painted = () => requestAnimationFrame(() => done(performance.now() - began));
  const look = () => shown() ? painted() : requestAnimationFrame(look);
  row.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true, cancelable: true}));
  look();
})"""
"""Presses `a` on the row under the cursor; milliseconds until the row says so and is painted."""


def export() -> bytes:
    """As many tickets as there are items at most, one line each."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["工单编号", "创建时间", "首次响应时间", "渠道", "问题类型", "处理组", "受理人", "标题"])
    first = datetime(2026, 3, 2)  # noqa: DTZ001 - a stamp without a zone, as exports have it
    for number in range(MANY):
        at = first + timedelta(minutes=2 * number)
        answered = at + timedelta(minutes=5)
        rows.writerow([f"T{number:05d}", f"{at:%Y-%m-%d %H:%M:%S}", f"{answered:%Y-%m-%d %H:%M:%S}", "电话", "物流查询",
                       ("甲组", "乙组")[number % 2], "王芳", f"咨询 {number}"])  # fmt: skip
    return text.getvalue().encode()


def desks(folder: Path) -> dict[int, Path]:
    """The desk with few open items and that with many."""
    (folder / "export.csv").write_bytes(export())
    whole = open_desk(folder / "whole")
    keep_agreements(COMMAND_LINE, whole, "triage_rule = []\n", since=date.min, reason="only the items below")
    assert load_files(
        COMMAND_LINE, whole, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai")
    ).any_loaded
    facts_of(COMMAND_LINE, whole)
    whole.engine.dispose()
    made = {}
    for size in (FEW, MANY):
        made[size] = Path(shutil.copytree(folder / "whole", folder / f"items-{size}"))
        desk = open_desk(made[size])
        escalate(desk, [(SOURCE, f"T{number:05d}") for number in range(size)], at=datetime.now(UTC))
        desk.engine.dispose()
    return made


def visitor(browser: Browser, address: str) -> Visitor:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(PATIENCE)
    here = Visitor(page, address)
    here.open("/triage?lang=en")
    page.locator(".fw-row").first.wait_for()
    here.settle()
    return here


def act(here: Visitor) -> float:
    """One act and the way to the next row; milliseconds of the act."""
    took = float(here.page.evaluate(ACT))
    _calm(here)
    here.page.keyboard.press("j")
    _calm(here)
    return took


def _calm(here: Visitor) -> None:
    """Wait until what followed the last key is drawn."""
    here.page.wait_for_timeout(250)
    here.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    """Print both p95 and their ratio."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        made = desks(folder)
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        with served(made[FEW], folder / "few.log") as few, served(made[MANY], folder / "many.log") as many:
            people = {FEW: visitor(browser, few), MANY: visitor(browser, many)}
            took: dict[int, list[float]] = {FEW: [], MANY: []}
            for turn in range(ACTS):
                for size, here in people.items():
                    milliseconds = act(here)
                    if turn >= WARM_UP:
                        took[size].append(milliseconds)
        browser.close()
    for size, values in took.items():
        print(f"{size} open items: p50 {statistics.median(values):.0f} ms, p95 {p95(values):.0f} ms, n {len(values)}")
    print(f"ratio of p95: {p95(took[MANY]) / p95(took[FEW]):.2f}")


if __name__ == "__main__":
    main()
