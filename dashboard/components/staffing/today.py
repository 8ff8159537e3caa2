"""Today so far against its forecast, and how the rest of the day is moved by it."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.staffing.read import USUAL_MINUTES, Window, todays_now
from dashboard.components.staffing.words import queue_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, listed
from dashboard.wording import _, number, share
from metrics.staffing.intraday import ENOUGH, Today

DUE_FROM = 1
"""From so many expected requests on a queue's day has begun."""
TOLD_FROM = 0.03
"""A rest of the day that moves by less is told to go on as forecast."""


def today_part(window: Window) -> None:
    """Draw the day of the newest data where it is among those planned, and any of it was due yet."""
    rests = [one for one in todays_now() if one.update.expected >= DUE_FROM]
    day = data.facts().as_of.astimezone(ZoneInfo(data.facts().zone))
    if not rests or not window.first <= day.date() <= window.last:
        return
    st.subheader(today_title(), anchor="today")
    st.caption(today_words(rests))
    with st.expander(_("Today by queue"), icon=":material/today:"):
        show_table(today_table(rests), name="staffing-today", title=_("Today by queue"))


def today_title() -> str:
    """`Today until 14:30: 640 requests came, 570 were expected by then`, of the intervals that are over."""
    now = data.facts().as_of.astimezone(ZoneInfo(data.facts().zone))
    at = now - timedelta(minutes=(now.hour * 60 + now.minute) % USUAL_MINUTES)
    came, expected = came_and_expected(todays_now())
    return _("Today until {time}: {came} requests came, {expected} were expected by then", time=f"{at:%H:%M}",
             came=number(came), expected=number(expected))  # fmt: skip


def came_and_expected(rests: Sequence[Today]) -> tuple[float, float]:
    """Over all queues, what came so far and what was expected so far."""
    return sum(one.update.came for one in rests), sum(one.update.expected for one in rests)


def today_words(rests: Sequence[Today]) -> str:
    """How the rest of the day is moved, or why it is not yet."""
    moved = [one for one in rests if one.update.is_moved]
    if not moved:
        return _(
            "The forecast stands: it is moved by what came once {enough} of a queue's day was due.",
            enough=share(ENOUGH, digits=0),
        )
    far = [one for one in moved if abs(one.update.factor - 1) >= TOLD_FROM]
    if not far:
        return _("The rest of the day is expected as forecast.")
    names = [f"{plain(queue_name(one.queue))} ×{number(one.update.factor, digits=2)}" for one in far]
    return _(
        "For the rest of the day this plan expects: {queues}. A factor says how much more or less than forecast; it "
        "follows the morning only as far as the morning tells.",
        queues=listed(names),
    )


def today_table(rests: Sequence[Today]) -> pl.DataFrame:
    """One row per queue: what was due and came so far, and the rest before and after."""
    return pl.DataFrame(
        {
            _("Queue"): [queue_name(one.queue) for one in rests],
            _("Of the day due"): [share(one.update.share, digits=0) for one in rests],
            _("Expected so far"): [number(one.update.expected) for one in rests],
            _("Came so far"): [number(one.update.came) for one in rests],
            _("Factor of the rest"): [
                number(one.update.factor, digits=2) if one.update.is_moved else NOTHING for one in rests
            ],
            _("Rest as forecast"): [number(one.before) for one in rests],
            _("Rest as expected now"): [number(one.after) for one in rests],
        }
    )
