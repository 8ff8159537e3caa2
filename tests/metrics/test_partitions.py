"""Facts of partitions, taken together, are those of all tickets at once."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.facts import Facts, build_facts, facts_of_partition, together
from metrics.facts.customers import Neighbours, contacts
from metrics.facts.knowledge import Knowledge, knowledge_of
from metrics.facts.known import collected, known_at, newest_stamp
from metrics.facts.partitions import OF_TICKETS
from metrics.tables import Tables
from tests.builders import at, desk, facts, message, rating, tables, ticket
from tests.metrics.random_desks import SETTINGS, desks
from tests.metrics.test_laws import busy_month
from tests.metrics.test_rollup import promised
from tests.oracles.tickets import World
from tests.thorough import examples

KEYS = {
    "tickets": ["created_at", "source", "ticket_id"],
    "replies": ["asked_at", "source", "ticket_id"],
    "ratings": ["rated_at", "source", "ticket_id", "rating_id"],
    "sla_instances": ["started_at", "source", "ticket_id", "thing", "run"],
}


def assert_same(found: Facts, wanted: Facts) -> None:
    assert (found.zone, found.as_of) == (wanted.zone, wanted.as_of)
    for name in OF_TICKETS:
        assert_frame_equal(found.frame(name).sort(KEYS[name]), wanted.frame(name).sort(KEYS[name]))


def tables_of(world: World) -> Tables:
    return tables(world.tickets, world.messages, world.changes, world.ratings)  # type: ignore[arg-type]


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(desks(), st.integers(1, 3), st.integers(0, 4))
def test_any_partition_of_any_desk_gives_the_same_facts(world: World, many: int, days_back: int) -> None:
    whole = collected(tables_of(world))
    as_of = world.as_of - timedelta(days=days_back)
    frames = known_at(whole, as_of) if as_of < newest_stamp(whole) else whole
    part = {name: frame["ticket_id"].hash(3) % many for name, frame in frames.items()}
    parts = [{name: frame.filter(part[name] == place) for name, frame in frames.items()} for place in range(many)]
    told = [knowledge_of(one) for one in parts]
    knowledge = Knowledge(frozenset().union(*(one.told for one in told)))
    assert knowledge == knowledge_of(frames)
    others = [contacts(frames["tickets"].filter(part["tickets"] != place)) for place in range(many)]
    found = [
        facts_of_partition(one, knowledge, Neighbours(rest), SETTINGS, as_of=as_of)
        for one, rest in zip(parts, others, strict=True)
    ]
    assert_same(together(found), build_facts(tables_of(world), SETTINGS, as_of=as_of))


@pytest.mark.parametrize("as_of", [None, "2026-03-20 00:00", "2026-04-10 00:00"])
def test_months_measured_one_by_one_are_those_measured_at_once(as_of: str | None) -> None:
    made, instant = tables(*busy_month()), at(as_of) if as_of else None
    whole = build_facts(made, promised(), as_of=instant)
    assert_same(build_facts(made, promised(), as_of=instant, large=1), whole)
    assert whole.tickets["created_at"].dt.month().n_unique() > 1 or as_of == "2026-03-20 00:00"


def test_what_one_month_tells_of_a_source_holds_for_its_other_months() -> None:
    silent = ticket("1", "2026-02-01 09:00"), ticket("2", "2026-03-01 09:00", first_responded_at="2026-03-01 10:00")
    made = build_facts(tables(list(silent)), desk(), as_of=at("2026-04-01 00:00"), large=1)
    assert made.tickets["is_waiting"].to_list() == [True, False]


def test_a_further_ticket_of_the_next_month_repeats_one_of_this_month() -> None:
    days = ["2026-03-31 09:00", "2026-04-02 09:00", "2026-05-20 09:00"]
    rows = [ticket(str(n), day, customer="Li", resolved_at=day, reopens=0) for n, day in enumerate(days)]
    made = build_facts(tables(rows), desk(), as_of=at("2026-08-01 00:00"), large=1).tickets
    assert made["next_contact_seconds"].to_list() == [2 * 86_400, None, None]
    assert made["fcr_repeat_1d"].to_list() == [True, True, True]
    assert made["fcr_repeat_3d"].to_list() == [False, True, True]


def test_rows_of_a_ticket_that_lie_in_other_months_are_its_own() -> None:
    rows = [ticket("1", "2026-03-31 23:00"), ticket("2", "2026-04-20 09:00")]
    talk = [message("1", "2026-03-31 23:00", "customer"), message("1", "2026-05-02 09:00", "agent")]
    rated = [rating("1", 5, "2026-06-01 09:00"), rating("gone", 1, "2026-06-02 09:00")]
    made = build_facts(tables(rows, talk, [], rated), desk(), large=1)
    assert made.tickets["first_response_at"].to_list() == [at("2026-05-02 09:00"), None]
    assert made.ratings.select("ticket_id", "created_at").rows() == [("1", at("2026-03-31 23:00")), ("gone", None)]
    assert_same(made, facts(rows, talk, [], rated))


def test_an_empty_desk_has_facts_with_every_column() -> None:
    assert_same(build_facts(tables(), desk(), large=0), facts())
    assert facts().tickets.schema == facts([ticket()]).tickets.schema
