"""Calls, people's time and what customers bought, worked out by hand."""

from datetime import date
from typing import Any

import pytest

from metrics.absence import absence
from metrics.catalog import metric
from metrics.desk import DeskSettings, EarlierRules, ServiceGoal
from metrics.facts import Facts
from tests.builders import Row, desk, facts, interval, outcome, rows, state, ticket, value

MORNING = (
    interval("2026-03-02 09:00", 20, answered=18, abandoned=2, answered_within_target=15, abandoned_within_target=1,
             abandoned_short=1, handle_seconds=4500.0, wait_seconds=260.0, answered_wait_seconds=216.0),
    interval("2026-03-02 09:30", 30, answered=24, abandoned=6, answered_within_target=15, abandoned_within_target=4,
             abandoned_short=2, handle_seconds=7200.0, wait_seconds=900.0, answered_wait_seconds=600.0),
    interval("2026-03-02 10:00", 10, answered=10, abandoned=0, answered_within_target=10, abandoned_within_target=0,
             abandoned_short=0, handle_seconds=1800.0, wait_seconds=40.0, answered_wait_seconds=40.0),
)  # fmt: skip


def at_work(*states: Row, settings: DeskSettings | None = None, as_of: str | None = None, **more: Any) -> Facts:
    return facts(more.pop("tickets", ()), settings=settings, as_of=as_of, agent_states=states, **more)


def day(of: Facts) -> dict[str, Any]:
    (row,) = of.agent_time.to_dicts()
    return row


def test_the_figures_of_a_morning_at_the_hotline() -> None:
    made = facts(arrivals=MORNING)
    assert value("calls_offered", made) == 60
    assert value("calls_answered", made) == 52
    assert value("calls_abandoned", made) == 8
    assert value("abandonment", made) == 8 / 60
    assert value("handle_time_calendar_mean", made) == 13_500 / 52
    assert value("asa_calendar_mean", made) == 1200 / 60
    assert value("asa_served_calendar_mean", made) == 856 / 52
    assert value("service_level", made) == 40 / (52 + 8 - 5)
    by_hour = rows("service_level", made, every="hour", by=["channel"])
    assert [(row["value"], row["n"]) for row in by_hour] == [(30 / 45, 45), (1, 10)]


def test_where_only_short_hang_ups_are_told_the_others_count_as_late() -> None:
    made = facts(arrivals=[{**row, "abandoned_within_target": None} for row in MORNING])
    assert value("service_level", made) == 40 / (52 + 8 - 3)


def test_where_no_early_hang_ups_are_told_there_is_no_service_level_not_even_of_quiet_intervals() -> None:
    silent = [{**row, "abandoned_within_target": None, "abandoned_short": None} for row in MORNING]
    made = facts(arrivals=silent)
    assert value("service_level", made) is None
    assert "abandoned_within_target, or abandoned_short" in str(absence(metric("service_level"), made))


def test_counts_by_another_target_make_no_service_level() -> None:
    named = [{**row, "target_seconds": 30} for row in MORNING]
    assert value("service_level", facts(arrivals=named)) is None
    assert "[service_level]" in str(absence(metric("service_level"), facts(arrivals=named)))
    agreed = desk(answer_within_seconds=30)
    assert value("service_level", facts(arrivals=named, settings=agreed)) == 40 / 55
    since = desk(answer_within_seconds=30, earlier=(EarlierRules(date(2026, 3, 3), (), 0.75, False, 20),))
    assert value("service_level", facts(arrivals=named, settings=since)) is None


def test_a_channel_is_judged_by_its_own_goal_on_the_days_on_which_it_holds() -> None:
    named = [{**row, "target_seconds": 30} for row in MORNING]

    def level(*goals: ServiceGoal) -> float | None:
        return value("service_level", facts(arrivals=named, settings=desk(service_goals=goals)))

    calls, before = ServiceGoal("phone", 0.8, 30), ServiceGoal("phone", 0.8, 60)
    assert level(calls) == 40 / 55
    assert level(ServiceGoal("chat", 0.8, 30)) is None, "calls go on having the desk's 20 seconds"
    assert level(before, ServiceGoal("phone", 0.9, 30, date(2026, 3, 2))) == 40 / 55
    assert level(calls, ServiceGoal("phone", 0.9, 60, date(2026, 3, 3))) == 40 / 55, "that of the next day"
    assert level(ServiceGoal("phone", 0.8, 30, until=date(2026, 3, 2))) is None, "an agreement that has ended"


