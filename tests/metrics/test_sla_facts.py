"""One row per running of a target: pauses, reopenings, what is due when, what became of it."""

from datetime import date
from typing import Any

import pytest

from metrics.desk import EarlierRules, Target
from tests.builders import Row, at, change, desk, facts, message, ticket

HOUR = 3600
EIGHT_HOURS = desk(Target("resolution", 8 * HOUR))


def runs(thing: str, **given: Any) -> list[Row]:
    return [row for row in facts(**given).sla_instances.to_dicts() if row["thing"] == thing]


def resolution(*changes: Row, settings: Any = EIGHT_HOURS, as_of: str, **columns: Any) -> Row:
    """The one running of a ticket created on Monday at 09:00, beside one that makes the source tell of resolutions."""
    other = ticket("other", "2026-02-23 09:00", status="resolved", resolved_at="2026-02-23 10:00")
    made = [ticket(**columns), other]
    (row,) = [
        row for row in runs("resolution", tickets=made, changes=list(changes), settings=settings, as_of=as_of)
        if row["ticket_id"] == "1"
    ]  # fmt: skip
    return row


def test_waiting_for_the_customer_moves_the_due_instant_by_the_open_hours_it_took() -> None:
    row = resolution(
        change("1", "2026-03-02 11:00", "pending"), change("1", "2026-03-02 14:00", "open"),
        status="resolved", resolved_at="2026-03-03 10:30", as_of="2026-03-04 09:00",
    )  # fmt: skip
    assert (row["paused_calendar_seconds"], row["paused_business_seconds"]) == (3 * HOUR, 2 * HOUR)
    assert (row["state"], row["due_at"]) == ("met", at("2026-03-03 11:00"))
    assert row["decided_at"] == row["ended_at"] == at("2026-03-03 10:30")


def test_a_pause_outside_opening_hours_moves_nothing_on_the_business_clock() -> None:
    row = resolution(
        change("1", "2026-03-02 18:00", "pending"), change("1", "2026-03-03 09:00", "open"),
        status="resolved", resolved_at="2026-03-03 09:30", as_of="2026-03-04 09:00",
    )  # fmt: skip
    assert (row["paused_calendar_seconds"], row["paused_business_seconds"]) == (15 * HOUR, 0)
    assert (row["state"], row["due_at"]) == ("breached", at("2026-03-02 18:00"))


def test_a_pause_on_the_calendar_clock_takes_off_every_hour() -> None:
    row = resolution(
        change("1", "2026-03-02 10:00", "pending"), change("1", "2026-03-03 10:00", "open"),
        settings=desk(Target("resolution", 8 * HOUR, "calendar")), as_of="2026-03-03 11:00",
    )  # fmt: skip
    assert (row["state"], row["due_at"], row["left_seconds"]) == ("running", at("2026-03-03 17:00"), 6 * HOUR)


def test_a_pause_after_the_due_instant_heals_no_breach_but_is_no_lateness() -> None:
    row = resolution(
        change("1", "2026-03-03 10:00", "pending"), change("1", "2026-03-03 12:00", "open"),
        status="resolved", resolved_at="2026-03-03 14:00", as_of="2026-03-04 09:00",
    )  # fmt: skip
    assert (row["state"], row["due_at"]) == ("breached", at("2026-03-02 18:00"))
    assert row["sla_overrun_business_seconds"] == 2 * HOUR
    assert row["sla_overrun_calendar_seconds"] == 18 * HOUR


def test_a_clock_that_rests_now_has_no_due_instant_and_is_not_at_risk() -> None:
    row = resolution(change("1", "2026-03-02 17:30", "pending"), status="pending", as_of="2026-03-06 09:00")
    assert (row["state"], row["due_at"], row["left_seconds"], row["is_at_risk"]) == ("paused", None, 1800, False)


def test_what_broke_before_it_came_to_rest_stays_broken() -> None:
    row = resolution(change("1", "2026-03-03 09:30", "pending"), status="pending", as_of="2026-03-06 09:00")
    assert (row["state"], row["decided_at"]) == ("breached", at("2026-03-02 18:00"))
    assert row["sla_overrun_business_seconds"] == 1800


@pytest.mark.parametrize(("as_of", "at_risk"), [("2026-03-02 16:00", False), ("2026-03-02 16:01", True)])
def test_a_clock_with_less_than_a_quarter_of_its_time_is_at_risk(as_of: str, at_risk: bool) -> None:
    assert resolution(as_of=as_of)["is_at_risk"] is at_risk


