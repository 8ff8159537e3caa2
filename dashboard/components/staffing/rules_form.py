"""By which rules queues are staffed: what was measured, what was typed, and the form that changes it with a reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.staffing.acts import act
from dashboard.components.staffing.groups import small_words
from dashboard.components.staffing.read import Window, plan_in
from dashboard.components.staffing.words import queue_name
from dashboard.components.text import plain
from dashboard.format import duration, local
from dashboard.people import Act
from dashboard.people.current import current_actor
from dashboard.people.permission import permission_of
from dashboard.services.staffing.rules import RuleChange, rule_changes, set_rules
from dashboard.staffing.rules import EVERY_QUEUE
from dashboard.staffing.words import CLOCKS, LEVELS_TOLD, WORKS, goal
from dashboard.wording import N_, _, number, share
from metrics.staffing.model import Queue, StaffingRules

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
            "Goals are agreed on in the settings, part “Queues”. What is measured comes from the last eight weeks of "
            "data; ✎ was typed here and stands before both; the rest is as shipped. Every change holds from a day on "
            "and names its reason."
        )
    )
    changes = rule_changes(current_actor(), data.desk())
    typed = {(change.queue, field) for change in changes for field in change.values}
    st.dataframe(rules_table(found.rules, typed), hide_index=True)
    for line in small_words():
        st.caption(line)
    for queue, statement, params in found.statements:
        st.caption(f"{plain(queue_name(queue))}: {plain(_(statement, **params))}")
    if permission_of(current_actor(), Act.PLAN_STAFFING).is_everything:
        _form(tuple(found.rules), found.rules)
    _journal(changes)


def rules_table(rules: Mapping[str, StaffingRules], typed: set[tuple[str, str]]) -> pl.DataFrame:
    """One row per queue; a cell says where its value comes from."""

    def told(queue: str, text: str, *fields: str) -> str:
        whose = (queue, Queue.named(queue).channel, EVERY_QUEUE)
        if any((one, field) in typed for one in whose for field in fields):
            return f"✎ {text}"
        return _("{text}, measured", text=text) if rules[queue].measured & set(fields) else text

    cells = [
        {
            _("Queue"): queue_name(queue),
            _("How people work"): told(queue, _(WORKS[rule.work]), "work"),
            _("Goal"): told(queue, goal(rule), "share", "within_seconds"),
            _("Handle time"): told(queue, duration(rule.handle_seconds), "handle_seconds"),
            _("Patience"): told(queue, duration(rule.patience_seconds), "patience_seconds"),
            _("Chats at once"): told(queue, str(rule.concurrency), "concurrency"),
            _("Busy at most"): told(queue, share(rule.occupancy_cap, digits=0), "occupancy_cap"),
            _("Reserve"): told(queue, share(rule.reserve, digits=0), "reserve"),
            _("Absence (shrinkage)"): told(queue, share(rule.shrinkage, digits=0), "shrinkage"),
        }
        for queue, rule in rules.items()
    ]
    return pl.DataFrame(cells)


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
        st.dataframe(pl.DataFrame(rows), hide_index=True)
