"""What the SLA page says of the month's allowance and of the late ones."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard.components.analysis.sla_words import attainment_title, burn_down_notes, burn_down_title, causes_title
from dashboard.services.analysis.burn_down import BurnDown, Goal
from dashboard.wording import speaking
from metrics.model import Period

MARCH = BurnDown(
    month=Period(date(2026, 3, 1), date(2026, 4, 1)), today=date(2026, 3, 15), goal=Goal(0.8, 280), decided=150,
    expected=310.0, budget=62.0, spent=30, heading=62.0, low=55.0, high=70.0, days=pl.DataFrame(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (MARCH, "Mar 2026 can still afford 32 breaches; it may end on either side of 80.0%."),
        (
            replace(MARCH, heading=90.0, low=80.0, high=100.0),
            "Mar 2026 can still afford 32 breaches; at this pace it ends 28 over",
        ),
        (
            replace(MARCH, heading=40.0, low=35.0, high=45.0),
            "Mar 2026 can still afford 32 breaches; at this pace it ends with 22 to sp",
        ),
        (replace(MARCH, spent=70), "Mar 2026 has used up its allowance: 70 breaches where 80.0% allows 62 in all."),
        (
            replace(MARCH, today=date(2026, 4, 2), spent=70),
            "Mar 2026 ended with 70 breaches, 8 more than 80.0% allows.",
        ),
        (
            replace(MARCH, today=date(2026, 4, 2)),
            "Mar 2026 ended with 30 breaches, 32 fewer than 80.0% would have allo",
        ),
    ],
    ids=["either", "over", "within", "used up", "ended over", "ended within"],
)
def test_the_month_is_told_by_where_it_stands_and_leads(found: BurnDown, title: str) -> None:
    with speaking("en"):
        assert burn_down_title(found).startswith(title)


def test_the_allowance_is_explained_and_shared_out_over_the_days_to_come() -> None:
    with speaking("en"):
        notes = burn_down_notes(MARCH)
        wish = burn_down_notes(replace(MARCH, goal=Goal(0.8)))
    assert "62 of about 310 decisions may be breaches; 30 are by now." in notes[0]
    assert "what the month before reached, n = 280" in notes[0]
    assert "what the desk wishes" in wish[0]
    assert notes[-1] == "That leaves 2 a day for the 16 days after Sun 15 Mar."


def test_a_finished_month_has_no_days_to_come() -> None:
    with speaking("en"):
        assert len(burn_down_notes(replace(MARCH, today=date(2026, 4, 2)))) == 1


def test_the_cause_with_most_breaches_is_named_with_its_part() -> None:
    rows = pl.DataFrame({"value": ["A", "B"], "breached": [30, 10], "part": [0.75, 0.25], "share": [0.7, 0.9]})
    with speaking("en"):
        assert causes_title(rows, "team") == "Most breaches: A with 30, 75% of all; there 70.0% is kept."
        assert causes_title(rows.clear(), "team") == "No breach in these days"


def test_one_target_alone_is_neither_best_nor_worst() -> None:
    rows = pl.DataFrame({"thing": ["resolution"], "value": [0.7]})
    with speaking("en"):
        assert attainment_title(rows) == "Resolution: kept 70.0% of the time."
        assert attainment_title(rows.clear()) == "Nothing was decided in these days"
