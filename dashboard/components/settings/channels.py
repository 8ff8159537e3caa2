"""On the page of settings: by which ways reminders and minutes leave the house; secrets are typed in, never shown."""

from collections.abc import Callable

import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.format import listed
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.sending import Message
from dashboard.services.triage.channels import Channel, Secrets, channels, keep_channel, remove_channel, try_channel
from dashboard.store import MAIL
from dashboard.wording import N_, _
from metrics.errors import ActionableError

SAID, REFUSED, KEPT = "channels.said", "channels.refused", "channels.kept"
KINDS = {
    "mail": N_("Mail server"), "wecom": N_("WeCom group robot"), "dingtalk": N_("DingTalk group robot"),
    "feishu": N_("Feishu group robot"), "slack": N_("Slack webhook"),
}  # fmt: skip
SECURITIES = ("starttls", "tls", "none")
SIGNED = ("dingtalk", "feishu")


def channel_settings() -> None:
    """Draw the channels that are set up, and the forms for more, for whoever answers for the desk."""
    if not reach(current_actor(), Act.SET_CHANNELS):
        return
    st.header(_("Reminders and minutes by mail and in groups"), anchor="channels")
    st.caption(
        _("Nothing is sent unless a channel stands here. A secret that begins with env: is read from the environment "
          "variable of that name.")
    )  # fmt: skip
    for key, draw in ((REFUSED, st.error), (SAID, st.success)):
        if key in st.session_state:
            draw(st.session_state.pop(key))
    known = channels(current_actor(), data.desk())
    for one in known:
        _channel(one)
    with st.expander(_("Set up a channel"), icon=":material/add:"):
        kinds = [kind for kind in KINDS if kind != MAIL or all(one.kind != MAIL for one in known)]
        kind = str(st.selectbox(_("Kind"), kinds, format_func=lambda one: _(KINDS[one])))
        _form(Channel("", kind))


def _channel(one: Channel) -> None:
    """A channel with the ways to change it, to try it, to take it away."""
    where = f"{one.settings['host']}:{one.settings['port']}" if one.kind == MAIL else "•••"
    about = listed(list(one.teams)) or _("all teams")
    state = "" if one.is_on else f" · {_('switched off')}"
    with st.expander(f"{plain(one.name)} · {_(KINDS[one.kind])} · {plain(where)} · {plain(about)}{state}"):
        _form(one)
        with st.form(f"channel-try-{one.id}", border=False):
            to = st.text_input(_("To which address"), key=f"channel-to-{one.id}") if one.kind == MAIL else ""
            if st.form_submit_button(_("Send a message to see whether it arrives"), icon=":material/send:"):
                _done(lambda: _try(one, to))
        st.button(_("Take this channel away"), key=f"channel-remove-{one.id}", icon=":material/delete:",
                  on_click=_removed, args=(one,))  # fmt: skip


def _form(one: Channel) -> None:
    kept = st.session_state.get(KEPT, 0)  # each form anew after a save, so that no secret stays in a field
    with st.form(f"channel-{one.kind}-{one.id}-{kept}", border=False):
        name = st.text_input(_("Name"), one.name, max_chars=100)
        settings, given, teams = _mail_fields(one) if one.kind == MAIL else _robot_fields(one)
        is_on = st.checkbox(_("Switched on"), one.is_on)
        if st.form_submit_button(_("Save"), type="primary"):
            made = Channel(name, one.kind, tuple(teams), settings, is_on, id=one.id, version=one.version)
            _done(lambda: _keep(made, given))


def _mail_fields(one: Channel) -> tuple[dict[str, object], Secrets, list[str]]:
    told, columns = one.settings, st.columns(2)
    with columns[0]:
        host = st.text_input(_("Host"), told.get("host", ""))
        sender = st.text_input(_("Sent from the address"), told.get("sender", ""))
        user = st.text_input(_("User, where it wants one"), told.get("user", ""))
    with columns[1]:
        port = st.number_input(_("Port"), 1, 65_535, int(told.get("port", 587)))
        secured = st.selectbox(_("Secured by"), SECURITIES, index=SECURITIES.index(told.get("security", "starttls")))
        password = st.text_input(_("Password"), type="password", placeholder=_kept(one))
    settings = {"host": host.strip(), "port": int(port), "sender": sender.strip(), "security": secured, "user": user}
    return settings, Secrets(secret=password or None), []


def _robot_fields(one: Channel) -> tuple[dict[str, object], Secrets, list[str]]:
    address = st.text_input(_("Address of the robot"), type="password", placeholder=_("as it is") if one.id else "")
    secret = ""
    if one.kind in SIGNED:
        secret = st.text_input(_("Secret that messages are signed with"), type="password", placeholder=_kept(one))
    known = [team for team in data.choices().values.get("team", ()) if team] if data.has_data() else []
    teams = st.multiselect(_("Of which teams it is told; none: of all"), sorted({*known, *one.teams}), list(one.teams),
                           placeholder=_("all teams"))  # fmt: skip
    return {}, Secrets(address or None, secret or None), teams


def _kept(one: Channel) -> str:
    return _("as it is") if one.has_secret else ""


def _done(act: Callable[[], str]) -> None:
    try:
        st.session_state[SAID] = act()
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)
    st.rerun()


def _keep(made: Channel, given: Secrets) -> str:
    keep_channel(current_actor(), data.desk(), made, given)
    st.session_state[KEPT] = st.session_state.get(KEPT, 0) + 1
    return _("The channel is saved.")


def _try(one: Channel, to: str) -> str:
    told = Message("try", _("Floorwalker: a message to see whether it arrives"), _("It did."))
    try_channel(current_actor(), data.desk(), one.id, told, to=to.strip())
    return _("It was taken.")


def _removed(one: Channel) -> None:
    try:
        remove_channel(current_actor(), data.desk(), one.id, expected=one.version)
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)
