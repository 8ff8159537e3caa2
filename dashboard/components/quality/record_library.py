"""The library of good and bad cases: for training, and for the meeting of the inspectors."""

import streamlit as st

from dashboard import data
from dashboard.components.quality.record_acts import do
from dashboard.components.quality.review_words import words
from dashboard.components.text import plain
from dashboard.format import local, value_name
from dashboard.navigation import PAGES
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.quality import library as service
from dashboard.services.quality.library import Case
from dashboard.services.quality.review_reading import Told
from dashboard.wording import N_, _

KINDS = {"all": N_("All"), "good": N_("Good"), "bad": N_("Bad")}


def library() -> None:
    """Draw the cases, narrowed to good or bad ones where asked."""
    found = service.library(current_actor(), data.desk())
    if not found:
        st.info(_("No case is kept yet. A case is kept on a review, with what can be learnt from it."))
        return
    kind = st.segmented_control(_("Cases"), list(KINDS), format_func=lambda id: _(KINDS[id]), default="all",
                                required=True, label_visibility="collapsed", key="library.kind")  # fmt: skip
    for one in found:
        if kind in ("all", "good" if one.is_good else "bad"):
            with st.container(border=True):
                _case(one)


def _case(one: Case) -> None:
    icon = ":material/thumb_up:" if one.is_good else ":material/thumb_down:"
    said = [_("good") if one.is_good else _("bad"), *filter(None, [one.criterion])]
    if one.type:
        said.append(value_name("type", one.type))
    st.markdown(f"{icon} **{plain(one.title)}** · {' · '.join(map(plain, said))}")
    st.text(one.why)
    st.caption(_("kept {at} by {who}", at=local(one.kept_at, data.facts().zone), who=plain(one.kept_by)))
    with st.container(horizontal=True):
        if data.may_open(one.source, one.ticket_id):
            st.page_link(PAGES / "ticket.py", label=_("Open the conversation"), icon=":material/open_in_new:",
                         query_params={"source": one.source, "ticket": one.ticket_id})  # fmt: skip
        if reach(current_actor(), Act.COACH):
            st.button(_("Take it out"), key=f"library.out.{one.id}", type="tertiary", on_click=do,
                      args=(service.withdraw, N_("Taken out of the library."), one.id, one.version))  # fmt: skip


def keep(told: Told) -> None:
    """Draw the form that keeps the conversation of this review as a case."""
    if not reach(current_actor(), Act.COACH) or told.row["revision"] == 0 or told.row["kind"] == "calibration":
        return
    with st.expander(_("Keep as a case"), icon=":material/bookmark_add:"):
        kind = st.segmented_control(_("It is an example of"), ["good", "bad"], format_func=lambda id: _(KINDS[id]),
                                    default="good" if told.row["passed"] else "bad", required=True,
                                    key="library.which")  # fmt: skip
        title = st.text_input(_("Title"), key="library.title", max_chars=120)
        codes = [None, *(line.code for line in told.card.lines)]
        code = st.selectbox(_("Line of the scorecard"), codes, key="library.line",
                            format_func=lambda id: _line(told, id))  # fmt: skip
        why = st.text_area(_("What can be learnt from it"), key="library.why", max_chars=2000, height=80)
        st.button(_("Keep"), key="library.keep", on_click=do,
                  args=(service.keep_case, N_("Kept in the library."), told.row["id"]),
                  kwargs={"is_good": kind == "good", "title": title, "why": why, "criterion": code})  # fmt: skip


def _line(told: Told, code: str | None) -> str:
    return _("the whole conversation") if code is None else f"{code} {words(told.card.line(code).title)}"
