"""Two sides beside each other: evidence, verdicts among many, parts that add up."""

from datetime import date, timedelta
from math import erfc, inf, isclose, sqrt
from statistics import mean

import polars as pl
import pytest

from dashboard.services.analysis.compare import (
    FIGURES,
    THEMES,
    additive,
    around,
    comparable,
    compared,
    drawn_parts,
    evidence,
    explained,
    period_against,
    probability,
    theme_of,
    without_today,
)
from metrics.catalog import METRICS, metric
from metrics.facts import Facts
from metrics.model import Period, Scope
from tests.builders import facts, rating, ticket

CHAT, EMAIL = Scope(where={"channel": ("chat",)}), Scope(where={"channel": ("email",)})


def rated(**scores: list[int]) -> Facts:
    """Tickets of these channels with one rating each, half of them of each type."""
    named = [(f"{channel}{n}", channel, score) for channel, given in scores.items() for n, score in enumerate(given)]
    tickets = [ticket(id, channel=channel, type=("a", "b")[n % 2]) for n, (id, channel, _score) in enumerate(named)]
    return facts(tickets, ratings=[rating(id, score, "2026-03-03 09:00") for id, _channel, score in named])


def test_evidence_is_the_difference_over_its_margin_towards_nothing() -> None:
    assert evidence(0.2, 0.05, 0.33) == pytest.approx(0.2 / 0.15)
    assert evidence(-0.2, -0.33, 0.1) == pytest.approx(0.2 / 0.3)
    assert evidence(0.0, -1.0, 1.0) == 0
    assert evidence(3.0, 3.0, 3.0) == inf
    assert evidence(0.2, None, 0.3) is None
    assert evidence(None, None, None) is None


def test_at_the_margin_the_probability_is_one_in_twenty() -> None:
    assert probability(1.0) == pytest.approx(0.05)
    assert probability(2.0) == pytest.approx(erfc(2 * 1.959963984540054 / sqrt(2)))


def test_a_difference_beyond_noise_is_told_from_one_within_and_from_too_few() -> None:
    told = rated(chat=[5] * 20 + [1] * 60, email=[5] * 60 + [1] * 20)
    rows = {row["metric"]: row for row in compared(told, CHAT, EMAIL, ("csat", "tickets_created", "nps")).to_dicts()}
    assert (rows["csat"]["verdict"], rows["csat"]["difference"]) == ("moved", 0.5)
    assert rows["tickets_created"]["verdict"] == "noise"
    assert rows["nps"]["verdict"] == "unknown"
    few = rated(chat=[5] * 5, email=[1] * 5)
    assert compared(few, CHAT, EMAIL, ("csat",))["verdict"].to_list() == ["few"]


def test_the_strongest_evidence_comes_first_and_what_cannot_be_judged_last() -> None:
    told = rated(chat=[5] * 20 + [1] * 60, email=[5] * 60 + [1] * 20)
    found = compared(told, CHAT, EMAIL, ("backlog", "nps", "tickets_created", "csat"))
    assert found["metric"].to_list()[:2] == ["csat", "tickets_created"]
    assert set(found["metric"].to_list()[2:]) == {"backlog", "nps"}


def test_among_many_figures_a_single_one_needs_more_to_stand_out() -> None:
    # 45 of 80 against 58 of 80: more than noise alone (p about 0.03), not among ten.
    told = rated(chat=[5] * 45 + [1] * 35, email=[5] * 58 + [1] * 22)
    alone = compared(told, CHAT, EMAIL, ("csat",)).row(0, named=True)
    assert alone["verdict"] == "moved"
    others = ("tickets_created", "ratings", "csat_mean", "csat", "closed_without_resolution", "tickets_set_aside")
    among = compared(told, CHAT, EMAIL, others)
    p = sorted(value for value in among["p"].drop_nulls())
    csat = among.filter(pl.col("metric") == "csat").row(0, named=True)
    place = p.index(csat["p"])
    expected = min(min(value * len(p) / (rank + 1) for rank, value in enumerate(p) if rank >= place), 1.0)
    assert isclose(csat["adjusted"], expected)


