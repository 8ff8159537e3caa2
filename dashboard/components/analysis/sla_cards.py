"""The charts of the SLA page: how promises stand, what the month can afford, why and by how much they are missed."""

from datetime import date, timedelta

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.burn_down import burn_down_chart
from dashboard.charts.over_time import Goal
from dashboard.charts.overrun import overrun_chart
from dashboard.charts.periods import period_name
from dashboard.charts.rows import Row, interval_text, number_of, rows_of_shares
from dashboard.components.analysis import sla_words as words
from dashboard.components.analysis.figure_cards import trend, within
from dashboard.components.analysis.figure_words import marks_note, moments_in_words
from dashboard.components.analysis.goal_words import all_goals
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.drawn import show_table
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import count, dimension, duration, local, month_name, value_name, weekday_and_day
from dashboard.language import speak
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.burn_down import BurnDown, burn_down
from dashboard.services.analysis.goals import about_these
from dashboard.services.analysis.groups import IN_ORDER
from dashboard.services.analysis.marks import marks_of
from dashboard.services.analysis.sla import (
    ATTAINMENT,
    OPENING,
    OWN_CAUSES,
    ROWS_AT_MOST,
    attainment,
    breaches_late_by,
    breaches_of,
    causes,
    of_thing,
    overruns,
    wish,
)
from dashboard.services.analysis.trends import end_of
from dashboard.wording import N_, _, share
from metrics.catalog import metric
from metrics.model import Clock, Every, Period, Scope

ALL = "all"
CAUSES = ("team", "type", "channel", "priority", "hour", OPENING)
CLOCKS = {"calendar": N_("Calendar time"), "business": N_("Business time")}


def target_switch(scope: Scope) -> str | None:
    """Draw the choice of a target among those that the data have; None is all of them."""
    things = data.answer(attainment, scope)["thing"].to_list()
    names = {thing: words.thing_name(thing) for thing in things}
    chosen = switch("target", _("Target"), {ALL: _("All targets"), **names})
    return None if chosen == ALL else chosen


@st.fragment
def attainment_card(scope: Scope) -> None:
    """Every target with its attainment, its interval, and how all its runnings stand."""
    speak()
    clicked = draw(data.kept(_attainment, scope), data.facts(), state=scope)
    found = data.answer(attainment, scope)
    table = words.attainment_table(found)
    show_table(table, name="sla-states", title=words.attainment_title(found), figures=found, height="content",
               metric_id=ATTAINMENT, key="sla-states")  # fmt: skip
    st.caption(_("Kept, missed and cancelled: in these days; running, at risk and paused: at the end of the data."))
    if clicked:
        thing = str(clicked[0])
        heading = _("{thing}: missed in these days", thing=plain(words.thing_name(thing)))
        rows_behind_mark(ATTAINMENT, scope, where={"thing": (thing,)}, only=False, heading=heading, key="sla-targets")


def _attainment(scope: Scope) -> Card:
    found = data.answer(attainment, scope)
    asked = data.figures([ATTAINMENT], scope, by=("thing",))
    n = int(found["n"].sum())
    return Card(
        key="sla-targets",
        title=words.attainment_title(found),
        caption=_("Kept ÷ (kept + missed), decided in these days · bar: 95% interval · n = {n}", n=count(n)),
        figure=rows_of_shares(
            [_target_row(row) for row in found.iter_rows(named=True)], of=dimension("thing"), title=_("attainment")
        ),
        metric_id=ATTAINMENT,
        basis=Basis(n, int(found.select(pl.sum_horizontal("running", "paused", "cancelled")).sum().item())),
        table=words.attainment_table(found),
        export=asked,
        asks=(Ask((ATTAINMENT,), scope, ("thing",)),),
    )


def _target_row(row: dict[str, object]) -> Row:
    value, low, high = (number_of(row, name) for name in ("value", "low", "high"))
    n = int(str(row["n"]))
    note = f"{'–' if value is None else share(value)}  ·  {_('n = {n}', n=count(n))}"
    name = words.thing_name(str(row["thing"]))
    kept = _(
        "{met} kept, {breached} missed", met=count(int(str(row["met"]))), breached=count(int(str(row["breached"])))
    )
    return Row(
        label=name, value=value, low=low, high=high, note=note, custom=[row["thing"]],
        hover=f"<b>{name}</b><br>{interval_text(value, low, high)}<br>{kept}",
        is_fair=n >= metric(ATTAINMENT).minimum_n,
    )  # fmt: skip


