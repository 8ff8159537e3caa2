"""Where people are short: a sentence per peak, the heat map, one day's need with each buffer, what cannot be met."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard.charts.gaps import Field, Layers, day_layers, gap_map
from dashboard.components.card import clicked_mark, digest
from dashboard.components.choices_in_url import pick
from dashboard.components.drawn import show_chart
from dashboard.components.staffing.levers import levers_at
from dashboard.components.staffing.read import Plan, Window, plan_in, present_in
from dashboard.components.staffing.roster import habit_words
from dashboard.components.staffing.today import today_part
from dashboard.components.staffing.words import peak_sentence, queue_name, stretch
from dashboard.components.text import plain
from dashboard.format import count, weekday_and_day
from dashboard.staffing.naming import in_time
from dashboard.staffing.words import goal_course, rules_told
from dashboard.wording import _, number, share
from metrics.staffing.changes import totals
from metrics.staffing.model import rules_on
from metrics.staffing.peaks import Peak, peaks

SENTENCES_AT_MOST = 6
PLACE = "staffing.place"


def gaps_part(window: Window) -> None:
    """Draw the gaps of the days."""
    found = plan_in(window)
    if found.needs.frame.is_empty():
        st.info(_("Nothing is expected in these days, so nobody is needed."))
        return
    _figures(found)
    today_part(window)
    told = peaks(found.needs.frame, window.minutes)
    _peaks(told, found, window)
    queue = _queue(told, found)
    chosen = _heat(queue, found, window)
    _day(queue, chosen, found)
    with st.container(border=True):
        levers_at(queue, told, chosen, found, window)


def _figures(found: Plan) -> None:
    """Draw what the plan comes to."""
    sums = totals(found.needs.frame, found.needs.minutes)
    hours = _("{n} h")
    with st.container(horizontal=True):
        st.metric(_("Requests expected"), number(sums.requests), border=True)
        st.metric(_("People-hours needed"), hours.format(n=number(sums.required_hours)), border=True)
        if found.has_roster:
            st.metric(_("On the roster"), hours.format(n=number(sums.rostered_hours)), border=True)
            st.metric(_("Hours short"), hours.format(n=number(sums.short_hours)), border=True)
            if sums.service is not None:
                st.metric(_("Served in time"), share(sums.service, digits=0), border=True)


def _peaks(told: Sequence[Peak], found: Plan, window: Window) -> None:
    """Draw a sentence per peak, the worst first."""
    st.header(_title(told, found), anchor="peaks")
    if not found.has_roster:
        st.info(_("No roster is known, so only the need is told. Enter one in the part “Roster”."))
        return
    st.caption(habit_words(present_in(window)))
    lines = [
        f"- **{plain(peak_sentence(one, found.needs))}** · "
        + plain(
            _(
                "short {stretch}, {hours} people-hours in all",
                stretch=stretch(one, found.needs.zone),
                hours=number(one.hours, digits=1),
            )
        )
        for one in told[:SENTENCES_AT_MOST]
    ]
    if lines:
        st.markdown("\n".join(lines))
    if len(told) > SENTENCES_AT_MOST:
        st.caption(_("And {n} shorter ones; the map shows them all.", n=count(len(told) - SENTENCES_AT_MOST)))
    for line in unmeetable_words(found):
        st.warning(line)


def _title(told: Sequence[Peak], found: Plan) -> str:
    if not found.has_roster:
        return _("How many people are needed")
    if not told:
        return _("Nobody is short in these days")
    missed = [one for one in told if one.is_missed]
    rest = len(told) - len(missed)
    if not missed:
        return _("Every goal is reached; in {n} stretches only the reserve is short", n=count(rest))
    days = {one.worst_at.astimezone(ZoneInfo(found.needs.zone)).date() for one in missed}
    said = _("In {n} stretches on {days} days goals will be missed", n=count(len(missed)), days=count(len(days)))
    return said + (_("; in {n} more only the reserve is short", n=count(rest)) if rest else "")


def unmeetable_words(found: Plan) -> list[str]:
    """What nobody could meet, whoever were there."""
    return [
        _(
            "{queue}: {n} requests cannot be met by their deadline at all, as the desk is closed until after it.",
            queue=plain(queue_name(queue)),
            n=number(requests),
        )
        for queue, requests in found.needs.unmeetable.items()
        if requests >= 1
    ]


def _queue(told: Sequence[Peak], found: Plan) -> str:
    """Draw the choice of the queue; at first the one with the worst peak, else the one that needs most people."""
    busiest = (
        found.needs.frame.group_by("queue").agg(pl.col("required").sum()).sort("required", "queue", descending=True)
    )
    order = [*dict.fromkeys([one.queue for one in told]), *busiest["queue"]]
    return pick("queue", _("Queue"), {queue: queue_name(queue) for queue in dict.fromkeys(order)})


def _heat(queue: str, found: Plan, window: Window) -> datetime | None:
    """Draw the map of a queue; the start of the interval that was chosen in it."""
    fields = fields_of(found.needs.frame.filter(queue=queue), found.needs.zone, has_roster=found.has_roster)
    st.header(_("{queue}: needed against the roster", queue=queue_name(queue)), anchor="gaps")
    st.caption(
        _(
            "Goal: {goal}. ▲ so many people missing · ▽ people over · no sign: enough. Intervals of {minutes} minutes.",
            goal=goal_course(found.needs, queue),
            minutes=window.minutes,
        )
    )
    if not fields:
        st.info(_("This queue is closed in these days."))
        return None
    needs = found.needs
    drawn = gap_map(fields, in_time=lambda day: in_time(rules_on(queue, day, needs.rules, needs.later)))
    key = f"gaps-{digest((queue, window, found.state))}"
    title = _("{queue}: needed against the roster", queue=queue_name(queue))
    pointed = show_chart(
        drawn, name="staffing-gaps", title=title, figures=found.needs.frame.filter(queue=queue), key=key,
        selection_mode="points", on_select="rerun", alt=title,
    )  # fmt: skip
    clicked = clicked_mark(pointed)
    return datetime.fromisoformat(str(clicked[0])) if clicked else None


def fields_of(frame: pl.DataFrame, zone: str, *, has_roster: bool) -> list[Field]:
    """The fields of one queue's map: from its first open interval of any day to its last."""
    local = frame.with_columns(local=pl.col("starts_at").dt.convert_time_zone(zone).dt.replace_time_zone(None))
    dated = local.with_columns(day=pl.col("local").dt.date(), at=pl.col("local").dt.strftime("%H:%M"))
    open_ones = dated.filter("is_open")
    if open_ones.is_empty():
        return []
    within = dated.filter(pl.col("at").is_between(pl.lit(open_ones["at"].min()), pl.lit(open_ones["at"].max())))
    return [
        Field(
            row["day"],
            row["at"],
            row["required"] if row["is_open"] else None,
            row["rostered"] if has_roster else None,
            row["service"],
            (row["starts_at"].isoformat(),),
        )
        for row in within.iter_rows(named=True)
    ]


