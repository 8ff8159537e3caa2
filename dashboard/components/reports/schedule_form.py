"""The form of a report that goes out by itself: which, when, for which tickets, to whom."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta

import streamlit as st
from babel.dates import format_date

from dashboard import data
from dashboard.components.reports.acts import done
from dashboard.components.reports.layouts import layout_choice
from dashboard.format import dimension, listed, sentence, value_name
from dashboard.people.current import current_actor
from dashboard.reports.asked import KINDS, ReportKind
from dashboard.reports.timing import LAST_DAY, SCHEDULED, Timing
from dashboard.services.reports.schedules import Schedule, keep_schedule, people_offered
from dashboard.wording import LANGUAGES, _, current_language

KEPT = "schedules.kept"
MONDAY = date(2024, 1, 1)


def schedule_form(one: Schedule | None) -> None:
    """Draw the form of a schedule, or of a new one."""
    key = f"schedule-{one.id if one else 0}-{st.session_state.get(KEPT, 0)}"  # anew after each save
    kinds = list(SCHEDULED)
    kind: ReportKind = (
        st.segmented_control(_("Report"), kinds, format_func=lambda name: _(KINDS[name]), required=True,
                             default=one.timing.kind if one else "weekly", key=f"{key}-kind")
        or "weekly"
    )  # fmt: skip
    with st.form(f"{key}-{kind}", border=False):
        name = st.text_input(_("Name of the schedule"), one.name if one else "", max_chars=100, key=f"{key}-name")
        timing = _timing(one, kind, key)
        people, addresses = _recipients(one, key)
        left, right = st.columns(2)
        language = left.selectbox(
            _("Language of the report"), list(LANGUAGES), format_func=lambda id: LANGUAGES[id], key=f"{key}-language",
            index=list(LANGUAGES).index(one.language if one else current_language()),
        )  # fmt: skip
        with right:
            layout = layout_choice(one.template_id if one else None, key)
        where = _tickets(one, key)
        if st.form_submit_button(_("Save"), type="primary", icon=":material/save:"):
            there = one or Schedule(name, timing, language)
            _save(replace(there, name=name, timing=timing, language=language, people=people, addresses=addresses,
                          where=where, template_id=layout))  # fmt: skip


def _timing(one: Schedule | None, kind: ReportKind, key: str) -> Timing:
    there = one.timing if one and one.timing.kind == kind else Timing(kind)
    left, right = st.columns(2)
    if kind == "weekly":
        days = list(range(1, 8))
        day = left.selectbox(_("Weekday"), days, index=there.day - 1, format_func=weekday, key=f"{key}-weekday")
    else:
        label = _("Day of the month") if kind == "monthly" else _("Day of the quarter's first month")
        day = int(left.number_input(label, 1, LAST_DAY[kind], there.day, key=f"{key}-day-{kind}",
                                    help=_("Where the month is shorter: on its last day.")))  # fmt: skip
    at = right.time_input(_("Hour ({zone})", zone=data.desk().zone() or "UTC"), time(*divmod(there.minute, 60)),
                          step=timedelta(minutes=15), key=f"{key}-at")  # fmt: skip
    on_working_days = st.checkbox(
        _("Where the desk is closed on that day, on the next one on which it works"), there.on_working_days,
        key=f"{key}-working",
    )  # fmt: skip
    return Timing(kind, day, at.hour * 60 + at.minute, on_working_days)


def weekday(number: int) -> str:
    """A day of the week by its number from Monday, 1."""
    return str(format_date(MONDAY + timedelta(days=number - 1), format="EEEE", locale=current_language()))


def _recipients(one: Schedule | None, key: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """People who have accounts; on a desk without any, addresses."""
    offered = people_offered(current_actor(), data.desk())
    if offered is None:
        typed = st.text_area(_("To these e-mail addresses, one on each line"), "\n".join(one.addresses if one else ()),
                             key=f"{key}-addresses")  # fmt: skip
        return (), tuple(line.strip() for line in typed.splitlines() if line.strip())
    there = [id for id in (one.people if one else ()) if id in offered]
    chosen = st.multiselect(
        _("To these people: each gets what he may see"), list(offered), default=there, format_func=offered.__getitem__,
        placeholder=_("nobody yet"), key=f"{key}-people",
    )  # fmt: skip
    if not offered:
        st.caption(
            _("Nobody who may have reports has an e-mail address here: an account that is an address counts as one.")
        )
    return tuple(chosen), ()


def _tickets(one: Schedule | None, key: str) -> Mapping[str, tuple[str | None, ...]]:
    """Of which tickets: those of the schedule, or what the sidebar shows now."""
    now = data.scope().where
    if one is None:
        st.caption(_("Of these tickets, as the sidebar says: {whose}", whose=in_words(now)))
        return now
    if dict(now) == dict(one.where):
        st.caption(_("Of these tickets, as the sidebar says: {whose}", whose=in_words(now)))
        return now
    is_changed = st.checkbox(
        _("Change the tickets from “{before}” to what the sidebar shows: “{now}”", before=in_words(one.where),
          now=in_words(now)),
        key=f"{key}-tickets",
    )  # fmt: skip
    return now if is_changed else one.where


def in_words(where: Mapping[str, tuple[str | None, ...]]) -> str:
    """Which tickets a filter lets through."""
    told = [f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
            for name, values in where.items()]  # fmt: skip
    return " · ".join(told) or sentence(_("all tickets"))


def _save(made: Schedule) -> None:
    def act() -> str:
        keep_schedule(current_actor(), data.desk(), made)
        return _("The schedule is saved.")

    if done(act):
        st.session_state[KEPT] = st.session_state.get(KEPT, 0) + 1
    st.rerun()
