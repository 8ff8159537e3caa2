"""What people change in a plan: overrides of a forecast, what-if scenarios, and what a plan comes to beside another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from metrics.staffing.model import StaffingRules, Work, is_meant

REAL_TIME: tuple[Work, ...] = ("erlang_a", "erlang_c", "chat")
BOUNDS = ("mean", "low", "high")


@dataclass(frozen=True)
class Override:
    """A forecast that somebody knew better: percent (value 0.2: a fifth more) or set (value: requests in all of it)."""

    queue: str
    starts_at: datetime
    ends_at: datetime
    way: Literal["percent", "set"]
    value: float


@dataclass(frozen=True)
class Changes:
    """What if: shares are 0–1, None leaves a rule as it is.

    volume, handle: more (0.2: a fifth) or less requests and handle time · deflection: share of the requests that want
    an answer at once and are led to deferred work instead · queues: those that it changes, empty for all.
    """

    volume: float = 0.0
    handle: float = 0.0
    shrinkage: float | None = None
    reserve: float | None = None
    concurrency: int | None = None
    deflection: float = 0.0
    queues: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return replace(self, queues=()) == Changes()

    def concerns(self, queue: str) -> bool:
        return is_meant(queue, self.queues)


def overridden(frame: pl.DataFrame, overrides: Iterable[Override]) -> pl.DataFrame:
    """A forecast (FORECAST_FRAME) with the overrides in their order, the later ones upon the earlier."""
    for one in overrides:
        inside = within(one)
        frame = frame.with_columns(_by_percent(inside, one) if one.way == "percent" else _set(frame, inside, one))
    return frame


def within(one: Override) -> pl.Expr:
    """The intervals of a forecast that an override is about."""
    begin, end = (at.astimezone(UTC) for at in (one.starts_at, one.ends_at))
    return (pl.col("queue") == one.queue) & pl.col("starts_at").is_between(begin, end, closed="left")


def _by_percent(inside: pl.Expr, one: Override) -> list[pl.Expr]:
    factor = max(0.0, 1 + one.value)
    return [pl.when(inside).then(pl.col(name) * factor).otherwise(pl.col(name)).alias(name) for name in BOUNDS]


def _set(frame: pl.DataFrame, inside: pl.Expr, one: Override) -> list[pl.Expr]:
    """In the proportions of the forecast; evenly over the open intervals where it expects nobody."""
    meant = frame.filter(inside)
    total = float(meant["mean"].sum())
    if total > 0:
        return _by_percent(inside, replace(one, value=one.value / total - 1))
    open_ones = int(meant["is_open"].sum())
    share = one.value / open_ones if open_ones else 0.0
    to_fill = inside & pl.col("is_open")
    return [pl.when(to_fill).then(share).otherwise(pl.col(name)).alias(name) for name in BOUNDS]


def changed(frame: pl.DataFrame, rules: Mapping[str, StaffingRules], what: Changes) -> pl.DataFrame:
    """A forecast as it would be; what is deflected comes to the queues of deferred work, by what they have anyway."""
    concerned = [queue for queue in rules if what.concerns(queue)]
    by_volume = pl.when(pl.col("queue").is_in(concerned)).then(max(0.0, 1 + what.volume)).otherwise(1.0)
    scaled = frame.with_columns(pl.col(name) * by_volume for name in BOUNDS)
    taking = deferred_queues(rules)
    if not what.deflection or not taking:
        return scaled
    left = [queue for queue in concerned if rules[queue].work in REAL_TIME]
    return _deflected(scaled, left, taking, what.deflection)


def deferred_queues(rules: Mapping[str, StaffingRules]) -> tuple[str, ...]:
    """The queues whose work can wait."""
    return tuple(queue for queue, rule in rules.items() if rule.work == "deferred")


def _deflected(frame: pl.DataFrame, left: Sequence[str], taking: Sequence[str], share: float) -> pl.DataFrame:
    leaves = pl.col("queue").is_in(left)
    takes = pl.col("queue").is_in(taking)
    moved = (pl.col("mean") * share).filter(leaves).sum().over("starts_at")
    whole = pl.col("mean").filter(takes).sum().over("starts_at")
    part = pl.when(whole > 0).then(pl.col("mean") / whole).otherwise(1 / len(taking))
    return frame.with_columns(
        pl.when(leaves).then(pl.col(name) * (1 - share)).when(takes).then(pl.col(name) + moved * part)
        .otherwise(pl.col(name)).alias(name)
        for name in BOUNDS
    )  # fmt: skip


def changed_rules(rules: Mapping[str, StaffingRules], what: Changes) -> dict[str, StaffingRules]:
    """The rules as they would be."""
    return {queue: _changed_rule(rule, what) if what.concerns(queue) else rule for queue, rule in rules.items()}


def _changed_rule(rule: StaffingRules, what: Changes) -> StaffingRules:
    typed = {"shrinkage": what.shrinkage, "reserve": what.reserve}
    if rule.work == "chat":
        typed["concurrency"] = what.concurrency
    given = {name: value for name, value in typed.items() if value is not None}
    return replace(rule, handle_seconds=rule.handle_seconds * (1 + what.handle), **given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Totals:
    """What a plan comes to: requests, hours required and rostered, hours short, hours over, the expected service.

    service: share served in time, weighted by requests; None without a roster or without requests · worst: most people
    short in one interval.
    """

    requests: float
    required_hours: float
    rostered_hours: float
    short_hours: float
    over_hours: float
    service: float | None
    worst: float


def totals(needs: pl.DataFrame, minutes: int) -> Totals:
    """The totals of a REQUIREMENT_FRAME's open intervals; one without a known roster is neither short nor over."""
    is_open = needs.filter("is_open")
    hours, gap = minutes / 60, pl.col("gap")
    row = is_open.select(
        requests=pl.col("arrivals").sum(),
        required=pl.col("required").sum() * hours,
        rostered=pl.col("rostered").sum() * hours,
        short=gap.filter(gap > 0).sum() * hours,
        over=-gap.filter(gap < 0).sum() * hours,
        served=(pl.col("service") * pl.col("arrivals")).sum(),
        judged=pl.col("arrivals").filter(pl.col("service").is_not_null()).sum(),
        worst=gap.max(),
    ).row(0, named=True)
    service = row["served"] / row["judged"] if row["judged"] else None
    return Totals(row["requests"], row["required"], row["rostered"], row["short"], row["over"], service,
                  max(0.0, row["worst"] or 0.0))  # fmt: skip
