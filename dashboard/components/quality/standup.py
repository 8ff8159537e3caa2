"""What spot-checks tell a stand-up: corrections that are open, critical errors that were found lately."""

from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality.errors import left_of, step_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, value_name
from dashboard.navigation import PAGES, is_there
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.errors import Case
from dashboard.services.quality import error_cases
from dashboard.services.quality.results import critical_found
from dashboard.triage.now import now
from dashboard.wording import _

LATELY = timedelta(days=3)
"""Over a weekend, too."""


def corrections_words() -> None:
    """Draw the corrections that are still to be done, and how many critical errors spot-checks found lately."""
    if not reach(current_actor(), Act.SEE_QUALITY):
        return
    waiting = [one for one in error_cases.cases(current_actor(), data.desk()) if one.closed_at is None]
    late = sum(any(clock.is_running and clock.is_late(now()) for clock in one.clocks) for one in waiting)
    told = _("Corrections: {n} open, {late} of them late", n=count(len(waiting)), late=count(late))
    st.header(told, anchor="corrections")
    if waiting:
        show_table(_table(waiting), name="standup-corrections", title=told)
    found = critical_found(current_actor(), data.desk(), since=now() - LATELY)
    st.caption(_("Spot-checks of the last three days found {n} critical errors.", n=count(found)))
    if is_there(current_actor(), "quality.py"):
        st.page_link(PAGES / "quality.py", label=_("To the corrections"), icon=":material/verified:",
                     query_params={"show": "errors"})  # fmt: skip


def _table(waiting: list[Case]) -> pl.DataFrame:
    return pl.DataFrame({
        _("Wrong claim"): [plain(one.wrong_claim) for one in waiting],
        _("Team"): [value_name("team", one.team) for one in waiting],
        _("Owner"): [one.owner or NOTHING for one in waiting], _("Next"): [step_name(one) for one in waiting],
        _("Time left"): [left_of(one, now()) for one in waiting],
        _("To be contacted"): [one.to_contact for one in waiting],
    })  # fmt: skip
