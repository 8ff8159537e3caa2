"""Layouts of a desk's own: a sample to begin with, the upload that is looked at, what each layout names."""

import io

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.hand_out import hand_out
from dashboard.components.loading.incoming import uploaded_one
from dashboard.components.reports.acts import done, press
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.reports.own.names import described
from dashboard.reports.own.package import LARGEST
from dashboard.reports.own.sample import sample
from dashboard.reports.writing import MEDIA_TYPE
from dashboard.services.reports.templates import keep_template, remove_template, templates
from dashboard.wording import _, instant


def layout_choice(chosen: int | None, key: str) -> int | None:
    """Draw the choice of a layout: ours, or one of the desk's own by its number."""
    kept = {found.id: found.name for found in templates(current_actor(), data.desk())}
    if not kept:
        return None
    options = [None, *kept]
    return st.selectbox(
        _("Layout"), options, index=options.index(chosen) if chosen in kept else 0, key=f"{key}-layout",
        format_func=lambda id: kept[id] if id is not None else _("Floorwalker's own"),
    )  # fmt: skip


def digest_of_layout(chosen: int | None) -> str | None:
    """By what a report names the layout that was chosen; None of ours."""
    return next((one.digest for one in templates(current_actor(), data.desk()) if one.id == chosen), None)


def draw_layouts() -> None:
    """Draw the layouts that are kept, and for whom answers for the desk the upload of another."""
    st.caption(_("A workbook of yours, with your logo and wording: the cells that it names are filled, all else stays "
                 "as it is, pictures, charts, formulas and print set-up included."))  # fmt: skip
    hand_out(_("A sample to begin with"), _sample, file_name="floorwalker-layout.xlsx", media_type=MEDIA_TYPE,
             key="layout-sample")  # fmt: skip
    found, may_keep = templates(current_actor(), data.desk()), reach(current_actor(), Act.MAKE_REPORTS) is Reach.ALL
    if not found:
        st.info(_("No layout of your own is kept yet; reports are made in Floorwalker's."))
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(one.name)}** · {_('{size} kB', size=count(round(one.size / 1000)))} · "
                        + plain(_("kept by {who}, {at}", who=one.kept_by, at=instant(one.kept_at))))  # fmt: skip
            if may_keep:
                st.button(_("Take away"), icon=":material/delete:", key=f"layout-remove-{one.id}", on_click=press,
                          args=(lambda id=one.id: _removed(id),))  # fmt: skip
    if may_keep:
        _upload()
    with st.expander(title := _("Names that are understood")):
        rows = [{_("Name"): name, _("What is put there"): told} for name, told in described()]
        show_table(pl.DataFrame(rows), name="layout-names", title=title, width="stretch")


def _upload() -> None:
    with st.form("layout-upload", clear_on_submit=True):
        st.markdown(f"**{_('Keep a layout')}**")
        name = st.text_input(_("Name of the layout"), max_chars=100)
        size = LARGEST // 1_000_000
        content = uploaded_one(_("An .xlsx workbook, up to {size} MB, without macros and links", size=size), ("xlsx",),
                               key="layout-file", megabytes=size)  # fmt: skip
        if st.form_submit_button(_("Look at it and keep it"), type="primary", icon=":material/upload:"):
            if content is None:
                st.warning(_("Choose a workbook first."))
                return
            done(lambda: _kept(name, content))
            st.rerun()


def _kept(name: str, content: bytes) -> str:
    looked = keep_template(current_actor(), data.desk(), name, content)
    said = _("The layout is kept; it names {n} places.", n=len(looked.names))
    if looked.unknown:
        said += " " + _("Names that usual reports have nothing for: {names}.", names=", ".join(looked.unknown))
    return said


def _removed(id: int) -> str:
    remove_template(current_actor(), data.desk(), id)
    return _("The layout is offered no more; schedules that used it go on in Floorwalker's own.")


def _sample() -> bytes:
    made = io.BytesIO()
    sample().save(made)
    return made.getvalue()
