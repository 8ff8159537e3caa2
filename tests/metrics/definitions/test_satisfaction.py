"""Hand-worked ratings."""

import pytest

from metrics.facts import Facts
from tests.builders import facts, period, rating, rows, ticket, value


@pytest.fixture(scope="module")
def rated() -> Facts:
    tickets = [ticket(str(n), agent="Ann", channel="chat" if n < 3 else "email") for n in range(1, 7)]
    scores = {"1": 5, "2": 4, "3": 3, "4": 1, "5": None}
    given = [
        rating(id, score, f"2026-03-0{id} 10:00", agent="Bob" if id == "4" else None) for id, score in scores.items()
    ]
    return facts(tickets, ratings=[*given, rating("1", 9, "2026-03-01 10:00", scale=9, rating_id="again")])


def test_ratings_their_mean_and_the_satisfied_share(rated: Facts) -> None:
    assert value("ratings", rated) == 5
    assert value("csat", rated) == 3 / 5
    assert value("csat_mean", rated) == pytest.approx((5 + 4 + 3 + 1 + 5) / 5)


def test_ratings_are_dated_by_when_they_were_given(rated: Facts) -> None:
    assert value("ratings", rated, during=period("2026-03-01", "2026-03-03")) == 3
    assert value("csat", rated, during=period("2026-03-03", "2026-03-05")) == 0


def test_ratings_are_credited_to_the_person_rated(rated: Facts) -> None:
    found = {row["agent"]: (row["value"], row["n"]) for row in rows("csat", rated, by=["agent"])}
    assert found == {"Ann": (3 / 4, 4), "Bob": (0.0, 1)}
