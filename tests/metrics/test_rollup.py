"""Figures from rollups are those of the facts, whatever is asked and however the rollups came about."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from polars.testing import assert_frame_equal

from metrics.desk import DeskSettings, Target
from metrics.facts import Facts, build_facts
from metrics.model import Measure, Metric, Quantile, Spread, Total, Unit
from metrics.rollup import Parts, Rollups, merged, shapes, updated
from metrics.tables import Tables
from tests.builders import calendar, desk, facts, tables, ticket, value
from tests.metrics.random_desks import SETTINGS, desks
from tests.metrics.rolled import ALL, assert_same, decoded, of_months, questions, rolled
from tests.metrics.test_laws import busy_month
from tests.oracles.tickets import World
from tests.thorough import examples

MARCH = 2026 * 12 + 2


def promised() -> DeskSettings:
    targets = Target("first_response", 3600), Target("next_response", 1800), Target("resolution", 86_400, "calendar")
    return desk(*targets, zone="Asia/Shanghai", calendars=(calendar(zone="Asia/Shanghai"),))


@pytest.fixture(scope="module")
def month() -> Facts:
    return facts(*busy_month(), settings=promised(), as_of="2026-04-10 00:00")


@pytest.mark.parametrize("question", questions(date(2026, 3, 4), date(2026, 4, 2)), ids=str)
def test_rollups_answer_as_the_facts_do(month: Facts, question: object) -> None:
    assert_same(month, rolled(month), question)  # type: ignore[arg-type]


def test_rollups_answer_at_all(month: Facts) -> None:
    whole, *_, agents = (
        assert_same(month, rolled(month), (by, every, None, {}))  # type: ignore[arg-type]
        for by, every in (((), None), (("channel",), "day"), (("team",), "week"), (("agent",), "month"))
    )
    told = [metric for metric in ALL if "single_calls" not in metric.needs]
    assert whole == sum(isinstance(metric.value, Quantile | Spread) for metric in told)
    assert agents > 0


@settings(max_examples=examples(2), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(desks())
def test_rollups_of_random_desks_answer_as_their_facts_do(world: World) -> None:
    made = tables(world.tickets, world.messages, world.changes, world.ratings)  # type: ignore[arg-type]
    known = build_facts(made, SETTINGS, as_of=world.as_of)
    told = rolled(known)
    for question in questions(date(2026, 3, 26), date(2026, 4, 1))[::2]:
        assert_same(known, told, question)


def test_a_small_desk_is_answered_from_its_facts(month: Facts) -> None:
    told = rolled(month)
    assert told.rollups is not None
    small = replace(told, rollups=Rollups(told.rollups.tables, told.rollups.words))
    exact = value("first_response_calendar_p50", month)
    assert value("first_response_calendar_p50", small) == exact


def test_a_rollup_that_is_not_there_is_missed_by_nobody(month: Facts) -> None:
    told = rolled(month)
    assert told.rollups is not None
    without = replace(told, rollups=Rollups({}, told.rollups.words, exact_below=0))
    assert assert_same(month, without, (("channel",), None, None, {})) == 0


def test_partitions_made_one_by_one_are_those_made_together(month: Facts) -> None:
    together, anew = updated(Parts(), month, ALL)
    months = sorted(set.union(*anew.values()))
    assert len(months) > 1
    single = [updated(Parts(words=together.words), of_months(month, [one]), ALL)[0] for one in months]
    for shape, table in together.tables.items():
        assert_frame_equal(pl.concat([one.tables[shape] for one in single]), table)


def test_rollups_of_all_partitions_are_their_sum(month: Facts) -> None:
    parts, _ = updated(Parts(), month, ALL)
    for shape, table in merged(parts).items():
        sums = [name for name in table.columns if name not in shape.keys]
        assert_frame_equal(table.select(pl.col(sums).sum()), parts.tables[shape].select(pl.col(sums).sum()))
        assert table.select(shape.keys).is_unique().all()


def test_a_load_makes_only_the_months_anew_whose_facts_it_changed(month: Facts) -> None:
    before, _ = updated(Parts(), month, ALL)
    tickets, messages, changes, ratings = busy_month()
    more = [*tickets, ticket("new", "2026-03-09 10:00", channel="phone", team="zebra", agent="Aaron")]
    later = facts(more, messages, changes, ratings, settings=promised(), as_of="2026-04-10 00:00")
    after, anew = updated(before, later, ALL)
    assert anew["tickets"] == {MARCH}
    assert anew["replies"] <= {MARCH}
    assert anew["ratings"] == set()
    whole, _ = updated(Parts(), later, ALL)
    for shape, table in decoded(whole).items():
        assert_frame_equal(decoded(after)[shape], table)
    assert_same(later, rolled(later, before), (("team",), "week", None, {"agent": ("Aaron", "Ann")}))


def test_a_change_that_reaches_into_another_month_makes_both_anew(month: Facts) -> None:
    before, _ = updated(Parts(), month, ALL)
    ends = pl.int_range(pl.len()).is_in([0, month.tickets.height - 1])
    changed = month.tickets.with_columns(reopens=pl.when(ends).then(7).otherwise("reopens"))
    _, anew = updated(before, replace(month, tickets=changed), ALL)
    first, last = (month.tickets["created_at"][place] for place in (0, -1))
    assert anew["tickets"] == {12 * day.year + day.month - 1 for day in (first, last)}
    assert len(anew["tickets"]) == 2


def test_facts_in_another_order_leave_every_month_as_it_is(month: Facts) -> None:
    before, _ = updated(Parts(), month, ALL)
    shuffled = replace(month, tickets=month.tickets.sample(fraction=1, shuffle=True, seed=3))
    _, anew = updated(before, shuffled, ALL)
    assert not any(anew.values())


def test_a_new_declaration_brings_its_own_rollups(month: Facts) -> None:
    one = Metric("days_waited", Unit.COUNT, "tickets", "escalated_at", Total(Measure("sum", "handoffs")), "lower")
    made = [shape for shape in shapes([one]) if shape.at == "escalated_at"]
    assert {shape.dims for shape in made} >= {("channel", "priority", "team"), ("agent",)}
    assert {shape.name for shape in updated(Parts(), month, [one])[0].tables} == {shape.name for shape in made}


@pytest.mark.slow
def test_rollups_of_the_demo_desk_answer_as_its_facts_do() -> None:
    from dashboard.demo.generating import generate

    data = generate()
    known = build_facts(Tables.of(**data.tables), promised())
    told = rolled(known)
    asked = questions(date(2026, 3, 4), date(2026, 5, 1))
    assert sum(assert_same(known, told, question) for question in asked) > 10_000
