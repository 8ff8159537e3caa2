"""What the resolution page says of first contacts, cohorts, flows and ages."""

from datetime import date, timedelta

import polars as pl
import pytest

from dashboard.components.analysis.backlog_words import ages_title, flow_notes, flow_title
from dashboard.components.analysis.resolution_words import (
    cohort_fields,
    cohort_table,
    cohort_title,
    first_contact_note,
    first_contact_title,
    way_name,
)
from dashboard.services.analysis.resolution import AGE_BANDS
from dashboard.wording import speaking

WEEKS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(3)]


def cohorts(shares: list[float], *, n: int = 100, settled: int = 3) -> pl.DataFrame:
    """A row per week and the ages 7 and “by now”; the first *settled* weeks are old enough."""
    rows = [
        {"week": week, "n": n, "age": age, "resolved": round(share * n), "share": share, "low": share - 0.05,
         "high": share + 0.05, "is_reached": age is None or place < settled, "is_settled": place < settled}
        for place, (week, share) in enumerate(zip(WEEKS, shares, strict=False)) for age in (1, 3, 7, 14, 30, None)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"age": pl.Int64})


def contacts(**shares: float | None) -> pl.DataFrame:
    rows = [{"metric": name, "value": share, "n": 0 if share is None else 50} for name, share in shares.items()]
    return pl.DataFrame(rows, schema={"metric": pl.String, "value": pl.Float64, "n": pl.Int64})


def test_the_title_compares_the_newest_settled_week_with_those_before() -> None:
    with speaking("en"):
        title = cohort_title(cohorts([0.9, 0.8, 0.7], settled=2))
    assert title == (
        "In the week from 2026-03-09, 80.0% were resolved within 7 days; in the weeks before, 90.0% to 90.0%."
    )


@pytest.mark.parametrize("rows", [cohorts([0.9]), cohorts([0.9, 0.8], n=5)], ids=["one week", "few tickets"])
def test_too_little_makes_no_comparison(rows: pl.DataFrame) -> None:
    with speaking("en"):
        assert cohort_title(rows).startswith("Too few whole weeks")


def test_what_may_still_rise_has_no_colour_and_what_is_not_reached_no_field() -> None:
    with speaking("en"):
        names, fields = cohort_fields(cohorts([0.9, 0.8, 0.7], settled=2))
        table = cohort_table(cohorts([0.9, 0.8, 0.7], settled=2))
    assert names[0] == "2026-03-16 · 100"
    assert (0, 2) not in fields
    assert fields[0, 5].is_provisional
    assert fields[1, 2].text == "80%"
    assert (fields[1, 2].strength, fields[2, 2].strength) == (pytest.approx(0), pytest.approx(1))
    assert table["7 days"].to_list() == ["90.0%", "80.0%", "–"]
    assert table["by now"].to_list()[-1] == "70.0% so far"


def test_the_definitions_are_told_by_how_far_they_are_apart() -> None:
    with speaking("en"):
        title = first_contact_title(contacts(fcr_repeat=0.8, fcr_one_touch=0.3, fcr_survey=None))
        one = first_contact_title(contacts(fcr_one_touch=0.3))
    assert title == "Settled at the first contact: 30.0% to 80.0%, depending on what counts as such."
    assert one == "Resolved with one answer: 30.0% of the inquiries."


def test_a_missing_survey_names_its_column() -> None:
    with speaking("en"):
        assert "fcr_survey" in first_contact_note({"fcr_survey": 0})[-1]
        assert len(first_contact_note({"fcr_survey": 5})) == 2


def test_a_way_of_counting_names_its_window() -> None:
    with speaking("en"):
        assert way_name("fcr_repeat") == "No return within 7 days"
        assert way_name("fcr_repeat_1d") == "No return within 1 day"


def flow(came: float, left: float, opening: float, untold: float = 0.0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": [WEEKS[0]], "tickets_created": [came], "tickets_resolved": [left],
            "closed_without_resolution": [0.0], "tickets_set_aside": [0.0], "opening": [opening],
            "backlog": [opening + came - left], "untold": [untold],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        (flow(10, 4, 5), "More came than left (10 against 4): the backlog grew from 5 to 11."),
        (flow(4, 6, 5), "More left than came (6 against 4): the backlog fell from 5 to 3."),
        (flow(4, 4, 5), "As many left as came (4): the backlog stayed at 5."),
    ],
)
def test_the_flow_is_told_with_what_became_of_the_backlog(rows: pl.DataFrame, start: str) -> None:
    with speaking("en"):
        assert flow_title(rows) == start


def test_a_flow_whose_parts_do_not_add_up_says_why() -> None:
    with speaking("en"):
        assert flow_notes(flow(4, 4, 5, untold=2.0))[0].startswith("2 tickets come from sources that do not tell")


def test_the_old_part_of_the_backlog_is_named() -> None:
    rows = pl.DataFrame({"band": AGE_BANDS, "n": [4, 3, 1, 1, 1, 0]})
    with speaking("en"):
        assert ages_title(rows) == "10 tickets stand open, 2 of them (20.0%) for 7 days or longer."
        assert ages_title(rows.with_columns(n=pl.lit(0))) == "Nothing stands open"
