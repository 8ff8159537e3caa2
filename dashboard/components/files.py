"""The menu that hands a table or chart out as a file; none for whom the table of rights allows no files.

A file is made when it is chosen, for who chose it, and what makes it is imported then. A picture is made by his
browser, which has the chart already.
"""

from collections.abc import Mapping
from functools import partial

import polars as pl
import streamlit as st

from dashboard import language
from dashboard.charts.drawing import Chart
from dashboard.components.own_parts import own_part
from dashboard.components.takeaway import Takeaway
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.wording import N_, _

FILES: Mapping[str, str] = {"xlsx": N_("Excel workbook (xlsx)"), "csv": N_("Text (csv)")}
PICTURES: Mapping[str, str] = {"png": N_("Picture (png)"), "svg": N_("Drawing (svg)")}


def download_figures(
    figures: pl.DataFrame, *, name: str, title: str = "", chart: Chart | None = None, metric_id: str = "",
    definition: str = "",
) -> None:  # fmt: skip
    """Draw the menu for these figures; *name* is the file's and tells the menu apart on its page."""
    download(Takeaway(name, title or name, figures, chart, metric_id, definition=definition))


def download_tickets(tickets: pl.DataFrame, *, key: str, title: str = "") -> None:
    """Draw the menu for these tickets; *key* tells it apart on its page."""
    download(Takeaway(f"{key}-tickets", title or _("Tickets"), tickets, of_tickets=True))


def download(one: Takeaway) -> None:
    """Draw the menu."""
    if reach(current_actor(), Act.EXPORT_TICKETS if one.of_tickets else Act.EXPORT_FIGURES) is Reach.NONE:
        return
    forms = FILES if one.chart is None else {**FILES, **PICTURES}
    names = {form: _(text) for form, text in forms.items()}
    key = f"{one.name}-file"
    st.menu_button(
        _("Download these tickets") if one.of_tickets else _("Download"), list(names), format_func=names.__getitem__,
        icon=":material/download:", type="tertiary", key=key, on_click=partial(_chosen, one, key),
    )  # fmt: skip
    if (asked := st.session_state.pop(_picture_key(one), None)) is not None:
        own_part("picture")(key=f"{one.name}-{asked['token']}", data=asked)


def _chosen(one: Takeaway, key: str) -> None:
    from dashboard.components.taking_home import hand_over_file, picture_of

    form = str(st.session_state.get(key))
    language.speak()
    if form in PICTURES and one.chart is not None:
        st.session_state[_picture_key(one)] = picture_of(one, one.chart, "svg" if form == "svg" else "png")
    elif form in FILES:
        hand_over_file(one, form)


def _picture_key(one: Takeaway) -> str:
    return f"{one.name}-picture"
