"""Coaching: what was agreed with agents, how it stands, and what later random reviews say of it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard.components.quality.record_acts import do
from dashboard.components.quality.review_words import words
from dashboard.components.quality.words import criterion_name
from dashboard.components.text import plain
from dashboard.format import count, local
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.quality import coaching as service
from dashboard.services.quality.coaching import ENOUGH, Coaching
from dashboard.services.quality.review_reading import Told
from dashboard.triage.now import now
from dashboard.wording import N_, _
from metrics.quality.scoring import is_failure

STATES = {
    "open": N_("agreed"), "done": N_("done, waiting for random reviews"), "verified": N_("verified: it helped"),
    "not_verified": N_("not verified: it failed again"), "dropped": N_("dropped"),
}  # fmt: skip


def coaching() -> None:
    """Draw every coaching of the person's reach."""
    found = service.coachings(current_actor(), data.desk())
    if not found:
        st.info(_("Nothing has been agreed yet. Coaching is agreed on a review, for one of its lines."))
        return
    for one in found:
        with st.container(border=True):
            _one(one)


def _one(one: Coaching) -> None:
    zone = data.facts().zone
    st.markdown(f"**{plain(one.agent)} · {plain(criterion_name(one.criterion))}** · {_(STATES[one.state])}")
    st.text(one.plan)
    st.caption(_("agreed {at} by {who}, until {due}", at=local(one.opened_at, zone), who=plain(one.opened_by),
                 due=local(one.due_at, zone)))  # fmt: skip
    if one.result:
        st.text(one.result)
    if one.done_at is not None:
        st.caption(_("Since it was done: {n} random reviews with this line, {failed} failed.", n=one.looked_at,
                     failed=one.failed))  # fmt: skip
    if reach(current_actor(), Act.COACH):
        _acts(one)


def _acts(one: Coaching) -> None:
    if one.state == "open":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            said = st.text_input(_("What came of it"), key=f"coaching.result.{one.id}", max_chars=1000)
            st.button(_("Done"), key=f"coaching.done.{one.id}", on_click=do,
                      args=(service.finish, N_("Done. Random reviews from now on tell whether it helped."), one.id,
                            one.version), kwargs={"result": said})  # fmt: skip
            st.button(_("Drop"), key=f"coaching.drop.{one.id}", on_click=do,
                      args=(service.drop, N_("Dropped."), one.id, one.version), kwargs={"reason": said})  # fmt: skip
    if one.state == "done":
        if one.looked_at < ENOUGH:
            st.caption(_("{n} more random reviews with this line will tell whether it helped.",
                         n=count(ENOUGH - one.looked_at)))  # fmt: skip
        st.button(_("Verify by the random reviews"), key=f"coaching.verify.{one.id}", disabled=one.looked_at < ENOUGH,
                  on_click=do, args=(service.verify, N_("Closed by what the random reviews say."), one.id,
                                     one.version))  # fmt: skip


def agree(told: Told) -> None:
    """Draw the form that agrees on coaching after this review."""
    if not reach(current_actor(), Act.COACH) or told.row["agent"] is None or told.row["kind"] == "calibration":
        return
    lines = {line.code: line for line in told.card.lines
             if line.code in told.answers and is_failure(told.answers[line.code].value)}  # fmt: skip
    if not lines:
        return
    with st.expander(_("Agree on coaching"), icon=":material/school:"):
        code = st.selectbox(_("Line of the scorecard"), list(lines), key="coaching.line",
                            format_func=lambda id: f"{id} {words(lines[id].title)}")  # fmt: skip
        plan = st.text_area(_("What is agreed"), key="coaching.plan", max_chars=2000, height=80)
        zone = ZoneInfo(data.facts().zone)
        day = st.date_input(_("Until"), value=(now() + timedelta(days=14)).astimezone(zone).date(), key="coaching.due")
        due = datetime.combine(day, time(18), zone).astimezone(UTC)
        st.button(_("Agree"), key="coaching.agree", on_click=do,
                  args=(service.agree, N_("Agreed. It stands under “Coaching”."), told.row["id"]),
                  kwargs={"criterion": code, "plan": plan, "due_at": due})  # fmt: skip
