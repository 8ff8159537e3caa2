"""What a browser runs: language, the menu of pages, the scope in the sidebar, and what the figures rest on."""

import streamlit as st

from dashboard import data, language, scope
from dashboard.components.rights import may_see
from dashboard.components.saved_views import views
from dashboard.components.scope_controls import chips, choose
from dashboard.components.sidebar import about_the_data, quiet_frame
from dashboard.components.who import signed_in_as
from dashboard.navigation import navigate
from dashboard.people.current import current_actor

ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#2f6fb0"/>
<path d="M7 22V14M13 22V9M19 22V17M25 22V11" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/></svg>"""

# Before st.navigation: a page icon set after it makes the browser ask a foreign font server.
st.set_page_config(page_title="Floorwalker", page_icon=ICON, layout="wide")
language.speak()
actor = current_actor()
page, line = navigate(actor)
language.keep_in_url()
quiet_frame()
is_shown = may_see(actor, line)
with st.sidebar:
    if is_shown and data.has_data() and line.scoped != "nothing":
        scope.follow_url(line.url_path)
        choose(data.choices(), with_period=line.scoped == "period")
        scope.keep_in_url()
    if is_shown:
        views(line)
    language.choose()
    signed_in_as(actor)
    if is_shown:
        about_the_data()
if not is_shown:
    st.stop()
if data.has_data() and line.scoped != "nothing":
    chips(data.choices(), with_period=line.scoped == "period")
scope.remember_page(line.url_path)
page.run()
