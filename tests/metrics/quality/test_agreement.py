"""Agreement of readers: golden values of irrCAC 0.4.4 and krippendorff 0.9.0, and what is not said."""

import numpy as np
import polars as pl
import pytest

from metrics.quality.agreement import Agreement, agreement, alike, biases, counted

_ = None
THREE = [[1, 1, _], [1, 1, 1], [_, 1, 1], [1, 1, 1], [0, 1, 1], [0, 0, 0], [1, 0, 1], [1, _, 1], [1, 1, 1], [1, 1, 0],
         [1, 1, _], [_, 0, 0], [1, 1, 1], [1, 1, 1], [1, 1, 0], [1, 0, 1], [_, 0, 1], [0, 0, 0], [_, _, 0], [1, 1, _],
         [1, 1, 1], [_, 1, 0], [1, 1, 1], [1, 1, _], [1, 1, 1], [0, 0, 1], [0, _, 1], [1, 0, _], [1, _, 1], [0, 0, 0],
         [1, 1, 1], [_, 1, 1], [1, 1, 1], [0, 0, 1], [0, _, _], [_, 1, 0], [1, 0, _], [1, 1, _], [0, 1, 0], [0, 0, 0],
         ]  # fmt: skip
HALF = [[1, .5, 0, .5], [1, 1, 1, 1], [1, 1, .5, _], [1, _, 1, 1], [1, 1, 1, 1], [1, .5, 1, 1], [.5, .5, .5, .5],
        [_, _, _, 1], [1, _, 1, 1], [_, _, 1, 1], [_, _, 1, 1], [_, 1, 1, 1], [.5, .5, .5, 0], [_, _, _, 1],
        [1, 1, 1, 1], [.5, .5, .5, 1], [1, 0, .5, .5], [1, _, 1, 1], [0, _, _, 1], [0, 0, 0, 0], [1, 1, 1, 1],
        [1, .5, .5, 0], [1, 1, _, 1], [1, _, 1, 1], [_, _, _, 1], [1, 1, 1, 1], [1, 1, 1, _], [.5, .5, _, 1],
        [0, _, _, 0], [0, _, _, 0],
        ]  # fmt: skip
PARADOX = [[1, 1]] * 95 + [[1, 0]] * 2 + [[0, 1]] * 2 + [[0, 0]]


def found(rows: list[list[float | None]], scale: tuple[float, ...] = (0, 1)) -> Agreement:
    cells = [(f"c{row}", f"r{reader}", value) for row, values in enumerate(rows) for reader, value in enumerate(values)]
    ratings = pl.DataFrame(
        cells, schema={"conversation": pl.String, "reader": pl.String, "value": pl.Float64}, orient="row"
    )
    return agreement(counted(ratings, scale), scale)


@pytest.mark.parametrize(
    ("rows", "scale", "ac1", "alpha"),
    [
        (PARADOX, (0, 1), 0.9575281376, 0.3161512027491409),
        (THREE, (0, 1), 0.4578721482, 0.34617236398651896),
        (HALF, (0, 0.5, 1), 0.8028331362, 0.6514445479962722),
    ],
    ids=["nearly all pass", "three readers, gaps", "with halves, gaps"],
)
def test_ac1_and_alpha_are_those_of_independent_packages(
    rows: list[list[float | None]], scale: tuple[float, ...], ac1: float, alpha: float
) -> None:
    seen = found(rows, scale)
    assert seen.ac1 == pytest.approx(ac1, abs=1e-9)
    assert seen.alpha == pytest.approx(alpha, abs=1e-9)


def test_where_nearly_all_passes_the_failures_are_told_apart() -> None:
    seen = found(PARADOX)
    assert seen.raw == pytest.approx(0.96)
    assert (seen.failed_by_any, seen.failed_by_all, seen.on_failures) == (5, 1, 0.2)
    assert seen.band == "fine"


def test_an_interval_of_the_agreement_holds_it_and_is_the_same_each_time() -> None:
    seen = found(THREE)
    assert seen.ac1_low is not None
    assert seen.ac1_high is not None
    assert seen.ac1_low < 0.4578721482 < seen.ac1_high
    assert found(THREE) == seen


def test_below_twenty_conversations_nothing_is_said_of_the_question() -> None:
    assert found(PARADOX[:19]).band is None
    assert found(PARADOX[-20:]).band is not None
    assert found([[1, None]]).conversations == 0


def test_where_all_gave_the_same_alpha_is_undefined_and_agreement_whole() -> None:
    seen = found([[1, 1]] * 30)
    assert (seen.raw, seen.ac1, seen.alpha, seen.on_failures) == (1, 1, None, None)


def test_a_half_is_nearer_to_a_whole_than_nothing_is() -> None:
    half, none = (found([[1, 1]] * 15 + [[other, 1]] * 10, (0, 0.5, 1)) for other in (0.5, 0))
    assert half.raw == none.raw
    assert half.ac1 is not None
    assert none.ac1 is not None
    assert half.ac1 > none.ac1


def test_the_order_of_conversations_and_readers_does_not_matter() -> None:
    turned = [row[::-1] for row in THREE[::-1]]
    assert found(turned).ac1 == pytest.approx(found(THREE).ac1)
    assert found(turned).alpha == pytest.approx(found(THREE).alpha)


def test_a_bias_is_what_a_reader_gives_more_than_the_expert() -> None:
    chance = np.random.default_rng(1)
    right = chance.choice([0.0, 0.5, 1.0], size=60, p=[0.2, 0.3, 0.5])
    rows = [(str(place), "S1", who, value) for place, one in enumerate(right)
            for who, value in (("expert", one), ("strict", max(0.0, one - 0.5)), ("like", one))]  # fmt: skip
    told = biases(pl.DataFrame(rows, schema=["conversation", "question", "reader", "value"], orient="row"), "expert")
    like, strict = told
    assert (like.reader, like.value, like.low) == ("like", 0.0, 0.0)
    assert strict.value == pytest.approx(-0.5 * (right > 0).mean())
    assert strict.high is not None
    assert strict.high < 0


def test_the_bias_of_a_few_answers_has_no_interval() -> None:
    rows = [("1", "S1", "expert", 1.0), ("1", "S1", "new", 0.0)]
    (told,) = biases(pl.DataFrame(rows, schema=["conversation", "question", "reader", "value"], orient="row"), "expert")
    assert (told.value, told.low) == (-1.0, None)


def test_it_is_counted_in_how_many_conversations_all_gave_the_same() -> None:
    rows = [
        ("1", "R1", "a", 1.0), ("1", "R1", "b", 1.0), ("2", "R1", "a", 1.0), ("2", "R1", "b", 0.5),
        ("3", "R1", "a", None), ("3", "R1", "b", 1.0), ("4", "R1", "a", 0.0), ("5", "R1", "a", 0.5),
        ("5", "R1", "b", 0.0), ("1", "K1", "a", 1.0), ("1", "K1", "b", 1.0),
    ]  # fmt: skip
    told = alike(pl.DataFrame(rows, schema=["conversation", "question", "reader", "value"], orient="row"))
    assert told.rows() == [("R1", 4, 1, 1), ("K1", 1, 1, 0)]
