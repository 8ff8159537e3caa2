"""What a change would do is said before it is saved, and comes true when it is."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.agreements import SettingsError
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.services.facts.figures import figures
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.settings.effect_apart import effect_apart
from dashboard.services.settings.effects import HEADLINES, Effect, effect
from dashboard.store import LoadRow
from metrics.model import Period, Scope
from metrics.tables import RATINGS, TICKETS

OURS = """
[[calendar]]
name = "day"
daily = "09:00-18:00"
[[target]]
thing = "first_response"
within = "60 min"
[[target]]
thing = "resolution"
within = "6 h"
"""
SHORTER = OURS.replace("60 min", "30 min").replace("18:00", "15:00") + "[satisfaction]\npositive_share = 0.9\n"
FIRST, NEWEST = datetime(2025, 10, 1, 1, 30, tzinfo=UTC), datetime(2026, 5, 20, tzinfo=UTC)
MARCH = date(2026, 3, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Eight months of tickets, some still open, some resolved long after, rated; one rating without its ticket."""
    made = open_desk(tmp_path)
    every = range(460)
    created = [FIRST + timedelta(hours=12 * n, minutes=37 * (n % 11)) for n in every]
    rows = {
        "ticket_id": [str(n) for n in every],
        "created_at": created,
        "first_responded_at": [at + timedelta(minutes=7 * (n % 17)) for n, at in enumerate(created)],
        "resolved_at": [None if n % 13 == 5 else at + timedelta(hours=2 * (n % 60)) for n, at in enumerate(created)],
        "team": ["a" if n % 3 else "b" for n in every],
    }
    rated = [n for n in every if n % 4 == 0]
    given = {
        "ticket_id": [*(str(n) for n in rated), "lost"],
        "rating_id": [*(str(n) for n in rated), "lost"],
        "given_at": [*(created[n] + timedelta(days=n % 40) for n in rated), datetime(2026, 4, 4, tzinfo=UTC)],
        "score": [*(float(1 + n // 4 % 5) for n in rated), 1.0],
        "scale": [5] * (len(rated) + 1),
    }
    tables = {
        "tickets": pl.DataFrame(rows, schema={name: TICKETS.schema[name] for name in rows}),
        "ratings": pl.DataFrame(given, schema={name: RATINGS.schema[name] for name in given}),
    }
    versions = made.warehouse.commit("s", tables, base={}).versions
    entry = LoadRow(at=NEWEST, actor="a", kind="load", versions=dict(versions), as_of=NEWEST, files=[], settings={})
    with made.keeping() as session:
        session.add(entry)
    keep_agreements(COMMAND_LINE, made, OURS, since=date.min, reason="test")
    return made


def said(found: Effect, name: str) -> dict[tuple[date, str], float | None]:
    return {(row["period"], row["metric"]): row[name] for row in found.rows.to_dicts()}


def shown(desk: Desk, months: list[date]) -> dict[tuple[date, str], float | None]:
    scope = Scope(Period(min(months), date(2026, 6, 1)))
    rows = figures(COMMAND_LINE, desk, HEADLINES, scope, every="month").to_dicts()
    return {(row["period"], row["metric"]): row["value"] for row in rows}


def test_what_is_said_comes_true_to_the_last_digit(desk: Desk) -> None:
    found = effect(COMMAND_LINE, desk, SHORTER, MARCH)
    assert found is not None
    assert not found.is_sample
    assert found.months == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        MARCH,
        date(2026, 4, 1),
        date(2026, 5, 1),
    ]
    now = shown(desk, found.months)
    assert said(found, "before") == {key: now[key] for key in said(found, "before")}
    keep_agreements(COMMAND_LINE, desk, SHORTER, since=MARCH, reason="test")
    then = shown(desk, found.months)
    assert said(found, "after") == {key: then[key] for key in said(found, "after")}
    moved = {month for (month, metric), value in said(found, "after").items() if value != now[month, metric]}
    assert min(moved) == MARCH
    assert (MARCH, "csat") in said(found, "after")


def test_what_would_have_been_is_as_if_it_had_always_held(desk: Desk) -> None:
    found = effect(COMMAND_LINE, desk, SHORTER, date(2026, 5, 20))
    assert found is not None
    assert said(found, "after") != said(found, "had")
    keep_agreements(COMMAND_LINE, desk, SHORTER, since=date.min, reason="test")
    then = shown(desk, found.months)
    assert said(found, "had") == {key: then[key] for key in said(found, "had")}


def test_a_sample_is_said_to_be_one_and_is_the_same_on_both_sides(desk: Desk) -> None:
    found = effect(COMMAND_LINE, desk, SHORTER, MARCH, at_most=100)
    assert found is not None
    assert (found.is_sample, found.measured) == (True, 100)
    early = {key: value for key, value in said(found, "before").items() if key[0] < MARCH}
    assert {key: value for key, value in said(found, "after").items() if key[0] < MARCH} == early
    again = effect(COMMAND_LINE, desk, SHORTER, MARCH, at_most=100)
    assert again is not None
    assert again.rows.equals(found.rows)


def test_what_could_not_be_saved_has_no_effect_to_show(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="noon"):
        effect(COMMAND_LINE, desk, '[peak]\nhours = "noon"', MARCH)
    with pytest.raises(Denied):
        effect(Actor(1, "Wu", "agent"), desk, SHORTER, MARCH)


def test_an_empty_desk_has_nothing_to_change(tmp_path: Path) -> None:
    assert effect(COMMAND_LINE, open_desk(tmp_path / "empty"), OURS, MARCH) is None


def test_a_process_of_its_own_says_the_same_and_how_far_it_is(desk: Desk) -> None:
    told: list[float | None] = []
    apart = effect_apart(COMMAND_LINE, desk, SHORTER, MARCH, on_progress=lambda progress: told.append(progress.done))
    here = effect(COMMAND_LINE, desk, SHORTER, MARCH)
    assert apart is not None
    assert here is not None
    assert apart.rows.equals(here.rows)
    assert (apart.tickets, apart.measured, apart.since) == (here.tickets, here.measured, here.since)
    assert told == [None, 0.25, 0.5, 0.75]
