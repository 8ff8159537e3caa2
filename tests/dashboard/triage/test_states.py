"""Whatever people, rules and time do with escalated tickets, in whatever order: it is what a plain model says."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from dashboard.services.triage import acts as triage
from dashboard.services.triage import many as triage_many
from dashboard.services.triage import running as triage_running
from dashboard.triage import acts
from dashboard.triage.acts import Plan, Ways
from dashboard.triage.items import Item
from dashboard.triage.states import Action
from tests.dashboard.triage.machine import Triage, TriageOfOne, TriageOfTwo

RUNS, STEPS = 200, 30
SEEDED_STEPS = 60
"""So many, so that one ticket can go the whole way twice: some of what is sown shows at its second reopening only."""
PHASES = (Phase.explicit, Phase.generate)
Patch = pytest.MonkeyPatch


def run(runs: int, steps: int = STEPS, machine: type[Triage] = Triage) -> None:
    how = settings(
        max_examples=runs, stateful_step_count=steps, deadline=None, database=None, phases=PHASES, derandomize=True,
        suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=how)


def test_a_few_runs_are_what_the_model_says() -> None:
    run(5, 20)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_runs_are_what_the_model_says() -> None:
    """pytest tests/dashboard/triage/test_states.py -m slow -s"""
    runs = int(os.environ.get("FLOORWALKER_TRIAGE_RUNS", RUNS))
    run(runs)
    print(f"{runs} runs of up to {STEPS} steps: no violation")


def without(action: Action, *names: str) -> Callable[[Patch], None]:
    """An act that forgets some of what it sets."""

    def sow(patch: Patch) -> None:
        whole = acts._ACTS[action]

        def forgetful(*given: Any) -> Plan:
            plan = whole(*given)
            return replace(plan, values={name: value for name, value in plan.values.items() if name not in names})

        patch.setitem(acts._ACTS, action, forgetful)

    return sow


def clocks_run_on(patch: Patch) -> None:
    merge = acts._ACTS["merge"]
    patch.setitem(acts._ACTS, "merge", lambda *given: replace(merge(*given), clocks=given[1]))


def old_versions_pass(patch: Patch) -> None:
    patch.setattr(triage, "demand_version", lambda *_: None)


SEEDED: Mapping[str, Callable[[Patch], None]] = {
    "a reopening is not counted": without("reopen", "reopen_count"),
    "the second reopening raises nothing": lambda patch: patch.setattr(acts, "RAISING_REOPEN", 99),
    "who acknowledges does not get it": without("acknowledge", "owner"),
    "whoever is waited for, the clock of the resolution rests": lambda patch: patch.setattr(
        Ways, "pauses", lambda *_: True
    ),
    "a snooze may pass the next deadline": lambda patch: patch.setattr(acts, "next_deadline", lambda *_: None),
    "an old version overwrites": old_versions_pass,
    "what was raised counts as acknowledged": lambda patch: patch.setattr(
        acts, "_raised", lambda item, at: {"tier": item.tier + 1, "raised_at": at}
    ),
    "taking back leaves the clocks": lambda patch: patch.setattr(
        triage_many, "_clocks_before", lambda clocks, *_: list(clocks)
    ),
    "a new cause leaves what is resolved": lambda patch: patch.setattr(triage_running, "_reopen", lambda *_: 0),
    "the clocks of what was merged run on": clocks_run_on,
    "a complaint can be put off untaken": lambda patch: patch.setattr(Item, "is_pressing", False),
    "time does not end a snooze": lambda patch: patch.setattr(triage_running, "_asleep", lambda *_: []),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("bug", SEEDED)
def test_a_seeded_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest tests/dashboard/triage/test_states.py -m slow -s -k seeded"""
    SEEDED[bug](monkeypatch)
    machine = TriageOfTwo if "merged" in bug else TriageOfOne
    before = machine.begun
    with pytest.raises(BaseException) as found:  # noqa: PT011 - whatever shows it: a comparison, or the database
        run(RUNS, SEEDED_STEPS, machine)
    print(f"{bug}: found by {found.typename} in at most {machine.begun - before} runs")
