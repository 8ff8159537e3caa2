"""By Freshdesk's rules: assigned tickets only, the timer stands while it waits, happy is above the middle."""

import polars as pl

from metrics.facts.dimensions import is_day
from metrics.facts.durations import with_durations
from metrics.rules.told import ENDED, Told, public_replies, stamped_replies

ASIDE = ("merged", "spam")
TIMER_OFF = ("pending", "on_hold")
"""The statuses that stop the timer as the system is delivered."""


def responses(data: Told) -> pl.DataFrame:
    """Created → first public reply of a person after it; only tickets of a team or person, no merged, no spam."""
    mine = data.tickets.filter(
        (pl.col("agent").is_not_null() | pl.col("team").is_not_null()) & ~pl.col("status").is_in(ASIDE).fill_null(False)
    ).select("row", "created_at")
    said = data.messages.filter(pl.col("kind") == "agent").join(mine, on="row", maintain_order="left")
    after = said.filter(pl.col("at") > pl.col("created_at")).unique("row", keep="first", maintain_order=True)
    stamped = stamped_replies(data).join(mine, on="row", how="semi")
    counted = after.select("row", "is_day", "at", begin="created_at", why=pl.lit("from_creation"))
    return pl.concat([counted, stamped], how="diagonal")


def resolutions(data: Told) -> pl.DataFrame:
    """Created → resolved, without the time in statuses whose timer is off."""
    kept = data.tickets.filter(
        pl.col("resolved_at").is_not_null() & ~pl.col("status").is_in(ASIDE).fill_null(False)
        & (pl.col("status").is_in(ENDED) | pl.col("status").is_null())
    )  # fmt: skip
    off = _timer_off(data, kept)
    return kept.join(off, on="row", how="left", maintain_order="left").select(
        "row", "off_calendar_seconds", "off_business_seconds", begin="created_at", at="resolved_at",
        is_day=is_day("resolved_at"), why=pl.when(pl.col("off_calendar_seconds") > 0).then(pl.lit("timer_off")),
    )  # fmt: skip


def _timer_off(data: Told, kept: pl.DataFrame) -> pl.DataFrame:
    """Per ticket the seconds before its resolution in which the timer was off, on both clocks."""
    ends = kept.select("row", "created_at", "resolved_at", "__calendar")
    moves = data.changes.join(ends, on="row", maintain_order="left")
    same = pl.col("row") == pl.col("row").shift(-1)
    stays = moves.with_columns(
        begin=pl.max_horizontal("at", "created_at"),
        end=pl.min_horizontal(pl.when(same).then(pl.col("at").shift(-1)), "resolved_at"),
    ).filter(pl.col("after").is_in(TIMER_OFF))
    spans = with_durations(stays, {"off": (pl.col("begin"), pl.col("end"))}, data.clock)
    return spans.group_by("row").agg(pl.col("off_calendar_seconds", "off_business_seconds").sum())


def one_touch(data: Told) -> pl.DataFrame:
    """Resolved in the first response: exactly one public reply, of what is resolved, however young."""
    known = public_replies(data).filter(pl.col("status").is_in(ENDED) & pl.col("replies").is_not_null())
    return known.select("row", verdict=pl.col("replies") == 1, why=pl.lit("only_solved_count"))


def ratings(data: Told) -> pl.DataFrame:
    """Happy is what is above the middle of the scale; the middle is neutral and stays in the lower part."""
    given = data.ratings.filter(pl.col("score").is_not_null() & pl.col("scale").is_not_null())
    share = pl.when(pl.col("scale") > 1).then((pl.col("score") - 1) / (pl.col("scale") - 1)).otherwise("score")
    return given.select("source", "ticket_id", "rating_id", verdict=share > 0.5 + 1e-9, why=pl.lit("above_middle"))
