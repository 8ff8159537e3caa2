"""People per interval: each buffer visible, put on once, in its order; and what those on the roster achieve."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.desk import ServiceGoal
from metrics.staffing.measured import measured_rules
from metrics.staffing.model import FORECAST_FRAME, REQUIREMENT_FRAME, WORKS, Forecast, QueueForecast, StaffingRules
from metrics.staffing.requirement import CLOSED, NO_PATIENCE, UNMEETABLE, WAITING, needs_of
from metrics.staffing.serving import buffered, serving
from metrics.tables import INSTANT
from tests.builders import facts, interval
from tests.metrics.staffing.series import desk

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALLS = StaffingRules("erlang_a", handle_seconds=180, patience_seconds=120, shrinkage=0.3, reserve=0.1)


def forecast(**means: list[float]) -> Forecast:
    """Half-hours from nine o'clock on, open all the time."""
    return with_hours({queue.replace("__", "/"): told for queue, told in means.items()}, frozenset())


def with_hours(means: dict[str, list[float]], closed: frozenset[int]) -> Forecast:
    rows = [
        (queue, START + timedelta(minutes=30 * at), mean, mean, mean, at not in closed)
        for queue, told in means.items()
        for at, mean in enumerate(told)
    ]
    frame = pl.DataFrame(rows, schema=dict(FORECAST_FRAME), orient="row")
    queues = tuple(QueueForecast(queue, "mean_8", 20) for queue in means)
    return Forecast(frame, (), queues, START, 30, "UTC")


def roster(queue: str, people: list[float]) -> pl.DataFrame:
    rows = [(queue, START + timedelta(minutes=30 * at), many) for at, many in enumerate(people)]
    return pl.DataFrame(rows, schema={"queue": pl.String, "starts_at": INSTANT, "rostered": pl.Float64}, orient="row")


def test_a_hundred_calls_in_half_an_hour_by_hand() -> None:
    """Erlang C, 10 Erlangs: 14 people for 80/20; cap 0.85 asks 12; reserve 10 % makes 15.4; shrinkage 30 % makes 22."""
    rules = replace(CALLS, work="erlang_c", patience_seconds=None)
    row = needs_of(forecast(phone=[100.0]), {"phone": rules}).frame.to_dicts()[0]
    assert {name: row[name] for name in ("load", "base", "with_cap", "with_reserve", "required")} == pytest.approx(
        {"load": 10.0, "base": 14, "with_cap": 14, "with_reserve": 15.4, "required": 22}
    )
    busier = needs_of(forecast(phone=[1000.0]), {"phone": rules}).frame.to_dicts()[0]
    assert (busier["base"], busier["with_cap"]) == (107, 118)
    assert row["rostered"] is None
    assert row["gap"] is None


def test_each_buffer_is_put_on_once_and_in_its_order() -> None:
    def whole(people: float, **rules: Any) -> tuple[float, int]:
        with_reserve, required = buffered(people, replace(CALLS, **rules))
        return round(with_reserve, 3), required

    assert whole(14, reserve=0.15, shrinkage=0.0) == (16.1, 17)
    assert whole(14, reserve=0.15, divided=True, shrinkage=0.0) == (16.471, 17)
    assert whole(20, reserve=0.15, divided=True, shrinkage=0.0) == (23.529, 24)
    assert whole(20, reserve=0.15, shrinkage=0.3) == (23, 33)
    assert whole(14, reserve=0.0, shrinkage=0.3) == (14, 20), "the printed case: 14 of 10 Erlangs, 20 on the roster"
    assert whole(0) == (0, 0)


def test_people_are_whole_once_so_that_a_queue_of_one_does_not_become_three() -> None:
    assert buffered(1, replace(CALLS, reserve=0.1, shrinkage=0.3))[1] == 2
    mail = StaffingRules("deferred", within_seconds=7200, handle_seconds=600, reserve=0.1, shrinkage=0.3)
    frame = needs_of(forecast(email=[0.3] * 8), {"email": mail}).frame
    assert frame["required"].to_list() == [1] * 8, "a tenth of a person's work takes one person"
    assert frame["with_reserve"].to_list() == pytest.approx((frame["base"] * 1.1).to_list())
    assert (frame["required"] * 0.7 >= frame["with_reserve"]).all()


