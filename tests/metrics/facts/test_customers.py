"""Who comes again: the next ticket of the same customer on the same type, found by hashes that may collide."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from metrics.facts import customers
from metrics.facts.customers import CONTACT, Neighbours, contacts, next_contact
from tests.builders import at, tables, ticket

FIRST = at("2026-03-02 09:00")
Rows = list[tuple[str, str | None, str | None, datetime]]
NONE: Rows = []


def found(rows: Rows, later: Rows = NONE) -> list[int | None]:
    """Of (ticket, customer, type, created)."""
    made = [_tickets(rows), _tickets(later)]
    neighbours = Neighbours(contacts(made[1]))
    return next_contact(made[0], neighbours).to_list()


def _tickets(rows: Rows) -> pl.DataFrame:
    made = [
        ticket(name, created_at=f"{when:%Y-%m-%d %H:%M:%S.%f}", customer=customer, type=kind)
        for name, customer, kind, when in rows
    ]
    return tables(tickets=made).tickets.collect()


def after(seconds: float) -> datetime:
    return FIRST + timedelta(seconds=seconds)


def test_the_next_ticket_of_the_customer_on_the_type_counts_an_unknown_type_is_one_of_its_own() -> None:
    rows: Rows = [
        ("1", "Li", "refund", after(0)), ("2", "Wu", "refund", after(5)), ("3", "Li", None, after(6)),
        ("4", "Li", "refund", after(7.9)), ("5", None, "refund", after(8)), ("6", "Li", None, after(9)),
    ]  # fmt: skip
    assert found(rows) == [7, None, 3, None, None, None]
    assert found(rows, [("7", "Wu", "refund", after(30 * 86_400 + 5)), ("8", "Li", "refund", after(31 * 86_400))]) == [
        7, 30 * 86_400, 3, None, None, None,
    ]  # fmt: skip


def test_tickets_of_one_second_follow_each_other_by_their_id_whatever_comes_first() -> None:
    rows: Rows = [("b", "Li", "x", after(0.1)), ("a", "Li", "x", after(0.9)), ("c", "Li", "x", after(60))]
    assert found(rows) == [60, 0, None]
    assert found(rows[::-1]) == [None, 0, 60]


@pytest.mark.parametrize("unlike", ["in both", "in the second only", "in the low bits only"])
def test_customers_whose_hashes_collide_are_told_apart(unlike: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(3)
    whose = chance.integers(0, 40, 400)
    rows: Rows = [(f"{n:03}", f"c{who}", "x", after(60 * n)) for n, who in enumerate(whose)]
    following = {n: next((60 * (m - n) for m in range(n + 1, 400) if whose[m] == whose[n]), None) for n in range(400)}

    def hashes(timed: pl.DataFrame) -> tuple[customers.Hash, customers.Hash]:
        number = timed["customer"].str.slice(1).cast(pl.UInt64).to_numpy()
        own = number * np.uint64(2**58)
        one = {"in both": own, "in the second only": number // np.uint64(2), "in the low bits only": number}[unlike]
        return one, own

    monkeypatch.setattr(customers, "_hashes", hashes)
    assert found(rows) == list(following.values())


def test_what_is_known_already_is_taken_over() -> None:
    waits = pl.Series("x", [5, None], dtype=pl.Int64)
    rows = [ticket(name, created_at="2026-03-02 09:00", customer="Li") for name in "ab"]
    made = next_contact(tables(tickets=rows).tickets.collect(), Neighbours(waits=waits))
    assert (made.name, made.to_list()) == ("next_contact_seconds", [5, None])
    assert Neighbours().contacts.schema == CONTACT
