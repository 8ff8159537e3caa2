"""The steps of the tiers, worked out by hand."""

from typing import Any

from metrics.desk import Target
from metrics.facts.tiers import STEPS
from tests.builders import ALWAYS, Row, calendar, change, desk, facts, message, ticket, value

SETTINGS = desk(
    Target("acknowledge", 60, where={"tier": "first_line"}),
    Target("acknowledge", 600, where={"tier": "specialist"}),
    Target("detailed_answer", 1800, where={"tier": "specialist"}),
    Target("joint_start", 7200, where={"tier": "cross_team"}),
    Target("interim_plan", 14_400, where={"tier": "cross_team"}),
    calendars=(calendar(weekly=ALWAYS),),
)


def moved(at: str, before: str | None, after: str, **columns: Any) -> Row:
    return change("1", at, after, field="tier", from_value=before, **columns)


def told(*rows: Row, as_of: str | None = None, **columns: Any) -> list[tuple[Any, ...]]:
    """thing, tier, state, minute of the start, minute of the end, who, of one ticket of Monday 09:00."""
    messages = [row for row in rows if "message_id" in row]
    changes = [row for row in rows if "field" in row]
    made = facts([ticket(**{"tier": "first_line", **columns})], messages, changes, settings=SETTINGS, as_of=as_of)
    return [
        (run["thing"], run["tier"], run["state"], f"{run['started_at']:%H:%M}",
         run["done_at"] and f"{run['done_at']:%H:%M}", run["agent"])
        for run in made.sla_instances.to_dicts() if run["thing"] in STEPS
    ]  # fmt: skip


UP = moved("2026-03-02 10:00", "first_line", "specialist", by="Ann")
"""Ann hands the ticket on to the specialists."""


def test_the_first_line_acknowledges_by_a_reply_a_note_an_assignment_or_a_status() -> None:
    anything = (
        message("1", "2026-03-02 09:01", "agent", author="Ann"),
        message("1", "2026-03-02 09:01", "agent", author="Ann", is_public=False),
        change("1", "2026-03-02 09:01", "Ann", field="agent"),
        change("1", "2026-03-02 09:01", "open", from_value="new", by="Ann"),
    )
    for sign in anything:
        assert told(sign, UP)[0] == ("acknowledge", "first_line", "met", "09:00", "09:01", "Ann"), sign


def test_a_bot_a_customer_and_an_opening_by_the_customer_are_no_sign_of_work() -> None:
    idle = (
        message("1", "2026-03-02 09:01", "bot"), message("1", "2026-03-02 09:01"),
        change("1", "2026-03-02 09:01", "open", from_value="pending"),
        change("1", "2026-03-02 09:00", "Ann", field="agent", from_value=None),
    )  # fmt: skip
    for sign in idle:
        assert told(sign, UP)[0] == ("acknowledge", "first_line", "breached", "09:00", "10:00", "Ann"), sign


def test_what_happens_with_the_hand_over_is_not_yet_work_of_the_next_tier() -> None:
    runs = told(
        UP, change("1", "2026-03-02 10:00", "Eve", field="agent", from_value="Ann"),
        message("1", "2026-03-02 10:00", "agent", author="Ann"),
        message("1", "2026-03-02 10:05", "agent", author="Eve", is_public=False),
        message("1", "2026-03-02 10:40", "agent", author="Eve"),
    )  # fmt: skip
    assert ("acknowledge", "specialist", "met", "10:00", "10:05", "Eve") in runs
    assert ("detailed_answer", "specialist", "breached", "10:00", "10:40", "Eve") in runs


