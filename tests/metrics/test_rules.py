"""The rules of other systems, worked by hand, and what tells their figures from ours."""

from typing import Any

import pytest

from metrics.catalog import metric
from metrics.facts import build_facts
from metrics.model import Scope
from metrics.rules import RULES, NotRuledError, differences, ruled, ruled_figures, thing_of
from tests.builders import Row, at, change, desk, message, rating, tables, ticket

IDS = {"first_response": "first_response_calendar_p50", "full_resolution": "full_resolution_calendar_p50",
       "fcr_one_touch": "fcr_one_touch", "csat": "csat"}  # fmt: skip
NOON = "2026-03-20 12:00"


def both(system: str, thing: str, **rows: Any) -> tuple[Row, list[Row]]:
    """One figure by the system's rules, and the differences ticket by ticket."""
    made, settings = tables(**rows), desk()
    ours = build_facts(made, settings, as_of=at(NOON))
    theirs = ruled(system, made, settings, ours)
    (row,) = ruled_figures([metric(IDS[thing])], theirs, Scope()).to_dicts()
    return row, differences([metric(IDS[thing])], theirs, ours, Scope()).to_dicts()


def unlike(found: list[Row]) -> list[tuple[Any, ...]]:
    return [(row["ticket_id"], row["ours"], row["theirs"], row["why"]) for row in found]


OUTBOUND = [
    message("1", "2026-03-02 09:00", "agent"), message("1", "2026-03-02 10:00"),
    message("1", "2026-03-02 11:00", "agent"),
]  # fmt: skip


def test_zendesk_stops_at_the_second_comment_of_a_ticket_that_a_person_opened() -> None:
    row, found = both("zendesk", "first_response", tickets=[ticket()], messages=OUTBOUND)
    assert row["value"] == 7200
    assert unlike(found) == [("1", 3600, 7200, "rule.second_comment")]


def test_zendesk_counts_merged_tickets_and_what_was_closed_unsolved() -> None:
    made = [
        ticket("1", status="merged", resolved_at="2026-03-02 10:00"),
        ticket("2", status="closed", closed_at="2026-03-02 11:00"),
        ticket("3", status="resolved", resolved_at="2026-03-02 12:00"),
    ]
    row, found = both("zendesk", "full_resolution", tickets=made)
    assert (row["value"], row["n"]) == (7200, 3)
    assert unlike(found) == [("1", None, 3600, "rule.set_aside_counts"), ("2", None, 7200, "rule.closed_counts")]


def test_zendesk_takes_fewer_than_two_replies_for_one_touch_and_looks_at_the_solved_only() -> None:
    made = [ticket(str(n), status="resolved", resolved_at="2026-03-02 10:00", replies=n) for n in range(3)]
    made.append(ticket("3", replies=3))
    row, found = both("zendesk", "fcr_one_touch", tickets=made)
    assert (row["value"], row["n"]) == (2 / 3, 3)
    assert unlike(found) == [("0", 0, 1, "rule.no_reply_counts"), ("3", 0, None, "rule.not_counted")]


def test_zendesk_keeps_the_latest_rating_within_28_days_and_before_the_close() -> None:
    made = [ticket("1"), ticket("2", status="closed", closed_at="2026-03-05 09:00"), ticket("3", "2026-01-02 09:00"),
            ticket("4"), ticket("5")]  # fmt: skip
    given = [
        rating("4", 5, "2026-03-03 09:00"), rating("5", 2, "2026-03-03 09:00"),
        rating("1", 1, "2026-03-03 09:00"), rating("1", 5, "2026-03-04 09:00", rating_id="later"),
        rating("2", 5, "2026-03-06 09:00"), rating("3", 5, "2026-03-02 09:00", offered_at="2026-02-01 09:00"),
    ]  # fmt: skip
    row, found = both("zendesk", "csat", tickets=made, ratings=given)
    assert (row["value"], row["n"]) == (2 / 3, 3)
    assert sorted(why for *_, why in unlike(found)) == ["rule.after_close", "rule.earlier_rating", "rule.late_rating"]


