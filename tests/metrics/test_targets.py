"""Which promise wins."""

from datetime import date

import polars as pl
import pytest

from metrics.desk import Target
from metrics.targets import by_precedence, chosen


def test_more_conditions_win_then_the_later_then_the_shorter() -> None:
    usual = Target("resolution", 900)
    chat = Target("resolution", 800, where={"channel": "chat"})
    chat_later = Target("resolution", 950, where={"channel": "chat"}, valid_from=date(2026, 1, 1))
    chat_shorter = Target("resolution", 700, where={"priority": "urgent"})
    both = Target("resolution", 990, where={"channel": "chat", "priority": "urgent"})
    other = Target("first_response", 1)
    assert by_precedence([usual, chat, other, chat_later, chat_shorter, both], "resolution") == [
        both, chat_later, chat_shorter, chat, usual,
    ]  # fmt: skip


def held(targets: list[Target], *, on: date, **columns: str | None) -> int | None:
    """The seconds that are promised for a resolution to a ticket of these columns."""
    frame = pl.DataFrame({"day": [on], **{name: [value] for name, value in columns.items()}},
                         schema_overrides=dict.fromkeys(columns, pl.String()))  # fmt: skip
    place = frame.select(chosen(targets, "resolution", on=pl.col("day"), columns=frame.columns)).to_series()
    assert place.dtype == pl.UInt32
    return None if place.item() is None else by_precedence(targets, "resolution")[place.item()].seconds


DAY = date(2026, 3, 2)
USUAL, CHAT = Target("resolution", 900), Target("resolution", 300, where={"channel": "chat"})
CHAT_URGENT = Target("resolution", 60, where={"channel": "chat", "priority": "urgent"})


def test_the_most_specific_target_whose_conditions_all_hold_is_chosen() -> None:
    asked = [USUAL, CHAT, CHAT_URGENT, Target("first_response", 1, where={"channel": "chat"})]
    assert held(asked, on=DAY, channel="chat", priority="urgent") == 60
    assert held(asked, on=DAY, channel="chat", priority="low") == 300
    assert held(asked, on=DAY, channel="email", priority="urgent") == 900
    assert held(asked, on=DAY, channel=None, priority=None) == 900
    assert held([CHAT], on=DAY, channel="email") is None
    assert held([CHAT], on=DAY, channel=None) is None
    assert held([], on=DAY, channel="chat") is None


def test_a_condition_on_a_column_that_is_not_there_never_holds() -> None:
    assert held([USUAL, CHAT, CHAT_URGENT], on=DAY, channel="chat") == 300
    assert held([CHAT_URGENT], on=DAY, priority="urgent") is None


def test_a_target_whose_conditions_name_every_column_holds() -> None:
    frame = pl.DataFrame({"channel": ["chat", "email"]})
    place = chosen([CHAT], "resolution", on=pl.lit(DAY), columns=frame.columns)
    assert frame.select(place).to_series().to_list() == [0, None]


@pytest.mark.parametrize(
    ("target", "days"),
    [
        (Target("resolution", 5, valid_from=date(2026, 3, 2)), (None, 5, 5, 5)),
        (Target("resolution", 5, since=date(2026, 3, 2)), (None, 5, 5, 5)),
        (Target("resolution", 5, valid_from=date(2026, 3, 2), since=date(2026, 3, 3)), (None, None, 5, 5)),
        (Target("resolution", 5, valid_from=date(2026, 3, 3), since=date(2026, 3, 2)), (None, None, 5, 5)),
        (Target("resolution", 5, until=date(2026, 3, 3)), (5, 5, None, None)),
        (Target("resolution", 5, since=date(2026, 3, 2), until=date(2026, 3, 3)), (None, 5, None, None)),
        (Target("resolution", 5), (5, 5, 5, 5)),
    ],
)
def test_a_target_holds_from_its_first_day_to_the_day_before_its_last(
    target: Target, days: tuple[int | None, ...]
) -> None:
    asked = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    assert tuple(held([target], on=day) for day in asked) == days
    assert tuple(5 if target.is_in_force(day) else None for day in asked) == days


def test_a_target_without_an_end_holds_on_the_last_day_there_is() -> None:
    assert held([USUAL], on=date.max) == 900
