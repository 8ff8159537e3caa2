"""The rows of the triage queue: one screen of them, a cursor, chosen rows, and the keys of the page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from dashboard.components.own_parts import own_part
from dashboard.components.triage.read import subjects
from dashboard.components.triage.state import (
    FOCUS,
    PART,
    Place,
    done,
    drawn,
    has_drawn,
    here_since,
    keep_in_address,
    looked_at,
    place,
    stand,
)
from dashboard.components.triage.words import row_words
from dashboard.format import count
from dashboard.services.triage.page import SCREEN, Screen, held_in_place, marks, screen, screen_of
from dashboard.wording import _

BUTTONS: Mapping[str, str] = {
    "a": "triage-acknowledge", "s": "triage-assign", "z": "triage-snooze", "e": "triage-escalate",
    "r": "triage-resolve", "u": "triage-undo", "n": "triage-next", "?": "triage-keys", "/": "triage-search",
    "cancel": "triage-cancel",
}  # fmt: skip
"""Which button each key presses, by the key of the widget; a search is no button and is only entered."""


def rows(items: pl.DataFrame, *, at: datetime, said: str) -> int | None:
    """Draw the screen on which the cursor stands; the item under the cursor, None where there is none."""
    shown = _shown(items)
    here = _settled(shown)
    new = _marked(shown.rows, here.at, at)
    told = {(one["source"], one["ticket_id"]): one["subject"] for one in subjects(shown.rows).iter_rows(named=True)}
    told_rows = [
        row_words(row, told.get((row["source"], row["ticket_id"])), at)
        | {"place": shown.first + place + 1, "mark": new.get(row["id"], "")}
        for place, row in enumerate(shown.rows.iter_rows(named=True))
    ]
    has_drawn(dict(shown.rows.select("id", "version").iter_rows()))
    own_part("queue")(key=PART, data=_told(told_rows, shown, here, said), on_view_change=_moved)
    keep_in_address(here.at)
    return here.at


def _marked(rows: pl.DataFrame, cursor: int | None, at: datetime) -> Mapping[int, str]:
    """Which rows are new or changed to this person. What was there when he came is neither, until it changes."""
    since, known = here_since(at), looked_at()
    for item, version, opened_at in rows.select("id", "version", "opened_at").iter_rows():
        if item == cursor or (item not in known and opened_at <= since):
            known[item] = version
    return marks(rows, known, since)


def _moved() -> None:
    """Take the person's move in; the page asks where he stands."""
    place()


def _shown(items: pl.DataFrame) -> Screen:
    """The screen that the person asked for; that of the cursor's row where a link named it.

    What he does with a row may change its place in the queue: it stays under his hand until he goes on to another.
    """
    here, before = place(), drawn()
    if here.find and here.at is not None:
        return screen(items, screen_of(items, here.at) or 0)
    if here.at in before and here.at in _just_done() and not here.edge:
        items = held_in_place(items, here.at, here.first + before.index(here.at))
    return screen(items, here.first)


def _just_done() -> set[int]:
    """The items of the person's last act."""
    return {item for item, _version in done()[-1].items} if done() else set()


def _settled(shown: Screen) -> Place:
    """The place with its cursor on an item: at an end of the screen, or on its first row where it was nowhere."""
    here = place()
    ids = shown.rows["id"].to_list()
    at = here.at
    if ids and (here.edge or at is None):
        at = ids[-1] if here.edge == "last" else ids[0]
    return stand(at=at, edge=None, find=False, first=shown.first)


def _told(told_rows: list[dict[str, Any]], shown: Screen, here: Place, said: str) -> dict[str, Any]:
    last = shown.first + len(told_rows)
    return {
        "rows": told_rows,
        "total": shown.total,
        "first": shown.first,
        "size": SCREEN,
        "view": {
            "at": None if here.at is None else str(here.at),
            "chosen": [str(one) for one in here.chosen],
            "first": shown.first,
            "n": here.n,
        },
        "keys": BUTTONS,
        "focus": st.session_state.get(FOCUS),
        "said": said,
        "words": {
            "label": _("Escalated tickets, in the order in which they want a decision"),
            "all": _("Choose every row of this screen"),
            "back": _("The rows before"),
            "on": _("The rows after"),
            "range": _("{first}–{last} of {total}", first=count(shown.first + 1), last=count(last),
                       total=count(shown.total)),
        },
    }  # fmt: skip
