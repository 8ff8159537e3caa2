"""Facts of many generated tickets, written straight as frames: what a year of a large desk looks like."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import polars as pl

from metrics.desk import Calendar, DeskSettings, Target
from metrics.facts import Facts, build_facts
from metrics.tables import TABLES, Tables

ZONE = "Asia/Shanghai"
OPEN = (((540, 720), (780, 1080)),) * 5 + ((), ())
CHANNELS = ("email", "chat", "phone", "web_form", "social")
CHANNEL_SHARES = (0.35, 0.30, 0.15, 0.13, 0.07)
PRIORITIES = ("low", "normal", "important", "urgent")
PRIORITY_SHARES = (0.25, 0.5, 0.2, 0.05)
TEAMS, AGENTS, TYPES = 20, 500, 25
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
AS_OF = datetime(2027, 6, 1, tzinfo=UTC)
HOURS = (1, 0.7, 0.5, 0.4, 0.4, 0.6, 1, 2, 4, 7, 8, 8, 6, 6, 7, 8, 8, 7, 5, 4, 3.5, 3, 2.2, 1.5)
WEEKDAYS = (1.2, 1.15, 1.1, 1.05, 1.0, 0.6, 0.5)
SETTINGS = DeskSettings(
    zone=ZONE,
    calendars=(Calendar("desk", ZONE, OPEN),),
    targets=(
        Target("first_response", 14_400),
        Target("first_response", 60, "calendar", {"channel": "chat"}),
        Target("first_response", 30, "calendar", {"channel": "phone"}),
        Target("resolution", 86_400),
        Target("resolution", 28_800, where={"priority": "urgent"}),
    ),
)
Chance = np.random.Generator


def tickets_and_ratings(count: int, *, begin: int = 0, days: int = DAYS) -> tuple[pl.DataFrame, pl.DataFrame]:
    """So many canonical tickets of days of one year, answered after lognormal waits; one in four is rated."""
    chance = np.random.default_rng(7 + begin)
    created = _created(chance, count, begin, days)
    channel, priority = (chance.choice(len(s), count, p=s) for s in (CHANNEL_SHARES, PRIORITY_SHARES))
    agent = np.searchsorted(np.cumsum(_weights(chance)), chance.random(count)).clip(0, AGENTS - 1)
    typical = np.array([5_400, 45, 25, 2_700, 1_500])[channel] * np.array([1.6, 1.0, 0.6, 0.3])[priority]
    waited = np.ceil(chance.lognormal(np.log(typical), 1.1)).astype(np.int64) + 1
    worked = np.ceil(chance.lognormal(np.log(np.array([30_000, 900, 700, 22_000, 14_000])[channel]), 1.3))
    answered = chance.random(count) >= 0.03
    resolved = answered & (chance.random(count) >= 0.03)
    solved = created + waited + worked.astype(np.int64)
    kinds = np.minimum(chance.zipf(1.5, count) - 1, TYPES - 1)
    frame = pl.DataFrame(
        {
            "source": pl.Series(["bench"]).new_from_index(0, count),
            "ticket_id": pl.Series(np.arange(count) + begin * 10**9).cast(pl.String),
            "created_at": _instants(created),
            "status": _named(("resolved", "open"), (~resolved).astype(np.int64)),
            "channel": _named(CHANNELS, channel),
            "priority": _named(PRIORITIES, priority),
            "team": _named(tuple(f"team {number:02}" for number in range(TEAMS)), agent * TEAMS // AGENTS),
            "agent": _named(tuple(f"agent {number:03}" for number in range(AGENTS)), agent),
            "type": _named(tuple(f"type {number:02}" for number in range(TYPES)), kinds),
            "first_responded_at": _instants(created + waited, answered),
            "resolved_at": _instants(solved, resolved),
            "reopens": pl.Series(chance.poisson(0.09, count)).cast(pl.Int64),
        }
    )
    rated = resolved & (chance.random(count) < 0.28)
    scores = np.clip(np.round(chance.normal(4.25 - waited / 60_000, 1.0)), 1, 5)
    # Few customers come often; the names are those of a year, whichever part of it is made.
    customer = (chance.random(count) ** 2.2 * max(count * DAYS // days // 4, 1)).astype(np.int64)
    frame = frame.with_columns(customer=pl.lit("c") + pl.Series(customer).cast(pl.String))
    ratings = pl.DataFrame(
        {
            "source": frame["source"],
            "ticket_id": frame["ticket_id"],
            "rating_id": frame["ticket_id"],
            "given_at": _instants(solved + 3_600),
            "score": pl.Series(scores),
            "scale": pl.Series([5]).new_from_index(0, count),
        }
    ).filter(pl.Series(rated))
    return _canonical("tickets", frame), _canonical("ratings", ratings)


def facts(count: int) -> Facts:
    """The facts of so many tickets of one year."""
    tickets, ratings = tickets_and_ratings(count)
    return build_facts(Tables.of(tickets=tickets, ratings=ratings), SETTINGS, as_of=AS_OF)


def monthly_facts(count: int) -> Iterator[Facts]:
    """The same by month of creation, one after the other, so that they need not fit into memory together."""
    ends = np.cumsum(MONTHS)
    for days, end in zip(MONTHS, ends, strict=True):
        tickets, ratings = tickets_and_ratings(count * days // DAYS, begin=int(end) - days, days=days)
        yield build_facts(Tables.of(tickets=tickets, ratings=ratings), SETTINGS, as_of=AS_OF)


def _canonical(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = TABLES[table].schema
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _created(chance: Chance, count: int, begin: int, days: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    weights = np.array(WEEKDAYS)[(np.arange(begin, begin + days) + FIRST.weekday()) % 7]
    day = begin + chance.choice(days, count, p=weights / weights.sum())
    hour = chance.choice(24, count, p=np.array(HOURS) / sum(HOURS))
    local = day * 86_400 + hour * 3_600 + chance.integers(0, 3_600, count)
    return np.sort(local) + int(FIRST.timestamp()) - 8 * 3_600


def _weights(chance: Chance) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    weights = chance.lognormal(0, 0.5, AGENTS)
    return weights / weights.sum()


def _named(names: tuple[str, ...], places: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pl.Series:
    return pl.Series(names).gather(pl.Series(places))


def _instants(seconds: "np.ndarray[tuple[int], np.dtype[np.int64]]", known: object = None) -> pl.Series:
    at = pl.Series(seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))
    return at if known is None else pl.select(pl.when(pl.Series(known)).then(at)).to_series()
