"""The one table of rights."""

from typing import get_args

import pytest

from dashboard.people import POLICY, Act, Actor, Denied, Reach, Role, demand, needs, reach
from dashboard.store import ROLES


def test_every_act_names_every_role() -> None:
    assert set(POLICY) == set(Act)
    assert all(set(row) == set(get_args(Role)) == set(ROLES) for row in POLICY.values())


def test_a_disabled_account_may_do_nothing() -> None:
    gone = Actor(3, "Wu", "administrator", is_disabled=True)
    assert {reach(gone, act) for act in Act} == {Reach.NONE}


def test_a_guarded_function_runs_only_for_those_whom_the_table_allows() -> None:
    @needs(Act.MANAGE_PEOPLE)
    def rename(actor: Actor, name: str) -> str:
        return f"{actor.name} {name}"

    assert rename(Actor(1, "Li", "administrator"), "x") == "Li x"
    for role in ("agent", "inspector", "supervisor", "manager"):
        with pytest.raises(Denied):
            rename(Actor(2, "Wu", role), "x")


def test_a_narrower_reach_does_not_stand_for_a_wider_one() -> None:
    with pytest.raises(Denied):
        demand(Actor(2, "Wu", "supervisor"), Act.SEE_FIGURES, at_least=Reach.ALL)
