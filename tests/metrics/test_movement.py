"""What stands out of the days before, and what a change is made of."""

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from metrics.catalog import metric
from metrics.compute import compute
from metrics.model import Scope
from metrics.movement import NotAdditiveError, contributions, controlled, explained
from tests.builders import Row, facts, period, rating, ticket

MONDAY = date(2026, 3, 2)
BY_WEEKDAY = (100, 90, 80, 85, 95, 30, 20)


def days(values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame({"period": [MONDAY + timedelta(days=n) for n in range(len(values))], "value": values},
                        schema={"period": pl.Date, "value": pl.Float64})  # fmt: skip


def weeks(count: int, noise: float = 2) -> list[float | None]:
    random = Random(1)
    return [BY_WEEKDAY[n % 7] + random.uniform(-noise, noise) for n in range(7 * count)]


def test_a_quiet_sunday_is_no_alarm_and_a_quiet_monday_is_one() -> None:
    since = MONDAY + timedelta(weeks=6)
    told = controlled(days([*weeks(6), 20, 90, 80, 85, 95, 30, 20]), since=since).filter(pl.col("period") >= since)
    assert told["is_outside"].to_list() == [True] + [False] * 6
    assert told["centre"].to_list() == pytest.approx(BY_WEEKDAY, abs=2)


def test_one_bad_day_of_the_past_does_not_widen_the_limits() -> None:
    calm, shaken = weeks(6), weeks(6)
    shaken[10] = 900.0
    since = MONDAY + timedelta(weeks=6)
    widths = [
        controlled(days([*before, 100]), since=since).select(pl.col("high") - pl.col("low"))[-1].item()
        for before in (calm, shaken)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.25)


def test_eight_days_on_one_side_are_a_run_and_an_unknown_day_ends_it() -> None:
    since = MONDAY + timedelta(weeks=6)
    above: list[float | None] = [worth + 1.5 for worth in (*BY_WEEKDAY, *BY_WEEKDAY[:2])]
    told = controlled(days([*weeks(6, noise=1), *above]), since=since).filter(pl.col("period") >= since)
    assert told["is_run"].to_list()[7:] == [True, True]
    above[4] = None
    told = controlled(days([*weeks(6, noise=1), *above]), since=since).filter(pl.col("period") >= since)
    assert not told["is_run"].any()


def test_too_few_days_give_no_limits_and_no_alarm() -> None:
    told = controlled(days([*weeks(1), 900]), since=MONDAY + timedelta(weeks=1))
    assert told["low"].null_count() == told.height
    assert not told["is_outside"].any()


def rated(scores: dict[str, tuple[int, int]], day: int) -> tuple[list[Row], list[Row]]:
    """Channel -> (satisfied, not)."""
    named = [(f"{day}{channel}{n}", channel, 5 if n < good else 1) for channel, (good, bad) in scores.items()
             for n in range(good + bad)]  # fmt: skip
    stamp = f"2026-03-0{day} 09:00"
    return [ticket(id, stamp, channel=channel) for id, channel, _ in named], [
        rating(id, score, stamp) for id, _, score in named
    ]


NAMES, STORE = ["chat", "email", "phone"], {"store": (1, 1)}
BEFORE, AFTER = (Scope(period(f"2026-03-0{day}", f"2026-03-0{day + 1}")) for day in (2, 3))


def test_a_share_that_falls_though_every_part_rises_is_told_by_the_mix() -> None:
    old, new = rated({"chat": (80, 20), "email": (5, 5)}, 2), rated({"chat": (9, 1), "email": (60, 40)}, 3)
    told = facts([*old[0], *new[0]], ratings=[*old[1], *new[1]])
    change = 69 / 110 - 85 / 110
    found = explained(metric("csat"), told, BEFORE, AFTER, dimensions=["channel", "priority"])
    parts = {row["channel"]: row for row in found["channel"].to_dicts()}
    assert all(row["rate"] > 0 > row["mix"] for row in parts.values())
    assert sum(row["effect"] for row in parts.values()) == pytest.approx(change)
    # By hand: chat weighs 100/110 then 10/110, 0.8 then 0.9; the whole 85/110 then 69/110.
    assert parts["chat"]["rate"] == pytest.approx(0.1 * (100 / 110 + 10 / 110) / 2)
    assert parts["chat"]["mix"] == pytest.approx((10 / 110 - 100 / 110) * (0.85 - (85 + 69) / 220))
    assert found["priority"]["effect"].to_list() == pytest.approx([change])


@pytest.mark.parametrize("id", ["csat", "csat_mean", "tickets_created"])
@pytest.mark.parametrize("seed", range(20))
def test_the_parts_of_a_change_add_up_to_it(id: str, seed: int) -> None:
    random = Random(seed)
    made = [
        rated({name: (random.randrange(6), random.randrange(6)) for name in random.sample(NAMES, 2)} | STORE, day)
        for day in (2, 3)
    ]  # fmt: skip
    told = facts([row for tickets, _ in made for row in tickets], ratings=[row for _, given in made for row in given])
    asked = metric(id)
    old, new = (compute([asked], told, scope)["value"].item() for scope in (BEFORE, AFTER))
    found = explained(asked, told, BEFORE, AFTER, dimensions=["channel"])["channel"]
    assert found["effect"].sum() == pytest.approx(new - old, abs=1e-12)


def test_nothing_on_one_side_explains_nothing() -> None:
    told = facts(*rated({"chat": (1, 1)}, 2)[:1], ratings=rated({"chat": (1, 1)}, 2)[1])
    found = explained(metric("csat"), told, BEFORE, AFTER, dimensions=["channel"])["channel"]
    assert found["effect"].to_list() == [None]


def test_a_quantile_is_no_sum_of_parts() -> None:
    with pytest.raises(NotAdditiveError):
        contributions(metric("first_response_calendar_p50"), pl.DataFrame(), pl.DataFrame(), by="channel")
