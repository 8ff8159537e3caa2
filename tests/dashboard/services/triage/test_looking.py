"""The rules look at a large desk slice by slice: they find what they find at once, and hold no other ticket."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, SERVER
from dashboard.services.facts import measuring
from dashboard.services.facts.figures import facts_in_slices, facts_of
from dashboard.services.triage.acts import ways_of
from dashboard.services.triage.looking import TICKET, looked
from dashboard.services.triage.running import evaluate
from dashboard.triage.opening import told_of
from metrics.facts import of_tickets
from metrics.triage import evaluate as look
from tests.builders import change, message, rating, ticket
from tests.dashboard.services.facts import test_monthly
from tests.dashboard.services.facts.test_monthly import keep, newest, over

large, desk = test_monthly.large, test_monthly.desk
"""Fixtures."""
DAY = "2026-06-20"
TICKETS = [
    over("sure", "2026-01-05 09:00") | {"status": "confirmed"},
    ticket("unsure", "2026-06-16 09:00", status="resolved", resolved_at="2026-06-16 10:00"),
    ticket("words", f"{DAY} 09:00"),
    ticket("complaint", "2026-05-20 09:00", type="complaint"),
    ticket("silent", "2026-04-20 09:00"),
    over("rated", "2026-02-05 09:00"),
    over("newest", f"{DAY} 18:00"),
]


def a_desk(desk: Desk) -> None:
    said = [message("words", f"{DAY} 09:01", text="I will call my LAWYER, 我要投诉")]
    keep(desk, {"tickets": TICKETS, "messages": said, "ratings": [rating("rated", 1, f"{DAY} 10:00")]})


def test_what_is_found_slice_by_slice_is_what_is_found_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SLICE", 2)
    a_desk(desk)
    rules = ways_of(SERVER, desk).settings.rules
    asked = pl.DataFrame([("desk", "rated"), ("desk", "never there")], schema=TICKET, orient="row")
    facts, found = looked(SERVER, desk, rules, None, asked)
    messages = desk.warehouse.scan("messages", newest(desk).versions)
    whole = facts_of(COMMAND_LINE, desk)
    wanted = look(whole, rules, messages=messages)
    assert len(list(facts_in_slices(SERVER, desk).read())) > len(whole.tickets["created_at"].dt.month().unique())
    assert_frame_equal(found, wanted, check_row_order=False)
    assert set(wanted["rule"]) >= {"overdue", "no_response", "unconfirmed", "complaint", "low_rating", "words"}
    kept = of_tickets(whole, pl.concat([asked, wanted.select(*TICKET)]))
    assert_frame_equal(told_of(facts), told_of(kept), check_row_order=False)
    assert 0 < facts.tickets.height < whole.tickets.height
    damaged = max(desk.facts_folder.glob("*/*/tickets.parquet"))
    damaged.write_bytes(bytes(damaged.stat().st_size))
    assert_frame_equal(looked(SERVER, desk, rules, None, asked)[1], wanted, check_row_order=False)


def test_an_item_ends_with_its_ticket_though_no_rule_finds_it_any_more(desk: Desk) -> None:
    a_desk(desk)
    first = evaluate(SERVER, desk)
    assert first.opened
    assert evaluate(SERVER, desk).opened == 0
    solved = {"status": "closed", "resolved_at": "2026-06-21 10:00", "closed_at": "2026-06-21 10:00"}
    keep(desk, {
        "tickets": [ticket("silent", "2026-04-20 09:00", **solved)],
        "changes": [change("silent", "2026-06-21 10:00", "closed")],
    })  # fmt: skip
    again = evaluate(SERVER, desk)
    assert again.settled >= 1
    assert again.opened < first.opened
