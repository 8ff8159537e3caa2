"""The figures of spot-checks in the catalogue are those that the estimates give, whole, in parts and by period."""

from datetime import timedelta

import polars as pl
import pytest

from metrics.compute import compute
from metrics.model import Scope
from metrics.quality.estimates import of_strata, of_units
from metrics.quality.figures import METRICS, review_facts
from metrics.quality.results import Sample, by_part, sampled
from tests.builders import desk, period
from tests.metrics.quality.test_results import MONDAY, drawn, read
from tests.metrics.quality.test_results import sample as _sample

sample = _sample
BY_ID = {metric.id: metric for metric in METRICS}


def made(sample: Sample, **columns: object) -> pl.DataFrame:
    told = {"source": "s", "critical_failed": False, "score": 90.0, "is_changed": False} | columns
    return sample.reads.select("review", ticket_id=pl.col("review").cast(pl.String)).with_columns(
        **{name: pl.lit(value) for name, value in told.items()}
    )


def asked(of: Sample, scope: Scope | None = None, **split: object) -> list[dict[str, object]]:
    facts = review_facts(of, made(of), desk(), as_of=MONDAY + timedelta(days=9))
    return compute([BY_ID["quality_pass_rate"]], facts, scope or Scope(), **split).to_dicts()  # type: ignore[arg-type]


def test_the_whole_has_the_interval_of_strata(sample: Sample) -> None:
    (row,) = asked(sample)
    found = of_strata(sample.strata)
    assert (row["value"], row["low"], row["high"], row["n"]) == pytest.approx(
        (found.value, found.low, found.high, found.reviewed)
    )


@pytest.mark.parametrize("part", ["team", "agent", "channel", "type"])
def test_parts_have_the_interval_that_the_page_shows(sample: Sample, part: str) -> None:
    by_hand = by_part(sample, part)
    rows = {row[part]: row for row in asked(sample, by=[part])}
    assert set(rows) == set(by_hand["value"])
    for one in by_hand.iter_rows(named=True):
        row = rows[one["value"]]
        assert (row["value"], row["n"]) == pytest.approx((one["share"], one["n"]))
        if part in ("team", "agent"):
            assert (row["low"], row["high"]) == pytest.approx((one["low"], one["high"]))


def test_a_part_that_cuts_through_strata_is_estimated_by_its_rows(sample: Sample) -> None:
    (row,) = asked(sample, Scope(where={"agent": ("ben",)}))
    own = sample.reads.filter(agent="ben")
    found = of_units(own["passed"], own["chance"])
    assert (row["value"], row["low"], row["high"]) == pytest.approx((found.value, found.low, found.high))


def test_conversations_are_dated_by_the_day_on_which_they_were_answered(sample: Sample) -> None:
    days = {str(row["period"]): row for row in asked(sample, every="day")}
    assert {day: row["n"] for day, row in days.items()} == {"2026-03-02": 6, "2026-03-03": 4}
    (row,) = asked(sample, Scope(period("2026-03-03", "2026-03-04")))
    assert (row["value"], row["n"]) == (1, 4)


def test_where_everything_was_read_nothing_is_left_to_chance() -> None:
    reads = read(*[(0, "A|rest|*", "ana", place < 3) for place in range(4)])
    whole = sampled(drawn((0, "A|rest|*", 4, 4, 0, 0)), reads)
    (row,) = asked(whole)
    assert (row["value"], row["low"], row["high"]) == (0.75, 0.75, 0.75)


def test_nothing_read_is_unknown_and_not_nothing() -> None:
    nothing = sampled(drawn((0, "A|rest|*", 9, 3, 0, 0)), read())
    (row,) = asked(nothing)
    assert (row["value"], row["n"], row["low"]) == (None, 0, None)


def test_the_score_is_weighed_and_changed_verdicts_are_counted(sample: Sample) -> None:
    told = made(sample).with_columns(
        score=pl.when(pl.col("review") == 3).then(50.0).otherwise(100.0), is_changed=pl.col("review") == 0
    )
    facts = review_facts(sample, told, desk(), as_of=MONDAY + timedelta(days=9))
    found = {row["metric"]: row["value"] for row in compute(METRICS, facts).to_dicts()}
    weights = dict(sample.reads.select("review", 1 / pl.col("chance")).iter_rows())
    assert found["quality_score"] == pytest.approx(100 - 50 * weights[3] / sum(weights.values()))
    assert (found["quality_reviews"], found["quality_changed_rate"], found["quality_critical_rate"]) == (10, 0.1, 0)
