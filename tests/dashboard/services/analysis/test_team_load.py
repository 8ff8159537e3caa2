"""What people carry and how they compare: counted again by plain Python; luck and hard tickets are no merit."""

from datetime import datetime, timedelta
from math import exp, log
from random import Random
from statistics import mean

import polars as pl
import pytest

from dashboard.services.analysis.team_load import ageing, fair, loads, offered
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import Row, desk, facts, message, period, rating, ticket

SETTINGS: DeskSettings = desk()


def rated(shares: dict[str, float], *, n: int = 200, channel: dict[str, str] | None = None) -> Facts:
    random, tickets, ratings = Random(3), list[Row](), list[Row]()
    for agent, happy in shares.items():
        for number in range(n):
            id = f"{agent}-{number}"
            tickets.append(ticket(id, agent=agent, channel=(channel or {}).get(agent, "chat"), type="a"))
            ratings.append(rating(id, 5 if random.random() < happy else 1, "2026-03-03 09:00", agent=agent))
    return facts(tickets, ratings=ratings)


def test_what_each_has_shown_is_counted_and_the_order_is_that_of_names() -> None:
    told = rated({"Cy": 0.8, "Ann": 0.8, "Bob": 0.8, "Dan": 0.8})
    found = fair(told, Scope(), "csat", "agent")
    assert found.people["person"].to_list() == ["Ann", "Bob", "Cy", "Dan"]
    for row in found.people.iter_rows(named=True):
        scores = told.ratings.filter(agent=row["person"])["score"].to_list()
        assert (row["n"], row["raw"]) == (200, pytest.approx(mean(score == 5 for score in scores)))
    assert found.usual == pytest.approx(mean(score == 5 for score in told.ratings["score"].to_list()))


def test_people_who_are_alike_are_not_told_apart_and_one_who_is_not_is() -> None:
    alike = rated(dict.fromkeys("abcdefghij", 0.8), n=60)
    assert fair(alike, Scope(), "csat", "agent").told_apart == 0
    one = rated({**dict.fromkeys("abcdefghi", 0.8), "z": 0.4})
    found = fair(one, Scope(), "csat", "agent")
    below = found.people.filter("differs", pl.col("fair") < pl.lit(found.usual))
    assert below["person"].to_list() == ["z"]


def test_hard_tickets_are_not_held_against_who_has_them() -> None:
    # Mail is rated 50 %, chat 90 %, whoever answers: raw they lie 40 points apart, fairly nowhere.
    shares = {"m1": 0.5, "m2": 0.5, "m3": 0.5, "c1": 0.9, "c2": 0.9, "c3": 0.9}
    told = rated(shares, channel={name: "email" if name[0] == "m" else "chat" for name in shares})
    found = fair(told, Scope(), "csat", "agent")
    assert found.told_apart == 0
    spread = [value for value in found.people["fair"].to_list() if value is not None]
    assert max(spread) - min(spread) < 0.1
    assert any(value > 0.8 for value in found.people["raw"].to_list())


def test_a_bot_is_no_person_to_compare_with() -> None:
    tickets = [
        ticket(f"{agent}{n}", agent=agent, status="resolved", resolved_at="2026-03-02 12:00", reopens=n % 2)
        for agent in ("Ann", "Bob", "Cy", "robot") for n in range(40)
    ]  # fmt: skip
    said = [message(f"robot{n}", "2026-03-02 09:01", "bot") for n in range(40)]
    said += [message(f"{agent}{n}", "2026-03-02 09:01", "agent") for agent in ("Ann", "Bob", "Cy") for n in range(40)]
    told = facts(tickets, said)
    assert fair(told, Scope(), "reopen_rate", "agent").people["person"].to_list() == ["Ann", "Bob", "Cy"]


def test_times_are_compared_by_their_logarithms() -> None:
    random, rows = Random(5), list[Row]()
    factors = {"a": 1, "b": 1, "c": 1, "d": 1, "slow": 4}
    for agent, factor in factors.items():
        for number in range(80):
            made = datetime(2026, 3, 2, 9) + timedelta(minutes=number)  # noqa: DTZ001 - text for the builder
            answered = made + timedelta(seconds=max(1, round(60 * factor * exp(0.6 * random.gauss(0, 1)))))
            rows.append(ticket(f"{agent}-{number}", f"{made:%Y-%m-%d %H:%M}", agent=agent, channel="chat",
                               first_responded_at=f"{answered:%Y-%m-%d %H:%M:%S}"))  # fmt: skip
    told = facts(rows)
    found = fair(told, Scope(), "first_response_business_p50", "agent")
    assert found.people.filter("differs")["person"].to_list() == ["slow"] or found.told_apart > 1
    for row in found.people.iter_rows(named=True):
        seconds = [
            value for value, agent in told.tickets.select("first_response_business_seconds", "agent").iter_rows()
            if agent == row["person"] and value
        ]  # fmt: skip
        assert row["raw"] == pytest.approx(exp(mean(map(log, seconds))))
        assert row["n"] == len(seconds)


def test_open_load_is_that_of_now_and_what_was_done_that_of_the_period() -> None:
    told = facts([
        ticket("1", "2026-03-01 09:00", team="x", agent="Ann"),
        ticket("2", "2026-03-10 09:00", team="x", agent="Ann"),
        ticket("3", "2026-03-10 09:00", team="y", agent="Bob", status="resolved", resolved_at="2026-03-11 09:00",
               replies=3),
        ticket("4", "2026-03-12 09:00", team="y"),
    ])  # fmt: skip
    rows = loads(told, Scope(period("2026-03-09", "2026-03-12"))).to_dicts()
    wanted = ("team", "agent", "open", "old", "replies", "tickets_resolved")
    assert [tuple(row[name] for name in wanted) for row in rows] == [
        ("x", "Ann", 2, 1, 0, 0), ("y", "Bob", 0, 0, 3, 1), ("y", None, 1, 0, 0, 0),
    ]  # fmt: skip


def test_the_open_are_held_against_how_long_tickets_were_in_work() -> None:
    done = [
        ticket(f"d{n}", "2026-03-02 09:00", first_responded_at="2026-03-02 10:00", status="resolved",
               resolved_at=f"2026-03-02 {10 + n}:00")
        for n in range(1, 9)
    ]  # fmt: skip
    told = facts([*done, ticket("old", "2026-03-02 09:00"), ticket("new", "2026-03-02 17:00")])
    found = ageing(told, Scope())
    hours = sorted(range(1, 9))
    assert found.cycle["p50"] == pytest.approx(3600 * (hours[3] + hours[4]) / 2)
    assert found.n == 8
    assert found.older_than("p50") == 1


def test_only_figures_that_the_desk_has_are_offered() -> None:
    assert "csat" not in offered(facts([ticket("1")]), Scope())
    assert "csat" in offered(rated({"a": 0.5}, n=2), Scope())


def test_nobody_named_and_nothing_measured_give_an_empty_answer() -> None:
    told = facts([ticket("1")])
    assert fair(told, Scope(), "first_response_business_p50", "agent").people.is_empty()
    assert fair(told, Scope(), "reopen_rate", "agent").people.filter(pl.col("fair").is_not_null()).is_empty()
