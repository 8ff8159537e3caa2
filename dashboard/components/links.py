"""Addresses of what is on the screen, for a colleague: the page, what it was asked about, the card."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from dashboard import data
from dashboard.navigation import PAGES
from dashboard.presets import Against
from dashboard.scope import is_filter, pinned
from dashboard.services.analysis.compare import additive
from dashboard.wording import _
from metrics.catalog import METRICS
from metrics.model import Scope

FIRST, PARTS = "first", "parts"
"""Asks “Compare” to begin with what made the change."""
NOT_SHARED = ("lang",)
"""A colleague reads in a language of his own."""


def link_to(anchor: str) -> str:
    """The address of a card with the days and filters of now; days are named, so that it shows the same next week."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name not in NOT_SHARED}
    query = urlencode({**asked, **pinned(data.scope())}, doseq=True)
    page = (st.context.url or "").split("?")[0].split("#")[0]
    return f"{page}{'?' * bool(query)}{query}#{anchor}"


def to_explain(ids: Sequence[str], scope: Scope) -> str | None:
    """The figure whose change “Compare” can take apart for these days; None where there is none, or nothing before."""
    if scope.period is None or len(ids) != 1:
        return None
    promise = scope.where.get("thing")
    id = ids[0] if promise is None else f"{promise[0]}_within_target"
    return id if id in METRICS and additive(id) else None


def explain_link(metric_id: str, beside: Against, **asked: str) -> None:
    """Draw the way to what made a figure change, with the filters of now; *asked*: days or a dimension of its own."""
    filters = {name: st.query_params.get_all(name) for name in st.query_params if is_filter(name)}
    st.page_link(
        PAGES / "compare.py", label=_("What explains the change"), icon=":material/account_tree:", width="content",
        query_params={**(filters if asked else {}), "sides": "periods", "beside": beside, "explain": metric_id,
                      FIRST: PARTS, **asked},
    )  # fmt: skip
