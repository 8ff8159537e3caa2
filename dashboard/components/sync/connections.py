"""The connections of a desk: how each goes, the ways to read, try, change and remove it, and the form for more."""

from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.sync.connection_runs import REFUSED, SAID, do, progress, take_away
from dashboard.components.sync.folders import folder_form, watched_folder
from dashboard.components.text import plain
from dashboard.format import count, local
from dashboard.gate.paths import PUSH
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.sync.connections import Connected, connections, keep_connection, try_settings
from dashboard.services.sync.departed import departed
from dashboard.services.sync.watching import KIND as FOLDER
from dashboard.wording import _
from loaders.live.kinds import KINDS
from loaders.live.page import Asked
from loaders.live.pushed import NAME as PUSH_KIND

KEPT = "connections.kept"
SHOWN = 500
EVERY = (0, 5, 15, 60, 240, 1440)
COMPARE = (0, 1, 7, 30)


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
        with st.expander(_("Watch a folder"), icon=":material/folder_open:"):
            folder_form(Connected("", FOLDER, is_on=True))


def _one(one: Connected) -> None:
    st.subheader(plain(one.name), anchor=f"connection-{one.id}")
    if one.kind not in KINDS:
        watched_folder(one)
        return
    where = one.settings.get("address") or one.settings.get("host") or one.settings.get("database", "")
    if one.kind == PUSH_KIND:
        where = _("Sent to {path}, signed as Standard Webhooks are", path=f"{PUSH}{one.id}")
    off = "" if one.is_on else f" · {_('switched off')}"
    st.caption(f"{KINDS[one.kind].label} · {plain(where)} · {_('source')} {plain(one.source)} · {_how_often(one)}{off}")
    progress(one)
    _departed(one)
    if not reach(current_actor(), Act.SET_CONNECTIONS):
        return
    with st.expander(_("Change this connection"), icon=":material/edit:"):
        _form(one)
        take_away(one)


def _departed(one: Connected) -> None:
    """What left the figures because the system has it no more, and when that was last looked for."""
    if one.compared_at is not None:
        at = local(one.compared_at, data.desk().zone() or "UTC")
        st.caption(_("Compared with all that the system has: {at}", at=at))
    gone = departed(current_actor(), data.desk(), one.source)
    if gone.is_empty():
        return
    with st.expander(_("{n} tickets left the figures", n=count(gone.height)), icon=":material/delete_history:"):
        st.caption(_("Deleted or merged at the source. Taking back the load brings them back."))
        zone = data.desk().zone() or "UTC"
        show_table(_table(gone.head(SHOWN), zone), name=f"departed-{one.id}-tickets", title=_("Tickets"),
                   figures=_table(gone, zone), of_tickets=True)  # fmt: skip


def _table(gone: pl.DataFrame, zone: str) -> pl.DataFrame:
    return gone.select(
        pl.col("ticket").alias(_("Ticket")),
        pl.col("into").alias(_("Merged into")),
        pl.col("at").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M").alias(_("When")),
        pl.col("load").cast(pl.String).alias(_("Load no.")),
    )


def _how_often(one: Connected) -> str:
    return _("every {n} minutes while the dashboard runs", n=one.every) if one.every else _("by hand or by a timer")


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
        compare = _comparing(one) if kind.listing else one.compare
        is_on = st.checkbox(_("Switched on"), one.is_on)
        with st.container(horizontal=True):
            keep = st.form_submit_button(_("Save"), icon=":material/save:", type="primary")
            test = kind.name != PUSH_KIND and st.form_submit_button(_("Test, keep nothing"), icon=":material/quiz:")
    made = replace(one, name=name, source=source, settings=settings, every=int(every or 0), compare=compare,
                   is_on=is_on)  # fmt: skip
    if test:
        with st.spinner(_("Asking for the first page …")):
            do(_tested, made, secret or None)
        st.rerun()
    if keep:
        do(_kept, made, secret or (None if one.id else ""))
        st.rerun()


def _comparing(one: Connected) -> int:
    """In which days all that the system has is held against the desk."""
    known = sorted({*COMPARE, one.compare})
    chosen = st.selectbox(
        _("Look for deleted tickets by asking for all"), known, index=known.index(one.compare), format_func=_in_days,
        help=_("Finds what the system does not tell of by itself. It costs a question for each 100 tickets."),
    )  # fmt: skip
    return int(chosen or 0)


def _in_days(days: int) -> str:
    return _("every {n} days", n=days) if days > 1 else _("every day") if days else _("never")


def _field(asked: Asked, value: str) -> str:
    label = _(asked.label) if asked.is_required else f"{_(asked.label)} ({_('may be left empty')})"
    if asked.choices:
        at = asked.choices.index(value) if value in asked.choices else 0
        return str(st.selectbox(label, asked.choices, index=at))
    if asked.is_long:
        return str(st.text_area(label, value, height=160))
    return st.text_input(label, value, placeholder=asked.example)


def _interval(minutes: int) -> str:
    return _("every {n} minutes while the dashboard runs", n=minutes) if minutes else _("never")


def _kept(made: Connected, secret: str | None) -> str:
    keep_connection(current_actor(), data.desk(), made, secret=secret)
    st.session_state[KEPT] = st.session_state.get(KEPT, 0) + 1
    return _("The connection is saved.")


def _tested(made: Connected, secret: str | None) -> str:
    found = try_settings(current_actor(), data.desk(), made, secret=secret)
    return _("{name} answered; its first page has {n} records. Nothing is saved yet.", name=plain(made.name),
             n=count(found))  # fmt: skip
