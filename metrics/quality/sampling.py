"""Which conversations are read: drawn by the order of a hash, so that anybody can draw the same ones again.

Each conversation of the frozen frame gets the number u = the first eight bytes of SHA-256 over `seed|source/ticket_id`,
as a share of 2^64; of a stratum of N conversations the n with the smallest u are read. That is simple random sampling
without replacement, with probability n / N; and where n grows, what was drawn before stays drawn.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil, sqrt
from types import MappingProxyType

import numpy as np
import polars as pl

ALGORITHM = "sha256-v1"
KEYS = ["source", "ticket_id"]
FRAME = {"source": pl.String, "ticket_id": pl.String, "stratum": pl.String, "agent": pl.String}
"""What a frame has of each conversation; nothing of what was said in it."""
SEED_CHARACTERS = 32
AT_ONCE = 1 << 14
"""So many texts are in memory while they are hashed: they stay near the processor."""
BETWEEN = "|"
"""Stands between the parts of a stratum's name: team, risk, channel."""
OTHERS = "*"
"""In the place of the channel: those of which too few would be drawn by themselves."""
REST = "rest"
EXPECTED_FAILURES: Mapping[str, float] = MappingProxyType(
    {"complaint": 0.20, "reopened_or_late": 0.10, "new_agent": 0.08, REST: 0.04}
)
"""The share of each kind of conversation that is taken to fail until reviews tell better."""


@dataclass(frozen=True)
class Allocation:
    """How many of each team's conversations are drawn, and how that is spread over its strata."""

    share: float = 0.10
    minimum: int = 20
    """Of each team in each draw, or all where there are fewer."""
    per_stratum: int = 2
    """Of each stratum at least; from one conversation nothing can be learnt of how they differ."""
    all_up_to: int = 10
    """All complaints, where there are no more of them."""
    weight_ratio: float = 10.0
    """No conversation stands for more than so many times as many as another one of its team."""
    expected: Mapping[str, float] = field(default_factory=lambda: EXPECTED_FAILURES)


def framed(rows: pl.DataFrame) -> pl.DataFrame:
    """The frame in its order, each conversation once; that order is part of its hash."""
    return rows.select(pl.col(name).cast(dtype) for name, dtype in FRAME.items()).unique(KEYS).sort(KEYS)


def frame_text(frame: pl.DataFrame) -> bytes:
    """The frame as the text of which the hash is taken: CSV with a heading, UTF-8."""
    text = BytesIO()
    frame.write_csv(text, line_terminator="\n", quote_style="necessary")
    return text.getvalue()


def frame_of_text(text: bytes) -> pl.DataFrame:
    """The frame that such a text tells."""
    return pl.read_csv(text, schema=FRAME)


def digest(text: bytes) -> str:
    """SHA-256 of a frame's text."""
    return hashlib.sha256(text).hexdigest()


def numbers(frame: pl.DataFrame, seed: str) -> pl.Series:
    """The 64-bit number of each conversation, in the order of the frame."""
    said = frame.select(pl.format("{}|{}/{}", pl.lit(seed), "source", "ticket_id").cast(pl.Binary)).to_series()
    sha256 = hashlib.sha256  # looked up once: a frame may have a million
    parts = (said.slice(begin, AT_ONCE).to_list() for begin in range(0, frame.height, AT_ONCE))
    found = b"".join([b"".join([sha256(one).digest()[:8] for one in part]) for part in parts])
    return pl.Series("number", np.frombuffer(found, dtype=">u8").astype(np.uint64))


def drawn(frame: pl.DataFrame, seed: str, counts: Mapping[str, int]) -> pl.DataFrame:
    """The conversations that are drawn: the columns of the frame, place (in the order of its stratum, from 1), u, pi.

    `counts`: how many of each stratum. Raises ValueError where a stratum has fewer.
    """
    sizes = dict(frame.group_by("stratum").len().iter_rows())
    short = [name for name, count in counts.items() if count > sizes.get(name, 0)]
    if short:
        raise ValueError(f"fewer conversations than asked for in {short}")
    rows = [(name, count, sizes[name], _reach(count, sizes[name])) for name, count in counts.items() if count]
    columns = {"stratum": pl.String, "wanted": pl.Int64, "size": pl.Int64, "reach": pl.UInt64}
    wanted = pl.DataFrame(rows, schema=columns, orient="row")
    told = frame.with_columns(numbers(frame, seed))
    furthest = max((row[3] for row in rows), default=0)
    near = told.filter(pl.col("number") <= furthest).join(wanted, on="stratum", how="inner")
    near = near.filter(pl.col("number") <= pl.col("reach"))
    found = dict(near.group_by("stratum").len().iter_rows())
    if any(found.get(name, 0) < count for name, count in counts.items()):
        near = told.join(wanted, on="stratum", how="inner")
    ordered = near.with_columns(place=pl.col("number").rank("ordinal").over("stratum"))
    return (
        ordered.filter(pl.col("place") <= pl.col("wanted"))
        .with_columns(u=pl.col("number").cast(pl.Float64) / 2.0**64, pi=pl.col("wanted") / pl.col("size"))
        .select(*FRAME, "place", "u", "pi")
        .sort("stratum", "place")
    )


def _reach(count: int, size: int) -> int:
    """Up to which number the drawn ones surely lie, but for a chance of nothing; so not all have to be put in order."""
    likely = (count + 8 * sqrt(count) + 20) / size
    return 2**64 - 1 if likely >= 1 else int(likely * 2**64)


