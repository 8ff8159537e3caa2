"""Results of many draws: parts, lines, causes, people, held against counting by hand."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from metrics.quality.estimates import of_units
from metrics.quality.results import (
    DRAWN,
    READ,
    Sample,
    agents,
    by_answer,
    by_cause,
    by_part,
    course,
    daily,
    month_before,
    sampled,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def drawn(*rows: tuple[int, str, int, int, int, int]) -> pl.DataFrame:
    cells = [(draw, MONDAY + timedelta(days=draw), stratum, *stratum.split("|"), size, count, ineligible, skipped)
             for draw, stratum, size, count, ineligible, skipped in rows]  # fmt: skip
    return pl.DataFrame(cells, schema=DRAWN, orient="row")


def read(*rows: tuple[int, str, str, bool]) -> pl.DataFrame:
    cells = [(place, draw, stratum, agent, stratum[0], "chat", "delivery", passed, None if passed else "slip")
             for place, (draw, stratum, agent, passed) in enumerate(rows)]  # fmt: skip
    return pl.DataFrame(cells, schema=READ, orient="row")


@pytest.fixture
def sample() -> Sample:
    strata = drawn((0, "A|rest|*", 90, 5, 0, 1), (0, "A|complaint|*", 10, 4, 2, 0), (1, "B|rest|*", 50, 4, 0, 0))
    reads = read(
        *[(0, "A|rest|*", "ana", True)] * 3, (0, "A|rest|*", "ben", False),
        (0, "A|complaint|*", "ana", True), (0, "A|complaint|*", "ben", False),
        *[(1, "B|rest|*", "cho", True)] * 4, (9, "A|rest|*", "ana", False),
    )  # fmt: skip
    return sampled(strata, reads)


def test_what_is_ineligible_leaves_the_population_and_what_is_skipped_is_stood_for(sample: Sample) -> None:
    sizes = dict(sample.strata.select("stratum", "size").iter_rows())
    assert sizes == {"A|rest|*": 90, "A|complaint|*": 5, "B|rest|*": 50}
    chances = dict(sample.reads.select("stratum", "chance").unique().iter_rows())
    assert chances == {"A|rest|*": 4 / 90, "A|complaint|*": 2 / 5, "B|rest|*": 4 / 50}


def test_reviews_of_no_draw_that_stands_are_left_out(sample: Sample) -> None:
    assert sample.reviewed == 10


def test_the_whole_is_weighted_by_what_each_stratum_stands_for(sample: Sample) -> None:
    assert sample.estimate.value == pytest.approx((90 * 3 / 4 + 5 * 1 / 2 + 50) / 145)


def test_parts_that_are_strata_add_up_to_the_whole(sample: Sample) -> None:
    teams = by_part(sample, "team")
    assert teams["value"].to_list() == ["A", "B"]
    weights = [95 / 145, 50 / 145]
    assert sum(w * s for w, s in zip(weights, teams["share"], strict=True)) == pytest.approx(sample.estimate.value or 0)
    by_risk = dict(by_part(sample, "risk").select("value", "share").iter_rows())
    assert by_risk["complaint"] == 0.5


def test_parts_across_strata_are_weighted_by_their_chances(sample: Sample) -> None:
    ben = by_part(sample, "agent").row(by_key := 1, named=True)
    assert (ben["value"], ben["share"], ben["n"]) == ("ben", 0.0, 2)
    assert by_key == 1
    ana = by_part(sample, "agent").row(0, named=True)
    assert ana["share"] == of_units(pl.Series([True] * 4), pl.Series([4 / 90] * 3 + [2 / 5])).value


def test_lines_of_the_card_are_told_the_worst_first_and_without_what_does_not_apply(sample: Sample) -> None:
    rows = [(place, "R1", place != 3) for place in range(6)] + [(0, "A1", True), (1, "A1", None)]
    found = by_answer(sample, pl.DataFrame(rows, schema=["review", "criterion", "full"], orient="row"))
    assert found["value"].to_list() == ["R1", "A1"]
    assert found["n"].to_list() == [6, 1]


def test_causes_are_told_by_the_share_of_all_conversations_that_they_spoil(sample: Sample) -> None:
    (row,) = by_cause(sample).to_dicts()
    assert (row["value"], row["n"]) == ("slip", 2)
    estimate = sample.estimate.value
    assert estimate is not None
    assert row["share"] == pytest.approx(1 - estimate)


def test_people_with_few_reviews_are_drawn_towards_what_is_usual(sample: Sample) -> None:
    found = agents(sample)
    assert found["agent"].to_list() == ["ana", "ben", "cho"]
    ben = found.row(1, named=True)
    assert ben["raw"] == 0
    assert ben["value"] > 0.2
    assert ben["high"] > ben["value"] > ben["low"]


def test_the_course_looks_back_over_whole_days_and_days_are_counts(sample: Sample) -> None:
    found = course(sample, [MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)], days=1)
    assert found["n"].to_list() == [6, 4]
    assert found["share"][1] == 1
    days = daily(sample, "UTC").to_dicts()
    assert [(one["day"], one["drawn"], one["failed"]) for one in days] == [
        (date(2026, 3, 2), 9, 2), (date(2026, 3, 3), 4, 0)
    ]  # fmt: skip


def test_the_month_before_is_over() -> None:
    assert month_before(date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 3, 1))
    assert month_before(date(2026, 1, 31)) == (date(2025, 12, 1), date(2026, 1, 1))


def test_of_no_draw_nothing_is_told() -> None:
    nothing = sampled(drawn(), read())
    assert nothing.estimate.value is None
    assert by_part(nothing, "team").is_empty()
    assert agents(nothing).is_empty()
