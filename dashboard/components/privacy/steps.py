"""Work of minutes on the screen: each step as it begins, then the page as it is afterwards."""

from collections.abc import Callable

import streamlit as st

from dashboard.privacy.retention import OnStep
from dashboard.wording import _


def under_way(label: str, work: Callable[[OnStep], None]) -> None:
    """Do the work with its steps shown; the page is drawn anew once it is done."""
    with st.status(label, expanded=True) as status:

        def told(step: str) -> None:
            status.write(_(step))

        work(told)
    st.rerun()
