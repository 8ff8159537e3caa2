"""Facts: canonical tables → one row per ticket, per waiting spell, per rating, with every duration measured."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from metrics.desk import DeskSettings
from metrics.facts.articles import with_articles
from metrics.facts.beside import facts_beside, newest_beside, nothing_beside
from metrics.facts.conversation import conversation
from metrics.facts.customers import Neighbours, with_first_contact
from metrics.facts.durations import clock_between
from metrics.facts.handling import with_handling
from metrics.facts.knowledge import Frames, Knowledge, knowledge_of
from metrics.facts.known import NO_DATA, collected, known_at, newest_stamp
from metrics.facts.naming import named_frames
from metrics.facts.partitions import LARGE, OF_TICKETS, partitions
from metrics.facts.pauses import status_steps
from metrics.facts.ratings import rating_facts
from metrics.facts.replies import judged_replies, reply_facts
from metrics.facts.sla import known_pauses, sla_instances, with_wishes
from metrics.facts.tickets import judged_tickets, settled_tickets, ticket_facts
from metrics.facts.tiers import with_tier_steps
from metrics.model import FactName
from metrics.tables import Tables

if TYPE_CHECKING:
    from metrics.rollup import Rollups

__all__ = ["Facts", "build_facts", "facts_of_partition", "of_tickets", "together"]


@dataclass(frozen=True)
class Facts:
    """The facts of a desk at *as_of*, one frame per grain, each with every dimension as a String column."""

    tickets: pl.DataFrame
    replies: pl.DataFrame
    ratings: pl.DataFrame
    sla_instances: pl.DataFrame
    zone: str
    as_of: datetime
    calls: pl.DataFrame = field(default_factory=lambda: nothing_beside()["calls"])
    agent_time: pl.DataFrame = field(default_factory=lambda: nothing_beside()["agent_time"])
    contacts: pl.DataFrame = field(default_factory=lambda: nothing_beside()["contacts"])
    rollups: "Rollups | None" = None
    """Sums of the same facts, made by metrics.rollup; figures are the same with and without."""

    def frame(self, fact: FactName) -> pl.DataFrame:
        """The fact table of that name."""
        frame: pl.DataFrame = getattr(self, fact)
        return frame


def build_facts(
    tables: Tables, desk: DeskSettings, *, as_of: datetime | None = None, large: int = LARGE,
    knowledge: Knowledge | None = None,
) -> Facts:  # fmt: skip
    """Measure a desk as it stood at *as_of*, by default the newest stamp of its data.

    With an earlier *as_of* later rows and stamps have not happened. Business durations follow the calendar of the
    ticket's team and are null for a desk without a calendar. Definitions: metrics/DECISIONS.md. From *large* tickets on
    the months in which they were created are measured one after the other, which needs less memory. knowledge: what the
    sources tell of, where these tables are only a part of theirs.
    Raises CalendarError where a calendar of the desk cannot be used.
    """
    frames = named_frames(collected(tables), desk)
    newest = max(newest_stamp(frames), newest_beside(tables) or NO_DATA)
    as_of = as_of or newest
    if as_of < newest:
        frames = known_at(frames, as_of)
    told = knowledge_of(frames) if knowledge is None else knowledge
    made = [
        facts_of_partition(part.frames, told, part.neighbours, desk, as_of=as_of)
        for part in partitions(frames, large=large)
    ]
    whole = made[0] if len(made) == 1 else together(made)
    return replace(whole, **facts_beside(tables, whole.tickets, desk, as_of=as_of))


def facts_of_partition(
    frames: Frames, knowledge: Knowledge, neighbours: Neighbours, desk: DeskSettings, *, as_of: datetime
) -> Facts:
    """The facts of some tickets with all messages, changes and ratings of theirs, whatever else there is.

    What a ticket's facts need beside its own rows is told: what its source tells of at all, and the tickets that may
    repeat it. So the facts of partitions, taken together, are those of all tickets at once.
    """
    tickets = frames["tickets"].sort("created_at", "source", "ticket_id").with_row_index("row")
    keys = tickets.select("source", "ticket_id", "row")
    told = frames["messages"].join(keys, on=["source", "ticket_id"], how="inner")
    changed = frames["changes"].join(keys, on=["source", "ticket_id"], how="inner")
    talk = conversation(told, tickets)
    settled = settled_tickets(tickets, talk, changed, desk, knowledge)
    first = settled.select(pl.min_horizontal(pl.col("created_at", "start_at").min())).item()
    heard = talk.messages["at"].min()
    clock = clock_between(desk, min((at for at in (first, heard) if isinstance(at, datetime)), default=None), as_of)
    handled = with_handling(settled, told, changed, clock, knowledge, as_of=as_of)
    contacted = with_first_contact(handled, neighbours, desk, as_of=as_of)
    settled = with_articles(contacted, knowledge.tells("articles"))
    steps = status_steps(changed)
    pauses = known_pauses(steps, settled, desk, as_of=as_of)
    judged = judged_tickets(settled, desk, clock, as_of=as_of, pauses=pauses)
    waits = judged_replies(talk, settled, desk, clock, as_of=as_of)
    runs = sla_instances(judged, waits, steps, desk, clock, as_of=as_of, pauses=pauses)
    stepped = with_tier_steps(runs, settled, told, changed, desk, clock, knowledge, as_of=as_of)
    return Facts(
        tickets=ticket_facts(judged),
        replies=reply_facts(waits),
        ratings=rating_facts(frames["ratings"], settled, desk, knowledge),
        sla_instances=with_wishes(stepped, desk),
        zone=desk.zone,
        as_of=as_of,
    )


def together(parts: list[Facts]) -> Facts:
    """The facts of several partitions of one desk, one after the other."""
    frames = {name: pl.concat([part.frame(name) for part in parts], rechunk=False) for name in OF_TICKETS}
    return replace(parts[0], **frames)  # type: ignore[arg-type]  # the names are those of frames


def of_tickets(facts: Facts, keys: pl.DataFrame) -> Facts:
    """The facts of these tickets, named by source and ticket_id, and of what belongs to them; no rollups."""
    frames = {
        name: facts.frame(name).join(keys, on=["source", "ticket_id"], how="semi", maintain_order="left")
        for name in OF_TICKETS
    }
    return replace(facts, **frames, rollups=None)  # type: ignore[arg-type]  # the names are those of frames
