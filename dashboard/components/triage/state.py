"""Where a person stands in the triage queue: his cursor, the rows that he chose, what he has seen, what is open.

One dataclass per thing, each under one key of the session; every other part asks here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.triage.states import Action

PART, VIEW = "triage-queue", "view"
"""The key of the part that draws the rows, and the name of its state."""
PLACE, SEEN, DRAWN, FORM, SAID, DONE, ASKED = (
    "triage.place", "triage.seen", "triage.drawn", "triage.form", "triage.said", "triage.done", "triage.asked",
)  # fmt: skip
FOCUS, LOOKED, SINCE = "triage.focus", "triage.looked", "triage.since"
ITEM = "item"
"""The parameter of the address that names the item under the cursor."""
WRITTEN = "triage.written"
WRITTEN_AT_MOST = 64
DONE_AT_MOST = 50
Target = tuple[int, int]
"""An item and the version of it that the person has before him."""


@dataclass(frozen=True)
class Place:
    """at: the item under the cursor · edge: at which end of the screen it is yet to be found · find: whether the screen
    is to be the one on which it stands · n: the newest move of the person that was heard of."""

    at: int | None = None
    edge: str | None = None
    find: bool = False
    chosen: tuple[int, ...] = ()
    first: int = 0
    n: int = 0


@dataclass(frozen=True)
class Said:
    """What became of the last act: a sentence, and what was refused and why."""

    text: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form that is open for some items, as they were when it was opened."""

    name: Action
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Clash:
    """An act that met what somebody else had done meanwhile: it was not done; it may be, once both were looked at."""

    action: Action
    what: Mapping[str, Any]
    error: Any


@dataclass(frozen=True)
class Done:
    """Something that this person can take back: items with the version that they have since, or a whole batch."""

    action: Action
    items: tuple[Target, ...]
    batch: str | None = None


def place() -> Place:
    """Where the person stands, his newest move taken in."""
    kept = st.session_state.get(PLACE)
    here = kept if isinstance(kept, Place) else Place(at=_named(), find=True)
    told = _told()
    if told is not None and told["n"] > here.n:
        here = _of_browser(told, here)
    st.session_state[PLACE] = here
    return here


def _told() -> Mapping[str, Any] | None:
    """What the browser says, where it says anything."""
    part: Any = st.session_state.get(PART)
    told = part.get(VIEW) if part else None
    return told if isinstance(told, Mapping) and isinstance(told.get("n"), int) else None


def _of_browser(told: Mapping[str, Any], before: Place) -> Place:
    """A browser may say anything: what is no number of an item is not taken in."""
    at = told.get("at")
    edge = at if at in ("first", "last") else None
    chosen = told.get("chosen")
    first = told.get("first")
    return Place(
        at=before.at if edge else _number(at),
        edge=edge,
        chosen=tuple(one for text in chosen if (one := _number(text)) is not None) if isinstance(chosen, list) else (),
        first=first if isinstance(first, int) else 0,
        n=told["n"],
    )


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 18 else None


def stand(**changed: Any) -> Place:
    """Move the cursor, the choice or the screen for the person."""
    here = replace(place(), **changed)
    st.session_state[PLACE] = here
    return here


def _named() -> int | None:
    """The item that the address names."""
    return _number(st.query_params.get(ITEM, ""))


def follow_address() -> None:
    """Go where a link leads; what this page wrote into the address itself is no link."""
    named = _named()
    if named is not None and named not in st.session_state.get(WRITTEN, ()):
        stand(at=named, edge=None, find=True)


def keep_in_address(at: int | None) -> None:
    """Name the item under the cursor in the address, so that a link opens it."""
    if at is None:
        st.query_params.pop(ITEM, None)
        return
    written: list[int] = st.session_state.setdefault(WRITTEN, [])
    if at not in written:
        written.append(at)
        del written[:-WRITTEN_AT_MOST]
    if st.query_params.get(ITEM) != str(at):
        st.query_params[ITEM] = str(at)


def seen() -> dict[int, int]:
    """Item -> the version of it that was last drawn for this person."""
    kept: dict[int, int] = st.session_state.setdefault(SEEN, {})
    return kept


def drawn() -> tuple[int, ...]:
    """The items of the screen that the person has before him, in their order."""
    return tuple(st.session_state.get(DRAWN, ()))


def has_drawn(versions: Mapping[int, int]) -> None:
    """These items now stand before the person, in these versions."""
    st.session_state[DRAWN] = tuple(versions)
    seen().update(versions)


def looked_at() -> dict[int, int]:
    """Item -> the version of it that the person has had under the cursor, or found there when he came."""
    kept: dict[int, int] = st.session_state.setdefault(LOOKED, {})
    return kept


def here_since(at: datetime) -> datetime:
    """When the person opened the page in this session."""
    since: datetime = st.session_state.setdefault(SINCE, at)
    return since


def targets() -> tuple[Target, ...]:
    """The items that an act is for, as the person sees them: the chosen ones, else the one under the cursor."""
    here, known = place(), seen()
    wanted: Sequence[int] = here.chosen or ([] if here.at is None else [here.at])
    return tuple((one, known[one]) for one in wanted if one in known)


def opened() -> Form | None:
    """The form that is open."""
    form = st.session_state.get(FORM)
    return form if isinstance(form, Form) else None


def open_form(name: Action) -> None:
    """Open a form for what is chosen; its first field gets the keyboard."""
    for key in [str(key) for key in st.session_state if str(key).startswith("triage-form.")]:
        del st.session_state[key]
    st.session_state[FORM] = Form(name, targets())
    focus_on("triage-form")


def close_form() -> None:
    """Close the form; the keyboard goes back to the row."""
    st.session_state.pop(FORM, None)
    focus_on("row")


def focus_on(key: str) -> None:
    """Lead the keyboard to the part of the page with this key once it is drawn."""
    number = st.session_state.get(FOCUS, {"n": 0})["n"] + 1
    st.session_state[FOCUS] = {"n": number, "key": key}


def clashes() -> list[Clash]:
    """The acts that wait until somebody has looked at what another did meanwhile."""
    kept: list[Clash] = st.session_state.setdefault(ASKED, [])
    return kept


def done() -> list[Done]:
    """What this person did here and may take back, the newest last."""
    kept: list[Done] = st.session_state.setdefault(DONE, [])
    del kept[:-DONE_AT_MOST]
    return kept


def say(said: Said | None) -> None:
    """Tell, below the buttons, what became of the last act."""
    if said is None:
        st.session_state.pop(SAID, None)
    else:
        st.session_state[SAID] = said
