"""What the demo desk's switch and shop tell: calls per half-hour, what people were doing, what customers bought."""

import numpy as np
import polars as pl

from dashboard.demo.calendar_of_demand import DAY, DAYS, NOW, USED_CHANNELS, Arrivals, Floats, Whole
from dashboard.demo.frames import SOURCE, instants, names
from dashboard.demo.inquiries import TYPE_NAMES, Inquiries
from dashboard.demo.people import HOTLINE, TEAMS, Flags, Staff
from metrics.tables import AGENT_STATES, ARRIVALS, OUTCOMES

HALF_HOUR = 1_800
TARGET = 20
BLOCKS = 3
"""A shift has so many stretches of readiness, calls and after-call work."""
BEFORE_BUYING = ("product_information", "promotions", "stock", "competitor_comparison", "personalisation")
STATES = ("空闲", "通话中", "话后处理", "休息", "签出", "排班")
KINDS = ("available", "talking", "after_call", "break", "off", "planned")
AVAILABLE, TALKING, AFTER_CALL, BREAK, OFF, PLANNED = range(len(KINDS))


def calls(rng: np.random.Generator, asked: Arrivals) -> pl.DataFrame:
    """One row per half-hour of the hotline, conforming to metrics.tables.ARRIVALS; most callers leave a ticket."""
    phone = asked.channel == USED_CHANNELS.index("phone")
    slots = np.arange(NOW // HALF_HOUR)
    slot = np.minimum(asked.second[phone] // HALF_HOUR, slots.size)
    tickets = np.bincount(slot, minlength=slots.size + 1)[: slots.size]
    pressed = np.bincount(slot, weights=asked.pressure[phone], minlength=slots.size + 1)[: slots.size]
    hour = slots * HALF_HOUR % DAY // 3_600
    is_open = (hour >= TEAMS[HOTLINE].opens) & (hour < TEAMS[HOTLINE].closes)
    pressure = np.where(tickets > 0, pressed / np.maximum(tickets, 1), 0.8)
    answered = np.where(is_open, tickets + rng.poisson(0.35 * tickets + 0.4), 0)
    lost = rng.binomial(answered, np.clip(0.045 * pressure**1.6, 0.0, 0.6))
    wait = 11.0 * pressure**1.8
    in_time = rng.binomial(answered, 1 - 0.55 * np.exp(-TARGET / (2.2 * wait)))
    lost_soon = rng.binomial(lost, 0.38)
    waited = answered * wait * rng.uniform(0.8, 1.2, slots.size)
    frame = pl.DataFrame(
        {
            "start_at": instants(slots * HALF_HOUR),
            "offered": answered + lost,
            "answered": answered,
            "abandoned": lost,
            "handle_seconds": np.rint(answered * 265.0 * rng.uniform(0.85, 1.15, slots.size)),
            "answered_within_target": in_time,
            "abandoned_within_target": lost_soon,
            "abandoned_short": rng.binomial(lost_soon, 0.45),
            "wait_seconds": np.rint(waited + lost * wait * 2.6),
            "answered_wait_seconds": np.rint(waited),
            "is_open": is_open,
        }
    )
    rows = frame.filter("is_open").with_columns(
        source=pl.lit(SOURCE), minutes=pl.lit(30, pl.Int64), channel=pl.lit("phone"), team=pl.lit(TEAMS[HOTLINE].name),
        target_seconds=pl.lit(TARGET, pl.Int64),
    )  # fmt: skip
    return rows.select(*ARRIVALS.schema)


def states(rng: np.random.Generator, staff: Staff) -> pl.DataFrame:
    """What every person did on every shift and what was planned, conforming to metrics.tables.AGENT_STATES."""
    worked = staff.on_shift.reshape(staff.team.size, -1, 24)[:, :DAYS]
    agent, day = np.nonzero(worked.any(axis=2))
    shifts = worked[agent, day]
    begin = day * DAY + shifts.argmax(axis=1) * 3_600
    end = begin + shifts.sum(axis=1) * 3_600
    late = np.maximum(0, rng.normal(90.0, 200.0, agent.size)).astype(np.int64)
    lunch = rng.integers(2_100, 3_600, agent.size)
    stretch = (end - begin - late - lunch) / BLOCKS
    busy = np.clip(rng.normal(0.7, 0.07, (BLOCKS, agent.size)) + 0.03 * staff.skill[agent], 0.3, 0.93)
    parts = [(PLANNED, begin, end), (OFF, end, end + 3_600)]
    at = (begin + late).astype(np.float64)
    for block in range(BLOCKS):
        for kind, share in (
            (AVAILABLE, 1 - busy[block]),
            (TALKING, 0.8 * busy[block]),
            (AFTER_CALL, 0.2 * busy[block]),
        ):
            until = at + stretch * share
            parts.append((kind, at.astype(np.int64), until.astype(np.int64)))
            at = until
        if block == 1:
            parts.append((BREAK, at.astype(np.int64), (at + lunch).astype(np.int64)))
            at = at + lunch
    return pl.concat([_spans(staff, agent, *part) for part in parts]).sort("agent", "start_at", "state_kind")


def _spans(staff: Staff, agent: Whole, kind: int, begin: Whole, end: Whole) -> pl.DataFrame:
    """Spans of one kind that have begun; what goes on at the newest instant has no end yet."""
    begun = np.flatnonzero(begin < NOW)
    who = agent[begun]
    size = begun.size
    frame = pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, eager=True),
            "agent": names(tuple(staff.names), who),
            "state": pl.repeat(STATES[kind], size, eager=True),
            "state_kind": pl.repeat(KINDS[kind], size, eager=True),
            "team": names(tuple(team.name for team in TEAMS), staff.team[who]),
            "start_at": instants(begin[begun]),
            "end_at": instants(np.minimum(end[begun], NOW) if kind == PLANNED else end[begun]),
        }
    )
    return frame.select(*AGENT_STATES.schema)


