"""Types: what customers ask about, what grows, which questions return, what articles would save, which product."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.question_cards import questions_card, saving_card
from dashboard.components.analysis.type_cards import growth_card, pareto_card, products_card
from dashboard.components.empty import empty_desk, nothing_in_scope
from dashboard.services.analysis.inquiry_types import CREATED
from dashboard.wording import _

st.title(_("Types"))
if not data.has_data():
    empty_desk()
    st.stop()

scope = data.scope()
if not data.figures([CREATED], scope)["n"].item():
    nothing_in_scope()
    st.stop()

with st.container(border=True):
    pareto_card(scope)
with st.container(border=True):
    growth_card(scope)
with st.container(border=True):
    questions_card(scope)
with st.container(border=True):
    saving_card(scope)
with st.container(border=True):
    products_card(scope)
