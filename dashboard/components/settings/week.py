"""The week of a calendar to take hold of: by hand, by keys, or a day copied to others; the fields below follow."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.agreements import parse_hours
from dashboard.components.own_parts import own_part
from dashboard.components.settings.draft import begin_anew, draft, field_key, propose
from dashboard.components.settings.saving import may_change
from dashboard.services.settings.editing import hours_text, is_hours, place_of, tables_of, week_of, with_week
from dashboard.wording import _

PART = "settings-week"
LONGEST = 2 * 24 * 60


def draw_week(calendar: str, names: Sequence[str], hours: Sequence[str]) -> None:
    """Draw the days of a calendar with their hours as they stand in the fields."""
    if not all(map(is_hours, hours)):
        st.caption(_("The week is drawn once its hours can be read."))
        return
    own_part("week")(
        key=PART,
        data={
            "days": list(names),
            "week": [[list(stretch) for stretch in parse_hours(text)] for text in hours],
            "n": _told().get("n", 0),
            "disabled": not may_change(),
            "words": {
                "label": _("The week of {calendar}", calendar=calendar),
                "opens": _("{day} opens"),
                "closes": _("{day} closes"),
                "add": _("Add hours on {day}"),
                "gone": _("Take {hours} on {day} away"),
                "closed": _("closed"),
            },
        },
        on_hours_change=lambda: _taken(calendar),
    )
    if may_change():
        st.caption(
            _(
                "Drag a stretch or one of its ends; with the keyboard: Tab to an end, then arrows (Shift for hours), "
                "Delete takes it away. Or type below."
            )
        )


def copy_a_day(calendar: str, names: Sequence[str]) -> None:
    """Offer the hours of one day to others."""
    if not may_change():
        return
    with st.popover(_("Copy a day to others"), icon=":material/content_copy:"):
        called = dict(enumerate(names))
        source = st.selectbox(_("Hours of"), list(called), format_func=called.__getitem__, key=field_key("copy-from"))
        others = [place for place in called if place != source]
        chosen = st.multiselect(_("to"), others, default=[place for place in others if place < 5],
                                format_func=called.__getitem__, placeholder=_("choose"),
                                key=field_key(f"copy-to-{source}"))  # fmt: skip
        st.button(_("Copy the hours"), on_click=_copied, args=(calendar, source, chosen), disabled=not chosen,
                  key=field_key("copy-day"))  # fmt: skip


def _told() -> Mapping[str, Any]:
    """What the browser has told last: the whole week, and how often something was done with it."""
    told: Mapping[str, Any] = (st.session_state.get(PART) or {}).get("hours") or {}
    return told


def _taken(calendar: str) -> None:
    week = _told().get("week")
    if isinstance(week, list) and len(week) == len(_hours_of(calendar)) and all(map(is_day, week)):
        _propose(calendar, [hours_text([(int(begin), int(end)) for begin, end in day]) for day in week])


def is_day(day: Any) -> bool:
    """Whether these are stretches of minutes: what a browser sends may be anything."""
    return isinstance(day, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(minute, int | float) for minute in one)
        and 0 <= one[0] < one[1] <= LONGEST
        for one in day
    )  # fmt: skip


def _copied(calendar: str, source: int, to: Sequence[int]) -> None:
    was = _hours_of(calendar)
    _propose(calendar, [was[source] if place in to else hours for place, hours in enumerate(was)])


def _hours_of(calendar: str) -> list[str]:
    rows = tables_of(draft().text)["calendar"]
    return week_of(rows[place_of(rows, calendar)])


def _propose(calendar: str, hours: Sequence[str]) -> None:
    """Let the calendar of the draft have this week; every field begins with it."""
    rows = [dict(row) for row in tables_of(draft().text)["calendar"]]
    place = place_of(rows, calendar)
    rows[place] = with_week(rows[place], hours)
    propose("calendar", rows)
    begin_anew()
