"""Ordering a report: which kind, which days, in which language, with which columns of the list of tickets."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import streamlit as st

from dashboard import data
from dashboard.components.reports.layouts import digest_of_layout, layout_choice
from dashboard.format import dimension, listed, sentence, value_name
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.reports.asked import KINDS, Asked, ReportKind, days_in_words, period_with
from dashboard.reports.parts.tickets import columns_of as columns_of_tickets
from dashboard.services.reports.apart import begin
from dashboard.services.reports.archive import columns_of, keep_columns, order
from dashboard.services.reports.making import days_of
from dashboard.wording import LANGUAGES, _, current_language
from metrics.model import Period

OFFERED: Mapping[ReportKind, int] = MappingProxyType({"weekly": 12, "monthly": 12, "quarterly": 6, "personal": 6})
"""So many periods back."""
LAST = "reports.ordered"


def report_form() -> None:
    """Draw the form; who sends it has his report made beside the page."""
    with st.container(border=True):
        kind = _kind()
        with st.form(f"report-{kind}", border=False):
            left, right = st.columns(2)
            period = left.selectbox(_("Days"), _periods(kind), format_func=days_in_words, key=f"report-days-{kind}")
            language = right.selectbox(
                _("Language of the report"), list(LANGUAGES), format_func=lambda name: LANGUAGES[name],
                index=list(LANGUAGES).index(current_language()), key="report-language",
            )  # fmt: skip
            person = _person() if kind == "personal" else None
            chosen = _columns() if kind != "personal" else None
            layout = digest_of_layout(layout_choice(None, f"report-{kind}"))
            st.caption(_about())
            if st.form_submit_button(_("Make the report"), icon=":material/description:", type="primary"):
                _order(
                    Asked(kind, period, language, data.scope().where, person=person, columns=chosen, template=layout)
                )


def _kind() -> ReportKind:
    kinds = list(OFFERED)
    picked = st.segmented_control(
        _("Report"), kinds, format_func=lambda kind: _(KINDS[kind]), default=kinds[0], required=True, key="report-kind"
    )
    return next((kind for kind in kinds if kind == picked), kinds[0])


def _periods(kind: ReportKind) -> list[Period]:
    """The newest whole one first, then those before it that have data, and last the one that is not over yet."""
    actor, desk, first = current_actor(), data.desk(), data.choices().first
    newest = days_of(actor, desk, kind)
    found = [newest]
    while len(found) < OFFERED[kind] and found[-1].start > first:
        found.append(period_with(kind, found[-1].start - timedelta(days=1)))
    return [*found, period_with(kind, newest.end)]


def _columns() -> tuple[str, ...] | None:
    """The columns of the list of tickets; None are all of them, and what was chosen last stands there again."""
    if reach(current_actor(), Act.EXPORT_TICKETS) is Reach.NONE:
        return None
    known = {column.name: column.title for column in columns_of_tickets(data.facts())}
    kept = [name for name in columns_of(current_actor(), data.desk()) or () if name in known]
    with st.expander(_("Columns of the list of tickets")):
        chosen = st.multiselect(
            _("Only these, in the order of the list"), list(known), default=kept, format_func=known.__getitem__,
            placeholder=_("all columns"), key="report-columns",
        )  # fmt: skip
    return tuple(name for name in known if name in chosen) or None


def _about() -> str:
    """Which tickets, as the sidebar says."""
    where = data.scope().where
    told = [f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
            for name, values in where.items()]  # fmt: skip
    whose = " · ".join(told) or sentence(_("all tickets that you may see"))
    return _("{whose}. It is made beside this page; what tells who customers are is masked in it.", whose=whose)


def _person() -> str | None:
    """Whose sheet it is to be."""
    names = [name for name in data.choices().values.get("agent", ()) if name]
    return st.selectbox(dimension("agent"), names, key="report-person")


def _order(asked: Asked) -> None:
    actor, desk = current_actor(), data.desk()
    if asked.kind != "personal" and asked.columns != columns_of(actor, desk):
        keep_columns(actor, desk, asked.columns)
    id = order(actor, desk, asked)
    begin(actor, desk, id)
    st.session_state[LAST] = id
