"""Settings: what the desk has agreed on; changed from a day on, with a reason, after a look at what it would do."""

import streamlit as st

from dashboard.components.settings_draft import draft
from dashboard.components.settings_history import as_file, changes
from dashboard.components.settings_hours import calendars, team_calendars
from dashboard.components.settings_measures import measures
from dashboard.components.settings_rules import not_set_here, peaks, rules
from dashboard.components.settings_saving import saving, told_before
from dashboard.components.settings_targets import target_test, targets
from dashboard.components.switch import switch
from dashboard.wording import _

st.title(_("Settings"))
st.caption(_("Every change holds from a day on, names a reason, and can be taken back; figures of earlier days stay."))
draft()
part = switch(
    "part",
    _("Which settings"),
    {
        "promises": _("Promises"),
        "hours": _("Opening hours"),
        "days": _("Peaks and events"),
        "rules": _("Rules, costs, zone"),
        "measures": _("Measures"),
        "history": _("History and file"),
    },
)
told_before()
if part == "promises":
    targets()
elif part == "hours":
    calendars()
    team_calendars()
elif part == "days":
    peaks()
elif part == "rules":
    rules()
    not_set_here()
elif part == "measures":
    measures()
else:
    changes()
    as_file()
saving()
if part == "promises":
    target_test()
