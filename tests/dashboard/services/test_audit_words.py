"""Every act that is written into the audit has its words in both languages."""

import re
from pathlib import Path

import pytest

import dashboard
from dashboard.services.upkeep.audit_log import ACTIONS, action_name
from dashboard.triage.states import ACTIONS as TRIAGE_ACTIONS
from dashboard.wording import Language, speaking

RECORDED = re.compile(r"record\(\s*session,\s*[\w.()]+,\s*\"([a-z_.]+)\"")
CODE = "\n".join(path.read_text(encoding="utf-8") for path in Path(dashboard.__file__).parent.rglob("*.py"))


def test_every_act_that_the_code_records_is_named() -> None:
    recorded = set(RECORDED.findall(CODE))
    assert len(recorded) > 30
    assert recorded <= ACTIONS.keys()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_acts_of_triage_are_told_in_words(language: Language) -> None:
    with speaking(language):
        told = [action_name(f"triage.{act}") for act in TRIAGE_ACTIONS]
    assert not [name for name in told if "triage." in name]
