"""The buttons that hand figures and tickets out as files; none for whom the table of rights allows no files."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.people import Act, Actor, Reach, reach
from dashboard.people.current import current_actor
from dashboard.services.exports import figures_file, tickets_file
from dashboard.wording import _


def download_figures(figures: pl.DataFrame, *, name: str) -> None:
    """Draw the button for these figures; *name* is the file's and tells the button apart on its page."""
    actor = current_actor()
    if reach(actor, Act.EXPORT_FIGURES) is not Reach.NONE:
        _button(_("Download CSV"), lambda: figures_file(actor, data.desk(), figures, name=name), f"{name}.csv", name)


def download_tickets(tickets: pl.DataFrame, *, key: str) -> None:
    """Draw the button for these tickets; *key* tells it apart on its page."""
    actor: Actor = current_actor()
    if reach(actor, Act.EXPORT_TICKETS) is not Reach.NONE:
        _button(_("Download these tickets"), lambda: tickets_file(actor, data.desk(), tickets, name=key), "tickets.csv",
                f"{key}-tickets")  # fmt: skip


def _button(label: str, made: Callable[[], bytes], file_name: str, key: str) -> None:
    st.download_button(
        label, data=made, file_name=file_name, mime="text/csv", icon=":material/download:", type="tertiary",
        key=f"{key}-csv", on_click="ignore",
    )  # fmt: skip
