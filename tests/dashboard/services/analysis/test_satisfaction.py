"""Scores over time, against waiting, changed, and the low ones to look after, held against plain Python."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.services.analysis.satisfaction import (
    BAND,
    WAITS,
    banded,
    behind_wait,
    by_wait,
    changes_of_score,
    ratings_of_star,
    recent_low,
    score_course,
    tickets_of_change,
)
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import Row, at, facts, period, rating, ticket
from tests.thorough import examples

MARCH = Scope(period("2026-03-01", "2026-04-01"))
FIRST = at("2026-03-02 09:00")


def rated(*scores: float, scale: int = 5) -> Facts:
    """A ticket per score, one each day, answered at once and rated an hour later."""
    tickets, ratings = [], []
    for number, score in enumerate(scores):
        day = FIRST + timedelta(days=number % 28)
        tickets.append(ticket(str(number), day, first_responded_at=day + timedelta(minutes=1)))
        ratings.append(rating(str(number), score, day + timedelta(hours=1), scale=scale))
    return facts(tickets, ratings=ratings, as_of="2026-04-30 00:00")


@settings(deadline=None, max_examples=examples(10))
@given(st.lists(st.integers(1, 5), min_size=1, max_size=60))
def test_every_rating_stands_in_one_period_under_its_star(scores: list[int]) -> None:
    course = score_course(rated(*scores), MARCH, every="week")
    assert {row["stars"]: 0 for row in course.iter_rows(named=True)}.keys() == {1, 2, 3, 4, 5}
    counted = Counter({star: course.filter(stars=star)["n"].sum() for star in range(1, 6)})
    assert +counted == Counter(scores)
    for start in course["period"].unique():
        week = [score for number, score in enumerate(scores)
                if start <= (FIRST + timedelta(days=number % 28)).date() < start + timedelta(days=7)]  # fmt: skip
        rows = course.filter(period=start)
        assert rows["n"].sum() == len(week)
        assert rows["share"].to_list() == [
            week.count(star) / len(week) if week else None for star in range(1, 6)
        ]  # fmt: skip


def test_scores_on_another_scale_stand_at_the_nearest_star() -> None:
    course = score_course(rated(1, 4, 6, 10, scale=10), MARCH, every="month")
    assert dict(course.select("stars", "n").iter_rows()) == {1: 1, 2: 1, 3: 1, 4: 0, 5: 1}


def test_the_ratings_of_a_star_are_those_that_its_bar_counts() -> None:
    known = rated(5, 1, 5, 2, 5)
    assert ratings_of_star(known, MARCH, star=5).total == 3
    assert set(ratings_of_star(known, MARCH, star=5).rows["ticket_id"]) == {"0", "2", "4"}


def waited(*pairs: tuple[int, int]) -> Facts:
    """Tickets with the seconds to their first answer and their score."""
    tickets = [
        ticket(str(number), FIRST, first_responded_at=FIRST + timedelta(seconds=wait))
        for number, (wait, _score) in enumerate(pairs)
    ]
    ratings = [
        rating(str(number), score, FIRST + timedelta(days=2)) for number, (_wait, score) in enumerate(pairs)
    ]  # fmt: skip
    return facts(tickets, ratings=ratings, as_of="2026-04-30 00:00")


@settings(deadline=None, max_examples=examples(10))
@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(1, 5)), min_size=1, max_size=40))
def test_satisfaction_by_waiting_time_is_that_of_the_ratings_in_each_band(pairs: list[tuple[int, int]]) -> None:
    known = waited(*pairs)
    found = by_wait(known, MARCH, thing="first_response")
    begins = [0, *WAITS["first_response"]]
    expected = {}
    for begin, end in zip(begins, [*begins[1:], 10**9], strict=True):
        scores = [score for wait, score in pairs if begin <= wait < end]
        if scores:
            expected[str(begin)] = scores
    shares = {band: sum(score >= 4 for score in scores) / len(scores) for band, scores in expected.items()}
    assert dict(found.select(BAND, "value").iter_rows()) == pytest.approx(shares)
    assert dict(found.select(BAND, "n").iter_rows()) == {band: len(scores) for band, scores in expected.items()}
    assert found[BAND].cast(int).is_sorted()
    for band, scores in expected.items():
        assert behind_wait(known, MARCH, thing="first_response", band=band).total == len(scores)


def test_a_ticket_without_an_answer_is_in_no_band() -> None:
    known = facts([ticket("1", FIRST)], ratings=[rating("1", 5, FIRST)], as_of="2026-04-30 00:00")
    assert by_wait(known, MARCH, thing="first_response").is_empty()


def rerated(*scores: tuple[str, int, str]) -> Facts:
    """Ratings (ticket, score, day); a ticket may have several."""
    ratings: list[Row] = [
        rating(name, score, f"2026-03-{day} 10:00", rating_id=f"{name}/{day}") for name, score, day in scores
    ]  # fmt: skip
    tickets = [ticket(name, FIRST) for name in sorted({name for name, _score, _day in scores})]
    return facts(tickets, ratings=ratings, as_of="2026-04-30 00:00")


def test_a_change_is_from_the_first_to_the_latest_rating_of_one_ticket() -> None:
    known = rerated(("a", 1, "05"), ("a", 3, "06"), ("a", 5, "09"), ("b", 4, "05"), ("c", 5, "05"), ("c", 2, "11"))
    changes = changes_of_score(known, MARCH)
    assert sorted(changes.iter_rows()) == [(1, 5, 1), (5, 2, 1)]
    assert tickets_of_change(known, MARCH, first=1, latest=5).rows["ticket_id"].to_list() == ["a"]


def test_a_change_counts_where_the_latest_rating_lies() -> None:
    known = rerated(("a", 1, "05"), ("a", 5, "20"))
    early, late = Scope(period("2026-03-01", "2026-03-10")), Scope(period("2026-03-15", "2026-03-25"))
    assert changes_of_score(known, early).is_empty()
    assert changes_of_score(known, late).height == 1


def test_a_low_rating_is_to_be_looked_after_until_a_better_one_follows() -> None:
    known = rerated(("a", 1, "05"), ("b", 2, "06"), ("b", 5, "08"), ("c", 5, "06"), ("c", 2, "09"), ("d", 3, "07"))
    found = recent_low(known, MARCH)
    assert found.rows["ticket_id"].to_list() == ["c", "a"]
    assert (found.total, found.with_comment) == (2, 0)


def test_only_comments_with_words_count_as_comments() -> None:
    ratings = [rating(str(n), 1, "2026-03-05 10:00", comment=text) for n, text in enumerate(["太慢", "  ", None])]
    known = facts([ticket(str(n), FIRST) for n in range(3)], ratings=ratings, as_of="2026-04-30 00:00")
    assert recent_low(known, MARCH).with_comment == 1


def test_a_desk_without_ratings_has_none_of_it() -> None:
    known = facts([ticket("1", datetime(2026, 3, 2, tzinfo=UTC))], as_of="2026-04-30 00:00")
    assert changes_of_score(known, MARCH).is_empty()
    assert recent_low(known, MARCH).total == 0
    assert by_wait(known, MARCH, thing="full_resolution").is_empty()
    assert score_course(known, MARCH, every="week")["n"].sum() == 0


def test_bands_of_waiting_are_made_once_for_the_same_frames() -> None:
    known = rated(5, 4, 1)
    assert banded(known, "first_response") is banded(known, "first_response")
    assert banded(replace(known, tickets=known.tickets.head(1)), "first_response").tickets.height == 1
