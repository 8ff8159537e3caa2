"""The item under the cursor: why it is here, its deadlines, the ticket's story, what was done, what is alike."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from dashboard import data, one_ticket
from dashboard.components.drawn import show_table
from dashboard.components.text import plain
from dashboard.components.ticket_cards import conversation
from dashboard.components.ticket_words import time_line
from dashboard.components.triage.read import helpdesk_link, item_clocks
from dashboard.components.triage.state import seen
from dashboard.components.triage.strip import draw_strip
from dashboard.components.triage.words import SIGNS, clock_words, event_words, state_words
from dashboard.components.unmasking import unmask_control
from dashboard.format import count, duration, local, value_name
from dashboard.navigation import PAGES, is_there
from dashboard.people.current import current_actor
from dashboard.people.named import called
from dashboard.privacy.masking import masked_frame
from dashboard.services.analysis.explain import UnknownTicketError
from dashboard.services.analysis.similar_tickets import similar_tickets
from dashboard.services.analysis.ticket_story import Story
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage.strip import strip
from dashboard.triage.items import Event, Item, NoSuchItem
from dashboard.triage.sentences import cause_sentence
from dashboard.wording import _, current_language
from metrics.model import Scope

TICKET_PAGE = "ticket.py"


def item_pane(item_id: int | None, at: datetime) -> None:
    """Draw all that belongs to the item, or that there is none."""
    if item_id is None:
        return
    actor, desk = current_actor(), data.desk()
    try:
        item = triage_queue.item(actor, desk, item_id)
    except NoSuchItem:
        st.info(_("There is no such item here, or it is not yours to see."))
        return
    seen()[item.id] = item.version
    events = triage_queue.history(actor, desk, item.id)
    story = _story(item)
    _head(item, story)
    _causes(item)
    _clocks(item, at)
    if story is None:
        st.caption(_("The data tell no more of this ticket than what triage keeps of it."))
    else:
        draw_strip(strip(story, events, until=at), data.facts().zone)
    _more(item, story, events)


def _story(item: Item) -> Story | None:
    """The ticket's story as its reader may read it; None where its ticket is not in the data, or not his."""
    try:
        return one_ticket.ticket_story(item.source, item.ticket_id)[0]
    except UnknownTicketError:
        return None


def _head(item: Item, story: Story | None) -> None:
    st.subheader(plain(item.ticket_id), anchor="triage-item")
    subject = None if story is None else story.ticket["subject"]
    if subject:
        st.text(str(subject))
    told = [state_words({"state": item.state, "waiting_for": item.waiting_for}), _(f"triage.tier.{item.tier}")]
    told.append(_("with {owner}", owner=plain(called(item.owner))) if item.owner else _("with nobody yet"))
    if item.priority:
        told.append(value_name("priority", item.priority))
    if item.is_complaint:
        told.append(_("complaint"))
    if item.team:
        told.append(plain(value_name("team", item.team)))
    if item.reopen_count:
        told.append(_("reopened {n} times", n=count(item.reopen_count)))
    st.markdown(" · ".join(told))
    with st.container(horizontal=True, gap="small"):
        _links(item)


def _links(item: Item) -> None:
    if is_there(current_actor(), TICKET_PAGE):
        st.page_link(PAGES / TICKET_PAGE, label=_("The whole story of this ticket"), icon=":material/history:",
                     query_params={"source": item.source, "ticket": item.ticket_id})  # fmt: skip
    address = helpdesk_link(item.source, item.ticket_id)
    if address is not None:
        st.link_button(_("Open it in the helpdesk"), address, icon=":material/open_in_new:", type="tertiary")


def _causes(item: Item) -> None:
    """Say why it is here: every rule that holds, and those that held."""
    found = triage_queue.causes(current_actor(), data.desk(), item.id)
    lines = []
    for cause in found:
        told = plain(cause_sentence(cause.rule, cause.values))
        since = local(cause.since, data.facts().zone)
        lines.append(f"- {told} · {plain(since)}" + ("" if cause.ended_at is None else f" · *{_('holds no more')}*"))
    if lines:
        st.markdown("\n".join(lines))


def _clocks(item: Item, at: datetime) -> None:
    """Draw every time that somebody is held to, not the nearest only."""
    found = item_clocks(item, at)
    if not found:
        return
    zone = data.facts().zone
    table = pl.DataFrame(
        {
            _("Time for"): [_(f"triage.clock.{one.clock.kind}") for one in found],
            _("Stands"): [f"{SIGNS[one.level]} {clock_words(one)}".strip() for one in found],
            _("Due"): [local(one.clock.due_at, zone) for one in found],
        }
    )
    title = _("Deadlines of this item")
    show_table(table, name="triage-deadlines", title=title, of_tickets=True, height="content", alt=title)


def _more(item: Item, story: Story | None, events: Sequence[Event]) -> None:
    names = {"conversation": _("Conversation"), "done": _("What was done"), "events": _("What happened"),
             "similar": _("Similar tickets")}  # fmt: skip
    chosen = st.segmented_control(
        _("More of this item"), list(names), format_func=names.__getitem__, default="conversation", required=True,
        label_visibility="collapsed", key=f"triage-more.{current_language()}",
    )  # fmt: skip
    if chosen == "done":
        _done(item, events)
    elif story is None:
        st.caption(_("The data do not have this ticket, or it is not yours to read."))
    elif chosen == "events":
        st.markdown(time_line(story.events, data.facts().zone))
    elif chosen == "similar":
        _similar(item)
    else:
        unmask_control(story)
        conversation(story)


def _done(item: Item, events: Sequence[Event]) -> None:
    """Say who did what with it, the newest first, with what was handed on in words."""
    zone = data.facts().zone
    notes = triage_queue.notes(current_actor(), data.desk(), item.id)
    for note in reversed(notes):
        with st.container(border=True):
            st.caption(f"{plain(called(note.actor))} · {plain(local(note.at, zone))}")
            for name, text in ((_("Tried"), note.tried), (_("Told"), note.told), (_("Promised"), note.promised)):
                if text:
                    st.text(f"{name}: {text}")
    st.markdown("\n".join(f"- {event_words(event, zone)}" for event in events) or _("Nothing yet."))


def _similar(item: Item) -> None:
    """Name what is alike, and how it ended."""
    found = data.worded_answer(similar_tickets, Scope(), item.source, item.ticket_id)
    if found.is_empty():
        st.caption(_("No other ticket of the same type says nearly the same."))
        return
    told = masked_frame(found)
    table = pl.DataFrame(
        {
            _("Ticket"): told["ticket_id"],
            _("Subject"): told["subject"],
            _("State"): [value_name("status", status) for status in told["status"]],
            _("Resolved after"): [duration(length) for length in told["full_resolution_calendar_seconds"]],
            _("Agent"): told["agent"],
        }
    )
    title = _("Similar tickets")
    show_table(table, name="triage-similar", title=title, of_tickets=True, height="content", alt=title)
    with st.container(horizontal=True, gap="small"):
        for row in told.iter_rows(named=True):
            st.page_link(PAGES / TICKET_PAGE, label=plain(_("Ticket {id}", id=row["ticket_id"])),
                     query_params={"source": row["source"], "ticket": row["ticket_id"]})  # fmt: skip
