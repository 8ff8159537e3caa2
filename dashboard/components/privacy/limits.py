"""For how long what is kept: read by whoever may, set by an administrator."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.privacy.acts import keep_limits
from dashboard.people import Act, Actor, reach
from dashboard.privacy.limits import KINDS, LEAST_DAYS, MOST_DAYS, limits
from dashboard.wording import _

REASON = "privacy.limits.reason"
SHORT = {
    "texts": "privacy.kind.texts",
    "customers": "privacy.kind.customers",
    "rejects": "privacy.kind.rejects",
    "sign_ins": "privacy.kind.sign_ins",
}


def kept_for(actor: Actor) -> None:
    """Draw the days of each kind of data."""
    days = limits(actor, data.desk())
    st.subheader(_("Kept for"), anchor="kept-for")
    if reach(actor, Act.PURGE):
        _form(days)
    else:
        table = pl.DataFrame({_("What"): [_(text) for text in KINDS.values()], _("Days"): list(days.values())})
        show_table(table, name="kept-for", title=_("Kept for"))


def _form(days: dict[str, int]) -> None:
    fields = {kind: f"privacy.days.{kind}" for kind in KINDS}
    with st.form("privacy-limits"):
        for column, (kind, told) in zip(st.columns(len(KINDS)), KINDS.items(), strict=True):
            column.number_input(_(SHORT[kind]), LEAST_DAYS, MOST_DAYS, days[kind], key=fields[kind], help=_(told))
        st.caption(_("Days; at least {least}, which the network law asks for.", least=LEAST_DAYS))
        st.text_input(_("Why"), key=REASON, max_chars=300)
        st.form_submit_button(_("Keep for so long"), type="primary", on_click=keep_limits, args=(fields, REASON))
