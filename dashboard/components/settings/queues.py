"""Which types of inquiries are planned for apart, how many requests a day these queues have, goals, times of chats."""

import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.settings.chat_times import chat_times
from dashboard.components.settings.goals import service_goals
from dashboard.components.settings.names import known_names, name_table
from dashboard.components.settings.saving import may_change
from dashboard.components.staffing.groups import sizes_table, small_words
from dashboard.format import dimension, value_name
from dashboard.wording import _
from metrics.tables import CHANNELS

QUEUES = "queues"
"""The part of the page that the table stands in."""


def queues() -> None:
    """Draw the table of queues, and what those that hold now come to."""
    st.subheader(_("Queues of people planning"), anchor="queues")
    st.caption(
        _(
            "Each channel is a queue. Types that other people answer, or that take much longer, can have a queue of "
            "their own in it: forecast, need, roster and gaps are then told apart. A group holds for planning as soon "
            "as it is saved, for all days of the past too, so that it has a history to be forecast from."
        )
    )
    kinds = st.column_config
    name_table("queue", QUEUES, {
        "name": kinds.TextColumn(_("Queue"), required=True, width=140),
        "types": kinds.MultiselectColumn(
            dimension("type"), options=known_names("type"), accept_new_options=True, width=320,
            format_func=lambda word: value_name("type", word),
        ),
        "channels": kinds.MultiselectColumn(
            _("Channels (none: all)"), options=list(CHANNELS), width=280,
            format_func=lambda word: value_name("channel", word),
        ),
    }, called=_("Queues of people planning"))  # fmt: skip
    if may_change() and data.has_data():
        _as_they_are()
    service_goals(QUEUES)
    chat_times(QUEUES)


def _as_they_are() -> None:
    """Draw the queues that the saved groups make."""
    table = sizes_table()
    if table.is_empty():
        return
    st.subheader(_("Queues as they are now"), anchor="queues-now")
    show_table(table, name="queues", title=_("Queues as they are now"))
    for line in small_words():
        st.caption(line)
