"""Measures judged on equally long stretches: an effect is found, a mere drift is not sold as one."""

from datetime import date, datetime, timedelta
from random import Random

import pytest

from dashboard.improvements import Improvement
from dashboard.services.analysis.improvements import judged, stretches
from metrics.facts import Facts
from metrics.model import Period, Scope
from tests.builders import Row, facts, rating, ticket

DAY = date(2026, 3, 30)
"""A Monday, twelve weeks after the first ticket."""
TRAINED = Improvement("trained", DAY, "csat", where={"team": ("a",)}, expected=0.9)


def desk(share: dict[str, list[float]], *, weeks: int = 21, a_day: int = 6) -> Facts:
    """So many rated tickets a day and team from 5 January on; `share` gives the satisfied of each week."""
    random, tickets, ratings = Random(4), [], []
    for team, weekly in share.items():
        for day in range(weeks * 7):
            happy = weekly[min(day // 7, len(weekly) - 1)]
            for number in range(a_day):
                at = datetime(2026, 1, 5, 9 + number) + timedelta(days=day)  # noqa: DTZ001 - text for the builder
                id, text = f"{team}{day}-{number}", f"{at:%Y-%m-%d %H:%M}"
                tickets.append(ticket(id, text, team=team))
                ratings.append(rating(id, 5 if random.random() < happy else 1, text))
    rows: list[Row] = ratings
    return facts(tickets, ratings=rows)


STEP = desk({"a": [0.6] * 12 + [0.97], "b": [0.6] * 20})


def test_the_stretches_are_whole_weeks_of_equal_length_around_the_day() -> None:
    assert stretches(STEP, TRAINED) == (Period(date(2026, 2, 2), DAY), Period(DAY, date(2026, 5, 25)))
    soon = Improvement("late", date(2026, 5, 26), "csat")
    assert stretches(STEP, soon) == "early"
    assert stretches(STEP, Improvement("first", date(2026, 1, 6), "csat")) == "no_past"


def test_the_provisional_tail_is_left_out() -> None:
    since = date(2026, 5, 4)
    settled = stretches(STEP, Improvement("now", since, "csat"))
    provisional = stretches(STEP, Improvement("now", since, "reopen_rate"))
    assert not isinstance(settled, str)
    assert not isinstance(provisional, str)
    assert (settled[1].end, provisional[1].end) == (date(2026, 5, 25), date(2026, 5, 18))
    assert stretches(STEP, Improvement("now", date(2026, 5, 18), "reopen_rate")) == "early"


def test_an_effect_is_found_and_stands_apart_from_the_others() -> None:
    found = judged(STEP, Scope(), TRAINED)
    assert found.outcome == "better"
    assert found.others is not None
    assert found.others[1] < 0 < found.others[2]
    assert found.apart is not None
    assert found.apart[1] > 0
    assert found.drift is None  # the stretch before the stretch before begins before the data
    assert found.reached == "yes"


def test_the_values_are_those_of_plain_counting() -> None:
    found = judged(STEP, Scope(), TRAINED)
    assert found.row is not None
    rows = STEP.ratings.filter(team="a")
    for side, (start, end) in {"before": (date(2026, 2, 2), DAY), "after": (DAY, date(2026, 5, 25))}.items():
        scores = [row["score"] for row in rows.to_dicts() if start <= row["rated_at"].date() < end]
        assert found.row[side] == pytest.approx(sum(score == 5 for score in scores) / len(scores))


def test_a_rise_that_all_teams_share_is_not_apart_from_the_others() -> None:
    told = desk({"a": [0.6] * 12 + [0.9], "b": [0.6] * 12 + [0.9]})
    found = judged(told, Scope(), TRAINED)
    assert found.outcome == "better"
    assert found.apart is not None
    assert found.apart[1] < 0 < found.apart[2]


def test_a_figure_that_was_already_moving_is_told_to_be() -> None:
    drifting = desk({"a": [0.2 + 0.04 * week for week in range(20)], "b": [0.6]}, a_day=9)
    found = judged(drifting, Scope(), Improvement("late", date(2026, 4, 27), "csat", where={"team": ("a",)}))
    assert found.outcome == "better"
    assert found.was_moving > 7 or (found.drift is not None and found.drift[1] > 0)


def test_nothing_is_no_more_than_noise_and_a_few_are_too_few() -> None:
    calm = desk({"a": [0.7]})
    assert judged(calm, Scope(), TRAINED).outcome == "noise"
    assert judged(desk({"a": [0.7]}, a_day=1, weeks=14), Scope(), TRAINED).outcome == "few"
