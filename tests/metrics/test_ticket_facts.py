"""One row per ticket: which instants count, how long things took, what was promised and kept."""

from datetime import date

import pytest

from metrics.calendar import CalendarError
from metrics.desk import Target
from tests.builders import Row, at, calendar, change, desk, facts, message, rating, ticket

HOUR = 3600


def only(**tables: list[Row]) -> Row:
    settings, as_of = tables.pop("settings", None), tables.pop("as_of", None)
    (row,) = facts(**tables, settings=settings, as_of=as_of).tickets.to_dicts()  # type: ignore[arg-type]
    return row


def test_a_response_over_the_lunch_break_is_shorter_in_business_time() -> None:
    row = only(tickets=[ticket(created_at="2026-03-02 11:30", first_responded_at="2026-03-02 13:15")])
    assert row["first_response_calendar_seconds"] == 105 * 60
    assert row["first_response_business_seconds"] == 45 * 60


def test_a_request_on_saturday_waits_in_business_time_only_from_monday_on() -> None:
    row = only(tickets=[ticket(created_at="2026-02-28 10:00", first_responded_at="2026-03-02 09:10")])
    assert row["first_response_business_seconds"] == 600
    assert row["first_response_calendar_seconds"] == 47 * HOUR + 600


def test_business_time_is_unknown_on_a_desk_without_a_calendar() -> None:
    row = only(tickets=[ticket(first_responded_at="2026-03-02 10:00")], settings=desk(calendars=()))
    assert (row["first_response_calendar_seconds"], row["first_response_business_seconds"]) == (HOUR, None)


def test_a_team_with_hours_of_its_own_is_measured_by_them() -> None:
    night = calendar("night", weekly=(((1320, 1800),),) * 7)
    settings = desk(calendars=(calendar(), night), team_calendars={"nights": "night"})
    made = [
        ticket("1", "2026-03-02 21:00", team="nights", first_responded_at="2026-03-02 23:00"),
        ticket("2", "2026-03-02 21:00", team="days", first_responded_at="2026-03-02 23:00"),
        ticket("3", "2026-03-02 21:00", first_responded_at="2026-03-02 23:00"),
    ]
    assert facts(made, settings=settings).tickets["first_response_business_seconds"].to_list() == [HOUR, 0, 0]


def test_a_team_with_an_unknown_calendar_is_told() -> None:
    with pytest.raises(CalendarError, match="no calendar “night”"):
        facts([ticket()], settings=desk(team_calendars={"nights": "night"}))


def test_neither_a_bot_nor_an_internal_note_stops_the_first_response() -> None:
    row = only(
        tickets=[ticket()],
        messages=[
            message("1", "2026-03-02 09:00"),
            message("1", "2026-03-02 09:00:05", "bot"),
            message("1", "2026-03-02 09:10", "agent", is_public=False, author="Ann"),
            message("1", "2026-03-02 09:30", "agent", author="Bob"),
            message("1", "2026-03-02 09:40", "agent", author="Ann"),
        ],
    )
    assert row["first_response_at"] == at("2026-03-02 09:30")
    assert row["first_response_by"] == "Bob"
    assert row["first_auto_response_calendar_seconds"] == 5
    assert row["replies"] == 2


def test_messages_go_before_the_stamp_of_the_source() -> None:
    row = only(
        tickets=[ticket(first_responded_at="2026-03-02 09:00:05")],
        messages=[message("1", "2026-03-02 09:00"), message("1", "2026-03-02 09:30", "agent")],
    )
    assert row["first_response_calendar_seconds"] == 1800


def test_a_stamp_does_not_turn_a_bot_into_a_person() -> None:
    row = only(
        tickets=[ticket(first_responded_at="2026-03-02 09:00:05")],
        messages=[message("1", "2026-03-02 09:00"), message("1", "2026-03-02 09:00:05", "bot")],
    )
    assert row["first_response_at"] is None
    assert row["is_waiting"] is True


@pytest.mark.parametrize("kept", [("customer",), ("agent",), ("customer", "agent"), ()])
def test_texts_that_are_kept_only_in_part_agree_with_the_stamp(kept: tuple[str, ...]) -> None:
    texts = {
        "customer": message("1", "2026-03-02 09:00"),
        "agent": message("1", "2026-03-02 10:00", "agent"),
    }
    made = facts([ticket(first_responded_at="2026-03-02 10:00")], [texts[kind] for kind in kept])
    assert made.tickets["first_response_calendar_seconds"].to_list() == [HOUR]
    assert made.replies["next_response_calendar_seconds"].to_list() == ([HOUR] if kept else [])


