"""The connections of a desk: how each goes, the ways to read, try, change and remove it, and the form for more."""

from collections.abc import Callable, Sequence
from time import monotonic

import streamlit as st

from dashboard import data
from dashboard.components.sync.connection_words import NEVER, NEXT_ENDED, NEXT_FAILED, said, went
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.gate.paths import PUSH
from dashboard.language import speak
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.sync.apart import sync_apart
from dashboard.services.sync.connections import (
    Connected,
    connections,
    keep_connection,
    remove_connection,
    try_connection,
)
from dashboard.services.sync.runs import Run, runs
from dashboard.wording import _
from loaders.live.kinds import KINDS
from loaders.live.page import Asked
from loaders.live.pushed import NAME as PUSH_KIND
from metrics.errors import ActionableError

SAID, REFUSED, KEPT, BEGUN = "connections.said", "connections.refused", "connections.kept", "connections.begun"
LIVE_SECONDS = 2.0
PATIENCE_SECONDS = 60.0
"""So long a run may take to begin."""
EVERY = (0, 5, 15, 60, 240, 1440)
TROUBLED = ("failed", "ended")


def all_connections() -> None:
    """Draw every connection, and the form for one more for whoever may make one."""
    for key, draw in ((REFUSED, st.error), (SAID, st.success)):
        if key in st.session_state:
            draw(st.session_state.pop(key))
    actor = current_actor()
    known = connections(actor, data.desk())
    if not known:
        st.info(_("Nothing is connected. Without a connection this desk asks nobody for anything."))
    for one in known:
        with st.container(border=True):
            _one(one)
    if reach(actor, Act.SET_CONNECTIONS):
        with st.expander(_("Connect a system"), icon=":material/add_link:", expanded=not known):
            kind = str(st.selectbox(_("System"), list(KINDS), format_func=lambda name: KINDS[name].label))
            _form(Connected("", kind))


def _one(one: Connected) -> None:
    st.subheader(plain(one.name), anchor=f"connection-{one.id}")
    if one.kind not in KINDS:  # a folder that a command watches
        st.caption(f"{_('Watched folder')} · {plain(one.settings.get('folder', ''))}")
        return
    where = one.settings.get("address") or one.settings.get("host") or one.settings.get("database", "")
    if one.kind == PUSH_KIND:
        where = _("Sent to {path}, signed as Standard Webhooks are", path=f"{PUSH}{one.id}")
    off = "" if one.is_on else f" · {_('switched off')}"
    st.caption(f"{KINDS[one.kind].label} · {plain(where)} · {_('source')} {plain(one.source)} · {_how_often(one)}{off}")
    _progress(one)
    if not reach(current_actor(), Act.SET_CONNECTIONS):
        return
    with st.expander(_("Change this connection"), icon=":material/edit:"):
        _form(one)
        with st.container(horizontal=True):
            st.button(_("Ask for one page, keep nothing"), key=f"connection-try-{one.id}", icon=":material/quiz:",
                      on_click=_do, args=(_tried, one))  # fmt: skip
            st.button(_("Take this connection away"), key=f"connection-remove-{one.id}", icon=":material/delete:",
                      on_click=_do, args=(_removed, one))  # fmt: skip


def _progress(one: Connected) -> None:
    """How the last runs went, looked at again and again while one goes on; and the button to begin one."""
    last = next(iter(runs(current_actor(), data.desk(), one.id, limit=1)), None)
    is_live = one.id in st.session_state.get(BEGUN, {}) or (last is not None and last.state == "running")
    st.fragment(_runs, run_every=LIVE_SECONDS if is_live else None)(one)
    if reach(current_actor(), Act.LOAD_DATA):
        st.button(_("Read now"), key=f"connection-read-{one.id}", icon=":material/sync:", type="primary",
                  disabled=is_live or not one.is_on, on_click=_begin, args=(one,))  # fmt: skip


def _runs(one: Connected) -> None:
    speak()
    actor, desk = current_actor(), data.desk()
    found = runs(actor, desk, one.id)
    begun = st.session_state.setdefault(BEGUN, {})
    if _is_over(found, begun.get(one.id)):  # the run that was begun here has ended: the whole page shows what came
        begun.pop(one.id)
        data.look_again()
        st.rerun(scope="app")
    zone = desk.zone() or "UTC"
    if not found:
        st.text(_(NEVER) if one.id not in begun else _("The run begins …"))
    else:
        _last(found[0], zone)
    if len(found) > 1:
        with st.expander(_("Runs before"), icon=":material/history:"):
            for run in found[1:]:
                st.caption(" — ".join([went(run, zone), *said(run)]))


