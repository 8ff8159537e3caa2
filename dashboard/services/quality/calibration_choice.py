"""Which conversations are worth reading together: half of them hard to judge, half by chance, and none told apart."""

import hashlib
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.quality.blindness import may_know
from dashboard.quality.review_states import COUNTED
from dashboard.store import Dispute, Review
from dashboard.store.frames import frame_of
from dashboard.triage.now import now

OFFERED = 24
LATELY = timedelta(days=28)
KEYS = ["source", "ticket_id"]
ROWS = {"source": pl.String, "ticket_id": pl.String, "passed": pl.Boolean, "is_disputed": pl.Boolean}


@needs(Act.CALIBRATE)
def proposed(actor: Actor, desk: Desk, *, at: datetime | None = None) -> pl.DataFrame:
    """Conversations of the last four weeks that were read, as source and ticket_id, in an order that tells nothing.

    Hard: failed, disputed, or read twice with another verdict. Whatever the person is still to judge is left out.
    """
    since = (at or now()) - LATELY
    disputed = Review.id.in_(select(Dispute.review_id))
    asked = select(Review.source, Review.ticket_id, Review.passed, disputed).where(
        Review.kind.in_(("normal", "double")), Review.state.in_(COUNTED), Review.submitted_at >= since, may_know(actor)
    )  # fmt: skip
    with desk.reading() as session:
        read = frame_of(session, asked, ROWS)
    passed = pl.col("passed")
    is_hard = (~passed).any() | pl.col("is_disputed").any() | (passed.n_unique() > 1)
    told = read.group_by(KEYS).agg(is_hard=is_hard.fill_null(value=False))
    mixed = told.with_columns(order=pl.Series([_mark(*key) for key in told.select(KEYS).iter_rows()], dtype=pl.String))
    halves = (mixed.filter(part).sort("order").head(OFFERED // 2) for part in (pl.col("is_hard"), ~pl.col("is_hard")))
    return pl.concat(halves).sort(pl.col("order").str.reverse()).select(KEYS)


def _mark(source: str, ticket_id: str) -> str:
    return hashlib.sha256(f"calibration|{source}/{ticket_id}".encode()).hexdigest()
