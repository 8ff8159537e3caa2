"""What the days since the last working day left behind, held against plain counting."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from dashboard.services.analysis.backlog import standing
from dashboard.services.analysis.standup import days_of, next_opening
from dashboard.services.analysis.standup_more import full, oldest_by_team, this_morning
from dashboard.services.analysis.wallboard import board
from dashboard.settings import desk_settings
from dashboard.triage.promise_times import offered, typed
from metrics.desk import DeskSettings, Target
from metrics.facts import Facts, build_facts
from metrics.model import Scope
from metrics.tables import TICKETS, Tables

FRIDAY = datetime(2026, 3, 20, 20, tzinfo=UTC)
SETTINGS = DeskSettings("UTC", (), (Target("first_response", 1800, "calendar"), Target("resolution", 7200, "calendar")))


def ticket(number: int, created: datetime, **columns: Any) -> dict[str, Any]:
    return {"source": "s", "ticket_id": f"T{number}", "created_at": created, "status": "open", **columns}


def facts_of(*rows: dict[str, Any]) -> Facts:
    filled = [{**dict.fromkeys(TICKETS.schema), **row} for row in rows]
    return build_facts(Tables.of(tickets=pl.DataFrame(filled, schema=TICKETS.schema)), SETTINGS, as_of=FRIDAY)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_a_morning_counts_what_came_left_stands_and_broke() -> None:
    thursday = FRIDAY - timedelta(days=1)
    facts = facts_of(
        ticket(1, thursday, team="A"),  # broken twice: no answer, not resolved
        ticket(2, thursday, team="A", first_responded_at=thursday + hours(0.1), resolved_at=thursday + hours(1),
               status="closed", closed_at=thursday + hours(2)),
        ticket(3, FRIDAY - hours(0.1), team="B"),  # still runs
        ticket(4, FRIDAY - timedelta(days=9), team="B", first_responded_at=FRIDAY - timedelta(days=9),
               resolved_at=FRIDAY - timedelta(days=5), status="resolved"),
    )  # fmt: skip
    found = this_morning(facts, SETTINGS, Scope(), days=days_of(date(2026, 3, 21), SETTINGS))
    assert (found.came, found.left) == (1, 0)  # of Friday
    assert found.open == 2
    assert sum(n for _band, n in found.ages) == 2
    assert found.unconfirmed == 1
    thursdays = this_morning(facts, SETTINGS, Scope(), days=days_of(date(2026, 3, 20), SETTINGS))
    assert (thursdays.came, thursdays.left) == (2, 1)
    assert thursdays.broken == 2
    assert oldest_by_team(facts, Scope()).select("team", "ticket_id", "waiting_seconds").rows() == [
        ("A", "T1", 86_400), ("B", "T3", 360),
    ]  # fmt: skip


def test_only_who_has_much_more_than_the_others_of_the_team_is_full() -> None:
    had = {"Fang": 9, "Li": 3, "Wu": 4, "Alone": 30}
    rows = [(name, n) for name, many in had.items() for n in range(many)]
    facts = facts_of(
        *(ticket(place, FRIDAY - hours(1), agent=name, team="B" if name == "Alone" else "A")
          for place, (name, _n) in enumerate(rows))
    )  # fmt: skip
    still_open = standing(facts, Scope())
    assert full(still_open, []).rows() == [("A", "Fang", 9, 4.0)]
    assert full(still_open, ["Fang"]).is_empty()


def test_the_wall_tells_of_now_and_of_today() -> None:
    facts = facts_of(
        ticket(1, FRIDAY - hours(5)),
        ticket(2, FRIDAY - hours(4), first_responded_at=FRIDAY - hours(3.9), resolved_at=FRIDAY - hours(3),
               status="resolved"),
        ticket(3, FRIDAY - hours(30), first_responded_at=FRIDAY - hours(29.9)),
    )  # fmt: skip
    found = board(facts, Scope())
    assert (found.open, found.waiting, found.breached, found.oldest) == (2, 1, 2, 5 * 3600)
    assert (found.came, found.left) == (2, 1)
    assert found.attainment == 0.5  # of ticket 2 both kept, of ticket 1 both broken; ticket 3 broke yesterday


def test_the_next_opening_leaves_out_days_off_and_keeps_make_up_days() -> None:
    office = (
        '[[calendar]]\nname = "o"\nvalid_from = 1970-01-01\nweekdays = "09:00-18:00"\n'
        'days = { 2026-03-22 = "10:00-12:00", 2026-03-23 = "closed" }\n'
    )
    settings = desk_settings("Asia/Shanghai", office)
    friday = datetime(2026, 3, 20, 4, tzinfo=UTC)
    sunday = next_opening(friday, settings)
    assert sunday.isoformat() == "2026-03-22T10:00:00+08:00"
    assert next_opening(sunday, settings).isoformat() == "2026-03-24T09:00:00+08:00"
    times = offered(friday, settings)
    assert [one.astimezone(UTC).isoformat()[:16] for one in times[:3]] == [
        "2026-03-20T05:00", "2026-03-20T06:00", "2026-03-20T09:00",
    ]  # fmt: skip
    assert times == tuple(sorted(times))
    assert sunday in times


def test_a_typed_time_is_today_or_tomorrow_or_the_day_named() -> None:
    noon = datetime(2026, 3, 20, 4, tzinfo=UTC)
    zone = "Asia/Shanghai"
    told = {text: typed(text, noon, zone) for text in ("15:30", "9:00", "2026-03-21 09:00", "25:00", "soon", "")}
    assert {text: at.isoformat()[:16] if at else None for text, at in told.items()} == {
        "15:30": "2026-03-20T15:30", "9:00": "2026-03-21T09:00", "2026-03-21 09:00": "2026-03-21T09:00",
        "25:00": None, "soon": None, "": None,
    }  # fmt: skip
