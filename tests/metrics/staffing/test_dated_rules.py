"""Every planned day goes by the rules of its time: goals, handle times and buffers that begin within the plan."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from metrics.desk import ChatTimes, EarlierRules, ServiceGoal, Target
from metrics.staffing.backlog import Pile, due_in_turn, least_people_for, share_met
from metrics.staffing.measured import measured_rules, rules_of_days
from metrics.staffing.model import FORECAST_FRAME, REQUIREMENT_FRAME, Forecast, QueueForecast, StaffingRules
from metrics.staffing.peaks import peaks
from metrics.staffing.requirement import needs_of
from metrics.tables import INSTANT
from tests.builders import facts, interval
from tests.metrics.staffing.series import desk

MONDAY = date(2026, 3, 2)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]
WEDNESDAY = DAYS[2]
CALLS = StaffingRules("erlang_a", handle_seconds=180, patience_seconds=120)
STRICTER = replace(CALLS, share=0.95, within_seconds=10, reserve=0.15, shrinkage=0.25, handle_seconds=240)
MAIL = StaffingRules("deferred", share=1.0, within_seconds=36_000, handle_seconds=600, shrinkage=0.2)
ZONE = "Asia/Shanghai"
OPEN = range(9, 18)


def forecast(mean: float = 40.0) -> Forecast:
    """Four days of hours in Shanghai, open from nine to six, the same in all of them."""
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    rows = [("q", midnight + timedelta(hours=at), mean if at % 24 in OPEN else 0.0, mean, mean, at % 24 in OPEN)
            for at in range(96)]  # fmt: skip
    frame = pl.DataFrame(rows, schema=dict(FORECAST_FRAME), orient="row")
    return Forecast(frame, (), (QueueForecast("q", "mean_8", 20),), midnight, 60, ZONE)


def by_day(frame: pl.DataFrame) -> list[pl.DataFrame]:
    day = pl.col("starts_at").dt.convert_time_zone(ZONE).dt.date()
    return [frame.filter(day == one) for one in DAYS]


def roster(people: float) -> pl.DataFrame:
    starts = forecast().frame["starts_at"]
    return pl.DataFrame(
        {"queue": "q", "starts_at": starts, "rostered": people}, schema_overrides={"starts_at": INSTANT}
    )


def test_calls_of_each_day_are_planned_by_that_days_rules() -> None:
    both = needs_of(forecast(), {"q": CALLS}, later={WEDNESDAY: {"q": STRICTER}}, rostered=roster(9.0))
    before, after = (needs_of(forecast(), {"q": one}, rostered=roster(9.0)).frame for one in (CALLS, STRICTER))
    for n, told in enumerate(by_day(both.frame)):
        assert told.equals(by_day(before if n < 2 else after)[n])
    assert by_day(both.frame)[1]["goal_seconds"].unique().to_list() == [20]
    assert by_day(both.frame)[2]["goal_share"].unique().to_list() == [0.95]
    noon = datetime(2026, 3, 4, 4, tzinfo=UTC)
    assert (both.rules_at("q", noon), both.rules_at("q", noon - timedelta(days=1))) == (STRICTER, CALLS)
    assert list(both.courses("q")) == [(None, CALLS), (WEDNESDAY, STRICTER)]


def test_a_stretch_is_judged_by_the_goal_of_its_day() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    usual = {
        "queue": "q",
        "arrivals": 10.0,
        "required": 9,
        "rostered": 5.0,
        "gap": 4.0,
        "service": 0.85,
        "is_open": True,
    }
    goals = enumerate((0.8, 0.9))
    rows = [{**usual, "starts_at": start + timedelta(days=n), "goal_share": goal} for n, goal in goals]
    found = peaks(pl.DataFrame(rows, schema=dict(REQUIREMENT_FRAME)), 60)
    assert [(one.begins_at.day, one.is_missed) for one in found] == [(3, True), (2, False)]


def test_a_shorter_deadline_binds_what_came_before_it_too() -> None:
    """First in, first out: what comes on Wednesday within an hour waits behind all that came before."""
    short, burst = replace(MAIL, within_seconds=3600), forecast(10.0)
    at_nine = pl.col("starts_at").dt.convert_time_zone(ZONE).dt.hour() == 9
    burst = replace(burst, frame=burst.frame.with_columns(mean=pl.when(at_nine).then(90.0).otherwise("mean")))
    both = needs_of(burst, {"q": MAIL}, later={WEDNESDAY: {"q": short}}).frame
    loose, tight = (needs_of(burst, {"q": one}).frame for one in (MAIL, short))
    most, least, needed = ([day["base"].max() for day in by_day(one)] for one in (tight, loose, both))
    assert (needed[0], needed[3]) == pytest.approx((least[0], most[3]))
    assert needed[0] < most[0] / 2  # type: ignore[operator]

    def served(frame: pl.DataFrame) -> list[float]:
        there = frame.select("queue", "starts_at", rostered=pl.col("required").cast(pl.Float64))
        met = needs_of(burst, {"q": MAIL}, later={WEDNESDAY: {"q": short}}, rostered=there).frame
        return [float(day["service"].min()) for day in by_day(met)]  # type: ignore[arg-type]

    assert served(both) == [1.0] * 4
    assert served(loose)[:2] == [1.0, 1.0]
    assert max(served(loose)[2:]) < 1


def test_each_share_is_met_of_the_items_that_it_is_of() -> None:
    items = np.tile(np.where(np.arange(24) < 12, 30.0, 5.0), 4)
    due = np.minimum(np.arange(96) + 4, 96).astype(np.int64)
    pile = Pile(items, np.ones(96), due, 1 / 6)
    shares = np.where(np.arange(96) < 48, 0.98, 0.7)
    people, strict, lax = least_people_for(pile, shares), least_people_for(pile, 0.98), least_people_for(pile, 0.7)
    assert share_met(pile, people, np.arange(96) < 48) >= 0.98
    assert 0.7 <= share_met(pile, people, np.arange(96) >= 48) < 0.98
    assert lax.sum() < people.sum() < strict.sum()
    assert due_in_turn(pile) is due


def test_a_queue_whose_work_begins_to_wait_is_planned_in_both_ways() -> None:
    both = needs_of(forecast(), {"q": CALLS}, later={WEDNESDAY: {"q": MAIL}}).frame
    calls = needs_of(forecast(), {"q": CALLS}).frame
    assert both.height == 96
    assert by_day(both)[1].equals(by_day(calls)[1])
    assert by_day(both)[3]["required"].sum() != by_day(calls)[3]["required"].sum()
    assert both["service"].drop_nulls().is_between(0, 1).all()


def test_what_is_agreed_from_a_day_on_holds_for_the_planned_days_from_then_on() -> None:
    agreed = replace(
        desk(),
        service_goals=(ServiceGoal("email", 0.9, 3600, valid_from=WEDNESDAY),),
        chat_times=(ChatTimes("chat", (480, 552, 624)), ChatTimes("chat", (300, 600), valid_from=WEDNESDAY),
                    ChatTimes("chat/returns", (900,))),
        targets=(Target("first_response", 60, "calendar", {"channel": "chat"}),
                 Target("first_response", 30, "calendar", {"channel": "chat"}, valid_from=WEDNESDAY)),
        answer_share=0.9, answer_within_seconds=15,
        earlier=(EarlierRules(WEDNESDAY, (), 0.75, on_hold_pauses=False, answer_share=0.7, answer_within_seconds=30),),
    )  # fmt: skip
    made = facts(arrivals=[interval(f"2026-02-2{n} 09:00", 100, answered=100, handle_seconds=4e4, channel="chat")
                           for n in range(4)])  # fmt: skip
    queues = ["phone", "chat", "chat/returns", "email"]
    found = rules_of_days(queues, made.calls, made.agent_time, agreed, as_of=made.as_of, days=DAYS)
    told = {queue: [(found[day][queue].share, found[day][queue].within_seconds) for day in DAYS] for queue in queues}
    assert told["phone"] == [(0.7, 30)] * 2 + [(0.9, 15)] * 2
    assert told["chat"] == [(0.8, 60)] * 2 + [(0.8, 30)] * 2
    assert told["email"] == [(1.0, 7200)] * 2 + [(0.9, 3600)] * 2
    times = [(found[day]["chat"].handle_seconds, found[day]["chat"].slowing) for day in DAYS]
    assert times == [(480.0, (1.0, 1.15, 1.3))] * 2 + [(300.0, (1.0, 2.0))] * 2
    assert {found[day]["chat/returns"].handle_seconds for day in DAYS} == {900.0}
    assert not {"handle_seconds"} & (found[MONDAY]["chat"].measured | found[MONDAY]["chat"].assumed)
    bare = measured_rules(["chat"], made.calls, made.agent_time, desk(), as_of=made.as_of)["chat"]
    assert (bare.handle_seconds, bare.measured) == (400.0, {"handle_seconds"})


def test_times_of_chats_give_the_printed_service() -> None:
    """60 chats an hour, 4 people with 3 at once, 480 s alone and 15 % more for each beside: 88.342 % within 120 s."""
    times = ChatTimes("chat", (480, 552, 624))
    rules = StaffingRules("chat", within_seconds=120, handle_seconds=float(times.seconds[0]), slowing=times.slowing,
                          patience_seconds=300, concurrency=3, shrinkage=0.0, reserve=0.0)  # fmt: skip
    one = needs_of(forecast(60.0), {"q": rules}, rostered=roster(4.0)).frame.filter("is_open")
    assert {f"{service:.5f}" for service in one["service"]} == {"0.88342"}
    assert {f"{gone:.5f}" for gone in one["abandoned"]} == {"0.06958"}
