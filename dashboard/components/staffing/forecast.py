"""What is expected, how it comes about, what somebody knew better, and how far forecasts were off."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.forecasts import error_chart, forecast_chart
from dashboard.components.analysis.figure_words import moments_in_words
from dashboard.components.card import digest
from dashboard.components.choices_in_url import pick
from dashboard.components.drawn import show_chart
from dashboard.components.staffing.acts import act, may_plan
from dashboard.components.staffing.read import Window, arrivals_in, forecast_in, kept_against, plan_in, today
from dashboard.components.staffing.words import queue_name
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.format import count, listed, local, weekday_and_day
from dashboard.people.current import current_actor
from dashboard.services.analysis.marks import marks_of
from dashboard.services.staffing.overrides import KeptOverride, add_override, end_override, override_log
from dashboard.staffing.words import METHODS, day_told
from dashboard.wording import _, number, share
from metrics.staffing.changes import Override, overridden, within
from metrics.staffing.model import Event, Forecast, QueueForecast

BEFORE = timedelta(days=28)
FAR = timedelta(days=28)
"""Days that are farther off are shown beside those of the same event before."""
DAY = timedelta(days=1)


def forecast_part(window: Window) -> None:
    """Draw the forecast of one queue over the days."""
    found = forecast_in(window)
    order = found.frame.group_by("queue").agg(pl.col("mean").sum()).sort("mean", "queue", descending=True)["queue"]
    if order.is_empty():
        st.info(_("Nothing has come to this desk yet, so nothing can be expected."))
        return
    queue = pick("queue", _("Queue"), {name: queue_name(name) for name in order})
    every = switch("by", _("Counted by"), {"day": _("Days"), "interval": _("Intervals")})
    _chart(queue, every, found, window)
    _how(queue, found, window)
    with st.container(border=True):
        _overrides(queue, window)
    with st.container(border=True):
        _accuracy(queue)


def _chart(queue: str, every: str, found: Forecast, window: Window) -> None:
    plan = plan_in(window).forecast
    ahead = _counted(plan.frame.filter(queue=queue), every, found.zone, ("mean", "low", "high"))
    came = arrivals_in(window).filter(pl.col("queue") == queue, pl.col("offered").is_not_null())
    now = found.origin.astimezone(ZoneInfo(found.zone)).date()
    before = earlier(window, data.events()) if window.first > now + FAR else None
    begin = min(window.first, now) - BEFORE
    past = _counted(came, every, found.zone, ("offered",)).filter(pl.col("at") >= datetime.combine(begin, time()))
    name = _("what came")
    if before is not None:
        name, past = _last_time(came, every, found.zone, *before)
    told = found.of(queue)
    total = float(ahead["mean"].sum())
    title = _("{queue}: {n} requests expected in these days", queue=queue_name(queue), n=number(total))
    st.header(title, anchor="expected")
    st.caption(method_words(told))
    if told.statement:
        st.info(plain(_(told.statement, **told.params)))
    moments = moments_in_words(marks_of(data.settings(), events=data.events()))
    drawn = forecast_chart(
        ahead, past, every=every, came_name=name, moments=[one for one in moments if one.end is not None]
    )
    show_chart(drawn, name="forecast", title=title, figures=plan.frame.filter(queue=queue), alt=title,
               key=f"forecast-{digest((queue, every, window, plan.origin, total))}")  # fmt: skip


def earlier(window: Window, events: Sequence[Event]) -> tuple[Event, timedelta] | None:
    """Of the event that is planned the newest one of its name that is over, and how long before it was."""
    here = [one for one in events if one.first <= window.last and one.last >= window.first]
    for coming in sorted(here, key=lambda one: one.first - one.last):
        same = [one for one in events if one.name == coming.name and one.last < coming.first and one.last < today()]
        if same:
            newest = max(same, key=lambda one: one.first)
            return newest, coming.first - newest.first
    return None


def _last_time(came: pl.DataFrame, every: str, zone: str, event: Event, ago: timedelta) -> tuple[str, pl.DataFrame]:
    """What came then, on the days that are planned now."""
    then = came.filter(
        pl.col("starts_at").dt.convert_time_zone(zone).dt.date().is_between(event.first - DAY, event.last + DAY)
    )
    past = _counted(then, every, zone, ("offered",)).with_columns(pl.col("at") + ago)
    return _("what came at {event} {year}", event=event.name, year=event.first.year), past


def _counted(frame: pl.DataFrame, every: str, zone: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """The columns by interval or by day, `at` on the wall clock."""
    at = frame.with_columns(at=pl.col("starts_at").dt.convert_time_zone(zone).dt.replace_time_zone(None))
    if every == "interval":
        return at.select("at", *columns).sort("at")
    return at.group_by(pl.col("at").dt.truncate("1d")).agg(pl.col(name).sum() for name in columns).sort("at")


def method_words(told: QueueForecast) -> str:
    """By which way a queue is forecast, how well that did on its own past, and what chance leaves anyhow."""
    parts = [_("By {method}, from {weeks} weeks", method=_(METHODS[told.method]), weeks=number(told.weeks))]
    if told.error is not None:
        parts.append(_("a week ahead it was off by {error}", error=share(told.error)))
    if told.rival_error is not None:
        parts.append(_("the mean of 8 weeks by {error}", error=share(told.rival_error)))
    if told.floor is not None:
        parts.append(_("chance alone leaves {floor}", floor=share(told.floor)))
    return listed(parts) + _(".")


def _how(queue: str, found: Forecast, window: Window) -> None:
    """Draw how each day's figure comes about."""
    days = [one for one in found.days if one.queue == queue and window.first <= one.day <= window.last]
    if not days:
        return
    with st.expander(_("How each day's figure comes about"), icon=":material/calculate:", expanded=len(days) <= 7):
        st.markdown("\n".join(f"- **{weekday_and_day(one.day)}**: {day_told(one, written=plain)}" for one in days))


