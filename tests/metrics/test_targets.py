"""Which promise wins."""

from datetime import date

from metrics.desk import Target
from metrics.targets import by_precedence


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
