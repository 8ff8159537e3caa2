"""Figures from the rows themselves: exact of few, within the error of many, whatever the order they stand in."""

import gc
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics import coded, rows
from metrics.catalog import METRICS, metric
from metrics.coded import BLOCK, Coded
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Period, Quantile, Scope, Spread
from metrics.order import BITS, Ordered
from tests.builders import calendar, desk, facts
from tests.metrics.test_laws import busy_month

WEEK = Scope(Period(date(2026, 3, 9), date(2026, 3, 16)), {"channel": ("chat", None)})
P90 = "first_response_calendar_p90"
RANKED = [one for one in METRICS.values() if isinstance(one.value, Quantile | Spread)]


@pytest.fixture(scope="module")
def month() -> Facts:
    settings = desk(zone="Asia/Shanghai", calendars=(calendar(zone="Asia/Shanghai"),))
    return facts(*busy_month(), settings=settings, as_of="2026-04-10 00:00")


def test_quantiles_of_few_rows_are_those_between_the_ordered_values(month: Facts) -> None:
    found = compute([metric(P90)], month, by=("team",)).drop_nulls("value")
    plain = month.tickets.drop_nulls("first_response_calendar_seconds").group_by("team").agg(
        value=pl.col("first_response_calendar_seconds").quantile(0.9, "linear"), n=pl.len().cast(pl.Int64)
    )  # fmt: skip
    assert_frame_equal(
        found.select("team", "value", "n"), plain.sort("team", nulls_last=True), check_exact=False, abs_tol=1e-9
    )
    assert "error" not in found.columns


@pytest.mark.parametrize("by", [(), ("team",), ("weekday", "channel")])
def test_quantiles_of_many_rows_are_within_the_error_that_is_told(
    month: Facts, by: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = compute(RANKED, month, WEEK, by=by, every="day")
    monkeypatch.setattr(rows, "EXACT_ROWS", 0)
    told = compute(RANKED, month, WEEK, by=by, every="day")
    same = [*by, "period", "metric", "n"]
    assert told.select(same).equals(exact.select(same))
    off = (told["value"] - exact["value"]).abs() - told["error"] * exact["value"]
    assert off.max() <= 1e-9  # type: ignore[operator]
    assert told["error"].is_not_null().equals(told["value"].is_not_null())
    assert told["value"].is_not_null().any()


def test_the_order_of_rows_changes_nothing(month: Facts) -> None:
    asked = list(METRICS.values())
    for scope in (Scope(), WEEK):
        mixed = replace(month, tickets=month.tickets.sample(fraction=1, shuffle=True, seed=5))
        pair = (compute(asked, one, scope, by=("channel", "agent"), every="week") for one in (month, mixed))
        assert_frame_equal(*pair, check_exact=False, rel_tol=1e-9)


def test_a_period_looks_at_the_blocks_of_rows_that_it_reaches_alone() -> None:
    start = pl.datetime(2026, 1, 1, time_zone="UTC")
    frame = pl.select(at=start + pl.duration(minutes=pl.int_range(5 * BLOCK)))
    kept, day = Coded("UTC"), date(2026, 3, 1)
    window = kept.window(frame, "at", Period(day, date(2026, 3, 2)))
    inside = frame.with_row_index("row").filter(pl.col("at").dt.date() == day)["row"]
    assert inside.len() == 1440
    assert window.stop - window.start <= 2 * BLOCK
    assert window.start <= inside[0]
    assert inside[-1] < window.stop
    assert kept.window(frame, "at", Period(date(2020, 1, 1), date(2020, 2, 1))) == slice(0, 0)


def test_what_is_kept_of_facts_goes_with_them(month: Facts) -> None:
    other = replace(month, tickets=month.tickets.head(40))
    compute([metric(P90)], other, by=("team",))
    place = id(other.tickets)
    assert place in coded._KEPT
    del other
    gc.collect()
    assert place not in coded._KEPT


def test_values_too_long_for_one_number_are_ordered_all_the_same() -> None:
    values = np.array([5, 1 << BITS, -1, 3, 7], dtype=np.int64)
    found = Ordered.of(np.array([1, 1, 0, 0, 1]), values, 2)
    assert found.values.tolist() == [3, 5, 7, 1 << BITS]
    assert found.n.tolist() == [1, 3]
    assert found.quantile(0.5)[0].tolist() == [3.0, 7.0]


def test_groups_without_values_have_no_quantile() -> None:
    found = Ordered.of(np.array([1, 1]), np.array([-1, 4]), 3)
    value, low, high = found.quantile(0.5)
    assert np.isnan(value).tolist() == [True, False, True]
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@pytest.mark.parametrize(
    "where",
    [
        {"few": ("a",)}, {"few": ("a", "c", None)}, {"few": ("b",), "many": ("x",)}, {"many": ("x", "y")},
        {"few": ("nobody",)}, {"few": (None,), "many": ("y", "nobody")}, {"few": (), "many": ("x",)},
    ],
    ids=str,
)  # fmt: skip
def test_the_rows_of_filters_are_those_that_have_one_of_the_values(where: dict[str, tuple[str | None, ...]]) -> None:
    few = ["a", "b", None, "c", *["other"] * 26] * 4
    frame = pl.DataFrame({"few": few, "many": ["x", "y", "x", "x", "y", "x"] * 20})
    plain = [
        place for place, row in enumerate(frame.iter_rows(named=True))
        if all(row[name] in wanted for name, wanted in where.items())
    ]  # fmt: skip
    assert Coded("UTC").chosen(frame, where).tolist() == plain