def test_freshdesk_leaves_out_what_nobody_has_and_starts_at_creation() -> None:
    made = [ticket("1", team="a"), ticket("2", first_responded_at="2026-03-02 09:30")]
    row, found = both("freshdesk", "first_response", tickets=made, messages=OUTBOUND)
    assert (row["value"], row["n"]) == (7200, 1)
    assert unlike(found) == [("1", 3600, 7200, "rule.from_creation"), ("2", 1800, None, "rule.not_counted")]


def test_freshdesk_stops_the_timer_while_the_ticket_waits() -> None:
    moves = [("10:00", "open", "pending"), ("11:30", "pending", "open"), ("12:00", "open", "on_hold"),
             ("12:30", "on_hold", "resolved")]  # fmt: skip
    row, found = both(
        "freshdesk", "full_resolution",
        tickets=[ticket(status="resolved", resolved_at="2026-03-02 12:30")],
        changes=[change("1", f"2026-03-02 {moment}", to, from_value=before) for moment, before, to in moves],
    )  # fmt: skip
    assert row["value"] == 5400
    assert unlike(found) == [("1", 12_600, 5400, "rule.timer_off")]


def test_freshdesk_is_happy_above_the_middle_and_resolved_by_exactly_one_reply() -> None:
    row, found = both("freshdesk", "csat", tickets=[ticket(str(n)) for n in range(3)],
                      ratings=[rating("0", 4, scale=7), rating("1", 5, scale=7), rating("2", 5)])  # fmt: skip
    assert row["value"] == 2 / 3
    assert unlike(found) == [("1", 0, 1, "rule.above_middle")]
    made = [ticket("1", "2026-03-19 09:00", status="resolved", resolved_at="2026-03-19 10:00", replies=1)]
    row, found = both("freshdesk", "fcr_one_touch", tickets=made)
    assert (row["value"], unlike(found)) == (1, [("1", None, 1, "rule.only_solved_count")])


def test_chatwoot_starts_at_the_hand_over_and_takes_a_first_message_of_its_own_for_an_answer() -> None:
    row, found = both(
        "chatwoot", "first_response", tickets=[ticket("1"), ticket("2", status="open")],
        messages=[*OUTBOUND, message("2", "2026-03-02 09:00"), message("2", "2026-03-02 09:50", "agent")],
        changes=[change("2", "2026-03-02 09:40", "open", from_value="pending")],
    )  # fmt: skip
    assert (row["value"], row["n"]) == (300, 2)
    assert unlike(found) == [("1", 3600, 0, "rule.own_message"), ("2", 3000, 600, "rule.from_last_opening")]


def test_chatwoot_counts_every_resolution_from_creation() -> None:
    moves = [("10:00", "open", "resolved"), ("11:00", "resolved", "open"), ("13:00", "open", "resolved")]
    row, found = both(
        "chatwoot", "full_resolution",
        tickets=[ticket(status="resolved", resolved_at="2026-03-02 13:00")],
        changes=[change("1", f"2026-03-02 {moment}", to, from_value=before) for moment, before, to in moves],
    )  # fmt: skip
    assert (row["value"], row["n"]) == ((3600 + 14_400) / 2, 2)
    assert unlike(found) == [("1", 14_400, 3600, "rule.every_resolution")]


def test_a_system_without_a_rule_says_so() -> None:
    made, settings = tables([ticket()]), desk()
    facts = build_facts(made, settings)
    with pytest.raises(NotRuledError):
        ruled_figures([metric("fcr_one_touch")], ruled("chatwoot", made, settings, facts), Scope())
    with pytest.raises(NotRuledError):
        ruled_figures([metric("backlog")], ruled("zendesk", made, settings, facts), Scope())
    assert thing_of(metric("first_response_business_p90")) == "first_response"
    assert thing_of(metric("first_response_calendar_waiting_p50")) is None


@pytest.mark.parametrize("system", sorted(RULES))
def test_where_the_rules_agree_nothing_differs(system: str) -> None:
    made = [ticket(team="a", status="resolved", first_responded_at="2026-03-02 09:30", resolved_at="2026-03-02 12:00",
                   replies=1, reopens=0)]  # fmt: skip
    for thing in RULES[system]:
        row, found = both(system, thing, tickets=made, ratings=[rating("1", 5, "2026-03-02 13:00")])
        assert row["n"] == 1
        assert found == []
