"""Goals of channels and queues in a desk's agreements: read, refused, dated, told apart."""

from datetime import date

import pytest

from dashboard.agreement_history import Version, in_force
from dashboard.agreements import SettingsError, agreed, read_toml
from dashboard.services.settings.agreements import differences
from dashboard.services.settings.goals import goal_records, goal_rows
from metrics.desk import DeskSettings

ALWAYS = '[[calendar]]\nname = "-"\ndaily = "00:00-24:00"\n'
CHAT = '[[service_goal]]\nqueue = "chat"\nshare = 0.9\nwithin = "60 s"\n'
RETURNS = """
[[queue]]
name = "退货"
types = ["returns"]
[[service_goal]]
queue = "chat/退货"
share = 0.7
within = "5 min"
"""


def settings(text: str) -> DeskSettings:
    return agreed(read_toml(ALWAYS + text), zone="UTC")


def goal_on(told: DeskSettings, queue: str, day: date) -> tuple[float, int] | None:
    found = told.service_goal(queue, day)
    return None if found is None else (found.share, found.seconds)


def test_a_queue_has_its_own_goal_else_that_of_its_channel() -> None:
    told, day = settings(CHAT + RETURNS), date(2026, 5, 1)
    assert goal_on(told, "chat", day) == (0.9, 60)
    assert goal_on(told, "chat/退货", day) == (0.7, 300)
    assert goal_on(told, "chat/安装", day) == (0.9, 60)
    assert goal_on(told, "email", day) is None


def test_a_goal_holds_from_its_day_on_and_only_under_its_agreement() -> None:
    later = CHAT.replace("60 s", "30 s") + "valid_from = 2026-06-01\n"
    first, second = settings(CHAT + later), settings("")
    held = in_force([Version(date(2026, 1, 1), first), Version(date(2026, 7, 1), second)])
    days = [date(2025, 1, 1), date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1)]
    assert [goal_on(held, "chat", day) for day in days] == [(0.9, 60), (0.9, 60), (0.9, 30), None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CHAT.replace("chat", "fax"), "fax"),
        (CHAT.replace("chat", "chat/退货"), "there is no queue of types “退货”"),
        (CHAT.replace("0.9", "90"), "share"),
        (CHAT.replace("0.9", "0.0"), "0.01"),
        (CHAT.replace("60 s", "soon"), "soon"),
        (CHAT + CHAT, "given twice"),
        (CHAT + "level = 3\n", "level"),
    ],
)
def test_what_is_no_goal_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(text)


def test_another_goal_is_told_in_a_sentence() -> None:
    other = settings(CHAT.replace("0.9", "0.95"))
    assert list(differences(settings(CHAT), other)) == [
        "Service goal of Live chat: 90% within 1 min becomes 95% within 1 min."
    ]  # fmt: skip
    assert list(differences(settings(""), other)) == ["Service goal of Live chat: 95% within 1 min is agreed anew."]


def test_the_table_of_a_page_says_the_rows_that_it_was_made_of() -> None:
    tables = read_toml(CHAT + RETURNS)
    rows = goal_rows(goal_records(tables))
    assert [(row["queue"], row["share"], row["within"]) for row in rows] == [
        ("chat", 0.9, "60 s"), ("chat/退货", 0.7, "5 min")
    ]  # fmt: skip
