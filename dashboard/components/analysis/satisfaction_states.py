"""What the satisfaction page says where there are no ratings, or nobody knows who was asked."""

import streamlit as st

from dashboard import data
from dashboard.components.analysis.figure_cards import trend_card
from dashboard.wording import _
from metrics.absence import absences
from metrics.catalog import metric
from metrics.facts import Facts
from metrics.model import Every, Scope


def no_ratings() -> None:
    """Say that the scope has tickets and no rating, and what the data would need."""
    reason = data.answer(why_absent, Scope(), "csat")
    if reason is None:
        st.info(_("Nobody rated a ticket in these days and filters. Choose a longer period or reset the filters."))
        return
    st.info(_(reason))
    st.caption(
        _("A file with a column for the score (for example “满意度评分” or “Rating”) fills this page; the time of the "
          "rating, the comment and the time of the question make it whole.")
    )  # fmt: skip


def response_rate(scope: Scope, every: Every) -> None:
    """Draw how many of those asked answered, or say why that cannot be known."""
    reason = data.answer(why_absent, Scope(), "csat_response_rate")
    if reason is None:
        trend_card(["csat_response_rate"], scope, every)
        return
    st.header(_("How many answered cannot be known"), anchor="csat_response_rate-course")
    st.info(_(reason))


def why_absent(facts: Facts, scope: Scope, metric_id: str) -> str | None:  # noqa: ARG001 - as every answer is asked
    """The sentence that says why the desk cannot have a figure; None where it can."""
    return absences([metric(metric_id)], facts).get(metric_id)