def test_what_waits_from_earlier_days_is_planned_for_and_said() -> None:
    mail = StaffingRules("deferred", within_seconds=7200, handle_seconds=600, reserve=0, shrinkage=0)
    alone = needs_of(forecast(email=[6.0] * 8), {"email": mail})
    more = needs_of(forecast(email=[6.0] * 8), {"email": mail}, backlog={"email": 30.0})
    hours = (more.frame["base"] - alone.frame["base"]).sum() / 2
    assert hours >= 30 / 6 - 1e-6, "30 mails of ten minutes are five hours of work"
    assert more.frame["base"][0] > alone.frame["base"][0]
    assert more.statements == (("email", WAITING, {"requests": 30}),)
    assert needs_of(forecast(phone=[6.0] * 8), {"phone": CALLS}, backlog={"phone": 30.0}).statements == ()


def test_the_gap_and_the_service_of_those_on_the_roster() -> None:
    rules = replace(CALLS, handle_seconds=300, patience_seconds=180, shrinkage=0.0, reserve=0.0, occupancy_cap=1.0)
    needs = needs_of(forecast(phone=[100.0, 100.0]), {"phone": rules}, rostered=roster("phone", [19.0, 16.0]))
    rows = needs.frame.to_dicts()
    assert [row["gap"] for row in rows] == [0, 3]
    assert [round(row["service"], 2) for row in rows] == [0.81, 0.58]
    half = serving(rules, 30)(100.0, 16.5).level
    assert serving(rules, 30)(100.0, 16).level < half < serving(rules, 30)(100.0, 17).level


def test_closed_hours_need_nobody_and_are_told() -> None:
    needs = needs_of(with_hours({"phone": [50.0, 8.0]}, frozenset({1})), {"phone": CALLS})
    assert needs.frame["required"].to_list()[1] == 0
    assert needs.frame["service"].to_list()[1] is None
    assert needs.statements == (("phone", CLOSED, {"requests": 8}),)


def test_a_part_of_a_person_does_its_part_of_work_that_can_wait() -> None:
    mails = serving(StaffingRules("deferred", handle_seconds=600), 30)
    assert [round(mails(1.5, people).level, 3) for people in (0.0, 0.25, 0.5, 0.6)] == [0.0, 0.5, 1.0, 1.0]
    assert mails(1.5, 1.0).busy == pytest.approx(0.5)
    assert mails(0.0, 0.0).level == 1.0


def test_patience_never_observed_is_taken_as_endless_and_said() -> None:
    rules = replace(CALLS, patience_seconds=None)
    needs = needs_of(forecast(phone=[100.0]), {"phone": rules})
    assert needs.frame["base"].to_list() == [14]
    assert needs.statements == (("phone", NO_PATIENCE, {}),)


def test_deferred_work_falls_due_while_closed_and_is_counted() -> None:
    rules = StaffingRules("deferred", within_seconds=3600, clock="calendar", handle_seconds=600)
    shut = frozenset(range(4, 16))
    needs = needs_of(with_hours({"email": [6.0] * 20}, shut), {"email": rules})
    assert needs.unmeetable["email"] == pytest.approx(6.0 * 10)
    assert (("email", UNMEETABLE, {"requests": 60})) in needs.statements
    assert needs.frame.filter(~pl.col("is_open"))["required"].sum() == 0
    business = needs_of(with_hours({"email": [6.0] * 20}, shut), {"email": replace(rules, clock="business")})
    assert business.unmeetable == {}


def test_idle_time_of_calls_does_mails_once() -> None:
    """Two queues of mail may use it; together they take no more than there is."""
    mail = StaffingRules("deferred", within_seconds=7200, handle_seconds=300, takes_idle=True, reserve=0, shrinkage=0)
    calls = replace(CALLS, handle_seconds=60)
    alone = needs_of(forecast(email=[6.0] * 8, social=[6.0] * 8), {"email": mail, "social": mail})
    both = needs_of(
        forecast(phone=[30.0] * 8, email=[6.0] * 8, social=[6.0] * 8), {"phone": calls, "email": mail, "social": mail}
    )
    idle = sum(
        0.7 * row["with_cap"] * (1 - serving(calls, 30)(row["arrivals"], row["with_cap"]).busy) / 2
        for row in both.frame.filter(pl.col("queue") == "phone").to_dicts()
    )
    assert 0 < sum(both.idle_used.values()) <= idle + 1e-9
    mails = pl.col("queue").is_in(["email", "social"])
    assert both.frame.filter(mails)["base"].sum() < alone.frame["base"].sum()
    assert both.frame.filter(mails)["service"].min() > 0.999


