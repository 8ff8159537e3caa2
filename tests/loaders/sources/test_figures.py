"""The figures that each system's sample gives, against plain arithmetic on what was put into it."""

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import fmean, median

import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files
from metrics.catalog import metric
from metrics.compute import compute
from metrics.facts import build_facts
from metrics.model import Scope
from metrics.tables import Tables
from tests.builders import desk
from tests.loaders.sources.export import Export
from tests.loaders.sources.samples import EXPORTS
from tests.loaders.sources.test_presets import built, golden

OF_TICKETS = [export for export in EXPORTS if export.source != "switch"]
IDS = [f"{export.source}/{export.file}" for export in OF_TICKETS]
TIMES = {"first_response": "first_responded_at", "full_resolution": "resolved_at"}
STATISTICS: dict[str, Callable[[list[float]], float]] = {"p50": median, "mean": fmean}


def spans(rows: list[dict[str, str]], end: str) -> list[float]:
    """Seconds from creation to an end, of the tickets that have both."""
    return [
        (datetime.fromisoformat(row[end]) - datetime.fromisoformat(row["created_at"])).total_seconds()
        for row in rows
        if row.get(end)
    ]


def satisfied(rows: list[dict[str, str]]) -> float | None:
    """The share whose place on its scale, from the worst to the best, is in the upper quarter: 4 and 5 of five."""
    places = [
        (float(row["rating"]) - 1) / (float(row["rating_scale"]) - 1) for row in rows if row.get("rating")
    ]  # fmt: skip
    return sum(place >= 0.75 - 1e-9 for place in places) / len(places) if places else None


@pytest.mark.parametrize("export", OF_TICKETS, ids=IDS)
def test_its_figures_are_those_of_plain_arithmetic(export: Export, tmp_path: Path) -> None:
    rows = golden(export)
    facts = build_facts(Tables.of(**built(export, tmp_path).tables), desk(zone="Asia/Shanghai"))
    for thing, end in TIMES.items():
        took = spans(rows, end)
        for name, statistic in STATISTICS.items():
            found = compute([metric(f"{thing}_calendar_{name}")], facts).row(0, named=True)
            assert found["n"] == len(took), (thing, name)
            assert found["value"] == (pytest.approx(statistic(took)) if took else None), (thing, name)
    created = compute([metric("tickets_created")], facts).row(0, named=True)
    assert created["value"] == len(rows) == len(export.of)
    if export.source != "qiyu":  # points of a hundred are no stars: 80 is not above three quarters of its scale
        share = satisfied(rows)
        assert compute([metric("csat")], facts).row(0, named=True)["value"] == (
            share if share is None else pytest.approx(share)
        )
    for name in ("reopens", "replies"):
        if name in rows[0]:
            counted = compute([metric(name)], facts).row(0, named=True)
            assert counted["value"] is None or counted["value"] == sum(int(row[name]) for row in rows)


@pytest.mark.slow
def test_every_sample_loads_without_being_named_into_one_desk(tmp_path: Path) -> None:
    """The whole way, a child process for each file: `pytest tests/loaders/sources/test_figures.py -m slow -n 0`."""
    root = open_desk(tmp_path)
    report = load_files(
        COMMAND_LINE, root, [export.path for export in EXPORTS], options=LoadOptions(zone="Asia/Shanghai")
    )  # fmt: skip
    assert [file.source for file in report.files] == [export.source for export in EXPORTS]
    for file, export in zip(report.files, EXPORTS, strict=True):
        assert (file.rows_read, file.loaded, file.rejected, file.blank) == (len(export.of), len(export.of), 0, 0)


def test_a_golden_file_is_a_table_of_text() -> None:
    for export in EXPORTS:
        with export.golden_path.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) == len(export.of) + 1


def test_a_scope_of_one_source_splits_the_whole(tmp_path: Path) -> None:
    """Two systems with the same tickets in one desk: each keeps its own, and the whole is their sum."""
    two = [
        export
        for export in EXPORTS
        if f"{export.source}/{export.file}" in ("zoho/tickets.en.csv", "hubspot/tickets.en.csv")
    ]
    root = open_desk(tmp_path)
    load_files(COMMAND_LINE, root, [export.path for export in two], options=LoadOptions(zone="Asia/Shanghai"))
    from dashboard.services.facts.figures import figures

    counts = {
        row["source"]: row["value"]
        for row in figures(COMMAND_LINE, root, ["tickets_created"], Scope(), by=["source"]).iter_rows(named=True)
    }
    whole = figures(COMMAND_LINE, root, ["tickets_created"], Scope()).row(0, named=True)["value"]
    assert counts == {"hubspot": 24, "zoho": 24}
    assert whole == sum(counts.values())
