"""What each more chat that a person holds at once saves, at the busiest time of a queue."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.components.drawn import show_table
from dashboard.components.staffing.words import queue_name
from dashboard.components.text import plain
from dashboard.format import count, duration
from dashboard.staffing.naming import met, short_weekday
from dashboard.wording import _, number
from metrics.staffing.model import Needs, StaffingRules
from metrics.staffing.serving import AtOnce, by_chats_at_once

SHOWN = 5
"""So many chats at once at least are told of."""


def at_once_part(needs: Needs) -> None:
    """Draw a table for each queue of chats; nothing where there is none."""
    for queue in needs.rules:
        open_ones = needs.frame.filter(pl.col("queue") == queue, "is_open", pl.col("arrivals") > 0)
        if open_ones.is_empty():
            continue
        busiest = open_ones.sort("arrivals", descending=True).row(0, named=True)
        rules = needs.rules_at(queue, busiest["starts_at"])
        if rules.work == "chat":
            _draw(queue, busiest, rules, needs)


def _draw(queue: str, busiest: dict[str, object], rules: StaffingRules, needs: Needs) -> None:
    requests = float(busiest["arrivals"])  # type: ignore[arg-type]  # a cell of REQUIREMENT_FRAME
    title = _("{queue}: what each more chat at once saves", queue=queue_name(queue))
    with st.expander(title, icon=":material/forum:"):
        st.caption(
            _(
                "At the busiest time, {when}: {n} requests in {minutes} minutes. Now a person holds {chats} at once. "
                "The times are set in the settings, part “Queues”.",
                when=plain(short_weekday(busiest["starts_at"], needs.zone)),  # type: ignore[arg-type]
                n=number(requests, digits=1), minutes=needs.minutes, chats=count(rules.concurrency),
            )
        )  # fmt: skip
        most = max(SHOWN, rules.concurrency, len(rules.slowing))
        show_table(
            at_once_table(by_chats_at_once(rules, needs.minutes, requests, most=most), rules),
            name=f"chats-at-once-{queue}", title=title,
        )  # fmt: skip


def at_once_table(found: Sequence[AtOnce], rules: StaffingRules) -> pl.DataFrame:
    """A row for each number of chats at once; the one that holds now is marked."""
    return pl.DataFrame(
        {
            _("Chats at once"): [f"{one.chats}{' ◀' * (one.chats == rules.concurrency)}" for one in found],
            _("One chat takes"): [duration(one.seconds) for one in found],
            _("A busy person finishes an hour"): [number(one.an_hour, digits=1) for one in found],
            _("People for the goal"): [one.people for one in found],
            _("To roster, with every buffer"): [one.required for one in found],
            _("Expected"): [met(one.service.level, rules) for one in found],
        }
    )
