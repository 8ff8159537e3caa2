"""Every figure that SQL can say, by channel and month, of generated tickets: DuckDB beside the product.

Left out: figures of calls, of people's time and of what customers did later (no such tables are generated); runnings
after dated reopenings, days without a time and unknown channels, which the plain oracles hold on random desks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import isclose

import duckdb
import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.desk import Target
from metrics.facts import Facts, build_facts
from metrics.model import Total
from metrics.tables import Tables
from tests.benchmarks import tickets as generator
from tests.oracles.sql import BACKLOG, BALANCE, CLEARANCE, database, question
from tests.oracles.sql_desk import AS_OF, generated

SETTINGS = replace(generator.SETTINGS, targets=(*generator.SETTINGS.targets, Target("next_response", 7_200)))
FEW, MANY = 20_000, 1_000_000
OWN = {"clearance_rate": CLEARANCE, "backlog": BACKLOG}
FACTS = ("tickets", "replies", "ratings", "sla_instances")
OF_TICKETS = [metric.id for metric in METRICS.values() if metric.fact in FACTS]
SAID = [id for id in OF_TICKETS if id in OWN or question(id) is not None]
UNSAID = {"load_balance", "kb_use"}
"""Of the figures of tickets: the one is asked for another way below, the other needs a field that is not generated."""


@dataclass(frozen=True)
class Pair:
    """One desk, told by both."""

    facts: Facts
    base: duckdb.DuckDBPyConnection


@cache
def pair(count: int) -> Pair:
    tables = generated(count)
    promises = pl.DataFrame(
        {
            "thing": [target.thing for target in SETTINGS.targets],
            "seconds": [target.seconds for target in SETTINGS.targets],
            "calendar": [target.clock == "calendar" for target in SETTINGS.targets],
            "channel": [target.where.get("channel") for target in SETTINGS.targets],
            "priority": [target.where.get("priority") for target in SETTINGS.targets],
        }
    )
    facts = build_facts(Tables.of(**tables), SETTINGS, as_of=AS_OF)
    return Pair(facts, database(tables, int(AS_OF.timestamp()), promises))


Told = tuple[float | None, int, float]
"""Value, n, and by what share the value may be wrong: many rows have their quantiles told from bins."""


def both(id: str, told: Pair) -> Iterator[tuple[tuple[str, str], Told, Told]]:
    """Per channel and month what the product says, then what SQL says."""
    text = OWN.get(id) or question(id)
    assert text is not None
    said = {(channel, month): (value, int(n), 0.0) for channel, month, value, n in told.base.sql(text).fetchall()}
    answer = compute([METRICS[id]], told.facts, by=["channel"], every="month")
    found = {
        (row["channel"], f"{row['period']:%Y-%m}"): (row["value"], row["n"], row.get("error") or 0.0)
        for row in answer.drop_nulls("period").iter_rows(named=True)
    }
    nothing = 0.0 if isinstance(METRICS[id].value, Total) or id == "backlog" else None
    assert said, id
    for key in sorted(found.keys() | said.keys()):
        yield key, found.get(key, (nothing, 0, 0.0)), said.get(key, (nothing, 0, 0.0))


def same(one: float | None, other: float | None, *, within: float) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=max(within, 1e-9), abs_tol=1e-9)


def hold(id: str, told: Pair) -> None:
    for key, ours, theirs in both(id, told):
        assert ours[1] == theirs[1], (id, key)
        assert same(ours[0], theirs[0], within=ours[2]), (id, key, ours[0], theirs[0])


@pytest.mark.parametrize("id", SAID)
def test_a_figure_is_what_sql_says(id: str) -> None:
    hold(id, pair(FEW))


def hold_balance(told: Pair) -> None:
    said = {channel: (value, int(n)) for channel, value, n in told.base.sql(BALANCE).fetchall()}
    answer = compute([METRICS["load_balance"]], told.facts, by=["channel"])
    for row in answer.iter_rows(named=True):
        assert (row["value"], row["n"]) == (pytest.approx(said[row["channel"]][0], rel=1e-9), said[row["channel"]][1])


def test_loads_are_as_unequal_as_sql_says() -> None:
    hold_balance(pair(FEW))


def test_what_sql_does_not_say_is_known() -> None:
    of_tickets = {
        id for id, metric in METRICS.items() if metric.fact in {"tickets", "replies", "ratings", "sla_instances"}
    }
    assert of_tickets - set(SAID) <= UNSAID


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_so_of_a_million_tickets() -> None:
    told = pair(MANY)
    for id in SAID:
        hold(id, told)
    hold_balance(told)