def test_a_ticket_that_ended_before_it_was_due_has_a_cancelled_clock() -> None:
    row = resolution(status="closed", closed_at="2026-03-02 10:00", as_of="2026-03-06 09:00")
    assert (row["state"], row["ended_at"], row["decided_at"]) == ("cancelled", at("2026-03-02 10:00"), None)


def test_without_recorded_changes_a_pause_is_unknown_and_not_0() -> None:
    row = resolution(status="resolved", resolved_at="2026-03-02 12:00", as_of="2026-03-06 09:00")
    assert (row["pauses_known"], row["paused_calendar_seconds"], row["paused_business_seconds"]) == (False, None, None)
    rests = resolution(status="pending", as_of="2026-03-02 12:00")
    assert (rests["state"], rests["left_seconds"]) == ("paused", 5 * HOUR)


def test_waiting_for_others_pauses_where_the_desk_says_so_from_that_day_on() -> None:
    changes = (change("1", "2026-03-02 10:00", "on_hold"), change("1", "2026-03-02 12:00", "open"))
    since = {date(2026, 3, 2): 2 * HOUR, date(2026, 3, 3): 0}
    assert resolution(*changes, as_of="2026-03-02 17:00")["paused_business_seconds"] == 0
    for until, expected in since.items():
        settings = desk(*EIGHT_HOURS.targets, on_hold_pauses=True, earlier=(EarlierRules(until, (), 0.75, False),))
        row = resolution(*changes, settings=settings, as_of="2026-03-02 17:00")
        assert row["paused_business_seconds"] == expected


def test_reopening_starts_a_new_clock_and_leaves_the_decided_one() -> None:
    changes = [
        change("1", "2026-03-02 12:00", "resolved", by="Ann"),
        change("1", "2026-03-04 09:00", "open"),
        change("1", "2026-03-05 14:00", "resolved", by="Bob"),
    ]
    tickets = [ticket(status="resolved", resolved_at="2026-03-05 14:00", resolved_by="Bob")]
    first, second = runs("resolution", tickets=tickets, changes=changes, settings=EIGHT_HOURS, as_of="2026-03-06 09:00")
    assert (first["run"], first["state"], first["ended_at"], first["agent"]) == (
        1,
        "met",
        at("2026-03-02 12:00"),
        "Ann",
    )
    assert (second["run"], second["started_at"]) == (2, at("2026-03-04 09:00"))
    assert (second["state"], second["due_at"], second["agent"]) == ("breached", at("2026-03-04 18:00"), "Bob")
    assert second["sla_overrun_business_seconds"] == 4 * HOUR


def test_a_reopened_ticket_that_is_open_has_a_running_clock() -> None:
    changes = [change("1", "2026-03-02 12:00", "resolved"), change("1", "2026-03-04 09:00", "open")]
    tickets = [ticket(status="open", reopens=1), ticket("2", status="resolved", resolved_at="2026-03-02 10:00")]
    found = runs("resolution", tickets=tickets, changes=changes, settings=EIGHT_HOURS, as_of="2026-03-04 10:00")
    assert [(row["run"], row["state"]) for row in found if row["ticket_id"] == "1"] == [(1, "met"), (2, "running")]


def test_a_reopening_without_a_date_starts_no_clock_that_could_be_measured() -> None:
    tickets = [ticket(status="open", reopens=1, first_resolved_at="2026-03-02 12:00")]
    (row,) = runs("resolution", tickets=tickets, settings=EIGHT_HOURS, as_of="2026-03-10 09:00")
    assert (row["run"], row["state"], row["ended_at"]) == (1, "met", at("2026-03-02 12:00"))


def test_a_reply_target_does_not_pause() -> None:
    (row,) = runs(
        "first_response", tickets=[ticket(first_responded_at="2026-03-02 15:00")],
        changes=[change("1", "2026-03-02 09:30", "pending"), change("1", "2026-03-02 14:30", "open")],
        settings=desk(Target("first_response", 4 * HOUR)),
    )  # fmt: skip
    assert (row["state"], row["due_at"], row["paused_business_seconds"]) == ("breached", at("2026-03-02 14:00"), 0)