def stratified(rows: pl.DataFrame, allocation: Allocation, *, by_channel: bool) -> pl.DataFrame:
    """The frame of rows with source, ticket_id, team, risk, channel, agent.

    A stratum is a team's risk, and its channel where at least `per_stratum` would be drawn of that channel.
    """
    told = rows.with_columns(pl.col("team").fill_null(""), pl.col("channel").fill_null(OTHERS))
    if not by_channel:
        told = told.with_columns(channel=pl.lit(OTHERS))
    sizes = told.group_by("team", "risk", "channel").len("size")
    sizes = sizes.with_columns(wanted=_spread(allocation))
    small = sizes.filter(pl.col("wanted") < allocation.per_stratum).select("team", "risk", "channel", small=True)
    told = told.join(small, on=["team", "risk", "channel"], how="left")
    channel = pl.when("small").then(pl.lit(OTHERS)).otherwise("channel")
    return framed(told.with_columns(stratum=pl.concat_str("team", "risk", channel, separator=BETWEEN)))


def by_agent(rows: pl.DataFrame) -> pl.DataFrame:
    """The frame whose strata are the agents; nobody's conversations are left out."""
    return framed(rows.filter(pl.col("agent").is_not_null()).with_columns(stratum=pl.col("agent")))


def _spread(allocation: Allocation) -> pl.Expr:
    """How many each row of sizes would get of its team's number, before anything is rounded."""
    fails = pl.col("risk").replace_strict(
        dict(allocation.expected), default=allocation.expected.get(REST, 0.05), return_dtype=pl.Float64
    )
    weight = pl.col("size") * (fails * (1 - fails)).sqrt()
    team = pl.col("size").sum().over("team")
    number = pl.max_horizontal(allocation.share * team, pl.min_horizontal(pl.lit(allocation.minimum), team))
    return number * weight / weight.sum().over("team")


def parts(stratum: str) -> tuple[str, str, str]:
    """Team, risk and channel of a stratum's name."""
    team, risk, channel = stratum.rsplit(BETWEEN, 2)
    return team, risk, channel


def allocated(frame: pl.DataFrame, allocation: Allocation) -> dict[str, int]:
    """How many conversations of each stratum are drawn: n ∝ N·√(p(1 − p)) within a team, never all for a few."""
    sizes = dict(sorted(frame.group_by("stratum").len().iter_rows()))
    teams: dict[str, dict[str, int]] = {}
    for stratum, size in sizes.items():
        teams.setdefault(parts(stratum)[0], {})[stratum] = size
    return {name: count for team in teams.values() for name, count in _of_team(team, allocation).items()}


def _of_team(sizes: Mapping[str, int], allocation: Allocation) -> dict[str, int]:
    whole = sum(sizes.values())
    number = max(min(allocation.minimum, whole), ceil(allocation.share * whole))
    rates = {name: _deviation(parts(name)[1], allocation) for name in sizes}
    spread = _proportional(number, {name: sizes[name] * rates[name] for name in sizes}, sizes)
    counts = {name: max(count, min(allocation.per_stratum, sizes[name])) for name, count in spread.items()}
    few = {name: size for name, size in sizes.items() if parts(name)[1] == "complaint" and size <= allocation.all_up_to}
    return _within_ratio({**counts, **few}, sizes, allocation.weight_ratio)


def _deviation(risk: str, allocation: Allocation) -> float:
    fails = allocation.expected.get(risk, allocation.expected.get(REST, 0.05))
    return sqrt(fails * (1 - fails))


def _proportional(number: int, weights: Mapping[str, float], limits: Mapping[str, int]) -> dict[str, int]:
    """Whole numbers in proportion to the weights that add up to *number*, none above its limit."""
    found = dict.fromkeys(weights, 0)
    left = min(number, sum(limits.values()))
    free = {name for name in weights if limits[name] > 0}
    while left and free:
        total = sum(weights[name] for name in free) or float(len(free))
        shares = {name: left * (weights[name] or 1.0) / total for name in free}
        gained = {name: min(int(share), limits[name] - found[name]) for name, share in shares.items()}
        if not any(gained.values()):  # what is left is less than one for each: the largest remainders first
            for name in sorted(free, key=lambda one: (-shares[one], one))[:left]:
                found[name] += 1
            return found
        for name, count in gained.items():
            found[name] += count
        left = min(number, sum(limits.values())) - sum(found.values())
        free = {name for name in free if found[name] < limits[name]}
    return found


def _within_ratio(counts: Mapping[str, int], sizes: Mapping[str, int], ratio: float) -> dict[str, int]:
    """More of the strata whose conversations would stand for too many others."""
    least = min((sizes[name] / count for name, count in counts.items() if count), default=1.0)
    return {name: max(count, min(sizes[name], ceil(sizes[name] / (least * ratio)))) for name, count in counts.items()}


def each_agent(frame: pl.DataFrame, least: int) -> dict[str, int]:
    """So many of everybody's conversations, or all where there are fewer."""
    return {name: min(least, size) for name, size in sorted(frame.group_by("stratum").len().iter_rows())}


def doubled(units: Sequence[int], share: float, seed: str) -> frozenset[int]:
    """Which of the units a second inspector reads too: their share, at least one, by a hash of its own."""
    number = ceil(share * len(units)) if share > 0 else 0
    return frozenset(sorted(units, key=lambda unit: hashlib.sha256(f"{seed}|double|{unit}".encode()).digest())[:number])
