"""A month of very many tickets is measured in slices: facts and rollups are those of the whole."""

from datetime import UTC, datetime

import polars as pl
import pytest

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts import measuring
from dashboard.services.facts.figures import facts_of, prepare
from loaders.warehouse.months import Span
from tests.builders import message, rating
from tests.dashboard.services.facts import test_monthly
from tests.dashboard.services.facts.test_monthly import assert_right, busy, keep, newest, over

large, made, desk = test_monthly.large, test_monthly.made, test_monthly.desk
"""Fixtures."""


def test_a_month_measured_in_slices_is_the_month(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SLICE", 70)
    keep(desk, busy())
    facts = assert_right(desk)
    assert facts.tickets["created_at"].is_sorted()
    assert list(desk.facts_folder.glob("*/*/tickets.1.parquet"))


def test_what_only_a_later_slice_tells_of_its_source_holds_for_the_earlier_ones(
    desk: Desk, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "SLICE", 1)
    rows = [over("1", "2026-01-05 09:00", customer="Li"), over("2", "2026-01-06 09:00", customer="Li")]
    stars = [rating("1", 5, "2026-03-06 10:00"), rating("3", 4, "2026-01-09 10:00")]
    keep(desk, {"tickets": [*rows, over("3", "2026-01-07 09:00", escalated_at="2026-01-07 09:30")], "ratings": stars})
    facts = assert_right(desk)
    assert facts.tickets["is_escalated"].to_list() == [False, False, True]
    assert facts.tickets["fcr_repeat_7d"].to_list() == [False, True, None]
    made.clear()
    keep(desk, {"tickets": [over("late", "2026-07-09 09:00")]})
    assert assert_right(desk).ratings.height == 2
    assert made == ["2026-07"]


def test_a_customer_who_comes_again_in_a_later_slice_or_month_is_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "SLICE", 2)
    days = ("2026-01-03", "2026-01-05", "2026-01-20", "2026-01-30", "2026-02-02", "2026-02-03", "2026-06-01")
    rows = [over(str(n), f"{day} 09:00", customer=f"c{n % 2}") for n, day in enumerate(days)]
    talk = [message(str(n), f"{day} 10:00", "agent") for n, day in enumerate(days)]
    keep(desk, {"tickets": rows, "messages": talk})
    assert assert_right(desk).tickets["next_contact_seconds"].to_list() == [
        86_400 * days if days else None for days in (17, 25, 13, 4, None, None, None)
    ]


def test_rows_that_are_too_many_to_keep_are_read_for_each_slice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SLICE", 70)
    monkeypatch.setattr("dashboard.services.facts.months.KEPT", 0)
    keep(desk, busy())
    prepare(COMMAND_LINE, desk, newest(desk))
    assert facts_of(COMMAND_LINE, desk).tickets.height == len(list(busy()["tickets"]))


def test_spans_hold_each_ticket_once() -> None:
    at = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    frame = pl.DataFrame({"created_at": at}, schema={"created_at": pl.Datetime("us", "UTC")})
    spans = [Span(None, at[1]), Span(at[1], at[3]), Span(at[3], None)]
    held = [frame.filter(span.holds())["created_at"].to_list() for span in spans]
    assert held == [at[:1], at[1:3], at[3:]]
