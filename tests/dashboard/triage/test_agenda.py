"""What a stand-up talks about, and in which order."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from dashboard.triage.agenda import agenda, counts, kept_of, worth_saying
from metrics.tables import INSTANT

NINE, NOON = datetime(2026, 3, 20, 9, tzinfo=UTC), datetime(2026, 3, 20, 12, tzinfo=UTC)
TOMORROW = datetime(2026, 3, 21, 9, tzinfo=UTC)
CALM: dict[str, Any] = {"is_complaint": False, "is_acknowledged": True, "late_seconds": None, "reopen_count": 0,
                        "due_at": None, "next_update_at": None}  # fmt: skip


def queue(*rows: dict[str, Any]) -> pl.DataFrame:
    told = [{"id": place, "place": place, **CALM, **row} for place, row in enumerate(rows, 1)]
    types: dict[str, pl.DataType] = {"due_at": INSTANT, "next_update_at": INSTANT, "late_seconds": pl.Int64()}
    return pl.DataFrame(told, schema_overrides=types)


def test_everything_that_needs_the_meeting_is_on_the_list_once_with_all_its_reasons() -> None:
    found = queue(
        {},
        {"due_at": NOON},
        {"reopen_count": 1, "is_acknowledged": False},
        {"late_seconds": 60},
        {"is_complaint": True, "is_acknowledged": False, "late_seconds": 5},
        {"is_complaint": True},
        {},
        {"next_update_at": TOMORROW, "due_at": datetime(2026, 3, 25, tzinfo=UTC)},
        {"due_at": datetime(2026, 3, 21, 9, 1, tzinfo=UTC)},
    )
    points = agenda(found, woken=frozenset({7}), until=TOMORROW)
    assert dict(points.select("id", "kinds").iter_rows()) == {
        5: ["complaint", "overdue", "unacknowledged"],
        4: ["overdue"],
        3: ["unacknowledged", "reopened"],
        7: ["snooze"],
        2: ["due"],
        8: ["due"],
    }
    assert points["id"].to_list() == [5, 4, 3, 7, 2, 8]
    assert counts(points, found) == {
        "open": 9, "complaint": 1, "overdue": 2, "unacknowledged": 2, "reopened": 1, "snooze": 1, "due": 2,
    }  # fmt: skip


def test_what_one_reason_says_another_does_not_repeat() -> None:
    assert worth_saying(["complaint", "overdue", "unacknowledged", "due"]) == ["complaint", "overdue"]
    assert worth_saying(["overdue", "unacknowledged", "reopened", "due"]) == ["overdue", "unacknowledged", "reopened"]
    assert worth_saying(["unacknowledged", "due"]) == ["unacknowledged", "due"]
    assert worth_saying(["promise"]) == ["promise"]


def test_a_calm_queue_needs_no_meeting() -> None:
    found = queue({}, {})
    assert agenda(found, woken=frozenset(), until=TOMORROW).is_empty()
    assert counts(agenda(found, woken=frozenset(), until=TOMORROW), found)["overdue"] == 0


def test_what_is_kept_of_a_row_can_be_written_as_json() -> None:
    assert kept_of({"due_at": NINE, "rules": ["overdue"], "owner": "Li", "late_seconds": None}) == {
        "rules": ["overdue"], "due_at": "2026-03-20T09:00:00+00:00",
    }  # fmt: skip
