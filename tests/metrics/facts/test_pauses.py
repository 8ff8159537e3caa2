"""When a clock stood still, by the recorded statuses, and how much of it within a running: worked out by hand."""

from datetime import date
from typing import Any

import polars as pl

from metrics.calendar import BusinessClock, business_clock
from metrics.desk import EarlierRules
from metrics.facts.durations import CALENDAR
from metrics.facts.pauses import PLACE, is_pausing, pause_spans, paused, status_steps
from metrics.tables import INSTANT
from tests.builders import Row, at, desk

HOUR = 3600
Schema = dict[str, pl.DataType]
CHANGES: Schema = {
    "row": pl.UInt32(), "field": pl.String(), "at": INSTANT, "sequence": pl.Int64(), "from_value": pl.String(),
    "to_value": pl.String(), "by": pl.String(),
}  # fmt: skip
STEPS: Schema = {"row": pl.UInt32(), "at": INSTANT, "by": pl.String(), "before": pl.String(), "after": pl.String()}
SPANS: Schema = {"row": pl.UInt32(), "from_at": INSTANT, "to_at": INSTANT}
RUNS: Schema = {
    PLACE: pl.UInt32(), "row": pl.UInt32(), "start": INSTANT, "stop": INSTANT, "target": pl.Int64(),
    "is_calendar": pl.Boolean(), CALENDAR: pl.String(),
}  # fmt: skip


def march(text: str | None) -> Any:
    """`2 09:00` is the second of March 2026, a Monday."""
    return None if text is None else at(f"2026-03-{int(text.split()[0]):02} {text.split()[1]}")


