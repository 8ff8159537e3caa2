"""Planning a calibration: which conversations, who reads them, against whom, by when."""

from datetime import datetime, timedelta
from functools import partial

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.components.triage.meeting_state import attempted
from dashboard.format import NOTHING, local, value_name
from dashboard.people.current import current_actor
from dashboard.services.quality import calibration as service
from dashboard.services.quality import sampling_plans
from dashboard.services.quality.calibration_choice import proposed
from dashboard.triage.now import now
from dashboard.wording import _

WEEK = 7
AT_FIRST = 8


def draw_form() -> None:
    """Draw the form of a new calibration."""
    people = sampling_plans.who_can_read(current_actor(), data.desk())
    if len(people) < 2:
        st.info(
            _("A calibration needs the accounts of two inspectors at least; an administrator makes them on “People”.")
        )
        return
    offered = {(row["source"], row["ticket_id"]): row for row in _offered().iter_rows(named=True)}
    with st.form("new-calibration", border=False):
        name = st.text_input(_("Name of the calibration"))
        chosen = st.multiselect(
            _("Conversations"), list(offered), default=list(offered)[:AT_FIRST],
            format_func=lambda key: _conversation(offered[key]),
            placeholder=_("choose") if offered else _("nothing was read in the last four weeks"),
            help=_("Of the last four weeks: half of them were disputed, failed or read differently, half are random; "
                   "which is which is not told, so that nobody is set against a conversation."),
        )  # fmt: skip
        tickets = st.text_input(_("Others, by number"), placeholder="1001, 1002")
        who = st.multiselect(_("Inspectors"), people, placeholder=_("choose"))
        left, right = st.columns(2)
        expert = left.selectbox(_("Expert (may be nobody)"), people, index=None, placeholder=_("no expert"))
        days = right.number_input(_("Days to read"), 1, 60, WEEK)
        if st.form_submit_button(_("Plan the calibration"), type="primary"):
            due = now() + timedelta(days=int(days))
            attempted(partial(_planned, name, chosen, tickets, who, expert, due))
            st.rerun()


def _offered() -> pl.DataFrame:
    found = proposed(current_actor(), data.desk())
    known = data.readable().tickets.select("source", "ticket_id", "channel", "type", "agent", "created_at")
    return found.join(known, on=["source", "ticket_id"], how="inner", maintain_order="left")


def _conversation(row: dict[str, object]) -> str:
    parts = [plain(str(row["ticket_id"]))]
    parts += [value_name(name, str(row[name])) for name in ("channel", "type") if row[name]]
    at = row["created_at"]
    return " · ".join([*parts, local(at, data.facts().zone) if isinstance(at, datetime) else NOTHING])


def _planned(
    name: str, chosen: list[tuple[str, str]], numbers: str, who: list[str], expert: str | None, due: datetime
) -> str:  # fmt: skip
    wanted = [one.strip() for one in numbers.replace("，", ",").replace("、", ",").split(",") if one.strip()]
    known = data.readable().tickets.filter(pl.col("ticket_id").is_in(wanted)).select("ticket_id", "source")
    sources = dict(known.iter_rows())
    service.plan(current_actor(), data.desk(), name=name, participants=who, expert=expert, due_at=due,
                 conversations=[*chosen, *((sources.get(one, "?"), one) for one in wanted)])  # fmt: skip
    return _("Planned. Begin when everybody knows of it.")
