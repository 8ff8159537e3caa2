"""The charts of the resolution page about what stands open, how it came so, and the ways that tickets went."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.ages import ages_now, ages_over_time
from dashboard.charts.flow import flow_chart
from dashboard.charts.paths import PATHS_AT_MOST, paths_chart
from dashboard.charts.periods import period_name
from dashboard.components.analysis import backlog_words as words
from dashboard.components.analysis.figure_cards import within
from dashboard.components.analysis.figure_words import EVERY_NAMES, marks_note, moments_in_words
from dashboard.components.analysis.resolution_words import mark_day
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis, definition_card
from dashboard.components.drawn import show_chart
from dashboard.components.numbers import grouped
from dashboard.components.sent import sent
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import count, local, value_name
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.backlog import (
    BACKLOG,
    FLOW,
    by_age_now,
    by_age_over_time,
    flow,
    flow_scope,
    oldest_first,
)
from dashboard.services.analysis.handoffs import Handoffs, handoffs, path_tickets, team_moves
from dashboard.services.analysis.marks import marks_of
from dashboard.services.analysis.resolution import AGE_BANDS
from dashboard.services.analysis.trends import end_of
from dashboard.wording import _, share
from metrics.catalog import metric
from metrics.model import Every, Period, Scope

ROWS_AT_MOST = 500


def no_ends() -> None:
    """Say what the data would have to tell of the ends of tickets."""
    st.info(
        _("Whether tickets are resolved is not in these data: that needs when they were resolved (resolved_at) or "
          "closed (closed_at), or where they stand (status).")
    )  # fmt: skip


@st.fragment
def flow_card(scope: Scope, every: Every) -> None:
    """What came in, what left, and the backlog that follows."""
    speak()
    asked = _whole(scope, every)
    clicked = draw(data.kept(_flow, asked, every), data.facts(), state=(asked, every))
    if clicked:
        start, id_ = mark_day(clicked), str(clicked[1])
        period = within(Period(start, end_of(start, every)), asked)
        heading = f"{label(metric(id_))} · {period_name(start, every)}"
        rows_behind_mark(id_, asked, period=period, heading=heading, key="flow")


def _whole(scope: Scope, every: Every) -> Scope:
    choices = data.choices()
    return flow_scope(scope, choices.first, choices.last, every)


def _flow(asked: Scope, every: Every) -> Card:
    rows = data.answer(flow, asked, every)
    result = data.figures(FLOW, asked, every=every)
    n = int(rows["tickets_created"].sum())
    moments = moments_in_words(marks_of(data.settings(), events=data.events()))
    marked = marks_note(moments, asked.period, rows["period"].to_list())
    return Card(
        key="flow",
        title=words.flow_title(rows),
        caption=_("Above: tickets that came (by creation) and left (by their end); below: open at the end · one bar "
                  "per {every} · n = {n} created", every=_(EVERY_NAMES[every]), n=count(n)),
        figure=flow_chart(rows, {id_: label(metric(id_)) for id_ in FLOW}, every=every, moments=moments),
        metric_id=BACKLOG,
        basis=Basis(n),
        table=words.flow_table(rows),
        export=result,
        asks=(Ask(FLOW, asked, (), every),),
        notes=tuple(filter(None, (*words.flow_notes(rows), marked))),
    )  # fmt: skip


@st.fragment
def ages_card(scope: Scope) -> None:
    """What stands open by age at the end of the chosen days."""
    speak()
    clicked = draw(data.kept(_ages, scope), data.facts(), state=scope)
    if clicked:
        _open_of_band(scope, str(clicked[0]), value_name("age_band", str(clicked[0])), key="ages")


def _open_of_band(scope: Scope, band: str, heading: str, *, key: str) -> None:
    open_tickets(data.answer(oldest_first, scope).filter(pl.col("age_band") == band), heading, key=key)


def open_tickets(rows: pl.DataFrame, heading: str, *, key: str) -> None:
    """Draw tickets that stand open, the oldest first, with their age; one chosen there opens below."""
    st.markdown(f"**{heading}** · {_('{n} tickets', n=count(rows.height))}")
    if rows.height > ROWS_AT_MOST:
        st.caption(_("The oldest {n} are shown.", n=count(ROWS_AT_MOST)))
    shown = rows.head(ROWS_AT_MOST)
    if shown.height:
        created = {_("Created"): [local(at, data.facts().zone) for at in shown["created_at"]]}
        ticket_table(shown, {**words.open_columns(shown), **created}, key=key)


def _bands() -> dict[str, str]:
    return {band: value_name("age_band", band) for band in AGE_BANDS}


def _ages(scope: Scope) -> Card:
    rows = data.answer(by_age_now, scope)
    n = int(rows["n"].sum())
    table = pl.DataFrame({_("Age"): [_bands()[band] for band in rows["band"]], _("Open"): rows["n"],
                          _("Share"): [share(one / max(n, 1)) for one in rows["n"]]})  # fmt: skip
    return Card(
        key="ages",
        title=words.ages_title(rows),
        caption=_("Open at the end of these days, by the time since creation, on the calendar · n = {n}", n=count(n)),
        figure=ages_now(rows, _bands()),
        metric_id=BACKLOG,
        basis=Basis(n),
        table=table,
        export=data.figures([BACKLOG], scope),
        asks=(Ask((BACKLOG,), scope),),
    )


@st.fragment
def ages_course_card(scope: Scope, every: Every) -> None:
    """How old what stood open was at the end of each period."""
    speak()
    asked = _whole(scope, every)
    clicked = draw(data.kept(_ages_course, asked, every), data.facts(), state=(asked, every))
    if clicked:
        start, band = mark_day(clicked), str(clicked[1])
        end = within(Period(start, end_of(start, every)), asked).end
        then = replace(asked, period=Period(end - timedelta(days=1), end))
        heading = f"{value_name('age_band', band)} · {period_name(start, every)}"
        _open_of_band(then, band, heading, key="ages-course")


def _ages_course(asked: Scope, every: Every) -> Card:
    rows = data.answer(by_age_over_time, asked, every)
    result = data.figures([BACKLOG], asked, every=every)
    n = int(rows.filter(pl.col("period") == rows["period"].max())["n"].sum()) if rows.height else 0
    moments = moments_in_words(marks_of(data.settings(), events=data.events()))
    marked = marks_note(moments, asked.period, rows["period"].to_list())
    return Card(
        key="ages-course",
        title=words.ages_course_title(rows),
        caption=_("Open at the end of each {every}, by age at that moment · the parts add up to the backlog · n = {n} "
                  "at last", every=_(EVERY_NAMES[every]), n=count(n)),
        figure=ages_over_time(rows, _bands(), every=every, moments=moments),
        metric_id=BACKLOG,
        basis=Basis(n),
        table=words.ages_course_table(rows),
        export=result,
        asks=(Ask((BACKLOG,), asked, (), every),),
        notes=(marked,) if marked else (),
    )  # fmt: skip


@st.fragment
def handoffs_card(scope: Scope) -> None:
    """From which team to which tickets went."""
    speak()
    found: Handoffs = data.kept(_handoffs, scope)
    if found.paths.is_empty():
        st.header(_("Ways from team to team"), anchor="handoffs")
        _no_paths(found)
        return
    st.header(words.handoffs_title(found), anchor="handoffs")
    known = count(None if found.counted is None else int(found.counted))
    st.caption(
        _("Recorded changes of team of the tickets created in these days: {n} of {tickets} tickets. Hand-offs in all, "
          "between people too: {counted}.", n=count(found.handed), tickets=count(found.tickets), counted=known)
    )  # fmt: skip
    chart = paths_chart(found.paths)
    title = words.handoffs_title(found)
    show_chart(chart, name="handoffs", title=title, figures=found.paths, metric_id="handoffs", key="handoffs-chart",
               alt=title)  # fmt: skip
    if found.paths.height > PATHS_AT_MOST:
        st.caption(_("The {n} broadest are drawn; the table has all.", n=PATHS_AT_MOST))
    _choose_path(scope, found)
    definition_card("handoffs", data.facts(), Basis(int(found.paths["n"].sum())))


def _no_paths(found: Handoffs) -> None:
    if found.recorded:
        st.markdown(_("No ticket of these days changed team."))
        return
    st.info(
        _("This needs the recorded changes of tickets (one row per change: ticket, time, field, from, to); this source "
          "gives none.")
    )  # fmt: skip


def _choose_path(scope: Scope, found: Handoffs) -> None:
    """The ways as a table; choosing one shows its tickets, as a stream itself cannot be chosen."""
    st.caption(_("Choose a way to see its tickets."))
    table = words.handoffs_table(found.paths)
    chosen = st.dataframe(
        sent(table), column_config=grouped(table), hide_index=True, on_select="rerun", selection_mode="single-row",
        key="handoffs-rows", height=min(320, 40 + 35 * found.paths.height),
    )  # fmt: skip
    picked = list(getattr(getattr(chosen, "selection", None), "rows", ()))
    if picked and picked[0] < found.paths.height:
        row = found.paths.row(picked[0], named=True)
        rows = data.kept(_path_tickets, scope, row["from_team"], row["to_team"])
        way = " → ".join(plain(value_name("team", row[side])) for side in ("from_team", "to_team"))
        st.markdown(f"**{way}** · {_('{n} tickets', n=count(rows.height))}")
        shown = rows.head(ROWS_AT_MOST)
        created = {_("Created"): [local(at, data.facts().zone) for at in shown["created_at"]]}
        ticket_table(shown, created, key="handoffs")


def _handoffs(scope: Scope) -> Handoffs:
    with data.changes() as changes:
        return handoffs(data.facts(), data.within(scope), changes)


def _path_tickets(scope: Scope, from_team: str, to_team: str) -> pl.DataFrame:
    with data.changes() as changes:
        moves = team_moves(data.facts(), data.within(scope), changes)
    return path_tickets(data.facts(), data.within(scope), moves, from_team, to_team)
