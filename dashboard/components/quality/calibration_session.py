"""One calibration: who is how far, the next step, and after the reveal what was read differently, by whom and why."""

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality.words import criterion_name
from dashboard.components.text import plain
from dashboard.components.triage.meeting_state import attempted
from dashboard.format import NOTHING, count, listed, local
from dashboard.navigation import PAGES
from dashboard.people.current import current_actor
from dashboard.quality.calibrations import Calibration, Item
from dashboard.services.quality import calibration as service
from dashboard.wording import N_, _, number
from metrics.quality.agreement import alike, drift

STATES = {
    "planned": N_("planned"), "open": N_("open, blind"), "locked": N_("locked, blind"), "revealed": N_("revealed"),
    "agreed": N_("agreed on"), "closed": N_("ended"),
}  # fmt: skip
BLIND = N_("Until the reveal nobody sees what the others gave, on no page and in no file.")


def draw_session(one: Calibration, *, may: bool) -> None:
    """Draw one session: what was given only after the reveal."""
    st.subheader(f"{plain(one.name)} · {_(STATES[one.state])}", anchor=False)
    zone = data.facts().zone
    due = _("due {at}", at=local(one.due_at, zone)) if one.due_at else _("no time set")
    expert = _("expert: {name}", name=one.expert) if one.expert else _("no expert")
    st.caption(" · ".join([_("{n} conversations", n=count(len(one.items))), due, expert, one.planned_by]))
    if one.state in ("open", "locked"):
        _progress(one)
    if may:
        _steps(one)
    if one.is_revealed:
        _revealed(one, may=may)
    elif one.state in ("open", "locked"):
        st.caption(_(BLIND))


def _progress(one: Calibration) -> None:
    """How far everybody is, and where he reads."""
    for name, column in zip(one.participants, st.columns(len(one.participants)), strict=True):
        done = one.done.get(name, 0)
        column.progress(done / max(len(one.items), 1), text=f"{plain(name)} {count(done)}/{count(len(one.items))}")
    if one.state == "open" and current_actor().name in one.participants:
        left = len(one.items) - one.done.get(current_actor().name, 0)
        if left:
            st.page_link(PAGES / "review.py", icon=":material/rate_review:",
                         label=_("Read your {n} in the review room", n=count(left)))  # fmt: skip


def _steps(one: Calibration) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if one.state == "planned":
            _step(one, _("Let them read"), service.start, ":material/play_arrow:")
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
    if given.is_empty():
        st.markdown(_("Nobody had read anything when it was locked."))
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _lines(one, given)
    with right:
        _readers(one, given)
    same = 0
    for item in one.items:
        rows = given.filter(pl.col("unit") == item.unit)
        apart = rows.group_by("criterion").agg(pl.col("value").n_unique()).filter(pl.col("value") > 1)["criterion"]
        if apart.is_empty() and item.consensus:
            same += 1
            continue
        title = _("{ticket}: lines read differently: {n}", ticket=item.ticket_id, n=count(apart.len()))
        with st.expander(title, expanded=not item.consensus):
            _one_conversation(one, item, rows, frozenset(apart), may=may)
    if same:
        st.caption(_("{n} more conversations were read alike on every line.", n=count(same)))


def _lines(one: Calibration, given: pl.DataFrame) -> None:
    """On which lines they read alike: as counts, for a session is too few for shares."""
    told = alike(given.rename({"unit": "conversation", "criterion": "question", "reviewer": "reader"}))
    apart = told.filter(pl.col("alike") < pl.col("conversations"))
    if apart.is_empty():
        st.markdown(_("All read every line alike."))
        return
    names = listed([f"“{criterion_name(code)}”" for code in apart["question"].head(2)])
    title = _("Talk about {lines} first: read differently most often.", lines=names)
    st.markdown(f"**{title}**")
    table = pl.DataFrame({
        _("Criterion"): [criterion_name(code) for code in apart["question"]],
        _("Read alike"): [_("{n} of {all}", n=count(n), all=count(whole))
                          for n, whole in apart.select("alike", "conversations").iter_rows()],
        _("Failed by some only"): [count(n) for n in apart["failed_by_some"]],
    })  # fmt: skip
    show_table(table, name=f"calibration-{one.id}-lines", title=title)


def _readers(one: Calibration, given: pl.DataFrame) -> None:
    """Who gave more or less than the others on the same conversations."""
    rated = given.select(conversation=pl.col("unit").cast(pl.String), question="criterion", reader="reviewer",
                         value="value", period=pl.lit(""))  # fmt: skip
    told = drift(rated)
    title = _("More (+) or less (−) than the others, in points")
    st.markdown(f"**{title}**")
    table = pl.DataFrame({
        _("Inspector"): told["reader"], _("Points"): [signed(value) for value in told["value"]],
        _("Comparisons"): [count(n) for n in told["answers"]],
    })  # fmt: skip
    show_table(table, name=f"calibration-{one.id}-readers", title=title)


def signed(value: float) -> str:
    """A difference of values in points, with its sign."""
    points = number(abs(100 * value), digits=1)
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{points}"


def _one_conversation(
    one: Calibration, item: Item, given: pl.DataFrame, apart: frozenset[str], *, may: bool
) -> None:  # fmt: skip
    st.page_link(PAGES / "ticket.py", label=_("Open the conversation"), icon=":material/open_in_new:",
                 query_params={"source": item.source, "ticket": item.ticket_id})  # fmt: skip
    rows = given.filter(pl.col("criterion").is_in(sorted(apart)))
    if not rows.is_empty():
        _table(item, rows)
        for row in rows.filter(pl.col("comment") != "").iter_rows(named=True):
            st.text(f"{criterion_name(row['criterion'])} · {row['reviewer']}: {row['comment']}")
    if item.consensus:
        _agreed(item, apart)
    elif may and one.state != "closed":
        same = given.filter(~pl.col("criterion").is_in(sorted(apart)))
        _consensus(one, item, sorted(apart), dict(same.select("criterion", "value").iter_rows()))


def _table(item: Item, rows: pl.DataFrame) -> None:
    """What everybody gave on the lines that were read differently."""
    shown = rows.select(
        pl.Series(_("Criterion"), [criterion_name(code) for code in rows["criterion"]], dtype=pl.String),
        pl.Series("value", [_value(value) for value in rows["value"]], dtype=pl.String), "reviewer",
    )  # fmt: skip
    table = shown.pivot("reviewer", index=_("Criterion"), values="value", maintain_order=True)
    show_table(table, name=f"calibration-item-{item.unit}", title=item.ticket_id)


def _agreed(item: Item, apart: frozenset[str]) -> None:
    told = {code: item.consensus.get(code) for code in sorted(apart)}
    agreed = listed([f"{criterion_name(code)}: {_value(value)}" for code, value in told.items()])
    st.markdown(_("Agreed: {what}", what=agreed) + (f" · {plain(item.note)}" if item.note else ""))


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
        note = st.text_input(_("Why"), max_chars=service.NOTE_CHARACTERS, key=f"consensus-{item.unit}-note")
        if st.form_submit_button(_("Keep what was agreed"), type="primary"):
            said = {**same, **chosen}
            _did(partial(service.agree, current_actor(), data.desk(), one.id, one.version, unit=item.unit,
                         consensus=said, note=note))  # fmt: skip
            st.rerun()
