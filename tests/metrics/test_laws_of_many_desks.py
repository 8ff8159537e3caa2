"""The laws that every figure obeys, on many random desks at once: each is a source of its own, told apart by it.

`FLOORWALKER_CASES=10000` holds each law against so many desks.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.compute import compute, rows_behind
from metrics.facts import Facts, build_facts
from metrics.model import Metric, Period, Quantile, Ratio, Scope, Stock, Total, Unit
from tests.builders import tables
from tests.metrics.many_desks import facts_of, many_desks
from tests.metrics.random_desks import CASES, SETTINGS
from tests.oracles.tickets import World

EACH = 240
ROUNDS = range(max(1, -(-CASES // EACH)))
ALL = list(METRICS.values())
SPLITS = ("channel", "team", "agent", "customer_class", "weekday", "hour", "peak", "x_fcr_survey", "type", "status")
DAYS = Period(date(2026, 3, 25), date(2026, 4, 6))
"""Nearly all that happens on these desks."""
TABLES = ("tickets", "messages", "changes", "ratings")
COUNTED = [metric.id for metric in ALL if isinstance(metric.value, Total | Stock)]
ADDED = [metric.id for metric in ALL if isinstance(metric.value, Total | Ratio | Quantile | Stock)]
"""Those whose n is how many rows they count, so that parts add up; of the others n says something else of a group."""


@cache
def desks(seed: int) -> tuple[World, ...]:
    return tuple(many_desks(EACH, 1_000 + seed))


@cache
def facts(seed: int) -> Facts:
    return facts_of(desks(seed))


@cache
def scope(seed: int) -> Scope:
    """All the data, or some days of it."""
    random = Random(seed)
    start = DAYS.start + timedelta(days=random.randrange(5))
    period = random.choice([None, Period(start, start + timedelta(days=random.randrange(1, 6)))])
    return Scope(period=period)


@cache
def whole(seed: int) -> pl.DataFrame:
    return compute(ALL, facts(seed), scope(seed), by=["source"])


def alike(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """The same answers for the same desks; floating point may differ by its last digits."""
    keys = ["source", "metric"]
    columns = [*keys, "n", "value", "low", "high"]
    pairs = one.select(columns).join(other.select(columns), on=keys, how="full", coalesce=True, suffix="_other")
    assert pairs.height == one.height == other.height
    for name in ("n", "value", "low", "high"):
        left, right = pl.col(name).cast(pl.Float64), pl.col(f"{name}_other").cast(pl.Float64)
        close = (left - right).abs() <= 1e-9 * pl.max_horizontal(left.abs(), pl.lit(1.0))
        assert pairs.filter(~(close.fill_null(False) | (left.is_null() & right.is_null()))).height == 0, name


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_parts_of_every_desk_add_up_to_the_whole(seed: int) -> None:
    by = SPLITS[seed % len(SPLITS)]
    parts = compute([METRICS[id] for id in ADDED], facts(seed), scope(seed), by=["source", by])
    summed = parts.group_by("source", "metric").agg(pl.col("value", "n").sum())
    both = summed.join(whole(seed), on=["source", "metric"], suffix="_whole")
    assert both.height == summed.height
    assert both.filter(pl.col("n") != pl.col("n_whole")).height == 0
    counts = both.filter(pl.col("metric").is_in(COUNTED))
    assert counts.filter(pl.col("value") != pl.col("value_whole").fill_null(0)).height == 0


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_days_add_up_to_the_period(seed: int) -> None:
    flows = [metric for metric in ALL if isinstance(metric.value, Total)]
    days = compute(flows, facts(seed), Scope(DAYS), by=["source"], every="day")
    summed = days.group_by("source", "metric").agg(pl.col("value", "n").sum())
    both = summed.join(compute(flows, facts(seed), Scope(DAYS), by=["source"]), on=["source", "metric"], suffix="_all")
    assert (
        both.filter((pl.col("value") != pl.col("value_all").fill_null(0)) | (pl.col("n") != pl.col("n_all"))).height
        == 0
    )
    assert both.height == summed.height > 0


@pytest.mark.parametrize("seed", ROUNDS)
def test_flows_and_the_opening_stock_make_the_closing_stock_of_every_day(seed: int) -> None:
    ids = ("tickets_created", "tickets_resolved", "closed_without_resolution", "tickets_set_aside", "backlog")
    answer = compute([METRICS[id] for id in ids], facts(seed), by=["source"], every="day")
    days = answer.pivot(on="metric", index=["source", "period"], values="value").drop_nulls().sort("source", "period")
    came, *gone, standing = (pl.col(id) for id in ids)
    moved = (came - pl.sum_horizontal(gone)).cum_sum().over("source")
    assert days.filter(moved != standing).height == 0
    assert days.height > EACH


@pytest.mark.parametrize("seed", ROUNDS)
def test_unknown_is_null_with_n_0_and_what_is_known_has_a_value(seed: int) -> None:
    answer = whole(seed)
    figures = answer.filter(~pl.col("metric").is_in(COUNTED))
    assert figures.filter((pl.col("n") == 0) & pl.col("value").is_not_null()).height == 0
    plain = [metric.id for metric in ALL if isinstance(metric.value, Ratio | Quantile)]
    assert answer.filter(pl.col("metric").is_in(plain) & (pl.col("n") > 0) & pl.col("value").is_null()).height == 0
    unbounded = pl.col("value").is_null() & (pl.col("low").is_not_null() | pl.col("high").is_not_null())
    assert answer.filter(unbounded).height == 0


@pytest.mark.parametrize("seed", ROUNDS)
def test_values_keep_within_their_unit_and_their_interval(seed: int) -> None:
    least = {Unit.SCORE: 1.0, Unit.POINTS: -100.0}
    most = {Unit.SCORE: 5.0, Unit.SHARE: 1.0, Unit.POINTS: 100.0}
    ends = pl.DataFrame({
        "metric": [metric.id for metric in ALL],
        "least": [least.get(metric.unit, 0.0) for metric in ALL],
        "most": [most.get(metric.unit, 1e12) for metric in ALL],
    })  # fmt: skip
    answer = whole(seed).join(ends, on="metric")
    for name in ("value", "low", "high"):
        assert answer.filter((pl.col(name) < pl.col("least")) | (pl.col(name) > pl.col("most"))).height == 0
    slip = 1e-9 * pl.max_horizontal(pl.col("value").abs(), pl.lit(1.0))
    outside = (pl.col("low") > pl.col("value") + slip) | (pl.col("high") < pl.col("value") - slip)
    assert answer.filter(outside).height == 0


@pytest.mark.parametrize("seed", ROUNDS)
def test_quantiles_rise_with_their_share(seed: int) -> None:
    known = whole(seed).filter(pl.col("metric").str.contains(r"_p\d\d$")).with_columns(
        family=pl.col("metric").str.head(-2), q=pl.col("metric").str.tail(2).cast(pl.Int64)
    ).drop_nulls("value").sort("source", "family", "q")  # fmt: skip
    falls = (pl.col("value") < pl.col("value").shift(1).over("source", "family") - 1e-9).fill_null(False)
    assert known.filter(falls).height == 0
    assert known.height > EACH


@pytest.mark.parametrize("seed", ROUNDS)
def test_business_time_is_between_nothing_and_calendar_time(seed: int) -> None:
    for frame in (facts(seed).tickets, facts(seed).replies, facts(seed).sla_instances):
        for name in (name for name in frame.columns if name.endswith("_calendar_seconds")):
            business = pl.col(name.replace("_calendar_", "_business_"))
            assert frame.filter((business > pl.col(name)) | (business < 0)).height == 0, name


@pytest.mark.parametrize("seed", ROUNDS)
def test_what_still_runs_is_in_neither_part_of_an_attainment(seed: int) -> None:
    runs = facts(seed).sla_instances
    decided = pl.col("state").is_in(["met", "breached"])
    assert runs.filter(decided != pl.col("is_met").is_not_null()).height == 0
    assert runs.filter(decided != pl.col("decided_at").is_not_null()).height == 0
    late = (pl.col("state") != "breached") & (pl.col("due_at") <= facts(seed).as_of) & pl.col("ended_at").is_null()
    past = runs.filter(late & (pl.col("left_seconds") < 0))
    assert past.height == 0
    counted = runs.group_by("source").agg(n=decided.sum().cast(pl.Int64))
    told = compute([METRICS["sla_attainment"]], facts(seed), by=["source"]).select("source", "n")
    assert told.join(counted, on="source").filter(pl.col("n") != pl.col("n_right")).height == 0


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_rows_behind_a_figure_are_as_many_as_it_counts(seed: int) -> None:
    expected = dict(whole(seed).select("metric", "n").group_by("metric").agg(pl.col("n").sum()).iter_rows())
    chosen = Random(seed).sample(ALL, 40)
    found = {metric.id: rows_behind(metric, facts(seed), scope(seed)).height for metric in chosen}
    assert found == {metric.id: expected[metric.id] for metric in chosen}


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_desk_is_what_it_is_beside_any_others(seed: int) -> None:
    half = desks(seed)[::2]
    alone = whole_of(facts_of(half), scope(seed))
    among = whole(seed).filter(pl.col("source").is_in([source_of(desk) for desk in half]))
    alike(alone, among.filter(pl.col("source").is_in(alone["source"].unique().implode())))
    filtered = compute(
        ALL, facts(seed), replace(scope(seed), where={"source": tuple(map(source_of, half))}), by=["source"]
    )
    alike(filtered, among)


@pytest.mark.parametrize("seed", ROUNDS)
def test_no_figure_depends_on_the_order_of_rows(seed: int) -> None:
    random = Random(seed)
    rows = {name: [row for desk in desks(seed) for row in getattr(desk, name)] for name in TABLES}
    for listed in rows.values():
        random.shuffle(listed)
    shuffled = build_facts(tables(*(rows[name] for name in TABLES)), SETTINGS, as_of=facts(seed).as_of)
    alike(whole_of(shuffled, scope(seed)), whole(seed))


@pytest.mark.parametrize("seed", ROUNDS)
def test_what_comes_later_changes_nothing_of_an_earlier_as_of(seed: int) -> None:
    late, added = timedelta(days=60), []
    for row in (row for desk in desks(seed) for row in desk.tickets):
        moved = {name: value + late for name, value in row.items() if name.endswith("_at") and value is not None}
        added.append({**row, **moved, "ticket_id": f"later {row['ticket_id']}"})
    rows = {name: [row for desk in desks(seed) for row in getattr(desk, name)] for name in TABLES}
    more = tables([*rows["tickets"], *added], rows["messages"], rows["changes"], rows["ratings"])
    again = build_facts(more, SETTINGS, as_of=facts(seed).as_of)
    alike(whole_of(again, scope(seed)), whole(seed))


def whole_of(built: Facts, asked: Scope) -> pl.DataFrame:
    return compute(ALL, built, asked, by=["source"])


def source_of(desk: World) -> str:
    return str(desk.tickets[0]["source"])


def test_a_metric_of_every_kind_is_among_those_that_are_added() -> None:
    kinds: set[type] = {type(METRICS[id].value) for id in ADDED}
    assert kinds == {Total, Ratio, Quantile, Stock}
    assert all(isinstance(metric, Metric) for metric in ALL)
