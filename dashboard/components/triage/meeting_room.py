"""The room of a stand-up: how promises were kept, the list of points, the one that is talked about, its form."""

from datetime import datetime

import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.components.tickets import story_link
from dashboard.components.triage.meeting_form import leaving_form
from dashboard.components.triage.meeting_minutes import minutes_of
from dashboard.components.triage.meeting_state import attempted, focus_on, go_to, move_focus, point_shown, told
from dashboard.format import count, duration, value_name
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.people.named import called
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage.meeting_words import (
    KINDS,
    decision_of,
    lateness,
    promise_of,
    reasons,
    standing_of,
    ticket_name,
)
from dashboard.services.triage.meetings import end, meeting, start
from dashboard.triage.items import Item, NoSuchItem
from dashboard.triage.meetings import KeptVerdict, Point, StandUpMeeting
from dashboard.triage.now import now
from dashboard.wording import _

ICONS = {"kept": ":material/check_circle:", "late": ":material/schedule:", "broken": ":material/cancel:",
         "open": ":material/pending:", "untold": ":material/help:"}  # fmt: skip
TICKS = 1
LIST_PIXELS = 480
LIVE_SECONDS = 3
DRAWN = "meeting.drawn_for"


def start_button() -> None:
    """Draw the way into a meeting that is not held yet."""
    if st.button(_("Start the stand-up"), type="primary", icon=":material/play_arrow:", shortcut="S"):
        attempted(lambda: _start())
        st.rerun()


def _start() -> None:
    start(current_actor(), data.desk())
    focus_on("meeting-decision")


@st.fragment
def room(meeting_id: int) -> None:
    """Draw the meeting; every act draws only this anew."""
    speak()
    held = meeting(current_actor(), data.desk(), meeting_id)
    point = point_shown(held)
    st.session_state[DRAWN] = _mark(held), point and point.id
    told()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if point is None:
            _finished(held)
        else:
            _point(held, point)
        promises(held.promises)
    with right:
        _clock(held)
        _points(held, point)
        _end(held)
    move_focus()


@st.fragment(run_every=LIVE_SECONDS)
def watch(meeting_id: int) -> None:
    """Have the room drawn anew when another one in the meeting has decided something.

    Where that brings another point, the keyboard goes to its form; who writes at the same one as before is left alone.
    """
    speak()
    held = meeting(current_actor(), data.desk(), meeting_id)
    mark, drawn = st.session_state.get(DRAWN, (None, None))
    if _mark(held) == mark:
        return
    point = point_shown(held)
    if (point and point.id) != drawn:
        focus_on("meeting-decision")
    st.rerun()


def _mark(held: StandUpMeeting) -> tuple[object, ...]:
    return held.version, tuple(point.version for point in held.points)


def _point(held: StandUpMeeting, point: Point) -> None:
    """The point that is talked about, and how it leaves."""
    place = next(n for n, one in enumerate(held.points, 1) if one.id == point.id)
    st.subheader(f"{place}/{len(held.points)} · {plain(ticket_name(point))}", anchor=False)
    st.markdown(" · ".join(filter(None, [f"**{reasons(point)}**", lateness(point), *_about(point)])))
    item = _item(point)
    if point.source and point.ticket_id:
        story_link(point.source, point.ticket_id)
    if point.left_at is not None:
        st.info(plain("  \n".join(_decided(point))))
    leaving_form(point, item)


def _about(point: Point) -> list[str]:
    row = point.about.get("row", {})
    told = [
        value_name("type", row["type"]) if row.get("type") else "",
        point.team or "",
        called(point.owner) if point.owner else _("nobody has it"),
    ]
    return [plain(one) for one in told if one]


def _item(point: Point) -> Item | None:
    """The ticket in the triage as it is now; None where it is not there, or not this reader's any more."""
    if point.item_id is None:
        return None
    try:
        return triage_queue.item(current_actor(), data.desk(), point.item_id)
    except NoSuchItem:
        return None


def _decided(point: Point) -> list[str]:
    return [line for line in (decision_of(point), promise_of(point, data.facts().zone)) if line]


def _points(held: StandUpMeeting, shown: Point | None) -> None:
    """The list of points: what is done, what is talked about, what is still to come; J and K go through it."""
    places = {point.id: n for n, point in enumerate(held.points)}
    here = places.get(shown.id, -1) if shown else -1
    with st.container(horizontal=True, gap="xsmall"):
        for label, key, step in ((_("Before"), "K", -1), (_("Next"), "J", 1)):
            beyond = here < 0 or not 0 <= here + step < len(held.points)
            st.button(
                label, shortcut=key, key=f"meeting-{key}", disabled=beyond, on_click=_go, args=(held, here + step)
            )
    with st.container(height=LIST_PIXELS, border=False, gap="xsmall"):
        for n, point in enumerate(held.points):
            st.markdown(_in_list(point, is_here=n == here))
    if not held.points:
        st.caption(_("Nothing in the queue needs the meeting."))


def _in_list(point: Point, *, is_here: bool) -> str:
    mark = ":material/check:" if point.left_at else ":material/arrow_right:" if is_here else ":material/circle:"
    text = f"{mark} {plain(ticket_name(point))} · {_(KINDS.get(point.kind, point.kind))}"  # type: ignore[call-overload]
    return f"**{text}**" if is_here else text


def _go(held: StandUpMeeting, place: int) -> None:
    go_to(held.points[place])


@st.fragment(run_every=TICKS)
def _clock(held: StandUpMeeting) -> None:
    """How long the meeting goes, and how long it has been at this point."""
    speak()
    at = min(now(), held.ended_at) if held.ended_at else now()
    last = max((point.left_at for point in held.points if point.left_at), default=held.started_at)
    done = sum(point.left_at is not None for point in held.points)
    with st.container(horizontal=True):
        st.metric(_("Meeting"), _minutes(held.started_at, at))
        st.metric(_("This point"), _minutes(last, at))
        st.metric(_("Points decided"), f"{count(done)}/{count(len(held.points))}")


def _minutes(since: datetime, at: datetime) -> str:
    whole = max(int((at - since).total_seconds()), 0)
    return f"{whole // 60}:{whole % 60:02d}"


def promises(verdicts: tuple[KeptVerdict, ...]) -> None:
    """Draw what was promised before, and what really happened by then."""
    if not verdicts:
        return
    kept = sum(one.standing == "kept" for one in verdicts)
    judged = sum(one.standing in ("kept", "late", "broken") for one in verdicts)
    st.subheader(_("Promises: {kept} of {judged} kept", kept=count(kept), judged=count(judged)), anchor="promises")
    zone = data.facts().zone
    for one in verdicts:
        said = f"{ICONS[one.standing]} **{plain(ticket_name(one.point))}** · {plain(standing_of(one, zone))}"
        st.markdown(f"{said}  \n{plain(promise_of(one.point, zone) or '')}")


def _finished(held: StandUpMeeting) -> None:
    st.subheader(_("Every point is decided."), anchor=False)
    st.caption(_("The meeting took {length} so far.", length=duration((now() - held.started_at).total_seconds())))
    minutes_of(held.id)


def _end(held: StandUpMeeting) -> None:
    """Draw the way out of the meeting."""
    if st.button(_("End the stand-up"), icon=":material/stop:", shortcut="Ctrl+Shift+E", key="meeting-end"):
        attempted(lambda: end(current_actor(), data.desk(), held.id, expected=held.version))
        st.rerun()
