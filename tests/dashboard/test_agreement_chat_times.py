"""Handle times by chats at once in a desk's agreements: read, refused, dated, told apart."""

from datetime import date

import pytest

from dashboard.agreement_history import Version, in_force
from dashboard.agreements import SettingsError
from dashboard.services.settings.agreements import differences
from dashboard.services.settings.chat_times import times_faults, times_records, times_rows
from metrics.desk import DeskSettings
from tests.dashboard.test_agreement_goals import RETURNS, settings

CHAT = '[[chat_times]]\nqueue = "chat"\ntimes = ["8 min", "552 s", "10 min"]\n'


def times_on(told: DeskSettings, queue: str, day: date) -> tuple[int, ...] | None:
    found = told.chat_times_of(queue, day)
    return None if found is None else found.seconds


def test_a_queue_has_its_own_times_else_those_of_its_channel() -> None:
    own = CHAT.replace('chat"', 'chat/退货"').replace("8 min", "400 s")
    told, day = settings(RETURNS + CHAT + own), date(2026, 5, 1)
    assert times_on(told, "chat", day) == times_on(told, "chat/安装", day) == (480, 552, 600)
    assert times_on(told, "chat/退货", day) == (400, 552, 600)
    assert times_on(told, "wechat", day) is None


def test_times_hold_from_their_day_on_and_only_under_their_agreement() -> None:
    later = CHAT.replace("8 min", "300 s") + "valid_from = 2026-06-01\n"
    held = in_force([Version(date(2026, 1, 1), settings(CHAT + later)), Version(date(2026, 7, 1), settings(""))])
    days = [date(2025, 1, 1), date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1)]
    found = [times_on(held, "chat", day) for day in days]
    assert found == [(480, 552, 600), (480, 552, 600), (300, 552, 600), None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CHAT.replace('"chat"', '"fax"'), "fax"),
        (CHAT.replace("552 s", "9:12"), "9:12"),
        (CHAT.replace("552 s", "0 s"), "0 s"),
        (CHAT.replace("552 s", ""), "write it like 480 s, 8 min"),
        (CHAT.replace("10 min", "9 min"), "less time with 3 at once"),
        (CHAT.replace('["8 min", "552 s", "10 min"]', "[]"), "needs from 1 to 12 times"),
        (CHAT.replace('["8 min", "552 s", "10 min"]', '"8 min"'), "needs from 1 to 12 times"),
        (CHAT + CHAT, "given twice"),
        (CHAT + "share = 0.8\n", "share"),
    ],
)
def test_what_are_no_times_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(text)


def test_other_times_are_told_in_a_sentence() -> None:
    other = settings(CHAT.replace("8 min", "400 s"))
    assert list(differences(settings(CHAT), other)) == [
        "Times of chats of Live chat: 8 min, 9 min 12 s, 10 min with 1 to 3 at once become 6 min 40 s, 9 min 12 s, "
        "10 min with 1 to 3 at once."
    ]
    assert list(differences(other, settings(""))) == [
        "Times of chats of Live chat: 6 min 40 s, 9 min 12 s, 10 min with 1 to 3 at once are agreed no longer."
    ]


def test_the_table_of_a_page_says_the_rows_that_it_was_made_of() -> None:
    tables = {"chat_times": [{"queue": "chat", "times": ["8 min", "552 s"], "valid_from": date(2026, 6, 1)}]}
    (record,) = times_records(tables)
    assert record == {"queue": "chat", "1": "8 min", "2": "552 s", "3": None, "4": None, "5": None,
                      "valid_from": date(2026, 6, 1)}  # fmt: skip
    assert times_rows([record]) == tables["chat_times"]
    (faults,) = times_faults([{**record, "2": None, "3": "10 min"}], {}, "Asia/Shanghai").values()
    assert "write it like" in str(faults[0])
