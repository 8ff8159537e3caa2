"""Hand-worked: what it took, who settled it, what was escalated, how even the load and the service are."""

import pytest

from tests.builders import change, facts, message, period, rating, rows, ticket, value


def test_the_requester_waits_while_the_ticket_is_new_open_or_on_hold() -> None:
    moves = [
        ("10:00", "new", "open"), ("11:00", "open", "pending"), ("14:00", "pending", "on_hold"),
        ("14:30", "on_hold", "resolved"), ("16:00", "resolved", "open"), ("16:10", "open", "resolved"),
    ]  # fmt: skip
    told = facts(
        [ticket(created_at="2026-03-02 09:00", status="resolved", resolved_at="2026-03-02 16:10")],
        changes=[change("1", f"2026-03-02 {at}", to, from_value=before) for at, before, to in moves],
    )
    # 09–11 new and open, 14:00–14:30 on hold, 16:00–16:10 open again; the desk opens at nine.
    assert value("requester_wait_calendar_p50", told) == 9600
    assert value("requester_wait_business_mean", told) == 9600
    assert value("cycle_time_calendar_p50", told) == 6 * 3600 + 600


def test_without_recorded_changes_there_is_no_requester_wait_and_work_begins_with_the_reply() -> None:
    told = facts([ticket(status="closed", closed_at="2026-03-02 12:00", first_responded_at="2026-03-02 10:30")])
    assert value("requester_wait_calendar_p50", told) is None
    assert value("cycle_time_calendar_p50", told) == 5400


def test_bots_settle_what_no_person_wrote_to() -> None:
    ids = ("bot", "both", "note", "person", "nobody", "open")
    tickets = [
        ticket(id, status="open" if id == "open" else "resolved",
               resolved_at=None if id == "open" else "2026-03-02 15:00") for id in ids
    ]  # fmt: skip
    talk = [message(id, "2026-03-02 09:01", "bot") for id in ("bot", "both", "note", "open")]
    talk += [message(id, "2026-03-02 09:30", "agent") for id in ("both", "person")]
    talk += [message("note", "2026-03-02 09:30", "agent", is_public=False)]
    told = facts(tickets, talk)
    assert [value(id, told) for id in ("bot_share", "human_share")] == [1 / 5, 2 / 5]


def test_escalations_count_by_their_own_instant_and_their_rate_by_creation() -> None:
    told = facts(
        [ticket("1", escalated_at="2026-03-04 09:00"), ticket("2"), ticket("3"), ticket("4", status="spam")],
        changes=[change("2", "2026-03-03 09:00", "specialist", from_value="first_line", field="tier"),
                 change("3", "2026-03-03 09:00", "first_line", from_value="specialist", field="tier")],
    )  # fmt: skip
    assert value("escalations", told) == 2
    assert value("escalations", told, during=period("2026-03-03", "2026-03-04")) == 1
    assert value("escalation_rate", told, during=period("2026-03-02", "2026-03-03")) == 2 / 3
    silent = facts([ticket()])
    assert [value(id, silent) for id in ("escalations", "escalation_rate")] == [None, None]


def test_a_cohort_is_resolved_in_part_and_a_period_clears_more_than_came() -> None:
    told = facts(
        [
            ticket("1", "2026-03-02 09:00", status="resolved", resolved_at="2026-03-05 09:00"),
            ticket("2", "2026-03-02 10:00", status="resolved", resolved_at="2026-03-05 10:00"),
            ticket("3", "2026-03-05 09:00"),
            ticket("4", "2026-03-05 09:00", status="merged"),
        ]
    )
    first, last = period("2026-03-02", "2026-03-03"), period("2026-03-05", "2026-03-06")
    assert [value("resolution_rate", told, during=when) for when in (None, first, last)] == [2 / 3, 1, 0]
    assert [value("clearance_rate", told, during=when) for when in (None, first, last)] == [2 / 4, 0, 1]
    (row,) = rows("clearance_rate", told, during=last)
    assert row["low"] < 1 < row["high"]


def test_idle_people_are_part_of_the_balance() -> None:
    loads = {"Ann": 3, "Bob": 0, "Cid": 0}
    tickets = [ticket(f"{who}{n}", agent=who) for who, load in loads.items() for n in range(load)]
    tickets += [ticket(who, agent=who, status="closed", closed_at="2026-03-02 10:00") for who in ("Bob", "Cid")]
    told = facts([*tickets, ticket("nobody's")])
    (row,) = rows("load_balance", told)
    assert (row["value"], row["n"]) == (1, 3)
    even = facts([ticket(str(n), agent=who) for n, who in enumerate(["Ann", "Bob", "Ann", "Bob"])])
    assert value("load_balance", even) == 0
    assert value("load_balance", facts([ticket(agent="Ann")])) is None


def test_consistency_is_how_many_times_the_median_the_slow_wait() -> None:
    waits = [60 * n for n in range(1, 12)]
    told = facts([ticket(str(n), first_responded_at=f"2026-03-02 09:{n // 60:02}:{n % 60:02}") for n in waits])
    assert value("response_consistency", told) == 10 / 6


def test_surveys_answered_are_those_offered_and_promoters_stand_against_detractors() -> None:
    tickets = [ticket(str(n)) for n in range(5)]
    scores = {"0": 10, "1": 9, "2": 7, "3": 0, "4": None}
    given = [
        rating(id, score, "2026-03-05 09:00" if score is not None else None, scale=10, offered_at="2026-03-03 09:00")
        for id, score in scores.items()
    ]
    told = facts(tickets, ratings=given)
    assert value("csat_response_rate", told, during=period("2026-03-03", "2026-03-04")) == 4 / 5
    assert value("nps", told) == pytest.approx(25)
    early = facts(tickets, ratings=given, as_of="2026-03-04 09:00")
    assert [value("csat_response_rate", early), value("nps", early)] == [0, None]
    answers = facts(tickets[:1], ratings=[rating("0", 5)])
    assert [value(id, answers) for id in ("csat_response_rate", "nps")] == [None, None]


def test_those_who_still_wait_make_the_waiting_aware_median_longer() -> None:
    answered = [ticket(str(n), first_responded_at=f"2026-03-02 09:{n:02}") for n in (1, 2, 3, 4)]
    waiting = [ticket(f"w{n}", "2026-03-02 09:00") for n in range(4)]
    told = facts([*answered, *waiting], as_of="2026-03-02 10:00")
    assert value("first_response_calendar_p50", told) == 150
    assert value("first_response_calendar_waiting_p50", told) == 240
    assert value("first_response_calendar_waiting_p90", told) is None
    (row,) = rows("first_response_calendar_waiting_p90", told)
    assert row["n"] == 8
