"""Reviews that were made: the list of those that a person may read, one of them whole, coaching, the library."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality import record_coaching, record_library
from dashboard.components.quality.record_one import record
from dashboard.components.quality.record_state import open_record, opened, tell
from dashboard.components.quality.review_words import KIND_NAMES, STATE_NAMES, verdict_words
from dashboard.components.switch import switch
from dashboard.format import NOTHING, count, local
from dashboard.language import speak
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.quality.blindness import FOR_AGENTS
from dashboard.services.quality import disputes, review_reading
from dashboard.wording import N_, _

PARTS = {"reviews": N_("Reviews"), "coaching": N_("Coaching"), "library": N_("Library of cases")}
WAITING = ("disputed", "appealed")
UNANSWERED = ("submitted", "upheld", "amended", "part_amended", "final")
ROWS, TABLE = "record.rows", "record.table"


@st.fragment
def workspace() -> None:
    """Draw the list or the review that is open; every act draws only this anew."""
    speak()
    if opened() is not None:
        record(int(opened() or 0))
        return
    disputes.let_lapse(current_actor(), data.desk())
    is_own = reach(current_actor(), Act.SEE_REVIEWS) is Reach.OWN
    st.title(_("My reviews") if is_own else _("Reviews"))
    tell()
    part = switch("part", _("Part"), {id: _(name) for id, name in PARTS.items()}, has_label=False)
    {"reviews": _reviews, "coaching": record_coaching.coaching, "library": record_library.library}[part]()


def _reviews() -> None:
    found = review_reading.read(current_actor(), data.desk())
    if found.is_empty():
        st.info(_("No review has been submitted yet that is yours to read."))
        return
    names = {"all": _("All"), "dispute": _("Waiting for a decision"), "unanswered": _("Waiting for the agent")}
    shown = switch("show", _("Show"), names, has_label=False)
    theirs = found.filter(pl.col("kind").is_in(FOR_AGENTS))
    rows = {"all": found, "dispute": found.filter(pl.col("state").is_in(WAITING)),
            "unanswered": theirs.filter(pl.col("state").is_in(UNANSWERED))}[shown]  # fmt: skip
    st.caption(_("{n} reviews; choose one to open it.", n=count(rows.height)))
    zone, cells = data.facts().zone, rows.select("score", "critical_failed", "passed").rows()
    table = pl.DataFrame({
        _("Submitted"): [local(at, zone) for at in rows["submitted_at"]],
        _("Ticket"): rows["ticket_id"],
        _("Agent"): [one or NOTHING for one in rows["agent"]],
        _("Score and verdict"): [verdict_words(*one) for one in cells],
        _("Stands"): [_(STATE_NAMES[one]) for one in rows["state"]],
        _("Reviewer"): rows["reviewer"],
        _("Chosen how"): [_(KIND_NAMES[one]) for one in rows["kind"]],
    })  # fmt: skip
    show_table(table, name="reviews-tickets", title=names[shown], of_tickets=True, key=TABLE, on_select=_chose,
               selection_mode="single-row", width="stretch")  # fmt: skip
    st.session_state[ROWS] = rows["review"].to_list()


def _chose() -> None:
    speak()
    places = st.session_state[TABLE].selection.rows
    if places:
        open_record(st.session_state[ROWS][places[0]])
