"""When and whom to remind, as people write it; everything that is wrong is told at once."""

import pytest

from dashboard.agreements import SettingsError
from dashboard.sending.claims import next_try
from dashboard.triage.reminder_settings import SHIPPED, ReminderSettings, Step, reminder_settings


def test_without_a_word_the_shipped_steps_hold() -> None:
    assert reminder_settings(None) == ReminderSettings(SHIPPED)
    assert [(step.at, step.to[0]) for step in SHIPPED] == [
        (75, "owner"), (100, "owner"), (150, "supervisor"), (200, "next_tier"),
    ]  # fmt: skip


def test_a_desk_has_its_own_steps_and_limits() -> None:
    told = reminder_settings(
        '[reminders]\nquiet = false\nmost_an_hour = 3\nshortest = "30 min"\ndigest = false\n'
        '[[reminder]]\nat = 120\nto = ["group"]\n[[reminder]]\nat = 50\nto = ["owner", "supervisor"]\n'
    )
    assert told.steps == (Step(50, ("owner", "supervisor")), Step(120, ("group",)))
    assert (told.quiet, told.most_an_hour, told.shortest, told.digest) == (False, 3, 1800, False)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[reminders]\nloud = true\n", 1),
        ('[reminders]\nquiet = "yes"\nmost_an_hour = 0\nshortest = "soon"\n', 3),
        ("reminders = 3\n", 1),
        ("reminder = 3\n", 1),
        ('[[reminder]]\nat = 0\nto = ["boss"]\n', 2),
        ('[[reminder]]\nat = 75\nto = []\n', 1),
        ('[[reminder]]\nat = 75\nto = ["owner"]\n[[reminder]]\nat = 75\nto = ["group"]\n', 1),
        ('[[reminder]]\nat = 75\nto = ["owner"]\nby = "pigeon"\n', 1),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_told(text: str, faults: int) -> None:
    with pytest.raises(SettingsError) as told:
        reminder_settings(text)
    assert len(told.value.faults) == faults


def test_the_waits_between_tries_grow_up_to_an_hour() -> None:
    minutes = [next_try(tries).total_seconds() / 60 for tries in (1, 2, 3, 4, 7, 8, 30)]
    assert minutes == [0, 1, 2, 4, 32, 60, 60]
