"""What-if and overrides move what they name alone; peaks and levers say what so many people would achieve."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.staffing.changes import Changes, Override, changed, changed_rules, overridden, totals
from metrics.staffing.erlang import impatient_calls
from metrics.staffing.levers import LEVERS, Means, Slot, ladder, levers, standing
from metrics.staffing.model import FORECAST_FRAME, REQUIREMENT_FRAME, Service, StaffingRules
from metrics.staffing.peaks import peaks, window_loads

NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)  # Tuesday 09:00 in Shanghai
HALF = timedelta(minutes=30)
PHONE = StaffingRules("erlang_a", handle_seconds=300.0, patience_seconds=180.0, shrinkage=0.0)
RULES = {"phone": PHONE, "chat": StaffingRules("chat", concurrency=2), "email": StaffingRules("deferred")}


def forecast(means: dict[str, Sequence[float]]) -> pl.DataFrame:
    rows = [(queue, NINE + HALF * n, mean, mean * 0.8, mean * 1.2, True)
            for queue, values in means.items() for n, mean in enumerate(values)]  # fmt: skip
    return pl.DataFrame(rows, schema=dict(FORECAST_FRAME), orient="row")


def means(frame: pl.DataFrame) -> dict[str, list[float]]:
    return {queue: frame.filter(queue=queue)["mean"].round(9).to_list() for queue in frame["queue"].unique()}


def needs(
    rows: Sequence[tuple[str, int, int, float, float]], goals: Mapping[str, float] | None = None
) -> pl.DataFrame:  # fmt: skip
    """queue, interval, required, rostered, arrivals"""
    told = [
        {"queue": queue, "starts_at": NINE + HALF * at, "arrivals": arrivals, "load": 1.0, "base": required,
         "with_cap": required, "with_reserve": required, "required": required, "rostered": rostered,
         "gap": required - rostered, "service": 0.9 if rostered >= required else 0.6, "abandoned": 0.0,
         "occupancy": 0.5, "is_open": True,
         "goal_share": (goals or {}).get(queue)}
        for queue, at, required, rostered, arrivals in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=dict(REQUIREMENT_FRAME))


def test_an_override_by_percent_and_one_that_sets_reach_their_own_hours_alone() -> None:
    frame = forecast({"phone": [10, 20, 30], "chat": [7, 7, 7]})
    more = Override("phone", NINE, NINE + HALF, "percent", 0.5)
    whole = Override("phone", NINE + HALF, NINE + 3 * HALF, "set", 100.0)
    found = overridden(frame, [more, whole])
    assert means(found) == {"phone": [15.0, 40.0, 60.0], "chat": [7.0, 7.0, 7.0]}
    assert found["low"].to_list()[0] == pytest.approx(12.0)


def test_a_number_set_where_nobody_was_expected_is_spread_over_open_hours() -> None:
    frame = forecast({"phone": [0, 0, 0]}).with_columns(is_open=pl.Series([True, False, True]))
    found = overridden(frame, [Override("phone", NINE, NINE + 3 * HALF, "set", 10.0)])
    assert means(found) == {"phone": [5.0, 0.0, 5.0]}


def test_what_is_deflected_from_calls_and_chats_waits_as_mail_instead() -> None:
    frame = forecast({"phone": [10, 20], "chat": [4, 8], "email": [1, 0]})
    found = changed(frame, RULES, Changes(deflection=0.25))
    assert means(found) == {"phone": [7.5, 15.0], "chat": [3.0, 6.0], "email": [4.5, 7.0]}
    assert found["mean"].sum() == pytest.approx(frame["mean"].sum())


def test_volume_and_rules_change_for_the_named_queues_alone() -> None:
    what = Changes(volume=0.2, handle=-0.1, shrinkage=0.4, reserve=0.0, concurrency=3, queues=("chat",))
    assert means(changed(forecast({"phone": [10], "chat": [5], "email": [1]}), RULES, what)) == {
        "phone": [10.0], "chat": [6.0], "email": [1.0],
    }  # fmt: skip
    found = changed_rules(RULES, what)
    assert (found["phone"], found["email"]) == (RULES["phone"], RULES["email"])
    assert (found["chat"].concurrency, found["chat"].shrinkage, found["chat"].reserve) == (3, 0.4, 0.0)
    assert found["chat"].handle_seconds == pytest.approx(270.0)
    assert changed_rules(RULES, replace(what, queues=("phone",)))["phone"].concurrency == 1  # a caller is one at a time


def test_totals_count_hours_short_and_over_and_weigh_the_service_by_requests() -> None:
    found = totals(needs([("phone", 0, 10, 8.0, 30.0), ("phone", 1, 10, 11.0, 10.0)]), 30)
    assert (found.required_hours, found.rostered_hours, found.short_hours, found.over_hours) == (10, 9.5, 1.0, 0.5)
    assert found.service == pytest.approx((0.6 * 30 + 0.9 * 10) / 40)
    assert found.worst == 2.0


def test_a_peak_is_a_stretch_of_short_intervals_told_by_its_worst() -> None:
    frame = needs([("phone", 0, 5, 5.0, 9), ("phone", 1, 8, 5.0, 20), ("phone", 2, 7, 5.0, 18), ("phone", 3, 5, 5.0, 9),
                   ("phone", 5, 6, 5.0, 9), ("chat", 1, 9, 5.2, 50)])  # fmt: skip
    first, second, third = peaks(frame, 30)
    assert (first.queue, first.begins_at, first.ends_at) == ("phone", NINE + HALF, NINE + 3 * HALF)
    assert (first.worst_at, first.short, first.hours, first.requests) == (NINE + HALF, 3, 2.5, 38.0)
    assert (second.queue, second.short) == ("chat", 4)
    assert (third.begins_at, third.short) == (NINE + 5 * HALF, 1)
    assert peaks(needs([("phone", 0, 5, 5.0, 9)]), 30) == ()


def test_stretches_that_miss_their_goal_come_before_those_in_which_only_the_reserve_is_short() -> None:
    goals = {"phone": 0.5, "chat": 0.8}
    found = peaks(needs([("phone", 0, 8, 5.0, 20), ("chat", 0, 7, 6.0, 20)], goals), 30)  # both expect 60 % in time
    assert [(one.queue, one.is_missed) for one in found] == [("chat", True), ("phone", False)]


def test_a_stretch_that_misses_its_goal_is_told_by_an_interval_that_misses_it() -> None:
    rows = [("phone", 0, 9, 5.0, 2.0), ("phone", 1, 7, 5.0, 40.0)]
    (one,) = peaks(needs(rows, {"phone": 0.8}).with_columns(service=pl.Series([0.999, 0.7])), 30)
    assert (one.is_missed, one.begins_at, one.worst_at, one.service, one.short) == (True, NINE, NINE + HALF, 0.7, 2)


def test_the_windows_of_a_desk_are_told_by_local_days() -> None:
    frame = needs([("phone", n, 5 + n, 5.0, 10) for n in range(6)])  # 09:00 to 12:00 in Shanghai
    (one,) = window_loads(frame, [(540, 660)], "Asia/Shanghai")
    assert (one.day, one.requests, one.required, one.rostered, one.short) == (date(2026, 11, 24), 40.0, 8, 5.0, 3.0)


def serve(requests: float, people: float) -> Service:
    load = requests / 1800 * PHONE.handle_seconds
    return impatient_calls(load, int(people), handle_seconds=300, patience_seconds=180, within_seconds=20).service(
        "offered"
    )


SHORT = (Slot(100.0, 17.0, 22.0), Slot(100.0, 16.0, 22.0))
ALL = Means(reserve=2, longer_shifts=1, part_time=1, outsourced=2, borrowed=1)


def test_each_lever_is_told_by_the_service_of_so_many_people() -> None:
    found = {step.lever: step for step in levers(SHORT, serve, PHONE, ALL, 30)}
    assert set(found) == set(LEVERS)
    # 100 calls in half an hour of 300 s, patience 180 s: 17 people answer 67 % in time, 16 only 58 % (reference).
    assert standing(SHORT, serve, PHONE).level == pytest.approx((0.67 + 0.58) / 2, abs=0.01)
    assert found["reserve"].after.level == pytest.approx((serve(100, 19).level + serve(100, 18).level) / 2)
    assert found["deflection"].after.level == pytest.approx((serve(85, 17).level + serve(85, 16).level) / 2)
    assert found["deflection"].moved == pytest.approx(30.0)
    assert found["call_back"].after.level > standing(SHORT, serve, PHONE).level
    assert found["priority"].ranked is not None
    assert found["priority"].ranked.first_seconds < found["priority"].ranked.others_seconds


def test_what_is_not_at_hand_is_no_step() -> None:
    assert {step.lever for step in levers(SHORT, serve, PHONE, Means(deflection=0, call_back=0, first=0), 30)} == set()


def test_the_ladder_stops_at_the_goal_and_takes_no_more_people_than_it_needs() -> None:
    steps = ladder(SHORT, serve, PHONE, ALL, 30)
    assert [step.lever for step in steps] == ["reserve", "longer_shifts"]
    assert steps[-1].after.is_met
    assert not steps[-2].after.is_met
    plenty = ladder(SHORT, serve, PHONE, Means(reserve=50), 30)
    assert [(step.lever, step.after.is_met) for step in plenty] == [("reserve", True)]
    fewer = plenty[0].people - 1
    assert not standing(SHORT, serve, PHONE, people=fewer).is_met


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 30)), min_size=1, max_size=4))
def test_no_step_of_a_ladder_makes_things_worse(drawn: list[tuple[int, int]]) -> None:
    slots = [Slot(float(requests), float(people), 25.0) for requests, people in drawn]
    levels = [standing(slots, serve, PHONE).level, *(step.after.level for step in ladder(slots, serve, PHONE, ALL, 30))]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(levels))
