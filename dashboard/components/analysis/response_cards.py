"""The charts of the response page, each with its sentence, its numbers and the tickets behind a clicked mark."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.distribution import Line, distribution, part_name
from dashboard.charts.heat import heat
from dashboard.charts.spread import spread
from dashboard.charts.trend import percentiles
from dashboard.components.analysis.goal_words import aim_note, all_goals, paths_of
from dashboard.components.analysis.response_words import (
    bins_table,
    heat_table,
    heat_title,
    rows_table,
    split_title,
    trend_table,
    trend_title,
)
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.links import to_explain
from dashboard.components.text import plain
from dashboard.components.tickets import tickets_of_mark
from dashboard.format import count, dimension, duration, value_name
from dashboard.language import speak
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.goals import Goal, about_these
from dashboard.services.analysis.responses import LEVELS, TWO_HOURS, Mark, Part, ResponseThing, level
from dashboard.wording import N_, _, current_language, share
from metrics.model import Clock, Every, Period, Scope

SPLITS = ("channel", "team", "type")
ENOUGH_IN_A_FIELD = 10
NAMED_TARGETS = 2
"""With more target lines in one chart, the caption says what they are and the lines show only their time."""
EVERY_NAMES: dict[Every, str] = {"hour": N_("hour"), "day": N_("day"), "week": N_("week"), "month": N_("month")}


@dataclass(frozen=True)
class Asked:
    """What the response charts are about."""

    scope: Scope
    thing: ResponseThing
    clock: Clock

    @property
    def typical(self) -> str:
        return level(self.thing, self.clock, "p50")


def lines_of(asked: Asked) -> tuple[Line, ...]:
    """The lines to draw: the targets in force for the scope, and the two hours."""
    promised = sorted({target.seconds for target in data.targets(asked.scope, asked.thing).values()} - {TWO_HOURS})
    named = len(promised) <= NAMED_TARGETS
    texts = [_("target {time}", time=duration(time)) if named else duration(time) for time in promised]
    lines = [Line(time, text) for time, text in zip(promised, texts, strict=True)]
    return (*lines, Line(TWO_HOURS, _("2 h"), is_target=False))


@st.fragment
def distribution_card(asked: Asked) -> None:
    """How the waits spread, with the targets and the two hours drawn."""
    speak()
    clicked = draw(data.kept(_distribution, asked), data.facts(), state=asked)
    if clicked:
        low, high, part = float(str(clicked[0])), float(str(clicked[1])), cast(Part, clicked[2])
        span = _("Answers that took {low} to {high}", low=duration(low), high=duration(high))
        mark = Mark(low=low, high=high, part=part)
        tickets_of_mark(asked, mark, heading=f"{span} · {part_name(part)}", key="waits")


def _distribution(asked: Asked) -> Card:
    found = data.distribution(asked.scope, asked.thing, asked.clock)
    ids = [level(asked.thing, asked.clock, name) for name in ("p50", "p90")]
    typical, longest = (row["value"] for row in data.figures(ids, asked.scope).iter_rows(named=True))
    title = _(
        "Half of the answers came within {typical}; one in ten took longer than {longest}.",
        typical=duration(typical),
        longest=duration(longest),
    )
    within = "–" if found.within_two_hours is None else share(found.within_two_hours)
    return Card(
        key="waits",
        title=title,
        caption=_(
            "{thing} · {clock} · n = {n} · {share} within 2 hours · dotted: the channels' targets, in business time",
            thing=thing_name(asked), clock=clock_label(asked.clock), n=count(found.n), share=within,
        ),
        figure=distribution(found.bins, lines_of(asked)),
        metric_id=asked.typical,
        basis=Basis(found.n, found.unmeasured),
        table=bins_table(found.bins),
        export=found.bins,
    )  # fmt: skip


def thing_name(asked: Asked) -> str:
    return _(f"thing.{asked.thing}")


def clock_label(clock: Clock) -> str:
    return _("calendar time") if clock == "calendar" else _("business time")


@st.fragment
def trend_card(asked: Asked, every: Every) -> None:
    """The percentiles period by period."""
    speak()
    aims = about_these(all_goals(), _levels(asked), asked.scope)
    clicked = draw(data.kept(_trend, asked, every, aims), data.facts(), state=(asked, every))
    if clicked:
        start = date.fromisoformat(str(clicked[0])[:10])
        period = Period(start, _next(start, every))
        heading = _("Answers in the {every} from {day}", every=_(EVERY_NAMES[every]), day=start)
        tickets_of_mark(asked, Mark(period=period), heading=heading, key="over-time")


def _levels(asked: Asked) -> tuple[str, ...]:
    return tuple(level(asked.thing, asked.clock, name) for name in LEVELS)


def _trend(asked: Asked, every: Every, aims: tuple[Goal, ...]) -> Card:
    ids = _levels(asked)
    result = data.figures(ids, asked.scope, every=every).drop_nulls("period")
    if asked.scope.period is not None:
        result = result.filter(pl.col("period") >= asked.scope.period.start)  # a week or month cut off at its start
    typical = result.filter(pl.col("metric") == asked.typical)
    return Card(
        key="over-time",
        title=trend_title(typical),
        caption=_(
            "{thing} · {clock} · one point per {every}, dated by the answer · n = {n}",
            thing=thing_name(asked), clock=clock_label(asked.clock), every=_(EVERY_NAMES[every]),
            n=count(int(typical["n"].sum())),
        ),
        figure=percentiles(result, every=every, paths=paths_of(aims, result["period"].unique().sort().to_list())),
        metric_id=asked.typical,
        basis=Basis(int(typical["n"].sum())),
        table=trend_table(result),
        export=result,
        asks=(Ask(ids, asked.scope, (), every),),
        notes=tuple(aim_note(aim, asked.scope) for aim in aims),
        explain=to_explain((asked.typical,), asked.scope),
    )  # fmt: skip


def _next(start: date, every: Every) -> date:
    if every == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if every == "week" else 1)


@st.fragment
def split_card(asked: Asked) -> None:
    """Channels, teams or types side by side."""
    speak()
    names = {name: dimension(name) for name in SPLITS}
    split = st.segmented_control(
        _("Side by side"),
        SPLITS,
        format_func=names.__getitem__,
        default=SPLITS[0],
        required=True,
        key=f"split.{current_language()}",
    )
    by = split or SPLITS[0]
    clicked = draw(data.kept(_split, asked, by), data.facts(), state=(asked, by))
    if clicked is not None:
        value = None if clicked[0] is None else str(clicked[0])
        heading = f"{dimension(by)}: {plain(value_name(by, value))}"
        tickets_of_mark(asked, Mark(where={by: value}), heading=heading, key="side-by-side")


def _split(asked: Asked, by: str) -> Card:
    rows = data.side_by_side(asked.scope, asked.thing, asked.clock, by)
    n = int(rows["n"].sum())
    return Card(
        key="side-by-side",
        title=split_title(rows, by),
        caption=_(
            "{thing} · {clock} · dot: half answered by then; bar: nine of ten; diamond: target; right: share within it",
            thing=thing_name(asked), clock=clock_label(asked.clock),
        ),
        figure=spread(
            rows,
            dimension=by,
            line=Line(TWO_HOURS, _("2 h"), is_target=False),
            targets=_row_targets(asked, by),
        ),
        metric_id=asked.typical,
        basis=Basis(n),
        table=rows_table(rows, by),
        export=rows,
    )  # fmt: skip


def _row_targets(asked: Asked, by: str) -> dict[str | None, float]:
    """The target of each row; only channels have one of their own."""
    promised = data.targets(asked.scope, asked.thing) if by == "channel" else {}
    return {channel: float(target.seconds) for channel, target in promised.items()}


@st.fragment
def heat_card(asked: Asked) -> None:
    """Hour of day by weekday."""
    speak()
    clicked = draw(data.kept(_heat, asked), data.facts(), state=asked)
    if clicked:
        day, hour = (str(part) for part in clicked[:2])
        heading = _("{weekday} {hour}:00–{hour}:59", weekday=value_name("weekday", day), hour=hour)
        tickets_of_mark(asked, Mark(where={"weekday": day, "hour": hour}), heading=heading, key="by-hour")


def _heat(asked: Asked) -> Card:
    result = data.figures([asked.typical], asked.scope, by=("weekday", "hour"))
    fields = result.filter((pl.col("n") >= ENOUGH_IN_A_FIELD) & pl.col("value").is_not_null())
    n = int(result["n"].sum())
    return Card(
        key="by-hour",
        title=heat_title(fields),
        caption=_(
            "{thing} · {clock} · by weekday and hour asked · stronger colour: longer; empty: too few · n = {n}",
            thing=thing_name(asked), clock=clock_label(asked.clock), n=count(n),
        ),
        figure=heat(result, enough=ENOUGH_IN_A_FIELD),
        metric_id=asked.typical,
        basis=Basis(n),
        table=heat_table(result.drop_nulls("hour").sort("weekday", "hour")),
        export=result,
        asks=(Ask((asked.typical,), asked.scope, ("weekday", "hour")),),
    )  # fmt: skip
