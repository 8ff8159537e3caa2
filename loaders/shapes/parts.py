"""What a row of a ticket brings beside the ticket: its texts as messages, its rating."""

import polars as pl

from loaders.base import Note
from loaders.mapping import Mapping as SourceMapping
from loaders.problems import ROW, Problem
from loaders.shapes.rows import Shaped, conformed, flagged
from metrics.tables import MESSAGES, RATINGS
from metrics.words import N_

SCALES = (5, 10, 100)
SCALE_TAKEN = N_("Ratings in '{column}' are taken as given out of {scale}; if not, name rating_scale in the mapping.")
EXTRAS = ("request_text", "reply_text", "rating_score", "rating_scale", "rated_at", "rating_comment", "rating_agent")


def parts_of(frame: pl.DataFrame, mapping: SourceMapping, *, source: str) -> Shaped:
    """Messages and ratings of typed ticket rows, where the mapping names texts or ratings."""
    messages, problems = _messages(frame, mapping, source=source)
    ratings = _ratings(frame, mapping, source=source)
    tables = {"messages": messages} if messages is not None else {}
    return Shaped({**tables, **ratings.tables}, (*problems, *ratings.problems), ratings.notes)


def _messages(
    frame: pl.DataFrame, mapping: SourceMapping, *, source: str
) -> tuple[pl.DataFrame | None, tuple[Problem, ...]]:
    """The request at its creation and the reply at its stamp; a reply without one cannot be placed and is told."""
    parts, problems = [], []
    if "request_text" in frame.columns:
        parts.append(_writing(frame, "request_text", "created_at", "customer", "customer", ":request"))
    if "reply_text" in frame.columns:
        named = frame if "first_responded_at" in frame.columns else frame.with_columns(_no_stamp("first_responded_at"))
        by = "first_responder" if "first_responder" in frame.columns else "agent"
        replies = _writing(named, "reply_text", "first_responded_at", "agent", by, ":reply")
        lost = replies[ROW].filter(replies["at"].is_null())
        problems += [Problem(lost, mapping.columns["reply_text"], "reply_without_time")] if lost.len() else []
        parts.append(replies.filter(pl.col("at").is_not_null()))
    return (conformed(pl.concat(parts), MESSAGES, source=source) if parts else None), tuple(problems)


def _no_stamp(name: str) -> pl.Expr:
    return pl.lit(None, dtype=pl.Datetime("us", "UTC")).alias(name)


def _writing(frame: pl.DataFrame, text: str, at: str, kind: str, author: str, suffix: str) -> pl.DataFrame:
    by = pl.col(author) if author in frame.columns else pl.lit(None, dtype=pl.String)
    is_dated = pl.col("date_only").list.contains(at).fill_null(False)
    return frame.filter(pl.col(text).is_not_null()).select(
        ROW,
        (pl.col("ticket_id") + suffix).alias("message_id"),
        "ticket_id",
        pl.col(at).alias("at"),
        pl.lit(kind).alias("author_kind"),
        by.alias("author"),
        pl.lit(True).alias("is_public"),
        pl.col(text).alias("text"),
        pl.when(is_dated).then(pl.lit(["at"], dtype=pl.List(pl.String))).alias("date_only"),
    )


def _ratings(frame: pl.DataFrame, mapping: SourceMapping, *, source: str) -> Shaped:
    named = [name for name in ("rating_score", "rating_comment") if name in frame.columns]
    if "rating_score" not in named:
        return Shaped({})
    rows = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in named))
    scale, notes = _scale(rows, mapping)
    rated = rows.select(
        ROW,
        "ticket_id",
        pl.col("ticket_id").alias("rating_id"),
        _named(rows, "rated_at", pl.Datetime("us", "UTC")).alias("given_at"),
        pl.col("rating_score").alias("score"),
        scale.alias("scale"),
        _named(rows, "rating_comment", pl.String()).alias("comment"),
        _named(rows, "rating_agent" if "rating_agent" in rows.columns else "agent", pl.String()).alias("agent"),
        pl.when(pl.col("date_only").list.contains("rated_at"))
        .then(pl.lit(["given_at"], dtype=pl.List(pl.String)))
        .alias("date_only"),
    )
    checked = flagged(rated, RATINGS, {"score": mapping.columns["rating_score"]})
    return Shaped({"ratings": conformed(checked.frame, RATINGS, source=source)}, checked.problems, notes)


def _named(frame: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name) if name in frame.columns else pl.lit(None, dtype=dtype)


def _scale(rows: pl.DataFrame, mapping: SourceMapping) -> tuple[pl.Expr, tuple[Note, ...]]:
    """The best score: from its column, from the mapping, else the smallest usual scale that holds all scores."""
    if "rating_scale" in rows.columns:
        return pl.col("rating_scale"), ()
    if "rating_scale" in mapping.options:
        return pl.lit(int(mapping.options["rating_scale"]), dtype=pl.Int64), ()
    highest = rows["rating_score"].max()
    best = next((s for s in SCALES if not isinstance(highest, float) or highest <= s), SCALES[-1])
    note = Note(SCALE_TAKEN, {"column": mapping.columns["rating_score"], "scale": best})
    return pl.lit(best, dtype=pl.Int64), (note,) if rows.height else ()
