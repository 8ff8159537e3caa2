"""From a critical failure to its correction: what was told wrongly, what is right, with the review behind it."""

import streamlit as st

from dashboard import data
from dashboard.components.quality.record_acts import do
from dashboard.components.quality.review_words import words
from dashboard.navigation import PAGES, is_there
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.quality import error_cases
from dashboard.services.quality.review_reading import Told
from dashboard.wording import N_, _

QUALITY = "quality.py"


def correct_claim(told: Told) -> None:
    """Draw the form that opens a correction, where something critical failed; in a calibration nothing is told yet."""
    row, actor = told.row, current_actor()
    critical = [line.code for line in told.card.lines if line.kind == "critical"]
    failed = [code for code in critical if code in told.answers and told.answers[code].value == 0]
    if not failed or row["kind"] == "calibration" or not reach(actor, Act.CORRECT):
        return
    with st.expander(_("Open a correction"), icon=":material/edit_note:"):
        code = st.selectbox(_("Line of the scorecard"), failed, key="correction.line",
                            format_func=lambda id: f"{id} {words(told.card.line(id).title)}")  # fmt: skip
        wrong = st.text_area(_("Wrong claim"), key="correction.wrong", height=70)
        right = st.text_area(_("Right claim"), key="correction.right", height=70)
        public = st.checkbox(_("Others could read it: correct it in public within the hour"), key="correction.public")
        what = {"source": row["source"], "ticket_id": row["ticket_id"], "review_id": row["id"], "criterion": code,
                "wrong_claim": wrong, "right_claim": right, "was_public": public, "facts": data.readable()}  # fmt: skip
        st.button(_("Open the correction"), key="correction.open", on_click=do, kwargs=what,
                  args=(error_cases.open_case, N_("The correction is open; its clocks run.")))  # fmt: skip
        if is_there(actor, QUALITY):
            st.page_link(PAGES / QUALITY, label=_("To the corrections"), icon=":material/verified:",
                         query_params={"show": "errors"})  # fmt: skip
