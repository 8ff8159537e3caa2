"""By Chatwoot's rules: the wait begins at the last opening, every resolution counts, 4 and 5 are satisfied."""

import polars as pl

from metrics.facts.dimensions import is_day
from metrics.rules.told import Told, stamped_replies


def responses(data: Told) -> pl.DataFrame:
    """Last opening (a bot's hand-over, a reopening) before the first message of a person, else creation → that."""
    created = data.tickets.select("row", "created_at", "status")
    said = data.messages.filter(pl.col("kind") == "agent").unique("row", keep="first", maintain_order=True)
    first = said.join(created, on="row", maintain_order="left")
    opened = data.changes.filter(
        (pl.col("after") == "open") & pl.col("before").is_not_null() & (pl.col("before") != "new")
    )
    before = opened.rename({"at": "opened_at"}).join(first.select("row", "at"), on="row").filter(
        pl.col("opened_at") <= pl.col("at")
    ).group_by("row").agg(pl.col("opened_at").max())  # fmt: skip
    placed = first.join(before, on="row", how="left", maintain_order="left")
    own = pl.col("at") <= pl.col("created_at")
    why = pl.when(pl.col("opened_at").is_not_null()).then(pl.lit("from_last_opening")).when(own).then(
        pl.lit("own_message")
    ).when(pl.col("status").is_in(["merged", "spam"])).then(pl.lit("set_aside_counts"))  # fmt: skip
    begin = pl.min_horizontal(pl.coalesce("opened_at", "created_at"), "at")
    return pl.concat(
        [placed.select("row", "is_day", "at", begin=begin, why=why), stamped_replies(data)], how="diagonal"
    )


def resolutions(data: Told) -> pl.DataFrame:
    """Every change into resolved, each measured from creation; the stamp where no change is recorded."""
    created = data.tickets.select("row", "created_at")
    events = data.changes.filter(pl.col("after") == "resolved").join(created, on="row", maintain_order="left")
    is_last = pl.col("at") == pl.col("at").max().over("row")
    counted = events.select(
        "row", "at", begin="created_at", is_day=pl.lit(False),
        why=pl.when(~is_last).then(pl.lit("every_resolution")).otherwise(pl.lit("last_change")),
    )  # fmt: skip
    stamped = data.tickets.filter(pl.col("resolved_at").is_not_null()).join(events, on="row", how="anti").select(
        "row", begin="created_at", at="resolved_at", is_day=is_day("resolved_at"),
        why=pl.when(pl.col("status").is_in(["merged", "spam"])).then(pl.lit("set_aside_counts")),
    )  # fmt: skip
    return pl.concat([counted, stamped], how="diagonal")


def ratings(data: Told) -> pl.DataFrame:
    """4 and 5 of five over all that were given."""
    given = data.ratings.filter(pl.col("score").is_not_null() & pl.col("scale").is_not_null())
    share = pl.when(pl.col("scale") > 1).then((pl.col("score") - 1) / (pl.col("scale") - 1)).otherwise("score")
    return given.select(
        "source", "ticket_id", "rating_id", verdict=share >= 0.75 - 1e-9, why=pl.lit("fixed_line")
    )  # fmt: skip
