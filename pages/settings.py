"""Settings: what the desk has agreed on; changed from a day on, with a reason, after a look at what it would do."""

import streamlit as st

from dashboard.components.settings.draft import draft
from dashboard.components.settings.history import history_and_file
from dashboard.components.settings.hours import opening_hours
from dashboard.components.settings.measures import measures
from dashboard.components.settings.names import people, types
from dashboard.components.settings.queues import queues
from dashboard.components.settings.reminding import reminders
from dashboard.components.settings.rules import peaks, rules
from dashboard.components.settings.saving import saving, told_before
from dashboard.components.settings.spot_checks import spot_checks
from dashboard.components.settings.targets import target_test, targets
from dashboard.components.settings.triage import escalation
from dashboard.components.switch import switch
from dashboard.wording import _

st.title(_("Settings"))
st.caption(_("Every change holds from a day on, names a reason, and can be taken back; figures of earlier days stay."))
draft()
PARTS = {
    "promises": (_("Promises"), targets),
    "hours": (_("Opening hours"), opening_hours),
    "days": (_("Peaks and events"), peaks),
    "types": (_("Types and priorities"), types),
    "queues": (_("Queues"), queues),
    "people": (_("Teams and people"), people),
    "rules": (_("Rules, costs, zone"), rules),
    "escalation": (_("Escalation"), escalation),
    "spot-checks": (_("Spot-checks"), spot_checks),
    "measures": (_("Measures"), measures),
    "channels": (_("Reminders"), reminders),
    "history": (_("History and file"), history_and_file),
}
part = switch("part", _("Which settings"), {id: name for id, (name, _draw) in PARTS.items()})
told_before()
PARTS[part][1]()
saving()
if part == "promises":
    target_test()
