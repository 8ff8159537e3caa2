"""Words that tell: said oftener by one group of tickets than by the others, by more than chance."""

from math import erfc, sqrt

import polars as pl

from metrics.intervals import Z
from metrics.multiple import DISCOVERIES, benjamini_hochberg
from metrics.texts.tokens import is_chinese, words

PRIOR_TICKETS = 50.0
"""How many average tickets both groups are thought to have beside their own: rare words are drawn towards the mean."""
LEAST_TICKETS = 5
"""A word of fewer tickets is no pattern."""
LANGUAGES = ("zh", "en")


def in_words(texts: pl.DataFrame) -> pl.DataFrame:
    """Add `language` (zh where there are Chinese characters, else en) and `words` (list) to rows with `text`."""
    said = texts["text"].to_list()
    return texts.with_columns(
        language=pl.Series(["zh" if is_chinese(text) else "en" for text in said], dtype=pl.String),
        words=pl.Series([sorted(words(text)) for text in said], dtype=pl.List(pl.String)),
    )


def telling(spoken: pl.DataFrame, *, marked: str) -> pl.DataFrame:
    """What the *marked* (Boolean column) tickets say otherwise than the rest, each language by itself.

    `spoken`: one row per ticket with language and words. Gives language, word, n (marked tickets with the word),
    others, n_all and others_all (tickets of the language), log_odds (of a marked ticket saying it against another),
    low and high (95 %), p (two-sided) and is_telling (after Benjamini–Hochberg), the strongest first. The log-odds
    ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008), counted in tickets, not in mentions.
    """
    sizes = spoken.group_by("language").agg(n_all=pl.col(marked).sum(), others_all=(~pl.col(marked)).sum())
    counted = (
        spoken.select("language", marked, pl.col("words").alias("word")).explode("word").drop_nulls("word")
        .group_by("language", "word").agg(n=pl.col(marked).sum(), others=(~pl.col(marked)).sum())
        .filter(pl.col("n") + pl.col("others") >= LEAST_TICKETS)
        .join(sizes, on="language", how="left")
        .filter((pl.col("n_all") > 0) & (pl.col("others_all") > 0))
        .with_columns(pl.col("n", "others", "n_all", "others_all").cast(pl.Int64))
    )  # fmt: skip
    ratio, spread = _log_odds()
    judged = counted.with_columns(log_odds=ratio, __spread=spread.sqrt()).with_columns(
        low=pl.col("log_odds") - Z * pl.col("__spread"),
        high=pl.col("log_odds") + Z * pl.col("__spread"),
        __z=pl.col("log_odds") / pl.col("__spread"),
    )
    p = pl.Series("p", [erfc(abs(z) / sqrt(2)) for z in judged["__z"]], dtype=pl.Float64)
    judged = judged.with_columns(p).with_columns(adjusted=benjamini_hochberg(p))
    return (
        judged.with_columns(is_telling=pl.col("adjusted") <= DISCOVERIES)
        .sort("__z", "n", "word", descending=[True, True, False])
        .drop("__z", "__spread", "adjusted")
    )


def _log_odds() -> tuple[pl.Expr, pl.Expr]:
    """The log of the ratio of odds and its variance, both groups with their share of the prior."""
    share = (pl.col("n") + pl.col("others")) / (pl.col("n_all") + pl.col("others_all"))
    sides = []
    for said, whole in (("n", "n_all"), ("others", "others_all")):
        yes = pl.col(said) + PRIOR_TICKETS * share
        no = pl.col(whole) - pl.col(said) + PRIOR_TICKETS * (1 - share)
        # A word that every ticket says has no odds; half a ticket keeps them finite.
        no = pl.when(no > 0).then(no).otherwise(0.5)
        sides.append(((yes / no).log(), 1 / yes + 1 / no))
    (upper, first), (lower, second) = sides
    return upper - lower, first + second
