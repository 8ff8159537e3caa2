"""What can be done at a peak: each lever with the service it would bring, and the ladder to follow in the meeting."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from dashboard.components.card import digest
from dashboard.components.drawn import show_table
from dashboard.components.staffing.read import Plan, Window, serving_of
from dashboard.components.staffing.words import peak_sentence, queue_name, standing_words, step_sentence, stretch
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.services.staffing.page import means_at, slots_of
from dashboard.staffing.words import goal
from dashboard.wording import _, number
from metrics.staffing.levers import Means, Serve, Slot, Step, ladder, levers, standing
from metrics.staffing.model import StaffingRules
from metrics.staffing.peaks import Peak


def levers_at(queue: str, told: Sequence[Peak], chosen: datetime | None, found: Plan, window: Window) -> None:
    """Draw levers and ladder for the stretch that was chosen in the map, else for the queue's worst."""
    st.header(_("What can be done"), anchor="levers")
    mine = [one for one in told if one.queue == queue]
    if not mine:
        st.markdown(
            _("{queue} is nowhere short in these days; there is nothing to do.", queue=plain(queue_name(queue)))
        )
        return
    peak = _chosen(mine, chosen, found)
    rules = found.needs.rules_at(queue, peak.begins_at)
    serve = serving_of(found, rules)
    slots = slots_of(found.needs, peak)
    now = standing(slots, serve, rules)
    st.markdown(
        _(
            "**{queue}, {stretch}**: {short} short at the worst, {n} requests; expected {standing}; "
            "the goal is {goal}.",
            queue=plain(queue_name(queue)),
            stretch=plain(stretch(peak, found.needs.zone)),
            short=count(peak.short),
            n=number(now.requests),
            standing=plain(standing_words(now, rules)),
            goal=plain(goal(rules)),
        )
    )
    means = _at_hand(means_at(found.needs, peak))
    _ladder(slots, serve, rules, means, window)
    _each(slots, serve, rules, means, window)
    st.caption(
        _(
            "Every figure is what so many people would achieve by the same mathematics as the plan. "
            "People added stay for the whole stretch; requests led away come back as work that can wait."
        )
    )


def _chosen(mine: Sequence[Peak], clicked: datetime | None, found: Plan) -> Peak:
    """Draw the choice of the stretch; at first the one that was clicked in the map, else the worst."""
    at = next((place for place, one in enumerate(mine) if clicked and one.begins_at <= clicked < one.ends_at), 0)
    names = [peak_sentence(one, found.needs) for one in mine]
    state = digest((mine[0].queue, found.state, at, mine[at].begins_at))
    place = st.selectbox(_("Stretch"), range(len(mine)), at, key=f"levers-{state}",
                         format_func=lambda one: f"{stretch(mine[one], found.needs.zone)} · {names[one]}")  # fmt: skip
    return mine[int(place)]


def _at_hand(found: Means) -> Means:
    """Draw what is at hand, to be changed."""
    with st.expander(_("What is at hand"), icon=":material/tune:"):
        with st.container(horizontal=True):
            people = {
                name: float(
                    st.number_input(
                        label,
                        min_value=0,
                        max_value=500,
                        value=int(getattr(found, name)),
                        width=150,
                        key=f"means.{name}",
                    )
                )
                for name, label in (
                    ("reserve", _("Reserve, people")),
                    ("longer_shifts", _("Longer shifts, people")),
                    ("part_time", _("Part-time, people")),
                    ("outsourced", _("Outsourced, people")),
                    ("borrowed", _("Borrowed, people")),
                )
            }
        with st.container(horizontal=True):
            shares = {
                name: st.slider(
                    label,
                    0,
                    60,
                    round(getattr(found, name) * 100),
                    step=5,
                    format="%d%%",
                    width=230,
                    key=f"means.{name}",
                )
                / 100
                for name, label in (
                    ("deflection", _("Led to channels that can wait")),
                    ("call_back", _("Of those who would wait too long, take a call-back")),
                    ("first", _("Requests that go first")),
                )
            }
    return Means(**people, **shares)


def _ladder(slots: Sequence[Slot], serve: Serve, rules: StaffingRules, means: Means, window: Window) -> None:
    """Draw the ladder: one step after the other until the goal is reached."""
    st.subheader(_("The ladder"), anchor="ladder")
    steps = ladder(slots, serve, rules, means, window.minutes)
    if not steps:
        now = standing(slots, serve, rules)
        st.markdown(
            _("The goal is reached as it is; what is short is reserve.")
            if now.is_met
            else _("Nothing is at hand here; say above what is.")
        )
        return
    st.markdown("\n".join(f"{number_of}. {ladder_line(step, rules)}" for number_of, step in enumerate(steps, 1)))
    last = steps[-1].after
    st.markdown(
        _("**The goal is reached after step {n}.**", n=count(len(steps)))
        if last.is_met
        else _(
            "**All of it together is not enough: {standing}.** Say so before the peak, and to whom.",
            standing=plain(standing_words(last, rules)),
        )
    )


def ladder_line(step: Step, rules: StaffingRules) -> str:
    """One step with how the stretch stands after it."""
    told = plain(step_sentence(step, rules))
    return told if step.ranked is not None else f"{told} → **{plain(standing_words(step.after, rules))}**"


def _each(slots: Sequence[Slot], serve: Serve, rules: StaffingRules, means: Means, window: Window) -> None:
    """Draw each lever alone."""
    st.subheader(_("Each lever alone"), anchor="each-lever")
    found = levers(slots, serve, rules, means, window.minutes)
    if not found:
        st.caption(_("Nothing is at hand here; say above what is."))
        return
    table = pl.DataFrame(
        {
            _("Lever"): [step_sentence(step, rules) for step in found],
            _("Expected then"): ["–" if step.ranked else standing_words(step.after, rules) for step in found],
            _("Goal"): [
                "–" if step.ranked else _("reached") if step.after.is_met else _("not reached") for step in found
            ],
        }
    )
    show_table(table, name="staffing-levers", title=_("Each lever alone"))