def _is_over(found: Sequence[Run], begun: tuple[int, float] | None) -> bool:
    """Whether the run that was begun after that one has ended, or never came to begin."""
    if begun is None:
        return False
    newest = found[0] if found else None
    if newest is None or newest.id == begun[0]:
        return monotonic() - begun[1] > PATIENCE_SECONDS
    return newest.state != "running"


def _last(run: Run, zone: str) -> None:
    if run.state == "running":
        st.status(went(run, zone), state="running")
    elif run.state in TROUBLED:
        st.error("\n\n".join([went(run, zone), *said(run), _(NEXT_FAILED if run.state == "failed" else NEXT_ENDED)]))
    else:
        st.text(went(run, zone))
        for told in said(run):
            st.warning(told)


def _how_often(one: Connected) -> str:
    return (
        _("every {n} minutes while the dashboard is in use", n=one.every) if one.every else _("by hand or by a timer")
    )


def _form(one: Connected) -> None:
    kind, kept = KINDS[one.kind], st.session_state.get(KEPT, 0)  # anew after a save: no secret stays in a field
    with st.form(f"connection-{one.kind}-{one.id}-{kept}", border=False):
        left, right = st.columns(2)
        name = left.text_input(_("Name"), one.name or kind.label, max_chars=100)
        source = right.text_input(
            _("Source"), one.source or kind.name,
            help=_("The same as of files of this helpdesk, so that its tickets are not counted twice."),
        )  # fmt: skip
        settings = {asked.name: _field(asked, one.settings.get(asked.name, "")) for asked in kind.asked}
        secret = ""
        if kind.secret:
            secret = st.text_input(_(kind.secret), type="password", placeholder=_("as it is") if one.has_secret else "")
            st.caption(_("It is sealed with this desk's key. One that begins with env: is read from the environment."))
        every = st.selectbox(_("Read by itself"), EVERY, index=EVERY.index(one.every) if one.every in EVERY else 0,
                             format_func=_interval)  # fmt: skip
        is_on = st.checkbox(_("Switched on"), one.is_on)
        if not st.form_submit_button(_("Save"), icon=":material/save:"):
            return
    made = Connected(name, one.kind, source, settings, int(every or 0), is_on, id=one.id, version=one.version)
    _do(_kept, made, secret or (None if one.id else ""))
    st.rerun()


def _field(asked: Asked, value: str) -> str:
    label = _(asked.label) if asked.is_required else f"{_(asked.label)} ({_('may be left empty')})"
    if asked.choices:
        at = asked.choices.index(value) if value in asked.choices else 0
        return str(st.selectbox(label, asked.choices, index=at))
    if asked.is_long:
        return str(st.text_area(label, value, height=160))
    return st.text_input(label, value, placeholder=asked.example)


def _interval(minutes: int) -> str:
    return _("every {n} minutes while the dashboard is in use", n=minutes) if minutes else _("never")


def _do(act: Callable[..., str], *given: object) -> None:
    speak()
    try:
        st.session_state[SAID] = act(*given)
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)


def _kept(made: Connected, secret: str | None) -> str:
    keep_connection(current_actor(), data.desk(), made, secret=secret)
    st.session_state[KEPT] = st.session_state.get(KEPT, 0) + 1
    return _("The connection is saved.")


def _tried(one: Connected) -> str:
    found = try_connection(current_actor(), data.desk(), one.id)
    return _("{name} answered; its first page has {n} records.", name=plain(one.name), n=count(found))


def _removed(one: Connected) -> str:
    remove_connection(current_actor(), data.desk(), one.id, expected=one.version)
    return _("The connection is gone; what it has loaded stays.")


def _begin(one: Connected) -> None:
    """Begin a run beside the page, and remember which one was the newest before it."""
    actor, desk = current_actor(), data.desk()
    last = next(iter(runs(actor, desk, one.id, limit=1)), None)
    st.session_state.setdefault(BEGUN, {})[one.id] = (last.id if last else 0, monotonic())
    _do(_begun, one)


def _begun(one: Connected) -> str:
    sync_apart(current_actor(), data.desk(), one.id)
    return _("{name} is being read; the page may be left meanwhile.", name=plain(one.name))
