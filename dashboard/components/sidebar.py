"""What the figures rest on: which desk, data up to when, in which zone."""

import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.format import count, local
from dashboard.wording import _

QUIET = """<style>
[data-testid="stElementToolbar"] {display: none}
[data-testid="stMetricLabel"] p {white-space: normal}
[data-testid="stPageLink-NavLink"]:focus-visible, [data-testid="stMain"]:focus-visible
{outline: 2px solid currentColor; outline-offset: -1px}
button[data-testid^="stBaseButton-primary"]:not(:disabled) {background: #28629f; border-color: #28629f; color: #ffffff}
</style>"""
"""The tables' own toolbars speak English only, and their CSV would be run as formulas: ours stand beside the tables.
White letters need a dark button on dark pages too, where the theme's blue is light for the sake of its lines. A link
that the keyboard has reached looks else like that of the page that is open. What a figure is called is told whole."""


def quiet_frame() -> None:
    """Hide what Streamlit lays over every table."""
    st.html(QUIET)


def about_the_data() -> None:
    """Draw the desk's name, how many tickets it has, the newest stamp and the zone of every time on the pages."""
    lines = [_("Desk: {name}", name=plain(data.desk().root.name))]
    if data.has_data():
        facts = data.facts()
        lines += [
            _("{n} tickets", n=count(facts.tickets.height)),
            _("Data up to {at}", at=local(facts.as_of, facts.zone)),
            _("All times in {zone}", zone=plain(facts.zone)),
        ]
    st.caption("  \n".join(lines))
