"""When somebody else was faster: what was seen, what it is now, what one wanted; nothing is overwritten unseen."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.sent import sent
from dashboard.components.text import plain
from dashboard.components.triage.acts import give_way, insist
from dashboard.components.triage.state import Clash, clashes
from dashboard.components.triage.words import clash_rows, item_name, meant
from dashboard.format import NOTHING
from dashboard.wording import _


def clash_panels() -> None:
    """Draw one panel for each act that waits for a decision."""
    for place, clash in enumerate(clashes()):
        _panel(clash, place)


def _panel(clash: Clash, place: int) -> None:
    zone = data.facts().zone
    rows = clash_rows(clash.error.differences, zone)
    with st.container(border=True, key=f"triage-clash-{place}"):
        st.warning(
            _("{ticket} was changed meanwhile. Nothing was overwritten: look at both, then choose.",
              ticket=plain(item_name(clash.error.item))), icon=":material/group:",
        )  # fmt: skip
        if rows:
            names = (_("What"), _("You saw"), _("It is now"), _("Changed by"))
            table = pl.DataFrame(dict(zip(names, zip(*rows, strict=True), strict=True)))
            st.dataframe(sent(table), hide_index=True, height="content", placeholder=NOTHING,
                         alt=_("What was changed meanwhile"))  # fmt: skip
        st.markdown(_("You wanted: {act}", act=meant(clash.action, clash.what, zone)))
        with st.container(horizontal=True, gap="small"):
            st.button(_("Leave it as it is now"), key=f"triage-yield-{place}", on_click=give_way, args=(clash,))
            st.button(_("Do mine all the same"), key=f"triage-insist-{place}", on_click=insist, args=(clash,))
