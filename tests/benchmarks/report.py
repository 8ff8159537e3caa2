"""The list of tickets of a report beside plain openpyxl, write-only, of the same cells.

    python -m tests.benchmarks.report [ROWS]

Each side writes the same frame from a process of its own; ours with formats, filters, widths, safe text and the sheet's
print set-up, the plain one with nothing but `append`. Told are seconds of CPU and the peak of memory, and their ratios;
beforehand what either process needs before it writes (imports and the frame), so that nobody pays for Polars.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import polars as pl

ROWS, COLUMNS = 100_000, {"text": 14, "instant": 8, "length": 12, "count": 4, "truth": 2}
SIDES = ("plain", "ours")
WORDS = ["在线聊天", "邮件", "退换货", "物流配送", "已解决", "王芳", "cannot log in", "=1+1", "refund not received"]


def frame_of(rows: int) -> pl.DataFrame:
    """So many tickets with as many columns as COLUMNS says; every seventh cell is empty."""
    number = pl.int_range(rows, dtype=pl.Int64)
    made: list[pl.Expr] = []
    for kind, count in COLUMNS.items():
        for place in range(count):
            drawn = (number * 7919 + place * 104_729) % 1_000_003
            made.append(pl.when(drawn % 7 > 0).then(_cell(kind, drawn, place)).alias(f"{kind}{place}"))
    return pl.select(number.alias("number")).select(made)


def _cell(kind: str, drawn: pl.Expr, place: int) -> pl.Expr:
    if kind == "text":
        word = pl.lit(pl.Series(WORDS)).gather(drawn % len(WORDS))
        return word if place else pl.lit("T") + drawn.cast(pl.String)
    if kind == "instant":
        return pl.lit(datetime(2026, 3, 1)).dt.replace_time_zone("UTC") + pl.duration(seconds=drawn * 20)  # noqa: DTZ001
    return drawn % 2 == 0 if kind == "truth" else drawn % (500 if kind == "count" else 400_000)


def plain(frame: pl.DataFrame, path: Path) -> None:
    """What the documentation of openpyxl shows for large files."""
    from openpyxl import Workbook

    lengths = [name for name in frame.columns if name.startswith("length")]
    instants = [name for name in frame.columns if name.startswith("instant")]
    local = frame.with_columns(pl.duration(seconds=pl.col(name)).alias(name) for name in lengths).with_columns(
        pl.col(instants).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tickets")
    sheet.append(frame.columns)
    for row in local.iter_rows():
        sheet.append(row)
    book.save(path)


def ours(frame: pl.DataFrame, path: Path) -> None:
    from dashboard.reports.model import Column, Report, Sheet, Table
    from dashboard.reports.writing import write

    columns = tuple(Column(name, name, name.rstrip("0123456789")) for name in frame.columns)  # type: ignore[arg-type]
    table = Table("tickets", "One row per ticket", columns, frame)
    write(Report("Tickets", "", (Sheet("tickets", "Tickets", (table,)),)), path, zone="Asia/Shanghai")


def measured(side: str, folder: Path) -> tuple[float, float, float]:
    """CPU seconds of writing, peak memory and memory before it in MB, from a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.report", side, str(folder)]
    told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split()
    return float(told[0]), float(told[1]), float(told[2])


def write_one(side: str, folder: Path) -> None:
    import openpyxl

    import dashboard.reports.writing

    del dashboard, openpyxl
    frame = pl.read_ipc(folder / "frame.arrow")
    before, started = _peak(), time.process_time()
    {"plain": plain, "ours": ours}[side](frame, folder / f"{side}.xlsx")
    print(time.process_time() - started, _peak(), before)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = frame_of(rows)
        frame.write_ipc(folder / "frame.arrow")
        print(f"{rows:,} rows × {frame.width} columns, openpyxl {_version()}")
        found = {side: measured(side, folder) for side in SIDES}
        for side, (seconds, peak, before) in found.items():
            size = (folder / f"{side}.xlsx").stat().st_size / 1e6
            print(f"{side:<6} {seconds:7.1f} s CPU   {peak:7.0f} MB at most ({before:.0f} before)   {size:.1f} MB file")
        time_ratio, memory_ratio = (found["ours"][place] / found["plain"][place] for place in (0, 1))
        print(f"ratio  {time_ratio:7.2f} × time  {memory_ratio:7.2f} × memory   (wanted: 1.6 and 1.5)")


def _version() -> str:
    from importlib.metadata import version

    return version("openpyxl")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write_one(sys.argv[1], Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
