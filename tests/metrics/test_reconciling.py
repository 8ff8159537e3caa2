"""A source's own figures beside ours: what is the same, and which rule explains the rest."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from metrics.facts import Facts, build_facts
from metrics.reconciling import SAME, reconciled, summary
from metrics.rules import ruled
from tests.builders import desk, message, tables, ticket

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday on which the desk opens just then."""


def facts_with(own: Mapping[str, Sequence[str | None]], *, hours: Sequence[float | None]) -> Facts:
    rows = [
        ticket(
            str(at), "2026-03-02 09:00", source="zendesk", status="resolved", resolved_at=BEGAN + timedelta(hours=400),
            first_responded_at=None if wait is None else BEGAN + timedelta(hours=wait),
            **{f"x_own_{name}": cells[at] for name, cells in own.items()},
        )
        for at, wait in enumerate(hours)
    ]  # fmt: skip
    return build_facts(tables(rows), desk())


def whys(rows: pl.DataFrame, figure: str) -> list[str]:
    return rows.filter(figure=figure).sort("ticket_id")["why"].to_list()


def test_less_than_a_minute_is_the_rounding_of_the_source() -> None:
    facts = facts_with({"first_response_calendar_seconds": ["7200", "7141", "7139"]}, hours=[2, 2, 2])
    rows = reconciled(facts, {})
    assert whys(rows, "first_response_calendar_seconds") == [SAME, SAME, "reconcile.unexplained"]
    assert rows["difference"].to_list() == [0.0, -59.0, -61.0]


def test_whole_quarters_of_an_hour_speak_of_a_time_zone() -> None:
    facts = facts_with({"first_response_calendar_seconds": ["36000", "27000", "600000"]}, hours=[2, 2, 2])
    assert whys(reconciled(facts, {}), "first_response_calendar_seconds") == [
        "reconcile.time_zone", "reconcile.time_zone", "reconcile.unexplained",
    ]  # fmt: skip


def test_what_only_the_source_knows_is_said_to_be_so() -> None:
    facts = facts_with({"first_response_calendar_seconds": ["600", None]}, hours=[None, None])
    rows = reconciled(facts, {})
    assert rows.select("ticket_id", "ours", "theirs", "why").rows() == [("0", None, 600.0, "reconcile.only_theirs")]


def test_other_opening_hours_are_proved_by_the_same_calendar_time() -> None:
    own = {"first_response_calendar_seconds": ["7200", "9"], "first_response_business_seconds": ["100", "100"]}
    facts = facts_with(own, hours=[2, 2])
    assert whys(reconciled(facts, {}), "first_response_business_seconds") == [
        "reconcile.other_hours", "reconcile.unexplained",
    ]  # fmt: skip


def test_a_clock_that_never_stands_is_told() -> None:
    facts = facts_with({"first_response_business_seconds": ["108000"]}, hours=[30])
    assert facts.tickets["first_response_business_seconds"][0] != 108000
    assert whys(reconciled(facts, {}), "first_response_business_seconds") == ["reconcile.calendar_time"]


def test_another_verdict_comes_from_another_target_or_from_counting_what_still_runs() -> None:
    facts = facts_with({"first_response_met": ["true", "false", "true"]}, hours=[2, 2, 2])
    frame = facts.tickets.with_columns(first_response_met=pl.Series([True, True, None]))
    rows = reconciled(Facts(**{**vars(facts), "tickets": frame}), {})
    assert whys(rows, "first_response_met") == [SAME, "reconcile.other_target", "reconcile.still_running"]


def test_the_systems_own_rule_explains_what_it_alone_gives() -> None:
    """The desk wrote first: there the wait ends with its second reply, here it begins at the customer's message."""
    said = [
        message("1", "2026-03-02 09:00", "agent"), message("1", "2026-03-02 10:00"),
        message("1", "2026-03-02 12:00", "agent"),
    ]  # fmt: skip
    row = ticket("1", "2026-03-02 09:00", source="desk", x_own_first_response_calendar_seconds=str(3 * 3600))
    made, settings = tables([row], said), desk()
    facts = build_facts(made, settings)
    found = reconciled(facts, {"desk": ruled("zendesk", made, settings, facts)})
    assert found.select("ours", "theirs", "why").rows() == [(7200.0, 10800.0, "rule.second_comment")]


def test_the_summary_adds_up_to_the_rows() -> None:
    own = {"first_response_calendar_seconds": ["7200", "36000", "600", None]}
    facts = facts_with(own, hours=[2, 2, None, 2])
    rows = reconciled(facts, {})
    line = summary(rows).row(0, named=True)
    assert line["told"] == rows.height == line["same"] + line["explained"] + line["unexplained"] == 3
    assert (line["both"], line["same"]) == (2, 1)


def test_a_desk_whose_sources_say_nothing_has_no_rows() -> None:
    facts = facts_with({}, hours=[2])
    assert reconciled(facts, {}).is_empty()
