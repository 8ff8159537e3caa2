"""Figures of foreign exports against what an independent count of the same files gave."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from loaders.base import Built
from loaders.build import build
from loaders.catalog import sources
from loaders.proposal import propose
from loaders.reading import read_file
from metrics.facts import Facts, build_facts
from metrics.tables import Tables
from tests.builders import calendar, desk, rows, value
from tests.oracles.tickets import World, judge, live

MINUTE = 60
Loaded = tuple[Built, Facts]


def loaded(path: Path, *, zone: str, source: str | None = None) -> Loaded:
    raw = read_file(path)
    built = build(raw, sources()[source] if source else propose(raw).mapping, source="foreign", zone=zone)
    wanted = {
        name: frame for name, frame in built.tables.items() if name in {"tickets", "messages", "changes", "ratings"}
    }
    return built, build_facts(Tables.of(**wanted), desk(zone=zone, calendars=(calendar(zone=zone),)))


@pytest.fixture(scope="module")
def servicenow(shared_data: Path) -> Loaded:
    return loaded(shared_data / "servicenow" / "incident_event_log.csv.gz", zone="UTC", source="servicenow")


@pytest.fixture(scope="module")
def twitter(shared_data: Path) -> Loaded:
    return loaded(shared_data / "twitter_support" / "twcs_first5000.csv", zone="UTC")


def test_resolutions_of_an_event_log(servicenow: Loaded) -> None:
    _, facts = servicenow
    assert value("tickets_created", facts) == 20_769
    assert value("tickets_resolved", facts) == 19_351
    assert value("closed_without_resolution", facts) == 1_418
    assert value("full_resolution_calendar_p50", facts) == 1_476 * MINUTE
    assert value("full_resolution_calendar_mean", facts) == pytest.approx(11_260.68 * MINUTE, abs=0.005 * MINUTE)
    assert value("reopen_rate", facts) == pytest.approx(0.01127, abs=0.000005)
    by_priority = {
        row["priority"]: row["value"] for row in rows("full_resolution_calendar_p50", facts, by=["priority"])
    }
    medians = {"urgent": 4_690, "important": 2_899, "normal": 1_457.5, "low": 1_371}
    assert by_priority == {priority: minutes * MINUTE for priority, minutes in medians.items()}


def test_first_resolutions_of_an_event_log_are_the_earliest_of_its_states(servicenow: Loaded) -> None:
    built, facts = servicenow
    stamps = dict(built.tables["tickets"].select("ticket_id", "resolved_at").iter_rows())
    first: dict[str, datetime] = {}
    changed = built.tables["changes"].filter(pl.col("field") == "status").select("ticket_id", "at", "to_value")
    for ticket_id, at, state in changed.iter_rows():
        if state in {"resolved", "confirmed", "closed"} and stamps[ticket_id] is not None:
            first[ticket_id] = min(first.get(ticket_id, stamps[ticket_id]), at)
    found = facts.tickets.drop_nulls("first_resolution_at").select("ticket_id", "first_resolution_at")
    assert dict(found.iter_rows()) == first
    earlier = sum(at < stamps[ticket_id] for ticket_id, at in first.items())
    assert (earlier, len(first)) == (489, 19_350)
    assert value("first_resolution_calendar_mean", facts) == pytest.approx(10_961.46 * MINUTE, abs=0.005 * MINUTE)


def test_ratings_count_all_and_impossible_answers_none(shared_data: Path) -> None:
    _, facts = loaded(shared_data / "shopzilla" / "customer_support_data.csv", zone="Asia/Kolkata")
    assert value("ratings", facts) == 17_182
    assert value("csat_mean", facts) == pytest.approx(4.2476, abs=0.00005)
    assert value("csat", facts) == pytest.approx(0.8271, abs=0.00005)
    assert rows("first_response_calendar_mean", facts)[0]["n"] == 17_182 - 635


def test_response_days_of_messages_to_the_authorities(shared_data: Path) -> None:
    folder = shared_data / "teddycup"
    _, facts = loaded(folder / "附件4.xlsx", zone="Asia/Shanghai")
    told = read_file(folder / "回复时间.xlsx").frame.select(
        ticket_id="留言编号", days=pl.col("回复速度").cast(pl.Int64)
    )
    measured = facts.tickets.select("ticket_id", "date_only", days=pl.col("first_response_calendar_seconds") // 86_400)
    both = told.join(measured, on="ticket_id", suffix="_measured")
    assert both.height == 2_816
    differing = both.filter(pl.col("days").ne_missing(pl.col("days_measured")))
    assert differing.height == 1
    assert "first_responded_at" in differing["date_only"].item()


def test_replies_of_conversations_beside_their_own_parents(twitter: Loaded) -> None:
    built, _ = twitter
    messages = built.tables["messages"]
    parents = messages.select("author_kind", reply_to="message_id", asked_at="at")
    pairs = messages.filter(author_kind="agent").join(parents.filter(author_kind="customer"), on="reply_to")
    minutes = (pairs["at"] - pairs["asked_at"]).dt.total_seconds() / MINUTE
    assert (pairs.height, minutes.lt(0).sum()) == (2_188, 0)
    assert minutes.median() == pytest.approx(12.1, abs=0.05)
    assert minutes.quantile(0.9, interpolation="higher") == pytest.approx(386.7, abs=0.05)  # nearest rank


def test_first_and_next_responses_of_conversations_are_those_of_a_plain_reading(twitter: Loaded) -> None:
    built, facts = twitter
    tables = {name: built.tables[name].to_dicts() for name in ("tickets", "messages")}
    world = World(tables["tickets"], tables["messages"], (), (), facts.as_of, "UTC", (), _no_business_time)
    lives = [live(world, ticket) for ticket in world.tickets]
    judge(world, lives)
    expected = {life.ticket["ticket_id"]: (life.took["first_response"] or (None,))[0] for life in lives}
    found = dict(facts.tickets.select("ticket_id", "first_response_calendar_seconds").iter_rows())
    assert found == expected
    waits = [(life.ticket["ticket_id"], wait["asked"], wait["answered"]) for life in lives for wait in life.waits]
    assert sorted(facts.replies.select("ticket_id", "asked_at", "answered_at").iter_rows(), key=str) == sorted(
        waits, key=str
    )
    assert len(waits) > 2_000


def _no_business_time(_start: datetime, _end: datetime, _team: str | None) -> int:
    return 0
