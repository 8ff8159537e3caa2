"""What somebody is about to change: one text, put together over several parts of the page, not saved yet."""

from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

from dashboard import data
from dashboard.agreement_text import Value, with_table
from dashboard.people.current import current_actor
from dashboard.services.settings.editing import Standing, standing, tables_of
from dashboard.wording import current_language

DRAFT, OPENED = "settings.draft", "settings.opened"


@dataclass(frozen=True)
class Draft:
    """The text and the zone that are proposed, beside what they were made from."""

    base: Standing
    text: str | None
    zone: str

    @property
    def is_changed(self) -> bool:
        return self.zone != self.base.zone or tables_of(self.text) != tables_of(self.base.text)


@dataclass(frozen=True)
class _Opened:
    """What the fields of a part began with; they begin anew when the part is opened again, or the draft is replaced."""

    part: str
    draft: Draft
    round: int


def draft() -> Draft:
    """What is proposed now; at first what holds."""
    here = standing(current_actor(), data.desk())
    kept = cast(Draft | None, st.session_state.get(DRAFT))
    if kept is None or (kept.base != here and not kept.is_changed):
        kept = Draft(here, here.text, here.zone)
        st.session_state[DRAFT] = kept
        _open_anew()
    return kept


def begin(part: str) -> Draft:
    """What the fields of this part begin with."""
    now, opened = draft(), _opened()
    if opened is None or opened.part != part:
        opened = _Opened(part, now, 0 if opened is None else opened.round + 1)
        st.session_state[OPENED] = opened
    return opened.draft


def field_key(name: str) -> str:
    """The key of a field of the part that is open."""
    opened = _opened()
    return f"settings.{name}.{opened.round if opened else 0}.{current_language()}"


def propose(name: str, value: Value) -> None:
    """Let a table of the draft be this; where it is what holds already, the text stays as it is."""
    now = draft()
    if tables_of(now.text).get(name) != value:
        held = tables_of(now.base.text).get(name)
        text = now.base.text if held == value and not _others_changed(now, name) else with_table(now.text, name, value)
        st.session_state[DRAFT] = replace(now, text=text)


def _others_changed(now: Draft, name: str) -> bool:
    was, are = tables_of(now.base.text), tables_of(now.text)
    return any(was.get(key) != are.get(key) for key in {*was, *are} - {name})


def propose_zone(zone: str) -> None:
    """Let the draft be of another zone."""
    st.session_state[DRAFT] = replace(draft(), zone=zone)


def replace_text(text: str | None) -> None:
    """Let the draft be another text as a whole; every field begins anew."""
    st.session_state[DRAFT] = replace(draft(), text=text)
    _open_anew()


def begin_anew() -> None:
    """Every field begins with what the draft says now."""
    _open_anew()


def discard() -> None:
    """Forget what is proposed."""
    st.session_state.pop(DRAFT, None)
    _open_anew()


def _opened() -> _Opened | None:
    return cast(_Opened | None, st.session_state.get(OPENED))


def _open_anew() -> None:
    opened = _opened()
    if opened is not None:
        st.session_state[OPENED] = replace(opened, part="")
