"""The audit on the screen: what to look for, a page of entries, whether it is whole, a file."""

from collections.abc import Sequence
from datetime import date
from typing import cast
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.hand_out import hand_out
from dashboard.format import count
from dashboard.language import speak
from dashboard.people import Actor
from dashboard.people.audit_check import verify
from dashboard.people.current import current_actor
from dashboard.services.upkeep.audit_log import PAGE, Entry, Search, action_name, entries, export, who_and_what
from dashboard.wording import _, instant

BEFORE = "audit.before"
"""Key of the session state: below which numbers the pages begin that were leafed through."""
HEIGHT = 640


def search_form(actor: Actor) -> Search:
    """Draw what can be looked for."""
    names, actions = who_and_what(actor, data.desk())
    with st.grid(4, min_column_width=190):
        who = st.selectbox(_("Who"), names, index=None, placeholder=_("everybody"), key="audit.who", on_change=_again)
        what = st.selectbox(_("What"), actions, index=None, placeholder=_("everything"), key="audit.what",
                            format_func=action_name, on_change=_again)  # fmt: skip
        days = st.date_input(_("Days"), value=[], key="audit.days", on_change=_again)
        subject = st.text_input(_("On what"), placeholder="ticket:zendesk/991", key="audit.subject", on_change=_again)
    chosen = cast(Sequence[date], days if isinstance(days, tuple) else (days,))
    since, until = (chosen[0], chosen[-1]) if chosen else (None, None)
    return Search(actor=who, action=what, since=since, until=until, subject=subject)


def _again() -> None:
    st.session_state[BEFORE] = ()


def entries_found(actor: Actor, search: Search) -> None:
    """Draw one page of what was found, newest first, with the ways to older and newer ones."""
    passed: tuple[int, ...] = st.session_state.get(BEFORE, ())
    found = entries(actor, data.desk(), search, before=passed[-1] if passed else None, limit=PAGE + 1)
    shown = found[:PAGE]
    if not shown:
        st.info(_("No entry fits."))
        return
    table = _table(shown)
    show_table(table, name="audit", title=_("Audit"), height=HEIGHT)
    with st.container(horizontal=True, gap="small"):
        st.button(_("Newer"), icon=":material/chevron_left:", disabled=not passed, on_click=_go,
                  args=(passed[:-1],), key="audit.newer")  # fmt: skip
        st.button(_("Older"), icon=":material/chevron_right:", disabled=len(found) <= PAGE, on_click=_go,
                  args=((*passed, shown[-1].id),), key="audit.older")  # fmt: skip


def _go(passed: tuple[int, ...]) -> None:
    st.session_state[BEFORE] = passed


def _table(found: Sequence[Entry]) -> pl.DataFrame:
    zone = data.desk().zone() or "UTC"
    return pl.DataFrame(
        {
            _("No."): [one.id for one in found],
            _("When"): [instant(one.at.astimezone(ZoneInfo(zone))) for one in found],
            _("Who"): [_(one.actor) for one in found],
            _("What"): [action_name(one.action) for one in found],
            _("On what"): [one.subject for one in found],
            _("Details"): ["; ".join(f"{name}: {value}" for name, value in one.details.items()) for one in found],
        }
    )


@st.fragment
def check(actor: Actor, search: Search) -> None:
    """Draw the check of the whole audit and the file of what was found."""
    speak()
    with st.container(horizontal=True, gap="small"):
        is_asked = st.button(_("Check the chain"), icon=":material/verified:", key="audit.check")
        hand_out(_("Download CSV"), lambda: export(current_actor(), data.desk(), search), file_name="audit.csv",
                 media_type="text/csv", key="audit-csv")  # fmt: skip
    if not is_asked:
        return
    with st.spinner(_("Looking at every row …"), show_time=True):
        verdict = verify(actor, data.desk())
    if verdict.faults:
        st.error("  \n".join(_(fault.template, id=fault.id) for fault in verdict.faults[:20]))
        return
    st.success(_("{rows} rows, each as it was written and chained to the one before it.", rows=count(verdict.rows)))
    st.caption(
        _("Rows that were cut off from the end are missed only by a head kept elsewhere. The head now is:")
    )  # fmt: skip
    st.code(str(verdict.head), language=None, wrap_lines=True)