def test_a_ticket_that_an_agent_opened_starts_at_the_customers_first_message() -> None:
    row = only(
        tickets=[ticket()],
        messages=[
            message("1", "2026-03-02 09:00", "agent"),
            message("1", "2026-03-02 10:00"),
            message("1", "2026-03-02 10:20", "agent"),
        ],
    )
    assert row["start_at"] == at("2026-03-02 10:00")
    assert row["first_response_calendar_seconds"] == 1200


def test_an_opening_message_that_no_customer_answered_is_no_response() -> None:
    row = only(
        tickets=[ticket("1")], messages=[message("1", "2026-03-02 09:00", "agent")], as_of="2026-03-09 00:00",
        settings=desk(Target("first_response", 60)),
    )  # fmt: skip
    assert (row["start_at"], row["first_response_at"], row["first_response_met"]) == (None, None, None)
    assert row["is_waiting"] is False


def test_a_response_stamped_before_the_request_is_unknown() -> None:
    row = only(tickets=[ticket(first_responded_at="2026-03-02 08:59")])
    assert (row["first_response_at"], row["first_response_calendar_seconds"]) == (None, None)


def test_a_date_without_a_time_makes_no_duration_but_a_resolution() -> None:
    row = only(tickets=[ticket(resolved_at="2026-03-03 00:00", status="resolved", date_only=["resolved_at"])])
    assert row["is_resolved"] is True
    assert (row["full_resolution_calendar_seconds"], row["full_resolution_business_seconds"]) == (None, None)


def test_a_request_known_only_by_its_day_measures_nothing_and_has_no_hour() -> None:
    row = only(
        tickets=[
            ticket(created_at="2026-03-02 00:00", first_responded_at="2026-03-02 10:00", date_only=["created_at"])
        ],
        settings=desk(Target("first_response", 60)),
    )
    assert (row["first_response_calendar_seconds"], row["first_response_met"]) == (None, None)
    assert (row["weekday"], row["hour"], row["peak"]) == ("1", None, None)


def test_hour_weekday_and_peak_are_those_of_the_desks_zone() -> None:
    made = facts(
        [ticket("1", "2026-03-01 18:30"), ticket("2", "2026-03-02 01:30"), ticket("3", "2026-11-10 20:00")],
        settings=desk(zone="Asia/Shanghai", event_days=frozenset({date(2026, 11, 11)})),
    )
    assert made.tickets.select("weekday", "hour", "peak", "created_on").rows() == [
        ("1", "02", "no", date(2026, 3, 2)),
        ("1", "09", "yes", date(2026, 3, 2)),
        ("3", "04", "yes", date(2026, 11, 11)),
    ]


def test_first_resolution_comes_from_the_changes_and_full_from_the_last_stamp() -> None:
    row = only(
        tickets=[ticket(resolved_at="2026-03-04 09:00", closed_at="2026-03-06 09:00", status="closed")],
        changes=[
            change("1", "2026-03-02 12:00", "resolved"),
            change("1", "2026-03-03 09:00", "open"),
            change("1", "2026-03-04 09:00", "resolved"),
            change("1", "2026-03-06 09:00", "closed"),
        ],
    )
    assert row["first_resolution_calendar_seconds"] == 3 * HOUR
    assert row["full_resolution_calendar_seconds"] == 48 * HOUR
    assert (row["reopens"], row["is_reopened"], row["ended_at"]) == (1, True, at("2026-03-04 09:00"))


def test_the_first_resolution_is_never_later_than_the_full_one() -> None:
    row = only(
        tickets=[ticket(resolved_at="2026-03-04 09:00", status="closed")],
        changes=[change("1", "2026-03-05 09:00", "closed")],
    )
    assert row["first_resolution_at"] == at("2026-03-04 09:00")


@pytest.mark.parametrize(("reopens", "first"), [(0, 48 * HOUR), (1, None), (None, None)])
def test_the_last_resolution_is_the_first_only_where_nothing_was_reopened(
    reopens: int | None, first: int | None
) -> None:
    row = only(tickets=[ticket(resolved_at="2026-03-04 09:00", status="closed", reopens=reopens)])
    assert row["first_resolution_calendar_seconds"] == first