def test_periods_are_compared_with_the_one_before_the_same_weekdays_or_a_year_before() -> None:
    tenth = Period(date(2026, 3, 10), date(2026, 3, 20))
    assert period_against(tenth, "previous") == Period(date(2026, 2, 28), date(2026, 3, 10))
    assert period_against(tenth, "weekdays") == Period(date(2026, 2, 24), date(2026, 3, 6))
    year = period_against(tenth, "year")
    assert (year.start.weekday(), (tenth.start - year.start).days) == (tenth.start.weekday(), 364)
    before, after = around(date(2026, 3, 10), 7, CHAT)
    assert (before.period, after.period) == (
        Period(date(2026, 3, 3), date(2026, 3, 10)), Period(date(2026, 3, 10), date(2026, 3, 17)),
    )  # fmt: skip


def test_a_day_that_is_not_over_is_left_out() -> None:
    told = facts([ticket("1", "2026-03-10 09:00")])
    week = Period(date(2026, 3, 4), date(2026, 3, 11))
    assert without_today(told, week) == Period(date(2026, 3, 4), date(2026, 3, 10))
    assert without_today(told, Period(date(2026, 3, 1), date(2026, 3, 8))) == Period(date(2026, 3, 1), date(2026, 3, 8))
    assert without_today(facts([ticket("1", "2026-03-10 23:30")]), week) == week


def test_rates_and_mixes_of_all_parts_add_up_to_the_change() -> None:
    scores = {"chat": [5] * 20 + [1] * 60, "email": [5] * 60 + [1] * 20}
    told = rated(**scores)
    found = explained(told, CHAT, EMAIL, "csat", "type")
    change = mean(score >= 4 for score in scores["email"]) - mean(score >= 4 for score in scores["chat"])
    assert found.rate is not None
    assert found.mix is not None
    assert found.rate + found.mix == pytest.approx(change)
    assert (found.before, found.after) == (0.25, 0.75)


def test_many_parts_are_drawn_as_the_largest_and_the_rest_of_the_same_sum() -> None:
    names = [f"p{n:02}" for n in range(30)]
    rows = [ticket(f"{name}/{n}", channel="chat" if n % 3 else "email", product=name)
            for place, name in enumerate(names) for n in range(place + 1)]  # fmt: skip
    parts = explained(facts(rows), CHAT, EMAIL, "tickets_created", "product").parts
    drawn = drawn_parts(parts)
    assert (drawn.height, drawn["is_rest"].sum()) == (12, 1)
    assert drawn["effect"].sum() == pytest.approx(parts["effect"].sum())


def test_what_has_no_parts_is_explained_by_a_figure_of_the_same_that_has() -> None:
    assert additive("csat") == "csat"
    assert additive("first_response_calendar_p90") == "first_response_within_target"
    assert additive("first_response_business_waiting_p50") == "first_response_within_target"
    assert additive("full_resolution_business_p50") == "resolution_within_target"
    assert additive("cycle_time_calendar_p90") == "cycle_time_calendar_mean"
    assert additive("backlog") == ""


def test_every_figure_that_a_desk_has_is_offered_under_one_theme() -> None:
    offered = [id for ids in comparable(rated(chat=[5])).values() for id in ids]
    assert len(offered) == len(set(offered))
    assert set(FIGURES) <= set(METRICS)
    assert all(metric(id) for ids in THEMES.values() for id in ids)
    assert theme_of("csat") == "satisfaction"


def test_counts_of_two_periods_are_judged_by_how_their_days_usually_scatter() -> None:
    # Every other day forty requests, else none: day by day a wild desk, so twelve more in a week are nothing.
    days = [date(2026, 1, 5) + timedelta(days=day) for day in range(70)]
    rows = [ticket(f"{day}-{n}", f"{day} {n // 6:02}:{n % 6}0") for place, day in enumerate(days)
            for n in range(40 if place % 3 else 0)]  # fmt: skip
    told = facts(rows)
    before, after = around(date(2026, 3, 9), 7, Scope())
    row = compared(told, before, after, ("tickets_created",)).row(0, named=True)
    counted = sum(
        1 for one in rows if after.period and after.period.start <= one["created_at"].date() < after.period.end
    )
    assert row["after"] == counted
    poisson = 1.959963984540054 * sqrt(row["before"] + row["after"])
    assert row["high"] - row["difference"] > 2 * poisson
    assert row["verdict"] == "noise"
