"""Who was told the same wrong thing: the list of a case, how far it is with each, and the look back for more."""

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.triage.meeting_state import attempted, told
from dashboard.format import count, local
from dashboard.people.current import current_actor
from dashboard.quality.errors import CONTACTS, Case
from dashboard.services.quality import error_cases as service
from dashboard.wording import N_, _

CONTACT_NAMES = {
    "found": N_("to be told"), "contacted": N_("told"), "confirmed": N_("told, has confirmed"),
    "unreachable": N_("cannot be reached"), "not_affected": N_("not affected"),
}  # fmt: skip
FOUND = "quality.lookback"
RECENT_DAYS = 90
KEYS = {"source": pl.String, "ticket_id": pl.String}


def act_button(one: Case, label: str, act: Callable[..., Case], *, key: str = "") -> None:
    """A button that does one step of a case."""
    st.button(label, key=f"case-{one.id}-{key or label}", on_click=do, args=(one, act))


def do(one: Case, act: Callable[..., Case]) -> None:
    """Do a step of the case as it was looked at; why it was refused is told on the page."""

    def done() -> None:
        act(current_actor(), data.desk(), one.id, one.version)

    attempted(done)


def affected(one: Case, *, may: bool) -> None:
    """Everybody who was told the same, how far it is with each, and the way to find more."""
    st.subheader(_("Who was told the same"), anchor=False)
    rows_told = one.affected
    table = pl.DataFrame({
        _("Ticket"): [row.ticket_id for row in rows_told],
        _("State"): [_(CONTACT_NAMES[row.state]) for row in rows_told],
        _("Changed by"): [row.changed_by for row in rows_told],
    })  # fmt: skip
    picked = show_table(
        table, name=f"told-the-same-{one.id}", title=_("Who was told the same"), of_tickets=True, on_select="rerun",
        selection_mode="multi-row", key=f"affected-{one.id}",
    )  # fmt: skip
    rows = picked.get("selection", {}).get("rows", []) if may else []
    if rows:
        keys = [(rows_told[row].source, rows_told[row].ticket_id) for row in rows if row < len(rows_told)]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            state = st.selectbox(_("These customers are"), CONTACTS, index=1, width=240,
                                 format_func=lambda name: _(CONTACT_NAMES[name]))  # fmt: skip
            act_button(one, _("Note it"), partial(service.set_contact, tickets=keys, state=state))
    if may:
        with st.expander(_("Look back for the same claim"), icon=":material/search:"):
            _look_back(one)


def _look_back(one: Case) -> None:
    with st.form(f"look-{one.id}", border=False):
        words = st.text_area(_("Words of the claim; each line is one way to say it"), value=one.search, height=90)
        days = st.number_input(_("Days back"), 1, 400, RECENT_DAYS)
        if st.form_submit_button(_("Search"), icon=":material/search:"):
            attempted(partial(_search, one, words, int(days)))
            told()
    kept = st.session_state.get(FOUND)
    if kept is None or kept[0] != one.id:
        return
    known = pl.DataFrame([(row.source, row.ticket_id) for row in one.affected], schema=KEYS, orient="row")
    fresh = kept[2].join(known, on=list(KEYS), how="anti", maintain_order="left")
    st.markdown(_("{n} conversations say the same, {new} of them are not on the list.", n=count(kept[2].height),
                  new=count(fresh.height)))  # fmt: skip
    if fresh.is_empty():
        return
    zone = data.facts().zone
    shown = fresh.with_columns(pl.Series("at", [local(at, zone) for at in fresh["at"]], dtype=pl.String))
    names = {"ticket_id": _("Ticket"), "at": _("When"), "author": _("Said by"), "excerpt": _("What was said")}
    show_table(shown.select(list(names)).rename(names), name=f"look-back-{one.id}",
               title=_("Look back for the same claim"), of_tickets=True)  # fmt: skip
    keys = list(fresh.select("source", "ticket_id").iter_rows())
    act_button(one, _("Put them on the list"), partial(service.add_affected, tickets=keys, words=kept[1]))


def _search(one: Case, words: str, days: int) -> None:
    found = service.look_back(current_actor(), data.desk(), one.id, words=words, days=days)
    st.session_state[FOUND] = (one.id, words, found)
