"""One row per rating, on one scale, with the dimensions of its ticket."""

import polars as pl

from metrics.desk import DeskSettings, EarlierRules, RatingScale
from metrics.facts.dimensions import TICKET_DIMENSIONS, ruled, source_fields
from metrics.facts.knowledge import Knowledge

TICKET_COLUMNS = (
    *TICKET_DIMENSIONS, "customer", "subject", "created_at", "created_on", "ended_at", "weekday", "hour", "peak",
)  # fmt: skip
Rules = DeskSettings | EarlierRules
ROUNDING = 1e-9
"""A share that should equal the line of satisfaction may miss it by so much in floating point."""


def rating_facts(
    ratings: pl.DataFrame, settled: pl.DataFrame, desk: DeskSettings, knowledge: Knowledge
) -> pl.DataFrame:
    """One row per rating: score5 (1–5), is_satisfied, rated_at, is_latest (of its ticket) and the ticket's dimensions.

    is_answered: whether the survey offered by then was answered · surveyed_at: when it was offered, else rated_at ·
    nps_points: of scores out of ten · rated_at: given_at, else the end of the ticket, else its creation. `agent` is the
    person rated, else the ticket's agent. weekday, hour and peak are those of the ticket's creation. A rating that was
    offered and not given has no score; a rating whose ticket is not there has no dimension but its source.
    """
    kept = ["ticket_id", *TICKET_COLUMNS, "full_resolution_at", *source_fields(settled)]
    dims = settled.select(kept).rename({"agent": "ticket_agent"})
    joined = ratings.join(dims, on=["source", "ticket_id"], how="left", maintain_order="left")
    dated = joined.with_columns(
        rated_at=pl.coalesce("given_at", "full_resolution_at", "ended_at", "created_at", "offered_at")
    )
    rated_on = pl.col("rated_at").dt.convert_time_zone(desk.zone).dt.date()
    scored = dated.with_columns(
        ruled(desk, rated_on, _share).alias("__share"),
        ruled(desk, rated_on, _line).alias("__line"),
        pl.coalesce("agent", "ticket_agent").alias("agent"),
        date_only=_date_only(),
    )
    return (
        scored.with_columns(
            score5=1 + 4 * pl.col("__share"),
            is_satisfied=pl.col("__share") >= pl.col("__line") - ROUNDING,
            is_given=pl.col("score").is_not_null(),
            is_answered=_is_answered(knowledge),
            nps_points=nps_points(),
            surveyed_at=pl.coalesce("offered_at", "rated_at"),
        )
        .sort("rated_at", "source", "ticket_id", "rating_id", nulls_last=False)
        .pipe(_with_latest)
        .drop("__share", "__line", "ticket_agent", "full_resolution_at")
    )


def _share(rules: Rules) -> pl.Expr:
    """Where a score stands between the worst and the best, by the desk's own reading of its scale, if it has one."""
    told = satisfied_share()
    for own in reversed(rules.rating_scales):
        stands = ((pl.col("score") - own.worst) / (own.best - own.worst)).clip(0, 1)
        told = pl.when(_is_on(own)).then(stands).otherwise(told)
    return told


def _line(rules: Rules) -> pl.Expr:
    """From which share of the scale on a customer is satisfied."""
    line = pl.lit(rules.csat_positive_share)
    for own in reversed(rules.rating_scales):
        line = pl.when(_is_on(own)).then((own.satisfied_from - own.worst) / (own.best - own.worst)).otherwise(line)
    return line


def _is_on(own: RatingScale) -> pl.Expr:
    of_source = pl.lit(True) if own.source is None else pl.col("source") == own.source
    return ((pl.col("scale") == own.scale) & of_source).fill_null(False)


def satisfied_share() -> pl.Expr:
    """Where a score stands between the worst (0) and the best (1) of its scale; a scale of 1 is bad or good."""
    score, scale = pl.col("score"), pl.col("scale")
    return (
        pl.when(scale > 1).then(((score - 1) / (scale - 1)).clip(0, 1)).when(scale == 1).then(score.clip(0, 1))
    )  # fmt: skip


def nps_points() -> pl.Expr:
    """100 for a promoter (9, 10), −100 for a detractor (0–6), 0 between, of scores out of ten; else null."""
    score = pl.when(pl.col("scale") == 10).then("score")
    return pl.when(score >= 9).then(100.0).when(score <= 6).then(-100.0).when(score.is_not_null()).then(0.0)


def _is_answered(knowledge: Knowledge) -> pl.Expr:
    """Whether a survey that was offered was answered; null where the source keeps only answers.

    A source that stamps its offers tells them by the stamp; one that keeps rows without a score tells them by the row.
    """
    stamped, unanswered = pl.col("offered_at").is_not_null(), pl.col("score").is_null()
    offered = pl.when(knowledge.tells("survey_offers")).then(stamped).otherwise(knowledge.tells("survey_rows"))
    return pl.when(offered).then(~unanswered)


def _with_latest(ordered: pl.DataFrame) -> pl.DataFrame:
    """Mark the last rating with a score of each ticket."""
    placed = ordered.with_row_index("__place")
    given = placed.filter(pl.col("score").is_not_null()).select("__place", "source", "ticket_id")
    last = given.unique(["source", "ticket_id"], keep="last", maintain_order=True)["__place"]
    latest = pl.Series([False], dtype=pl.Boolean).new_from_index(0, ordered.height)
    return ordered.with_columns(is_latest=latest.scatter(last, True))


def _date_only() -> pl.Expr:
    is_day = pl.col("date_only").list.contains("given_at").fill_null(False)
    own = pl.col("date_only").fill_null(pl.lit([], pl.List(pl.String)))
    return pl.when(is_day).then(pl.concat_list(own, pl.lit("rated_at"))).otherwise(own)
