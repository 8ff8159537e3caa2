"""One row per wait of a customer."""

from metrics.desk import Target
from tests.builders import at, desk, facts, message, ticket

HOUR = 3600
TALK = [
    message("1", "2026-03-02 09:00"),
    message("1", "2026-03-02 09:05"),
    message("1", "2026-03-02 09:06", "bot"),
    message("1", "2026-03-02 09:20", "agent", author="Ann"),
    message("1", "2026-03-02 09:25", "agent", author="Bob"),
    message("1", "2026-03-02 11:30"),
    message("1", "2026-03-02 11:40", "agent", is_public=False),
    message("1", "2026-03-02 13:30", "agent", author="Bob"),
    message("1", "2026-03-02 14:00"),
]


def test_messages_in_a_row_are_one_wait_from_the_first_to_the_next_public_reply() -> None:
    waits = facts([ticket(agent="Cid")], TALK).replies
    assert waits.select("is_first", "asked_at", "answered_at", "author", "agent").rows() == [
        (True, at("2026-03-02 09:00"), at("2026-03-02 09:20"), "Ann", "Ann"),
        (False, at("2026-03-02 11:30"), at("2026-03-02 13:30"), "Bob", "Bob"),
        (False, at("2026-03-02 14:00"), None, None, "Cid"),
    ]
    assert waits["next_response_calendar_seconds"].to_list() == [1200, 2 * HOUR, None]
    assert waits["next_response_business_seconds"].to_list() == [1200, HOUR, None]
    assert waits["is_waiting"].to_list() == [False, False, True]


def test_a_wait_is_split_by_the_hour_of_the_question() -> None:
    assert facts([ticket()], TALK).replies["hour"].to_list() == ["09", "11", "14"]


def test_messages_of_several_tickets_do_not_answer_each_other() -> None:
    waits = facts(
        [ticket("1"), ticket("2")],
        [message("1", "2026-03-02 09:00"), message("2", "2026-03-02 09:01"), message("2", "2026-03-02 09:02", "agent")],
    ).replies
    assert waits["answered_at"].to_list() == [None, at("2026-03-02 09:02")]


def test_a_wait_is_judged_by_its_target_and_the_end_of_its_ticket() -> None:
    settings = desk(Target("next_response", HOUR, "calendar"))
    thanks = [
        message("1", "2026-03-02 09:00"),
        message("1", "2026-03-02 09:30", "agent"),
        message("1", "2026-03-02 10:00"),
        message("2", "2026-03-02 09:00"),
        message("3", "2026-03-02 09:00"),
        message("3", "2026-03-02 11:00", "agent"),
    ]
    tickets = [ticket("1", status="closed", closed_at="2026-03-02 10:10"), ticket("2"), ticket("3")]
    waits = facts(tickets, thanks, settings=settings, as_of="2026-03-02 12:00").replies
    found = waits.sort("ticket_id", "asked_at").select("next_response_met", "next_response_decided_at").rows()
    assert found == [
        (True, at("2026-03-02 09:30")),
        (None, None),
        (False, at("2026-03-02 10:00")),
        (False, at("2026-03-02 10:00")),
    ]


def test_the_waits_of_merged_tickets_and_spam_do_not_count() -> None:
    assert facts([ticket(status="merged")], TALK).replies.height == 0


def test_a_message_known_only_by_its_day_makes_no_duration() -> None:
    waits = facts(
        [ticket()], [message("1", "2026-03-02 09:00"), message("1", "2026-03-03 00:00", "agent", date_only=["at"])]
    ).replies
    assert waits.select("answered_at", "next_response_calendar_seconds", "date_only").rows() == [
        (at("2026-03-03 00:00"), None, ["answered_at"])
    ]


def test_a_customers_message_at_the_instant_of_a_reply_is_answered_by_it() -> None:
    together = [
        message("1", "2026-03-02 09:00", "agent", message_id="a"),
        message("1", "2026-03-02 09:00", message_id="b"),
    ]
    assert facts([ticket()], together).replies["next_response_calendar_seconds"].to_list() == [0]
