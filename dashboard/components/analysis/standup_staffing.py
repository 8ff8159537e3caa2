"""The stand-up's look at people: how far yesterday's forecast was off, and where people are short today."""

import polars as pl
import streamlit as st

from dashboard.components.staffing.read import held_yesterday, plan_today, todays_now
from dashboard.components.staffing.today import DUE_FROM, today_title, today_words
from dashboard.components.staffing.words import peak_sentence, queue_name
from dashboard.components.text import plain
from dashboard.format import count, listed
from dashboard.navigation import PAGES, is_there
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.wording import _, number
from metrics.staffing.peaks import peaks

PEAKS_AT_MOST = 4
FAR = 0.15
"""A day that is so much off in all is told by its queues."""


def people_of_the_day() -> None:
    """Draw both, and the way to the plan; nothing for whom no plan is his to see."""
    if not reach(current_actor(), Act.SEE_STAFFING):
        return
    st.header(_("People today"), anchor="staffing")
    with st.spinner(_("Looking ahead …"), show_time=False):
        st.markdown("\n".join(f"- {line}" for line in [yesterday_words(), *so_far_words(), *gaps_words()]))
    if is_there(current_actor(), "staffing.py"):
        st.page_link(PAGES / "staffing.py", label=_("Plan people"), icon=":material/event_available:", width="content")


def yesterday_words() -> str:
    """How far the forecast for yesterday was off, by queue where it was far."""
    held = held_yesterday()
    if held is None or held.is_empty():
        return _("**Yesterday's forecast:** none was kept, so there is nothing to hold against what came.")
    came, forecast = float(held["came"].sum()), float(held["forecast"].sum())
    told = _("**Yesterday's forecast:** {forecast} expected, {came} came ({off})", forecast=number(forecast),
             came=number(came), off=f"{(forecast - came) / came:+.0%}" if came else "–")  # fmt: skip
    far = held.filter((pl.col("bias").abs() > FAR) & (pl.col("came") >= 10)).sort(pl.col("bias").abs(), descending=True)
    names = [f"{queue_name(row['queue'])} {row['bias']:+.0%}" for row in far.head(3).iter_rows(named=True)]
    return told + (_("; farthest off: {queues}.", queues=plain(listed(names))) if names else _("."))


def so_far_words() -> list[str]:
    """What came today against its forecast, once anything was due."""
    rests = [one for one in todays_now() if one.update.expected >= DUE_FROM]
    return [f"**{plain(today_title())}.** {today_words(rests)}"] if rests else []


def gaps_words() -> list[str]:
    """Where people are short today, a line for each of the worst stretches."""
    found = plan_today()
    if not found.has_roster:
        return [_("**Gaps today:** no roster is known, so no gap can be told; enter one on the page “Staffing”.")]
    told = peaks(found.needs.frame, found.needs.minutes)
    missed = [one for one in told if one.is_missed]
    if not missed:
        return [_("**Gaps today:** every goal is reached with the people on the roster.")]
    lines = [plain(peak_sentence(one, found.needs)) for one in missed[:PEAKS_AT_MOST]]
    return [_("**Gaps today:** in {n} stretches goals will be missed.", n=count(len(missed))), *lines]
