"""A year of generated tickets with everything that the SQL oracle can tell: changes, messages, surveys, odd ends."""

from datetime import timedelta

import numpy as np
import polars as pl

from metrics.tables import TABLES
from tests.benchmarks.tickets import DAYS, FIRST, tickets_and_ratings

SECOND = timedelta(seconds=1)
AS_OF = FIRST + timedelta(days=DAYS) - timedelta(hours=8) - SECOND
"""The last second of the last day in Shanghai."""


def generated(count: int) -> dict[str, pl.DataFrame]:
    """Canonical tickets, messages, changes and ratings, of three sources, none of whose stamps is after AS_OF.

    bench: stamps and counters · told: every change of status is recorded, with pauses · spoken: messages only.
    """
    chance = np.random.default_rng(count)
    tickets, ratings = tickets_and_ratings(count)
    tickets = _until_now(_described(tickets, chance), ("first_responded_at", "resolved_at"))
    tickets = tickets.with_columns(**_first_auto(chance, count)).with_columns(**_ends(chance, count))
    tickets = _until_now(tickets, ("first_auto_responded_at", "closed_at", "updated_at", "escalated_at"))
    changes, messages = _changes(tickets, chance), _messages(tickets, chance)
    spoken = pl.col("source") == "spoken"
    silent = ("first_responded_at", "first_auto_responded_at", "replies")
    tickets = tickets.with_columns(pl.when(~spoken).then(name).alias(name) for name in silent)
    return {
        "tickets": _canonical("tickets", tickets, "x_fcr_survey"),
        "messages": _canonical("messages", messages),
        "changes": _canonical("changes", changes),
        "ratings": _canonical("ratings", _surveys(ratings, tickets, chance)),
    }


