"""How the runs of a connection go, looked at again while one goes on, and the buttons that begin one or end it all."""

from collections.abc import Callable, Sequence
from time import monotonic

import streamlit as st

from dashboard import data
from dashboard.components.sync.connection_words import NEVER, NEXT_ENDED, NEXT_FAILED, NOTHING_TAKEN, said, went
from dashboard.components.text import plain
from dashboard.language import speak
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.sync.apart import sync_apart
from dashboard.services.sync.connections import Connected, remove_connection
from dashboard.services.sync.runs import Run, runs
from dashboard.services.sync.watching import KIND as FOLDER
from dashboard.wording import _
from metrics.errors import ActionableError

SAID, REFUSED, BEGUN = "connections.said", "connections.refused", "connections.begun"
LIVE_SECONDS = 2.0
PATIENCE_SECONDS = 60.0
"""So long a run may take to begin."""
TROUBLED = ("failed", "ended")


def do(act: Callable[..., str], *given: object) -> None:
    """Do it, and keep what is to be said of it until the page is drawn anew."""
    speak()
    try:
        st.session_state[SAID] = act(*given)
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)


def take_away(one: Connected) -> None:
    """The button that takes a connection away."""
    st.button(_("Take this connection away"), key=f"connection-remove-{one.id}", icon=":material/delete:", on_click=do,
              args=(_removed, one))  # fmt: skip


def _removed(one: Connected) -> str:
    remove_connection(current_actor(), data.desk(), one.id, expected=one.version)
    return _("The connection is gone; what it has loaded stays.")


def progress(one: Connected) -> None:
    """How the last runs went, looked at again and again while one goes on; and the button to begin one."""
    last = next(iter(runs(current_actor(), data.desk(), one.id, limit=1)), None)
    is_live = one.id in st.session_state.get(BEGUN, {}) or (last is not None and last.state == "running")
    st.fragment(_runs, run_every=LIVE_SECONDS if is_live else None)(one)
    if one.kind != FOLDER and reach(current_actor(), Act.LOAD_DATA):
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
        never = _(NOTHING_TAKEN) if one.kind == FOLDER else _(NEVER)
        st.text(never if one.id not in begun else _("The run begins …"))
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


def _begin(one: Connected) -> None:
    """Begin a run beside the page, and remember which one was the newest before it."""
    actor, desk = current_actor(), data.desk()
    last = next(iter(runs(actor, desk, one.id, limit=1)), None)
    st.session_state.setdefault(BEGUN, {})[one.id] = (last.id if last else 0, monotonic())
    do(_begun, one)


def _begun(one: Connected) -> str:
    sync_apart(current_actor(), data.desk(), one.id)
    return _("{name} is being read; the page may be left meanwhile.", name=plain(one.name))
