"""People: who may use the desk, what each may do, who is signed in now."""

import streamlit as st

from dashboard.components.people.cards import (
    everybody,
    everyone,
    new_account,
    nobody_yet,
    one_account,
    told_before,
    who_is_signed_in,
)
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.wording import _

st.title(_("People"))
st.caption(_("Who may use this desk, in which role, for which teams. Every change is kept in the audit."))
actor = current_actor()
told_before()
found = everyone(actor)
if not found:
    nobody_yet(actor)
    st.stop()
everybody(found)
if reach(actor, Act.MANAGE_PEOPLE):
    new_account()
    one_account(found)
who_is_signed_in(actor)
