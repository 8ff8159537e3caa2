"""The settings of spot-checks: what a change says in sentences, and what it would have meant lately."""

from datetime import date, timedelta
from pathlib import Path

from dashboard.people import COMMAND_LINE
from dashboard.quality.plans import Plan
from dashboard.services.quality import draws, error_cases, sampling_plans
from dashboard.services.settings.editing import faults_in
from dashboard.services.settings.spot_checks import spot_check_changes, spot_check_effect
from dashboard.services.settings.words import changes_between
from metrics.quality.sampling import Allocation
from tests import inspected
from tests.dashboard.quality.test_calibration import read
from tests.inspected import NOW, SOURCE

PLAN = Plan("daily", by_channel=False, allocation=Allocation(share=0.3, minimum=4), double_share=0.0,
            inspectors=("iris",))  # fmt: skip
NEW = "[quality]\ntarget_rate = 0.01\napology_hours = 2\n[reviews]\ndispute_days = 4\n"


def test_a_change_is_told_in_sentences_beside_the_others() -> None:
    told = ["Share of conversations that has to pass: 95.0% → 1.0%", "Told the customer, hours: 24 → 2",
            "Lines can be disputed, working days: 3 → 4"]  # fmt: skip
    assert spot_check_changes(None, NEW) == told
    assert changes_between(None, NEW, "UTC")[-3:] == tuple(told)
    assert spot_check_changes(NEW, NEW) == []


def test_what_is_no_number_of_hours_or_days_is_a_fault() -> None:
    assert len(faults_in("[quality]\ntarget_rate = 95\napology_hours = 0\n", "UTC")) == 2
    assert len(faults_in("[reviews]\ndispute_days = 1.5\n", "UTC")) == 1


def test_a_verdict_and_the_times_of_corrections_are_held_against_both(tmp_path: Path) -> None:
    desk = inspected.copied(tmp_path / "desk")
    sampling_plans.save_plan(COMMAND_LINE, desk, PLAN, at=NOW)
    draws.draw(COMMAND_LINE, desk, PLAN.name, day=date(2026, 3, 4), at=NOW)
    read(desk, inspected.someone(desk, "iris"))
    case = error_cases.open_case(COMMAND_LINE, desk, source=SOURCE, ticket_id="T1", wrong_claim="a", right_claim="b",
                                 at=NOW - timedelta(hours=9))  # fmt: skip
    error_cases.tell_customer(COMMAND_LINE, desk, case.id, case.version, at=NOW - timedelta(hours=4))
    found = spot_check_effect(COMMAND_LINE, desk, None, NEW, at=NOW)
    assert found.before[1] != "meets", "so few cannot show 95 %"
    assert found.after[1] == "meets"
    assert found.after[2] == 0
    apology = found.clocks[0]
    assert (apology.name, apology.met, apology.before, apology.after) == ("apology_hours", 1, 1, 0)
    assert [one.met for one in found.clocks[1:]] == [0, 0, 0]
    desk.engine.dispose()
