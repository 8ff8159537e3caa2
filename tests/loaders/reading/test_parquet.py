"""Parquet columns as text."""

import io
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest

from loaders.reading.refusal import Refusal
from loaders.reading.sentences import PARQUET_DAMAGED
from tests.loaders.reading.builders import parsed, rows_of


def stored(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def test_every_type_becomes_the_text_that_the_mapping_expects() -> None:
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "id": [1.0],
            "score": [4.5],
            "at": [at],
            "local": [at.replace(tzinfo=None)],
            "on": [date(2026, 3, 1)],
            "clock": [time(9, 30)],
            "took": [timedelta(hours=30)],
            "ok": [True],
            "tags": [["a", "b"]],
            "who": [{"name": "甲"}],
            "raw": [b"x"],
            "empty": [""],
        }
    )
    found = parsed(stored(frame), "a.parquet")
    assert rows_of(found) == [
        (
            "1",
            "4.5",
            "2026-03-01T09:30:00.000000+00:00",
            "2026-03-01T09:30:00.000000",
            "2026-03-01",
            "09:30:00",
            "30:00:00",
            "true",
            '["a", "b"]',
            '{"name": "甲"}',
            "x",
            None,
        )
    ]


def test_a_damaged_file_is_told_so() -> None:
    whole = stored(pl.DataFrame({"a": ["x"] * 1000}))
    for content in (whole[:-30], b"PAR1" + b"\xff" * 500 + b"PAR1", whole[:20] + b"\xff" * 30 + whole[50:]):
        with pytest.raises(Refusal) as refused:
            parsed(content, "a.parquet")
        assert refused.value.template == PARQUET_DAMAGED
