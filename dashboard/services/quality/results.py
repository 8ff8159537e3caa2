"""Results of spot-checks as the quality page, the command line and reports show them; one plan at a time.

Only what was drawn by chance counts, by the primary's final value. Supervisors get those of their teams.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, Reach, needs, reach
from dashboard.quality.draws import Draw, draws_in, units_in
from dashboard.quality.finals import answers_of, final_reviews
from dashboard.quality.settings import QualitySettings, settings_of
from dashboard.quality.windows import newest_known
from metrics.quality.estimates import Estimate, Verdict, more_to_settle, narrowing, verdict
from metrics.quality.results import DRAWN, READ, Sample, by_answer, course, month_before, sampled
from metrics.quality.sampling import parts

Span = Literal["weeks", "month", "quarter"]
SPANS: tuple[Span, ...] = get_args(Span)
"""The last four whole weeks, the last whole month, the last thirteen whole weeks: ends that stand fast."""
ROLLING_DAYS = 28
COURSE_WEEKS = 13
NEXT = 20


@dataclass(frozen=True)
class Results:
    """What one plan's reviews say of a span of days `[first, end)`.

    so_far: of the days since, too, without a verdict · course: rolling four weeks to each Monday · next: where the
    next reviews narrow the interval most · answers: review, criterion, full.
    """

    plan: str | None
    plans: tuple[str, ...]
    first: date
    end: date
    zone: str
    line: float
    sample: Sample
    estimate: Estimate
    verdict: Verdict
    more: int | None
    so_far: Sample
    course: pl.DataFrame
    next: dict[str, int]
    lines: pl.DataFrame


@needs(Act.SEE_QUALITY)
def results(
    actor: Actor, desk: Desk, *, span: Span = "weeks", plan: str | None = None, at: datetime | None = None
) -> Results:  # fmt: skip
    """The results of a plan, the one with the most reviews if none is named; by the last days that the data tell of."""
    zone = desk.zone() or "UTC"
    moment = at or newest_known(desk)
    first, end = span_of(span, moment.astimezone(ZoneInfo(zone)).date())
    settings = settings_of(desk)
    with desk.reading() as session:
        known = {name: of for name, of in samples_of(session, actor).items() if of.strata.height}
        answers = _full(answers_of(session, actor))
    chosen, whole = (plan, known[plan]) if plan is not None and plan in known else main_plan(known)
    inside = within(whole, first, end, zone)
    so_far = within(whole, end - timedelta(days=ROLLING_DAYS), date.max, zone)
    return _told(chosen, tuple(sorted(known)), first, end, zone, settings, whole, inside, so_far, answers)


def _told(
    plan: str | None, plans: tuple[str, ...], first: date, end: date, zone: str, settings: QualitySettings,
    whole: Sample, inside: Sample, so_far: Sample, answers: pl.DataFrame,
) -> Results:  # fmt: skip
    estimate, line = inside.estimate, settings.target_rate
    newest = so_far.strata.sort("window_from").unique("stratum", keep="last", maintain_order=True)
    mondays = [midnight(end - timedelta(weeks=back), zone) for back in range(COURSE_WEEKS - 1, -1, -1)]
    return Results(
        plan=plan, plans=plans, first=first, end=end, zone=zone, line=line, sample=inside, estimate=estimate,
        verdict=verdict(estimate, line), more=more_to_settle(estimate, line), so_far=so_far,
        course=course(whole, mondays, days=ROLLING_DAYS), next=narrowing(newest, NEXT),
        lines=by_answer(inside, answers),
    )  # fmt: skip


def span_of(span: Span, today: date) -> tuple[date, date]:
    """The days `[first, end)` of a span that was over before that day."""
    if span == "month":
        return month_before(today)
    end = today - timedelta(days=today.weekday())
    return end - timedelta(weeks=4 if span == "weeks" else 13), end


def midnight(day: date, zone: str) -> datetime:
    """The beginning of a day as an instant."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def within(sample: Sample, first: date, end: date, zone: str) -> Sample:
    """The draws whose window began on these days."""
    began = pl.col("window_from") >= midnight(first, zone)
    return sample.of(began if end == date.max else began & (pl.col("window_from") < midnight(end, zone)))


def main_plan(samples: dict[str, Sample]) -> tuple[str | None, Sample]:
    """The plan of which the most was read, of equals the first by name; figures without a plan's name are of it."""
    nothing = sampled(pl.DataFrame(schema=DRAWN), pl.DataFrame(schema=READ))
    found = min(samples, key=lambda name: (-samples[name].reviewed, name), default=None)
    return found, nothing if found is None else samples[found]


def samples_of(session: Session, actor: Actor, *, by: datetime | None = None) -> dict[str, Sample]:
    """The samples of every plan for rates, as far as the person may see them; what was read by then if one is given."""
    standing = [one for one in draws_in(session) if one.superseded_by is None and one.plan.purpose == "rate"]
    drawn, read = drawn_frame(session, standing), read_frame(session, actor, by)
    if reach(actor, Act.SEE_QUALITY) is not Reach.ALL:
        drawn = drawn.filter(pl.col("team").is_in(sorted(actor.teams)))
    names: dict[str, list[int]] = {}
    for one in standing:
        names.setdefault(one.plan.name, []).append(one.id)
    return {name: sampled(drawn.filter(pl.col("draw_id").is_in(ids)), read) for name, ids in names.items()}


def drawn_frame(session: Session, draws: list[Draw]) -> pl.DataFrame:
    """The strata of draws, with what could not be read (columns DRAWN)."""
    rows = [
        (one.id, one.window.start, stratum.name, *parts(stratum.name), stratum.size, stratum.drawn)
        for one in draws
        for stratum in one.strata
    ]
    schema = {name: kind for name, kind in DRAWN.items() if name not in ("ineligible", "skipped")}
    strata = pl.DataFrame(rows, schema=schema, orient="row")
    became = units_in(session, [one.id for one in draws]).group_by("draw_id", "stratum").agg(
        ineligible=(pl.col("outcome") == "ineligible").sum().cast(pl.Int64),
        skipped=(pl.col("outcome") == "skipped").sum().cast(pl.Int64),
    )  # fmt: skip
    told = strata.join(became, on=["draw_id", "stratum"], how="left")
    return told.with_columns(pl.col("ineligible", "skipped").fill_null(0)).select(list(DRAWN))


def read_frame(session: Session, actor: Actor, by: datetime | None = None) -> pl.DataFrame:
    """What was read by the primary, by then if an instant is given, and came to a verdict (columns READ)."""
    found = final_reviews(session, actor).drop_nulls("passed")
    found = found if by is None else found.filter(pl.col("reviewed_at") <= by)
    return found.select(list(READ))


def _full(answers: pl.DataFrame) -> pl.DataFrame:
    """Whether each line of an ordinary review has the full mark."""
    own = answers.filter(pl.col("kind") == "normal", pl.col("draw_id").is_not_null())
    return own.select("review", "criterion", full=pl.col("final") >= 1)


@needs(Act.SEE_QUALITY)
def critical_found(actor: Actor, desk: Desk, *, since: datetime) -> int:
    """In how many drawn conversations of the person's reach a critical error was found since then."""
    with desk.reading() as session:
        found = final_reviews(session, actor).filter(pl.col("critical_failed"), pl.col("reviewed_at") >= since)
    if reach(actor, Act.SEE_QUALITY) is not Reach.ALL:
        found = found.filter(pl.col("team").is_in(sorted(actor.teams)))
    return found.height