def purchases(rng: np.random.Generator, asked: Arrivals, about: Inquiries) -> pl.DataFrame:
    """What customers bought before and after they wrote, conforming to metrics.tables.OUTCOMES."""
    size = asked.second.size
    wants = np.isin(about.kind, [TYPE_NAMES.index(name) for name in BEFORE_BUYING if name in TYPE_NAMES])
    earlier = _bought(rng, asked, about, ~wants & (rng.random(size) < 0.5), -9.0)
    later = _bought(rng, asked, about, rng.random(size) < np.where(wants, 0.31, 0.06), 2.2)
    customer, at = (np.concatenate(pair) for pair in zip(earlier, later, strict=True))
    kept = (at >= 0) & (at <= NOW)
    frame = pl.DataFrame({"number": customer[kept], "second": at[kept]}).unique().sort("second", "number")
    first = pl.int_range(pl.len()).over("number") == 0
    value = np.rint(np.exp(rng.normal(4.9, 0.8, frame.height)) * 100) / 100
    return frame.select(
        source=pl.lit(SOURCE),
        customer="C" + (pl.col("number") + 100_001).cast(pl.String),
        at=instants(frame["second"].to_numpy()),
        kind=pl.when(first).then(pl.lit("order")).otherwise(pl.lit("repurchase")),
        value=pl.Series(value),
    ).select(*OUTCOMES.schema)


def _bought(
    rng: np.random.Generator, asked: Arrivals, about: Inquiries, who: Flags, days: float
) -> tuple[Whole, Whole]:
    """Customers and seconds, so many days away from the inquiry on average."""
    chosen = np.flatnonzero(who)
    away: Floats = rng.exponential(abs(days), chosen.size) * DAY * np.sign(days)
    return about.customer[chosen], asked.second[chosen] + away.astype(np.int64)
