"""One row per rating, on one scale."""

import pytest

from metrics.desk import DeskSettings, RatingScale
from tests.builders import at, desk, facts, rating, ticket


@pytest.mark.parametrize(
    ("score", "scale", "score5", "is_satisfied"),
    [
        (1, 5, 1.0, False),
        (3, 5, 3.0, False),
        (4, 5, 4.0, True),
        (5, 5, 5.0, True),
        (10, 10, 5.0, True),
        (7, 10, 1 + 4 * 6 / 9, False),
        (8, 10, 1 + 4 * 7 / 9, True),
        (3, 3, 5.0, True),
        (2, 3, 3.0, False),
        (1, 1, 5.0, True),
        (0, 1, 1.0, False),
        (0, 10, 1.0, False),
        (None, 5, None, None),
        (4, None, None, None),
    ],
)
def test_scores_of_any_scale_stand_between_one_and_five(
    score: float | None, scale: int | None, score5: float | None, is_satisfied: bool | None
) -> None:
    row = facts([ticket()], ratings=[rating("1", score, scale=scale)]).ratings.row(0, named=True)
    assert row["score5"] == pytest.approx(score5)
    assert row["is_satisfied"] is is_satisfied


def test_the_line_of_satisfaction_is_a_setting() -> None:
    strict: DeskSettings = desk(csat_positive_share=1.0)
    made = facts([ticket()], ratings=[rating("1", 4), rating("1", 5, rating_id="2")], settings=strict)
    assert made.ratings["is_satisfied"].to_list() == [False, True]


def test_a_rating_is_dated_by_its_own_instant_else_by_its_ticket() -> None:
    made = facts(
        [
            ticket("1", resolved_at="2026-03-03 10:00", status="resolved"),
            ticket("2", "2026-03-02 11:00"),
            ticket("3", closed_at="2026-03-04 10:00", status="closed"),
        ],
        ratings=[rating("1", 5), rating("2", 5), rating("3", 5), rating("3", 1, "2026-03-09 08:00", rating_id="b")],
    ).ratings
    dated = dict(made.select("rating_id", "rated_at").iter_rows())
    assert dated == {
        "1": at("2026-03-03 10:00"),
        "2": at("2026-03-02 11:00"),
        "3": at("2026-03-04 10:00"),
        "b": at("2026-03-09 08:00"),
    }


def test_a_rating_credits_the_person_rated_else_the_assignee() -> None:
    made = facts([ticket(agent="Ann")], ratings=[rating("1", 5), rating("1", 4, rating_id="2", agent="Bob")])
    assert made.ratings.sort("rating_id")["agent"].to_list() == ["Ann", "Bob"]


def test_the_latest_rating_of_a_ticket_is_marked() -> None:
    made = facts(
        [ticket()],
        ratings=[
            rating("1", 2, "2026-03-03 08:00", rating_id="a"),
            rating("1", 5, "2026-03-04 08:00", rating_id="b"),
            rating("1", None, "2026-03-05 08:00", rating_id="c"),
        ],
    )
    assert dict(made.ratings.select("rating_id", "is_latest").iter_rows()) == {"a": False, "b": True, "c": False}


def test_a_rating_without_its_ticket_keeps_its_score() -> None:
    row = facts([ticket("1")], ratings=[rating("2", 5, "2026-03-03 08:00")]).ratings.row(0, named=True)
    assert (row["score5"], row["channel"], row["source"]) == (5.0, None, "desk")


def test_each_ticket_has_its_own_latest_rating() -> None:
    given = [
        rating(id, 3, f"2026-03-0{day} 09:00", rating_id=f"{id}{day}") for id in ("1", "2", "3") for day in (3, 4, 5)
    ]
    made = facts([ticket(id) for id in ("1", "2", "3")], ratings=given)
    latest = made.ratings.filter(made.ratings["is_latest"])["rating_id"].to_list()
    assert sorted(latest) == ["15", "25", "35"]


def test_a_rating_without_a_date_is_there_before_its_ticket_only_where_it_has_none() -> None:
    tickets = [ticket("1"), ticket("2", "2026-03-20 09:00")]
    undated = [rating("1", 5), rating("2", 4), rating("nowhere", 3)]
    then = facts(tickets, ratings=undated, as_of="2026-03-10 09:00").ratings
    assert set(then["ticket_id"]) == {"1", "nowhere"}


def test_a_score_beyond_the_ends_of_its_own_scale_is_the_nearer_end() -> None:
    school: DeskSettings = desk(rating_scales=(RatingScale(6, 1, 6, 2),))
    given = [rating("1", score, scale=6, rating_id=f"{score}") for score in (0, 7)]
    made = facts([ticket()], ratings=given, settings=school).ratings
    assert dict(made.select("rating_id", "score5").iter_rows()) == {"0": 5.0, "7": 1.0}


def test_a_rating_of_which_only_the_day_is_known_has_no_hour() -> None:
    given = [
        rating("1", 5, "2026-03-03 00:00", date_only=["given_at"]),
        rating("1", 4, "2026-03-04 09:30", rating_id="b"),
    ]
    made = facts([ticket()], ratings=given).ratings
    assert dict(made.select("rating_id", "date_only").iter_rows()) == {"1": ["given_at", "rated_at"], "b": []}


def test_ratings_stand_in_the_order_of_their_time_then_by_ticket_and_id() -> None:
    tickets = [ticket("1"), ticket("2"), ticket("3", created_at="2026-03-05 09:00")]
    day = "2026-03-03 08:00"
    given = [rating("2", 1, day, rating_id="d"), rating("3", 1), rating("1", 1, day, rating_id="c"),
             rating("2", 1, day, rating_id="a"), rating("1", 1, "2026-03-03 07:00", rating_id="e")]  # fmt: skip
    made = facts(tickets, ratings=given).ratings
    assert made["rating_id"].to_list() == ["e", "c", "a", "d", "3"]
