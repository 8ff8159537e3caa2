"""What a rule of triage would have caught, before it is put in force."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.permission import permission_of
from dashboard.services.facts.figures import readable_facts
from metrics.model import Period
from metrics.triage.model import Rule
from metrics.triage.preview import caught


@needs(Act.SEE_SETTINGS)
def preview(actor: Actor, desk: Desk, rule: Rule, *, period: Period) -> pl.DataFrame:
    """What the rule would have brought to the queue in these days, of the tickets that the actor may read.

    One row each time: source, ticket_id, rule, since, and what fills its sentence; see metrics.triage.evaluate.FOUND.
    """
    facts, head = readable_facts(actor, desk), desk.head()
    text = rule.kind in ("words", "help") and not permission_of(actor, Act.SEE_TICKETS).is_nothing
    messages = desk.warehouse.scan("messages", head.versions) if head and text else None
    if messages is not None:
        young = (pl.col("at") >= _begin(facts.zone, period, end=False)) & (pl.col("at") < _begin(facts.zone, period))
        messages = messages.filter(young)
    begin, end = (_begin(facts.zone, period, end=is_end) for is_end in (False, True))
    return caught(facts, rule, begin, end, messages=messages)


def _begin(zone: str, period: Period, *, end: bool = True) -> datetime:
    """When a period begins or ends, in UTC."""
    day = period.end if end else period.start
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
