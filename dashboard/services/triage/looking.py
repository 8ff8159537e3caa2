"""What the rules of triage find on a desk of any size: slice by slice, so that no more than one month is in memory."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.fact_files import Slices
from dashboard.services.facts.figures import facts_in_slices, facts_of
from metrics.facts import Facts, of_tickets, together
from metrics.triage import Rule
from metrics.triage import evaluate as look
from metrics.triage.evaluate import confirming_sources, with_words

TICKET = {"source": pl.String(), "ticket_id": pl.String()}


@needs(Act.RUN_TRIAGE)
def looked(
    actor: Actor, desk: Desk, rules: Sequence[Rule], as_of: datetime | None, asked: pl.DataFrame
) -> tuple[Facts, pl.DataFrame]:  # fmt: skip
    """What the rules find, and the facts of those tickets and of the asked ones; the others are looked at and left."""
    try:
        return _looked(facts_in_slices(actor, desk, as_of), desk, rules, asked)
    except (OSError, pl.exceptions.PolarsError):  # kept facts are damaged, or another process made them anew
        facts_of(actor, desk, as_of)
        return _looked(facts_in_slices(actor, desk, as_of), desk, rules, asked)


def _looked(
    slices: Slices, desk: Desk, rules: Sequence[Rule], asked: pl.DataFrame
) -> tuple[Facts, pl.DataFrame]:  # fmt: skip
    messages = with_words(_messages(desk), rules, slices.as_of)
    confirming = confirming_sources(slices.tickets)
    kept, found = list[Facts](), list[pl.DataFrame]()
    for facts in slices.read():
        found.append(look(facts, rules, messages=messages, confirming=confirming))
        kept.append(of_tickets(facts, pl.concat([asked, found[-1].select(*TICKET)])))
    return together(kept), pl.concat(found)


def _messages(desk: Desk) -> pl.LazyFrame:
    head = desk.head()
    return desk.warehouse.scan("messages", head.versions if head else {})
