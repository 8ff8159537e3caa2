"""Rules, clocks and order of triage as a desk's settings: shipped, its own, dated, and never half wrong."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.agreements import SettingsError
from dashboard.desk import Desk, open_desk
from dashboard.people import ONE_PERSON
from dashboard.services.settings import changes as settings_changes
from dashboard.services.settings.editing import faults_in
from dashboard.triage.clocks import KINDS
from dashboard.triage.sentences import cause_sentence, clock_name, rule_name
from dashboard.triage.settings import settings_of, triage_settings
from dashboard.triage.states import ACTIONS, STATES, WAITING_FOR, allowed
from dashboard.wording import LANGUAGES, catalogue
from metrics.triage.model import RULE_KINDS

OWN = """
[triage]
order = ["priority", "age"]
acknowledged_for = "1 h"

[[triage_rule]]
rule = "no_response"
name = "silent mail"
within = "4 h"
where = { channel = "email" }
tier = 2

[[triage_rule]]
rule = "overdue"
enabled = false

[[triage_clock]]
kind = "t2_ack"
within = "5 min"
clock = "calendar"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.engine.dispose()


def test_what_ships_has_every_rule_and_every_clock_of_a_tier() -> None:
    shipped = triage_settings(None)
    assert {rule.kind for rule in shipped.rules} == set(RULE_KINDS)
    assert {clock.kind for clock in shipped.clocks} == set(KINDS) - {"resolution"}
    minutes = {clock.kind: clock.seconds // 60 for clock in shipped.clocks}
    assert (minutes["t1_standard_answer"], minutes["t2_ack"], minutes["t2_detail"]) == (1, 10, 30)
    assert (minutes["t3_start"], minutes["t3_interim"]) == (120, 240)


def test_a_desks_own_tables_stand_in_the_place_of_the_shipped_ones() -> None:
    own = triage_settings(OWN)
    (rule,) = own.rules
    assert (rule.kind, rule.name, rule.seconds, rule.where, rule.tier) == (
        "no_response", "silent mail", 4 * 3600, {"channel": "email"}, 2,
    )  # fmt: skip
    assert own.order == ("priority", "age")
    assert own.acknowledged_for == 3600
    assert [(clock.kind, clock.seconds, clock.clock) for clock in own.clocks] == [("t2_ack", 300, "calendar")]


WRONG = (
    ('[triage]\norder = ["colour"]\n', "colour"),
    ('[triage]\nmoves_up_after = 0\n', "moves_up_after"),
    ('[triage]\nacknowledged_for = "soon"\n', "soon"),
    ('[triage]\ncolour = 1\n', "colour"),
    ('[[triage_rule]]\nrule = "bad mood"\n', "bad mood"),
    ('[[triage_rule]]\nrule = "no_response"\n', "within"),
    ('[[triage_rule]]\nrule = "low_rating"\nshare = 3\n', "3"),
    ('[[triage_rule]]\nrule = "overdue"\nwhere = { channel = "pigeon" }\n', "pigeon"),
    ('[[triage_rule]]\nrule = "words"\nvalues = [""]\n', "values"),
    ('[[triage_rule]]\nrule = "overdue"\n\n[[triage_rule]]\nrule = "overdue"\n', "twice"),
    ('[[triage_clock]]\nkind = "t9"\nwithin = "1 min"\n', "t9"),
    ('triage_rule = "overdue"\n', "triage_rule"),
    ('triage = 3\n', "triage"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "named"), WRONG)
def test_what_is_wrong_is_named_and_never_kept(desk: Desk, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        triage_settings(text)
    assert any(named in str(fault) for fault in faults_in(text, "UTC"))
    with pytest.raises(SettingsError):
        settings_changes.keep_agreements(ONE_PERSON, desk, text, since=date(2026, 3, 1), reason="try")
    assert desk.agreement_versions() == ()


def test_settings_hold_from_their_day_on_and_can_be_taken_back(desk: Desk) -> None:
    change = settings_changes.keep_agreements(ONE_PERSON, desk, OWN, since=date(2026, 3, 1), reason="quieter mail")
    assert settings_of(desk, date(2026, 2, 28)) == triage_settings(None)
    assert settings_of(desk, date(2026, 3, 1)) == triage_settings(OWN)
    settings_changes.undo(ONE_PERSON, desk, change, reason="too quiet", at=datetime(2026, 3, 2, tzinfo=UTC))
    assert settings_of(desk) == triage_settings(None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_action_clock_and_rule_has_its_words(language: str) -> None:
    known = catalogue(language)
    keys = [
        *(f"triage.state.{name}" for name in STATES), *(f"triage.action.{name}" for name in ACTIONS),
        *(f"triage.waiting.{name}" for name in WAITING_FOR), *(f"triage.clock.{name}" for name in KINDS),
        *(f"triage.rule.{name}" for name in RULE_KINDS), *(f"triage.cause.{name}" for name in RULE_KINDS),
    ]  # fmt: skip
    assert [key for key in keys if key not in known] == []


def test_a_cause_is_told_with_what_fills_it_and_a_rule_by_the_name_that_the_desk_gave_it() -> None:
    late = {"kind": "overdue", "thing": "resolution", "seconds": 7200}
    assert "2 h" in cause_sentence("overdue", late)
    assert cause_sentence("slow mail", late).startswith("slow mail: ")
    assert cause_sentence("low_rating", {"kind": "low_rating", "score": 1.0, "scale": 5}) == "rated 1 of 5"
    assert "lawyer" in cause_sentence("words", {"kind": "words", "value": "lawyer"})
    assert (rule_name("overdue"), rule_name("silent mail")) == ("overdue", "silent mail")
    assert clock_name("t2_detail") == "detailed answer"


def test_what_can_be_done_follows_from_the_state() -> None:
    assert "acknowledge" in allowed("new")
    assert not {"resolve", "close", "start"} & set(allowed("new"))
    assert set(allowed("closed")) == {"reopen"}
    assert allowed("merged") == ()
