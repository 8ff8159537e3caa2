"""Addresses of what is on the screen, for a colleague: the page, what it was asked about, the card."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import data
from dashboard.scope import pinned

NOT_SHARED = ("lang",)
"""A colleague reads in a language of his own."""


def link_to(anchor: str) -> str:
    """The address of a card with the days and filters of now; days are named, so that it shows the same next week."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name not in NOT_SHARED}
    query = urlencode({**asked, **pinned(data.scope())}, doseq=True)
    page = (st.context.url or "").split("?")[0].split("#")[0]
    return f"{page}{'?' * bool(query)}{query}#{anchor}"
