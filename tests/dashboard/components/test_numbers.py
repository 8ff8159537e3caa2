"""Whole numbers of a table are shown with separators, and nothing else is."""

import polars as pl

from dashboard.components.numbers import grouped


def test_only_columns_of_whole_numbers_are_grouped() -> None:
    shown = grouped(pl.DataFrame({"n": [12045], "share": [0.5], "team": ["a"]}))
    assert list(shown) == ["n"]
    assert shown["n"]["type_config"]["format"] == "localized"  # type: ignore[index]
