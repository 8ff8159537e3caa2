"""Customers that are brought together by hand: pairs that look alike, any two by their names, and the way back."""

from collections.abc import Callable

import streamlit as st

from dashboard import data
from dashboard.components.loading.identity_parts import masked_name, tied_now
from dashboard.components.text import plain
from dashboard.format import local
from dashboard.language import speak
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.loading.identity import named, offered, tie, ties, untie
from dashboard.wording import _
from metrics.errors import ActionableError
from metrics.identity import Name, Tie

SHOWN = 8
SAID, REFUSED = "identity.said", "identity.refused"


def by_hand() -> None:
    """Draw what was brought together by hand and, for whom the table of rights allows it, the ways to do so."""
    st.subheader(_("Brought together by hand"))
    for key, draw in ((REFUSED, st.error), (SAID, st.success)):
        if key in st.session_state:
            draw(st.session_state.pop(key))
    may = reach(current_actor(), Act.CHANGE_SETTINGS) is not Reach.NONE
    _held(may=may)
    if may:
        _offers()
        _any_two()


def _held(*, may: bool) -> None:
    found, zone = ties(current_actor(), data.desk()), data.desk().zone() or "UTC"
    if not found:
        st.caption(_("Nobody was brought together by hand yet."))
    for one in found:
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.text(f"{_pair((one.one, one.other))} · {plain(one.reason)} · {plain(one.by)}, {local(one.at, zone)}")
        if may:
            right.button(_("Take apart"), key=f"identity-apart-{one.id}", on_click=_do, args=(_taken_apart, one.id))


def _offers() -> None:
    found = data.kept(_offered, tied_now())[:SHOWN]
    if not found:
        return
    st.caption(_("Perhaps one person: the same e-mail address or telephone number in different sources."))
    for place, pair in enumerate(found):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.text(_pair(pair))
        reason = _("same address or number")
        right.button(_("One person"), key=f"identity-offer-{place}", on_click=_do, args=(_tied, *pair, reason))


def _offered(_now: tuple[int, ...]) -> tuple[Tie, ...]:
    return offered(current_actor(), data.desk())


def _any_two() -> None:
    with st.expander(_("Bring two others together"), icon=":material/group_add:"):
        word = st.text_input(_("Name or number, or a part of it"), key="identity.word")
        kept: list[Name] = st.session_state.get("identity.two", [])
        found = [*kept, *(one for one in named(current_actor(), data.desk(), word) if one not in kept)]
        two = st.multiselect(_("The two"), found, format_func=masked_name, max_selections=2, key="identity.two",
                             placeholder=_("choose"))  # fmt: skip
        reason = st.text_input(_("Why they are one"), max_chars=300, key="identity.why")
        st.button(_("They are one person"), type="primary", disabled=len(two) != 2 or not reason.strip(),
                  on_click=_do, args=(_tied, *two, reason))  # fmt: skip


def _pair(pair: Tie) -> str:
    return " = ".join(plain(masked_name(one)) for one in pair)


def _do(act: Callable[..., str], *given: object) -> None:
    speak()
    try:
        st.session_state[SAID] = act(*given)
    except ActionableError as error:
        st.session_state[REFUSED] = sentence(error)
    data.look_again()


def _tied(one: Name, other: Name, reason: str) -> str:
    tie(current_actor(), data.desk(), one, other, reason=reason)
    st.session_state["identity.two"] = []
    return _("They are one person from now on. Tickets stay as they are.")


def _taken_apart(number: int) -> str:
    untie(current_actor(), data.desk(), number)
    return _("They are two customers again.")
