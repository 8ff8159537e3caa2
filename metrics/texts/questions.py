"""Questions that return: texts that say nearly the same, found among many without holding each against every other.

Texts are cut into pairs of neighbouring characters (Chinese) or words; numbers, order numbers and the desk's products
are masked, and courtesies left out. Likely twins are found by MinHash and then measured: of two alike texts the shorter
stands nearly whole in the longer, pairs counting the more the rarer they are. A text joins the most frequent one that
it is alike to, never a text of which that only is alike to a third: every group is near its own example.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.texts.lists import COURTESIES_CHINESE, COURTESIES_ENGLISH

Whole = npt.NDArray[np.int64]
Unsigned = npt.NDArray[np.uint64]
CHARACTERS_READ = 240
"""A question stands at the beginning; what follows is details, signatures, quoted mail."""
OF_SHORTER, OF_LONGER = 0.75, 0.4
"""So much of the shorter and of the longer text has to be common, by weight."""
COMMON_AT_LEAST = 0.001
"""Pairs rarer than this weigh no more: the rarest are slips and names."""
PIECES_AT_MOST, PIECES_AT_LEAST = 2_000_000, 16
"""So many characters and words of all different texts are compared, of each its first, but at least 16."""
MASKS = ["#", "□"]
LEAST_PIECES = 2
"""Of fewer different characters or words nobody knows what was asked."""
HASHES, ROWS = 64, 2
PER_BUCKET = 3
"""In each bucket a text is held against so many of the most frequent ones."""
MEASURED = 6
"""So many of its likeliest twins are measured."""
COURTESIES = sorted(COURTESIES_CHINESE.split(), key=len, reverse=True)
CODE = r"https?://\S+|@\w+|[a-z]*[0-9][a-z0-9._-]*"
"""Addresses, names of accounts, numbers of orders and everything else with a digit: never the same twice."""
PIECES = r"[\x{3400}-\x{9fff}]|[\p{L}']+|#|□"
PRIME = np.uint64((1 << 31) - 1)
WIDEST = 1 << 32


def questions(texts: pl.DataFrame, *, products: Sequence[str] = ()) -> pl.DataFrame:
    """The rows of `text` with `question`: the number of the group that it belongs to, null where it says nothing.

    Groups are numbered from 0, the most frequent first by its example; `example` is the text that a group is known by:
    of its most frequent wording the one written most often. *products*: names that are masked.
    """
    folded = texts.select("text", told=_folded(products)).with_row_index("row")
    says = pl.col("told").list.set_difference(MASKS).list.len() >= LEAST_PIECES
    keyed = folded.filter(says).with_columns(key=pl.col("told").list.join(" "))
    distinct = (
        keyed.group_by("key").agg(pl.col("row"), pl.col("told").first(), n=pl.len())
        .join(_wordings(keyed), on="key", how="left")
        .sort("n", pl.col("told").list.len(), "key", descending=[True, False, False]).with_row_index("place")
    )  # fmt: skip
    leaders = _leaders(distinct)
    grouped = distinct.with_columns(leader=pl.Series(leaders, dtype=pl.UInt32))
    examples = grouped.select(leader="place", example="text")
    sizes = grouped.group_by("leader").agg(size=pl.col("n").sum()).sort("size", "leader", descending=[True, False])
    numbered = sizes.with_row_index("question").join(examples, on="leader", how="left", maintain_order="left")
    placed = grouped.select("leader", "row").explode("row").join(numbered, on="leader", how="left")
    joined = folded.select("row").join(placed, on="row", how="left", maintain_order="left")
    return texts.with_columns(joined["question"].cast(pl.Int64), joined["example"])


def _folded(products: Sequence[str]) -> pl.Expr:
    """A text as the pieces that are compared."""
    text = pl.col("text").str.slice(0, CHARACTERS_READ).str.normalize("NFKC").str.to_lowercase()
    folded = {unicodedata.normalize("NFKC", name).lower() for name in products if len(name) > 1}
    names = sorted(folded, key=len, reverse=True)
    if names:
        text = text.str.replace_many(names, ["□"] * len(names))
    plain = text.str.replace_many(COURTESIES, [" "] * len(COURTESIES)).str.replace_all(COURTESIES_ENGLISH, " ")
    return plain.str.replace_all(CODE, "#").str.extract_all(PIECES)


def _wordings(keyed: pl.DataFrame) -> pl.DataFrame:
    """The text that stands for all that differ only in what is not compared: the most frequent, then the shortest."""
    counted = keyed.group_by("key", "text").len()
    ranked = counted.sort("len", pl.col("text").str.len_chars(), "text", descending=[True, False, False])
    return ranked.unique("key", keep="first", maintain_order=True).select("key", "text")


def _leaders(distinct: pl.DataFrame) -> Whole:
    """For every distinct text the place of the one that it belongs to, itself where it is an example."""
    size = distinct.height
    if size < 2:
        return np.arange(size, dtype=np.int64)
    pairs = _shingles(distinct)
    signed = _signatures(pairs, size)
    likely = _likeliest(_candidates(signed), signed)
    alike = _alike(likely, pairs)
    leaders = _chosen(alike, size)
    # Whose twin joined another text: perhaps it is alike to that one, too.
    second = alike.select("place", other=pl.Series(leaders[alike["other"].to_numpy()], dtype=pl.UInt32))
    lone = pl.Series(leaders == np.arange(size))
    open_ends = second.filter(lone.gather(second["place"]) & (pl.col("other") != pl.col("place"))).unique()
    open_ends = open_ends.filter(pl.col("other") < pl.col("place"))
    if open_ends.height:
        leaders = _chosen(pl.concat([alike, _alike(open_ends, pairs)]).unique(["place", "other"]), size)
    return leaders


def _shingles(distinct: pl.DataFrame) -> pl.DataFrame:
    """Rows place, pair (number), weight: the different pairs of neighbours of each text; one piece alone is a pair."""
    most = max(PIECES_AT_MOST // distinct.height, PIECES_AT_LEAST)
    pieces = distinct.select("place", piece=pl.col("told").list.head(most)).explode("piece")
    # Numbers by the order of the alphabet, so that the same texts are always grouped alike.
    known = pieces.select("piece").unique().sort("piece").with_row_index("number", offset=1)
    joined = pieces.join(known, on="piece", how="left", maintain_order="left")
    numbered = joined.select("place", piece=pl.col("number").cast(pl.UInt64))
    inside = pl.col("place") == pl.col("place").shift(-1)
    alone = ~inside.fill_null(False) & (pl.col("place") != pl.col("place").shift(1)).fill_null(True)
    following = pl.when(inside).then(pl.col("piece").shift(-1)).when(alone).then(pl.lit(0, pl.UInt64))
    pairs = numbered.select("place", pair=pl.col("piece") * WIDEST + following).drop_nulls("pair").unique()
    size = float(distinct.height)
    frequent = pairs.group_by("pair").agg(weight=_weight(size)).sort("pair").with_row_index("number")
    placed = pairs.join(frequent, on="pair", how="left")
    return placed.select("place", pair="number", weight="weight").sort("place", "pair")


def _weight(size: float) -> pl.Expr:
    """How much a pair says: the more, the fewer texts have it."""
    least = max(2.0, size * COMMON_AT_LEAST)
    return (pl.lit(size + 1) / pl.max_horizontal(pl.len().cast(pl.Float64), pl.lit(least))).log().clip(0.05)


def _signatures(pairs: pl.DataFrame, size: int) -> Unsigned:
    """MinHash: for each text the least of its pairs' numbers under 64 shufflings; the seed is fixed."""
    made = np.random.default_rng(1)
    factors = made.integers(1, int(PRIME), HASHES, dtype=np.uint64)
    shifts = made.integers(0, int(PRIME), HASHES, dtype=np.uint64)
    numbers = pairs["pair"].to_numpy().astype(np.uint64)
    begins = np.searchsorted(pairs["place"].to_numpy(), np.arange(size))
    signed = np.empty((HASHES, size), dtype=np.uint64)
    for at in range(HASHES):
        shuffled = (numbers * factors[at] + shifts[at]) % PRIME
        signed[at] = np.minimum.reduceat(shuffled, begins)
    return signed


