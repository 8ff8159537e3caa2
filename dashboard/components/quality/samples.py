"""The second part of the quality page: sampling plans with their preview, draws, making one again, certificates."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.hand_out import hand_out
from dashboard.components.numbers import grouped
from dashboard.components.quality.words import stratum_name
from dashboard.components.triage.meeting_state import attempted, told
from dashboard.format import count, duration, local
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.certificate import facts_of_draw, strata_of_draw
from dashboard.quality.draws import Draw
from dashboard.quality.plans import Cycle, Plan, Purpose
from dashboard.services.quality import draws as draw_service
from dashboard.services.quality import files as quality_files
from dashboard.services.quality import sampling_plans
from dashboard.services.quality.draws import Rerun
from dashboard.services.quality.sampling_plans import AFTER_WEEKS, Preview
from dashboard.wording import N_, _, day, number, share

PURPOSES: dict[Purpose, str] = {"rate": N_("for the pass rate"), "coaching": N_("for coaching")}
CYCLES: dict[Cycle, str] = {"day": N_("every day"), "week": N_("every week")}
NEW, RERUN, PREVIEW = "quality.new", "quality.rerun", "quality.preview"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    _draws()


def _plan(plan: Plan, floor: Plan | None, *, may: bool) -> None:
    st.subheader(f"{plan.name} · v{plan.number}", anchor=False)
    st.caption(_summary(plan))
    if not may:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        newest = st.date_input(_("Day"), value=_yesterday(), key=f"draw-day-{plan.id}", width=160)
        reason = st.text_input(_("Why again (only where the day has a draw)"), key=f"draw-why-{plan.id}", width=340)
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
    if plan.purpose == "coaching":
        what = _("{n} conversations of every agent", n=plan.min_per_agent)
    else:
        what = _("{share} of each team, at least {least}", share=share(plan.allocation.share, digits=0),
                 least=plan.allocation.minimum)  # fmt: skip
    if plan.purpose == "rate" and plan.min_per_agent:
        what += ", " + _("each agent {n} a week", n=plan.min_per_agent)
    twice = _("{share} read twice, hidden", share=share(plan.double_share, digits=0))
    who = ", ".join(plan.inspectors) or _("whoever takes the next one")
    return " · ".join([_(PURPOSES[plan.purpose]), _(CYCLES[plan.cycle]), what, twice, who])


def _yesterday() -> date:
    facts = data.facts()
    return facts.as_of.astimezone(ZoneInfo(facts.zone)).date() - timedelta(days=1)


def _draw(name: str, on: object, reason: str) -> None:
    if isinstance(on, date):
        attempted(partial(_drawn, name, on, reason.strip() or None))


def _drawn(name: str, on: date, reason: str | None) -> str:
    made = draw_service.draw(current_actor(), data.desk(), name, day=on, reason=reason)
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
        teams = st.multiselect(_("Teams (none: all)"), [one for one in data.choices().values.get("team", ()) if one],
                               default=[one for one in plan.where.get("team", ()) if one])  # fmt: skip
        who = st.multiselect(_("Inspectors (none: whoever takes the next one)"), _accounts(plan),
                             default=list(plan.inspectors))  # fmt: skip
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
        by_channel=channels, inspectors=tuple(who), where=where,
        allocation=replace(plan.allocation, share=part / 100, minimum=int(least)),
    )  # fmt: skip
    if look and attempted(partial(_look, wanted)):
        _preview(st.session_state[PREVIEW])
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


def _preview(seen: Preview) -> None:
    """What load a plan is, and how exact the share becomes."""
    st.markdown(
        _("About **{drawn}** of {all} conversations each time, **{reviews}** reviews with the second readings: some "
          "{time} of work.", drawn=number(seen.drawn), all=number(seen.conversations), reviews=number(seen.reviews),
          time=duration(60 * seen.minutes))
    )  # fmt: skip
    if seen.inspectors:
        st.markdown(_("{n} for each of the {k} inspectors.", n=number(seen.each), k=seen.inspectors))
    after = {weeks: number(100 * seen.half_widths[weeks], digits=1) for weeks in AFTER_WEEKS}
    st.markdown(
        _("The share would be known to ± {once} points after one draw, ± {one} after a week, ± {four} after four "
          "weeks, ± {quarter} after 13 weeks. One draw cannot judge a day.", once=number(100 * seen.in_one, digits=1),
          one=after[1], four=after[4], quarter=after[13])
    )  # fmt: skip
    if seen.floor:
        st.markdown(_("For the weekly floor at most {n} more each week; what the share has drawn counts.",
                      n=count(seen.floor)))  # fmt: skip
    st.caption(_("By the last {n} windows.", n=seen.cycles))


def _draws() -> None:
    st.header(_("Draws"), anchor="draws")
    found = draw_service.draws(current_actor(), data.desk())
    if not found:
        st.markdown(_("Nothing has been drawn yet."))
        return
    table = pl.DataFrame({
        _("Draw"): [one.id for one in found], _("Plan"): [f"{one.plan.name} v{one.plan.number}" for one in found],
        _("Answered on"): [_window(one) for one in found], _("Conversations"): [one.frame_size for one in found],
        _("Drawn"): [one.drawn for one in found], _("Drawn by"): [one.drawn_by for one in found],
        _("Replaced by draw"): [one.superseded_by for one in found],
    })  # fmt: skip
    st.dataframe(table, hide_index=True, placeholder="", height=280 if len(found) > 7 else "content",
                 column_config=grouped(table))  # fmt: skip
    ids = [one.id for one in found]
    chosen = st.selectbox(
        _("Certificate of draw"), ids, format_func=lambda one: f"{one} · {_window(found[ids.index(one)])}"
    )
    if chosen is not None:
        with st.container(border=True):
            _certificate(chosen)


def _window(one: Draw) -> str:
    zone = ZoneInfo(data.facts().zone)
    begin, last = one.window.start.astimezone(zone).date(), (one.window.end.astimezone(zone) - timedelta(days=1)).date()
    return day(begin) if begin == last else f"{day(begin)} – {day(last)}"


def _certificate(draw_id: int) -> None:
    """Everything that tells how a draw was made, and the way to make it again."""
    found, units = draw_service.draw_of(current_actor(), data.desk(), draw_id)
    zone = data.facts().zone
    st.subheader(_("Certificate of draw {id}", id=found.id), anchor=False)
    names, values = zip(*facts_of_draw(found, units, zone), strict=True)
    st.dataframe(pl.DataFrame({_("Entry"): names, _("Value"): [str(value) for value in values]}), hide_index=True,
                 height="content")  # fmt: skip
    strata = strata_of_draw(found, units)
    coaching = found.plan.purpose == "coaching"
    table = pl.DataFrame({
        _("Stratum"): [stratum_name(one.name, coaching=coaching) for one in found.strata],
        _("Conversations"): strata["size"], _("Drawn first"): strata["initial"], _("Drawn by now"): strata["drawn"],
        _("Probability"): [share(value) for value in strata["pi"]], _("Read"): strata["reviewed"],
        _("Skipped"): strata["skipped"], _("Ineligible"): strata["ineligible"],
    })  # fmt: skip
    st.dataframe(table, hide_index=True, height=300, column_config=grouped(table))
    with st.container(horizontal=True):
        st.button(_("Make it again and compare"), icon=":material/replay:", key=f"rerun-{draw_id}", on_click=_rerun,
                  args=(draw_id,))  # fmt: skip
        hand_out(_("Excel sheet"), partial(_sheet, draw_id), file_name=f"draw-{draw_id}.xlsx", media_type=XLSX,
                 key=f"sheet-{draw_id}")  # fmt: skip
        hand_out(_("Frame (CSV)"), partial(_frame, draw_id), file_name=f"frame-{draw_id}.csv", media_type="text/csv",
                 key=f"frame-{draw_id}")  # fmt: skip
    again: Rerun | None = st.session_state.get(RERUN)
    if again is not None and again.draw.id == draw_id:
        _compared(again)
    if reach(current_actor(), Act.DRAW_SAMPLES) and found.superseded_by is None:
        _extension(found)


def _rerun(draw_id: int) -> None:
    st.session_state[RERUN] = draw_service.rerun(current_actor(), data.desk(), draw_id, with_today=True)


def _compared(again: Rerun) -> None:
    at = local(data.facts().as_of, data.facts().zone)
    if again.is_same:
        st.success(_("The same: the frame is unchanged, and frame and seed give the same {n} conversations.",
                     n=count(again.picked)))  # fmt: skip
    else:
        frame = _("unchanged") if again.is_frame_unchanged else _("changed")
        st.error(
            _("Not the same: frame {frame}; {missing} of the conversations are not drawn now, {surplus} others are.",
              frame=frame, missing=count(len(again.missing)), surplus=count(len(again.surplus)))
        )  # fmt: skip
    if again.joined or again.left:
        st.caption(
            _("By the data as of {at} the window has {joined} conversations more and {left} fewer than the frame: "
              "loads since then have changed it. The draw stands by its frame.", at=at, joined=count(again.joined or 0),
              left=count(again.left or 0))
        )  # fmt: skip


def _extension(found: Draw) -> None:
    room = {one.name: one.size - one.drawn for one in found.strata if one.size > one.drawn}
    if not room:
        return
    coaching = found.plan.purpose == "coaching"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        where = st.selectbox(_("Read more of"), list(room), key=f"extend-{found.id}", width=320,
                             format_func=lambda name: stratum_name(name, coaching=coaching))  # fmt: skip
        more = st.number_input(_("How many"), 1, max(room[where], 1), 1, key=f"extend-n-{found.id}", width=130)
        st.button(_("Extend"), icon=":material/add:", key=f"extend-go-{found.id}", on_click=_extend,
                  args=(found.id, where, int(more)))  # fmt: skip


def _extend(draw_id: int, stratum: str, more: int) -> None:
    attempted(partial(_extended, draw_id, stratum, more))


def _extended(draw_id: int, stratum: str, more: int) -> str:
    made = draw_service.extend(current_actor(), data.desk(), draw_id, {stratum: more})
    return _("Draw {id} has {n} conversations now; what was drawn before stays.", id=draw_id, n=count(made.drawn))


def _sheet(draw_id: int) -> bytes:
    return quality_files.certificate_file(current_actor(), data.desk(), draw_id)


def _frame(draw_id: int) -> bytes:
    return quality_files.frame_file(current_actor(), data.desk(), draw_id)
