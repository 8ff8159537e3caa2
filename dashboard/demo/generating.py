"""The demo desk as canonical frames: every part of it from its own stream of chance."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dashboard.demo import conversation, frames, history, inquiries, lifecycle, people, switch
from dashboard.demo.calendar_of_demand import arrivals
from metrics.tables import TABLES


@dataclass(frozen=True)
class DemoData:
    """The clean part of the demo desk, as canonical frames with source `demo`."""

    tickets: pl.DataFrame
    messages: pl.DataFrame
    changes: pl.DataFrame
    ratings: pl.DataFrame
    arrivals: pl.DataFrame
    agent_states: pl.DataFrame
    outcomes: pl.DataFrame

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        return {name: getattr(self, name) for name in TABLES}


def generate(seed: int = 7) -> DemoData:
    """18 months of some 150,000 tickets up to `NEWEST`; the same seed gives the same rows on every machine."""
    streams = [np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(10)]
    asked = arrivals(streams[0])
    staff = people.staff(streams[1])
    about = inquiries.inquiries(streams[2], asked)
    life = lifecycle.lives(streams[3], asked, about, staff)
    writer = conversation.Writer(streams[4], asked, about, life, staff)
    said = frames.in_order(conversation.parts(writer))
    return DemoData(
        tickets=frames.tickets(asked, about, life, staff, said),
        messages=frames.messages(said, asked, about, staff, streams[5]),
        changes=history.changes(life, staff),
        ratings=history.ratings(streams[6], asked, about, life, staff),
        arrivals=switch.calls(streams[7], asked),
        agent_states=switch.states(streams[8], staff),
        outcomes=switch.purchases(streams[9], asked, about),
    )
