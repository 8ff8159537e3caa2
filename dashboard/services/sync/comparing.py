"""When all that a connected system has is held against the desk, and what is said of it."""

from collections.abc import Iterator
from datetime import timedelta

from dashboard.services.sync.connections import Connected
from dashboard.services.sync.runs import Sentence
from dashboard.triage.now import now
from loaders.live.comparing import FEW, Compared
from metrics.words import N_

DOUBTFUL = N_(
    "The system lists {listed} tickets, the desk has {standing}: so many are hardly deleted. Nothing was taken out; "
    "see whether the token may still read all of them."
)
NOT_THERE = N_("Compared with all that the system has: {n} tickets are not there any more, and left the figures.")
NOT_HERE = N_(
    "The system lists {n} tickets that this desk has not ({listed} there, {standing} here). See whether its search "
    "works and whether the mapping names the right number."
)


def is_due(one: Connected) -> bool:
    """Whether it is time to hold all that the system has against the desk again."""
    if not one.compare:
        return False
    return one.compared_at is None or now() - one.compared_at >= timedelta(days=one.compare)


def said(found: Compared, standing: int) -> Iterator[Sentence]:
    """What a comparison has to say."""
    counts = {"listed": found.listed, "standing": standing}
    if found.is_doubtful:
        yield {"template": DOUBTFUL, "params": counts}
    if found.gone:
        yield {"template": NOT_THERE, "params": {"n": len(found.gone)}}
    if found.missing > max(FEW, found.listed // 100):
        yield {"template": NOT_HERE, "params": {"n": found.missing, **counts}}
