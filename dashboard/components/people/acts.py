"""What the buttons of the page of people do; each ends with a sentence for the next run of the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import enqueue_message

from dashboard import data
from dashboard.components.text import plain
from dashboard.gate.paths import PASSWORD
from dashboard.language import speak
from dashboard.people import links, sessions
from dashboard.people.accounts import Account, Change, add, change, set_disabled
from dashboard.people.current import current_actor, own_token, presence
from dashboard.refusals import sentence
from dashboard.wording import _
from metrics.errors import ActionableError

SAID, REFUSED, LINK = "people.said", "people.refused", "people.link"


def set_up() -> None:
    """Lead the one person of this machine to the form that makes the first account."""
    with _act():
        _go_to(links.setup_link(data.desk()))


def add_account() -> None:
    """Make the account of the form, and a link by which its person chooses a password."""
    given = st.session_state
    with _act():
        made = add(
            current_actor(), data.desk(), given["people.account"], name=given["people.name"], role=given["people.role"],
            teams=given["people.teams"], agent=given["people.agent"],
        )  # fmt: skip
        given[LINK] = _address(links.password_link(current_actor(), data.desk(), made.account))
        given[SAID] = _("The account {account} is made.", account=plain(made.account))
        for field in ("people.account", "people.name"):
            given[field] = ""


def change_account(seen: Account, key: str) -> None:
    """Keep the role, the teams and the agent's name of the form, unless somebody else changed them meanwhile."""
    given = st.session_state
    changed = Change(role=given[f"{key}.role"], teams=given[f"{key}.teams"], agent=given[f"{key}.agent"] or "")
    with _act():
        change(current_actor(), data.desk(), seen.account, changed, version=seen.version)
        given[SAID] = _("The account {account} is changed.", account=plain(seen.account))


def close_account(account: str, is_disabled: bool) -> None:
    """Disable or enable an account."""
    with _act():
        set_disabled(current_actor(), data.desk(), account, is_disabled)
        said = _("The account {account} is disabled.") if is_disabled else _("The account {account} is enabled.")
        st.session_state[SAID] = said.format(account=plain(account))


def hand_link(account: str) -> None:
    """Make a link by which a person chooses a password."""
    with _act():
        st.session_state[LINK] = _address(links.password_link(current_actor(), data.desk(), account))


def end_session(number: int) -> None:
    """End somebody's session."""
    with _act():
        sessions.end(current_actor(), data.desk(), number)
        st.session_state[SAID] = _("The session is ended.")


def sign_out() -> None:
    """End the session of this browser; the gate sends all of its pages away."""
    token = own_token()
    if token is not None:
        sessions.end_own(data.desk(), sessions.hash_of(token))
        presence().look_again()


def change_password() -> None:
    """Lead to the form on which everybody changes the own password."""
    _go_to(PASSWORD)


@contextmanager
def _act() -> Iterator[None]:
    """Tell a refusal in the reader's language; whatever was done counts in every open page at once."""
    speak()
    try:
        yield
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))
    finally:
        presence().look_again()


def _address(path: str) -> str:
    """The link as somebody else opens it: at the address by which this page was opened."""
    opened_at = (st.context.url or "").split("/")
    return "/".join(opened_at[:3]) + path if len(opened_at) > 2 else path


def _go_to(path: str) -> None:
    leave = ForwardMsg()
    leave.auth_redirect.url = path
    enqueue_message(leave)
