"""Tickets as a table, and one of them in full with its messages; whatever a customer wrote stays plain text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from dashboard import data, one_ticket
from dashboard.components.drawn import show_table
from dashboard.components.sent import sent
from dashboard.format import NOTHING, count, dimension, duration, local, value_name
from dashboard.navigation import PAGES, is_there
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked_frame
from dashboard.services.analysis.responses import TICKETS_SHOWN, Mark
from dashboard.wording import _

if TYPE_CHECKING:
    from dashboard.components.analysis.response_cards import Asked

TICKET_PAGE = "ticket.py"
SHOWN = ("channel", "type", "priority", "team", "status", "agent")
ROWS_WITHOUT_SCROLLING = 10
OWN_WORDS = ("source", "subtype", "product", "agent", "customer", "language")
DETAILS = ("source", "channel", "type", "subtype", "priority", "tier", "status", "product", "team", "agent", "customer",
           "customer_class", "language")  # fmt: skip
INSTANTS = ("created_at", "first_responded_at", "first_resolved_at", "resolved_at", "closed_at", "updated_at")


def tickets_of_mark(asked: "Asked", mark: Mark, *, heading: str, key: str) -> None:
    """Draw the tickets behind a clicked mark; a ticket chosen there opens below."""
    rows = data.tickets_behind(asked.scope, mark, asked.thing, asked.clock)
    st.markdown(f"**{heading}** · {_('{n} tickets', n=count(rows.height))}")
    if rows.height >= TICKETS_SHOWN:
        st.caption(_("The {n} with the longest waits are shown.", n=count(TICKETS_SHOWN)))
    zone = data.facts().zone
    waits = [duration(value) for value in rows[f"{asked.thing}_{asked.clock}_seconds"]]
    ticket_table(rows, {_("Waited"): waits, _("Created"): [local(at, zone) for at in rows["created_at"]]}, key=key)


def ticket_table(
    rows: pl.DataFrame, extra: Mapping[str, Sequence[str | None]], *, key: str, wide: Sequence[str] = ()
) -> None:
    """Draw one row per ticket with *extra* columns, the *wide* ones broad; choosing a row opens the ticket.

    It stays open until another is chosen: Esc, the keyboard's way out of a table, gives up the chosen row. What tells
    who the customers are is masked, here and in the file.
    """
    rows = masked_frame(rows)
    table = readable(rows, extra)
    chosen = show_table(
        table,
        name=f"{key}-tickets",
        title=_("Tickets"),
        figures=rows,
        of_tickets=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"{key}-tickets",
        height="content" if table.height <= ROWS_WITHOUT_SCROLLING else 400,
        column_config={
            name: st.column_config.TextColumn(name, width="large" if name in wide else None) for name in table.columns
        },
    )
    opened = _opened(rows, list(getattr(getattr(chosen, "selection", None), "rows", ())), f"{key}-opened")
    if opened is None:
        st.caption(_("Choose a row to read its ticket; by keyboard: arrows, then Shift + Space. Esc and Tab lead on."))
    else:
        ticket_detail(opened)


def _opened(rows: pl.DataFrame, picked: Sequence[int], key: str) -> dict[str, object] | None:
    """The chosen ticket, else the one chosen last while it is in the table."""
    if picked and picked[0] < rows.height:
        st.session_state[key] = rows.select(data.TICKET_KEYS).row(picked[0])
    if key not in st.session_state:
        return None
    source, ticket_id = st.session_state[key]
    found = rows.filter(pl.col("source") == source, pl.col("ticket_id") == ticket_id)
    return None if found.is_empty() else found.row(0, named=True)


def readable(rows: pl.DataFrame, extra: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """The columns of a ticket that tell it apart, under the names that people read."""
    columns: dict[str, object] = {_("Ticket"): rows["ticket_id"]}
    if rows["subject"].count() if "subject" in rows.columns else 0:
        columns[_("Subject")] = rows["subject"]
    columns.update(extra)
    for name in SHOWN:
        if name in rows.columns and rows[name].count():
            columns[dimension(name)] = [_named(name, value) for value in rows[name]]
    return pl.DataFrame(columns)


def _named(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    return value if name in OWN_WORDS else value_name(name, value)


def ticket_detail(row: dict[str, object]) -> None:
    """Draw one ticket: what is known of it, and what was written, oldest first; the way to its own page."""
    zone = data.facts().zone
    with st.container(border=True):
        st.text(_("Ticket {id}", id=row["ticket_id"]))
        if not data.may_open(str(row["source"]), str(row["ticket_id"])):
            st.caption(_("This ticket is no longer yours; only your own part in it is shown."))
            return
        story_link(str(row["source"]), str(row["ticket_id"]))
        if row.get("subject"):
            st.text(str(row["subject"]))
        left, right = st.columns(2)
        with left:
            _pairs([(dimension(name), _named(name, _text(row.get(name)))) for name in DETAILS if row.get(name)])
        with right:
            times = ((name, row.get(name)) for name in INSTANTS)
            _pairs([(_(f"column.{name}"), local(at, zone)) for name, at in times if isinstance(at, datetime)])
        _messages(one_ticket.messages(str(row["source"]), str(row["ticket_id"])), zone)


def story_link(source: str, ticket_id: str) -> None:
    """Draw the way to everything that is known of a ticket, for who may go there."""
    if is_there(current_actor(), TICKET_PAGE):
        st.page_link(
            PAGES / TICKET_PAGE,
            label=_("The whole story of this ticket"),
            icon=":material/history:",
            query_params={"source": source, "ticket": ticket_id},
        )


def _pairs(pairs: Sequence[tuple[str, str | None]]) -> None:
    names, values = [name for name, _value in pairs], [value for _name, value in pairs]
    table = pl.DataFrame({_("Field"): names, _("Content"): values}, schema_overrides={_("Content"): pl.String})
    st.dataframe(sent(table), hide_index=True, height="content")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _messages(messages: pl.DataFrame, zone: str) -> None:
    if messages.is_empty():
        st.caption(_("The source gave no messages for this ticket."))
        return
    for message in messages.iter_rows(named=True):
        kind = message["author_kind"]
        who = _(f"author.{kind}") if kind else _("unknown")
        with st.container(border=True):
            st.caption(f"{who} · {local(message['at'], zone)}")
            st.text(message["text"] or NOTHING)
