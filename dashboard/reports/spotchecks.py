"""What was drawn for review of the days of a report, and what came of it, by plan."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Reach, reach
from dashboard.quality.draws import Draw, draws_in
from dashboard.quality.finals import answers_of
from dashboard.quality.settings import settings_of
from dashboard.reports.content import Spotchecks
from dashboard.services.quality.results import samples_of, within
from metrics.model import Period
from metrics.quality.results import Sample
from metrics.tables import INSTANT

DRAWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "draw_id": pl.Int64, "window_from": INSTANT, "frame_size": pl.Int64, "frame_sha256": pl.String,
    "seed": pl.String, "load_id": pl.Int64,
}  # fmt: skip


def spotchecks(actor: Actor, desk: Desk, period: Period, *, at: datetime) -> tuple[Spotchecks, ...] | None:
    """The plans that draw for rates, with what was read by then; None for whom reviews are nothing to see."""
    if reach(actor, Act.SEE_QUALITY) is Reach.NONE:
        return None
    line, zone = settings_of(desk).target_rate, desk.zone() or "UTC"
    with desk.reading() as session:
        samples, draws = samples_of(session, actor, by=at), draws_in(session)
        told = answers_of(session, actor).filter(pl.col("kind") == "normal", pl.col("draw_id").is_not_null())
    answers = told.select("review", "criterion", full=pl.col("final") >= 1)
    found = {name: within(one, period.start, period.end, zone) for name, one in sorted(samples.items())}
    return tuple(Spotchecks(name, one, line, answers, _draws(one, draws)) for name, one in found.items())


def _draws(sample: Sample, draws: Sequence[Draw]) -> pl.DataFrame:
    ids = set(sample.strata["draw_id"])
    rows = [(one.id, one.window.start, one.frame_size, one.frame_sha256, one.seed, one.load_id)
            for one in draws if one.id in ids]  # fmt: skip
    return pl.DataFrame(rows, schema=DRAWS, orient="row")
