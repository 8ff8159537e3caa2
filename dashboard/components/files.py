"""The buttons that hand figures and tickets out as files; none for whom the table of rights allows no files."""

from collections.abc import Callable

import polars as pl

from dashboard import data
from dashboard.components.hand_out import hand_out
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.services.analysis.exports import figures_file, tickets_file
from dashboard.wording import _


def download_figures(figures: pl.DataFrame, *, name: str) -> None:
    """Draw the button for these figures; *name* is the file's and tells the button apart on its page."""

    def made() -> bytes:
        return figures_file(current_actor(), data.desk(), figures, name=name)

    if reach(current_actor(), Act.EXPORT_FIGURES) is not Reach.NONE:
        _button(_("Download CSV"), made, f"{name}.csv", name)


def download_tickets(tickets: pl.DataFrame, *, key: str) -> None:
    """Draw the button for these tickets; *key* tells it apart on its page."""

    def made() -> bytes:
        return tickets_file(current_actor(), data.desk(), tickets, name=key)

    if reach(current_actor(), Act.EXPORT_TICKETS) is not Reach.NONE:
        _button(_("Download these tickets"), made, "tickets.csv", f"{key}-tickets")


def _button(label: str, made: Callable[[], bytes], file_name: str, key: str) -> None:
    hand_out(label, made, file_name=file_name, media_type="text/csv", kind="tertiary", key=f"{key}-csv")
