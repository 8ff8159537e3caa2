"""One customer: found, handed out, erased."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.hand_out import hand_out
from dashboard.components.privacy.acts import FOUND, WHO, erase, exported, look_up
from dashboard.components.privacy.steps import under_way
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.people import Actor
from dashboard.privacy.masking import masked_frame
from dashboard.wording import _

ASKED, SURE = "privacy.customer", "privacy.customer.sure"
HEIGHT = 300


def one_customer(actor: Actor) -> None:
    """Draw the search and, once somebody is found, what can be done."""
    del actor
    st.subheader(_("One customer"), anchor="customer")
    if not data.has_data():
        st.info(_("Nothing is loaded yet, so there is nobody to find."))
        return
    with st.form("privacy-customer", border=False):
        st.text_input(_("Name or number, telephone, e-mail"), key=ASKED, max_chars=200,
                      help=_("As the tickets name him, or as it stands in what he wrote. Each search is kept in the audit, without the name."))  # noqa: E501 - one sentence  # fmt: skip
        st.form_submit_button(_("Look up"), icon=":material/search:", on_click=look_up, args=(ASKED,))
    if WHO in st.session_state:
        _found(st.session_state[FOUND])


def _found(found: pl.DataFrame) -> None:
    if found.is_empty():
        st.info(_("Nothing on this desk is of this customer."))
        return
    st.markdown(_("**{n} tickets** are of “{who}”.", n=count(found.height), who=plain(st.session_state[WHO])))
    shown = masked_frame(found, ["customer"])
    names = {"source": _("Source"), "ticket_id": _("Ticket"), "created_at": _("Created"), "customer": _("Customer")}
    show_table(shown.rename(names), name="privacy-customer-tickets", title=_("Tickets"), figures=shown, of_tickets=True,
               height=HEIGHT)  # fmt: skip
    hand_out(_("Everything about him as a file"), exported, file_name="customer.json", media_type="application/json",
             key="privacy-export")  # fmt: skip
    st.checkbox(_("His words and his name go out of every file of this desk and cannot be brought back."), key=SURE)
    if st.button(_("Erase this customer"), icon=":material/delete_forever:", disabled=not st.session_state[SURE],
                 key="privacy-erase"):  # fmt: skip
        under_way(_("Erasing …"), erase)