def test_patience_is_measured_on_all_who_waited_and_not_on_those_who_hung_up() -> None:
    rows = [
        interval(
            f"2026-03-02 {hour:02d}:00", 100, answered=90, abandoned=10, handle_seconds=90 * 240.0, wait_seconds=3e3
        )
        for hour in range(9, 17)
    ]
    made = facts(arrivals=rows)
    found = measured_rules(["phone", "email"], made.calls, made.agent_time, desk(), as_of=made.as_of)
    assert (found["phone"].handle_seconds, found["phone"].patience_seconds) == (240.0, 300.0)
    assert {"handle_seconds", "patience_seconds"} <= found["phone"].measured
    assert found["email"].work == "deferred"
    assert "handle_seconds" not in found["email"].measured


def test_people_are_planned_for_the_goal_of_their_queue_on_the_planned_day() -> None:
    goals = (
        ServiceGoal("chat", 0.9, 60), ServiceGoal("chat/returns", 0.7, 300), ServiceGoal("email", 0.95, 7200),
        ServiceGoal("chat", 0.95, 30, date(2026, 6, 1)),
    )  # fmt: skip
    made = facts(arrivals=[interval("2026-03-02 09:00", 10)])
    agreed = replace(desk(), service_goals=goals, answer_share=0.85)
    queues = ["phone", "chat", "chat/returns", "chat/other", "email"]

    def told(day: date) -> list[tuple[float, int]]:
        found = measured_rules(queues, made.calls, made.agent_time, agreed, as_of=made.as_of, day=day)
        return [(found[queue].share, found[queue].within_seconds) for queue in queues]

    assert told(date(2026, 5, 31)) == [(0.85, 20), (0.9, 60), (0.7, 300), (0.9, 60), (0.95, 7200)]
    assert told(date(2026, 6, 1)) == [(0.85, 20), (0.95, 30), (0.7, 300), (0.95, 30), (0.95, 7200)]


@settings(max_examples=40, deadline=None)
@given(
    means=st.lists(st.floats(0, 3000), min_size=1, max_size=12), work=st.sampled_from(WORKS),
    handle=st.floats(1, 4000), patience=st.none() | st.floats(1, 5000), within=st.integers(1, 90_000),
    share=st.floats(0.01, 0.999), cap=st.floats(0.3, 1), reserve=st.floats(0, 0.5), shrinkage=st.floats(0, 0.8),
    at_once=st.integers(1, 8), closed=st.sets(st.integers(0, 11)), rostered=st.none() | st.floats(0, 300),
    clock=st.sampled_from(["business", "calendar"]), divided=st.booleans(),
)  # fmt: skip
def test_any_rules_give_sane_needs(
    means: list[float], work: str, handle: float, patience: float | None, within: int, share: float, cap: float,
    reserve: float, shrinkage: float, at_once: int, closed: set[int], rostered: float | None, clock: str,
    divided: bool,
) -> None:  # fmt: skip
    rules = StaffingRules(
        work, share, within, "offered", clock, handle, patience, at_once,  # type: ignore[arg-type]
        occupancy_cap=cap, reserve=reserve, shrinkage=shrinkage, divided=divided,
    )  # fmt: skip
    there = None if rostered is None else roster("q", [rostered] * len(means))
    needs = needs_of(with_hours({"q": means}, frozenset(closed)), {"q": rules}, rostered=there)
    assert dict(needs.frame.schema) == dict(REQUIREMENT_FRAME)
    for row in needs.frame.to_dicts():
        assert 0 <= row["base"] <= row["with_cap"] <= row["with_reserve"] * (1 + 1e-12) <= row["required"] * (1 + 1e-9)
        assert row["required"] == ceil(row["with_reserve"] / (1 - shrinkage) - 1e-9)
        for name in ("service", "abandoned", "occupancy"):
            assert row[name] is None or -1e-9 <= row[name] <= 1 + 1e-9
        if not row["is_open"]:
            assert row["required"] == 0
        elif rostered is None and row["arrivals"] > 0 and work in ("erlang_c", "chat") and row["service"] is not None:
            assert row["service"] >= share - 1e-3
        assert (row["gap"] is None) == (rostered is None)