def test_the_first_wait_is_the_first_responses_and_later_ones_are_runnings_of_their_own() -> None:
    talk = [
        message("1", "2026-03-02 09:00"),
        message("1", "2026-03-02 09:10", "agent", author="Ann"),
        message("1", "2026-03-02 10:00"),
        message("1", "2026-03-02 11:30", "agent", author="Bob"),
    ]
    settings = desk(Target("first_response", HOUR), Target("next_response", HOUR))
    found = facts([ticket()], talk, settings=settings).sla_instances.to_dicts()
    assert [(row["thing"], row["state"], row["agent"]) for row in found] == [
        ("first_response", "met", "Ann"),
        ("next_response", "breached", "Bob"),
    ]


def test_a_running_names_its_target_and_stands_at_the_hour_it_started() -> None:
    settings = desk(Target("resolution", HOUR, where={"channel": "chat"}), Target("first_response", 60, "calendar"))
    (row,) = runs("first_response", tickets=[ticket(channel="chat", first_responded_at="2026-03-02 09:02")],
                  settings=settings)  # fmt: skip
    assert (row["target"], row["target_seconds"], row["clock"], row["calendar"]) == (1, 60, "calendar", "desk")
    assert (row["weekday"], row["hour"], row["peak"], row["channel"]) == ("1", "09", "yes", "chat")
    assert (row["sla_overrun_calendar_seconds"], row["sla_overrun_business_seconds"]) == (60, 60)


def test_what_cannot_be_measured_is_no_running() -> None:
    settings = desk(Target("first_response", 60), Target("resolution", 60))
    made = [
        ticket("1", date_only=["created_at"], first_responded_at="2026-03-02 10:00"),
        ticket("2", status="spam", first_responded_at="2026-03-02 10:00"),
    ]
    assert facts(made, settings=settings).sla_instances.is_empty()


def test_a_running_that_goes_on_credits_the_assignee_not_who_moved_the_ticket_without_the_source_s_word() -> None:
    row = runs(
        "resolution",
        tickets=[ticket(status="open", agent="Bob", reopens=1),
                 ticket("other", "2026-02-23 09:00", status="resolved", resolved_at="2026-02-23 10:00")],
        changes=[change("1", "2026-03-02 10:00", "closed", by="Ann"),
                 change("1", "2026-03-02 11:00", "open", from_value="closed", by="Ann"),
                 change("1", "2026-03-02 12:00", "resolved", by="Ann")],
        settings=EIGHT_HOURS, as_of="2026-03-02 13:30",
    )[-1]  # fmt: skip
    assert (row["run"], row["state"], row["ended_at"], row["agent"]) == (2, "running", None, "Bob")


@pytest.mark.parametrize(
    ("created", "replied", "state"),
    [("09:00:00.500", "09:02:00.500", "met"), ("09:00:00.500", "09:02:00.501", "breached"),
     ("09:00:00.500", "09:02:00.499", "met"), ("09:00:00", "09:02:00.001", "breached")],
)  # fmt: skip
def test_on_the_calendar_a_promise_is_late_by_whatever_part_of_a_second(created: str, replied: str, state: str) -> None:
    stamps = [f"2026-03-02 {time}" for time in (created, replied)]
    settings = desk(Target("first_response", 120, "calendar"))
    (row,) = runs("first_response", tickets=[ticket("1", stamps[0], first_responded_at=stamps[1])], settings=settings)
    assert (row["state"], row["due_at"]) == (state, at(stamps[0].replace("09:00", "09:02")))
    assert row["sla_overrun_calendar_seconds"] == (0 if state == "breached" else None)


def test_in_open_hours_whole_seconds_decide() -> None:
    given = {"first_responded_at": "2026-03-02 09:02:00.999"}
    (row,) = runs("first_response", tickets=[ticket(**given)], settings=desk(Target("first_response", 120)))
    assert row["state"] == "met"


def test_a_clock_that_goes_on_is_late_by_whatever_part_of_a_second() -> None:
    told = ticket("0", "2026-02-02 09:00", first_responded_at="2026-02-02 09:01")
    settings = desk(Target("first_response", 120, "calendar"))
    for now, state in (("09:02:00", "running"), ("09:02:00.001", "breached")):
        found = runs("first_response", tickets=[told, ticket()], settings=settings, as_of=f"2026-03-02 {now}")
        assert [row["state"] for row in found if row["ticket_id"] == "1"] == [state]
