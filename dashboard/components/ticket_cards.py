"""The parts of one ticket's page: search, head, clocks, time line, explanation, conversation, the customer's others."""

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.clocks import clocks_chart
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.drawn import show_table
from dashboard.components.text import plain
from dashboard.components.ticket_words import GAP, STATES, clocks_table, clocks_title, gaps, later, time_line
from dashboard.components.tickets import DETAILS, INSTANTS, ticket_table
from dashboard.format import NOTHING, count, dimension, duration, local, value_name
from dashboard.language import speak
from dashboard.services.analysis.explain import Section
from dashboard.services.analysis.ticket_story import SIBLINGS_AT_MOST, Row, Story, found_by_number
from dashboard.wording import _

OWN_WORDS = ("source", "subtype", "product", "agent", "customer", "language")
MESSAGES_AT_FIRST = 40
SEARCH = "ticket.search"
MERGED_INTO = "x_merged_into"
AVATARS = {"customer": "person", "agent": "support_agent", "bot": "smart_toy", "system": "settings"}


def search() -> None:
    """Draw the search box; one ticket of that number opens at once, several are offered."""
    st.text_input(
        _("Find a ticket by its number"), key=SEARCH, placeholder="1054321", icon=":material/search:",
        on_change=_searched,
    )  # fmt: skip
    wanted = str(st.session_state[SEARCH]).strip()
    if not wanted:
        return
    found = found_by_number(data.readable(), wanted)
    if found.is_empty():
        st.info(_("No ticket has a number with “{text}” in it.", text=plain(wanted)))
    else:
        _choices(found)


def _searched() -> None:
    """Open what was searched for where it is one ticket; the box is emptied, or it would hold against later links."""
    found = found_by_number(data.readable(), str(st.session_state[SEARCH]))
    if found.height == 1:
        _open(found.row(0, named=True))


def among_sources(ticket_id: str) -> bool:
    """Offer the tickets of this number where several sources have one and the link names none; whether it did."""
    found = found_by_number(data.readable(), ticket_id).filter(pl.col("ticket_id") == ticket_id)
    if found.height < 2 or st.query_params.get("source"):
        return False
    _choices(found)
    return True


def _choices(found: pl.DataFrame) -> None:
    st.caption(_("{n} tickets fit; choose one.", n=count(found.height)))
    for row in found.iter_rows(named=True):
        name = f"{plain(row['ticket_id'])} · {plain(row['source'])} · {local(row['created_at'], data.facts().zone)}"
        st.button(name, key=f"ticket.open.{row['source']}.{row['ticket_id']}", on_click=_open, args=(row,),
                  type="tertiary", icon=":material/confirmation_number:")  # fmt: skip


def _open(row: Row) -> None:
    st.query_params["source"] = row["source"]
    st.query_params["ticket"] = row["ticket_id"]
    st.session_state[SEARCH] = ""


def head(story: Story) -> None:
    """Draw what the ticket is about and how its two main promises stand."""
    ticket, zone = story.ticket, data.facts().zone
    st.text(str(ticket["subject"] or _("(no subject)")))
    with st.grid(4, min_column_width=190):
        _fact(dimension("status"), value_name("status", ticket["status"]), local(ticket["updated_at"], zone))
        _fact(_("promise.first_response"), *_waited(ticket, "first_response", "first_response"))
        _fact(_("promise.resolution"), *_waited(ticket, "full_resolution", "resolution"))
        team = value_name("team", ticket["team"]) if ticket["team"] else ""
        _fact(dimension("agent"), ticket["agent"] or NOTHING, team)
    _merged_into(ticket)
    names = [name for name in DETAILS if ticket[name] is not None]
    times = [(name, local(ticket[name], zone)) for name in INSTANTS if ticket[name] is not None]
    with st.expander(_("All fields"), icon=":material/list:"):
        left, right = st.columns(2)
        with left:
            _pairs("fields", [(dimension(name), _named(name, str(ticket[name]))) for name in names])
        with right:
            _pairs("times", [(_(f"column.{name}"), text) for name, text in times])
            if story.own_fields:
                st.caption(_("The source's own fields"))
                _pairs("own", [(name.removeprefix("x_"), text) for name, text in story.own_fields.items()])


def _merged_into(ticket: Row) -> None:
    """The way on to the ticket that this one was merged into, where its system tells."""
    target = ticket.get(MERGED_INTO)
    if target:
        row = {"source": ticket["source"], "ticket_id": str(target)}
        st.button(_("Merged into ticket {id}", id=plain(str(target))), key="ticket.merged", icon=":material/merge:",
                  type="tertiary", on_click=_open, args=(row,))  # fmt: skip


