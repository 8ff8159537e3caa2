"""The fourth part of the quality page: wrong answers on their way to the correction, and what came of it."""

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality.affected import act_button, affected, do
from dashboard.components.quality.words import cause_name, interval
from dashboard.components.text import plain
from dashboard.components.triage.meeting_state import attempted, told
from dashboard.format import NOTHING, count, duration, listed, local, value_name
from dashboard.navigation import PAGES
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.errors import KINDS, Case, Clock, Step
from dashboard.services.quality import error_cases as service
from dashboard.services.quality.error_scores import Effect, error_scores
from dashboard.services.quality.scorecards import causes
from dashboard.triage.now import now
from dashboard.wording import N_, _

CLOCKS = {
    "apology": N_("customer told"), "public_correction": N_("corrected in public"), "root_cause": N_("cause known"),
    "action": N_("measure done"),
}  # fmt: skip
STEP_NAMES: dict[Step, str] = {
    "told": N_("customer told"), "corrected": N_("corrected in public"), "cause": N_("cause known"),
    "planned": N_("measure planned"), "done": N_("measure done"), "verified": N_("verified"),
    "closed": N_("case closed"),
}  # fmt: skip
KIND_NAMES = {
    "knowledge": N_("knowledge base"), "training": N_("training"), "system": N_("system"), "process": N_("process"),
    "other": N_("other"),
}  # fmt: skip
CHOSEN = "quality.case"


def draw_errors() -> None:
    """Draw the cases, the one that is chosen with its next steps, and the scoreboard."""
    told()
    found = service.cases(current_actor(), data.desk())
    may = bool(reach(current_actor(), Act.CORRECT))
    st.header(_title(found), anchor="cases")
    if found:
        _table(found)
        ids = [one.id for one in found]
        chosen = st.selectbox(_("Case"), ids, key=CHOSEN, format_func=lambda id: _name(found[ids.index(id)]))
        with st.container(border=True):
            _case(found[ids.index(chosen)], may=may)
    if may:
        with st.expander(_("New correction"), icon=":material/add:", expanded=not found):
            _form()
    if found:
        with st.container(border=True):
            _scores()


def _title(found: tuple[Case, ...]) -> str:
    waiting = [one for one in found if one.closed_at is None]
    late = sum(any(clock.is_running and clock.is_late(now()) for clock in one.clocks) for one in waiting)
    if not found:
        return _("No wrong answer is recorded.")
    return _("{n} corrections are open, {late} of them late.", n=count(len(waiting)), late=count(late))


def _name(one: Case) -> str:
    return f"{one.id} · {plain(one.wrong_claim)[:60]}"


def _table(found: tuple[Case, ...]) -> None:
    at = now()
    table = pl.DataFrame({
        _("Case"): [one.id for one in found], _("Wrong claim"): [one.wrong_claim for one in found],
        _("Type"): [value_name("type", one.type) for one in found],
        _("Team"): [value_name("team", one.team) for one in found],
        _("Owner"): [one.owner or NOTHING for one in found],
        _("Next"): [step_name(one) for one in found], _("Time left"): [left_of(one, at) for one in found],
        _("To be contacted"): [one.to_contact for one in found],
    })  # fmt: skip
    show_table(table, name="corrections-tickets", title=_("Corrections"), of_tickets=True)


def step_name(one: Case) -> str:
    """What is to be done next."""
    return _(STEP_NAMES[one.left[0]]) if one.left else ""


def left_of(one: Case, at: datetime) -> str:
    """Which clock is due first, and how much time it has left."""
    clock = one.next_due
    if clock is None:
        return ""
    seconds = (clock.due_at - at).total_seconds()
    name = _(CLOCKS[clock.kind])
    return _("{what}: late by {time}", what=name, time=duration(-seconds)) if seconds < 0 else _(
        "{what}: {time}", what=name, time=duration(seconds))  # fmt: skip


def _case(one: Case, *, may: bool) -> None:
    """Everything about a case, and what can be done next."""
    zone, at = data.facts().zone, now()
    st.markdown(f"**{_('Wrong claim')}**")
    st.text(one.wrong_claim)
    st.markdown(f"**{_('Right claim')}**")
    st.text(one.right_claim)
    public = _("others could read it") if one.was_public else _("only this customer could read it")
    st.caption(" · ".join([_("found {at} by {name}", at=local(one.found_at, zone), name=one.found_by), public]))
    st.page_link(PAGES / "ticket.py", label=plain(_("Ticket {id}", id=one.ticket_id)), icon=":material/history:",
                 query_params={"source": one.source, "ticket": one.ticket_id})  # fmt: skip
    done = one.done
    st.markdown(" → ".join(f"{':material/check_circle:' if step in done else ':material/radio_button_unchecked:'} "
                           f"{_(STEP_NAMES[step])}" for step in one.needed))  # fmt: skip
    for clock in one.clocks:
        st.caption(f"{_(CLOCKS[clock.kind])}: {_clock(clock, at, zone)}")
    _actions(one, zone)
    if may and one.closed_at is None:
        _acts(one)
    affected(one, may=may and one.closed_at is None)


