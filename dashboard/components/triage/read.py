"""What the triage page reads, kept as long as nothing has happened: the queue of a reader, and the subjects in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.helpdesk_links import link_to_ticket
from dashboard.people import Act, Reach, reach
from dashboard.people.actor import SERVER
from dashboard.people.current import current_actor
from dashboard.people.permission import permission_of
from dashboard.privacy.masking import masked_frame
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage import running as triage_running
from dashboard.services.triage.helpdesk import helpdesk_links
from dashboard.services.triage.page import Level, found, subjects_of, with_loads
from dashboard.triage.business import Hours, hours_of
from dashboard.triage.clocks import Clock, Stage, late_seconds, left_seconds, stage
from dashboard.triage.items import Item, owner_name
from dashboard.triage.now import now
from metrics.errors import ActionableError

READERS_AT_MOST = 32
LATELY = timedelta(days=60)
"""Who has worked on a ticket in these days can be given one."""
LEVELS: dict[Stage, Level] = {
    "running": "calm", "imminent": "soon", "breaching": "late", "paused": "paused", "achieved": "none",
    "breached": "none", "cancelled": "none",
}  # fmt: skip
INCLUDED: tuple[triage_queue.Part, ...] = ("open", "snoozed", "resolved")


def minute() -> datetime:
    """The instant that the page is drawn for; deadlines are told to the minute."""
    return now().replace(second=0, microsecond=0)


def pulse() -> str:
    """What tells one state of triage from the next: nothing has changed while it stays the same."""
    return triage_queue.pulse(current_actor(), data.desk())


def queue() -> pl.DataFrame:
    """All items that the reader may see, in the order of the desk's rule; nobody may change the frame."""
    actor = current_actor()
    own = owner_name(actor) if reach(actor, Act.SEE_TRIAGE) is Reach.OWN else None
    may = repr((permission_of(actor, Act.SEE_TRIAGE), own))  # whose items are his own goes by one name more
    return _queue(str(data.desk().root), may, pulse(), minute(), data.agreed_since())


@st.cache_resource(show_spinner=False, max_entries=READERS_AT_MOST)
def _queue(root: str, may: str, pulse: str, at: datetime, agreed: object) -> pl.DataFrame:  # noqa: ARG001 - parts of the key
    return triage_queue.queue(current_actor(), data.desk(), at=at, include=INCLUDED)


def subjects(items: pl.DataFrame) -> pl.DataFrame:
    """The subjects of these items' tickets as the reader may read them: source, ticket_id, subject."""
    return masked_frame(subjects_of(data.readable(), items))


def searched(items: pl.DataFrame, text: str) -> pl.DataFrame:
    """The items in which the text can be read. Behind a mask nothing is found: a search must not tell what it hides."""
    if not text.strip():
        return items
    told = subjects_of(data.readable(), items)
    holds = pl.col("subject").str.to_lowercase().str.contains(text.strip().lower(), literal=True)
    return found(items, text, masked_frame(told.filter(holds)))


@dataclass(frozen=True)
class Standing:
    """One clock of an item as it stands. seconds: what is left, or by how much it is late."""

    clock: Clock
    stage: Stage
    seconds: int

    @property
    def level(self) -> Level:
        return LEVELS[self.stage]


def item_clocks(item: Item, at: datetime) -> tuple[Standing, ...]:
    """Every clock of an item, the running ones first."""
    hours = _hours(str(data.desk().root), data.agreed_since())
    told = [_standing(clock, at, hours) for clock in triage_queue.clocks(current_actor(), data.desk(), item.id)]
    return tuple(sorted(told, key=lambda one: (one.level == "none", one.clock.started_at)))


def _standing(clock: Clock, at: datetime, hours: Hours) -> Standing:
    now = stage(clock, at, hours=hours)
    late = now in ("breaching", "breached")
    return Standing(clock, now, (late_seconds if late else left_seconds)(clock, at, hours))


@st.cache_resource(show_spinner=False, max_entries=4)
def _hours(root: str, agreed: object) -> Hours:  # noqa: ARG001 - parts of the key
    return hours_of(data.desk())


def assignable() -> pl.DataFrame:
    """Everybody who can be given an item, and what he has open: owner, open, late."""
    actor, facts = current_actor(), data.readable()
    lately = facts.tickets.lazy().filter(pl.col("created_at") > facts.as_of - LATELY)
    names = lately.select(pl.col("agent").drop_nulls().unique()).collect()["agent"].to_list()
    return with_loads(names, triage_queue.loads(actor, data.desk()), me=owner_name(actor))


def helpdesk_link(source: str, ticket_id: str) -> str | None:
    """The address of a ticket in the helpdesk that it came from, where the settings name one."""
    return link_to_ticket(_links(str(data.desk().root), data.agreed_since()), source, ticket_id)


@st.cache_resource(show_spinner=False, max_entries=4)
def _links(root: str, agreed: object) -> dict[str, str]:  # noqa: ARG001 - parts of the key
    return helpdesk_links(SERVER, data.desk())


def brought_up_to_date() -> ActionableError | None:
    """Let time and the newest data have their effect, once a minute and once a load for all readers together."""
    root = str(data.desk().root)
    try:
        head = data.head()
        _evaluated(root, None if head is None else head.load)
        _ticked(root, minute())
    except ActionableError as error:
        return error
    return None


@st.cache_resource(show_spinner=False, max_entries=4)
def _evaluated(root: str, load: int | None) -> None:  # noqa: ARG001 - parts of the key
    if load is not None:
        triage_running.evaluate(SERVER, data.desk())


@st.cache_resource(show_spinner=False, max_entries=4)
def _ticked(root: str, at: datetime) -> None:  # noqa: ARG001 - part of the key
    triage_running.tick(SERVER, data.desk(), at=at)