def _fact(name: str, value: str, below: str) -> None:
    """A tile whose words may come from the data: never Markdown."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.caption(name)
        st.text(value)
        st.caption(plain(below) if below else " ")


def _waited(ticket: Row, length: str, promise: str) -> tuple[str, str]:
    seconds, state = ticket[f"{length}_calendar_seconds"], ticket[f"{promise}_state"]
    business = ticket[f"{length}_business_seconds"]
    told = [] if state is None else [_("promise {state}", state=_(STATES[state]))]
    if business is not None and business != seconds:
        told.append(_("{time} of it in opening hours", time=duration(business)))
    return (_("not yet") if seconds is None else duration(seconds)), " · ".join(told)


def _named(name: str, value: str) -> str:
    return value if name in OWN_WORDS else value_name(name, value)


def _pairs(part: str, pairs: Sequence[tuple[str, str]]) -> None:
    table = pl.DataFrame({_("Field"): [name for name, _text in pairs], _("Content"): [text for _name, text in pairs]})
    show_table(table, name=f"ticket-{part}", title=_("All fields"), of_tickets=True, height="content")


def clocks(story: Story) -> None:
    """Draw when each promise's clock ran, stood still, was due."""
    if story.clocks.is_empty():
        st.info(_("No promise could be measured on this ticket: its channel has none, or the source gives no times."))
        return
    zone = data.facts().zone
    draw(_clocks_card(story, zone), data.facts(), state=(story.ticket["source"], story.ticket["ticket_id"]))


def _clocks_card(story: Story, zone: str) -> Card:
    shaded = _(" · shaded: the desk is closed") if story.closed else ""
    columns = ("thing", "run", "clock", "started_at", "due_at", "ended_at", "state", "target_seconds",
               "paused_calendar_seconds", "sla_overrun_calendar_seconds", "sla_overrun_business_seconds")  # fmt: skip
    return Card(
        key="clocks",
        title=clocks_title(story),
        caption=_("Every promise of this ticket; diamond: due") + shaded,
        figure=clocks_chart(story.spans, story.clocks, story.closed, zone=zone),
        metric_id="sla_attainment",
        basis=Basis(story.clocks.height),
        table=clocks_table(story, zone),
        export=story.clocks.select(columns),
    )


def events(story: Story) -> None:
    """Draw all that happened, oldest first."""
    zone = data.facts().zone
    st.header(_("What happened"), anchor="events")
    st.caption(_("All times in {zone}", zone=plain(zone)))
    st.markdown(time_line(story.events, zone))


def explanation(sections: Sequence[Section]) -> None:
    """Draw how each duration and verdict came about."""
    st.header(_("Why the figures are what they are"), anchor="why")
    for section in sections[1:]:
        with st.expander(plain(section.title), expanded=section.title == _("First response")):
            st.markdown("\n".join(f"- {plain(line)}" for line in section.lines))


@st.fragment
def conversation(story: Story) -> None:
    """Draw what was written, oldest first, gaps between; the rest of a long one on demand."""
    speak()
    st.header(_("Conversation"), anchor="conversation")
    if story.messages.is_empty():
        st.caption(_("The source gave no messages for this ticket."))
        return
    rows, zone = story.messages, data.facts().zone
    long = rows.height > MESSAGES_AT_FIRST
    if long and not st.toggle(_("All {n} messages", n=count(rows.height)), key="ticket.all_messages"):
        rows = rows.tail(MESSAGES_AT_FIRST)
        st.caption(_("The last {n} are shown.", n=count(rows.height)))
    for message, gap in zip(rows.iter_rows(named=True), gaps(rows["at"].to_list()), strict=True):
        if gap >= GAP:
            st.caption(later(gap))
        _message(message, zone)


def _message(message: Mapping[str, object], zone: str) -> None:
    kind = str(message["author_kind"] or "")
    is_note = message["is_public"] is False
    who = [_(f"author.{kind}") if kind else _("unknown"), plain(str(message["author"] or ""))]
    private, automatic = _("private note: the customer cannot read it"), _("automatic")
    marks = [f":material/lock: **{private}**"] if is_note else []
    marks += [f"**{automatic}**"] if kind in {"bot", "system"} else []
    at = local(message["at"], zone)  # type: ignore[arg-type]
    with st.chat_message(kind or "system", avatar=f":material/{AVATARS.get(kind, 'chat')}:"):
        st.caption(" · ".join(filter(None, [*who, at, *marks])))
        st.text(str(message["text"] or NOTHING))


def siblings(story: Story) -> None:
    """Draw the customer's other tickets; choosing one opens it below, with the way to its own page."""
    ticket, zone = story.ticket, data.facts().zone
    st.header(_("Other tickets of this customer"), anchor="others")
    if ticket["customer"] is None:
        st.caption(_("The source does not say who the customer is, so other tickets cannot be found."))
        return
    rows = story.siblings
    if rows.is_empty():
        st.caption(_("This is the customer's only ticket."))
        return
    told = _("{n} tickets", n=count(rows.height))
    st.caption(told if rows.height < SIBLINGS_AT_MOST else _("The newest {n} are shown.", n=count(rows.height)))
    away = [_apart(row, ticket) for row in rows.iter_rows(named=True)]
    created = [local(at, zone) for at in rows["created_at"]]
    ticket_table(rows, {_("Created"): created, _("From this one"): away}, key="siblings")


def _apart(row: Mapping[str, object], ticket: Row) -> str:
    seconds = (row["created_at"] - ticket["created_at"]).total_seconds()
    apart = duration(abs(seconds))
    return _("{time} before", time=apart) if seconds < 0 else _("{time} after", time=apart)