def _clock(clock: Clock, at: datetime, zone: str) -> str:
    if clock.met_at is not None:
        late = clock.is_late(at)
        told = _("done {at}", at=local(clock.met_at, zone))
        return listed([told, _("too late") if late else _("in time")])
    due = _("due {at}", at=local(clock.due_at, zone))
    return listed([due, _("late")]) if clock.is_late(at) else due


def _actions(one: Case, zone: str) -> None:
    if one.cause:
        note = f" · {plain(one.cause_note)}" if one.cause_note else ""
        st.markdown(_("Cause: {cause}", cause=cause_name(one.cause)) + note)
    for action in one.actions:
        state = (
            _("done {at}", at=local(action.done_at, zone))
            if action.done_at
            else _("due {at}", at=local(action.due_at, zone))
        )
        st.markdown(f"- {_(KIND_NAMES[action.kind])}: {plain(action.measure)} · {plain(action.owner)} · {state}")
    if one.verification:
        st.markdown(_("Verified: {how}", how=plain(one.verification)))


def _acts(one: Case) -> None:
    """The steps that are still to be done, each with its button; they may come in any order."""
    left = one.left
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if "told" in left:
            act_button(one, _("Customer told, with an apology"), service.tell_customer)
        if "corrected" in left:
            where = st.text_input(_("Where the correction can be read"), key=f"where-{one.id}", width=280)
            act_button(one, _("Corrected in public"), partial(service.correct_in_public, where=where))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if "cause" in left:
            tree = causes(current_actor(), data.desk())
            names = {cause.code: _path(cause.code, cause.parent) for cause in tree}
            cause = st.selectbox(
                _("Root cause"), list(names), format_func=names.__getitem__, key=f"cause-{one.id}", width=280
            )
            note = st.text_input(_("What happened"), key=f"note-{one.id}", width=280)
            act_button(one, _("Record the cause"), partial(service.record_cause, cause=cause or "", note=note))
    _measures(one)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if "verified" in left and "done" not in left:
            how = st.text_input(_("How it was verified"), key=f"how-{one.id}", width=380)
            act_button(one, _("Verified"), partial(service.verify, how=how))
        act_button(one, _("Close the case"), service.close)


def _path(code: str, parent: str | None) -> str:
    return cause_name(code) if parent is None else f"{cause_name(parent)} › {cause_name(code)}"


def _measures(one: Case) -> None:
    for action in one.actions:
        if action.done_at is None:
            label = _("Done: {measure}", measure=action.measure[:40])
            act_button(one, label, partial(service.finish_action, action_id=action.id), key=f"done-{action.id}")
    opened = "planned" in one.left and "cause" not in one.left
    with st.expander(_("Plan a measure"), expanded=opened), st.form(f"measure-{one.id}", border=False):
        kind = st.selectbox(_("Kind"), KINDS, format_func=lambda name: _(KIND_NAMES[name]))
        what = st.text_input(_("Measure"))
        who = st.text_input(_("Who does it"), value=one.owner or "")
        day = st.date_input(_("To be done until"), value=(now() + timedelta(days=3)).date())
        if st.form_submit_button(_("Plan the measure")):
            due = datetime.combine(day, time(18), ZoneInfo(data.facts().zone))
            do(one, partial(service.plan_action, kind=kind, measure=what, owner=who, due_at=due))
            st.rerun()


def _form() -> None:
    with st.form("new-case", border=False):
        ticket = st.text_input(_("Number of the ticket"))
        wrong, right = st.text_area(_("Wrong claim"), height=80), st.text_area(_("Right claim"), height=80)
        public = st.checkbox(_("Others could read it: correct it in public within the hour"))
        if st.form_submit_button(_("Open the correction"), type="primary"):
            attempted(partial(_opened, ticket.strip(), wrong, right, public))
            st.rerun()


def _opened(ticket: str, wrong: str, right: str, public: bool) -> str:
    found = data.readable().tickets.filter(pl.col("ticket_id") == ticket)["source"]
    made = service.open_case(
        current_actor(), data.desk(), source=found[0] if found.len() else "?", ticket_id=ticket, wrong_claim=wrong,
        right_claim=right, was_public=public,
    )  # fmt: skip
    st.session_state[CHOSEN] = made.id
    return _("Correction {id} is open; its clocks run.", id=made.id)


def _scores() -> None:
    found = error_scores(current_actor(), data.desk())
    st.header(_("Scoreboard of causes"), anchor="causes")
    rows = found.by_cause
    table = pl.DataFrame({
        _("Root cause"): [cause_name(code) if code else _("not known yet") for code in rows["cause"]],
        _("Cases"): rows["cases"], _("Open"): rows["open"], _("Clocks not kept"): rows["late"],
        _("Half were put right within"): [duration(seconds) for seconds in rows["typical_seconds"]],
    })  # fmt: skip
    show_table(table, name="error-causes", title=_("Scoreboard of causes"))
    for effect in found.effects:
        st.markdown(_effect(effect))


def _effect(effect: Effect) -> str:
    before, after = (interval(one.value, one.low, one.high) for one in (effect.before, effect.after))
    told = {True: _("it fell"), False: _("it rose"), None: _("no difference beyond chance")}[effect.fell]
    type = value_name("type", effect.case.type)
    return _("Case {id}, {type}: {before} did not pass in the four weeks before, {after} after the measure: {told}.",
             id=effect.case.id, type=type, before=before, after=after, told=told)  # fmt: skip
