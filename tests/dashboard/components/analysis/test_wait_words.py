"""By how much the figure of the answered flatters is said only where it is more than its own noise."""

import polars as pl
import pytest

from dashboard.components.analysis.wait_words import aware_title
from dashboard.services.analysis.waits import BothWaits
from dashboard.wording import speaking


def ladder(value: float | None, low: float | None = None, high: float | None = None) -> pl.DataFrame:
    return pl.DataFrame({"level": ["p90"], "value": [value], "low": [low], "high": [high], "n": [100]})


@pytest.mark.parametrize(
    ("answered", "everybody", "waiting", "told"),
    [
        (ladder(600), ladder(600), 0, "Nobody of these days still waits"),
        (ladder(600), ladder(None), 50, "So many still wait"),
        (ladder(600), ladder(600), 1, "Those still waiting change little: nine of ten within 10 min either way"),
        (
            ladder(600, 500, 720),
            ladder(660),
            1,
            "Those still waiting change little: nine of ten within 11 min, without",
        ),
        (ladder(600, 590, 610), ladder(900), 9, "Counting those still waiting, nine of ten are answered within 15 min"),
        (ladder(600, 590, 610), ladder(300), 9, "Of all who began to wait in these days nine of ten"),
    ],
)
def test_the_title_tells_how_much_those_still_waiting_change(
    answered: pl.DataFrame, everybody: pl.DataFrame, waiting: int, told: str
) -> None:
    with speaking("en"):
        assert aware_title(BothWaits(answered, everybody, pl.DataFrame(), waiting)).startswith(told)
