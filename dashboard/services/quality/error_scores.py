"""The scoreboard of error cases: by cause how many, how long it took to put them right, and whether it helped."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.quality.errors import Case, cases_in
from dashboard.services.quality.results import samples_of
from dashboard.triage.now import now
from metrics.quality.estimates import Estimate, of_units
from metrics.quality.results import Sample

BESIDE = timedelta(days=28)
"""So long before an error was found, and after its measure was done, reviews are looked at."""


@dataclass(frozen=True)
class Effect:
    """The share of a type's conversations that do not pass: before the error was found, and after its measure.

    fell: whether it is lower beyond chance; None while there is too little to say.
    """

    case: Case
    before: Estimate
    after: Estimate
    fell: bool | None


@dataclass(frozen=True)
class Scores:
    """by_cause: cause, cases, open, late (clocks not kept), typical_seconds from the finding to the last measure."""

    by_cause: pl.DataFrame
    effects: tuple[Effect, ...]


@needs(Act.SEE_QUALITY)
def error_scores(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Scores:
    """The scoreboard of the cases that the person may see."""
    moment = at or now()
    with desk.reading() as session:
        found = cases_in(session, actor)
        samples = samples_of(session, actor)
    whole = max(samples.values(), key=lambda one: one.reviewed, default=None)
    effects = tuple(_effect(one, whole) for one in found if "done" in one.done and one.type) if whole else ()
    return Scores(_by_cause(found, moment), effects)


def _by_cause(found: tuple[Case, ...], at: datetime) -> pl.DataFrame:
    rows = [
        (one.cause or "", one.closed_at is None, sum(clock.is_late(at) for clock in one.clocks),
         (one.done["done"] - one.found_at).total_seconds() if "done" in one.done else None)
        for one in found
    ]  # fmt: skip
    schema = {"cause": pl.String, "is_open": pl.Boolean, "late": pl.Int64, "seconds": pl.Float64}
    told = pl.DataFrame(rows, schema=schema, orient="row").group_by("cause").agg(
        cases=pl.len(), open=pl.col("is_open").sum(), late=pl.col("late").sum(),
        typical_seconds=pl.col("seconds").median(),
    )  # fmt: skip
    return told.sort("cases", "cause", descending=[True, False])


def _effect(one: Case, sample: Sample) -> Effect:
    done = one.done["done"]
    before = _failing(sample, one.type, one.found_at - BESIDE, one.found_at)
    after = _failing(sample, one.type, done, done + BESIDE)
    known = before.low is not None and after.high is not None and before.high is not None and after.low is not None
    apart = known and (after.high < before.low or after.low > before.high)  # type: ignore[operator]
    return Effect(one, before, after, (after.value or 0) < (before.value or 0) if apart else None)


def _failing(sample: Sample, type: str | None, since: datetime, until: datetime) -> Estimate:
    windows = sample.strata.filter(pl.col("window_from") >= since, pl.col("window_from") < until)
    reads = sample.reads.join(windows.select("draw_id", "stratum"), on=["draw_id", "stratum"], how="semi")
    own = reads.filter(pl.col("type") == type)
    return of_units(~own["passed"], own["chance"])
