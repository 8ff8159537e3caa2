"""Who may use the desk: the list, a new account, a change of one, who is signed in now."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.people.acts import (
    LINK,
    REFUSED,
    SAID,
    add_account,
    change_account,
    close_account,
    end_session,
    hand_link,
    set_up,
)
from dashboard.format import NOTHING, count
from dashboard.people import Act, Actor, Role, reach
from dashboard.people.accounts import Account, accounts
from dashboard.people.sessions import SignedIn, signed_in
from dashboard.wording import _, instant

ROLES: tuple[str, ...] = get_args(Role)


def told_before() -> None:
    """Say what became of the last act; a link is shown once, to be handed over."""
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED))
    if LINK in st.session_state:
        st.info(_("Hand this link over. It works once, within 24 hours, and is not shown again."))
        st.code(st.session_state.pop(LINK), language=None, wrap_lines=True)


def nobody_yet(actor: Actor) -> None:
    """Draw the way to the first account."""
    st.info(
        _(
            "Nobody has an account: the desk is open to whoever sits at this computer, and to nobody else. With the "
            "first account everybody has to sign in, you too, and the desk may be served to others."
        )
    )
    if reach(actor, Act.MANAGE_PEOPLE):
        st.button(_("Make the first account"), icon=":material/person_add:", type="primary", on_click=set_up,
                  key="people-set-up")  # fmt: skip


def everybody(found: Sequence[Account]) -> None:
    """Draw the list of accounts."""
    st.subheader(_("{n} accounts", n=count(len(found))), anchor="accounts")
    table = pl.DataFrame(
        {
            _("Account"): [one.account for one in found],
            _("Name"): [one.name for one in found],
            _("Role"): [_(f"role.{one.role}") for one in found],
            _("Teams"): [", ".join(one.teams) or NOTHING for one in found],
            _("Known in the tickets as"): [one.agent or NOTHING for one in found],
            _("Account is"): [_state(one) for one in found],
        }
    )
    show_table(table, name="people", title=_("{n} accounts", n=count(len(found))))


def _state(one: Account) -> str:
    if one.is_disabled:
        return _("disabled")
    return _("in use") if one.has_password else _("waiting for a password")


def new_account() -> None:
    """Draw the form of a new account."""
    with st.expander(_("Add an account"), icon=":material/person_add:"), st.form("people-add", border=False):
        left, right = st.columns(2)
        left.text_input(_("Account"), key="people.account", help=_("The name to sign in with, without blanks."))
        right.text_input(_("Name"), key="people.name")
        left.selectbox(_("Role"), ROLES, format_func=_role, key="people.role")
        right.selectbox(_("Known in the tickets as"), _names("agent"), index=None, key="people.agent",
                        placeholder=_("nobody"))  # fmt: skip
        st.multiselect(_("Teams"), _names("team"), key="people.teams", placeholder=_("none"))
        st.form_submit_button(_("Add and make a link for the password"), type="primary", on_click=add_account)


def one_account(found: Sequence[Account]) -> None:
    """Draw the change of one account."""
    st.subheader(_("Change an account"), anchor="change")
    known = {one.account: one for one in found}
    account = st.selectbox(_("Account"), list(known), format_func=lambda name: f"{name} · {known[name].name}",
                           key="people.chosen")  # fmt: skip
    chosen = known[account]
    key = f"people.{chosen.account}.{chosen.version}"
    with st.form(f"{key}.form"):
        left, right = st.columns(2)
        left.selectbox(_("Role"), ROLES, index=ROLES.index(chosen.role), format_func=_role, key=f"{key}.role")
        agents = _names("agent", chosen.agent)
        right.selectbox(_("Known in the tickets as"), agents, key=f"{key}.agent", placeholder=_("nobody"),
                        index=agents.index(chosen.agent) if chosen.agent else None)  # fmt: skip
        st.multiselect(_("Teams"), _names("team", *chosen.teams), default=list(chosen.teams), key=f"{key}.teams",
                       placeholder=_("none"))  # fmt: skip
        st.caption(
            _("Whoever is signed in with this account is signed out within seconds and has the new rights then.")
        )
        st.form_submit_button(_("Save"), type="primary", on_click=change_account, args=(chosen, key))
    with st.container(horizontal=True, gap="small"):
        st.button(_("Link for a new password"), icon=":material/key:", on_click=hand_link, args=(chosen.account,),
                  key=f"{key}.link", disabled=chosen.is_disabled)  # fmt: skip
        label = _("Enable the account") if chosen.is_disabled else _("Disable the account")
        st.button(label, icon=":material/block:", on_click=close_account, args=(chosen.account, not chosen.is_disabled),
                  key=f"{key}.disable")  # fmt: skip


def who_is_signed_in(actor: Actor) -> None:
    """Draw the sessions of this moment; an administrator ends one."""
    found = signed_in(actor, data.desk())
    st.subheader(_("{n} signed in now", n=count(len(found))), anchor="signed-in")
    if not found:
        return
    show_table(_sessions(found), name="signed-in", title=_("{n} signed in now", n=count(len(found))))
    if reach(actor, Act.MANAGE_PEOPLE):
        named = {one.id: f"{one.account} · {_at(one.made_at)} · {one.address or NOTHING}" for one in found}
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            chosen = st.selectbox(_("Session"), list(named), format_func=named.__getitem__, key="people.session")
            st.button(_("End this session"), icon=":material/logout:", on_click=end_session, args=(chosen,),
                      key="people-end")  # fmt: skip


def _sessions(found: Sequence[SignedIn]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            _("Account"): [one.account for one in found],
            _("Name"): [one.name for one in found],
            _("Signed in"): [_at(one.made_at) for one in found],
            _("Last active"): [_at(one.seen_at) for one in found],
            _("From address"): [one.address or NOTHING for one in found],
        }
    )


def everyone(actor: Actor) -> tuple[Account, ...]:
    """All accounts, for those who may see them."""
    return accounts(actor, data.desk())


def _at(moment: datetime) -> str:
    zone = ZoneInfo(data.desk().zone() or "UTC")
    return instant(moment.astimezone(zone))


def _role(role: str) -> str:
    return _(f"role.{role}")


def _names(dimension: str, *kept: str | None) -> list[str]:
    """What the tickets know, and what the account has already."""
    known = data.choices().values.get(dimension, ()) if data.has_data() else ()
    return sorted({name for name in (*known, *kept) if name})
