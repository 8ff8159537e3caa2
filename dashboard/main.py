"""What a browser runs: language, the three pages, the scope in the sidebar, and what the figures rest on."""

from pathlib import Path

import streamlit as st

from dashboard import data, language, scope
from dashboard.components.sidebar import about_the_data, quiet_frame
from dashboard.wording import _

PAGES = Path(__file__).resolve().parent.parent / "pages"
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#2f6fb0"/>
<path d="M7 22V14M13 22V9M19 22V17M25 22V11" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/></svg>"""

# Before st.navigation: a page icon set after it makes the browser ask a foreign font server.
st.set_page_config(page_title="Floorwalker", page_icon=ICON, layout="wide")
language.speak()
standup = st.Page(PAGES / "standup.py", title=_("Stand-up"), icon=":material/groups:", url_path="standup", default=True)
response_times = st.Page(
    PAGES / "response_times.py", title=_("Response times"), icon=":material/timer:", url_path="response-times"
)
data_page = st.Page(PAGES / "data.py", title=_("Data"), icon=":material/database:", url_path="data")
page = st.navigation([standup, response_times, data_page])
language.keep_in_url()
quiet_frame()
with st.sidebar:
    if data.has_data():
        if page is not data_page:
            scope.choose(data.choices(), with_period=page is response_times)
        scope.keep_in_url()
    language.choose()
    about_the_data()
page.run()
