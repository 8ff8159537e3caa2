"""The second part of the quality page: sampling plans with their preview, drawing by them, and the draws."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard.components.quality.draw_record import SHOWN, draw_record
from dashboard.components.triage.meeting_state import attempted, told
from dashboard.format import count, duration
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.plans import Cycle, Plan, Purpose
from dashboard.quality.windows import last_windows
from dashboard.services.quality import draws as draw_service
from dashboard.services.quality import sampling_plans
from dashboard.services.quality.sampling_plans import AFTER_WEEKS, Preview
from dashboard.wording import N_, _, number, share

PURPOSES: dict[Purpose, str] = {"rate": N_("for the pass rate"), "coaching": N_("for coaching")}
CYCLES: dict[Cycle, str] = {"day": N_("every day"), "week": N_("every week")}
PREVIEW = "quality.preview"


def draw_samples() -> None:
    """Draw the plans, what a change of one would bring, and the draws."""
    told()
    may = bool(reach(current_actor(), Act.DRAW_SAMPLES))
    plans = sampling_plans.plans(current_actor(), data.desk())
    st.header(_("Sampling plans"), anchor="plans")
    if not plans:
        st.info(_("There is no plan yet. A daily share of each team, more of what is risky, is a good beginning."))
    floors = {plan.name: plan for plan in plans if plan.is_floor}
    for plan in plans:
        if plan.name not in floors:
            with st.container(border=True):
                _plan(plan, floors.get(plan.floor_name), may=may)
    if may:
        with st.expander(_("New plan"), icon=":material/add:", expanded=not plans):
            _form(Plan(""), key="new")
    draw_record()


def _plan(plan: Plan, floor: Plan | None, *, may: bool) -> None:
    st.subheader(f"{plan.name} · v{plan.number}", anchor=False)
    st.caption(_summary(plan))
    if not may:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = _("Day") if plan.cycle == "day" else _("Any day of the week")
        newest = st.date_input(which, value=_newest(plan.cycle), key=f"draw-day-{plan.id}", width=180)
        reason = st.text_input(_("Why again (only where there is a draw already)"), key=f"draw-why-{plan.id}",
                               width=340)  # fmt: skip
        st.button(_("Draw"), type="primary", icon=":material/casino:", key=f"draw-{plan.id}", on_click=_draw,
                  args=(plan.name, newest, reason))  # fmt: skip
        if floor is not None:
            st.button(_("Fill up the week’s floor"), icon=":material/group_add:", key=f"draw-{floor.id}",
                      on_click=_draw, args=(floor.name, newest, reason),
                      help=_("For the week of that day, once it is over: whoever has fewer than {n} drawn gets the "
                             "rest. It is for coaching and enters no rate.", n=floor.min_per_agent))  # fmt: skip
    with st.expander(_("Change this plan"), icon=":material/edit:"):
        _form(plan, key=str(plan.id))
        st.button(_("Retire this plan"), key=f"retire-{plan.id}", on_click=_retire, args=(plan.name,))


def _summary(plan: Plan) -> str:
    parts = plan.allocation
    if plan.purpose == "coaching":
        what = [_("{n} conversations of every agent", n=plan.min_per_agent)]
    else:
        what = [_("{share} of each team, at least {least}", share=share(parts.share, digits=0), least=parts.minimum)]
        what += [_("all complaints up to {n}", n=parts.all_up_to)] if parts.all_up_to else []
        what += [_("each agent {n} a week", n=plan.min_per_agent)] if plan.min_per_agent else []
    twice = _("{share} read twice, hidden", share=share(plan.double_share, digits=0))
    who = ", ".join(plan.inspectors) or _("whoever takes the next one")
    return " · ".join([_(PURPOSES[plan.purpose]), _(CYCLES[plan.cycle]), *what, twice, who])


def _newest(cycle: Cycle) -> date:
    """The last day of the newest window that the data cover; while they cover none, the day they reach."""
    facts, zone = data.facts(), ZoneInfo(data.facts().zone)
    over = last_windows(facts, cycle)
    return (
        facts.as_of.astimezone(zone).date() if not over else (over[0].end.astimezone(zone) - timedelta(days=1)).date()
    )


def _draw(name: str, on: object, reason: str) -> None:
    if isinstance(on, date):
        attempted(partial(_drawn, name, on, reason.strip() or None))


def _drawn(name: str, on: date, reason: str | None) -> str:
    made = draw_service.draw(current_actor(), data.desk(), name, day=on, reason=reason)
    st.session_state[SHOWN] = made.id
    return _("Draw {id}: {n} of {all} conversations, from a frame that is frozen now.", id=made.id,
             n=count(made.drawn), all=count(made.frame_size))  # fmt: skip


def _retire(name: str) -> None:
    attempted(lambda: sampling_plans.retire_plan(current_actor(), data.desk(), name))


def _form(plan: Plan, *, key: str) -> None:
    """The settings of a plan; first what they would bring, then keeping it."""
    with st.form(f"plan-{key}", border=False):
        name = st.text_input(_("Name of the plan"), value=plan.name, disabled=bool(plan.name))
        left, middle, right = st.columns(3)
        purpose = left.selectbox(_("Purpose"), list(PURPOSES), index=list(PURPOSES).index(plan.purpose),
                                 format_func=lambda one: _(PURPOSES[one]))  # fmt: skip
        cycle = middle.selectbox(_("How often"), list(CYCLES), index=list(CYCLES).index(plan.cycle),
                                 format_func=lambda one: _(CYCLES[one]))  # fmt: skip
        twice = right.number_input(_("Read twice, %"), 0, 100, round(100 * plan.double_share))
        part = left.number_input(_("Of each team, %"), 0, 100, round(100 * plan.allocation.share))
        least = middle.number_input(_("At least, per team"), 0, 1000, plan.allocation.minimum)
        each = right.number_input(
            _("Each agent, at least"), 0, 1000, plan.min_per_agent,
            help=_("Of a plan for the pass rate: a weekly floor, filled up beside the share. Of one for coaching: in "
                   "each draw."),
        )  # fmt: skip
        complaints = left.number_input(_("All complaints, up to"), 0, 1000, plan.allocation.all_up_to,
                                       help=_("Where a team has no more of them, every one is drawn."))  # fmt: skip
        hours = middle.number_input(_("Time to read, in hours"), 1, 8784, plan.due_hours)
        teams = st.multiselect(_("Teams"), [one for one in data.choices().values.get("team", ()) if one],
                               default=[one for one in plan.where.get("team", ()) if one],
                               placeholder=_("all teams"))  # fmt: skip
        who = st.multiselect(_("Inspectors"), _accounts(plan),
                             default=list(plan.inspectors), placeholder=_("whoever takes the next one"))  # fmt: skip
        channels = st.checkbox(_("Draw each channel apart"), value=plan.by_channel)
        with st.container(horizontal=True):
            look = st.form_submit_button(_("What it would bring"), icon=":material/visibility:")
            keep = st.form_submit_button(_("Keep this plan"), type="primary", icon=":material/save:")
    where = {
        **{kind: values for kind, values in plan.where.items() if kind != "team"},
        **({"team": tuple(teams)} if teams else {}),
    }
    wanted = replace(
        plan, name=name.strip(), purpose=purpose, cycle=cycle, double_share=twice / 100, min_per_agent=int(each),
        by_channel=channels, inspectors=tuple(who), where=where, due_hours=int(hours),
        allocation=replace(plan.allocation, share=part / 100, minimum=int(least), all_up_to=int(complaints)),
    )  # fmt: skip
    if look and attempted(partial(_look, wanted)):
        _preview(wanted, st.session_state[PREVIEW])
    if keep:
        attempted(partial(_keep, wanted))
        st.rerun()
    if look:
        told()


def _accounts(plan: Plan) -> list[str]:
    return sorted({*sampling_plans.who_can_read(current_actor(), data.desk()), *plan.inspectors})


def _look(plan: Plan) -> None:
    st.session_state[PREVIEW] = sampling_plans.preview(current_actor(), data.desk(), plan)


def _keep(plan: Plan) -> str:
    kept = sampling_plans.save_plan(current_actor(), data.desk(), plan, expected_number=plan.number)
    return _("Kept as version {n}.", n=kept.number)


def _preview(plan: Plan, seen: Preview) -> None:
    """What load a plan is, and how exact the share becomes."""
    st.markdown(
        _("About **{drawn}** of {all} conversations each time, **{reviews}** reviews with the second readings: some "
          "{time} of work.", drawn=number(seen.drawn), all=number(seen.conversations), reviews=number(seen.reviews),
          time=duration(60 * seen.minutes))
    )  # fmt: skip
    if seen.inspectors:
        st.markdown(_("{n} for each of the {k} inspectors.", n=number(seen.each), k=seen.inspectors))
    st.markdown(_exactness(plan, seen))
    if seen.floor:
        st.markdown(_("For the weekly floor at most {n} more each week; what the share has drawn counts.",
                      n=count(seen.floor)))  # fmt: skip
    st.caption(_("By the last {n} windows.", n=seen.cycles))


def _exactness(plan: Plan, seen: Preview) -> str:
    """How well the share would be known after so many weeks."""
    after = {weeks: number(100 * seen.half_widths[weeks], digits=1) for weeks in AFTER_WEEKS}
    if plan.cycle == "week":
        return _("The share would be known to ± {one} points after a week, ± {four} after four weeks, ± {quarter} "
                 "after 13 weeks.", one=after[1], four=after[4], quarter=after[13])  # fmt: skip
    return _(
        "The share would be known to ± {once} points after one draw, ± {one} after a week, ± {four} after four "
        "weeks, ± {quarter} after 13 weeks. One draw cannot judge a day.", once=number(100 * seen.in_one, digits=1),
        one=after[1], four=after[4], quarter=after[13],
    )  # fmt: skip
