"""Types ranked, judged against their past, and crossed with products, held against plain Python."""

from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.services.analysis.inquiry_types import CREATED, crossed, growing, ranked, window_of
from metrics.catalog import metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import at, facts, period, ticket
from tests.thorough import examples

FIRST = at("2026-01-05 10:00")


def typed(*kinds: str | None) -> Facts:
    return facts([ticket(str(n), FIRST, type=kind) for n, kind in enumerate(kinds)], as_of="2026-02-01 00:00")


def counts(known: Facts, *by: str) -> pl.DataFrame:
    return compute([metric(CREATED)], known, Scope(), by=by)


@settings(deadline=None, max_examples=examples(10))
@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=40))
def test_types_are_ranked_by_frequency_and_add_up(kinds: list[str | None]) -> None:
    found = ranked(counts(typed(*kinds), "type"), "type")
    assert dict(found.select("type", "n").iter_rows()) == Counter(kinds)
    assert found["n"].to_list() == sorted(Counter(kinds).values(), reverse=True)
    assert found["cumulative"][-1] == pytest.approx(1)
    assert found["share"].to_list() == pytest.approx([n / len(kinds) for n in found["n"]])


def weekly(**weeks: list[int]) -> Facts:
    """So many tickets of each type in each week, spread over its days."""
    rows = [
        ticket(f"{kind}/{week}/{n}", FIRST + timedelta(days=7 * week + n % 7), type=kind)
        for kind, counted in weeks.items()
        for week, count in enumerate(counted)
        for n in range(count)
    ]
    last = FIRST + timedelta(weeks=max(map(len, weeks.values())))
    return facts(rows, as_of=f"{last:%Y-%m-%d} 00:00")


def test_growth_counts_the_days_of_the_scope_against_the_weeks_before() -> None:
    known = weekly(steady=[14] * 12, grown=[10] * 8 + [30] * 4)
    found = growing(known, Scope(period("2026-03-02", "2026-03-30")), by="type")
    assert found is not None
    told = {row["type"]: row for row in found.groups.iter_rows(named=True)}
    assert (told["grown"]["n"], told["grown"]["past"], told["grown"]["ratio"]) == (120, 80, 3)
    assert (told["steady"]["n"], told["steady"]["past"], told["steady"]["ratio"]) == (56, 112, 1)
    assert {name: row["is_growing"] for name, row in told.items()} == {"steady": False, "grown": True}
    assert found.whole["ratio"].to_list() == pytest.approx([(176 / 4) / (192 / 8)])


def test_the_weeks_are_counted_from_the_start_of_the_present() -> None:
    known = weekly(a=[7] * 12)
    found = growing(known, Scope(period("2026-03-04", "2026-03-25")), by="type")
    assert found is not None
    starts = found.weeks["week"].to_list()
    assert date(2026, 3, 4) in starts
    assert all((start - date(2026, 3, 4)).days % 7 == 0 for start in starts)
    assert set(found.weeks["n"]) == {7}


def test_a_filter_holds_for_past_and_present() -> None:
    known = weekly(a=[7] * 12, b=[7] * 12)
    found = growing(known, Scope(period("2026-03-02", "2026-03-30"), {"type": ("a",)}), by="type")
    assert found is not None
    assert found.groups["type"].to_list() == ["a"]


def test_the_day_that_is_not_over_is_left_out() -> None:
    rows = [ticket(str(day), FIRST + timedelta(days=day)) for day in range(60)]
    spans = window_of(facts(rows, as_of="2026-03-05 12:00"), Scope(period("2026-02-20", "2026-03-20")))
    assert spans is not None
    assert spans.end == date(2026, 3, 5)


def test_without_a_past_nothing_is_judged() -> None:
    assert growing(weekly(a=[7] * 3), Scope(), by="type") is None
    assert growing(facts(as_of="2026-03-05 12:00"), Scope(), by="type") is None


def products(*pairs: tuple[str, str | None, int]) -> Facts:
    rows = [
        ticket(f"{type_}/{product}/{n}", FIRST, type=type_, product=product)
        for type_, product, count in pairs
        for n in range(count)
    ]
    return facts(rows, as_of="2026-02-01 00:00")


def test_a_product_is_striking_where_a_type_asks_about_it_more_than_all_types_do() -> None:
    known = products(("repair", "phone", 90), ("repair", "lamp", 10), ("order", "phone", 100), ("order", "lamp", 200),
                     ("order", None, 50))  # fmt: skip
    found = {
        (row["type"], row["product"]): row for row in crossed(counts(known, "type", "product")).iter_rows(named=True)
    }
    assert found["repair", "phone"]["expected"] == pytest.approx(100 * 190 / 400)
    assert found["repair", "phone"]["times"] == pytest.approx(90 / 47.5)
    assert {key for key, row in found.items() if row["is_striking"]} == {("repair", "phone"), ("order", "lamp")}
    assert sum(row["n"] for row in found.values()) == 400


def test_products_asked_about_alike_strike_nobody() -> None:
    known = products(("repair", "phone", 50), ("repair", "lamp", 20), ("order", "phone", 100), ("order", "lamp", 40))
    assert not crossed(counts(known, "type", "product"))["is_striking"].any()


def test_a_desk_without_products_has_nothing_to_cross() -> None:
    assert crossed(counts(typed("a", "b"), "type", "product")).is_empty()
