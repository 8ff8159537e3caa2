"""What an act wants to know: to whom, until when, what was tried and promised, what was decided and why."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.components.triage.acts import act_of_form
from dashboard.components.triage.read import assignable, queue
from dashboard.components.triage.state import Form, close_form, opened
from dashboard.components.triage.words import ACTS
from dashboard.format import count, listed, local
from dashboard.language import speak
from dashboard.people.named import called
from dashboard.triage.codes import DECISIONS, REASONS
from dashboard.triage.items import CHARACTERS, HandOver
from dashboard.triage.now import now
from dashboard.triage.states import WAITING_FOR, Action
from dashboard.wording import N_, _

PREFIX = "triage-form."
MORNING, NOON = time(9), time(14)
UNTIL = {
    "hour": N_("in one hour"),
    "three_hours": N_("in three hours"),
    "morning": N_("tomorrow at 9:00"),
    "monday": N_("on Monday at 9:00"),
    "own": N_("at a time of my own"),
}
ALL_NEEDED = N_(
    "All three are needed: who takes it on must know what was tried, what the customer was told and what comes next."
)


def form() -> None:
    """Draw the form that is open."""
    now_open = opened()
    if now_open is None or now_open.name not in FORMS:
        return
    with st.container(border=True, key="triage-form"):
        st.markdown(f"**{_(ACTS[now_open.name])}** · {_for_whom(now_open)}")
        with st.form(f"triage-form-{now_open.name}", border=False, enter_to_submit=True):
            FORMS[now_open.name](now_open)
            with st.container(horizontal=True, gap="small"):
                st.form_submit_button(_("Do it"), type="primary", on_click=_submit, args=(now_open,))
        st.button(f"{_('Leave it')} `Esc`", key="triage-cancel", type="tertiary", on_click=close_form)


def _for_whom(form: Form) -> str:
    known = dict(queue().select("id", "ticket_id").iter_rows())
    names = [plain(known.get(item, str(item))) for item, _version in form.targets]
    return listed(names) if len(names) <= 3 else _("{n} items", n=count(len(names)))


def _assign(_form: Form) -> None:
    words = {row["owner"]: _load_words(row) for row in assignable().iter_rows(named=True)}
    st.selectbox(_("To whom"), list(words), key=PREFIX + "owner", format_func=words.__getitem__, index=None,
                 placeholder=_("choose a person; beside each name stands what they have already"))  # fmt: skip


def _load_words(row: Mapping[str, Any]) -> str:
    if not row["open"]:
        return _("{name}: nothing open", name=called(row["owner"]))
    told = _("{name}: {open} open", name=called(row["owner"]), open=count(row["open"]))
    late = _(", {n} overdue", n=count(row["late"])) if row["late"] else ""
    return told + late


def _snooze(form: Form) -> None:
    due = _next_deadline(form)
    if due is not None:
        st.caption(_("The next deadline is {at}; nothing can be put off beyond it.", at=local(due, _zone())))
    st.selectbox(_("Put off until"), list(UNTIL), key=PREFIX + "until", format_func=lambda one: _(UNTIL[one]))
    _instant(_("A time of my own"), "own")


def _next_deadline(form: Form) -> datetime | None:
    wanted = [item for item, _version in form.targets]
    found = queue().filter(pl.col("id").is_in(wanted), pl.col("due_at") > now())["due_at"].min()
    return found if isinstance(found, datetime) else None


def _instant(label: str, name: str, *, ahead: timedelta = timedelta(hours=1)) -> None:
    """Draw a day and a time in the desk's zone."""
    start = (now() + ahead).astimezone(ZoneInfo(_zone())).replace(tzinfo=None, second=0, microsecond=0)
    st.datetime_input(label, value=start, key=PREFIX + name, format="YYYY-MM-DD")


def _wait(_form: Form) -> None:
    st.selectbox(_("Waiting for"), WAITING_FOR, key=PREFIX + "waiting_for",
                 format_func=lambda one: _(f"triage.waiting.{one}"))  # fmt: skip
    _instant(_("Next news at"), "next_update_at", ahead=timedelta(hours=4))


def _escalate(_form: Form) -> None:
    st.caption(_(ALL_NEEDED))
    _text(_("What was tried"), "tried")
    _text(_("What the customer was told"), "told")
    _text(_("What was promised next"), "promised")


def _tell(_form: Form) -> None:
    _text(_("What the customer was told"), "told")
    _text(_("What was promised next"), "promised")


def _text(label: str, name: str) -> None:
    st.text_area(label, key=PREFIX + name, max_chars=CHARACTERS, height=80)


def _resolve(_form: Form) -> None:
    st.selectbox(_("Decision"), DECISIONS, key=PREFIX + "decision", index=None, placeholder=_("choose"),
                 format_func=lambda one: _(f"triage.decision.{one}"))  # fmt: skip
    st.selectbox(_("Why it came so far"), REASONS, key=PREFIX + "reason", index=None, placeholder=_("choose"),
                 format_func=lambda one: _(f"triage.reason.{one}"))  # fmt: skip


def _merge(form: Form) -> None:
    mine = {item for item, _version in form.targets}
    others = {row["id"]: f"{row['ticket_id']} · {row['source']}"
              for row in queue().filter(~pl.col("id").is_in(mine)).iter_rows(named=True)}  # fmt: skip
    st.selectbox(_("Belongs to"), list(others), key=PREFIX + "into", format_func=others.__getitem__, index=None,
                 placeholder=_("choose the item that goes on"))  # fmt: skip


FORMS: Mapping[Action, Callable[[Form], None]] = {
    "assign": _assign, "snooze": _snooze, "wait": _wait, "escalate": _escalate, "tell": _tell, "resolve": _resolve,
    "merge": _merge,
}  # fmt: skip


def _submit(form: Form) -> None:
    speak()
    act_of_form(form.name, form.targets, _what(form.name))


def _what(name: Action) -> dict[str, Any]:
    """What was filled in, as the service wants it; what is missing the service tells."""
    typed = {str(key).removeprefix(PREFIX): value for key, value in st.session_state.items()
             if str(key).startswith(PREFIX)}  # fmt: skip
    words = {one: str(typed.get(one) or "") for one in ("tried", "told", "promised")}
    match name:
        case "snooze":
            return {"until": _until(str(typed.get("until")), typed.get("own"))}
        case "wait":
            return {"waiting_for": typed.get("waiting_for"), "next_update_at": _utc(typed.get("next_update_at"))}
        case "escalate":
            return {"note": HandOver(words["tried"], words["told"], words["promised"])}
        case "tell":
            return {"told": words["told"], "promised": words["promised"]}
        case "assign":
            return {"owner": typed.get("owner") or ""}
        case "merge":
            return {"into": typed.get("into")}
        case _:
            return {one: typed.get(one) or "" for one in ("decision", "reason")}


def _until(named: str, own: object) -> datetime | None:
    at = now()
    here = at.astimezone(ZoneInfo(_zone()))
    match named:
        case "hour":
            return at + timedelta(hours=1)
        case "three_hours":
            return at + timedelta(hours=3)
        case "morning":
            return datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo)
        case "monday":
            return datetime.combine(here.date() + timedelta(days=7 - here.weekday()), MORNING, here.tzinfo)
        case _:
            return _utc(own)


def _utc(typed: object) -> datetime | None:
    """What was typed in the desk's zone."""
    return typed.replace(tzinfo=ZoneInfo(_zone())) if isinstance(typed, datetime) else None


def _zone() -> str:
    return data.facts().zone
