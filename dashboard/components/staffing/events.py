"""Events of a plan: those that are kept with what they did, a form for one more, and unusual days offered as events."""

from datetime import date, timedelta
from typing import Any, get_args

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.staffing.acts import act, may_plan
from dashboard.components.staffing.read import seen_effects, unusual
from dashboard.components.staffing.words import queue_list, queue_name
from dashboard.components.text import plain
from dashboard.format import count, dated_span, weekday_and_day
from dashboard.people.current import current_actor
from dashboard.services.staffing.events import KeptEvent, add_event, change_event, end_event, kept_events
from dashboard.staffing.naming import effect_told
from dashboard.staffing.words import KINDS
from dashboard.wording import N_, _, number
from metrics.model import Period
from metrics.staffing.model import Effect, Event, UnusualDay

EFFECTS: dict[Effect, str] = {
    "learned": N_("learned from earlier ones of the same name, else of the same kind"),
    "percent": N_("a percentage more or less"),
    "absolute": N_("so many requests a day more or less"),
}
DAY = timedelta(days=1)
OFFERED_AT_MOST = 8
FORM = ("name", "kind", "days", "queues", "effect", "value", "training", "note")


def events_part() -> None:
    """Draw everything about events."""
    st.caption(
        _(
            "What you know beforehand: its days are expected to differ, and stand as marks on every time axis. "
            "Events of one name are one event each year; its effect is learned from the earlier ones."
        )
    )
    found = kept_events(current_actor(), data.desk())
    if not found:
        st.info(_("No event is entered yet. Enter last year's promotion first: this year's is then learned from it."))
    else:
        show_table(_table(found), name="staffing-events", title=_("Events"))
    if may_plan():
        _new()
        _edit(found)
    _offered(found)


def _table(found: tuple[KeptEvent, ...]) -> pl.DataFrame:
    effects = seen_effects()
    return pl.DataFrame(
        {
            _("Event"): [one.event.name for one in found],
            _("Kind"): [_(KINDS[one.event.kind]) for one in found],
            _("Days"): [days_of(one.event) for one in found],
            _("Queues"): [queue_list(one.event.queues) for one in found],
            _("Effect"): [effect_told(one.event) for one in found],
            _("What came against the usual"): [_seen(effects.get(one.id)) for one in found],
            _("Trains the usual"): [_("yes") if one.event.in_training else _("no") for one in found],
            _("Entered by"): [_(one.made_by) for one in found],
        }
    )


def _seen(effect: tuple[float, int] | None) -> str:
    """What its days that are over had against the usual, over how many days."""
    if effect is None:
        return _("still to come")
    times, days = effect
    return _("×{times}, n = {days} days", times=number(times, digits=2), days=count(days))


def days_of(event: Event) -> str:
    """The days of an event with their year."""
    return dated_span(Period(event.first, event.last + DAY))


def _new() -> None:
    with st.expander(_("Enter an event"), icon=":material/add:", expanded=bool(st.session_state.get("event.new.name"))):
        typed = _fields("new", None)
        st.button(
            _("Enter it"),
            type="primary",
            key="event.new.do",
            on_click=act,
            disabled=typed is None,
            args=(_add, lambda: _("The event is entered."), typed, st.session_state.get("event.new.note")),
            kwargs={"clears": tuple(f"event.new.{name}" for name in FORM)},
        )


def _add(actor: Any, desk: Any, event: Event, note: str | None) -> None:
    add_event(actor, desk, event, note=note)


def _edit(found: tuple[KeptEvent, ...]) -> None:
    if not found:
        return
    with st.expander(_("Change or take back an event"), icon=":material/edit:"):
        names = {one.id: f"{one.event.name} · {days_of(one.event)}" for one in found}
        id = st.selectbox(_("Event"), list(names), format_func=names.__getitem__, key="event.which")
        kept = next(one for one in found if one.id == id)
        typed = _fields(f"edit{kept.id}.{kept.version}", kept)
        with st.container(horizontal=True):
            st.button(
                _("Save the change"),
                key="event.edit.do",
                on_click=act,
                disabled=typed is None,
                args=(_change, lambda: _("The event is changed."), kept, typed),
            )
            st.button(
                _("Withdraw it"), key="event.end.do", on_click=act, args=(_end, lambda: _("The event is gone."), kept)
            )