@st.fragment
def course_card(scope: Scope, thing: str | None, every: Every) -> None:
    """Attainment over time: of one target, or of each beside the others."""
    speak()
    asked, by = of_thing(scope, thing), "thing" if thing is None else None
    aims = () if by else about_these(all_goals(), (ATTAINMENT,), asked)
    card = data.kept(trend, (ATTAINMENT,), asked, every, key="sla-course", goals=_wished(asked, by), by=by, aims=aims)
    clicked = draw(card, data.facts(), state=(asked, every))
    if clicked:
        start = date.fromisoformat(str(clicked[-1])[:10])
        things = [thing] if thing else data.answer(attainment, scope)["thing"].to_list()
        part = next((one for one in things if words.thing_name(one) == clicked[0]), thing)
        heading = _("{thing}: missed, {period}", thing=plain(words.thing_name(part)), period=period_name(start, every))
        rows_behind_mark(
            ATTAINMENT, of_thing(scope, part), period=within(Period(start, end_of(start, every)), scope), only=False,
            heading=heading, key="sla-course",
        )  # fmt: skip


def _wished(asked: Scope, by: str | None) -> tuple[Goal, ...]:
    """The wished attainment as a line; beside each other the promises have one only where it is the same for all."""
    found = data.answer(wish, asked)
    if by is not None:
        own = {data.answer(wish, of_thing(asked, one)) for one in data.answer(attainment, asked)["thing"]}
        found = found if len(own) == 1 else None
    return () if found is None else (Goal(found, _("wished {share}", share=share(found))),)


@st.fragment
def burn_down_card(scope: Scope, thing: str | None) -> None:
    """How many breaches the month can still afford."""
    speak()
    asked = of_thing(scope, thing)
    found = data.agreed_answer(burn_down, asked, wish=data.answer(wish, asked))
    if found is None:
        st.header(_("What this month can still afford"), anchor="sla-month")
        st.info(_("There is no allowance to show: nothing was decided in this month, or too little in the month before "
                  "to know what to keep."))  # fmt: skip
        return
    clicked = draw(data.kept(_burn_down, asked, thing), data.facts(), state=asked)
    if clicked:
        day = date.fromisoformat(str(clicked[0]))
        heading = _("{thing}: missed, {period}", thing=plain(words.thing_name(thing)), period=weekday_and_day(day))
        rows_behind_mark(ATTAINMENT, asked, period=Period(day, day + timedelta(days=1)), only=False, heading=heading,
                         key="sla-month")  # fmt: skip


def _burn_down(asked: Scope, thing: str | None) -> Card:
    found: BurnDown | None = data.agreed_answer(burn_down, asked, wish=data.answer(wish, asked))
    if found is None:
        raise LookupError("a month without an allowance has no chart")
    month = Scope(found.month, asked.where)
    moments = moments_in_words(marks_of(data.settings(), events=data.events()))
    marked = marks_note(moments, found.month, found.days["day"].to_list())
    return Card(
        key="sla-month",
        title=words.burn_down_title(found),
        caption=_("{thing} · breaches, dated by when the target passed · {month} · n = {n} decided so far",
                  thing=words.thing_name(thing), month=month_name(found.month.start), n=count(found.decided)),
        figure=burn_down_chart(found.days, moments),
        metric_id=ATTAINMENT,
        basis=Basis(found.decided),
        table=words.burn_down_table(found),
        export=data.figures([ATTAINMENT], month, every="day"),
        asks=(Ask((ATTAINMENT,), month, (), "day"),),
        notes=tuple(filter(None, (*words.burn_down_notes(found), marked))),
    )  # fmt: skip


@st.fragment
def causes_card(scope: Scope, thing: str | None) -> None:
    """Where the breaches are, by what."""
    speak()
    options = CAUSES if thing else ("thing", *CAUSES)
    by = switch("cause", _("Breaches by"), {name: dimension(name) for name in options})
    asked = of_thing(scope, thing)
    clicked = draw(data.kept(_causes, asked, thing, by), data.facts(), state=(asked, by))
    if clicked is not None:
        value = None if clicked[0] is None else str(clicked[0])
        rows = data.agreed_answer(breaches_of, asked, by, value)
        heading = _(
            "{thing}: missed, {value}", thing=plain(words.thing_name(thing)), value=plain(value_name(by, value))
        )
        late_tickets(rows, heading, key="sla-causes")


