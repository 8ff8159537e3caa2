"""Two periods or two groups beside each other: every figure's difference, whether it is noise, and what made it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import NormalDist
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.presets import Against, against_of
from dashboard.services.analysis.trends import as_noisy_as_usual
from metrics.absence import absence
from metrics.catalog import METRICS, metric
from metrics.comparison import compare
from metrics.compute import compute
from metrics.definitions import (
    calls,
    first_contact,
    handling,
    outcomes,
    resolution,
    response,
    satisfaction,
    sla,
    volume,
)
from metrics.facts import Facts
from metrics.intervals import Z
from metrics.maturity import provisional_from
from metrics.model import Metric, Period, Ratio, Scope, Total
from metrics.movement import contributions
from metrics.multiple import DISCOVERIES, benjamini_hochberg
from metrics.selection import in_where

Theme = Literal[
    "volume", "response", "sla", "resolution", "first_contact", "satisfaction", "handling", "calls", "outcomes", "other"
]
Verdict = Literal["moved", "alone", "noise", "few", "young", "no_interval", "unknown"]
Beside = Against | Literal["year"]
TOPICS: Mapping[Theme, Sequence[Metric]] = {
    "volume": volume.METRICS, "response": response.METRICS, "sla": sla.METRICS, "resolution": resolution.METRICS,
    "first_contact": first_contact.METRICS, "satisfaction": satisfaction.METRICS, "handling": handling.METRICS,
    "calls": calls.METRICS, "outcomes": outcomes.METRICS,
}  # fmt: skip
THEMES: Mapping[Theme, tuple[str, ...]] = {name: tuple(one.id for one in topic) for name, topic in TOPICS.items()}
COUNTS = ("tickets_created", "tickets_resolved")
FIGURES = (
    *COUNTS, "first_response_calendar_p50", "first_response_calendar_p90", "first_response_within_target",
    "next_response_within_target", "sla_attainment", "full_resolution_calendar_p50", "full_resolution_calendar_p90",
    "resolution_within_target", "resolution_rate", "reopen_rate", "fcr_repeat", "escalation_rate", "csat",
    "bot_share",
)  # fmt: skip
"""What is compared as long as nothing else is asked for."""
DIMENSIONS = ("channel", "type", "team", "priority", "tier", "product", "agent")
JUDGED = ("moved", "alone", "noise")
PARTS_AT_MOST = 12
WEEK = 7
LAST_HOUR = 23
"""Data up to this hour tell of the whole day."""
YEAR = 52 * WEEK
"""A year back, on the same weekdays."""


@dataclass(frozen=True)
class Explained:
    """What made a figure's change: the metric whose parts add up, both values, the parts, and what they come to.

    parts: rows value, before, after, n_before, n_after, mix, rate, effect, the largest effect first.
    """

    metric_id: str
    before: float | None
    after: float | None
    parts: pl.DataFrame

    @property
    def rate(self) -> float | None:
        return _sum(self.parts["rate"])

    @property
    def mix(self) -> float | None:
        return _sum(self.parts["mix"])


def _sum(column: pl.Series) -> float | None:
    return float(column.sum()) if column.count() else None


def theme_of(metric_id: str) -> Theme:
    """Under which theme a figure is offered."""
    return next((name for name, ids in THEMES.items() if metric_id in ids), "other")


def comparable(facts: Facts) -> dict[Theme, tuple[str, ...]]:
    """The figures that this desk has, by theme."""
    themes: dict[Theme, list[str]] = {}
    for one in METRICS.values():
        if absence(one, facts) is None:
            themes.setdefault(theme_of(one.id), []).append(one.id)
    order = [*THEMES, "other"]
    return {name: tuple(themes[name]) for name in sorted(themes, key=order.index)}


def period_against(period: Period, how: Beside) -> Period:
    """The equally long period just before, the same weekdays whole weeks before, or the same weekdays a year before."""
    if how != "year":
        return against_of(period, how)
    return Period(period.start - timedelta(days=YEAR), period.end - timedelta(days=YEAR))


def without_today(facts: Facts, period: Period) -> Period:
    """The days of a period that are over: a day of a few hours beside a whole one would look like a fall."""
    now = facts.as_of.astimezone(ZoneInfo(facts.zone))
    over = now.date() if now.hour < LAST_HOUR else now.date() + timedelta(days=1)
    return Period(period.start, over) if period.start < over < period.end else period


def around(day: date, days: int, scope: Scope) -> tuple[Scope, Scope]:
    """The same number of days before a day and from it on."""
    before, after = Period(day - timedelta(days=days), day), Period(day, day + timedelta(days=days))
    return replace(scope, period=before), replace(scope, period=after)


@dataclass(frozen=True)
class Looked:
    """Figures and the two sides by which they are judged; `is_cut`: only the settled first days of both."""

    ids: tuple[str, ...]
    before: Scope
    after: Scope
    is_cut: bool = False
    is_young: bool = False
    """Not even the first days of a side are settled."""


def looks(facts: Facts, before: Scope, after: Scope, ids: Sequence[str]) -> tuple[Looked, ...]:
    """By which days each figure is judged: of what settles late only the first days of both sides, equally many.

    Else the younger side would look worse for its youth alone. Two groups of the same days are equally young.
    """
    found: dict[int | None, list[str]] = {}
    for id in ids:
        found.setdefault(_settled_days(metric(id), facts, before, after), []).append(id)
    return tuple(_looked(tuple(named), days, before, after) for days, named in found.items())


def _settled_days(one: Metric, facts: Facts, before: Scope, after: Scope) -> int | None:
    """How many first days of both sides are settled; None where all are, or both sides are the same days."""
    since = provisional_from(one, as_of=facts.as_of, zone=facts.zone)
    if since is None or before.period is None or after.period is None or before.period == after.period:
        return None
    if max(before.period.end, after.period.end) <= since:
        return None
    return max(0, min((min(days.end, since) - days.start).days for days in (before.period, after.period)))


def _looked(ids: tuple[str, ...], days: int | None, before: Scope, after: Scope) -> Looked:
    if not days:
        return Looked(ids, before, after, is_young=days == 0)
    cut = [replace(side, period=Period(side.period.start, side.period.start + timedelta(days=days)))
           for side in (before, after) if side.period]  # fmt: skip
    return Looked(ids, cut[0], cut[1], is_cut=True)


def compared(facts: Facts, before: Scope, after: Scope, ids: Sequence[str]) -> pl.DataFrame:
    """Rows of `compare` with evidence, p, adjusted, verdict, is_cut; the strongest evidence first.

    evidence: the difference over its own 95 % margin on the side of 0, so that 1 is the line between noise and more ·
    p: the probability of such a difference by chance · adjusted: the same for as many figures as are judged here ·
    verdict: `moved` (also among all judged), `alone` (more than noise only if looked at alone), `noise`, `few`,
    `young` (not settled), `no_interval`, `unknown` · is_cut: told by the settled first days of both sides, see `looks`.
    Raises OverlapError where the sides share tickets.
    """
    parts = [
        _compared(facts, look).with_columns(is_cut=pl.lit(look.is_cut), __young=pl.lit(look.is_young))
        for look in looks(facts, before, after, ids)
    ]
    rows = pl.concat(parts)
    judged = [_judged(row) for row in rows.iter_rows(named=True)]
    told = rows.with_columns(
        evidence=pl.Series([evidence for evidence, _few in judged], dtype=pl.Float64),
        __few=pl.Series([few for _evidence, few in judged], dtype=pl.Boolean),
    )
    fair = told.select(pl.when(~pl.col("__few") & ~pl.col("__young")).then("evidence")).to_series()
    chances = [None if evidence is None else probability(evidence) for evidence in fair]
    probable = told.with_columns(p=pl.Series(chances, dtype=pl.Float64))
    adjusted = probable.with_columns(adjusted=benjamini_hochberg(probable["p"]))
    order = pl.Series([list(ids).index(id) for id in rows["metric"]], dtype=pl.Int64)
    return adjusted.with_columns(verdict=_verdict(), __order=order).sort(
        ~pl.col("verdict").is_in(JUDGED), "evidence", "__order", descending=[False, True, False], nulls_last=True,
    ).drop("__few", "__young", "__order")  # fmt: skip


def _compared(facts: Facts, look: Looked) -> pl.DataFrame:
    """Both sides; of two periods the bounds of counts no narrower than the days of this desk usually scatter."""
    rows = compare([metric(id) for id in look.ids], facts, look.before, look.after)
    now, before = look.after.period, look.before.period
    if now is None or before is None or now == before:
        return rows
    told = rows.to_dicts()
    for row in told:
        one = metric(row["metric"])
        if isinstance(one.value, Total) and row["low"] is not None:
            counted = (row["low"], row["high"])
            row["low"], row["high"] = as_noisy_as_usual(one, facts, look.after, now, before, row["difference"], counted)
    return pl.DataFrame(told, schema=rows.schema)


def _judged(row: Mapping[str, Any]) -> tuple[float | None, bool]:
    few = min(row["n_before"], row["n_after"]) < metric(row["metric"]).minimum_n
    return evidence(row["difference"], row["low"], row["high"]), few


def evidence(difference: float | None, low: float | None, high: float | None) -> float | None:
    """How many times its own margin towards 0 a difference is; None where there is no such bound."""
    if difference is None:
        return None
    if difference == 0:
        return 0.0 if low is not None and high is not None else None
    near = low if difference > 0 else high
    if near is None:
        return None
    margin = abs(difference - near)
    return math.inf if margin == 0 else abs(difference) / margin


def probability(evidence: float) -> float:
    """The chance of so much evidence where there is no difference, on both sides."""
    return 2 * NormalDist().cdf(-Z * evidence)


def _verdict() -> pl.Expr:
    return (
        pl.when(pl.col("difference").is_null()).then(pl.lit("unknown"))
        .when("__few").then(pl.lit("few"))
        .when("__young").then(pl.lit("young"))
        .when(pl.col("evidence").is_null()).then(pl.lit("no_interval"))
        .when(pl.col("adjusted") <= DISCOVERIES).then(pl.lit("moved"))
        .when(pl.col("evidence") > 1).then(pl.lit("alone"))
        .otherwise(pl.lit("noise"))
    )  # fmt: skip


def additive(metric_id: str) -> str:
    """The figure whose change is a sum of parts: itself, else the share within target, else the mean, of the same."""
    if isinstance(metric(metric_id).value, Total | Ratio):
        return metric_id
    thing = next((name for clock in ("_calendar_", "_business_") for name in [metric_id.partition(clock)[0]]
                  if name != metric_id), "")  # fmt: skip
    promise = {"full_resolution": "resolution", "first_resolution": "resolution"}.get(thing, thing)
    mean = metric_id.replace("_waiting", "").rpartition("_")[0] + "_mean"
    return next((id for id in (f"{promise}_within_target", mean) if id in METRICS), "")


def explained(facts: Facts, before: Scope, after: Scope, metric_id: str, by: str) -> Explained:
    """The parts of a change by the members of a dimension; the whole is that of the two scopes."""
    one = metric(metric_id)
    whole = [compute([one], facts, scope)["value"][0] for scope in (before, after)]
    answers = [compute([one], facts, scope, by=[by]) for scope in (before, after)]
    parts = contributions(one, *answers, by=by).rename({by: "value"})
    known = parts.filter((pl.col("n_before") > 0) | (pl.col("n_after") > 0))
    return Explained(metric_id, whole[0], whole[1], known)


def drawn_parts(parts: pl.DataFrame) -> pl.DataFrame:
    """The parts that a chart has room for: the largest effects, and all others as one, value null, is_rest true."""
    told = parts.with_columns(is_rest=pl.lit(False))
    if told.height <= PARTS_AT_MOST:
        return told
    head, tail = told.head(PARTS_AT_MOST - 1), told.slice(PARTS_AT_MOST - 1)
    sums = ("n_before", "n_after", "mix", "rate", "effect")
    rest = tail.select(
        value=pl.lit(None, pl.String), before=pl.lit(None, pl.Float64), after=pl.lit(None, pl.Float64),
        is_rest=pl.lit(True), **{name: pl.col(name).sum() for name in sums},
    )  # fmt: skip
    return pl.concat([head, rest.select(head.columns).cast(dict(head.schema))])  # type: ignore[arg-type]


def values_of(facts: Facts, scope: Scope, dimension: str) -> tuple[str | None, ...]:
    """The values of a dimension in a scope, the most frequent first, the unknown last."""
    rows = facts.tickets.lazy().filter(in_where(scope, metric("tickets_created")))
    counted = rows.group_by(dimension).len().sort("len", dimension, descending=[True, False]).collect()
    return tuple(sorted(counted[dimension].to_list(), key=lambda value: value is None))
