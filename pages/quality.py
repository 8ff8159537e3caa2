"""Quality: what share of conversations passes, how they are drawn, how inspectors agree, how errors are put right."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.quality.calibration import draw_calibration
from dashboard.components.quality.errors import draw_errors
from dashboard.components.quality.results import draw_results
from dashboard.components.quality.samples import draw_samples
from dashboard.components.switch import switch
from dashboard.wording import N_, _

PARTS = {
    "results": (N_("Results"), draw_results), "samples": (N_("Plans and draws"), draw_samples),
    "calibration": (N_("Calibration"), draw_calibration), "errors": (N_("Corrections"), draw_errors),
}  # fmt: skip

st.title(_("Quality"))
if not data.has_data():
    empty_desk()
    st.stop()

chosen = switch("show", _("Show"), {name: _(words) for name, (words, _draw) in PARTS.items()}, has_label=False)
PARTS[chosen][1]()
