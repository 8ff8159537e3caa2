"""Who carries what, how old it is, and what each person does, told fairly: by case mix, drawn towards the usual."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from dashboard.services.analysis.backlog import standing
from metrics.absence import absence
from metrics.catalog import metric
from metrics.coded import coded
from metrics.compute import compute, rows_that
from metrics.facts import Facts
from metrics.model import Metric, Quantile, Ratio, Scope
from metrics.selection import dimension, in_period
from metrics.shrinkage import shrunk_shares, shrunk_times

MIX = ("channel", "type", "priority", "tier")
"""What makes one ticket harder than another, for all that the data tell."""
ENOUGH = 30
"""From so many tickets on a kind of ticket has an expected value of its own; else that of its channel, else of all."""
FAIR: tuple[str, ...] = (
    "first_response_within_target", "next_response_within_target", "resolution_within_target", "fcr_repeat",
    "reopen_rate", "csat", "first_response_business_p50", "cycle_time_business_p50",
)  # fmt: skip
"""What people can be compared by: shares, and lengths of time by their typical value."""
EFFORT = ("kb_use", "tickets_per_agent_hour", "handle_time_calendar_mean", "occupancy", "adherence")
WEEK_SECONDS = 7 * 86_400
HALF = 0.5
LOAD = ("replies", "tickets_resolved")


@dataclass(frozen=True)
class Fair:
    """People judged by one figure. `usual`: of all together · `unknown`: rows of nobody known.

    people: person, n, raw, expected (of the same tickets by anybody), fair, low, high (95 %), differs; in the order of
    names. fair is the usual, moved by what the person does beyond what these tickets let expect.
    """

    metric_id: str
    usual: float | None
    people: pl.DataFrame
    n: int
    unknown: int

    @property
    def is_time(self) -> bool:
        return isinstance(metric(self.metric_id).value, Quantile)

    @property
    def told_apart(self) -> int:
        return int(self.people["differs"].fill_null(False).sum())


def offered(facts: Facts, scope: Scope) -> tuple[str, ...]:
    """The figures that people of this desk can be compared by; the scope does not matter."""
    del scope
    return tuple(id for id in FAIR if absence(metric(id), facts) is None)


def fair(facts: Facts, scope: Scope, metric_id: str, by: Literal["agent", "team"]) -> Fair:
    """People, or teams, compared by one figure with the case mix taken off and chance drawn in."""
    one = metric(metric_id)
    made = _times(one, facts, scope, by) if isinstance(one.value, Quantile) else _shares(one, facts, scope, by)
    people = made.people.filter(~pl.col("person").is_in(bots(facts))) if by == "agent" else made.people
    return replace(made, people=people.sort("person"))


def bots(facts: Facts) -> list[str]:
    """The names under which bots settle tickets: no persons to compare with."""
    shares = coded(facts.tickets, facts.zone).shares(facts.tickets, "resolution_by", "is_bot_only")
    return [name for name, share in shares.items() if share > HALF]


def _shares(one: Metric, facts: Facts, scope: Scope, by: str) -> Fair:
    if not isinstance(one.value, Ratio):
        raise TypeError(f"{one.id} is no share")
    cells = compute([one], facts, scope, by=list(dict.fromkeys([by, *MIX]))).filter(pl.col("n") > 0)
    told = cells.with_columns(hits=(pl.col("value") * pl.col("n")).round())
    usual = _ratio(told)
    expected = told.with_columns(_expected(pl.col("hits").sum(), pl.col("n").sum()).alias("__expected"))
    grouped = expected.group_by(pl.col(by).alias("person")).agg(
        pl.col("hits").sum(), expected=(pl.col("__expected") * pl.col("n")).sum() / pl.col("n").sum(),
        n=pl.col("n").sum(),
    )  # fmt: skip
    known = grouped.drop_nulls("person")
    shrunk = shrunk_shares(known).with_columns(raw=pl.col("hits") / pl.col("n"))
    moved = [_moved(name, usual).clip(0, 1).alias(told) for name, told in _NAMES.items()]
    return Fair(one.id, usual, shrunk.with_columns(*moved).select(*_SHOWN), int(told["n"].sum()), _nobody(grouped))


def _ratio(told: pl.DataFrame) -> float | None:
    n = int(told["n"].sum())
    return float(told["hits"].sum()) / n if n else None


_NAMES = {"value": "fair", "low": "low", "high": "high"}
_SHOWN = ("person", "n", "raw", "expected", "fair", "low", "high", "differs")


def _moved(name: str, usual: float | None) -> pl.Expr:
    return pl.lit(usual, pl.Float64) + pl.col(name) - pl.col("expected")


def _nobody(grouped: pl.DataFrame) -> int:
    return int(grouped.filter(pl.col("person").is_null())["n"].sum())


def _expected(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """What the desk has on tickets of the same kind; where these are few, on the channel, else on all."""
    kind, channel = list(MIX), [MIX[0]]
    of_kind, of_channel = (above.over(keys) / below.over(keys) for keys in (kind, channel))
    return (
        pl.when(below.over(kind) >= ENOUGH).then(of_kind)
        .when(below.over(channel) >= ENOUGH).then(of_channel)
        .otherwise(above / below)
    )  # fmt: skip


def _times(one: Metric, facts: Facts, scope: Scope, by: str) -> Fair:
    """By the logarithms of the times, which are near a bell; nothing and less has none and is left out."""
    if not isinstance(one.value, Quantile):
        raise TypeError(f"{one.id} is no length of time")
    taken, person = str(one.value.of.column), dimension(by, one)
    fit = in_period(scope, one.at, facts.zone) & (pl.col(taken) > 0)
    columns = list(dict.fromkeys([*MIX, person.meta.output_name(), taken]))
    told = rows_that(fit, one, facts, scope, columns=columns).select(
        *MIX, person.alias("__person"), pl.col(taken).cast(pl.Float64).log().alias("__log")
    )
    usual = told["__log"].mean()
    if not isinstance(usual, float):
        return Fair(one.id, None, _nobody_known(), 0, 0)
    rows_told = told.with_columns(_expected(pl.col("__log").sum(), pl.len()).alias("__expected"))
    left = rows_told.select((pl.col("__log") - pl.col("__expected")).std()).item()
    grouped = rows_told.group_by(person="__person").agg(
        mean_log=pl.col("__log").mean(), expected_log=pl.col("__expected").mean(), n=pl.len().cast(pl.Int64)
    )
    known = grouped.drop_nulls("person").with_columns(error=pl.lit(left, pl.Float64) / pl.col("n").sqrt())
    shrunk = shrunk_times(known)
    moved = {told: (usual + pl.col(name) - pl.col("expected_log")).exp() for name, told in _NAMES.items()}
    people = shrunk.with_columns(**moved, raw=pl.col("mean_log").exp(), expected=pl.col("expected_log").exp())
    return Fair(one.id, pl.Series([usual]).exp()[0], people.select(*_SHOWN), told.height, _nobody(grouped))


def _nobody_known() -> pl.DataFrame:
    numbers = {name: pl.Float64() for name in ("raw", "expected", "fair", "low", "high")}
    return pl.DataFrame(schema={"person": pl.String(), "n": pl.Int64(), **numbers, "differs": pl.Boolean()}).select(
        *_SHOWN
    )


def loads(facts: Facts, scope: Scope) -> pl.DataFrame:
    """What each person carries now and did in the period: team, agent, open, old, at_risk, and LOAD; by team and name.

    open, old (open for a week and more) and at_risk are of the end of the data, whatever the period. agent null: with
    nobody. People with nothing open who did something in the period are there, too.
    """
    now = replace(scope, period=None)
    found = (
        standing(facts, now)
        .group_by("team", "agent")
        .agg(open=pl.len().cast(pl.Int64), old=(pl.col("age_seconds") >= WEEK_SECONDS).sum().cast(pl.Int64))
    )
    whole = found.join(_of(facts, now, "sla_at_risk", "at_risk"), on=["team", "agent"], how="full", coalesce=True,
                       nulls_equal=True)  # fmt: skip
    for id in LOAD:
        whole = whole.join(_of(facts, scope, id, id), on=["team", "agent"], how="full", coalesce=True, nulls_equal=True)
    numbers = ["open", "old", "at_risk", *LOAD]
    filled = whole.with_columns(pl.col(numbers).fill_null(0))
    return filled.filter(pl.sum_horizontal(numbers) > 0).sort("team", "agent", nulls_last=True)


def _of(facts: Facts, scope: Scope, id: str, name: str) -> pl.DataFrame:
    found = compute([metric(id)], facts, scope, by=["team", "agent"])
    return found.select("team", "agent", pl.col("value").cast(pl.Int64).alias(name)).filter(pl.col(name) > 0)


@dataclass(frozen=True)
class Ageing:
    """How old the open tickets are, beside how long tickets of the period were in work: seconds by percentile."""

    ages: pl.Series
    cycle: Mapping[str, float | None]
    n: int

    def older_than(self, level: str) -> int | None:
        """How many of the open tickets are older than so many of the finished ones were."""
        bound = self.cycle[level]
        return None if bound is None else int((self.ages > bound).sum())


LEVELS = ("p50", "p90", "p95")


def ageing(facts: Facts, scope: Scope) -> Ageing:
    """The ages of what stands open now, and the cycle times of what was finished in the period."""
    ids = [f"cycle_time_calendar_{level}" for level in LEVELS]
    rows = compute([metric(id) for id in ids], facts, scope).rows_by_key("metric", named=True, unique=True)
    ages = standing(facts, replace(scope, period=None))["age_seconds"]
    return Ageing(ages, {level: rows[id]["value"] for level, id in zip(LEVELS, ids, strict=True)}, rows[ids[0]]["n"])
