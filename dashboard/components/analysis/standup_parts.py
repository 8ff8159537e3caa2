"""The parts of the stand-up page: tiles, sentences about what moved, who waits, team by team."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.links import explain_link
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import (
    NOTHING,
    change,
    count,
    dimension,
    duration,
    figure,
    inline,
    local,
    value_name,
    weekday_and_day,
)
from dashboard.metric_words import label
from dashboard.services.analysis.compare import additive
from dashboard.services.analysis.standup import TEAM_FIGURES, Days, Movement, Reading
from dashboard.services.analysis.waiting import Waiting
from dashboard.wording import N_, _
from metrics.catalog import definition_key, metric
from metrics.model import Period, Unit

TILES_IN_A_ROW = 3
TILE_PIXELS = 165
_PROMISE = ("first_response_target_seconds", "first_response_target_clock")
COLOURS = {"higher": "normal", "lower": "inverse", "neither": "off"}
CLAUSES = {
    True: N_("{figure} rose from {before} to {now}"),
    False: N_("{figure} fell from {before} to {now}"),
}


def days_in_words(days: Days) -> str:
    """Which days are looked at, and which they are compared with."""
    return _("{days}, compared with {before}", days=_span(days.now), before=_span(days.before))


def _span(period: Period) -> str:
    last = period.end - timedelta(days=1)
    words = [weekday_and_day(day) for day in dict.fromkeys((period.start, last))]
    return " – ".join(words)


def tiles(readings: Sequence[Reading], settled: tuple[Days, Reading]) -> None:
    """Draw one tile per headline: value, change against the week before, and n.

    settled: a figure that yesterday's tickets are too young for, with the days that it is of.
    """
    days, reading_of_days = settled
    with st.grid(TILES_IN_A_ROW, min_column_width=TILE_PIXELS):
        for reading in readings:
            _tile(reading)
        _tile(reading_of_days, of=days.now)


def _tile(reading: Reading, *, of: Period | None = None) -> None:
    one = reading.metric
    with st.container(border=True, height="stretch"):
        st.metric(
            _(f"tile.{one.id}"),
            figure(reading.value, one.unit),
            delta=_delta(reading),
            delta_arrow="auto" if change(reading.value, reading.value_before, one.unit) else "off",
            delta_color=COLOURS[one.better] if reading.moved else "off",  # type: ignore[arg-type]
            help=_definition(reading),
        )
        st.caption(_before(reading))
        if of is not None:
            st.caption(_("created {days}", days=_span(of)))


def _before(reading: Reading) -> str:
    """The value a week before and, where the value is not itself a count, over how many the value is."""
    before = _("week before: {before}", before=figure(reading.value_before, reading.metric.unit))
    return before if reading.metric.unit is Unit.COUNT else f"{before} · {_('n = {n}', n=count(reading.n))}"


def _delta(reading: Reading) -> str:
    """The change; Streamlit takes only an ASCII minus for a fall, and only the number 0 for none."""
    text = change(reading.value, reading.value_before, reading.metric.unit)
    if text is None:
        return _("unchanged") if reading.value is not None and reading.value == reading.value_before else NOTHING
    return text.replace("−", "-")


def _definition(reading: Reading) -> str:
    return f"{label(reading.metric)}: {_(definition_key(reading.metric))}"


def movements_in_words(movements: Sequence[Movement], readings: Sequence[Reading]) -> None:
    """Draw one sentence per figure that moved by more than noise, or say that none did."""
    if not any(reading.value_before is not None for reading in readings):
        st.markdown(_("There are no data of the week before to compare with."))
        return
    if not movements:
        st.markdown(_("Nothing moved by more than its usual noise against the week before."))
        return
    for movement in movements:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"- {_sentence(movement)}", width="content")
            _explain(movement)


def _explain(movement: Movement) -> None:
    """The way from a sentence to the parts of the change and the tickets behind them, where it has parts."""
    id, part = movement.reading.metric.id, movement.dimension
    if additive(id):
        explain_link(
            id, "weekdays", period="last_working_day", against="weekdays",
            **({} if part is None else {"explain_by": part}),
        )  # fmt: skip


def _sentence(movement: Movement) -> str:
    reading, unit = movement.reading, movement.reading.metric.unit
    rose = (reading.value or 0) > (reading.value_before or 0)
    clause = _(
        CLAUSES[rose],
        figure=f"**{_(f'tile.{reading.metric.id}')}**",
        before=figure(reading.value_before, unit),
        now=figure(reading.value, unit),
    )
    if movement.dimension is None:
        return clause + _(".")
    return clause + _(
        "; most of it: {part} ({dimension}, {before} → {now}).",
        dimension=inline(movement.dimension),
        part=plain(value_name(movement.dimension, movement.part)),
        before=figure(movement.part_before, unit),
        now=figure(movement.part_now, unit),
    )


def waiting_list(found: Waiting) -> None:
    """Draw who waits for a first answer, the longest first, with their targets."""
    facts = data.facts()
    st.header(_waiting_title(found), anchor="waiting")
    st.caption(
        _(
            "Open and without an answer by a person at {at}. Past the target: {late}; close to it: {at_risk}. "
            "Open past the resolution target: {unresolved}.",
            at=local(facts.as_of, facts.zone), late=count(found.late), at_risk=count(found.at_risk),
            unresolved=count(found.unresolved_late),
        )
    )  # fmt: skip
    if found.n:
        rows = found.tickets
        ticket_table(
            rows,
            {
                _("Waiting"): [duration(value) for value in rows["waiting_seconds"]],
                _("Target"): [
                    _promise(*promise)
                    for promise in rows.select(
                        "first_response_target_seconds", "first_response_target_clock"
                    ).iter_rows()
                ],
                _("Over by"): [duration(value) for value in rows["over_seconds"]],
            },
            key="waiting",
        )


def _promise(seconds: int | None, clock: str | None) -> str:
    """A promised time; where the clock stands still outside opening hours, that is said."""
    length = duration(seconds)
    return _("{length} (opening hours)", length=length) if seconds is not None and clock == "business" else length


def _waiting_title(found: Waiting) -> str:
    if not found.n:
        return _("Nobody waits for a first answer.")
    longest = found.tickets["waiting_seconds"][0]
    if found.n == 1:
        return _("One ticket waits for a first answer, for {wait} now.", wait=duration(longest))
    return _("{n} tickets wait for a first answer, the longest for {wait}.", n=count(found.n), wait=duration(longest))


def team_table(result: pl.DataFrame) -> None:
    """Draw one row per team with its figures; too few to judge is a dash."""
    teams = result["team"].unique(maintain_order=True).to_list()
    if teams in ([], [None]):
        return
    cells = {(row["metric"], row["team"]): row for row in result.iter_rows(named=True)}
    columns: dict[str, list[str]] = {dimension("team"): [value_name("team", team) for team in teams]}
    for one in TEAM_FIGURES:
        columns[_(f"tile.{one}")] = [_cell(cells.get((one, team)), one) for team in teams]
    st.header(_("Team by team"), anchor="teams")
    show_table(pl.DataFrame(columns), name="standup-teams", title=_("Team by team"))
    st.caption(_("A dash: nothing to measure, or too few to judge a team by."))


def _cell(row: dict[str, object] | None, one: str) -> str:
    declared = metric(one)
    if row is None or not isinstance(row["value"], float):
        return NOTHING
    n = int(str(row["n"]))
    if declared.unit is Unit.COUNT:
        return figure(row["value"], declared.unit)
    return (
        f"{figure(row['value'], declared.unit)}  ({_('n = {n}', n=count(n))})" if n >= declared.minimum_n else NOTHING
    )
