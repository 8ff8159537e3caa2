"""The sheet of quality says what the estimates say, of samples worked by hand."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest

from dashboard.reports.content import Content, Spotchecks
from dashboard.reports.parts.quality import quality
from dashboard.reports.spotchecks import DRAWS
from metrics.quality.results import DRAWN, READ, sampled
from metrics.quality.sampling import BETWEEN

STRATUM = BETWEEN.join(("alpha", "usual", "other"))
MARCH = datetime(2026, 3, 2, tzinfo=UTC)


def content(*plans: Spotchecks) -> Content:
    return cast(Content, SimpleNamespace(quality=plans))


def drawn(*, size: int, of: int, ineligible: int = 0) -> pl.DataFrame:
    row = {"draw_id": 1, "window_from": MARCH, "stratum": STRATUM, "team": "alpha", "risk": "usual",
           "channel": "other", "size": size, "drawn": of, "ineligible": ineligible, "skipped": 0}  # fmt: skip
    return pl.DataFrame([row], schema=DRAWN)


def read(passed: int, failed: int) -> pl.DataFrame:
    rows = [
        {"review": number, "draw_id": 1, "stratum": STRATUM, "agent": "Ann", "team": "alpha",
         "channel": "chat", "type": "x", "passed": number < passed,
         "root_cause": None if number < passed else "knowledge"}
        for number in range(passed + failed)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=READ)


def test_a_plan_shows_its_rate_its_interval_and_what_it_was_drawn_from() -> None:
    sample = sampled(drawn(size=1000, of=20), read(15, 5))
    answers = pl.DataFrame({"review": list(range(20)), "criterion": ["C1"] * 20, "full": [True] * 10 + [False] * 10})
    draws = pl.DataFrame([(1, MARCH, 1000, "ab" * 32, "seed", 1)], schema=DRAWS, orient="row")
    sheet = quality(content(Spotchecks("weekly", sample, 0.9, answers, draws)))
    assert sheet is not None
    tables = {table.key: table for table in sheet.tables}
    row = tables["quality_plans"].frame.row(0, named=True)
    assert row["share"] == pytest.approx(0.75)
    assert row["low"] < 0.75 < row["high"] < 0.9
    assert (row["drawn"], row["read"], row["verdict"]) == (20, 20, "below the target")
    assert tables["quality_lines"].frame["share"].to_list() == [pytest.approx(0.5)]
    assert tables["quality_causes"].frame["n"].to_list() == [5]
    assert tables["quality_draws"].frame["frame_sha256"].to_list() == ["ab" * 32]
    assert all(table.is_live for table in sheet.tables)


def test_it_was_drawn_from_whole_conversations_also_where_some_could_not_be_judged() -> None:
    sample = sampled(drawn(size=1000, of=21, ineligible=1), read(15, 5))
    answers = pl.DataFrame(schema={"review": pl.Int64, "criterion": pl.String, "full": pl.Boolean})
    sheet = quality(content(Spotchecks("weekly", sample, 0.9, answers, pl.DataFrame(schema=DRAWS))))
    assert sheet is not None
    (strata,) = (table.frame for table in sheet.tables if table.key == "quality_strata")
    assert strata.select("size", "drawn", "ineligible").row(0) == (1000, 21, 1)


def test_days_without_a_draw_say_so_and_who_sees_no_reviews_has_no_sheet() -> None:
    sheet = quality(content())
    assert sheet is not None
    assert not sheet.tables
    assert quality(cast(Content, SimpleNamespace(quality=None))) is None