def _overrides(queue: str, window: Window) -> None:
    """Draw the form for somebody who knows better, and the log."""
    st.subheader(_("Somebody knows better"), anchor="overrides")
    if may_plan():
        _override_form(queue, window)
    log = [one for one in override_log(current_actor(), data.desk()) if one.override.queue == queue]
    if not log:
        st.caption(_("Nobody has overridden this forecast."))
    for one in log:
        _logged(one)


def _override_form(queue: str, window: Window) -> None:
    left, middle, right = st.columns([2, 1, 3], vertical_alignment="bottom")
    day = left.date_input(
        _("Day"),
        window.first,
        min_value=window.first,
        max_value=window.last,
        key=f"override.day.{window.first}",
        format="YYYY-MM-DD",
    )
    way = middle.selectbox(
        _("In"),
        ["percent", "set"],
        format_func=lambda one: _("per cent") if one == "percent" else _("requests"),
        key="override.way",
    )
    value = left.number_input(_("How much"), value=20.0, step=5.0, key="override.value")
    hours = middle.slider(_("Hours"), 0, 24, (0, 24), key="override.hours")
    why = right.text_input(_("Why"), key="override.why", max_chars=300)
    zone = ZoneInfo(data.facts().zone)
    the_day = day if isinstance(day, date) else window.first
    begin, end = (_instant(the_day, hour, zone) for hour in hours)
    is_percent = way == "percent"
    size = value / 100 if is_percent else value
    override = Override(queue, begin, end, "percent" if is_percent else "set", size)
    old, new = before_and_after(plan_in(window).forecast.frame, override)
    right.caption(_("{old} requests become {new}.", old=number(old, digits=1), new=number(new, digits=1)))
    right.button(
        _("Override the forecast"),
        key="override.do",
        on_click=act,
        disabled=not (why or "").strip(),
        args=(_add, lambda: _("The forecast is overridden."), override, old, new, why),
        kwargs={"clears": ("override.why",)},
    )


def _instant(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + DAY * (hour // 24), time(hour % 24), zone)


def before_and_after(frame: pl.DataFrame, override: Override) -> tuple[float, float]:
    """The requests in the override's time, as forecast and as overridden."""
    before, after = (one.filter(within(override))["mean"].sum() for one in (frame, overridden(frame, [override])))
    return float(before), float(after)


def _add(actor: Any, desk: Any, override: Override, old: float, new: float, why: str) -> None:
    add_override(actor, desk, override, old=old, new=new, why=why)


def _logged(one: KeptOverride) -> None:
    zone = data.facts().zone
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(override_words(one, zone)), width="stretch")
        if one.ended_at is None and may_plan():
            st.button(
                _("Withdraw it"),
                key=f"override.end.{one.id}",
                on_click=act,
                args=(_end, lambda: _("The override is taken back."), one),
            )


def override_words(one: KeptOverride, zone: str) -> str:
    """One line of the log."""
    told = _(
        "{begin} to {end}: {old} became {new}; {who} on {when}: {why}",
        begin=local(one.override.starts_at, zone),
        end=local(one.override.ends_at, zone),
        old=number(one.old, digits=1),
        new=number(one.new, digits=1),
        who=_(one.made_by),
        when=local(one.made_at, zone),
        why=one.why,
    )
    if one.ended_at is not None:
        told += " " + _("(taken back by {who} on {when})", who=one.ended_by or "", when=local(one.ended_at, zone))
    return told


def _end(actor: Any, desk: Any, one: KeptOverride) -> None:
    end_override(actor, desk, one.id, expected=one.version)


def _accuracy(queue: str) -> None:
    """Draw how far the forecasts that were kept were off, by how far ahead they looked."""
    st.subheader(_("Forecast against what came"), anchor="accuracy")
    held = kept_against(queue)
    if not data.permission().is_everything:
        st.caption(_("Of the whole desk, all teams together; what is expected above is of your teams alone."))
    if held.is_empty():
        st.caption(
            _(
                "No kept forecast of this queue has been overtaken by what came yet. "
                "A forecast is kept for every load of data, and stands here from the day after."
            )
        )
        return
    one_day = held.filter(pl.col("ahead") == 1)
    if one_day.height:
        row = one_day.row(0, named=True)
        st.markdown(
            _(
                "A day ahead the forecasts were off by {wape}; on balance {bias}; {coverage} of the intervals "
                "lay in their band (8 of 10 should). Days judged: {days}.",
                wape=share(row["wape"] or 0),
                bias=f"{(row['bias'] or 0) * 100:+.1f}%",
                coverage=share(row["coverage"] or 0, digits=0),
                days=count(row["days"]),
            )
        )
    title = _("Forecast against what came")
    show_chart(error_chart(held), name="forecast-errors", title=title, figures=held, alt=title,
               key=f"errors-{digest((queue, held.height))}")  # fmt: skip
