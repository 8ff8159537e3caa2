"""By Zendesk's rules: from creation, merged tickets too, two replies are no one-touch, the latest rating decides."""

from datetime import timedelta

import polars as pl

from metrics.facts.dimensions import is_day
from metrics.rules.told import ENDED, Told, public_replies, stamped_replies

TO_ANSWER = timedelta(days=28)
"""A survey is open so long."""


def responses(data: Told) -> pl.DataFrame:
    """Created → first public comment of a person; of a ticket that a person opened by one, the second."""
    created = data.tickets.select("row", "created_at", "status")
    heard = data.messages.join(created, on="row", maintain_order="left")
    opened = heard.group_by("row", maintain_order=True).agg(
        by_person=(pl.col("kind").first() == "agent") & (pl.col("at").first() <= pl.col("created_at").first())
    )
    persons = heard.filter(pl.col("kind") == "agent").join(opened, on="row", maintain_order="left")
    place = pl.int_range(pl.len()).over("row")
    stops = persons.filter((place == pl.col("by_person").cast(pl.Int64)) & (pl.col("at") >= pl.col("created_at")))
    why = pl.when("by_person").then(pl.lit("second_comment")).when(pl.col("status").is_in(["merged", "spam"])).then(
        pl.lit("set_aside_counts")
    )  # fmt: skip
    return pl.concat([stops.select("row", "is_day", "at", begin="created_at", why=why), stamped_replies(data)],
                     how="diagonal")  # fmt: skip


def resolutions(data: Told) -> pl.DataFrame:
    """Created → last solved of what is solved or closed now; closed without being solved counts as solved then."""
    solved = data.changes.filter(pl.col("after").is_in(["resolved", "confirmed"])).group_by("row").agg(
        changed_at=pl.col("at").max()
    )  # fmt: skip
    over = data.tickets.filter(pl.col("status").is_in([*ENDED, "merged"]) | (
        pl.col("status").is_null() & pl.col("resolved_at").is_not_null()
    )).join(solved, on="row", how="left", maintain_order="left")  # fmt: skip
    stamp = pl.coalesce("resolved_at", "changed_at")
    why = pl.when(pl.col("status") == "merged").then(pl.lit("set_aside_counts")).when(stamp.is_null()).then(
        pl.lit("closed_counts")
    )  # fmt: skip
    at = pl.coalesce(stamp, "closed_at")
    day = pl.when(pl.col("resolved_at").is_not_null()).then(is_day("resolved_at")).otherwise(
        stamp.is_null() & is_day("closed_at")
    )  # fmt: skip
    return over.select("row", begin="created_at", at=at, is_day=day, why=why).drop_nulls("at")


def one_touch(data: Told) -> pl.DataFrame:
    """Solved or closed with fewer than two public replies of a person, however young."""
    known = public_replies(data).filter(pl.col("status").is_in(ENDED) & pl.col("replies").is_not_null())
    why = pl.when(pl.col("replies") == 0).then(pl.lit("no_reply_counts")).otherwise(pl.lit("only_solved_count"))
    return known.select("row", verdict=pl.col("replies") < 2, why=why)


def ratings(data: Told) -> pl.DataFrame:
    """The latest rating of a ticket, given within 28 days of the offer and before it was closed: 4 and 5 are good."""
    closed = data.tickets.select("source", "ticket_id", "closed_at")
    given = data.ratings.filter(pl.col("score").is_not_null()).join(closed, on=["source", "ticket_id"], how="left")
    late = (pl.col("given_at") > pl.col("offered_at") + TO_ANSWER).fill_null(False)
    shut = (pl.col("given_at") > pl.col("closed_at")).fill_null(False)
    ordered = given.with_columns(late=late, shut=shut).sort("source", "ticket_id", "given_at", "rating_id")
    ordered = ordered.with_row_index("place")
    counts = ~pl.col("late") & ~pl.col("shut")
    last = pl.when(counts).then("place").max().over("source", "ticket_id")
    latest = (counts & (pl.col("place") == last)).fill_null(False)
    share = pl.when(pl.col("scale") > 1).then((pl.col("score") - 1) / (pl.col("scale") - 1)).otherwise("score")
    why = pl.when("late").then(pl.lit("late_rating")).when("shut").then(pl.lit("after_close")).when(~latest).then(
        pl.lit("earlier_rating")
    )  # fmt: skip
    return ordered.select(
        "source", "ticket_id", "rating_id", verdict=pl.when(latest).then(share >= 0.75 - 1e-9), why=why
    )