def _candidates(signed: Unsigned) -> pl.DataFrame:
    """Pairs place, other (more frequent) of texts that share a bucket."""
    found = []
    size = signed.shape[1]
    places = pl.Series("place", np.arange(size), dtype=pl.UInt32)
    for at in range(0, HASHES, ROWS):
        key = pl.Series("bucket", signed[at] * np.uint64(1 << 31) + signed[at + 1])
        frame = pl.DataFrame([places, key])
        first = frame.group_by("bucket", maintain_order=True).agg(other=pl.col("place").head(PER_BUCKET))
        several = first.join(frame.group_by("bucket").len().filter(pl.col("len") > 1), on="bucket", how="semi")
        joined = frame.join(several.explode("other"), on="bucket", how="inner")
        found.append(joined.filter(pl.col("other") < pl.col("place")).select("place", "other"))
    return pl.concat(found).unique()


def _likeliest(candidates: pl.DataFrame, signed: Unsigned) -> pl.DataFrame:
    """Of each text's candidates those whose signatures agree most."""
    left, right = (candidates[name].to_numpy() for name in ("place", "other"))
    agreeing = np.zeros(len(left), dtype=np.int16)
    for row in signed:
        agreeing += row[left] == row[right]
    ranked = candidates.with_columns(agreeing=pl.Series(agreeing)).sort(
        "place", "agreeing", "other", descending=[False, True, False]
    )
    return ranked.group_by("place", maintain_order=True).head(MEASURED).select("place", "other")


def _alike(likely: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The candidates that are alike, with the common weight as a share of the shorter (`shared`)."""
    totals = pairs.group_by("place").agg(total=pl.col("weight").sum())
    numbered = likely.with_row_index("candidate")
    mine = numbered.join(pairs, on="place", how="inner").select("candidate", "other", "pair", "weight")
    common = mine.join(pairs.select(other="place", pair="pair"), on=["other", "pair"], how="semi")
    summed = common.group_by("candidate").agg(common=pl.col("weight").sum().round(9))
    told = (
        numbered.join(summed, on="candidate").join(totals, on="place")
        .join(totals.select(other="place", other_total="total"), on="other")
    )  # fmt: skip
    shorter = pl.min_horizontal("total", "other_total")
    longer = pl.max_horizontal("total", "other_total")
    kept = told.with_columns(shared=pl.col("common") / shorter).filter(
        (pl.col("shared") >= OF_SHORTER) & (pl.col("common") / longer >= OF_LONGER)
    )
    return kept.select("place", "other", "shared")


def _chosen(alike: pl.DataFrame, size: int) -> Whole:
    """Each text, the most frequent first, joins the example that it is most alike to, or becomes one."""
    leaders = np.arange(size, dtype=np.int64)
    best: dict[int, float] = {}
    ordered = alike.sort("place", "shared", "other", descending=[False, True, False])
    for place, other in ordered.select("place", "other").iter_rows():
        if place not in best and leaders[other] == other:
            leaders[place], best[place] = other, 1.0
    return leaders
