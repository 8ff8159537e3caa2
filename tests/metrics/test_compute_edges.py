"""Questions at their edges: what lies behind each kind of figure, flows over flows, periods that have not begun."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics.catalog import metric
from metrics.compute import AsOfMismatchError, compute, rows_behind
from metrics.desk import Target
from metrics.facts import Facts
from metrics.intervals import order_bounds
from metrics.model import Scope
from tests.builders import at, desk, facts, interval, period, rows, ticket, value

ANSWER = {
    "period": pl.Date(), "metric": pl.String(), "value": pl.Float64(), "unit": pl.String(), "n": pl.Int64(),
    "low": pl.Float64(), "high": pl.Float64(),
}  # fmt: skip


def small(as_of: str = "2026-03-06 12:00") -> Facts:
    """Two tickets of Monday and two of Thursday; the third was resolved on Friday, the fourth waits for a reply."""
    return facts(
        [
            ticket("1", "2026-03-02 09:00", channel="chat", agent="Ann", first_responded_at="2026-03-02 09:10"),
            ticket("2", "2026-03-02 10:00", channel="chat", first_responded_at="2026-03-02 10:30",
                   first_responder="Bob"),
            ticket("3", "2026-03-05 09:00", channel="email", agent="Bob", first_responded_at="2026-03-05 10:00",
                   status="resolved", resolved_at="2026-03-06 09:00"),
            ticket("4", "2026-03-05 09:30"),
        ],
        settings=desk(Target("first_response", 1200, "calendar")), as_of=as_of,
    )  # fmt: skip


def behind(id: str, of: Facts, start: str | None = None, end: str = "", key: str = "ticket_id") -> list[str]:
    found: list[str] = rows_behind(metric(id), of, Scope(period=period(start, end) if start else None))[key].to_list()
    return found


def test_both_instants_are_told_where_facts_are_of_another_one() -> None:
    with pytest.raises(AsOfMismatchError) as refused:
        compute([metric("backlog")], small(), Scope(as_of=at("2026-03-01 00:00")))
    told = "The figures stand as of 2026-03-06T12:00:00+00:00, but 2026-03-01T00:00:00+00:00 was asked for."
    assert str(refused.value) == told
    assert compute([metric("backlog")], small(), Scope(as_of=at("2026-03-06 12:00")))["value"].to_list() == [3]


def test_answers_have_the_same_columns_and_types_with_and_without_figures() -> None:
    asked: list[list[str]] = [[], ["backlog"], ["tickets_created"], ["clearance_rate"], ["load_balance"]]
    for ids in asked:
        answer = compute([metric(id) for id in ids], small(), by=["channel", "team", "channel"])
        assert dict(answer.schema) == {"channel": pl.String(), "team": pl.String(), **ANSWER}, ids


def test_behind_a_share_stand_the_rows_whose_verdict_is_known() -> None:
    assert behind("first_response_within_target", small()) == ["4", "3", "2", "1"]
    assert behind("first_response_within_target", small("2026-03-05 09:15")) == ["2", "1"]
    # What was late was decided when it was due: the third at 09:20, the fourth at 09:50.
    assert behind("first_response_within_target", small(), "2026-03-05", "2026-03-06") == ["4", "3"]


def test_behind_waits_stand_those_that_are_over_and_those_that_go_on() -> None:
    assert behind("first_response_calendar_waiting_p50", small()) == ["4", "3", "2", "1"]
    assert behind("first_response_calendar_waiting_p50", small(), "2026-03-05", "2026-03-06") == ["4", "3"]


def test_behind_a_spread_and_a_count_stand_their_rows_of_the_period() -> None:
    assert behind("response_consistency", small()) == ["3", "2", "1"]
    assert behind("response_consistency", small(), "2026-03-02", "2026-03-03") == ["2", "1"]
    assert behind("tickets_resolved", small()) == ["3"]
    assert behind("tickets_resolved", small(), "2026-03-05", "2026-03-06") == []


def test_behind_a_balance_stands_what_somebody_has_open() -> None:
    assert behind("load_balance", small()) == ["1"]
    assert behind("load_balance", small(), "2026-03-05", "2026-03-06") == ["3", "1"]
    assert behind("backlog", small(), "2026-03-05", "2026-03-06") == ["4", "3", "2", "1"]


def test_behind_a_clearance_stands_what_was_created() -> None:
    assert behind("clearance_rate", small(), "2026-03-05", "2026-03-06") == ["4", "3"]


def test_behind_a_mean_of_calls_stand_the_intervals_that_tell_both_parts() -> None:
    made = facts(arrivals=[
        interval("2026-03-02 09:00", 4, answered=3, handle_seconds=600.0),
        interval("2026-03-02 09:30", 4, answered=3),
        interval("2026-03-02 10:00", 4, handle_seconds=600.0),
        interval("2026-03-02 10:30", 4, answered=2, handle_seconds=500.0),
        interval("2026-03-03 10:30", 4, answered=2, handle_seconds=500.0),
    ])  # fmt: skip
    found = rows_behind(metric("handle_time_calendar_mean"), made, Scope(period=period("2026-03-02", "2026-03-03")))
    assert [f"{start:%H:%M}" for start in found["interval_at"]] == ["10:30", "09:00"]


def test_rows_behind_of_one_instant_stand_by_source_and_number() -> None:
    made = [ticket(id, "2026-03-02 09:00", source=source) for source, id in (("b", "1"), ("a", "2"), ("a", "1"))]
    found = rows_behind(metric("tickets_created"), facts([*made, ticket("9", "2026-03-02 10:00", source="c")]))
    assert found.select("source", "ticket_id").rows() == [("c", "9"), ("a", "1"), ("a", "2"), ("b", "1")]


def test_a_clearance_is_what_was_resolved_over_what_came_each_in_its_own_period() -> None:
    found = rows("clearance_rate", small(), every="day", during=period("2026-03-02", "2026-03-08"))
    told = [(row["value"], row["n"]) for row in found]
    assert told == [(0, 2), (None, 0), (None, 0), (0, 2), (None, 0), (None, 0)]
    whole = rows("clearance_rate", small(), by=["channel"])
    assert {row["channel"]: (row["value"], row["n"]) for row in whole} == {
        "chat": (0, 2),
        "email": (1, 1),
        None: (0, 1),
    }


def test_a_clearance_has_the_interval_of_a_ratio_of_counts() -> None:
    (row,) = rows("clearance_rate", small())
    # One of five is 0.036 to 0.624 by Wilson; turned back into one over four.
    assert (row["value"], row["n"]) == (0.25, 4)
    assert (row["low"], row["high"]) == (pytest.approx(0.0376, abs=1e-3), pytest.approx(1.662, abs=1e-2))


def test_what_is_open_has_no_interval_and_counts_itself() -> None:
    for row in rows(["backlog", "load_balance"], small(), by=["channel"]):
        assert (row["low"], row["high"]) == (None, None)
    assert [(row["value"], row["n"]) for row in rows("backlog", small(), by=["channel"])] == [(2, 2), (0, 0), (1, 1)]


def test_a_question_by_person_credits_each_figure_to_its_own_person() -> None:
    found = rows(["tickets_created", "first_response_calendar_p50"], small(), by=["agent"])
    assert {(row["metric"], row["agent"]): row["value"] for row in found} == {
        ("tickets_created", "Ann"): 1, ("tickets_created", "Bob"): 1, ("tickets_created", None): 2,
        ("first_response_calendar_p50", "Ann"): 600, ("first_response_calendar_p50", "Bob"): 2700,
        ("first_response_calendar_p50", None): None,
    }  # fmt: skip
    assert value("first_response_calendar_p50", small(), where={"agent": ("Bob",)}) == 2700
    assert value("tickets_created", small(), where={"agent": ("Bob",)}) == 1


def test_two_percentiles_of_waits_in_one_question_are_those_of_two_questions() -> None:
    ids = [
        "first_response_calendar_waiting_p50",
        "first_response_calendar_waiting_p75",
        "first_response_business_waiting_p50",
    ]
    together = {row["metric"]: row["value"] for row in rows(ids, small())}
    assert together == {id: value(id, small()) for id in ids}
    assert together[ids[0]] == 1800
    assert together[ids[0]] != together[ids[1]]


@pytest.mark.parametrize("every", [None, "day", "week", "month", "hour"])
def test_a_period_has_begun_from_its_first_instant_on(every: None) -> None:
    for as_of, begun in (("2026-05-31 23:59:59", False), ("2026-06-01 00:00", True)):
        found = rows("tickets_created", small(as_of), every=every, during=period("2026-06-01", "2026-06-02"))
        assert found[0]["value"] == (0 if begun else None)


def test_a_period_begins_by_the_clock_of_the_desk() -> None:
    for as_of, begun in (("2026-03-31 15:59:59", False), ("2026-03-31 16:00", True)):
        east = facts([ticket()], settings=desk(zone="Asia/Shanghai"), as_of=as_of)
        for every in (None, "day", "hour"):
            found = rows("tickets_created", east, every=every, during=period("2026-04-01", "2026-04-02"))
            assert found[0]["value"] == (0 if begun else None)


def test_hours_of_a_period_reach_from_midnight_to_the_last_hour_before_the_next() -> None:
    found = rows("tickets_created", small(), every="hour", during=period("2026-03-04", "2026-03-06"))
    assert len(found) == 48
    assert (found[0]["period"].hour, found[-1]["period"]) == (0, datetime(2026, 3, 5, 23))  # noqa: DTZ001


def test_without_a_period_the_axis_reaches_from_the_first_that_falls_in_to_the_last() -> None:
    counted = rows("tickets_created", small(), every="day")
    assert [row["period"] for row in counted] == [date(2026, 3, day) for day in (2, 3, 4, 5)]
    open_then = rows("backlog", small(), every="hour", where={"channel": (None,)})
    hours = [row["period"] for row in open_then]
    assert (hours[0], hours[-1], len(hours)) == (datetime(2026, 3, 5, 9), datetime(2026, 3, 6, 12), 28)  # noqa: DTZ001
    both = rows(["backlog", "tickets_resolved"], small(), every="day", where={"channel": ("email",)})
    assert [row["period"].day for row in both] == [5, 6, 5, 6]


def test_nothing_in_a_period_and_no_period_at_all_have_no_axis() -> None:
    assert rows("tickets_created", small(), every="day", during=period("2026-03-05", "2026-03-05")) == []
    assert rows(["backlog", "tickets_created"], small(), every="day", where={"channel": ("fax",)}) == []


def test_a_count_of_what_nobody_tells_is_unknown_and_of_rows_is_0() -> None:
    found = {row["metric"]: (row["value"], row["n"]) for row in rows(["reopens", "tickets_created"], small())}
    assert found == {"reopens": (None, 0), "tickets_created": (4, 4)}


def test_a_percentile_has_the_interval_of_its_order_statistics() -> None:
    made = facts([
        ticket(f"{n}", f"2026-03-02 09:{n:02}", first_responded_at=f"2026-03-02 10:{2 * n:02}") for n in range(20)
    ])  # fmt: skip
    (row,) = rows("first_response_calendar_p50", made)
    low, high = order_bounds(20, 0.5)
    assert (low, high) == (5, 14)
    assert (row["value"], row["low"], row["high"]) == (3600 + 9.5 * 60, 3600 + 5 * 60, 3600 + 14 * 60)
