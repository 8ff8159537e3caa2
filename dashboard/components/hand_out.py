"""A button that hands a file out: made when it is pressed, for who pressed it, fetched once from an address of its own.

Streamlit's own button would lay the file where everybody who knows its address can fetch it, again and again.
"""

from collections.abc import Callable
from typing import Literal

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import enqueue_message

from dashboard import data, language
from dashboard.gate.paths import DOWNLOAD
from dashboard.people.current import current_actor
from dashboard.people.downloads import keep

Kind = Literal["primary", "secondary", "tertiary"]
LATEST = "hand_out.latest"


def hand_out(
    label: str, made: Callable[[], bytes | None], *, file_name: str, media_type: str, key: str,
    kind: Kind = "secondary",
) -> None:  # fmt: skip
    """Draw the button; `made` asks for itself whether who pressed it may have the file."""
    st.button(label, icon=":material/download:", type=kind, key=key, on_click=hand_over,
              args=(made, file_name, media_type))  # fmt: skip


def hand_over(made: Callable[[], bytes | None], file_name: str, media_type: str) -> None:
    """Make the file and let the browser fetch it; to be called when somebody has asked for it."""
    language.speak()
    content = made()
    if content is None:
        return
    token = keep(current_actor(), data.desk(), content, file_name=file_name, media_type=media_type)
    fetch = ForwardMsg()
    fetch.auth_redirect.url = DOWNLOAD + token  # the browser follows, gets a file, and stays where it is
    enqueue_message(fetch)
