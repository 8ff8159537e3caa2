"""Counts and sums by groups of whole numbers, held against plain Python, in dense tables and without."""

from collections import defaultdict
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest

from metrics import tallies
from metrics.tallies import Codes, Columns, Groups

FAR = -(2**31)
CHANCE = np.random.default_rng(5)


def columns(rows: int, width: int) -> list[list[int]]:
    return [CHANCE.integers(0, width, rows).tolist() for _ in range(3)]


@pytest.mark.parametrize(("rows", "width"), [(0, 3), (1, 3), (500, 4), (40, 100_000_000)])
@pytest.mark.parametrize("longest", [1 << 62, 2000])
def test_groups_are_the_keys_that_occur_in_order_however_they_are_numbered(rows: int, width: int, longest: int) -> None:
    keys = columns(rows, width)
    with patch.object(tallies, "LONGEST", longest):
        groups = Groups.by([Codes.of(np.array(key, dtype=np.int64)) for key in keys])
    wanted = sorted(set(zip(*keys, strict=True)))
    assert list(zip(*(values.tolist() for values in groups.values), strict=True)) == wanted
    assert [wanted[place] for place in groups.of_row] == list(zip(*keys, strict=True))
    assert groups.rows.tolist() == [list(zip(*keys, strict=True)).count(key) for key in wanted]


@pytest.mark.parametrize("numbers", [[], [FAR], [FAR, FAR], [3, 9, 3], [FAR, 9, -4, 9], [7, 10**12, FAR]])
def test_a_number_far_below_the_others_costs_no_room(numbers: list[int]) -> None:
    codes = Codes.sparse(np.array(numbers, dtype=np.int64), apart=FAR)
    assert codes.values[codes.places].tolist() == numbers
    assert codes.values.tolist() == sorted(set(numbers) or {FAR})


def test_places_whose_values_become_alike_become_one() -> None:
    codes = Codes.of(np.array([5, 6, 8, 5])).mapped(np.array([1, 1, 0, 0]))
    assert codes.values[codes.places].tolist() == [1, 1, 0, 1]
    assert codes.values.tolist() == [0, 1]


def test_counts_and_sums_are_those_of_a_plain_loop() -> None:
    keys = CHANCE.integers(0, 5, 300).tolist()
    flags = CHANCE.choice([None, True, False], 300).tolist()
    whole = [None if value == 7 else value * 10**14 for value in CHANCE.integers(0, 30, 300).tolist()]
    parts = [None if value > 0.9 else value for value in CHANCE.random(300).tolist()]
    frame = pl.DataFrame({"key": keys, "flag": flags, "whole": whole, "part": parts, "none": [None] * 300})
    made = Columns(frame)
    groups = Groups.by([made.codes("key")])
    names = [f"{kind}:{column}" for column in ("whole", "part") for kind in ("sum", "present", "square")]
    found = made.sums(groups, ["rows:None", "true:flag", "present:flag", "present:key", "true:none", *names])
    wanted: defaultdict[str, list[float]] = defaultdict(lambda: [0] * 5)
    for key, flag, *values in zip(keys, flags, whole, parts, strict=True):
        wanted["rows:None"][key] += 1
        wanted["present:key"][key] += 1
        wanted["true:none"][key] += 0
        wanted["true:flag"][key] += flag is True
        wanted["present:flag"][key] += flag is not None
        for column, value in zip(("whole", "part"), values, strict=True):
            wanted[f"present:{column}"][key] += value is not None
            wanted[f"sum:{column}"][key] += value or 0
            wanted[f"square:{column}"][key] += (value or 0) ** 2
    for name, sums in wanted.items():
        exact = not name.startswith("square") and name != "sum:part"
        assert found[name].tolist() == (sums if exact else pytest.approx(sums, rel=1e-12)), name


def test_sums_of_whole_numbers_are_exact_beyond_what_a_decimal_can_hold() -> None:
    made = Columns(pl.DataFrame({"key": [0, 0], "value": [2**60, 1]}))
    groups = Groups.by([made.codes("key")])
    assert made.sums(groups, ["sum:value"])["sum:value"].tolist() == [2**60 + 1]
    assert made.added(groups, "value").tolist() == [2**60 + 1]


def test_of_no_rows_sums_have_the_types_that_they_have_of_many() -> None:
    made = Columns(pl.DataFrame(schema={"key": pl.Int64, "value": pl.Int64, "part": pl.Float64, "flag": pl.Boolean}))
    groups = Groups.by([made.codes("key")])
    names = ("rows:None", "sum:value", "true:flag", "square:value", "sum:part")
    types = [made.sums(groups, [name])[name].dtype for name in names]
    assert types == [np.int64, np.int64, np.int64, np.float64, np.float64]
    assert made.added(groups, "part").dtype == np.float64
