"""The reviews of the plan with the most of them as facts, for the figures of the catalogue."""

from datetime import datetime

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.quality.finals import final_reviews
from dashboard.services.facts.figures import settings_of
from dashboard.services.quality.results import main_plan, samples_of
from dashboard.triage.now import now
from metrics.facts import Facts
from metrics.quality.figures import review_facts


@needs(Act.SEE_QUALITY)
def quality_facts(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Facts:
    """The conversations of the actor's reach that were drawn, read, and came to a verdict by then."""
    moment = at or now()
    with desk.reading() as session:
        samples = samples_of(session, actor, by=moment)
        told = final_reviews(session, actor).select(
            "review", "source", "ticket_id", "critical_failed", "score",
            is_changed=pl.col("passed") != pl.col("first_passed"),
        )  # fmt: skip
    return review_facts(main_plan(samples)[1], told, settings_of(actor, desk), as_of=moment)