def _change(actor: Any, desk: Any, kept: KeptEvent, event: Event) -> None:
    change_event(actor, desk, kept.id, event, expected=kept.version, note=kept.note)


def _end(actor: Any, desk: Any, kept: KeptEvent) -> None:
    end_event(actor, desk, kept.id, expected=kept.version)


def _fields(which: str, kept: KeptEvent | None) -> Event | None:
    """Draw the fields of an event; None while they make none."""
    was = kept.event if kept else Event("", "promotion", data.choices().last + DAY, data.choices().last + 3 * DAY)
    key = f"event.{which}"
    left, middle, right = st.columns([2, 1, 2])
    name = left.text_input(_("Name"), was.name, key=f"{key}.name", max_chars=120, placeholder="618")
    kinds = list(KINDS)
    kind = middle.selectbox(
        _("Kind"), kinds, kinds.index(was.kind), format_func=lambda one: _(KINDS[one]), key=f"{key}.kind"
    )
    days = right.date_input(_("First and last day"), (was.first, was.last), key=f"{key}.days", format="YYYY-MM-DD")
    left, middle, right = st.columns([2, 1, 2])
    effects = list(get_args(Effect))
    effect = left.selectbox(
        _("Effect"), effects, effects.index(was.effect), format_func=lambda one: _(EFFECTS[one]), key=f"{key}.effect"
    )
    value = _value(middle, effect, was, key)
    known = [str(channel) for channel in data.choices().values.get("channel", ()) if channel]
    queues = right.multiselect(
        _("Queues (none: all)"),
        sorted({*known, *was.queues}),
        list(was.queues),
        format_func=queue_name,
        key=f"{key}.queues",
        placeholder=_("all queues"),
    )
    training = st.checkbox(
        _("Its past days are part of what a usual day is learned from"), was.in_training, key=f"{key}.training"
    )
    if kept is None:
        st.text_input(_("Note"), key=f"{key}.note", max_chars=200)
    both = days if isinstance(days, tuple) and len(days) == 2 else None
    if not (name or "").strip() or both is None:
        return None
    return Event(name, kind, both[0], both[1], tuple(queues), effect, value, training)


def _value(column: Any, effect: Effect, was: Event, key: str) -> float:
    if effect == "percent":
        typed = column.number_input(
            _("Per cent"), value=round(was.value * 100) or 50, min_value=-100, max_value=5000, key=f"{key}.percent"
        )
        return float(typed) / 100
    if effect == "absolute":
        return float(
            column.number_input(_("Requests a day"), value=was.value or 100.0, step=10.0, key=f"{key}.absolute")
        )
    return 0.0


def _offered(found: tuple[KeptEvent, ...]) -> None:
    """Draw past days that were far off what was expected, and a button that makes each an event."""
    st.subheader(_("Unusual days"), anchor="unusual")
    days = [one for one in unusual() if not any(kept.event.concerns(one.queue, one.day) for kept in found)]
    if not days:
        st.caption(_("No past day was far off what was expected, but those that are events already."))
        return
    st.caption(
        _(
            "Days that the forecast of their eve missed by far more than usual. "
            "An event keeps them out of what is usual."
        )
    )
    for day, at in sorted(_by_day(days).items(), reverse=True)[:OFFERED_AT_MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_unusual_words(day, at), width="stretch")
            if may_plan():
                as_event = Event(_("Unusual day {day}", day=day.isoformat()), "other", day, day, _queues_of(at))
                st.button(
                    _("Make it an event"),
                    key=f"unusual.{day}",
                    on_click=act,
                    args=(_add, lambda: _("The event is entered."), as_event, None),
                )


def _by_day(days: list[UnusualDay]) -> dict[date, list[UnusualDay]]:
    found: dict[date, list[UnusualDay]] = {}
    for one in days:
        found.setdefault(one.day, []).append(one)
    return found


def _queues_of(at: list[UnusualDay]) -> tuple[str, ...]:
    return tuple(sorted(one.queue for one in at))


def _unusual_words(day: date, at: list[UnusualDay]) -> str:
    told = [
        _(
            "{queue} {actual} instead of {expected}",
            queue=plain(queue_name(one.queue)),
            actual=number(one.actual),
            expected=number(one.expected),
        )
        for one in at
    ]
    return f"**{weekday_and_day(day, with_year=True)}** · " + "; ".join(told)
