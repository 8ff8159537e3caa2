"""Every page of the house: one line each. What is not in this table cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.navigation.page import Page

from dashboard.people import Act, Actor, Reach, reach
from dashboard.wording import N_, _

PAGES = Path(__file__).resolve().parent.parent / "pages"
Section = Literal["daily", "analysis", "data"]
Scoped = Literal["period", "filters", "nothing"]
SECTIONS: dict[Section, str] = {"daily": N_("Daily"), "analysis": N_("Analysis"), "data": N_("Data")}


@dataclass(frozen=True)
class Line:
    """One page: its script, its title (a message id), its icon, its address, where it stands in the menu, its right.

    needs: who may not do this anywhere is not offered the page and sees nothing of it. scoped: what the sidebar asks
    for on this page: days and filters, filters only (the page has its own days), nothing.
    A page that is not in the menu is reached by links only.
    """

    file: str
    title: str
    icon: str
    url_path: str
    section: Section
    needs: Act
    scoped: Scoped = "period"
    in_menu: bool = True

    @property
    def about_tickets(self) -> bool:
        """Whether it shows tickets or figures made of them, so that it is empty for whom none is his."""
        return self.scoped != "nothing" or self.needs in (Act.SEE_TICKETS, Act.SEE_TRIAGE)


LINES: tuple[Line, ...] = (
    Line("standup.py", N_("Stand-up"), ":material/groups:", "standup", "daily", Act.SEE_FIGURES, scoped="filters"),
    Line("triage.py", N_("Triage"), ":material/flag:", "triage", "daily", Act.SEE_TRIAGE, scoped="nothing"),
    Line("meeting.py", N_("Stand-up meeting"), ":material/forum:", "meeting", "daily", Act.SEE_MEETINGS,
         scoped="nothing", in_menu=False),
    Line("review.py", N_("Review room"), ":material/rate_review:", "review", "daily", Act.REVIEW, scoped="nothing"),
    Line("reviews.py", N_("Reviews"), ":material/fact_check:", "reviews", "daily", Act.SEE_REVIEWS, scoped="nothing"),
    Line("wallboard.py", N_("Wallboard"), ":material/monitor:", "wallboard", "daily", Act.SEE_FIGURES,
         scoped="nothing"),
    Line("response_times.py", N_("Response times"), ":material/timer:", "response-times", "analysis", Act.SEE_FIGURES),
    Line("sla.py", N_("SLA"), ":material/rule:", "sla", "analysis", Act.SEE_FIGURES),
    Line("resolution.py", N_("Resolution & first contact"), ":material/task_alt:", "resolution", "analysis",
         Act.SEE_FIGURES),
    Line("satisfaction.py", N_("Satisfaction"), ":material/sentiment_satisfied:", "satisfaction", "analysis",
         Act.SEE_FIGURES),
    Line("types.py", N_("Types"), ":material/category:", "types", "analysis", Act.SEE_FIGURES),
    Line("quality.py", N_("Quality"), ":material/verified:", "quality", "analysis", Act.SEE_QUALITY, scoped="nothing"),
    Line("compare.py", N_("Compare"), ":material/compare_arrows:", "compare", "analysis", Act.SEE_FIGURES),
    Line("team_load.py", N_("Team load"), ":material/balance:", "team-load", "analysis", Act.SEE_FIGURES),
    Line("staffing.py", N_("Staffing"), ":material/event_available:", "staffing", "daily", Act.SEE_STAFFING,
         scoped="nothing"),
    Line("reports.py", N_("Reports"), ":material/description:", "reports", "analysis", Act.MAKE_REPORTS,
         scoped="filters"),
    Line("ticket.py", N_("Ticket details"), ":material/confirmation_number:", "ticket", "daily", Act.SEE_TICKETS,
         scoped="nothing"),
    Line("glossary.py", N_("Glossary"), ":material/menu_book:", "glossary", "data", Act.SEE_FIGURES, scoped="nothing"),
    Line("data.py", N_("Data"), ":material/database:", "data", "data", Act.SEE_DATA, scoped="nothing"),
    Line("connections.py", N_("Connections"), ":material/sync:", "connections", "data", Act.SEE_DATA, scoped="nothing"),
    Line("reconciliation.py", N_("Compared with the source"), ":material/difference:", "reconciliation", "data",
         Act.SEE_TICKETS),
    Line("identity.py", N_("Customers"), ":material/join_inner:", "identity", "data", Act.SEE_TICKETS,
         scoped="nothing"),
    Line("people.py", N_("People"), ":material/group:", "people", "data", Act.SEE_PEOPLE, scoped="nothing"),
    Line("audit.py", N_("Audit"), ":material/policy:", "audit", "data", Act.READ_AUDIT, scoped="nothing"),
    Line("privacy.py", N_("Privacy"), ":material/shield_person:", "privacy", "data", Act.SEE_PRIVACY, scoped="nothing"),
    Line("scorecards.py", N_("Scorecards"), ":material/checklist:", "scorecards", "data", Act.EDIT_SCORECARDS,
         scoped="nothing"),
    Line("settings.py", N_("Settings"), ":material/tune:", "settings", "data", Act.SEE_SETTINGS, scoped="nothing"),
)  # fmt: skip
"""The first line is the page that opens at the bare address."""


def navigate(actor: Actor, lines: Sequence[Line] = LINES) -> tuple[Page, Line]:
    """Draw the menu of what this person may open in the sidebar; the page of this run and its line.

    The page may be one that he may not open: its address can be typed, so whoever runs it asks `may_open` first.

    The menu is drawn here, as links below headings: with sections, Streamlit's own is a list whose entries a screen
    reader cannot tell.
    """
    made = [(_made(line, is_first=line is lines[0]), line) for line in lines]
    chosen = st.navigation([page for page, _line in made], position="hidden")
    with st.sidebar:
        offered = [(page, line) for page, line in made if line.in_menu and may_open(actor, line)]
        for section, name in SECTIONS.items():
            pages = [page for page, line in offered if line.section == section]
            if pages:
                _draw_section(_(name), pages)
    return chosen, next(line for page, line in made if page is chosen)


def _draw_section(name: str, pages: Sequence[Page]) -> None:
    with st.container(gap="xxsmall"):
        st.caption(name)
        for page in pages:
            st.page_link(page)


def may_open(actor: Actor, line: Line) -> bool:
    """Whether this person's role lets him see anything of the page."""
    return reach(actor, line.needs) is not Reach.NONE


def is_there(actor: Actor, file: str) -> bool:
    """Whether there is a page of that script for this person."""
    return any(line.file == file and may_open(actor, line) for line in LINES)


def _made(line: Line, *, is_first: bool) -> Page:
    return st.Page(
        PAGES / line.file,
        title=_(line.title),
        icon=line.icon,
        url_path=line.url_path,
        default=is_first,
        visibility="visible" if line.in_menu else "hidden",
    )