def test_a_ticket_reopened_and_still_open_is_not_resolved() -> None:
    row = only(tickets=[ticket(resolved_at="2026-03-04 09:00", status="open", reopens=1)])
    assert (row["is_resolved"], row["full_resolution_at"], row["ended_at"]) == (False, None, None)


def test_a_closed_ticket_without_an_instant_of_resolution_is_closed_not_resolved() -> None:
    row = only(tickets=[ticket(closed_at="2026-03-04 09:00", status="closed")])
    assert (row["is_resolved"], row["is_closed_without_resolution"]) == (False, True)
    assert row["ended_at"] == at("2026-03-04 09:00")


def test_merged_tickets_and_spam_are_set_aside() -> None:
    row = only(
        tickets=[ticket(status="spam", first_responded_at="2026-03-02 10:00", resolved_at="2026-03-02 11:00")],
        messages=[message("1", "2026-03-02 09:00"), message("1", "2026-03-02 10:00", "agent")],
    )
    assert (row["is_set_aside"], row["is_resolved"], row["is_closed_without_resolution"]) == (True, False, False)
    assert (row["first_response_calendar_seconds"], row["full_resolution_calendar_seconds"]) == (None, None)
    assert row["ended_at"] == at("2026-03-02 11:00")


def test_a_source_that_tells_no_ends_leaves_them_unknown() -> None:
    row = only(tickets=[ticket(status=None)])
    assert (row["is_resolved"], row["opened_at"], row["ended_at"]) == (None, None, None)


TWO_HOURS = Target("first_response", 2 * HOUR, "business")


@pytest.mark.parametrize(
    ("replied", "met", "decided"),
    [
        ("2026-03-02 14:00", True, "2026-03-02 14:00"),
        ("2026-03-02 14:00:01", False, "2026-03-02 14:00"),
        ("2026-03-05 09:00", False, "2026-03-02 14:00"),
    ],
)
def test_a_breach_is_decided_when_it_was_due(replied: str, met: bool, decided: str) -> None:
    row = only(tickets=[ticket(created_at="2026-03-02 11:00", first_responded_at=replied)], settings=desk(TWO_HOURS))
    assert (row["first_response_met"], row["first_response_decided_at"]) == (met, at(decided))


@pytest.mark.parametrize(
    ("as_of", "met", "decided"), [("2026-03-02 13:59", None, None), ("2026-03-02 14:01", False, "2026-03-02 14:00")]
)
def test_an_unanswered_ticket_is_undecided_until_its_target_has_passed(
    as_of: str, met: bool | None, decided: str | None
) -> None:
    made = facts(
        [ticket("0", "2026-03-02 09:00", first_responded_at="2026-03-02 09:01"), ticket("1", "2026-03-02 11:00")],
        settings=desk(TWO_HOURS), as_of=as_of,
    )  # fmt: skip
    row = made.tickets.row(1, named=True)
    assert (row["first_response_met"], row["first_response_decided_at"]) == (met, decided and at(decided))
    assert row["is_waiting"] is True


@pytest.mark.parametrize(("closed", "met"), [("2026-03-02 13:59", None), ("2026-03-02 14:30", False)])
def test_a_ticket_that_ended_unanswered_is_judged_by_its_end(closed: str, met: bool | None) -> None:
    made = facts(
        [
            ticket("0", "2026-03-02 09:00", first_responded_at="2026-03-02 09:01"),
            ticket("1", "2026-03-02 11:00", closed_at=closed, status="closed"),
        ],
        settings=desk(TWO_HOURS), as_of="2026-03-20 00:00",
    )  # fmt: skip
    assert made.tickets.row(1, named=True)["first_response_met"] is met


def test_a_source_that_never_tells_responses_breaches_none() -> None:
    row = only(tickets=[ticket()], settings=desk(TWO_HOURS), as_of="2026-03-20 00:00")
    assert (row["first_response_met"], row["is_waiting"]) == (None, False)


def test_an_answer_that_is_known_only_by_its_day_leaves_the_target_undecided() -> None:
    made = facts(
        [
            ticket("0", first_responded_at="2026-03-02 09:01"),
            ticket("1", first_responded_at="2026-03-05 00:00", date_only=["first_responded_at"]),
            ticket("2", date_only=["first_responded_at"]),
        ],
        settings=desk(TWO_HOURS), as_of="2026-03-20 00:00",
    )  # fmt: skip
    assert made.tickets["first_response_met"].to_list() == [True, None, None]