def _described(tickets: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    count = tickets.height
    kind, odd = pl.Series(chance.integers(0, 10, count)), pl.Series(chance.random(count))
    customers = pl.Series(chance.integers(0, max(count // 3, 1), count)).cast(pl.String)
    return tickets.with_columns(
        source=pl.when(kind < 6).then(pl.lit("bench")).when(kind < 9).then(pl.lit("told")).otherwise(pl.lit("spoken")),
        customer=pl.when(pl.Series(chance.random(count)) < 0.9).then(customers),
        type=pl.when(pl.Series(chance.random(count)) < 0.9).then("type"),
        status=pl.when(odd < 0.01).then(pl.lit("spam")).when((odd < 0.15) & (pl.col("status") == "open"))
        .then(pl.lit("pending")).otherwise("status"),
        reopens=pl.when((kind < 6) & (pl.Series(chance.random(count)) < 0.95)).then("reopens"),
        handoffs=pl.when(kind < 6).then(pl.Series(chance.poisson(0.4, count)).cast(pl.Int64)),
        replies=pl.when(pl.Series(chance.random(count)) < 0.9).then(
            pl.Series(chance.poisson(1.3, count)).cast(pl.Int64)
        ),
        escalated_at=pl.when(pl.Series(chance.random(count)) < 0.06).then(
            pl.col("created_at") + pl.duration(seconds=pl.Series(chance.integers(60, 90_000, count)))
        ),
        x_fcr_survey=pl.when(odd > 0.9).then(pl.lit("yes")).when(odd > 0.85).then(pl.lit("no")),
    )  # fmt: skip


def _until_now(tickets: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """What would come after AS_OF has not happened; a ticket that is not resolved is not in that status."""
    cut = tickets.with_columns(pl.when(pl.col(name) <= AS_OF).then(name).alias(name) for name in names)
    unresolved = (pl.col("status") == "resolved") & pl.col("resolved_at").is_null()
    return cut.with_columns(status=pl.when(unresolved).then(pl.lit("open")).otherwise("status"))


def _first_auto(chance: np.random.Generator, count: int) -> dict[str, pl.Expr]:
    answered = pl.Series(chance.random(count)) < 0.6
    early = pl.Series(chance.random(count))
    stay = (pl.col("resolved_at") - pl.col("first_responded_at")).dt.total_seconds()
    first = pl.col("first_responded_at") + pl.duration(seconds=(stay * early).floor())
    return {
        "first_auto_responded_at": pl.when(answered).then(pl.col("created_at") + 7 * SECOND),
        "first_resolved_at": pl.when((pl.col("source") == "bench") & (early < 0.5)).then(first),
    }


def _ends(chance: np.random.Generator, count: int) -> dict[str, pl.Expr]:
    """Some of the unresolved are closed all the same, of spam only the last change is known."""
    gone = pl.Series(chance.random(count)) < 0.4
    closed = gone & (pl.col("status") == "open") & (pl.col("source") != "told") & (
        pl.col("created_at") + timedelta(days=3) <= AS_OF
    )  # fmt: skip
    return {
        "closed_at": pl.when(closed).then(pl.col("created_at") + timedelta(days=3)),
        "updated_at": pl.when(pl.col("status") == "spam").then(pl.col("created_at") + timedelta(hours=1)),
        "status": pl.when(closed).then(pl.lit("closed")).otherwise("status"),
    }


def _changes(tickets: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    """new → open → pending → open → resolved; a ticket that is pending now went into it after its first reply."""
    told = tickets.filter(pl.col("source") == "told")
    drawn = [pl.Series(chance.random(told.height)) for _ in range(3)]
    began, replied, done = pl.col("created_at") + SECOND, pl.col("first_responded_at"), pl.col("resolved_at")
    stay = (done - replied).dt.total_seconds()
    rests = (drawn[0] < 0.5) & (pl.col("status") == "resolved")
    begin = (stay * drawn[1] * 0.5).floor()
    length = ((stay - begin) * drawn[2]).floor() + 1
    moved = told.with_columns(
        __rest=pl.when(rests).then(replied + pl.duration(seconds=begin)),
        __back=pl.when(rests).then(replied + pl.duration(seconds=begin + length)),
        __still=pl.when(pl.col("status") == "pending").then(replied + SECOND),
    )
    steps = [("new", "open", began), ("open", "pending", pl.col("__rest")), ("pending", "open", pl.col("__back")),
             ("open", "pending", pl.col("__still")),
             ("open", "resolved", pl.when(pl.col("status") == "resolved").then(done))]  # fmt: skip
    rows = [
        moved.select("source", "ticket_id", at=at, from_value=pl.lit(before), to_value=pl.lit(after),
                     sequence=pl.lit(place, pl.Int64), field=pl.lit("status"))
        for place, (before, after, at) in enumerate(steps)
    ]  # fmt: skip
    return pl.concat(rows).drop_nulls("at").filter(pl.col("at") <= AS_OF)


def _messages(tickets: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    spoken = tickets.filter(pl.col("source") == "spoken")
    drawn = [pl.Series(chance.random(spoken.height)) for _ in range(4)]
    replied = pl.col("first_responded_at")
    again = pl.when(drawn[0] < 0.5).then(replied + pl.duration(seconds=(drawn[1] * 90_000).floor()))
    answer = pl.when(drawn[2] < 0.8).then(again + pl.duration(seconds=(drawn[3] * 20_000).floor() + 61))
    said = [("customer", pl.col("created_at")), ("bot", pl.col("first_auto_responded_at")), ("agent", replied),
            ("customer", again), ("customer", again + 60 * SECOND), ("agent", answer)]  # fmt: skip
    rows = [
        spoken.select("source", "ticket_id", at=at, author_kind=pl.lit(kind), author=pl.lit(None, pl.String),
                      message_id=pl.format("{}-{}", "ticket_id", pl.lit(place)), is_public=pl.lit(True))
        for place, (kind, at) in enumerate(said)
    ]  # fmt: skip
    return pl.concat(rows).drop_nulls("at").filter(pl.col("at") <= AS_OF)


def _surveys(ratings: pl.DataFrame, tickets: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    """Surveys offered an hour after the resolution, a third unanswered, one in five out of ten."""
    there = ratings.drop("source").join(tickets.select("ticket_id", "source", "resolved_at"), on="ticket_id")
    drawn = [pl.Series(chance.random(there.height)) for _ in range(2)]
    ten, answered = drawn[0] < 0.2, drawn[1] < 0.67
    return there.with_columns(
        offered_at=pl.col("resolved_at") + 60 * SECOND,
        scale=pl.when(ten).then(10).otherwise(5),
        score=pl.when(answered).then(pl.when(ten).then(pl.col("score") * 2).otherwise("score")),
        given_at=pl.when(answered).then(pl.col("given_at")),
    ).filter((pl.col("offered_at") <= AS_OF) & (pl.col("given_at") <= AS_OF).fill_null(True))


def _canonical(table: str, frame: pl.DataFrame, *more: str) -> pl.DataFrame:
    schema = TABLES[table].schema
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(*(pl.col(name).cast(dtype) for name, dtype in schema.items()), *more)