def _day(queue: str, chosen: datetime | None, found: Plan) -> None:
    """Draw one day's need, each buffer by itself: the day that was chosen in the map, else the one most short."""
    zone = found.needs.zone
    frame = found.needs.frame.filter(pl.col("queue") == queue, "is_open").with_columns(
        day=pl.col("starts_at").dt.convert_time_zone(zone).dt.date()
    )
    if frame.is_empty():
        return
    worst = frame.sort("gap", "required", descending=True, nulls_last=True)["day"][0]
    day: date = chosen.astimezone(ZoneInfo(zone)).date() if chosen else worst
    rows = layers_of(frame.filter(pl.col("day") == day), zone, has_roster=found.has_roster)
    if not rows:
        return
    st.subheader(_("{day}: how many people, and what each buffer adds", day=weekday_and_day(day)), anchor="buffers")
    told = rules_told(rules_on(queue, day, found.needs.rules, found.needs.later))
    st.caption(told[:1].upper() + told[1:])
    drawn, title = day_layers(rows), _("{day}: how many people, and what each buffer adds", day=weekday_and_day(day))
    show_chart(drawn, name="staffing-day", title=title, figures=frame.filter(pl.col("day") == day), alt=title,
               key=f"layers-{digest((queue, day, found.state))}")  # fmt: skip


def layers_of(frame: pl.DataFrame, zone: str, *, has_roster: bool) -> list[Layers]:
    """The bars of one day of one queue."""
    return [
        Layers(
            f"{row['starts_at'].astimezone(ZoneInfo(zone)):%H:%M}",
            row["base"],
            row["with_cap"],
            row["with_reserve"],
            row["required"],
            row["rostered"] if has_roster else None,
        )
        for row in frame.sort("starts_at").iter_rows(named=True)
    ]
