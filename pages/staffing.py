"""Staffing: what will come, how many people it takes, who is there, and what can be done where they are short."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.staffing.acts import told_before
from dashboard.components.staffing.events import events_part
from dashboard.components.staffing.forecast import forecast_part
from dashboard.components.staffing.gaps import gaps_part
from dashboard.components.staffing.roster import roster_part
from dashboard.components.staffing.rules_form import rules_part
from dashboard.components.staffing.what_if import what_if_part
from dashboard.components.staffing.window import window
from dashboard.components.switch import switch
from dashboard.wording import _

st.title(_("Staffing"))
if not data.has_data():
    empty_desk()
    st.stop()

PARTS = {
    "gaps": (_("Gaps and levers"), gaps_part),
    "forecast": (_("Forecast"), forecast_part),
    "what-if": (_("What if"), what_if_part),
    "roster": (_("Roster"), roster_part),
    "events": (_("Events"), None),
    "rules": (_("Rules"), rules_part),
}
part = switch("part", _("Part of the plan"), {id: name for id, (name, _draw) in PARTS.items()}, has_label=False)
told_before()
draw = PARTS[part][1]
if draw is None:
    events_part()
else:
    planned = window()
    with st.spinner(_("Looking ahead …"), show_time=False):
        draw(planned)
