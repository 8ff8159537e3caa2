"""What if: values moved against the plan as it is, the difference in figures, saved under a name and compared."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.staffing.acts import act, may_plan
from dashboard.components.staffing.read import Plan, Window, plan_in
from dashboard.components.staffing.words import queue_list, queue_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, listed, local
from dashboard.people.current import current_actor
from dashboard.services.staffing.scenarios import Scenario, end_scenario, save_scenario, scenarios
from dashboard.wording import _, number, share
from metrics.staffing.changes import Changes, Totals, totals
from metrics.staffing.peaks import peaks

KEYS = ("volume", "handle", "deflection", "shrinkage", "reserve", "concurrency", "queues")


def what_if_part(window: Window) -> None:
    """Draw the values to move, what comes of it, and the scenarios that were saved."""
    base = plan_in(window)
    if base.needs.frame.is_empty():
        st.info(_("Nothing is expected in these days, so nobody is needed."))
        return
    what = _values(base)
    saved = scenarios(current_actor(), data.desk())
    columns = [(_("The plan as it is"), Changes())]
    if not what.is_nothing:
        columns.append((_("What if"), what))
    columns += [(one.name, one.changes) for one in saved]
    st.header(_title(what, window), anchor="compared")
    table = compared(columns, window)
    show_table(table, name="scenarios", title=_title(what, window))
    if may_plan():
        _save(what, window)
    _saved(saved)


def _values(base: Plan) -> Changes:
    """Draw the values; what they are now is the middle of each."""
    queues = list(base.needs.rules)
    chosen = st.multiselect(
        _("For these queues (none: all)"), queues, format_func=queue_name, key="if.queues", placeholder=_("all queues")
    )
    left, middle, right = st.columns(3)
    volume = left.slider(_("Requests"), -50, 200, 0, step=5, format="%d%%", key="if.volume")
    handle = middle.slider(_("Handle time"), -50, 100, 0, step=5, format="%d%%", key="if.handle")
    deflection = right.slider(_("Led to channels that can wait"), 0, 60, 0, step=5, format="%d%%", key="if.deflection")
    told = [base.needs.rules[queue] for queue in chosen or queues]
    usual_absence, usual_reserve = (
        round(100 * max(getattr(one, name) for one in told)) for name in ("shrinkage", "reserve")
    )
    shrinkage = left.slider(
        _("Absence (shrinkage)"), 0, 60, usual_absence, format="%d%%", key=f"if.shrinkage.{usual_absence}"
    )
    reserve = middle.slider(_("Reserve"), 0, 30, usual_reserve, format="%d%%", key=f"if.reserve.{usual_reserve}")
    chats = [one.concurrency for one in told if one.work == "chat"]
    usual_chats = max(chats, default=1)
    concurrency = right.slider(
        _("Chats at once"), 1, 8, usual_chats, disabled=not chats, key=f"if.concurrency.{usual_chats}"
    )
    return Changes(
        volume / 100,
        handle / 100,
        None if shrinkage == usual_absence else shrinkage / 100,
        None if reserve == usual_reserve else reserve / 100,
        None if concurrency == usual_chats else concurrency,
        deflection / 100,
        tuple(chosen),
    )


def _title(what: Changes, window: Window) -> str:
    if what.is_nothing:
        return _("Move a value to see what it would do")
    base, then = (totals(plan_in(window, one).needs.frame, window.minutes) for one in (Changes(), what))
    difference = then.required_hours - base.required_hours
    if abs(difference) < 0.5:
        return _("It would take as many people-hours as now")
    return _(
        "It would take {n} people-hours {more}",
        n=number(abs(difference)),
        more=_("more") if difference > 0 else _("fewer"),
    )


def compared(columns: Sequence[tuple[str, Changes]], window: Window) -> pl.DataFrame:
    """One column per scenario, the plan as it is first; the rows are what each comes to."""
    rows = (
        _("Requests"),
        _("People-hours needed"),
        _("On the roster, hours"),
        _("Hours short"),
        _("Most people short"),
        _("Stretches short"),
        _("Served in time"),
        _("What it changes"),
    )
    told = {"": list(rows)}
    for name, what in columns:
        plan = plan_in(window, what)
        cells = _cells(totals(plan.needs.frame, window.minutes), plan, window, what)
        told[name if name not in told else f"{name} "] = cells
    return pl.DataFrame(told)


def _cells(sums: Totals, plan: Plan, window: Window, what: Changes) -> list[str]:
    has = plan.has_roster
    return [
        number(sums.requests),
        number(sums.required_hours),
        number(sums.rostered_hours) if has else NOTHING,
        number(sums.short_hours) if has else NOTHING,
        number(sums.worst, digits=1) if has else NOTHING,
        count(len(peaks(plan.needs.frame, window.minutes))) if has else NOTHING,
        share(sums.service, digits=1) if has and sums.service is not None else NOTHING,
        changes_words(what),
    ]


def changes_words(what: Changes) -> str:
    """What a scenario changes, in words."""
    parts = [
        _("requests {by}", by=f"{what.volume:+.0%}") if what.volume else "",
        _("handle time {by}", by=f"{what.handle:+.0%}") if what.handle else "",
        _("absent {shrinkage}", shrinkage=share(what.shrinkage, digits=0)) if what.shrinkage is not None else "",
        _("reserve {reserve}", reserve=share(what.reserve, digits=0)) if what.reserve is not None else "",
        _("{n} chats at once", n=what.concurrency) if what.concurrency is not None else "",
        _("{share} led to channels that can wait", share=share(what.deflection, digits=0)) if what.deflection else "",
    ]
    told = listed([part for part in parts if part]) or _("no change")
    return told if not what.queues else _("{what} (only {queues})", what=told, queues=queue_list(what.queues))


def _save(what: Changes, window: Window) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            _("Name of the scenario"), key="if.name", max_chars=120, placeholder=_("618 with 30 % more")
        )
        st.button(
            _("Save and compare"),
            type="primary",
            key="if.save",
            on_click=act,
            disabled=what.is_nothing or not (name or "").strip(),
            args=(_keep, lambda: _("The scenario is saved."), name, what, window),
            kwargs={"clears": ("if.name",)},
        )


def _keep(actor: Any, desk: Any, name: str, what: Changes, window: Window) -> None:
    save_scenario(actor, desk, name, what, first_day=window.first, last_day=window.last)


def _saved(found: Sequence[Scenario]) -> None:
    if not found:
        st.caption(_("No scenario is saved. A saved one stands beside the plan, whichever days are looked at."))
        return
    st.subheader(_("Saved scenarios"), anchor="scenarios")
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                _(
                    "**{name}**: {what}. Saved by {who} on {when}.",
                    name=plain(one.name),
                    what=plain(changes_words(one.changes)),
                    who=plain(_(one.made_by)),
                    when=plain(local(one.made_at, data.facts().zone)),
                ),
                width="stretch",
            )
            if may_plan():
                st.button(
                    _("Withdraw it"),
                    key=f"if.end.{one.id}",
                    on_click=act,
                    args=(_end, lambda: _("The scenario is gone."), one),
                )


def _end(actor: Any, desk: Any, one: Scenario) -> None:
    end_scenario(actor, desk, one.id, expected=one.version)
