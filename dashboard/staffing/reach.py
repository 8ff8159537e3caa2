"""Whose plan it is: the desk's, or that of the teams that somebody leads."""

from dashboard.people.actor import Actor
from dashboard.people.permission import permission_of
from dashboard.people.policy import Act


def teams_of(actor: Actor, act: Act) -> frozenset[str] | None:
    """The teams that somebody may plan for or see the plan of; None for all."""
    may = permission_of(actor, act)
    return None if may.is_everything else frozenset(str(team) for team in may.where.get("team", ()) if team)


def plan_of(actor: Actor, act: Act = Act.SEE_STAFFING) -> list[str]:
    """The same as it is kept beside a part of a plan: sorted, empty for the desk's. One's forecast is of these teams'
    requests alone, so what was changed in another's plan says nothing of it."""
    return sorted(teams_of(actor, act) or ())