def test_an_interval_that_is_not_over_is_not_counted_yet() -> None:
    assert value("calls_offered", facts(arrivals=MORNING, as_of="2026-03-02 10:29")) == 50
    assert value("calls_offered", facts(arrivals=MORNING, as_of="2026-03-02 10:30")) == 60
    assert facts(arrivals=MORNING).as_of.isoformat() == "2026-03-02T10:30:00+00:00"


def test_percentiles_and_all_figures_of_a_desk_without_a_switch_are_absent_with_the_reason() -> None:
    made = facts(arrivals=MORNING)
    assert absence(metric("calls_offered"), made) is None
    assert "single call" in str(absence(metric("handle_time_calendar_p90"), made))
    bare = facts([ticket()])
    assert rows("calls_offered", bare)[0]["value"] is None
    for id in ("calls_offered", "service_level", "occupancy", "conversion_rate", "kb_use", "cost_per_inquiry"):
        assert absence(metric(id), bare) is not None, id
    assert absence(metric("tickets_created"), bare) is None


def test_a_day_is_cut_at_local_midnight_and_a_state_ends_with_the_next() -> None:
    made = at_work(
        state("Ann", "available", "2026-03-02 21:00"), state("Ann", "talking", "2026-03-02 21:30", "2026-03-02 23:30"),
        state("Ann", "break", "2026-03-02 23:00"), state("Ann", "off", "2026-03-02 23:20"),
        settings=desk(zone="Europe/Berlin", calendars=()),
    )  # fmt: skip
    told = [(row["weekday"], row["available_seconds"], row["talking_seconds"], row["break_seconds"],
             row["shift_seconds"]) for row in made.agent_time.to_dicts()]  # fmt: skip
    assert told == [("1", 1800, 5400, 0, 7200), ("2", 0, 0, 1200, 1200)]
    assert value("occupancy", made) == 5400 / 7200


def test_a_state_without_an_end_lasts_until_now_but_not_over_a_night() -> None:
    now = at_work(state("Ann", "available", "2026-03-02 09:00"), as_of="2026-03-02 10:00")
    assert day(now)["available_seconds"] == 3600
    forgotten = at_work(state("Ann", "available", "2026-03-02 09:00"), as_of="2026-03-03 10:00")
    assert forgotten.agent_time.is_empty()


def test_adherence_is_presence_within_the_planned_time_that_states_reach_over() -> None:
    made = at_work(
        state("Ann", "planned", "2026-03-02 09:00", "2026-03-02 12:00", source="plan"),
        state("Ann", "planned", "2026-03-09 09:00", "2026-03-09 12:00", source="plan"),
        state("Ann", "available", "2026-03-02 09:30", "2026-03-02 10:30"),
        state("Ann", "break", "2026-03-02 10:30", "2026-03-02 10:45"),
        state("Ann", "off", "2026-03-02 10:45", "2026-03-02 13:00"),
    )
    assert value("adherence", made) == pytest.approx(75 / 180)
    assert made.as_of.isoformat() == "2026-03-02T13:00:00+00:00"


