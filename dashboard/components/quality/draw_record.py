"""The draws on the quality page: which there are, the certificate of one, making it again, reading more of it."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.hand_out import hand_out
from dashboard.components.quality.words import stratum_name
from dashboard.components.triage.meeting_state import attempted
from dashboard.format import count, local
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.quality.certificate import facts_of_draw, strata_of_draw
from dashboard.quality.draws import Draw
from dashboard.services.quality import draws as draw_service
from dashboard.services.quality import files as quality_files
from dashboard.services.quality.draws import Rerun
from dashboard.wording import _, day, share

RERUN, SHOWN = "quality.rerun", "quality.draw"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 7
"""A table with more rows than these is scrolled."""


def draw_record() -> None:
    """Draw the list of all draws, and the certificate of the one that is chosen."""
    st.header(_("Draws"), anchor="draws")
    found = draw_service.draws(current_actor(), data.desk())
    if not found:
        st.markdown(_("Nothing has been drawn yet."))
        return
    table = pl.DataFrame({
        _("Draw"): [one.id for one in found], _("Plan"): [f"{one.plan.name} v{one.plan.number}" for one in found],
        _("Answered on"): [_window(one) for one in found], _("Conversations"): [one.frame_size for one in found],
        _("Drawn"): [one.drawn for one in found], _("Drawn by"): [one.drawn_by for one in found],
        _("Replaced by draw"): [one.superseded_by for one in found],
    })  # fmt: skip
    show_table(table, name="draws", title=_("Draws"), placeholder="",
               height=280 if len(found) > ROWS_AT_ONCE else "content")  # fmt: skip
    ids = [one.id for one in found]
    if st.session_state.get(SHOWN) not in ids:
        st.session_state[SHOWN] = ids[0]
    chosen = st.selectbox(
        _("Certificate of draw"), ids, key=SHOWN, format_func=lambda one: f"{one} · {_window(found[ids.index(one)])}"
    )
    with st.container(border=True):
        _certificate(chosen)


def _window(one: Draw) -> str:
    zone = ZoneInfo(data.facts().zone)
    begin, last = one.window.start.astimezone(zone).date(), (one.window.end.astimezone(zone) - timedelta(days=1)).date()
    return day(begin) if begin == last else f"{day(begin)} – {day(last)}"


def _certificate(draw_id: int) -> None:
    """Everything that tells how a draw was made, and the way to make it again."""
    found, units = draw_service.draw_of(current_actor(), data.desk(), draw_id)
    zone = data.facts().zone
    title = _("Certificate of draw {id}", id=found.id)
    st.subheader(title, anchor=False)
    names, values = zip(*facts_of_draw(found, units, zone), strict=True)
    entries = pl.DataFrame({_("Entry"): names, _("Value"): [str(value) for value in values]})
    show_table(entries, name=f"certificate-{draw_id}", title=title, height="content")
    strata = strata_of_draw(found, units)
    coaching = found.plan.purpose == "coaching"
    table = pl.DataFrame({
        _("Stratum"): [stratum_name(one.name, coaching=coaching) for one in found.strata],
        _("Conversations"): strata["size"], _("Drawn first"): strata["initial"], _("Drawn by now"): strata["drawn"],
        _("Probability"): [share(value) for value in strata["pi"]], _("Read"): strata["reviewed"],
        _("Skipped"): strata["skipped"], _("Ineligible"): strata["ineligible"],
    })  # fmt: skip
    show_table(table, name=f"strata-{draw_id}", title=_("What was drawn from"),
               height=300 if table.height > ROWS_AT_ONCE else "content")  # fmt: skip
    with st.container(horizontal=True):
        st.button(_("Make it again and compare"), icon=":material/replay:", key=f"rerun-{draw_id}", on_click=_rerun,
                  args=(draw_id,))  # fmt: skip
        hand_out(_("Excel sheet"), partial(_sheet, draw_id), file_name=f"draw-{draw_id}.xlsx", media_type=XLSX,
                 key=f"sheet-{draw_id}")  # fmt: skip
        hand_out(_("Frame (CSV)"), partial(_frame, draw_id), file_name=f"frame-{draw_id}.csv", media_type="text/csv",
                 key=f"frame-{draw_id}")  # fmt: skip
    again: Rerun | None = st.session_state.get(RERUN)
    if again is not None and again.draw.id == draw_id:
        _compared(again)
    if reach(current_actor(), Act.DRAW_SAMPLES) and found.superseded_by is None:
        _extension(found)


def _rerun(draw_id: int) -> None:
    st.session_state[RERUN] = draw_service.rerun(current_actor(), data.desk(), draw_id, with_today=True)


def _compared(again: Rerun) -> None:
    at = local(data.facts().as_of, data.facts().zone)
    if again.is_same:
        st.success(_("The same: the frame is unchanged, and frame and seed give the same {n} conversations.",
                     n=count(again.picked)))  # fmt: skip
    else:
        frame = _("unchanged") if again.is_frame_unchanged else _("changed")
        st.error(
            _("Not the same: frame {frame}; {missing} of the conversations are not drawn now, {surplus} others are.",
              frame=frame, missing=count(len(again.missing)), surplus=count(len(again.surplus)))
        )  # fmt: skip
    if again.joined or again.left:
        st.caption(
            _("By the data as of {at} the window has {joined} conversations more and {left} fewer than the frame: "
              "loads since then have changed it. The draw stands by its frame.", at=at, joined=count(again.joined or 0),
              left=count(again.left or 0))
        )  # fmt: skip


def _extension(found: Draw) -> None:
    room = {one.name: one.size - one.drawn for one in found.strata if one.size > one.drawn}
    if not room:
        return
    coaching = found.plan.purpose == "coaching"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        where = st.selectbox(_("Read more of"), list(room), key=f"extend-{found.id}", width=320,
                             format_func=lambda name: stratum_name(name, coaching=coaching))  # fmt: skip
        more = st.number_input(_("How many"), 1, max(room[where], 1), 1, key=f"extend-n-{found.id}", width=130)
        st.button(_("Extend"), icon=":material/add:", key=f"extend-go-{found.id}", on_click=_extend,
                  args=(found.id, where, int(more)))  # fmt: skip


def _extend(draw_id: int, stratum: str, more: int) -> None:
    attempted(partial(_extended, draw_id, stratum, more))


def _extended(draw_id: int, stratum: str, more: int) -> str:
    made = draw_service.extend(current_actor(), data.desk(), draw_id, {stratum: more})
    return _("Draw {id} has {n} conversations now; what was drawn before stays.", id=draw_id, n=count(made.drawn))


def _sheet(draw_id: int) -> bytes:
    return quality_files.certificate_file(current_actor(), data.desk(), draw_id)


def _frame(draw_id: int) -> bytes:
    return quality_files.frame_file(current_actor(), data.desk(), draw_id)
