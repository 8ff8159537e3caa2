"""By which rules queues are staffed: what was measured, what was typed, and the form that changes it with a reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.staffing.acts import act
from dashboard.components.staffing.at_once import at_once_part
from dashboard.components.staffing.groups import small_words
from dashboard.components.staffing.read import Window, plan_in
from dashboard.components.staffing.words import queue_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, duration, local, weekday_and_day
from dashboard.people import Act
from dashboard.people.current import current_actor
from dashboard.people.permission import permission_of
from dashboard.services.staffing.rules import RuleChange, rule_changes, set_rules, typed_of_days
from dashboard.staffing.rules import EVERY_QUEUE, Typed
from dashboard.staffing.words import CLOCKS, LEVELS_TOLD, WORKS, goal
from dashboard.wording import N_, _, number, share
from metrics.staffing.model import Needs, Queue, StaffingRules
from metrics.staffing.serving import chat_times

FIELDS: Mapping[str, tuple[str, float]] = {
    "share": (N_("Served in time, %"), 100),
    "within_seconds": (N_("Within, seconds"), 1),
    "handle_seconds": (N_("Handle time, seconds"), 1),
    "patience_seconds": (N_("Patience, seconds"), 1),
    "concurrency": (N_("Chats at once"), 1),
    "occupancy_cap": (N_("Busy at most, %"), 100),
    "reserve": (N_("Reserve, %"), 100),
    "shrinkage": (N_("Absence (shrinkage), %"), 100),
}
"""Field -> what it is called, and by what it is multiplied where people type it."""
CHOSEN: Mapping[str, tuple[str, Mapping[Any, str]]] = {
    "work": (N_("How people work"), WORKS),
    "level": (N_("What the goal is a share of"), LEVELS_TOLD),
    "clock": (N_("Deadlines run on"), CLOCKS),
    "divided": (N_("The reserve is"), {False: N_("added to the need"), True: N_("a part of all who are planned")}),
    "takes_idle": (N_("Idle time of calls and chats"), {False: N_("is not used"), True: N_("does this work first")}),
}
"""Field -> what it is called, and what may be chosen."""


def rules_part(window: Window) -> None:
    """Draw the rules of every queue, the journal, and the form."""
    found = plan_in(window).needs
    st.caption(
        _(
            "Goals, and how long chats take beside others, are agreed on in the settings, part “Queues”. What is "
            "measured comes from the last eight weeks of data; ✎ was typed here and stands before both; the rest is as "
            "shipped. Every change holds from a day on and names its reason."
        )
    )
    changes = rule_changes(current_actor(), data.desk())
    typed = typed_of_days(current_actor(), data.desk(), (window.first, *found.later))
    show_table(rules_table(found, typed, window.first), name="staffing-rules", title=_("Rules"),
               column_config={_("Since"): st.column_config.Column(width=110)})  # fmt: skip
    for line in small_words():
        st.caption(line)
    for queue, statement, params in found.statements:
        st.caption(f"{plain(queue_name(queue))}: {plain(_(statement, **params))}")
    at_once_part(found)
    if permission_of(current_actor(), Act.PLAN_STAFFING).is_everything:
        _form(tuple(found.rules), found.rules)
    _journal(changes)


def rules_table(needs: Needs, typed: Mapping[date, Mapping[str, Typed]], first: date) -> pl.DataFrame:
    """One row per queue, and one more where other rules begin within the days; a cell says where its value is from.

    typed: what was typed for the first day and for each on which rules begin.
    """
    courses = [(queue, since, rule) for queue in needs.rules for since, rule in needs.courses(queue)]
    cells = [_row(queue, rule, typed[since or first]) for queue, since, rule in courses]
    if not needs.later:
        return pl.DataFrame(cells)
    days = [NOTHING if since is None else weekday_and_day(since) for _queue, since, _rule in courses]
    return pl.DataFrame([{_("Queue"): cell.pop(_("Queue")), _("Since"): day, **cell}
                         for cell, day in zip(cells, days, strict=True)])  # fmt: skip


def _row(queue: str, rule: StaffingRules, typed: Mapping[str, Typed]) -> dict[str, str]:
    whose = (queue, Queue.named(queue).channel, EVERY_QUEUE)
    own = {field for one in whose for field in typed.get(one, {})}

    def told(text: str, *fields: str) -> str:
        if own & set(fields):
            return f"✎ {text}"
        return _("{text}, measured", text=text) if rule.measured & set(fields) else text

    return {
        _("Queue"): queue_name(queue),
        _("How people work"): told(_(WORKS[rule.work]), "work"),
        _("Goal"): told(goal(rule), "share", "within_seconds"),
        _("Handle time"): told(handle_words(rule), "handle_seconds"),
        _("Patience"): told(duration(rule.patience_seconds), "patience_seconds"),
        _("Chats at once"): told(str(rule.concurrency), "concurrency"),
        _("Busy at most"): told(share(rule.occupancy_cap, digits=0), "occupancy_cap"),
        _("Reserve"): told(share(rule.reserve, digits=0), "reserve"),
        _("Absence (shrinkage)"): told(share(rule.shrinkage, digits=0), "shrinkage"),
    }


def handle_words(rule: StaffingRules) -> str:
    """How long one request takes; of a chat also beside as many others as a person holds."""
    if rule.work != "chat" or rule.concurrency == 1:
        return duration(rule.handle_seconds)
    return _("{alone} alone, {beside} with {n} at once", alone=duration(rule.handle_seconds),
             beside=duration(chat_times(rule)[-1]), n=rule.concurrency)  # fmt: skip


def _form(queues: tuple[str, ...], rules: Mapping[str, StaffingRules]) -> None:
    with st.expander(_("Change the rules"), icon=":material/tune:"):
        queue = st.selectbox(
            _("Queue"),
            [EVERY_QUEUE, *queues],
            key="rules.queue",
            format_func=lambda one: queue_name(one) if one else _("every queue without its own"),
        )
        st.caption(_("An empty field is measured, or as shipped."))
        now = rules.get(queue)
        typed: dict[str, Any] = {}
        with st.container(horizontal=True):
            for field, (name, times) in FIELDS.items():
                usual = getattr(now, field) if now else None
                shown = None if usual is None else f"{number(usual * times, digits=0)}"
                value = st.number_input(_(name), value=None, placeholder=shown, key=f"rules.{queue}.{field}", width=170)
                if value is not None:
                    typed[field] = value / times
        with st.container(horizontal=True):
            typed |= {field: value for field in CHOSEN if (value := _choice(queue, field, now)) is not None}
        left, right = st.columns([1, 3])
        since = left.date_input(_("Holds from"), data.choices().last, key="rules.since", format="YYYY-MM-DD")
        why = right.text_input(_("Why"), key="rules.why", max_chars=300)
        st.button(
            _("Let it hold"),
            type="primary",
            key="rules.do",
            on_click=act,
            disabled=not (why or "").strip(),
            args=(_set, lambda: _("The rules hold."), queue, typed, since, why),
            kwargs={"clears": ("rules.why",)},
        )


def _choice(queue: str, field: str, now: StaffingRules | None) -> Any:
    """Draw the choice of a rule; None where nothing is chosen, so that it stays as it is."""
    name, words = CHOSEN[field]
    return st.selectbox(
        _(name),
        list(words),
        index=None,
        placeholder=_(words[getattr(now, field)]) if now else _("not set"),
        format_func=lambda one: _(words[one]),
        key=f"rules.{queue}.{field}",
        width=250,
    )


def _set(actor: Any, desk: Any, queue: str, typed: dict[str, Any], since: date, why: str) -> None:
    set_rules(actor, desk, queue, typed, valid_from=since, why=why)


def _told(field: str, value: Any) -> str:
    """A rule that was typed, with its name."""
    if field in FIELDS:
        name, times = FIELDS[field]
        return f"{_(name)}: {number(value * times, digits=0)}"
    name, words = CHOSEN[field]
    return f"{_(name)}: {_(words[value])}"


def _journal(changes: tuple[RuleChange, ...]) -> None:
    if not changes:
        return
    with st.expander(_("Who changed the rules, and why"), icon=":material/history:"):
        zone = data.facts().zone
        rows = {
            _("From"): [one.valid_from for one in changes],
            _("Queue"): [queue_name(one.queue) if one.queue else _("every queue without its own") for one in changes],
            _("What"): [
                ", ".join(_told(field, value) for field, value in one.values.items()) or _("as measured")
                for one in changes
            ],
            _("Why"): [one.why for one in changes],
            _("Who"): [_(one.actor) for one in changes],
            _("When"): [local(one.at, zone) for one in changes],
        }
        show_table(pl.DataFrame(rows), name="staffing-rule-changes", title=_("Who changed the rules, and why"))
