"""What came and left adds up to what stands open, by age too."""

import random
from datetime import date, datetime, timedelta
from functools import cache

import polars as pl
import pytest

from dashboard.services.analysis.backlog import BACKLOG, LEFT, by_age_now, by_age_over_time, flow, flow_scope, standing
from dashboard.services.analysis.resolution import AGE_BANDS, AGE_BOUNDS
from metrics.facts import Facts
from metrics.model import Every, Scope
from tests.builders import at, desk, facts, period, rows, ticket

AS_OF = "2026-03-20 12:00"
TEN_DAYS = Scope(period=period("2026-03-10", "2026-03-20"))


@cache
def busy() -> Facts:
    dice = random.Random(7)
    made = []
    for number in range(300):
        created = at("2026-01-20 00:00") + timedelta(minutes=dice.randrange(59 * 1440))
        ended = created + timedelta(hours=10 ** dice.uniform(0, 3.2))
        kind = dice.choice(["resolved", "resolved", "closed", "spam"])
        known = {} if ended > at(AS_OF) else {"status": kind, "closed_at": ended}
        if known and kind == "resolved":
            known["resolved_at"] = ended
        made.append(ticket(str(number), created, channel=dice.choice(["chat", "email"]), **known))  # type: ignore[arg-type]
    return facts(made, settings=desk(), as_of=AS_OF)


def open_at(instant: datetime) -> list[timedelta]:
    """The ages of what stands open at an instant."""
    return [
        instant - row["created_at"] for row in busy().tickets.to_dicts()
        if row["created_at"] < instant and (row["ended_at"] is None or row["ended_at"] >= instant)
    ]  # fmt: skip


def band_of(age: timedelta) -> str:
    return AGE_BANDS[sum(age >= timedelta(days=bound) for bound in AGE_BOUNDS)]


@pytest.mark.parametrize("every", ["day", "week"])
def test_opening_plus_came_minus_left_is_closing(every: Every) -> None:
    scope = flow_scope(TEN_DAYS, date(2026, 1, 20), date(2026, 3, 20), every)
    found = flow(busy(), scope, every)
    for row in found.iter_rows(named=True):
        assert row["opening"] + row["tickets_created"] - sum(row[name] for name in LEFT) == row[BACKLOG]
        assert row["untold"] == 0
    assert found["opening"][1:].to_list() == found[BACKLOG][:-1].to_list()
    assert found["opening"][0] == len(open_at(at(f"{scope.period.start if scope.period else ''} 00:00"))) > 0


def test_the_flow_of_all_data_begins_with_nothing_open() -> None:
    found = flow(busy(), Scope(), "week")
    assert found["opening"][0] == 0
    assert found[BACKLOG][-1] == len(open_at(at(AS_OF))) + 0


def test_tickets_whose_end_no_source_tells_are_named() -> None:
    silent = [ticket(f"s{n}", "2026-03-12 09:00", source="mail", status=None) for n in range(3)]
    told = [ticket("1", "2026-03-12 09:00")]
    found = flow(facts([*silent, *told], settings=desk(), as_of=AS_OF), TEN_DAYS, "day")
    assert (found["tickets_created"].sum(), found["untold"].sum(), found[BACKLOG][-1]) == (4, 3, 1)


def test_weeks_and_months_are_not_cut_short_at_their_start() -> None:
    odd = Scope(period=period("2026-03-11", "2026-03-20"))
    assert flow_scope(odd, date(2026, 1, 1), date(2026, 3, 20), "week").period == period("2026-03-09", "2026-03-20")
    assert flow_scope(odd, date(2026, 1, 1), date(2026, 3, 20), "month").period == period("2026-03-01", "2026-03-20")
    assert flow_scope(odd, date(2026, 1, 1), date(2026, 3, 20), "day").period == odd.period
    assert flow_scope(Scope(), date(2026, 1, 1), date(2026, 3, 20), "day").period == period("2026-01-01", "2026-03-21")


def test_the_bands_of_now_hold_every_open_ticket() -> None:
    found = dict(by_age_now(busy(), Scope()).iter_rows())
    ages = open_at(at(AS_OF))
    assert found == {band: sum(band_of(age) == band for age in ages) for band in AGE_BANDS}
    assert standing(busy(), Scope()).height == len(ages)


@pytest.mark.parametrize("every", ["day", "week"])
def test_the_bands_of_every_period_add_up_to_its_backlog(every: Every) -> None:
    found = by_age_over_time(busy(), TEN_DAYS, every)
    summed = dict(found.group_by("period").agg(pl.col("n").sum()).iter_rows())
    backlog = rows(BACKLOG, busy(), during=TEN_DAYS.period, every=every)
    assert summed == {row["period"]: row["value"] for row in backlog}
    last = at("2026-03-20 00:00")
    bands = dict(found.filter(found["period"] == found["period"].max()).select("band", "n").iter_rows())
    assert bands == {band: sum(band_of(age) == band for age in open_at(last)) for band in AGE_BANDS}


def test_periods_that_have_not_begun_have_no_backlog() -> None:
    ahead = Scope(period=period("2026-03-19", "2026-03-25"))
    assert by_age_over_time(busy(), ahead, "day")["period"].max() == date(2026, 3, 20)


def test_a_filter_narrows_the_bands() -> None:
    scope = Scope(where={"channel": ("chat",)})
    assert by_age_now(busy(), scope)["n"].sum() == rows(BACKLOG, busy(), where={"channel": ("chat",)})[0]["value"]
