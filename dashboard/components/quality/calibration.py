"""The third part of the quality page: how far inspectors agree, and calibrations from the plan to the agreement."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.files import download_figures
from dashboard.components.numbers import grouped
from dashboard.components.quality.words import criterion_name
from dashboard.components.triage.meeting_state import attempted, told
from dashboard.format import NOTHING, count, listed, local
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.calibrations import Calibration, Item
from dashboard.services.quality import calibration as service
from dashboard.services.quality import sampling_plans
from dashboard.services.quality.calibration import Agreed
from dashboard.triage.now import now
from dashboard.wording import N_, _, number, share
from metrics.quality.agreement import ENOUGH, Agreement

STATES = {
    "planned": N_("planned"), "open": N_("open, blind"), "locked": N_("locked, blind"), "revealed": N_("revealed"),
    "agreed": N_("agreed on"), "closed": N_("ended"),
}  # fmt: skip
BANDS = {"fine": N_("fine"), "discuss": N_("talk about it"), "rewrite": N_("rewrite the line")}
WEEK = 7


def draw_calibration() -> None:
    """Draw the agreement of inspectors and the calibrations."""
    told()
    with st.container(border=True):
        _agreement(service.agreed(current_actor(), data.desk()))
    st.header(_("Calibrations"), anchor="calibrations")
    found = service.calibrations(current_actor(), data.desk())
    may = bool(reach(current_actor(), Act.CALIBRATE))
    if not found:
        st.markdown(
            _("No calibration yet: several inspectors read the same conversations, each without knowing what the "
              "others gave, and then agree on one reading.")
        )  # fmt: skip
    for one in found:
        with st.container(border=True):
            _calibration(one, may=may)
    if may:
        with st.expander(_("New calibration"), icon=":material/add:"):
            _form()


def _agreement(seen: Agreed) -> None:
    enough = {name: one for name, one in seen.questions.items() if one.is_enough}
    st.header(_agreement_title(seen, len(enough)), anchor="agreement")
    st.caption(
        _("Hidden second readings and revealed calibrations of the last three months, by what was given first. AC1 "
          "holds where nearly all passes; agreement on failures says how many that anybody failed all failed. Below "
          "{n} conversations nothing is said.", n=ENOUGH)
    )  # fmt: skip
    if seen.questions:
        table = pl.DataFrame([_agreement_row(name, one) for name, one in seen.questions.items()])
        st.dataframe(table, hide_index=True, placeholder=NOTHING, column_config=grouped(table))
        download_figures(_figures(seen), name="quality-agreement")
    left, right = st.columns(2)
    with left:
        _biases(seen)
    with right:
        _drift(seen)


def _agreement_title(seen: Agreed, enough: int) -> str:
    if not enough:
        return _("Too few conversations were read twice to say how far inspectors agree.")
    if not seen.rewrite:
        return _("Inspectors agree well enough on every line that was read often enough.")
    names = listed([criterion_name(name) for name in seen.rewrite])
    return _("Rewrite {lines}: inspectors read it too differently.", lines=names)


def _agreement_row(name: str, one: Agreement) -> dict[str, object]:
    quiet = not one.is_enough
    fails = (
        _("{all} of {any}", all=count(one.failed_by_all), any=count(one.failed_by_any))
        if one.failed_by_any
        else NOTHING
    )
    return {
        _("Criterion"): criterion_name(name), _("Read twice"): one.conversations,
        _("Raw agreement"): NOTHING if quiet or one.raw is None else share(one.raw, digits=0),
        _("Gwet’s AC1"): NOTHING if quiet else _interval(one),
        _("Krippendorff’s alpha"): NOTHING if quiet or one.alpha is None else number(one.alpha, digits=2),
        _("All failed what anybody failed"): NOTHING if quiet else fails,
        _("What to do"): "" if one.band is None else _(BANDS[one.band]),
    }  # fmt: skip


def _interval(one: Agreement) -> str:
    if one.ac1 is None or one.ac1_low is None or one.ac1_high is None:
        return NOTHING
    low, high = number(one.ac1_low, digits=2), number(one.ac1_high, digits=2)
    return _("{value} ({low} to {high})", value=number(one.ac1, digits=2), low=low, high=high)


def _figures(seen: Agreed) -> pl.DataFrame:
    return pl.DataFrame([
        {"criterion": name, "conversations": one.conversations, "raw": one.raw, "ac1": one.ac1, "ac1_low": one.ac1_low,
         "ac1_high": one.ac1_high, "alpha": one.alpha, "failed_by_any": one.failed_by_any,
         "failed_by_all": one.failed_by_all}
        for name, one in seen.questions.items() if one.is_enough
    ])  # fmt: skip


def _biases(seen: Agreed) -> None:
    st.subheader(_("Against the expert"), anchor=False)
    if not seen.biases:
        st.markdown(_("That needs a revealed calibration with an expert."))
        return
    table = pl.DataFrame({
        _("Inspector"): [one.reader for one in seen.biases], _("Answers"): [one.answers for one in seen.biases],
        _("Gives more (+) or less (−), in points"): [_signed(one.value) for one in seen.biases],
        _("From chance alone"): [
            "" if one.low is None or one.high is None else _("possible") if one.low <= 0 <= one.high else _("hardly")
            for one in seen.biases
        ],
    })  # fmt: skip
    st.dataframe(table, hide_index=True)


def _signed(value: float) -> str:
    points = number(abs(100 * value), digits=1)
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{points}"


def _drift(seen: Agreed) -> None:
    st.subheader(_("Drift, month by month"), anchor=False)
    rows = seen.drift.filter(pl.col("answers") >= ENOUGH)
    if rows.is_empty():
        st.markdown(_("That needs more second readings."))
        return
    st.caption(_("What an inspector gave more (+) or less (−) than whoever read the same, in points."))
    signed = pl.Series("value", [_signed(value) for value in rows["value"]], dtype=pl.String)
    wide = rows.with_columns(signed).pivot("period", index="reader", values="value")
    st.dataframe(wide.rename({"reader": _("Inspector")}), hide_index=True, placeholder=NOTHING)


def _calibration(one: Calibration, *, may: bool) -> None:
    """One session: who is how far, and the next step; what was given only after the reveal."""
    st.subheader(f"{one.name} · {_(STATES[one.state])}", anchor=False)
    zone = data.facts().zone
    due = _("due {at}", at=local(one.due_at, zone)) if one.due_at else _("no time set")
    expert = _("expert: {name}", name=one.expert) if one.expert else _("no expert")
    st.caption(" · ".join([_("{n} conversations", n=count(len(one.items))), due, expert, one.planned_by]))
    st.markdown(" · ".join(f"{name} {one.done.get(name, 0)}/{len(one.items)}" for name in one.participants))
    if may:
        _steps(one)
    if one.is_revealed:
        _revealed(one, may=may)
    elif one.state in ("open", "locked"):
        st.caption(_("Until the reveal nobody sees what the others gave, on no page and in no file."))


def _steps(one: Calibration) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if one.state == "planned":
            _step(one, _("Begin"), service.start, ":material/play_arrow:")
        if one.state == "open":
            early = not one.is_all_in and st.checkbox(_("Lock early"), key=f"early-{one.id}")
            _step(one, _("Lock"), partial(service.lock, early=early), ":material/lock:")
        if one.state == "locked":
            _step(one, _("Reveal"), service.reveal, ":material/visibility:")
        if one.state in ("revealed", "agreed"):
            _step(one, _("Close"), service.close, ":material/done_all:")


def _step(one: Calibration, label: str, act: Callable[..., Calibration], icon: str) -> None:
    st.button(label, icon=icon, key=f"calibration-{one.id}-{one.state}-{label}", on_click=_did, type="primary",
              args=(partial(act, current_actor(), data.desk(), one.id, one.version),))  # fmt: skip


def _did(act: Callable[[], Calibration]) -> None:
    def done() -> None:
        act()

    attempted(done)


def _revealed(one: Calibration, *, may: bool) -> None:
    given = service.given(current_actor(), data.desk(), one.id)
    for item in one.items:
        rows = given.filter(pl.col("unit") == item.unit)
        apart = rows.group_by("criterion").agg(pl.col("value").n_unique()).filter(pl.col("value") > 1)["criterion"]
        title = _("{ticket}: {n} lines read differently", ticket=item.ticket_id, n=count(apart.len()))
        with st.expander(title, expanded=bool(apart.len()) and not item.consensus):
            _one_conversation(one, item, rows, frozenset(apart), may=may)


def _one_conversation(
    one: Calibration, item: Item, given: pl.DataFrame, apart: frozenset[str], *, may: bool
) -> None:  # fmt: skip
    rows = given.filter(pl.col("criterion").is_in(sorted(apart)))
    if not rows.is_empty():
        shown = rows.with_columns(
            pl.Series(_("Criterion"), [criterion_name(code) for code in rows["criterion"]], dtype=pl.String),
            pl.Series("value", [_value(value) for value in rows["value"]], dtype=pl.String),
        )
        table = shown.pivot("reviewer", index=_("Criterion"), values="value")
        st.dataframe(table, hide_index=True, placeholder=NOTHING)
    if item.consensus:
        told = item.consensus if not apart else {code: item.consensus.get(code) for code in sorted(apart)}
        agreed = listed([f"{criterion_name(code)}: {_value(value)}" for code, value in told.items()])
        st.markdown(_("Agreed: {what}", what=agreed) + (f" · {item.note}" if item.note else ""))
    elif may and one.state != "closed":
        same = given.filter(~pl.col("criterion").is_in(sorted(apart)))
        _consensus(one, item, sorted(apart), dict(same.select("criterion", "value").iter_rows()))


def _value(value: float | None) -> str:
    return NOTHING if value is None else number(value, digits=1 if value == 0.5 else 0)


def _consensus(one: Calibration, item: Item, codes: list[str], same: dict[str, float | None]) -> None:
    """What all agreed on, of the lines that were read differently; of the others it is what all gave."""
    with st.form(f"consensus-{one.id}-{item.unit}", border=False):
        chosen = {
            code: st.segmented_control(criterion_name(code), [0.0, 0.5, 1.0], format_func=_value,
                                       key=f"consensus-{item.unit}-{code}")
            for code in codes
        }  # fmt: skip
        note = st.text_input(_("Why"), max_chars=service.NOTE_CHARACTERS)
        if st.form_submit_button(_("Keep what was agreed"), type="primary"):
            said = {**same, **chosen}
            _did(partial(service.agree, current_actor(), data.desk(), one.id, one.version, unit=item.unit,
                         consensus=said, note=note))  # fmt: skip
            st.rerun()


def _form() -> None:
    people = sampling_plans.who_can_read(current_actor(), data.desk())
    if len(people) < 2:
        st.info(
            _("A calibration needs the accounts of two inspectors at least; an administrator makes them on “People”.")
        )
        return
    with st.form("new-calibration", border=False):
        name = st.text_input(_("Name of the calibration"))
        tickets = st.text_area(_("Conversations, one number per line"), height=120)
        who = st.multiselect(_("Inspectors"), people)
        expert = st.selectbox(_("Expert (may be nobody)"), people, index=None)
        days = st.number_input(_("Days to read"), 1, 60, WEEK)
        if st.form_submit_button(_("Plan"), type="primary"):
            due = now() + timedelta(days=int(days))
            attempted(partial(_planned, name, tickets, who, expert, due))
            st.rerun()


def _planned(name: str, tickets: str, who: list[str], expert: str | None, due: datetime) -> str:
    wanted = [line.strip() for line in tickets.splitlines() if line.strip()]
    known = data.readable().tickets.filter(pl.col("ticket_id").is_in(wanted)).select("ticket_id", "source")
    sources = dict(known.iter_rows())
    service.plan(current_actor(), data.desk(), name=name, participants=who, expert=expert, due_at=due,
                 conversations=[(sources.get(one, "?"), one) for one in wanted])  # fmt: skip
    return _("Planned. Begin when everybody knows of it.")
