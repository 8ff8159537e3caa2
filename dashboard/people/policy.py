"""What each role may do, and how far: one table, and nothing else decides.

What the table does not name is denied. A service function that is given a desk says by `needs` which act it is, and its
first argument is who acts; a test fails where one does not. Pages and the menu ask `reach` so as not to offer in vain.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum, StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from dashboard.desk import Desk
from dashboard.people.actor import Actor, Role
from dashboard.people.denials import note_denial
from metrics.errors import ActionableError
from metrics.words import N_

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Reach(IntEnum):
    """Over which tickets, people or figures an act extends; each includes the ones before it."""

    NONE = 0
    OWN = 1
    TEAMS = 2
    ALL = 3


class Act(StrEnum):
    """Everything that somebody can do with a desk."""

    SEE_FIGURES = "figures.see"
    EXPORT_FIGURES = "figures.export"
    SEE_TICKETS = "tickets.see"
    EXPORT_TICKETS = "tickets.export"
    UNMASK = "tickets.unmask"
    SEE_DATA = "data.see"
    LOAD_DATA = "data.load"
    SET_CONNECTIONS = "connections.set"
    SEE_SETTINGS = "settings.see"
    CHANGE_SETTINGS = "settings.change"
    SAVE_VIEWS = "views.save"
    SHARE_VIEWS = "views.share"
    SEE_GOALS = "goals.see"
    SET_GOALS = "goals.set"
    SEE_TRIAGE = "triage.see"
    WORK_TRIAGE = "triage.work"
    ASSIGN_TRIAGE = "triage.assign"
    RUN_TRIAGE = "triage.run"
    SEE_MEETINGS = "meetings.see"
    LEAD_MEETINGS = "meetings.lead"
    SEE_STAFFING = "staffing.see"
    PLAN_STAFFING = "staffing.plan"
    SEE_REVIEWS = "reviews.see"
    REVIEW = "reviews.write"
    ANSWER_REVIEWS = "reviews.answer"
    DECIDE_DISPUTES = "reviews.decide"
    COACH = "reviews.coach"
    EDIT_SCORECARDS = "scorecards.edit"
    SEE_QUALITY = "quality.see"
    DRAW_SAMPLES = "samples.draw"
    CALIBRATE = "calibration.lead"
    CORRECT = "corrections.work"
    SET_CHANNELS = "channels.set"
    SEND_REMINDERS = "reminders.send"
    MAKE_REPORTS = "reports.make"
    KEEP_OWN_ACCOUNT = "people.own"
    SEE_PEOPLE = "people.see"
    MANAGE_PEOPLE = "people.manage"
    READ_AUDIT = "audit.read"
    SEE_PRIVACY = "personal_data.see"
    HOLD = "personal_data.hold"
    PURGE = "personal_data.purge"
    ERASE = "personal_data.erase"
    BACK_UP = "desk.back_up"


_NONE, _OWN, _TEAMS, _ALL = Reach.NONE, Reach.OWN, Reach.TEAMS, Reach.ALL


def _row(agent: Reach, inspector: Reach, supervisor: Reach, manager: Reach, administrator: Reach) -> dict[Role, Reach]:
    return {
        "agent": agent,
        "inspector": inspector,
        "supervisor": supervisor,
        "manager": manager,
        "administrator": administrator,
    }


POLICY: Mapping[Act, Mapping[Role, Reach]] = {
    # ........................ agent  inspector  supervisor  manager  administrator
    Act.SEE_FIGURES: _row(_OWN, _ALL, _TEAMS, _ALL, _ALL),
    Act.EXPORT_FIGURES: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.SEE_TICKETS: _row(_OWN, _ALL, _TEAMS, _ALL, _ALL),
    Act.EXPORT_TICKETS: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.UNMASK: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.SEE_DATA: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.LOAD_DATA: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.SET_CONNECTIONS: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
    Act.SEE_SETTINGS: _row(_NONE, _ALL, _ALL, _ALL, _ALL),
    Act.CHANGE_SETTINGS: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.SAVE_VIEWS: _row(_OWN, _OWN, _OWN, _OWN, _OWN),
    Act.SHARE_VIEWS: _row(_NONE, _NONE, _OWN, _OWN, _OWN),
    Act.SEE_GOALS: _row(_OWN, _ALL, _TEAMS, _ALL, _ALL),
    Act.SET_GOALS: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.SEE_TRIAGE: _row(_OWN, _ALL, _TEAMS, _ALL, _ALL),
    Act.WORK_TRIAGE: _row(_OWN, _NONE, _TEAMS, _ALL, _ALL),
    Act.ASSIGN_TRIAGE: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.RUN_TRIAGE: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.SEE_MEETINGS: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.LEAD_MEETINGS: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.SEE_STAFFING: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.PLAN_STAFFING: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.SEE_REVIEWS: _row(_OWN, _ALL, _TEAMS, _ALL, _ALL),
    Act.REVIEW: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.ANSWER_REVIEWS: _row(_OWN, _NONE, _TEAMS, _ALL, _ALL),
    Act.DECIDE_DISPUTES: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.COACH: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.EDIT_SCORECARDS: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.SEE_QUALITY: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.DRAW_SAMPLES: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.CALIBRATE: _row(_NONE, _ALL, _NONE, _ALL, _ALL),
    Act.CORRECT: _row(_NONE, _ALL, _TEAMS, _ALL, _ALL),
    Act.SET_CHANNELS: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.SEND_REMINDERS: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.MAKE_REPORTS: _row(_NONE, _NONE, _TEAMS, _ALL, _ALL),
    Act.KEEP_OWN_ACCOUNT: _row(_OWN, _OWN, _OWN, _OWN, _OWN),
    Act.SEE_PEOPLE: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.MANAGE_PEOPLE: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
    Act.READ_AUDIT: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
    Act.SEE_PRIVACY: _row(_NONE, _NONE, _NONE, _ALL, _ALL),
    Act.HOLD: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
    Act.PURGE: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
    Act.ERASE: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
    Act.BACK_UP: _row(_NONE, _NONE, _NONE, _NONE, _ALL),
}


class Denied(ActionableError):
    """Somebody asked for what his role does not allow. `refused_by`: the service whose guard met it first."""

    refused_by: str | None = None


DENIED = N_("Your role does not allow this. Ask an administrator of this desk if you need it.")


def reach(actor: Actor, act: Act) -> Reach:
    """How far this person may go with this act; nowhere where the table says nothing or the account is disabled."""
    if actor.is_disabled:
        return Reach.NONE
    return POLICY.get(act, {}).get(actor.role, Reach.NONE)


def demand(actor: Actor, act: Act, *, at_least: Reach = Reach.OWN) -> Reach:
    """The same, where it is at least that far. Raises Denied."""
    found = reach(actor, act)
    if found is Reach.NONE or found < at_least:
        raise Denied(DENIED)
    return found


def needs(
    act: Act, *, at_least: Reach = Reach.OWN
) -> Callable[[Callable[Concatenate[Actor, Given], Result]], Callable[Concatenate[Actor, Given], Result]]:
    """Let only those call the service function whom the table allows this act; the first argument is who calls.

    Where it is also given a desk, the desk's audit keeps what was denied, by the function itself too.
    """

    def decorate(function: Callable[Concatenate[Actor, Given], Result]) -> Callable[Concatenate[Actor, Given], Result]:
        name = f"{function.__module__.removeprefix('dashboard.')}.{function.__qualname__}"

        @wraps(function)
        def guarded(actor: Actor, /, *args: Given.args, **named: Given.kwargs) -> Result:
            try:
                demand(actor, act, at_least=at_least)
                return function(actor, *args, **named)
            except Denied as denied:
                _note(denied, actor, act, name, (*args, *named.values()))
                raise

        guarded.needed_act, guarded.needed_reach = act, at_least  # type: ignore[attr-defined]
        return guarded

    return decorate


def _note(denied: Denied, actor: Actor, act: Act, name: str, given: Iterable[object]) -> None:
    """Tell the desk's audit once, however many guards the denial passes on its way out."""
    if denied.refused_by is None:
        denied.refused_by = name
        for desk in given:
            if isinstance(desk, Desk):
                note_denial(desk, actor, act, name)
