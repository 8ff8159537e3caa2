"""The form by which a point leaves a stand-up: how, what was decided, who does what by when."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import data
from dashboard.components.triage.meeting_state import attempted, focus_on, go_to
from dashboard.components.triage.read import assignable, minute
from dashboard.format import count
from dashboard.people.current import current_actor
from dashboard.people.named import called
from dashboard.services.triage.meeting_words import PROMISED, WAYS, moment, ticket_name
from dashboard.services.triage.meetings import leave
from dashboard.triage.codes import DECISIONS, REASONS
from dashboard.triage.items import Item
from dashboard.triage.meetings import CHARACTERS, PROMISING, Leaving, Point, Way
from dashboard.triage.now import now
from dashboard.triage.promise_times import offered, typed
from dashboard.triage.states import WAITING_FOR
from dashboard.wording import _

WAY = "meeting.way"
KEYS: dict[Way, str] = {"goes_on": "1", "waits": "2", "raised": "3", "resolved": "4", "noted": "5"}


def choose_way(item: Item | None) -> Way:
    """Draw how the point can leave, each with its key; the way that is chosen."""
    ways: Sequence[Way] = tuple(WAYS) if item is not None and item.is_open else ("noted",)
    chosen: Way = st.session_state.get(WAY, ways[0])
    chosen = chosen if chosen in ways else ways[0]
    with st.container(horizontal=True, gap="xsmall"):
        for way in ways:
            st.button(
                _(WAYS[way]), key=f"meeting-way-{way}", shortcut=KEYS[way], on_click=_take, args=(way,),
                type="primary" if way == chosen else "secondary",
            )  # fmt: skip
    return chosen


def _take(way: Way) -> None:
    st.session_state[WAY] = way
    focus_on("meeting-decision")


def leaving_form(point: Point, item: Item | None) -> None:
    """Draw the form of the chosen way; Enter or Ctrl + Enter lets the point leave and brings the next one."""
    way = choose_way(item)
    with st.form(f"meeting-form-{point.id}-{way}", border=False):
        with st.container(key="meeting-decision"):
            decision = st.text_input(_("What was decided"), value=point.decision or "", max_chars=CHARACTERS)
        asked = _fields(way, point, item)
        done = st.form_submit_button(
            _("Decided – next point"), icon=":material/arrow_forward:", type="primary", shortcut="Ctrl+Enter"
        )
    if done and attempted(lambda: _leave(point, item, _leaving(way, decision, asked))):
        st.session_state.pop(WAY, None)
        go_to(None)
    if done:
        st.rerun()


def _fields(way: Way, point: Point, item: Item | None) -> dict[str, str]:
    """What the way needs beside the decision."""
    if way == "resolved":
        left, right = st.columns(2)
        return {
            "code": left.selectbox(_("Decision"), DECISIONS, format_func=lambda one: _(f"triage.decision.{one}")),
            "reason": right.selectbox(_("Reason"), REASONS, format_func=lambda one: _(f"triage.reason.{one}")),
        }
    if way not in PROMISING:
        return {}
    asked = _promise(point, item)
    if way == "waits":
        asked["waiting_for"] = st.selectbox(
            _("Waits for"), WAITING_FOR, format_func=lambda one: _(f"triage.waiting.{one}")
        )
    if way == "raised":
        asked["told"] = st.text_input(_("What the customer was told"), max_chars=CHARACTERS)
    return asked


def _promise(point: Point, item: Item | None) -> dict[str, str]:
    """Who does what by when, and what is promised with it."""
    names = assignable()
    loads = {row["owner"]: row["open"] for row in names.iter_rows(named=True)}
    owner = point.owner or (item.owner if item else None) or point.about.get("row", {}).get("agent")
    people = list(dict.fromkeys([*([owner] if owner else []), *loads]))
    times = [one.isoformat() for one in offered(now(), data.settings())]
    left, right = st.columns(2)
    with left:
        who = st.selectbox(_("Who takes it"), people, accept_new_options=True,
                           format_func=lambda name: _load(name, loads))  # fmt: skip
        step = st.text_input(_("Next step"), value=point.next_step or "", max_chars=CHARACTERS)
    with right:
        when = st.selectbox(_("By when"), times, accept_new_options=True, format_func=_when,
                            help=_("Choose a time, or type one such as 15:30 or 2026-03-21 09:00."))  # fmt: skip
        what = st.selectbox(_("What is promised"), PROMISED, index=1, format_func=lambda one: _(PROMISED[one]))
    return {"owner": str(who or ""), "next_step": step, "when": str(when or ""), "promises": what}


def _load(name: str, loads: dict[str, int]) -> str:
    shown = called(name)
    return _("{name} ({n} open)", name=shown, n=count(loads[name])) if name in loads else shown


def _when(text: str) -> str:
    try:
        return moment(datetime.fromisoformat(text), data.facts().zone)
    except ValueError:
        return text


def _leaving(way: Way, decision: str, asked: dict[str, str]) -> Leaving:
    told = {name: value for name, value in asked.items() if name != "when"}
    return Leaving(way, decision, promised_at=_instant(asked.get("when", "")), **told)  # type: ignore[arg-type]


def _instant(text: str) -> datetime | None:
    """A time that was offered, or one that was typed."""
    found = typed(text, minute(), data.facts().zone)
    if found is not None or not text:
        return found
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _leave(point: Point, item: Item | None, leaving: Leaving) -> str:
    leave(current_actor(), data.desk(), point.id, leaving, expected=point.version,
          item_version=item.version if item else None)  # fmt: skip
    return _("{ticket}: {way}", ticket=ticket_name(point), way=_(WAYS[leaving.way]))
