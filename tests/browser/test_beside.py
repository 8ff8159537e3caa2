"""While one person loads a large file, another reads on: neither waits for the other."""

import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor, served, visiting
from tests.pages.conftest import small_desk

__all__ = ["small_desk"]

pytestmark = pytest.mark.browser
ROWS = 300_000
WAITS_AT_MOST = 10.0
"""Seconds that a reader may wait for a page while a load has both cores of a small machine."""
LOOKS_AT_LEAST = 3


def large_export(path: Path) -> Path:
    """Some weeks of a busy desk, one line a ticket."""
    first = datetime(2026, 1, 1)  # noqa: DTZ001 - a stamp without a zone, as exports have it
    number = pl.int_range(ROWS, eager=True)
    created = pl.lit(first) + pl.duration(seconds=pl.col("n") * 40)
    rows = pl.DataFrame({"n": number}).select(
        pl.format("L{}", "n").alias("工单编号"),
        created.dt.strftime("%Y-%m-%d %H:%M:%S").alias("创建时间"),
        (created + timedelta(minutes=9)).dt.strftime("%Y-%m-%d %H:%M:%S").alias("首次响应时间"),
        (created + timedelta(hours=5)).dt.strftime("%Y-%m-%d %H:%M:%S").alias("解决时间"),
        pl.lit("邮件").alias("渠道"),
    )
    rows.write_csv(path)
    return path


def look(visitor: Visitor, clock: str) -> float:
    """Seconds until the page stands on the other clock."""
    started = time.monotonic()
    visitor.page.get_by_role("button", name=clock).or_(visitor.page.get_by_role("radio", name=clock)).first.click()
    visitor.settle()
    return time.monotonic() - started


def test_a_second_person_reads_on_while_a_large_file_is_loaded(
    tmp_path: Path, small_desk: Path, browser: Browser
) -> None:
    export = large_export(tmp_path / "large.csv")
    with (
        served(small_desk, tmp_path / "server.log") as address,
        visiting(browser, address) as reader,
        visiting(browser, address) as loader,
    ):
        reader.open("/response-times?period=all")
        idle = [look(reader, clock) for clock in ("工作时间", "自然时间")]
        loader.open("/data")
        loader.page.set_input_files('input[type="file"]', str(export))
        loader.see("必需的列都已识别")
        loader.page.get_by_role("button", name="检查并导入").click()
        done = loader.page.get_by_text("导入完成")
        beside = []
        while not done.count():
            beside.append(look(reader, ("工作时间", "自然时间")[len(beside) % 2]))
        loader.see(f"读取 {ROWS:,} 行 = 导入 {ROWS:,} + 拒收 0 + 空行 0")
        print(f"idle {statistics.median(idle):.2f} s, beside the load median {statistics.median(beside):.2f} s, "
              f"longest {max(beside):.2f} s of {len(beside)}")  # fmt: skip
        assert len(beside) >= LOOKS_AT_LEAST, "the load was over before anybody could look"
        assert max(beside) <= WAITS_AT_MOST