def test_handing_it_on_is_a_sign_of_work_and_the_answer_is_no_longer_due_there() -> None:
    runs = told(UP, moved("2026-03-02 10:08", "specialist", "cross_team", by="Eve"), as_of="2026-03-02 11:00")
    assert ("acknowledge", "specialist", "met", "10:00", "10:08", "Eve") in runs
    assert [run[:3] for run in runs if run[0] == "detailed_answer"] == []
    talking = told(
        UP, moved("2026-03-02 10:08", "specialist", "cross_team", by="Eve"),
        message("1", "2026-03-02 09:10", "agent", author="Ann"), as_of="2026-03-02 11:00",
    )  # fmt: skip
    assert ("detailed_answer", "specialist", "cancelled", "10:00", None, None) in talking
    assert ("joint_start", "cross_team", "running", "10:08", None, None) in talking
    assert ("interim_plan", "cross_team", "running", "10:08", None, None) in talking


def test_joint_work_starts_with_anything_and_the_plan_is_what_the_customer_reads() -> None:
    third = moved("2026-03-02 10:00", "specialist", "cross_team")
    note = message("1", "2026-03-02 11:00", "agent", author="Fay", is_public=False)
    plan = message("1", "2026-03-02 13:30", "agent", author="Gus")
    runs = told(third, note, plan)
    assert ("joint_start", "cross_team", "met", "10:00", "11:00", "Fay") in runs
    assert ("interim_plan", "cross_team", "met", "10:00", "13:30", "Gus") in runs


def test_a_ticket_that_comes_back_to_a_tier_runs_there_again() -> None:
    made = facts(
        [ticket(tier="specialist")],
        [message("1", "2026-03-02 10:01", "agent"), message("1", "2026-03-02 12:20", "agent")],
        [UP, moved("2026-03-02 11:00", "specialist", "first_line"),
         moved("2026-03-02 12:00", "first_line", "specialist")],
        settings=SETTINGS,
    )  # fmt: skip
    runs = [
        row for row in made.sla_instances.to_dicts() if row["tier"] == "specialist" and row["thing"] == "acknowledge"
    ]
    assert [(row["run"], row["state"]) for row in runs] == [(2, "met"), (4, "breached")]


def test_where_a_source_tells_nothing_of_tiers_or_of_work_there_is_no_step() -> None:
    assert told() == []
    assert told(message("1", "2026-03-02 09:01", "agent")) == []
    assert told(UP)[0][:3] == ("acknowledge", "first_line", "breached")
    silent = facts([ticket(tier="specialist", escalated_at="2026-03-02 10:00")], settings=SETTINGS)
    assert silent.sla_instances.is_empty()


def test_an_escalation_by_its_stamp_alone_starts_the_steps_of_the_higher_tier() -> None:
    reply = message("1", "2026-03-02 10:20", "agent", author="Eve")
    runs = told(reply, tier="specialist", escalated_at="2026-03-02 10:00")
    assert runs == [
        ("acknowledge", "specialist", "breached", "10:00", "10:20", "Eve"),
        ("detailed_answer", "specialist", "met", "10:00", "10:20", "Eve"),
    ]
    assert told(reply, tier="first_line", escalated_at="2026-03-02 10:00") == []


def test_before_a_later_escalation_the_ticket_stood_with_the_earlier_tier() -> None:
    early = told(UP, message("1", "2026-03-02 09:00", "bot"), tier="specialist", as_of="2026-03-02 09:00")
    assert early == []
    runs = told(
        change("1", "2026-03-02 09:00", "new"), moved("2026-03-02 08:59", None, "first_line"), UP,
        tier="specialist", as_of="2026-03-02 09:01",
    )  # fmt: skip
    assert runs == [("acknowledge", "first_line", "running", "09:00", None, None)]


def test_attainment_is_split_by_thing() -> None:
    made = facts(
        [ticket(tier="specialist")], [message("1", "2026-03-02 10:20", "agent")], [UP], settings=SETTINGS
    )  # fmt: skip
    assert value("sla_attainment", made, where={"thing": ("detailed_answer",)}) == 1
    assert value("sla_attainment", made, where={"thing": ("acknowledge",)}) == 0
