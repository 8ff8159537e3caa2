"""Ticket: one ticket's whole story, from the request to the last word, and why its figures are what they are."""

import streamlit as st

from dashboard import data, one_ticket
from dashboard.components.empty import empty_desk
from dashboard.components.text import plain
from dashboard.components.ticket_cards import (
    among_sources,
    clocks,
    conversation,
    events,
    explanation,
    head,
    search,
    siblings,
)
from dashboard.components.unmasking import unmask_control
from dashboard.services.analysis.explain import UnknownTicketError
from dashboard.wording import _

if not data.has_data():
    st.title(_("Ticket details"))
    empty_desk()
    st.stop()

title = st.empty()
search()
asked = st.query_params.get("ticket")
if not asked:
    title.title(_("Ticket details"))
    st.info(_("Type a ticket's number above, or choose a ticket in the table below any chart."))
    st.stop()

if among_sources(asked):
    title.title(_("Ticket details"))
    st.stop()

try:
    story, sections = one_ticket.ticket_story(st.query_params.get("source"), asked)
except UnknownTicketError as error:
    title.title(_("Ticket details"))
    st.error(plain(_(error.template, **error.params)))
    st.stop()

title.title(_("Ticket {id}", id=plain(asked)))
head(story)
unmask_control(story)
with st.container(border=True):
    clocks(story)
left, right = st.columns(2, gap="large")
with left, st.container(border=True):
    events(story)
with right, st.container(border=True):
    conversation(story)
with st.container(border=True):
    explanation(sections)
with st.container(border=True):
    siblings(story)