def test_the_most_specific_target_in_force_on_the_day_of_creation_applies() -> None:
    settings = desk(
        Target("first_response", 100),
        Target("first_response", 200, where={"channel": "chat"}),
        Target("first_response", 300, where={"channel": "chat", "x_queue": "vip"}),
        Target("first_response", 150, where={"channel": "chat"}, valid_from=date(2026, 3, 3)),
        Target("first_response", 50, where={"planet": "mars"}),
    )
    made = facts(
        [
            ticket("1", channel="email", x_queue="vip"),
            ticket("2", channel="chat"),
            ticket("3", channel="chat", x_queue="vip"),
            ticket("4", "2026-03-03 09:00", channel="chat", x_queue="other"),
        ],
        settings=settings,
    )
    assert made.tickets["first_response_target_seconds"].to_list() == [100, 200, 300, 150]


def test_a_resolution_is_met_by_the_full_one() -> None:
    row = only(
        tickets=[ticket(resolved_at="2026-03-03 09:00", status="resolved", first_resolved_at="2026-03-02 10:00")],
        settings=desk(Target("resolution", 20 * HOUR, "calendar")),
    )
    assert (row["resolution_met"], row["resolution_decided_at"]) == (False, at("2026-03-03 05:00"))


def test_hand_offs_are_counted_from_changes_of_team_and_person() -> None:
    row = only(
        tickets=[ticket()],
        changes=[
            change("1", "2026-03-02 09:00", "Ann", field="agent"),
            change("1", "2026-03-02 10:00", "Bob", field="agent"),
            change("1", "2026-03-02 10:00", "second", field="team", from_value="first"),
            change("1", "2026-03-02 11:00", "Ann", field="agent"),
        ],
    )
    assert row["handoffs"] == 2


def test_an_earlier_as_of_does_not_know_what_came_later() -> None:
    tickets = [
        ticket("1", resolved_at="2026-03-04 09:00", status="closed", reopens=1, x_queue="a"),
        ticket("2", first_responded_at="2026-03-03 10:00"),
        ticket("3", "2026-03-03 12:00"),
    ]
    changes = [
        change("1", "2026-03-02 12:00", "resolved"),
        change("1", "2026-03-03 15:00", "open"),
        change("1", "2026-03-04 09:00", "resolved"),
    ]
    made = facts(tickets, changes=changes, as_of="2026-03-03 11:00").tickets.to_dicts()
    assert [row["ticket_id"] for row in made] == ["1", "2"]
    assert (made[0]["status"], made[0]["reopens"]) == ("resolved", 0)
    assert made[0]["full_resolution_at"] == at("2026-03-02 12:00")
    assert made[1]["first_response_at"] == at("2026-03-03 10:00")


def test_an_empty_desk_has_empty_facts() -> None:
    made = facts()
    assert (made.tickets.height, made.replies.height, made.ratings.height) == (0, 0, 0)
    assert {"peak", "first_response_met", "full_resolution_business_seconds"} <= set(made.tickets.columns)


def test_what_moved_on_after_as_of_without_a_record_is_unknown_then() -> None:
    made = facts(
        [
            ticket("1", resolved_at="2026-03-04 09:00", status="closed", replies=3),
            ticket("2", status="pending", replies=2),
        ],
        [message("1", "2026-03-02 09:00"), message("1", "2026-03-05 09:00", "agent")],
        ratings=[rating("1", 5, "2026-03-06 09:00"), rating("2", 1, "2026-03-03 09:00"), rating("9", 2)],
        as_of="2026-03-03 11:00",
    )
    assert made.tickets.select("status", "replies", "ended_at").rows() == [(None, None, None), ("pending", 2, None)]
    assert made.replies["answered_at"].to_list() == [None]
    assert sorted(made.ratings["score"]) == [1.0, 2.0], "what has neither date nor ticket is there at any time"


def test_a_stamp_of_the_far_future_is_never_and_the_far_past_has_no_business_time() -> None:
    never = facts(
        [
            ticket("1", "2026-03-02 09:00", resolved_at="9999-12-31 23:59", status="closed"),
            ticket("2", "0001-01-01 00:00", first_responded_at="2026-03-02 09:00"),
        ]
    )
    assert never.tickets["full_resolution_business_seconds"].to_list() == [None, None]
    assert never.tickets["first_response_business_seconds"].to_list() == [None, None]
    assert never.tickets["is_resolved"].to_list() == [False, False]
    assert never.as_of == at("2026-03-02 09:00")
