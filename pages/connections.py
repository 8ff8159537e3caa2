"""Connections: which systems this desk reads by itself, how their last runs went, and what to do next."""

import streamlit as st

from dashboard.components.sync.connections import all_connections
from dashboard.wording import _

st.title(_("Connections"))
st.caption(
    _("Systems whose tickets come by themselves. Each run goes on where the last load ended; a load can be taken back.")
)
all_connections()
