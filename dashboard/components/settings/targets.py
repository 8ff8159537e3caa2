"""The promises as a table, and the test: which one has this ticket, and why."""

from typing import Any, get_args

import polars as pl
import streamlit as st

from dashboard import data, one_ticket
from dashboard.components.settings.draft import begin, propose
from dashboard.components.settings.faults import at_rows
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.components.text import plain
from dashboard.format import dimension, value_name
from dashboard.services.analysis.explain import UnknownTicketError
from dashboard.services.settings.editing import CONDITIONS, tables_of, target_faults, target_records, targets_of
from dashboard.wording import N_, _
from metrics.desk import Thing
from metrics.model import Clock
from metrics.tables import CHANNELS, PRIORITIES, TIERS

KNOWN = {"channel": CHANNELS, "priority": PRIORITIES, "tier": TIERS}
SCHEMA = {
    "thing": pl.String(), "within": pl.String(), "attainment": pl.Float64(), "clock": pl.String(),
    **dict.fromkeys((*CONDITIONS, "others"), pl.String()), "valid_from": pl.Date(),
}  # fmt: skip
"""What is promised, then to whom: so the time is seen on a narrow screen too."""
WIDTHS = {"channel": 100, "type": 108, "customer_class": 120}
"""Where a column's name or its values need more room than the others'."""
TESTED = "settings.ticket"


def targets() -> None:
    """Draw the table of promises; the most specific row wins."""
    st.subheader(_("Promises"), anchor="promises")
    st.caption(
        _(
            "The row with the most conditions that fit a ticket holds; of two alike the newer one, then the shorter. "
            "An empty condition fits every ticket. Times like 20 s, 2 min, 4 h."
        )
    )
    opened = begin("promises")
    records = target_records(tables_of(opened.text))
    rows = edited_rows(pl.DataFrame(records, schema=SCHEMA), "targets", _columns(), called=_("Promises"), height=420)
    if may_change():
        at_rows(target_faults(rows, opened.zone))
        if targets_of(rows) != targets_of(records):
            propose("target", targets_of(rows))
        else:
            propose("target", tables_of(opened.text).get("target"))


def _columns() -> dict[str, Any]:
    kinds = st.column_config
    return {
        "thing": kinds.SelectboxColumn(
            _("What is promised"),
            options=get_args(Thing),
            format_func=lambda id: _(f"promise.{id}"),
            required=True,
            width=150,
        ),
        **{name: _condition(name) for name in CONDITIONS},
        "others": kinds.TextColumn(_("Other conditions"), help="x_region=north, language=zh", width=148),
        "within": kinds.TextColumn(_("Within"), required=True, width=82),
        "attainment": kinds.NumberColumn(
            _("Wished"),
            min_value=0,
            max_value=100,
            format="%.4g %%",
            width=82,
            help=_("The share of these promises, in per cent, that the desk wishes to keep; the SLA page draws it."),
        ),
        "clock": kinds.SelectboxColumn(
            _("Clock"),
            options=get_args(Clock),
            format_func=lambda id: _(CLOCKS[str(id)]),
            required=True,
            default="business",
            width=112,
        ),
        "valid_from": kinds.DateColumn(
            _("Since"), format="YYYY-MM-DD", width=110, help=_("Empty: as long as this agreement holds.")
        ),
    }


CLOCKS = {"business": N_("opening hours"), "calendar": N_("around the clock")}


def _condition(name: str) -> Any:
    known = KNOWN.get(name) or tuple(filter(None, _values().get(name, ())))
    width = WIDTHS.get(name, 88)
    if not known:
        return st.column_config.TextColumn(dimension(name), width=width)
    return st.column_config.SelectboxColumn(
        dimension(name), options=known, format_func=lambda id: value_name(name, str(id)), width=width
    )


def _values() -> dict[str, Any]:
    return dict(data.choices().values) if data.has_data() else {}


def target_test() -> None:
    """Draw the test: a ticket's number, and which promise it has and why, as it holds now."""
    st.subheader(_("Which promise has this ticket?"), anchor="test")
    if not data.has_data():
        st.caption(_("Nothing is loaded yet, so there is no ticket to try."))
        return
    tickets = data.readable().tickets["ticket_id"]
    typed = st.text_input(
        _("Number of a ticket"),
        key=TESTED,
        placeholder=None if tickets.is_empty() else str(tickets[0]),
        icon=":material/search:",
    )
    wanted = str(typed or "").strip()
    if not wanted:
        return
    try:
        _story, sections = one_ticket.ticket_story(None, wanted)
    except UnknownTicketError as error:
        st.error(plain(_(error.template, **error.params)))
        return
    st.caption(_("By the settings that are saved; for what is not saved yet, see what it would change."))
    for section in sections:
        st.markdown(f"**{plain(section.title)}**")
        st.markdown("\n".join(f"- {plain(line)}" for line in section.lines))
