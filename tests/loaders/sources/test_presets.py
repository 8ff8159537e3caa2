"""Each system's sample loads recognised and gives the rows that were put into it."""

import csv
from pathlib import Path

import polars as pl
import pytest

from loaders.base import Built, RawTable
from loaders.build import build
from loaders.catalog import certain_proposal, preset_of
from loaders.mapping import Mapping
from tests.loaders.raws import raw_file
from tests.loaders.sources.export import Export, golden_csv
from tests.loaders.sources.samples import EXPORTS

IDS = [f"{export.source}/{export.file}" for export in EXPORTS]
RATINGS = {"rating": "score", "rating_scale": "scale"}


def recognised(raw: RawTable) -> Mapping:
    preset = preset_of(raw)
    assert preset is not None, raw.headers
    return certain_proposal(raw, preset).mapping


def built(export: Export, scratch: Path) -> Built:
    raw = raw_file(export.path, scratch)
    mapping = recognised(raw)
    assert mapping.name == export.source
    return build(raw, mapping, source=mapping.name, zone=export.zone)


def told(result: Built, names: list[str]) -> list[dict[str, str]]:
    """The canonical rows as text, in the order of the file's tickets."""
    table = result.tables[next(name for name in ("tickets", "arrivals") if name in result.tables)]
    if "ratings" in result.tables and set(names) & set(RATINGS):
        scores = result.tables["ratings"].filter(pl.col("score").is_not_null())
        given = scores.select("ticket_id", rating=pl.col("score").cast(pl.Int64), rating_scale="scale")
        table = table.join(given, on="ticket_id", how="left", maintain_order="left")
    shown = [
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        if isinstance(table.schema[name], pl.Datetime)
        else pl.col(name).cast(pl.String)
        for name in names
    ]
    return [
        {name: cell or "" for name, cell in row.items()}
        for row in table.select(
            pl.col(names[0]).alias("__key"), *[one.alias(n) for one, n in zip(shown, names, strict=True)]
        )
        .drop("__key")
        .iter_rows(named=True)
    ]


def golden(export: Export) -> list[dict[str, str]]:
    with export.golden_path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("export", EXPORTS, ids=IDS)
def test_a_sample_is_recognised_and_gives_its_golden_rows(export: Export, tmp_path: Path) -> None:
    result = built(export, tmp_path)
    expected = golden(export)
    key = next(iter(expected[0]))
    found = sorted(told(result, list(expected[0])), key=lambda row: row[key])
    assert found == sorted(expected, key=lambda row: row[key])
    assert result.rejects.filter(kind="rejected").height == 0


@pytest.mark.parametrize("export", EXPORTS, ids=IDS)
def test_a_sample_stands_as_it_was_written(export: Export) -> None:
    assert export.golden_path.read_text(encoding="utf-8") == golden_csv(export.golden_rows())
    if not export.file.endswith(".xlsx"):  # a workbook holds the stamps of its packing
        assert export.path.read_bytes() == export.content()
