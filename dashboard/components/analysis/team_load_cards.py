"""The cards of “Team load”: open load per team and person, its age, what people do, and people compared fairly."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.ageing import age_bins, ageing_chart, is_within
from dashboard.charts.people import Person, people_chart
from dashboard.charts.style import shown
from dashboard.components.analysis.backlog_cards import open_tickets
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.choices_in_url import pick
from dashboard.components.definition import Basis
from dashboard.components.drawn import show_table
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.format import count, dimension, duration, figure, value_name
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.backlog import oldest_first
from dashboard.services.analysis.team_load import EFFORT, LEVELS, Fair, ageing, fair, loads, offered
from dashboard.wording import N_, _, share
from metrics.absence import absence
from metrics.catalog import metric
from metrics.model import Metric, Scope, Unit

By = Literal["agent", "team"]
WORK_LINES = {
    "p50": N_("half were in work for less: {time}"),
    "p90": N_("nine of ten: {time}"),
    "p95": N_("95 of 100: {time}"),
}


@st.fragment
def load_table(scope: Scope) -> None:
    """Who carries what now, and did what in the period, by team and name."""
    speak()
    rows = data.answer(loads, scope)
    if rows.is_empty():
        st.info(_("Nobody has anything open, and nothing was done in these days."))
        return
    st.header(_loads_title(rows), anchor="people")
    st.caption(
        _(
            "Open, for a week and longer, and at risk: now. Answers and resolved: in the days chosen. "
            "In the order of names."
        )
    )
    table = _readable(rows)
    show_table(table, name="load", title=_loads_title(rows), figures=rows,
               height=420 if rows.height > 12 else "content")  # fmt: skip


def _loads_title(rows: pl.DataFrame) -> str:
    people = rows.drop_nulls("agent")
    nobody = int(rows.filter(pl.col("agent").is_null())["open"].sum())
    told = _("{n} people carry {open} open tickets; half of them at most {half} each", n=count(people.height),
             open=count(int(people["open"].sum())), half=count(int(people["open"].median() or 0)))  # type: ignore[arg-type]  # fmt: skip
    return told + (_("; {n} more are with nobody.", n=count(nobody)) if nobody else _("."))


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        {
            dimension("team"): [value_name("team", team) for team in rows["team"]],
            dimension("agent"): [_("nobody") if agent is None else agent for agent in rows["agent"]],
            _("Open"): rows["open"],
            _("For a week and longer"): rows["old"],
            _("At risk"): rows["at_risk"],
            label(metric("replies")): rows["replies"],
            label(metric("tickets_resolved")): rows["tickets_resolved"],
        }
    )


@st.fragment
def ageing_card(scope: Scope) -> None:
    """How old the open tickets are, beside how long the finished ones were in work."""
    speak()
    found = data.answer(ageing, scope)
    if not found.ages.len():
        st.info(_("Nothing is open now."))
        return
    clicked = draw(data.kept(ages_beside_work, scope), data.facts(), state=scope)
    if clicked:
        low, high = float(str(clicked[0])), float(str(clicked[1]))
        rows = data.answer(oldest_first, replace(scope, period=None)).filter(is_within(pl.col("age_seconds"), low))
        heading = _("Open for {low} to {high}", low=duration(low), high=duration(high))
        open_tickets(rows, heading, key="ageing")


def ages_beside_work(scope: Scope) -> Card:
    """The card of `ageing_card`."""
    found = data.answer(ageing, scope)
    ids = tuple(f"cycle_time_calendar_{level}" for level in LEVELS)
    known = {level: value for level, value in found.cycle.items() if value is not None}
    lines = {level: (value, _(WORK_LINES[level], time=duration(value))) for level, value in known.items()}
    older = found.older_than("p90")
    bins = age_bins(found.ages)
    title = _("{n} tickets are open", n=count(found.ages.len()))
    if older is not None:
        title = _("{older} of {n} open tickets are older than nine of ten needed to be done ({time}).",
                  older=count(older), n=count(found.ages.len()), time=duration(found.cycle["p90"]))  # fmt: skip
    return Card(
        key="ageing",
        title=title,
        caption=_("open now by age · dotted: time in work of the {n} finished in these days · calendar time",
                  n=count(found.n)),
        figure=ageing_chart(found.ages, lines),
        metric_id=ids[0],
        basis=Basis(found.n),
        table=pl.DataFrame({_("From"): [duration(low) for low in bins["low"]],
                            _("To"): [duration(high) for high in bins["high"]], _("Open"): bins["n"]}),
        export=pl.concat([data.figures(ids, scope), bins], how="diagonal_relaxed"),
        asks=(Ask(ids, scope),),
    )  # fmt: skip


def effort(scope: Scope) -> None:
    """Draw what only some sources tell: knowledge base, handle time, occupancy; what is missing where it is not."""
    st.header(_("Time and knowledge"), anchor="effort")
    facts = data.facts()
    known = [metric(id) for id in EFFORT]
    reasons = {one.id: absence(one, facts) for one in known}
    there = [one for one in known if reasons[one.id] is None]
    if there:
        rows = data.figures([one.id for one in there], scope).rows_by_key("metric", named=True, unique=True)
        with st.grid(4, min_column_width=200):
            for one in there:
                _tile(one, rows[one.id])
    absent = [(one, reason) for one in known if (reason := reasons[one.id]) is not None]
    if absent:
        st.caption(_("Not measurable with these data:"))
        st.markdown("\n".join(f"- {label(one)}: {_(reason)}" for one, reason in absent))


def _tile(one: Metric, row: Mapping[str, Any]) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.caption(label(one))
        st.markdown(f"**{figure(row['value'], one.unit)}**")
        st.caption(_("n = {n}", n=count(row["n"])))


@st.fragment
def fair_card(scope: Scope) -> None:
    """People, or teams, compared by one figure: case mix taken off, chance drawn in, no ranking."""
    speak()
    left, right = st.columns(2, vertical_alignment="bottom")
    ids = data.answer(offered, Scope())
    with left:
        chosen = pick("fair", _("Compare people by"), {id: label(metric(id)) for id in ids})
    with right, st.container():
        by = cast(By, switch("fair_by", _("Who is compared"), {"agent": dimension("agent"), "team": dimension("team")}))
    found = data.answer(fair, scope, chosen, by)
    if found.people.filter(pl.col("fair").is_not_null()).is_empty():
        st.info(_("Fewer than three people have anything to judge here; nothing fair can be said."))
        return
    clicked = draw(data.kept(people_compared, scope, chosen, by), data.facts(), state=(scope, chosen, by))
    if clicked:
        name = str(clicked[0])
        heading = f"{label(metric(chosen))} · {plain(value_name(by, name))}"
        rows_behind_mark(chosen, scope, where={by: (name,)}, heading=heading, key="fair")


def people_compared(scope: Scope, id: str, by: By) -> Card:
    """The card of `fair_card`."""
    one, found = metric(id), data.answer(fair, scope, id, by)
    known = found.people.filter(pl.col("fair").is_not_null())
    rows = [_person(row, one) for row in known.iter_rows(named=True)]
    unknown = _("{n} of nobody known are left out.", n=count(found.unknown)) if found.unknown else ""
    notes = (
        _("Filled: beyond what these tickets let expect, by more than noise. Open: cannot be told apart from the "
          "usual."),
        _("In the order of names; this is no ranking. Channel, type, priority and line of support of the tickets are "
          "taken off, and few tickets draw an estimate towards the usual (empirical Bayes)."),
        _("A typical time here is the geometric mean: what is usual of times that scatter by factors.")
        if found.is_time else "",
        unknown,
    )  # fmt: skip
    ask = Ask((id,), scope, (by,))
    return Card(
        key="fair",
        title=fair_title(found, by),
        caption=_("{figure} · line: usual here, {usual} · n = {n}", figure=label(one), n=count(found.n),
                  usual=figure(found.usual, one.unit)),
        figure=people_chart(rows, usual=found.usual or 0.0, unit=one.unit, label=dimension(by)),
        metric_id=id,
        basis=Basis(found.n, found.unknown),
        table=fair_table(found, one, by),
        export=data.figures([id], scope, by=(by,)).join(
            found.people.select(pl.col("person").alias(by), "raw", "expected", "fair", fair_low="low",
                                fair_high="high", fair_n="n", differs="differs"), on=by, how="left"),
        asks=(ask,),
        notes=tuple(note for note in notes if note),
    )  # fmt: skip


def fair_title(found: Fair, by: By) -> str:
    """How many can be told apart at all."""
    judged = found.people.filter(pl.col("fair").is_not_null()).height
    if not found.told_apart:
        template = N_("None of {n} people can be told apart from the usual; what looks different is noise.")
        if by == "team":
            template = N_("None of {n} teams can be told apart from the usual; what looks different is noise.")
        return _(template, n=count(judged))
    template = N_("{apart} of {n} people differ from what their tickets let expect by more than noise.")
    if by == "team":
        template = N_("{apart} of {n} teams differ from what their tickets let expect by more than noise.")
    return _(template, apart=count(found.told_apart), n=count(judged))


def _person(row: Mapping[str, Any], one: Metric) -> Person:
    told = [
        f"<b>{shown(row['person'])}</b>",
        _("fair: {value} ({low} to {high})", value=figure(row["fair"], one.unit), low=figure(row["low"], one.unit),
          high=figure(row["high"], one.unit)),
        _("as counted: {value}", value=_raw(row["raw"], one.unit)),
        _("expected of these tickets: {value}", value=_raw(row["expected"], one.unit)),
        _("n = {n}", n=count(row["n"])),
    ]  # fmt: skip
    return Person(row["person"], row["fair"], row["low"], row["high"], row["raw"], note=_("n = {n}", n=count(row["n"])),
                  hover="<br>".join(told), differs=bool(row["differs"]))  # fmt: skip


def _raw(value: float | None, unit: Unit) -> str:
    if unit is Unit.SHARE and value is not None:
        return share(value)
    return figure(value, unit)


def fair_table(found: Fair, one: Metric, by: By) -> pl.DataFrame:
    """One row per person, in the order of names."""
    rows = list(found.people.iter_rows(named=True))
    apart, same = _("differs from the usual"), _("cannot be told apart")
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, row["person"]) for row in rows],
            "n": found.people["n"],
            _("As counted"): [_raw(row["raw"], one.unit) for row in rows],
            _("Expected of these tickets"): [_raw(row["expected"], one.unit) for row in rows],
            _("Fair estimate"): [figure(row["fair"], one.unit) for row in rows],
            _("95% interval"): [f"{figure(row['low'], one.unit)} – {figure(row['high'], one.unit)}" for row in rows],
            _("Verdict"): [apart if row["differs"] else same for row in rows],
        }
    )