def recorded(*rows: tuple[int, str, str | None, str | None], field: str = "status", sequence: int = 0) -> pl.DataFrame:
    made = [
        {"row": row, "field": field, "at": march(when), "sequence": sequence + place, "from_value": before,
         "to_value": after, "by": f"{place}"}
        for place, (row, when, before, after) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(made, schema=CHANGES)


def stays(*rows: tuple[int, str, str | None]) -> list[tuple[Any, ...]]:
    """The pauses of these steps: ticket, from, to."""
    made = [{"row": row, "at": march(when), "by": None, "before": None, "after": after} for row, when, after in rows]
    return pause_spans(pl.DataFrame(made, schema=STEPS), desk()).rows()


def test_the_status_before_a_change_is_the_recorded_one_else_that_after_the_change_before_it() -> None:
    steps = status_steps(recorded((1, "2 09:00", None, "open"), (1, "2 10:00", None, "pending"),
                                  (1, "2 11:00", "on_hold", "closed")))  # fmt: skip
    assert steps.rows(named=True) == [
        {"row": 1, "at": march("2 09:00"), "by": "0", "before": None, "after": "open"},
        {"row": 1, "at": march("2 10:00"), "by": "1", "before": "open", "after": "pending"},
        {"row": 1, "at": march("2 11:00"), "by": "2", "before": "on_hold", "after": "closed"},
    ]


def test_the_first_change_of_a_ticket_knows_nothing_of_the_ticket_before_it() -> None:
    steps = status_steps(recorded((1, "2 09:00", None, "pending"), (2, "2 10:00", None, "open")))
    assert steps.select("row", "before").rows() == [(1, None), (2, None)]


def test_changes_stand_in_order_of_ticket_instant_and_then_place_however_they_were_loaded() -> None:
    late_first = recorded((2, "2 08:00", None, "new"), (1, "2 12:00", None, "closed"), (1, "2 09:00", None, "open"))
    assert status_steps(late_first).select("row", "after").rows() == [(1, "open"), (1, "closed"), (2, "new")]
    second = recorded((1, "2 09:00", None, "pending"), sequence=8)
    first = recorded((1, "2 09:00", None, "open"), sequence=7)
    together = status_steps(pl.concat([second, first]))
    assert together.select("before", "after").rows() == [(None, "open"), ("open", "pending")]


def test_changes_of_people_are_no_steps_of_status() -> None:
    moved = pl.concat([recorded((1, "2 09:00", None, "Ann"), field="agent"), recorded((1, "2 10:00", None, "open"))])
    assert status_steps(moved).select("before", "after").rows() == [(None, "open")]


def test_a_pause_lasts_to_the_next_change_of_the_same_ticket_or_goes_on() -> None:
    first, then, again = (1, "2 09:00", "pending"), (1, "2 10:00", "open"), (1, "2 11:00", "pending")
    assert stays(first, then, again, (2, "2 12:00", "open")) == [
        (1, march("2 09:00"), march("2 10:00")),
        (1, march("2 11:00"), None),
    ]


def test_waiting_that_passes_into_waiting_is_two_pauses_side_by_side() -> None:
    assert stays((1, "2 09:00", "pending"), (1, "2 10:00", "pending"), (1, "2 11:00", "closed")) == [
        (1, march("2 09:00"), march("2 10:00")),
        (1, march("2 10:00"), march("2 11:00")),
    ]


def test_a_stay_that_ended_as_it_began_is_no_pause() -> None:
    assert stays((1, "2 09:00", "pending"), (1, "2 09:00", "open")) == []


def test_a_change_into_an_unknown_status_pauses_nothing() -> None:
    assert stays((1, "2 09:00", None), (1, "2 10:00", "open")) == []


def test_waiting_for_others_pauses_by_the_rules_of_the_local_day_on_which_it_began() -> None:
    rules = desk(zone="Asia/Shanghai", on_hold_pauses=True, earlier=(EarlierRules(date(2026, 3, 3), (), 0.75, False),))
    whole = pl.DataFrame({"at": [march("2 15:59"), march("2 16:00")], "status": ["on_hold", "on_hold"]},
                         schema={"at": INSTANT, "status": pl.String})  # fmt: skip
    assert whole.select(is_pausing(rules, pl.col("status"), pl.col("at"))).to_series().to_list() == [False, True]


def clock() -> BusinessClock:
    return business_clock(desk().calendars, start=date(2026, 3, 1), end=date(2026, 3, 8))


def running(
    start: str, stop: str, *, target: int | None = None, is_calendar: bool = False, place: int = 0, row: int = 1
) -> Row:
    made = {PLACE: place, "row": row, "target": target, "is_calendar": is_calendar, CALENDAR: "desk"}
    return {**made, "start": march(start), "stop": march(stop)}


def rested(runs: list[Row], *spans: tuple[int, str, str | None], business: bool = True) -> dict[int, Row]:
    pauses = pl.DataFrame([(row, march(begin), march(end)) for row, begin, end in spans], schema=SPANS, orient="row")
    found = paused(pl.DataFrame(runs, schema=RUNS), pauses, clock() if business else None)
    return {row.pop(PLACE): row for row in found.to_dicts()}


def figures(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("calendar", "business", "before_calendar", "before_business", "is_open"))


def test_pauses_are_added_up_on_both_clocks_as_far_as_they_lie_within_the_running() -> None:
    """From the first only 09–10 lies inside; of the second the lunch hour is not open; the third is cut at the end."""
    found = rested([running("2 09:00", "2 17:00", target=6 * HOUR)], (1, "2 08:00", "2 10:00"),
                   (1, "2 11:30", "2 13:30"), (1, "2 16:00", "2 19:00"))  # fmt: skip
    assert figures(found[0]) == (4 * HOUR, 3 * HOUR, 4 * HOUR, 3 * HOUR, False)


def test_a_pause_that_began_when_the_target_was_used_up_moves_the_due_instant_no_more() -> None:
    for begin, counted in (("2 10:59", True), ("2 11:00", False)):
        found = rested([running("2 09:00", "2 17:00", target=2 * HOUR)], (1, begin, "2 11:30"))
        whole = 1860 if counted else 1800
        assert figures(found[0]) == (whole, whole, whole if counted else 0, whole if counted else 0, False)


def test_what_was_rested_before_is_not_used_up() -> None:
    """Two hours are promised. By 12:00 three have gone, but one was rested; so the pause at 11:59 still counts."""
    for begin, counted in (("2 11:59", True), ("2 12:00", False)):
        found = rested([running("2 09:00", "2 17:00", target=2 * HOUR, is_calendar=True)],
                       (1, "2 09:30", "2 10:30"), (1, begin, "2 12:30"))  # fmt: skip
        assert found[0]["before_calendar"] == HOUR + (1860 if counted else 0)


def test_the_clock_of_the_target_tells_what_is_used_up() -> None:
    """By 13:30 three and a half open hours have gone and four and a half on the wall."""
    span = (1, "2 13:30", "2 14:00")
    for is_calendar, counted in ((True, 0), (False, 1800)):
        found = rested([running("2 09:00", "2 17:00", target=4 * HOUR, is_calendar=is_calendar)], span)
        assert figures(found[0]) == (1800, 1800, counted, counted, False)
    lunch = [running("2 09:00", "2 17:00", target=4 * HOUR, is_calendar=is_calendar) for is_calendar in (True, False)]
    both = [rested([run], (1, "2 11:30", "2 13:00"), (1, "2 14:00", "2 15:00"))[0] for run in lunch]
    # Gone by 14:00: five hours on the wall, one and a half rested; four open ones, half an hour rested.
    assert [row["before_calendar"] for row in both] == [5400 + HOUR, 5400 + HOUR]
    late = [rested([run], (1, "2 11:30", "2 13:00"), (1, "2 14:30", "2 15:00"))[0] for run in lunch]
    assert [row["before_calendar"] for row in late] == [5400, 5400]
    later = [rested([run], (1, "2 11:30", "2 12:30"), (1, "2 14:15", "2 15:00"))[0] for run in lunch]
    # Gone by 14:15: five and a quarter on the wall less one; four and a quarter open less a half.
    assert [row["before_calendar"] for row in later] == [HOUR, HOUR + 2700]


def test_a_running_without_a_target_has_pauses_but_none_before_it() -> None:
    found = rested([running("2 09:00", "2 17:00")], (1, "2 10:00", "2 11:00"))
    assert figures(found[0]) == (HOUR, HOUR, 0, 0, False)


def test_a_running_that_did_not_rest_is_not_there() -> None:
    assert rested([running("2 09:00", "2 10:00")], (1, "2 10:00", "2 11:00"), (1, "2 08:00", "2 09:00")) == {}
    assert rested([running("2 09:00", "2 10:00")], (2, "2 09:00", "2 10:00")) == {}


def test_a_pause_goes_on_at_the_end_of_a_running_where_it_began_by_then_and_has_no_end() -> None:
    for begin, rest in (("2 09:30", 1800), ("2 10:00", 0)):
        assert figures(rested([running("2 09:00", "2 10:00")], (1, begin, None))[0])[::4] == (rest, True)
    assert rested([running("2 09:00", "2 10:00")], (1, "2 10:01", None)) == {}
    ended = rested([running("2 09:00", "2 10:00")], (1, "2 09:30", "2 10:30"))
    assert ended[0]["is_open"] is False


def test_each_running_has_the_pauses_of_its_own_ticket_and_its_own_stretch_of_time() -> None:
    runs = [
        running("2 09:00", "2 11:00", target=HOUR), running("2 10:30", "2 12:00", target=HOUR, place=1),
        running("2 09:00", "2 11:00", target=HOUR, place=2, row=2),
    ]  # fmt: skip
    found = rested(runs, (1, "2 09:15", "2 09:45"), (1, "2 10:45", "2 11:15"), (2, "2 09:00", "2 09:10"))
    assert {place: row["calendar"] for place, row in found.items()} == {0: 2700, 1: 1800, 2: 600}
    # The first had gone an hour and a quarter when its second pause began; the second only a quarter of an hour.
    assert {place: row["before_calendar"] for place, row in found.items()} == {0: 1800, 1: 1800, 2: 600}


def test_pauses_count_in_the_order_of_time_however_they_are_listed() -> None:
    spans = [(1, "2 09:30", "2 10:30"), (1, "2 11:30", "2 11:45")]
    for listed in (spans, spans[::-1]):
        found = rested([running("2 09:00", "2 12:00", target=2 * HOUR, is_calendar=True)], *listed)
        assert found[0]["before_calendar"] == HOUR + 900


def test_without_a_business_clock_only_the_calendar_counts() -> None:
    found = rested(
        [running("2 09:00", "2 17:00", target=2 * HOUR, is_calendar=True)], (1, "2 10:00", "2 11:00"), business=False
    )
    assert (found[0]["calendar"], found[0]["before_calendar"]) == (HOUR, HOUR)
