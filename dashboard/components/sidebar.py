"""What the figures rest on: which desk, data up to when, in which zone."""

import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.format import count, local
from dashboard.wording import _, current_language

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
    """Hide what Streamlit lays over every table, and say in the reader's language what it says in English in fields."""
    st.html(QUIET if current_language() == "en" else QUIET + _field_hints())


def _field_hints() -> str:
    """What a field that is being typed into says of itself; Streamlit has it in English only."""
    hint, single = '[data-testid="InputInstructions"]', '[data-testid="stTextInput"], [data-testid="stNumberInput"]'
    said = ((f":is({single})", _("Enter applies it")), ('[data-testid="stForm"]', _("Enter hands it in")),
            ('[data-testid="stTextArea"]', _("Ctrl+Enter applies it")))  # fmt: skip
    words = "".join(f'{where} {hint}::after {{content: "{text}"}}' for where, text in said)
    return f"<style>{hint}, {hint} * {{font-size: 0 !important}} {hint}::after {{font-size: 0.75rem}} {words}</style>"


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