def test_tickets_per_hour_and_cost_count_what_the_same_people_resolved_on_their_days() -> None:
    solved = {"status": "resolved", "resolved_at": "2026-03-02 11:00"}
    made = at_work(
        state("Ann", "available", "2026-03-02 09:00", "2026-03-02 13:00"),
        state("Bob", "other_work", "2026-03-02 09:00", "2026-03-02 11:00"),
        tickets=[
            ticket("1", resolved_by="Ann", **solved), ticket("2", resolved_by="Ann", **solved),
            ticket("3", resolved_by="Cid", **solved),
            ticket("4", resolved_by="Ann", status="resolved", resolved_at="2026-03-03 11:00"),
        ],
        settings=desk(hourly_cost=30.0),
    )  # fmt: skip
    assert value("tickets_per_agent_hour", made) == 2 / 6
    assert value("cost_per_inquiry", made) == 6 * 30 / 2
    free = at_work(state("Ann", "available", "2026-03-02 09:00", "2026-03-02 13:00"), tickets=[ticket("1")])
    assert "must name people alike" in str(absence(metric("tickets_per_agent_hour"), free))


def test_an_hour_costs_what_was_agreed_on_its_day() -> None:
    raised = desk(hourly_cost=40.0, earlier=(EarlierRules(date(2026, 3, 3), (), 0.75, False, 20, 30.0),))
    made = at_work(
        state("Ann", "available", "2026-03-02 09:00", "2026-03-02 10:00"),
        state("Ann", "available", "2026-03-03 09:00", "2026-03-03 10:00"), settings=raised,
    )  # fmt: skip
    assert made.agent_time["cost"].to_list() == [30, 40]


def test_an_article_was_used_where_the_source_names_one_or_says_yes() -> None:
    solved = {"status": "resolved", "resolved_at": "2026-03-02 11:00"}
    named = [ticket("1", kb_article="KB-7", **solved), ticket("2", kb_article="No", **solved), ticket("3", **solved)]
    assert value("kb_use", facts([*named, ticket("4", kb_article="KB-7")])) == pytest.approx(1 / 3)
    told = facts([ticket("1", x_knowledge="true", **solved), ticket("2", x_knowledge="false", **solved)])
    assert value("kb_use", told) == 0.5


def test_who_orders_within_a_week_after_the_first_of_several_contacts_is_converted() -> None:
    asked = [
        ticket("1", "2026-03-02 09:00", customer="Li"), ticket("2", "2026-03-05 09:00", customer="Li"),
        ticket("3", "2026-03-02 09:00", customer="Wu"), ticket("4", "2026-03-02 09:00", customer=None),
        ticket("5", "2026-03-28 09:00", customer="Wu"), ticket("6", "2026-02-01 09:00", customer="Wu"),
    ]  # fmt: skip
    bought = [outcome("Li", "2026-03-09 09:00"), outcome("Xu", "2026-03-01 00:00"), outcome("Xu", "2026-03-31 00:00"),
              outcome("Wu", "2026-03-02 09:00"), outcome("Wu", "2026-03-03 09:00", "churn")]  # fmt: skip
    made = facts(asked, outcomes=bought)
    (row,) = rows("conversion_rate", made)
    assert (row["value"], row["n"]) == (0.5, 2)
    assert made.contacts.select("ticket_id", "is_converted").rows() == [
        ("6", None), ("1", True), ("3", False), ("2", None), ("5", None),
    ]  # fmt: skip


def test_who_had_bought_before_and_buys_again_within_a_month_repurchases() -> None:
    asked = [ticket(name, "2026-03-02 09:00", customer=name) for name in ("Li", "Wu", "Xu")]
    bought = [outcome("Li", "2026-03-01 09:00"), outcome("Li", "2026-04-01 09:00", "repurchase"),
              outcome("Wu", "2026-03-02 09:00"), outcome("Xu", "2026-03-20 09:00"),
              outcome("Zoe", "2026-05-01 09:00")]  # fmt: skip
    (row,) = rows("repurchase_rate", facts(asked, outcomes=bought))
    assert (row["value"], row["n"]) == (0.5, 2)


def test_outcomes_of_other_customers_tell_nothing() -> None:
    made = facts([ticket("1", customer="C-1")], outcomes=[outcome("1", "2026-03-01 09:00"), outcome("1", "2026-06-01")])
    assert value("conversion_rate", made) is None
    assert "numbers in the tickets and in the outcomes" in str(absence(metric("conversion_rate"), made))
