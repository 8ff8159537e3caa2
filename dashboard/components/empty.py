"""What a desk without data says: what to do first."""

import streamlit as st

from dashboard import data
from dashboard.metric_words import label
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.wording import _
from metrics.absence import absences
from metrics.catalog import metric

DATA_PAGE = "../pages/data.py"


def empty_desk() -> None:
    """Say that nothing is loaded yet, and lead whoever may load a file to where that is done."""
    with st.container(border=True):
        st.header(_("No data yet"))
        if reach(current_actor(), Act.LOAD_DATA) is Reach.NONE:
            st.markdown(_("Nothing has been loaded into this desk yet; a manager or an administrator can do it."))
            return
        st.markdown(
            _(
                "Load an export of your helpdesk first: CSV, Excel, JSON or Parquet, in Chinese or English. "
                "One row per ticket is enough; a number and the time it was created are all that is needed."
            )
        )
        if st.button(_("Load a file"), type="primary", icon=":material/upload_file:"):
            st.switch_page(DATA_PAGE)
        st.caption(_("Or at the command line:"))
        st.code("floorwalker load tickets.xlsx --zone Asia/Shanghai", language=None, wrap_lines=True)


def nothing_in_scope() -> None:
    """Say that the filters leave nothing over."""
    st.info(_("No ticket fits these filters. Choose a longer period or reset the filters in the sidebar."))


def nothing_to_show(metric_id: str, anchor: str) -> None:
    """Say in the place of a chart that its figure has nothing to show, and what data it would need."""
    one = metric(metric_id)
    reason = absences([one], data.facts()).get(metric_id)
    st.header(label(one), anchor=anchor)
    st.info(_(reason) if reason else _("In these days and with these filters there is nothing to measure here."))
