"""Two sides of a figure: the difference and how sure it is."""

from math import sqrt
from random import Random
from statistics import variance

import pytest

from metrics.catalog import METRICS, metric
from metrics.comparison import OverlapError, compare, overlap, recovered
from metrics.model import Scope
from tests.builders import Row, facts, period, rating, ticket

CHAT, EMAIL = Scope(where={"channel": ("chat",)}), Scope(where={"channel": ("email",)})


def rated(chat: list[int], email: list[int]) -> tuple[list[Row], list[Row]]:
    named = [(f"{channel}{n}", channel, score) for channel, scores in (("chat", chat), ("email", email))
             for n, score in enumerate(scores)]  # fmt: skip
    tickets = [ticket(id, channel=channel) for id, channel, _ in named]
    return tickets, [rating(id, score, "2026-03-03 09:00") for id, _, score in named]


def test_the_difference_of_two_shares_is_newcombes() -> None:
    # Newcombe (1998), method 10: 56/70 − 48/80 = 0.2000, 0.0524 to 0.3339.
    tickets, ratings = rated([5] * 48 + [1] * 32, [5] * 56 + [1] * 14)
    (row,) = compare([metric("csat")], facts(tickets, ratings=ratings), CHAT, EMAIL).to_dicts()
    assert (row["before"], row["after"], row["n_before"], row["n_after"]) == (0.6, 0.8, 80, 70)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_difference_of_two_means_is_normal() -> None:
    chat, email = [1, 2, 3, 4, 5, 5], [5, 4, 4, 5]
    tickets, ratings = rated(chat, email)
    (row,) = compare([metric("csat_mean")], facts(tickets, ratings=ratings), CHAT, EMAIL).to_dicts()
    half = 1.959963984540054 * sqrt(variance(chat) / 6 + variance(email) / 4)
    assert (row["low"], row["high"]) == pytest.approx((row["difference"] - half, row["difference"] + half))


def test_the_difference_of_two_counts_is_that_of_two_poisson_counts() -> None:
    told = facts([ticket(str(n), f"2026-03-0{2 + n % 3 // 2} 09:00") for n in range(27)])
    sides = [Scope(period(f"2026-03-0{day}", f"2026-03-0{day + 1}")) for day in (2, 3)]
    (row,) = compare([metric("tickets_created")], told, *sides).to_dicts()
    half = 1.959963984540054 * sqrt(27)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((-9, -9 - half, -9 + half))


def test_of_a_stock_and_of_nothing_only_what_is_known_is_told() -> None:
    told = facts([ticket("1", channel="chat"), ticket("2", channel="email")])
    rows = {row["metric"]: row for row in compare(list(METRICS.values()), told, CHAT, EMAIL).to_dicts()}
    assert (rows["backlog"]["difference"], rows["backlog"]["low"]) == (0, None)
    assert (rows["csat"]["difference"], rows["csat"]["low"], rows["csat"]["n_after"]) == (None, None, 0)


def test_sides_that_share_tickets_are_refused() -> None:
    march, week = Scope(period("2026-03-01", "2026-04-01")), Scope(period("2026-03-09", "2026-03-16"))
    assert overlap(march, week)
    assert overlap(Scope(), CHAT)
    assert not overlap(week, Scope(period("2026-03-16", "2026-03-23")))
    assert not overlap(CHAT, EMAIL)
    with pytest.raises(OverlapError):
        compare([metric("csat")], facts(), march, week)


@pytest.mark.parametrize("q", [0.5, 0.9])
def test_the_interval_of_a_difference_of_quantiles_holds_the_truth_often_enough(q: float) -> None:
    from metrics.intervals import order_bounds

    random, held = Random(3), 0
    n, rounds, shift = 120, 600, 0.7
    for _ in range(rounds):
        sides = []
        for place in (0.0, shift):
            values = sorted(place + random.expovariate(1) for _ in range(n))
            low, high = order_bounds(n, q)
            assert low is not None
            assert high is not None
            sides.append((values[round((n - 1) * q)], values[low], values[high]))
        below, above = recovered(*sides)
        held += below is not None and above is not None and below <= shift <= above
    assert held / rounds >= 0.93
