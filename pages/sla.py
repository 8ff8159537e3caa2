"""SLA: which promises are kept, what the month can still afford, why and by how much the others are missed."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.promise_cards import no_targets, now_card, pauses_card, targets_card
from dashboard.components.analysis.response_controls import every_for
from dashboard.components.analysis.sla_cards import (
    attainment_card,
    burn_down_card,
    causes_card,
    course_card,
    overrun_card,
    target_switch,
)
from dashboard.components.empty import empty_desk, nothing_in_scope
from dashboard.services.analysis.sla import attainment
from dashboard.wording import _
from metrics.model import Scope

st.title(_("SLA"))
if not data.has_data():
    empty_desk()
    st.stop()
scope = data.scope()
if data.answer(attainment, Scope()).is_empty():
    no_targets()
    st.stop()
if data.answer(attainment, scope).is_empty():
    nothing_in_scope()
    st.stop()

with st.container(border=True):
    attainment_card(scope)
thing = target_switch(scope)
with st.container(border=True):
    now_card(scope, thing)
with st.container(border=True):
    course_card(scope, thing, every_for(scope, data.choices()))
with st.container(border=True):
    burn_down_card(scope, thing)
with st.container(border=True):
    causes_card(scope, thing)
with st.container(border=True):
    overrun_card(scope, thing)
with st.container(border=True):
    targets_card(scope, thing)
pauses_card(scope, thing)
