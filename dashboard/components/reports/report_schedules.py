"""Reports that go out by themselves: what goes when to whom, and what became of the mails."""

from collections.abc import Callable
from datetime import datetime

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.reports.acts import press
from dashboard.components.reports.report_archive import MAIL_STATES
from dashboard.components.reports.schedule_form import in_words, schedule_form, weekday
from dashboard.components.text import plain
from dashboard.format import listed
from dashboard.language import speak
from dashboard.people import SERVER
from dashboard.people.current import current_actor
from dashboard.reports.asked import KINDS, days_in_words
from dashboard.services.reports.due import want_now
from dashboard.services.reports.mailing_apart import send_beside
from dashboard.services.reports.mails import Mail, mails, next_days
from dashboard.services.reports.schedules import (
    NO_MAIL,
    Schedule,
    has_mail_server,
    pause_schedule,
    people_offered,
    remove_schedule,
    schedules,
)
from dashboard.wording import LANGUAGES, _, instant

LIVE_SECONDS = 2.0
UNDER_WAY = ("waiting", "making", "handing")


def draw_schedules() -> None:
    """Draw every schedule that the reader may see, and the form for another one."""
    actor, desk = current_actor(), data.desk()
    st.caption(_("A report goes out at its hour, also while nobody looks at a page, as long as the server runs."))
    if not has_mail_server(actor, desk):
        st.warning(_(NO_MAIL))
    found, ahead = schedules(actor, desk), next_days(actor, desk)
    if not found:
        st.info(_("No report goes out by itself yet."))
    for one in found:
        with st.container(border=True):
            _draw(one, ahead[one.id])
    with st.expander(_("Add a schedule"), icon=":material/add:", expanded=not found):
        schedule_form(None)


def _draw(one: Schedule, ahead: datetime) -> None:
    left, right = st.columns([3, 1], vertical_alignment="top")
    with left:
        st.markdown(f"**{plain(one.name)}** · {plain(_(KINDS[one.timing.kind]))} · {plain(when(one))}")
        state = _("next on {at}", at=instant(ahead)) if one.is_on else _("paused")
        st.caption(plain(" · ".join([state, _to(one), in_words(one.where), LANGUAGES[one.language]])))
    with right:
        _button(_("Pause") if one.is_on else _("Go on"), one, "pause",
                ":material/pause:" if one.is_on else ":material/play_arrow:", lambda: _pause(one))  # fmt: skip
    st.fragment(_mails, run_every=LIVE_SECONDS if _is_live(one) else None)(one.id)
    with st.expander(_("Change, send now, take away")):
        schedule_form(one)
        st.divider()
        columns = st.columns(3)
        with columns[0]:
            _button(_("Send to everybody now"), one, "now", ":material/send:", lambda: _send(one, None))
        with columns[1]:
            if (me := _me(one)) is not None:
                told = _("Send to the first address only") if one.addresses else _("Send to me only, as a test")
                _button(told, one, "test", ":material/science:", lambda: _send(one, [me]))
        with columns[2], st.popover(_("Take away"), icon=":material/delete:"):
            st.write(_("Nothing more goes out; what went stays in the archive."))
            _button(_("Take this schedule away"), one, "remove", ":material/delete:", lambda: _remove(one))


def when(one: Schedule) -> str:
    """On which day at which hour."""
    timing, hour = one.timing, f"{one.timing.minute // 60:02d}:{one.timing.minute % 60:02d}"
    if timing.kind == "weekly":
        told = _("{weekday}, {hour}", weekday=weekday(timing.day), hour=hour)
    elif timing.kind == "monthly":
        told = _("day {day} of the month, {hour}", day=timing.day, hour=hour)
    else:
        told = _("day {day} of the quarter's first month, {hour}", day=timing.day, hour=hour)
    return f"{told} · {_('or the next working day')}" if timing.on_working_days else told


def _to(one: Schedule) -> str:
    offered = people_offered(current_actor(), data.desk()) or {}
    gone = _("somebody who may not have it any more")
    names = [*(offered.get(id, gone) for id in one.people), *one.addresses]
    return _("to {names}", names=listed(names))


def _me(one: Schedule) -> str | None:
    """Whom a test goes to: the reader where he can get reports, else the first address."""
    me = current_actor().id
    if me is not None:
        return f"person:{me}" if me in (people_offered(current_actor(), data.desk()) or {}) else None
    return f"address:{one.addresses[0]}" if one.addresses else None


def _is_live(one: Schedule) -> bool:
    return any(mail.state in UNDER_WAY for mail in mails(current_actor(), data.desk(), one.id))


def _mails(id: int) -> None:
    """The last mails: to whom, about which days, what became of each."""
    speak()
    found = mails(current_actor(), data.desk(), id)
    if not found:
        st.caption(_("No mail went yet."))
        return
    title = _("Last mails: {told}", told=_summed(found))
    with st.expander(title, expanded=any(_is_bad(one) for one in found)):
        show_table(pl.DataFrame([_row(one) for one in found]), name=f"report-mails-{id}", title=title, width="stretch")


def _summed(found: tuple[Mail, ...]) -> str:
    counts = {state: sum(one.state == state for one in found) for state in MAIL_STATES}
    return ", ".join(f"{_(MAIL_STATES[state])} {n}" for state, n in counts.items() if n)


def _is_bad(one: Mail) -> bool:
    return one.state in ("failed", "given_up", "uncertain")


def _row(one: Mail) -> dict[str, object]:
    became = f"{_(MAIL_STATES[one.state])}: {one.error}" if one.error else _(MAIL_STATES[one.state])
    return {
        _("When"): instant(one.at), _("To"): one.to, _("Days"): days_in_words(one.asked.period),
        _("What became of it"): became, _("Tries"): one.tries, _("Report number"): one.report_id,
        _("By hand"): _("yes") if one.is_by_hand else _("no"),
    }  # fmt: skip


def _button(label: str, one: Schedule, name: str, icon: str, act: Callable[[], str]) -> None:
    st.button(label, icon=icon, key=f"schedule-{name}-{one.id}", width="stretch", on_click=press, args=(act,))


def _pause(one: Schedule) -> str:
    pause_schedule(current_actor(), data.desk(), one.id, not one.is_on, version=one.version)
    return _("Nothing goes out until you let it go on.") if one.is_on else _("It goes out again from now on.")


def _send(one: Schedule, only: list[str] | None) -> str:
    count = want_now(current_actor(), data.desk(), one.id, only=only)
    send_beside(SERVER, data.desk())
    return _("Mails on their way: {n}. The list of mails tells what becomes of them.", n=count)


def _remove(one: Schedule) -> str:
    remove_schedule(current_actor(), data.desk(), one.id, version=one.version)
    return _("The schedule is gone.")
