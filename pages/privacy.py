"""Privacy: for how long what is kept, what must not go, one customer's data, and removing what its time is over for."""

import streamlit as st

from dashboard.components.privacy.acts import told_before
from dashboard.components.privacy.customer import one_customer
from dashboard.components.privacy.holds import standing_holds
from dashboard.components.privacy.limits import kept_for
from dashboard.components.privacy.purge import removal
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.wording import _

st.title(_("Privacy"))
st.caption(_("What customers wrote and who they are goes when its time is over; figures stay to the last digit."))
actor = current_actor()
told_before()
kept_for(actor)
standing_holds(actor)
if reach(actor, Act.ERASE):
    one_customer(actor)
if reach(actor, Act.PURGE):
    removal(actor)
else:
    st.info(_("Changing this, and removing anything, is for an administrator."))