def late_tickets(rows: pl.DataFrame, heading: str, *, key: str) -> None:
    """Draw breaches as a table, the latest first; a ticket chosen there opens below."""
    st.markdown(f"**{heading}** · {_('{n} breaches', n=count(rows.height))}")
    if rows.height > ROWS_AT_MOST:
        st.caption(_("The {n} that are latest are shown.", n=count(ROWS_AT_MOST)))
    shown = rows.head(ROWS_AT_MOST)
    if shown.height:
        ticket_table(shown, words.late_columns(shown, data.facts().zone), key=key)


def _causes(asked: Scope, thing: str | None, by: str) -> Card:
    found = data.agreed_answer(causes, asked, by)
    whole = data.figures([ATTAINMENT], asked).row(0, named=True)
    drawn = found.sort("value", nulls_last=True) if by in IN_ORDER else found
    lines = [] if whole["value"] is None else [(whole["value"], _("all: {share}", share=share(whole["value"])))]
    own = by in OWN_CAUSES
    return Card(
        key="sla-causes",
        title=words.causes_title(found, by),
        caption=_("{thing} · left: breaches decided in these days; right: attainment with 95% interval · n = {n}",
                  thing=words.thing_name(thing), n=count(whole["n"])),
        figure=rows_of_shares([_cause_row(row, by) for row in drawn.iter_rows(named=True)], of=dimension(by),
                              title=_("attainment"),
                              lines=lines, counts=_("breaches")),
        metric_id=ATTAINMENT,
        basis=Basis(whole["n"]),
        table=words.causes_table(found, by),
        export=found if own else data.figures([ATTAINMENT], asked, by=(by,)),
        asks=() if own else (Ask((ATTAINMENT,), asked, (by,)),),
        notes=_cause_notes(found, by),
    )  # fmt: skip


def _cause_notes(found: pl.DataFrame, by: str) -> tuple[str, ...]:
    notes = []
    if by == OPENING:
        notes.append(_("Whether the team's calendar was open at the minute the clock started; outside opening hours a "
                       "clock of business time stands still."))  # fmt: skip
    if found.height and not found["enough"].all():
        notes.append(_("Grey: too few to compare (below {n}).", n=metric(ATTAINMENT).minimum_n))
    return tuple(notes)


def _cause_row(row: dict[str, object], by: str) -> Row:
    value, low, high = (number_of(row, name) for name in ("share", "low", "high"))
    name = value_name(by, None if row["value"] is None else str(row["value"]))
    breached, n = int(str(row["breached"])), int(str(row["n"]))
    told = _("{breached} of {n} missed", breached=count(breached), n=count(n))
    return Row(
        label=name, value=value, low=low, high=high, note="" if value is None else share(value),
        custom=[row["value"]], hover=f"<b>{name}</b><br>{told}<br>{interval_text(value, low, high)}",
        is_fair=bool(row["enough"]), count=breached,
    )  # fmt: skip


@st.fragment
def overrun_card(scope: Scope, thing: str | None) -> None:
    """By how much the breached were late."""
    speak()
    clock: Clock = "business" if switch("late", _("Clock"), {k: _(v) for k, v in CLOCKS.items()}) == "business" \
        else "calendar"  # fmt: skip
    asked = of_thing(scope, thing)
    clicked = draw(data.kept(_overrun, asked, thing, clock), data.facts(), state=(asked, clock))
    if clicked:
        low, high = float(str(clicked[0])), float(str(clicked[1]))
        rows = data.answer(breaches_late_by, asked, clock, low=low, high=high)
        heading = _("{low} to {high} late", low=duration(low), high=duration(high))
        late_tickets(rows, heading, key="sla-overrun")


def _overrun(asked: Scope, thing: str | None, clock: Clock) -> Card:
    found = data.answer(overruns, asked, clock)
    ids = [f"sla_overrun_{clock}_{statistic}" for statistic in ("p50", "p90")]
    levels = data.figures(ids, asked)
    p50, p90 = levels["value"].to_list()
    names = (N_("half: {time}"), N_("nine of ten: {time}"))
    marks = [(value, _(name, time=duration(value))) for value, name in zip((p50, p90), names, strict=True)
             if value is not None]  # fmt: skip
    return Card(
        key="sla-overrun",
        title=words.overrun_title(p50, p90),
        caption=_("{thing} · {clock} from the target to the end, of those not done yet up to {as_of} · n = {n}",
                  thing=words.thing_name(thing), clock=_(CLOCKS[clock]), n=count(found.n),
                  as_of=local(data.facts().as_of, data.facts().zone)),
        figure=overrun_chart(found.bins, marks),
        metric_id=ids[0],
        basis=Basis(found.n, found.unmeasured),
        table=words.overrun_table(found.bins),
        export=levels,
        asks=(Ask(tuple(ids), asked),),
    )  # fmt: skip
