"""Both of Polars' engines make the same facts and rollups."""

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.facts import Facts
from metrics.rollup import Parts, merged, updated
from tests.builders import facts
from tests.metrics.rolled import ALL
from tests.metrics.test_laws import busy_month
from tests.metrics.test_partitions import assert_same
from tests.metrics.test_rollup import promised

COLLECT = pl.LazyFrame.collect


def made_by(engine: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Facts, Parts]:
    """Facts and rollups with every step of every frame run by that engine."""
    asked: set[str] = set()

    def collected(self: pl.LazyFrame, *args: Any, **options: Any) -> Any:
        asked.add(engine)
        return COLLECT(self, *args, **{**options, "engine": engine})

    with monkeypatch.context() as patched:
        patched.setattr(pl.LazyFrame, "collect", collected)
        made = facts(*busy_month(), settings=promised(), as_of="2026-04-10 00:00")
        parts, _ = updated(Parts(), made, ALL)
    assert asked == {engine}
    return made, parts


def test_both_engines_make_the_same_facts_and_rollups(monkeypatch: pytest.MonkeyPatch) -> None:
    (facts_one, one), (facts_two, two) = (made_by(engine, monkeypatch) for engine in ("in-memory", "streaming"))
    assert_same(facts_one, facts_two)
    assert one.marks == two.marks
    for shape, table in merged(one).items():
        assert_frame_equal(merged(Parts({shape: two.tables[shape]}))[shape], table)
