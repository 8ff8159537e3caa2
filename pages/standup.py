"""Stand-up: what happened since the last working day, what moved, who waits."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.standup_more import backlog_words, first_look, low_words, people_words
from dashboard.components.analysis.standup_parts import (
    days_in_words,
    movements_in_words,
    team_table,
    tiles,
    waiting_list,
)
from dashboard.components.analysis.standup_staffing import people_of_the_day
from dashboard.components.empty import empty_desk
from dashboard.components.quality.standup import corrections_words
from dashboard.format import weekday_and_day
from dashboard.services.analysis.first_contact import first_contacts
from dashboard.wording import _

if not data.has_data():
    st.title(_("Stand-up"))
    empty_desk()
    st.stop()

found = data.stand_up(data.scope(), data.morning())
st.title(_("Stand-up, {day}", day=weekday_and_day(found.days.morning)))
st.caption(days_in_words(found.days))
left_behind = first_look(data.scope(), found.days)
tiles(found.readings, data.agreed_answer(first_contacts, data.scope()))
st.header(_("What moved"), anchor="moved")
movements_in_words(found.movements, found.readings)
waiting_list(found.waiting)
team_table(found.teams)
backlog_words(left_behind)
people_words(left_behind)
low_words(left_behind)
people_of_the_day()
corrections_words()
