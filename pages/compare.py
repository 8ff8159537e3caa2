"""Compare: two periods, two groups, before and after a change: what differs by more than noise, and what made it."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.compare_cards import compared_card, explained_card, sizes
from dashboard.components.analysis.compare_controls import figures_asked, kind_asked, sides_asked, sides_in_words
from dashboard.components.analysis.goal_cards import goal_list
from dashboard.components.analysis.improvement_cards import measure_list
from dashboard.components.empty import empty_desk
from dashboard.components.links import FIRST, PARTS
from dashboard.wording import _

st.title(_("Compare"))
if not data.has_data():
    empty_desk()
    st.stop()

kind = kind_asked()
if kind == "measures":
    goal_list(data.scope())
    measure_list(data.scope())
    st.stop()

sides = sides_asked(kind, data.scope())
if sides is None:
    st.stop()
n = sizes(sides)
if not all(n):
    st.info(_("One side has no tickets. Choose other days or another group, or reset the filters in the sidebar."))
    st.stop()

st.markdown(sides_in_words(sides, n=n))
ids = figures_asked(kind)
cards = [compared_card, explained_card]
for card in reversed(cards) if st.query_params.get(FIRST) == PARTS else cards:
    with st.container(border=True):
        card(sides, ids)
