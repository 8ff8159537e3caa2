"""Measures judged: the figure before and after, on equally long stretches, and what else could have moved it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.improvements import Improvement
from dashboard.services.analysis.compare import WEEK, compared
from metrics.catalog import metric
from metrics.comparison import compare
from metrics.compute import compute
from metrics.facts import Facts
from metrics.maturity import provisional_from
from metrics.model import Metric, Period, Scope
from metrics.movement import controlled
from metrics.words import N_

LONGEST = 8 * WEEK
"""Longer stretches before and after take in too much else that happened."""
LEARNT = 8 * WEEK
"""From so many days before the stretch before, the usual noise of a day is learnt."""
Outcome = Literal["better", "worse", "different", "noise", "few", "unknown", "early", "no_past"]
OUTCOMES: dict[Outcome, str] = {
    "better": N_("moved for the better, by more than noise"),
    "worse": N_("moved for the worse, by more than noise"),
    "different": N_("moved by more than noise"),
    "noise": N_("no more than noise"),
    "few": N_("too few to judge"),
    "unknown": N_("cannot be judged"),
    "early": N_("too early: a whole week after it is needed, its provisional days not counted"),
    "no_past": N_("no data of a whole week before it"),
}
Reached = Literal["yes", "no", "undecided"]


@dataclass(frozen=True)
class Judged:
    """What became of a measure. Without `before` and `after` it is too early, or there are no data of before.

    others: the change of the same figure of everybody else at the same time, with its interval, null where the measure
    is about everything · apart: the difference of both changes · was_moving: days of the stretch before that already
    lay outside their limits or in a run on one side · drift: the change from the stretch before that one.
    """

    improvement: Improvement
    outcome: Outcome
    before: Period | None = None
    after: Period | None = None
    row: Mapping[str, float | None] | None = None
    others: tuple[float, float, float] | None = None
    apart: tuple[float, float, float] | None = None
    was_moving: int = 0
    drift: tuple[float, float, float] | None = None
    reached: Reached | None = None


def judged(facts: Facts, scope: Scope, improvement: Improvement) -> Judged:
    """Judge a measure by whole weeks before and after its first day, the provisional tail left out.

    Of the scope only its filters count: they narrow the measure's own.
    """
    one = metric(improvement.metric_id)
    sides = stretches(facts, improvement)
    if isinstance(sides, str):
        return Judged(improvement, sides)
    about = Scope(where={**scope.where, **improvement.where})
    before, after = (replace(about, period=period) for period in sides)
    row = compared(facts, before, after, (one.id,)).row(0, named=True)
    others = _others(one, facts, scope, improvement, sides)
    change = _interval(row)
    return Judged(
        improvement, _outcome(one, row), *sides, row=row, others=others,
        apart=_apart(change, others), was_moving=_was_moving(one, facts, about, sides[0]),
        drift=_drift(one, facts, about, sides[0]), reached=_reached(one, facts, improvement, after),
    )  # fmt: skip


def stretches(facts: Facts, improvement: Improvement) -> tuple[Period, Period] | Literal["early", "no_past"]:
    """The equally long stretches of whole weeks before and after, at most eight weeks, or why there are none."""
    one, since = metric(improvement.metric_id), improvement.since
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date()
    settled = provisional_from(one, as_of=facts.as_of, zone=facts.zone) or today
    known_after = (min(settled, today) - since).days
    first = facts.tickets["created_on"].min()
    known_before = (since - first).days if isinstance(first, date) else 0
    if known_after < WEEK:
        return "early"
    if known_before < WEEK:
        return "no_past"
    length = timedelta(days=min(known_after, known_before, LONGEST) // WEEK * WEEK)
    return Period(since - length, since), Period(since, since + length)


def _outcome(one: Metric, row: Mapping[str, object]) -> Outcome:
    verdict, difference = row["verdict"], row["difference"]
    if verdict in {"few", "noise"}:
        return "few" if verdict == "few" else "noise"
    if verdict in {"unknown", "no_interval"} or not isinstance(difference, float):
        return "unknown"
    if one.better == "neither":
        return "different"
    return "better" if (difference > 0) == (one.better == "higher") else "worse"


def _interval(row: Mapping[str, float | None]) -> tuple[float, float, float] | None:
    difference, low, high = row["difference"], row["low"], row["high"]
    return None if difference is None or low is None or high is None else (difference, low, high)


def _others(
    one: Metric, facts: Facts, scope: Scope, improvement: Improvement, sides: tuple[Period, Period]
) -> tuple[float, float, float] | None:
    """The change of the same figure of all others; only where one condition says who they are."""
    if len(improvement.where) != 1:
        return None
    ((name, own),) = improvement.where.items()
    rest = tuple(value for value in facts.tickets[name].unique().to_list() if value not in own)
    if not rest:
        return None
    where = {**scope.where, name: rest}
    return _interval(compare([one], facts, *(Scope(period, where) for period in sides)).row(0, named=True))


def _apart(
    own: tuple[float, float, float] | None, others: tuple[float, float, float] | None
) -> tuple[float, float, float] | None:
    """By how much more than all others it moved; both changes are of different tickets, so their variances add up."""
    if own is None or others is None:
        return None
    difference = own[0] - others[0]
    low = ((own[0] - own[1]) ** 2 + (others[2] - others[0]) ** 2) ** 0.5
    high = ((own[2] - own[0]) ** 2 + (others[0] - others[1]) ** 2) ** 0.5
    return difference, difference - low, difference + high


def _was_moving(one: Metric, facts: Facts, about: Scope, before: Period) -> int:
    """How many days of the stretch before lay outside what the weeks before it let expect."""
    days = Period(before.start - timedelta(days=LEARNT), before.end)
    daily = compute([one], facts, replace(about, period=days), every="day").select("period", "value")
    held = controlled(daily, since=before.start).filter(pl.col("period") >= before.start)
    return held.filter(pl.col("is_outside") | pl.col("is_run")).height


def _drift(one: Metric, facts: Facts, about: Scope, before: Period) -> tuple[float, float, float] | None:
    """The change up to the stretch before, which a measure that came later cannot have made."""
    earlier = Period(before.start - (before.end - before.start), before.start)
    first = facts.tickets["created_on"].min()
    if not isinstance(first, date) or earlier.start < first:
        return None
    sides = (replace(about, period=period) for period in (earlier, before))
    return _interval(compare([one], facts, *sides).row(0, named=True))


def _reached(one: Metric, facts: Facts, improvement: Improvement, after: Scope) -> Reached | None:
    """Whether the expected value was reached: by the whole interval of the figure after, or not, or undecided."""
    wanted = improvement.expected
    row = compute([one], facts, after).row(0, named=True)
    if wanted is None or row["value"] is None or row["low"] is None or row["high"] is None:
        return None
    if one.better == "higher":
        return "yes" if row["low"] >= wanted else "no" if row["high"] < wanted else "undecided"
    return "yes" if row["high"] <= wanted else "no" if row["low"] > wanted else "undecided"


def placebo(change: tuple[float, float, float] | None) -> bool:
    """Whether a change is more than noise."""
    return change is not None and (change[1] > 0 or change[2] < 0)
