"""Reports: workbooks for managers, made beside the page, kept with who made and fetched them, sent by themselves."""

import streamlit as st

from dashboard import data
from dashboard.components.empty import empty_desk
from dashboard.components.reports.acts import told_before
from dashboard.components.reports.check import draw_check
from dashboard.components.reports.layouts import draw_layouts
from dashboard.components.reports.report_archive import archive
from dashboard.components.reports.report_form import report_form
from dashboard.components.reports.report_schedules import draw_schedules
from dashboard.components.switch import switch
from dashboard.wording import N_, _


def draw_reports() -> None:
    """Draw the form and the archive."""
    st.caption(_("A workbook to send on: summary, every analysis, one row per ticket, and what each figure means."))
    report_form()
    archive()


PARTS = {
    "reports": (N_("Make and fetch"), draw_reports), "mail": (N_("By mail"), draw_schedules),
    "layouts": (N_("Own layouts"), draw_layouts), "check": (N_("Check a workbook"), draw_check),
}  # fmt: skip

st.title(_("Reports"))
if not data.has_data():
    empty_desk()
    st.stop()

chosen = switch("part", _("Part of the page"), {name: _(words) for name, (words, _draw) in PARTS.items()},
                has_label=False)  # fmt: skip
told_before()
PARTS[chosen][1]()
