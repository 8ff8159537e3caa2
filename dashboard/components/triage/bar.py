"""Above the queue: which items are shown, the search in them, and the buttons of what can be done."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.components.triage.acts import act, claim_next, undo
from dashboard.components.triage.read import searched
from dashboard.components.triage.state import SAID, Said, done, open_form, place, stand
from dashboard.components.triage.words import ACTS, VIEW_NAMES
from dashboard.format import count
from dashboard.people import reach
from dashboard.people.current import current_actor
from dashboard.services.triage.page import VIEWS, View, counts, of_team, of_view, teams
from dashboard.triage.items import owner_name
from dashboard.triage.rights import needed_for
from dashboard.triage.states import OPEN, Action, State, allowed
from dashboard.wording import N_, _, current_language

SEARCH, TEAM, KEYS, LAST_VIEW = "triage-search", "triage-team", "triage.keys", "triage.last_view"
ASKED_FOR = "q"
"""The parameter of the address that holds the search."""
MORE: tuple[tuple[Action, str], ...] = (
    ("start", "play_arrow"),
    ("wait", "hourglass_empty"),
    ("tell", "forum"),
    ("wake", "alarm"),
    ("merge", "merge"),
    ("close", "task_alt"),
    ("reopen", "undo"),
)
AT_ONCE = frozenset({"acknowledge", "start", "wake", "close", "reopen"})
"""What needs no further word; the rest asks in a form."""
MAIN: tuple[tuple[Action, str, str], ...] = (
    ("acknowledge", "a", "front_hand"),
    ("assign", "s", "person_add"),
    ("snooze", "z", "snooze"),
    ("escalate", "e", "moving"),
    ("resolve", "r", "check_circle"),
)
KEYS_TOLD = (
    ("j k", N_("next row, row before")),
    ("x", N_("choose the row, for several at once")),
    ("a", N_("take it")),
    ("s", N_("give it to somebody")),
    ("z", N_("put it off")),
    ("e", N_("hand it to the next tier, with a note")),
    ("r", N_("resolve it, with a decision and a cause")),
    ("n", N_("take the next that nobody has")),
    ("u", N_("take back what you did last")),
    ("/", N_("search")),
    ("Esc", N_("leave a form or the search")),
    ("?", N_("show or hide these keys")),
)


def choose_view(queue: pl.DataFrame, at: datetime) -> tuple[View, pl.DataFrame]:
    """Draw the views with their counts, the teams and the search; the chosen view and its items."""
    me = owner_name(current_actor())
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        team = _team(queue)
        within = of_team(queue, team)
        text = _search()
    found = searched(within, text)
    numbers = counts(found, me=me, at=at)
    names: dict[str, str] = {view: f"{_(VIEW_NAMES[view])} {count(numbers[view])}" for view in VIEWS}
    view: View = next(one for one in VIEWS if one == switch("queue", _("Which items"), names, has_label=False))
    if st.session_state.setdefault(LAST_VIEW, (view, team)) != (view, team):
        st.session_state[LAST_VIEW] = (view, team)
        _to_the_top()
    return view, of_view(found, view, me=me, at=at)


def _team(queue: pl.DataFrame) -> str | None:
    """Draw the choice of a team where there are several."""
    known = teams(queue)
    if len(known) < 2:
        return None
    key = f"{TEAM}.{current_language()}"
    if key not in st.session_state:
        asked = st.query_params.get("team")
        st.session_state[key] = asked if asked in known else None
    chosen = st.selectbox(_("Team"), known, key=key, index=None, placeholder=_("every team"), width=200,
                          label_visibility="collapsed")  # fmt: skip
    _keep("team", chosen)
    return chosen


def _search() -> str:
    if SEARCH not in st.session_state:
        st.session_state[SEARCH] = st.query_params.get(ASKED_FOR, "")
    text = st.text_input(
        _("Search"), key=SEARCH, icon=":material/search:", max_chars=200,
        placeholder=_("number, subject, person, team"), on_change=_to_the_top, label_visibility="collapsed",
    )  # fmt: skip
    _keep(ASKED_FOR, text.strip() or None)
    return text


def _keep(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _to_the_top() -> None:
    """What is searched for is shown from its first row on."""
    stand(at=None, first=0, chosen=())


def buttons(states: Mapping[int, State]) -> None:
    """Draw what can be done with the chosen items, else with the one under the cursor; *states*: item -> its state."""
    here = place()
    wanted: Sequence[int] = here.chosen or ([] if here.at is None else [here.at])
    possible = {action for one in wanted for action in allowed(states.get(one, "merged"))}
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="triage-buttons"):
        for action, key, icon in MAIN:
            _button(action, key, icon, disabled=not _may(action) or action not in possible)
        _more(possible)
        st.button(f"{_('Take the next')} `n`", key="triage-next", icon=":material/inbox:", on_click=claim_next,
                  disabled=not _may("acknowledge") or not any(state in OPEN for state in states.values()))  # fmt: skip
        st.button(f"{_('Take back')} `u`", key="triage-undo", icon=":material/undo:", on_click=undo,
                  type="tertiary", disabled=not done())  # fmt: skip
        st.button(f"{_('Keys')} `?`", key="triage-keys", type="tertiary", on_click=_toggle_keys)
        if len(here.chosen) > 1:
            st.caption(_("for the {n} chosen items", n=count(len(here.chosen))))


def _button(action: Action, key: str, icon: str, *, disabled: bool) -> None:
    label = f"{_(ACTS[action])} `{key}`"
    called, args = (act, (action,)) if action in AT_ONCE else (open_form, (action,))
    st.button(label, key=f"triage-{action}", icon=f":material/{icon}:", on_click=called, args=args,
              disabled=disabled, type="primary" if action == "acknowledge" else "secondary")  # fmt: skip


def _may(action: Action) -> bool:
    """Whether it is this person's to do with any item."""
    return bool(reach(current_actor(), needed_for(action)))


def _more(possible: set[Action]) -> None:
    """Draw what is done more rarely."""
    offered = [one for one in MORE if one[0] in possible and _may(one[0])]
    if not offered:
        return
    with st.popover(_("More"), icon=":material/more_horiz:", type="tertiary"):
        for action, icon in offered:
            called, args = (act, (action,)) if action in AT_ONCE else (open_form, (action,))
            st.button(_(ACTS[action]), key=f"triage-{action}", icon=f":material/{icon}:", type="tertiary",
                      on_click=called, args=args, width="stretch")  # fmt: skip


def _toggle_keys() -> None:
    st.session_state[KEYS] = not st.session_state.get(KEYS, False)


def keys() -> None:
    """Draw what each key does, once it was asked for."""
    if not st.session_state.get(KEYS, False):
        return
    with st.container(border=True, horizontal=True, gap="medium"):
        for key, meaning in KEYS_TOLD:
            st.markdown(f"`{key}` {_(meaning)}", width="content")
        st.caption(_("Keys do nothing while you type into a field."))


def told() -> str:
    """Draw what became of the last act, and what was refused; the same for a screen reader."""
    said = st.session_state.get(SAID)
    if not isinstance(said, Said):
        return ""
    if said.refused:
        st.warning("\n".join([said.text, "", *(f"- {line}" for line in said.refused)]), icon=":material/block:")
    else:
        st.caption(f":material/check: {said.text}")
    return plain(said.text)
