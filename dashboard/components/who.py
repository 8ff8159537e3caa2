"""In the sidebar: who is signed in, the own password, and the way out."""

import streamlit as st

from dashboard.components.people.acts import change_password, sign_out
from dashboard.components.text import plain
from dashboard.people import Actor
from dashboard.wording import _


def signed_in_as(actor: Actor) -> None:
    """Draw who this is, where the desk has accounts at all."""
    if actor.id is None:
        return
    st.caption(_("{name} · {role}", name=plain(actor.name), role=_(f"role.{actor.role}")))
    st.button(_("Change your password"), icon=":material/key:", on_click=change_password, key="who.password",
              width="stretch")  # fmt: skip
    st.button(_("Sign out"), icon=":material/logout:", on_click=sign_out, key="who.sign-out", width="stretch")
