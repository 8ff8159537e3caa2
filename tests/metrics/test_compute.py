"""How a question is put: filters, splits, periods, and the rows behind a figure."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics.catalog import UnknownMetricError, metric
from metrics.compute import AsOfMismatchError, UnknownDimensionError, compute, rows_behind
from metrics.facts import Facts
from metrics.model import Scope
from metrics.selection import narrowed
from tests.builders import at, desk, facts, period, rows, ticket, value

MARCH = period("2026-03-01", "2026-04-01")


@pytest.fixture(scope="module")
def small() -> Facts:
    return facts(
        [
            ticket("1", "2026-03-02 09:00", channel="chat", first_responded_at="2026-03-02 09:10", x_shop="north"),
            ticket("2", "2026-03-02 10:00", channel="chat", first_responded_at="2026-03-02 10:30"),
            ticket("3", "2026-03-05 09:00", channel="email", first_responded_at="2026-03-05 10:00", x_shop="south"),
            ticket("4", "2026-03-05 09:30"),
        ],
        as_of="2026-03-06 12:00",
    )


def test_the_answer_has_the_columns_promised(small: Facts) -> None:
    answer = compute([metric("backlog")], small, by=["channel"])
    assert answer.columns == ["channel", "period", "metric", "value", "unit", "n", "low", "high"]
    hours = compute([metric("tickets_created")], small, every="hour")
    assert hours.schema["period"] == pl.Datetime("us")
    assert compute([metric("tickets_created")], small, every="day").schema["period"] == pl.Date


def test_rows_stand_in_the_order_asked_then_by_period_then_by_group(small: Facts) -> None:
    answer = rows(["backlog", "tickets_created"], small, by=["channel"], every="day")
    keys = [(row["metric"], row["period"], row["channel"]) for row in answer]
    days = [date(2026, 3, day) for day in (2, 3, 4, 5, 6)]
    groups = ("chat", "email", None)
    assert keys == [(id, day, group) for id in ("backlog", "tickets_created") for day in days for group in groups]


def test_the_unknown_is_a_group_of_its_own_and_can_be_asked_for(small: Facts) -> None:
    found = {row["channel"]: row["value"] for row in rows("tickets_created", small, by=["channel"])}
    assert found == {"chat": 2, "email": 1, None: 1}
    assert value("tickets_created", small, where={"channel": (None, "email")}) == 2


def test_a_field_of_the_source_is_a_dimension(small: Facts) -> None:
    assert value("first_response_calendar_p50", small, where={"x_shop": ("south",)}) == 3600


def test_a_dimension_that_is_none_is_told_with_the_nearest(small: Facts) -> None:
    with pytest.raises(UnknownDimensionError, match="Did you mean “channel”"):
        rows("backlog", small, by=["chanel"])
    with pytest.raises(UnknownDimensionError, match="There are: peak, source"):
        rows("backlog", small, where={"zzz": ("a",)})


def test_a_metric_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownMetricError, match="Did you mean “backlog”"):
        metric("backlogs")


def test_facts_of_another_instant_are_refused(small: Facts) -> None:
    with pytest.raises(AsOfMismatchError):
        compute([metric("backlog")], small, Scope(as_of=at("2026-03-01 00:00")))


def test_a_day_without_rows_is_zero_for_counts_and_unknown_for_the_rest(small: Facts) -> None:
    days = rows(
        ["tickets_created", "first_response_calendar_p50"],
        small,
        every="day",
        during=period("2026-03-01", "2026-03-09"),
    )
    created = [(row["value"], row["n"]) for row in days if row["metric"] == "tickets_created"]
    assert created == [(0, 0), (2, 2), (0, 0), (0, 0), (2, 2), (0, 0), (None, 0), (None, 0)]
    medians = [(row["value"], row["n"]) for row in days if row["metric"] != "tickets_created"]
    assert medians == [(None, 0), (1200, 2), (None, 0), (None, 0), (3600, 1), (None, 0), (None, 0), (None, 0)]


def test_weeks_begin_on_monday_and_months_on_the_first(small: Facts) -> None:
    assert [row["period"] for row in rows("tickets_created", small, every="week")] == [date(2026, 3, 2)]
    assert [row["period"] for row in rows("tickets_created", small, every="month", during=MARCH)] == [date(2026, 3, 1)]


def test_days_are_those_of_the_desks_zone() -> None:
    east = facts([ticket("1", "2026-03-01 17:00")], settings=desk(zone="Asia/Shanghai"))
    assert value("tickets_created", east, during=period("2026-03-02", "2026-03-03")) == 1
    assert rows("tickets_created", east, every="hour")[0]["period"] == datetime(2026, 3, 2, 1)  # noqa: DTZ001


def test_a_day_on_which_summer_time_begins_has_23_hours_and_one_when_it_ends_24_on_the_wall() -> None:
    berlin = facts([ticket()], settings=desk(zone="Europe/Berlin"), as_of="2026-12-01 00:00")
    spring = rows("tickets_created", berlin, every="hour", during=period("2026-03-29", "2026-03-30"))
    autumn = rows("tickets_created", berlin, every="hour", during=period("2026-10-25", "2026-10-26"))
    assert (len(spring), len(autumn)) == (23, 24)


def test_a_midnight_that_does_not_exist_still_parts_two_days() -> None:
    beirut = facts(
        [ticket("1", "2026-03-28 21:59"), ticket("2", "2026-03-28 22:00")],
        settings=desk(zone="Asia/Beirut"), as_of="2026-04-01 00:00",
    )  # fmt: skip
    days = rows(["tickets_created", "backlog"], beirut, every="day", during=period("2026-03-28", "2026-03-30"))
    assert [row["value"] for row in days] == [1, 1, 1, 2]


def test_an_instant_known_only_by_its_day_stands_under_no_hour() -> None:
    made = facts([ticket("1", "2026-03-02 00:00", date_only=["created_at"]), ticket("2", "2026-03-02 01:00")])
    hours = rows("tickets_created", made, every="hour")
    assert [(row["period"] and row["period"].hour, row["value"]) for row in hours] == [(1, 1), (None, 1)]
    assert [row["value"] for row in rows("tickets_created", made, every="day")] == [2]


def test_an_unfinished_week_ends_with_the_period(small: Facts) -> None:
    week = rows("backlog", small, every="week", during=period("2026-03-02", "2026-03-04"))
    assert [row["value"] for row in week] == [2]


def test_a_backlog_to_come_is_unknown(small: Facts) -> None:
    assert value("backlog", small, during=period("2026-03-07", "2026-03-08")) is None
    assert value("backlog", small, during=MARCH) == 4


def test_an_empty_desk_answers_everything_with_nothing() -> None:
    nothing = facts()
    assert value("tickets_created", nothing) == 0
    assert value("backlog", nothing) == 0
    assert value("csat", nothing) is None
    assert rows(["tickets_created", "backlog"], nothing, by=["channel"], every="day") == []


def test_a_question_without_metrics_has_an_empty_answer(small: Facts) -> None:
    assert rows([], small, by=["channel"]) == []


def test_the_rows_behind_a_figure_are_the_ones_it_counts_newest_first(small: Facts) -> None:
    behind = rows_behind(metric("first_response_calendar_p90"), small, Scope(where={"channel": ("chat", "email")}))
    assert behind["ticket_id"].to_list() == ["3", "2", "1"]
    open_then = rows_behind(metric("backlog"), small, Scope(period=period("2026-03-02", "2026-03-03")))
    assert open_then["ticket_id"].to_list() == ["2", "1"]


def test_facts_narrowed_to_some_tickets_answer_for_these_alone(small: Facts) -> None:
    chats = narrowed(small, {"channel": ("chat",)})
    assert value("tickets_created", chats) == 2
    assert value("backlog", chats) == value("backlog", small, where={"channel": ("chat",)})
    assert value("tickets_created", chats, where={"channel": ("email",)}) == 0
