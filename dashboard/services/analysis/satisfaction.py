"""How satisfied customers were: scores over time, against waiting, changed, and the low ones to look after."""

from dataclasses import dataclass, replace
from typing import Literal
from weakref import finalize

import polars as pl

from dashboard.services.analysis.behind import Behind, behind
from metrics.catalog import metric
from metrics.compute import compute, newest_first, rows_behind, rows_of_figure, rows_that
from metrics.facts import Facts
from metrics.model import Every, Scope
from metrics.selection import bucket, of_the_ticket

KEYS = ("source", "ticket_id")
LOW = 2.0
"""A rating of two stars or fewer is a low one."""
STARS = (1, 2, 3, 4, 5)
BAND = "x_wait_band"
WaitThing = Literal["first_response", "full_resolution"]
WAITS: dict[WaitThing, tuple[int, ...]] = {
    "first_response": (60, 300, 1800, 7200, 8 * 3600, 86400),
    "full_resolution": (1800, 7200, 8 * 3600, 86400, 3 * 86400, 7 * 86400),
}
"""Where one band of waiting time ends and the next begins, in seconds of calendar time."""
SHOWN_AT_MOST = 300
_BANDED: dict[tuple[int, int, WaitThing], Facts] = {}
"""Kept as long as the frames that they are made of."""


def stars(score: pl.Expr) -> pl.Expr:
    """The whole star nearest to a score on the scale of five."""
    return (score + 0.5).floor().cast(pl.Int64).clip(1, 5)


def score_course(facts: Facts, scope: Scope, *, every: Every) -> pl.DataFrame:
    """Rows period, stars (1–5), n, share (of the period's ratings): every period of the scope with all its stars."""
    given = rows_of_figure(metric("ratings"), facts, scope, columns=["score5", "rated_at"])
    counted = (
        given.select(stars(pl.col("score5")).alias("stars"), bucket("rated_at", every, facts.zone).alias("period"))
        .drop_nulls().group_by("period", "stars").agg(n=pl.len().cast(pl.Int64))
    )  # fmt: skip
    periods = compute([metric("ratings")], facts, scope, every=every).select("period").drop_nulls()
    grid = periods.join(pl.DataFrame({"stars": STARS}), how="cross")
    whole = grid.join(counted, on=["period", "stars"], how="left", maintain_order="left")
    filled = whole.with_columns(pl.col("n").fill_null(0))
    total = pl.col("n").sum().over("period")
    return filled.with_columns(share=pl.when(total > 0).then(pl.col("n") / total)).sort("period", "stars")


def ratings_of_star(facts: Facts, scope: Scope, *, star: int) -> Behind:
    """The ratings of a scope that have so many stars, newest first."""
    given = rows_behind(metric("ratings"), facts, scope)
    return _behind(given.filter(stars(pl.col("score5")) == star), facts, scope)


def by_wait(facts: Facts, scope: Scope, *, thing: WaitThing) -> pl.DataFrame:
    """csat, as `compute` gives it, by band of waiting time; `x_wait_band` holds the seconds at which a band begins."""
    found = compute([metric("csat")], banded(facts, thing), scope, by=[BAND])
    known = found.filter(pl.col(BAND).is_not_null() & (pl.col("n") > 0))
    return known.sort(pl.col(BAND).cast(pl.Int64))


def behind_wait(facts: Facts, scope: Scope, *, thing: WaitThing, band: str) -> Behind:
    """The ratings of one band of waiting time."""
    return behind(banded(facts, thing), scope, "csat", where={BAND: (band,)})


def banded(facts: Facts, thing: WaitThing) -> Facts:
    """The facts with the band of each ticket's waiting time as a dimension of tickets and ratings, made once."""
    key = id(facts.tickets), id(facts.ratings), thing
    if key not in _BANDED:
        for frame in (facts.tickets, facts.ratings):
            finalize(frame, _BANDED.pop, key, None)
        _BANDED[key] = _banded(facts, thing)
    return _BANDED[key]


def _banded(facts: Facts, thing: WaitThing) -> Facts:
    seconds = pl.col(f"{thing}_calendar_seconds")
    begins = (0, *WAITS[thing])
    band = pl.lit(None, pl.String)
    for begin in begins:
        band = pl.when(seconds >= begin).then(pl.lit(str(begin))).otherwise(band)
    tickets = facts.tickets.with_columns(band.alias(BAND))
    ratings = facts.ratings.join(tickets.select(*KEYS, BAND), on=KEYS, how="left", maintain_order="left")
    return replace(facts, tickets=tickets, ratings=ratings, rollups=None)


def changes_of_score(facts: Facts, scope: Scope) -> pl.DataFrame:
    """Rows first, latest (stars), n: the tickets whose latest rating lies in the scope and was not their first."""
    pairs = _rated_again(facts, scope)
    counted = pairs.group_by("first", "latest").agg(n=pl.len().cast(pl.Int64))
    return counted.sort("first", "latest")


def tickets_of_change(facts: Facts, scope: Scope, *, first: int, latest: int) -> Behind:
    """The latest ratings of the tickets that went from one score to another, newest first."""
    pairs = _rated_again(facts, scope).filter((pl.col("first") == first) & (pl.col("latest") == latest))
    return _behind(pairs.drop("first", "latest"), facts, scope)


def _rated_again(facts: Facts, scope: Scope) -> pl.DataFrame:
    given = facts.ratings.lazy().filter("is_given").select(*KEYS, "rated_at", "rating_id", "score5", "is_latest")
    again = given.filter(~pl.col("is_latest")).select(KEYS).unique()
    ordered = given.join(again, on=KEYS, how="semi").sort("rated_at", "rating_id", nulls_last=False).collect()
    firsts = ordered.group_by(KEYS).agg(first=stars(pl.col("score5")).first())
    newest = rows_of_figure(metric("ratings"), facts, scope).filter("is_latest").join(firsts, on=KEYS, how="inner")
    return newest_first(metric("ratings"), newest).with_columns(latest=stars(pl.col("score5")))


@dataclass(frozen=True)
class Low:
    """The newest low ratings that no better one has followed, how many there are, and how many have a comment."""

    rows: pl.DataFrame
    total: int
    with_comment: int


def recent_low(facts: Facts, scope: Scope) -> Low:
    """Ratings of two stars or fewer in the scope that are their ticket's latest, newest first."""
    low = pl.col("is_latest") & (pl.col("score5") <= LOW)
    given = newest_first(metric("ratings"), rows_of_figure(metric("ratings"), facts, scope, that=low))
    found = _behind(given, facts, scope)
    return Low(found.rows, found.total, int(given["comment"].str.strip_chars().str.len_chars().gt(0).sum()))


def _behind(ratings: pl.DataFrame, facts: Facts, scope: Scope) -> Behind:
    """The newest of these ratings, which are of the scope, with what only their tickets tell."""
    shown = ratings.head(SHOWN_AT_MOST)
    more = [name for name in facts.tickets.columns if name not in shown.columns]
    is_one = pl.col("ticket_id").is_in(shown["ticket_id"].to_list())
    own = Scope(where=of_the_ticket(scope.where))
    told = rows_that(is_one, metric("tickets_created"), facts, own, columns=[*KEYS, *more])
    return Behind(shown.join(told, on=KEYS, how="left", maintain_order="left"), ratings.height)
