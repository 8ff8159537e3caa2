"""Who is one: chains of shared marks over sources, nothing by chance, and nothing changed in any ticket."""

from collections.abc import Iterable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.facts import build_facts
from metrics.identity import MANY, identities
from tests.builders import desk, tables, ticket

Row = dict[str, Any]


def facts_of(rows: Iterable[Row]) -> pl.DataFrame:
    return build_facts(tables(rows), desk()).tickets


def named(source: str, number: int, customer: str, **more: Any) -> Row:
    return ticket(str(number), f"2026-03-{number % 27 + 1:02d} 09:00", source=source, customer=customer, **more)


def test_one_customer_is_found_over_sources_by_address_and_number() -> None:
    rows = [
        named("zendesk", 1, "42", x_requester_email="Li@Shop.example "),
        named("hotline", 2, "+86 138-0000-0001", x_邮箱="li@shop.example"),
        named("wecom", 3, "wm9", x_手机="13800000001"),
        named("wecom", 4, "wm8", x_手机="13800000002"),
    ]
    tickets = facts_of(rows)
    apart = identities(tickets, [])
    assert (apart.customers, apart.people, apart.merged.height) == (4, 4, 0)
    by_mail = identities(tickets, ["email"])
    assert by_mail.people == 3
    both = identities(tickets, ["email", "phone"])
    (person,) = both.merged.rows(named=True)
    assert person["names"] == ["hotline/+86 138-0000-0001", "wecom/wm9", "zendesk/42"]
    assert (person["sources"], person["tickets"], person["rules"]) == (3, 3, ["email", "phone"])


def test_a_mark_of_an_office_or_a_form_brings_nobody_together() -> None:
    rows = [named("web", n, f"c{n}", x_email="service@office.example") for n in range(1, MANY + 2)]
    found = identities(facts_of(rows), ["email"])
    assert (found.people, found.too_common) == (MANY + 1, 1)


@pytest.mark.parametrize("text", ["12345", "n/a", "-", "0", "unknown@", "1380000000x"])
def test_what_is_no_address_and_no_number_is_no_mark(text: str) -> None:
    rows = [named("a", 1, "one", x_email=text, x_phone=text), named("b", 2, "two", x_email=text, x_phone=text)]
    assert identities(facts_of(rows), ["email", "phone"]).people == 2


def test_the_same_name_is_one_person_only_where_that_rule_is_asked_for() -> None:
    rows = [named("a", 1, "k1", x_客户姓名="王 小明"), named("b", 2, "k2", x_客户姓名="王小明")]
    tickets = facts_of(rows)
    assert identities(tickets, ["email", "phone"]).people == 2
    assert identities(tickets, ["name"]).people == 1


def test_a_question_asked_again_at_another_desk_is_a_repeat_of_the_person() -> None:
    rows = [
        ticket("1", "2026-03-02 09:00", source="a", customer="li@shop.example", type="delivery"),
        ticket("2", "2026-03-04 09:00", source="b", customer="77", type="delivery", x_email="li@shop.example"),
        ticket("3", "2026-03-05 09:00", source="b", customer="77", type="billing", x_email="li@shop.example"),
    ]
    found = identities(facts_of(rows), ["email"])
    assert (found.repeats_before, found.repeats_after) == (0, 1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=14))
def test_the_people_are_the_components_of_shared_addresses(rows: list[tuple[str, int, int]]) -> None:
    """Against a slow search: customers reach each other through addresses."""
    tickets = facts_of(
        named(source, at + 1, f"c{customer}", x_email=f"m{mail}@shop.example")
        for at, (source, customer, mail) in enumerate(rows)
    )
    links = [((source, f"c{customer}"), mail) for source, customer, mail in rows]
    groups = {who: {who} for who, _ in links}
    for _ in links:
        for one, mail in links:
            for other, same in links:
                if mail == same:
                    whole = groups[one] | groups[other]
                    for member in whole:
                        groups[member] = whole
    expected = {frozenset(group) for group in groups.values()}
    persons = identities(tickets, ["email"]).persons
    found = {
        frozenset(part.select("source", "customer").iter_rows()) for part in persons.partition_by("person")
    }  # fmt: skip
    assert found == expected
