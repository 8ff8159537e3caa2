"""The words of the figures: Metric, Measure, Unit, Period, Scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Literal

Better = Literal["higher", "lower", "neither"]
Clock = Literal["calendar", "business"]
Every = Literal["hour", "day", "week", "month"]
FactName = Literal["tickets", "replies", "ratings", "sla_instances", "calls", "agent_time", "contacts"]
IntervalName = Literal[
    "none", "wilson", "order_statistic", "normal", "counts", "greenwood", "quotient", "sampled"
]  # fmt: skip
NeedName = Literal[
    "calls", "abandoned", "handle_time", "waits", "waits_answered", "answered_in_time", "abandoned_in_time",
    "service_target", "single_calls", "agent_time", "shifts_planned", "hourly_cost", "resolved_by_agents", "articles",
    "outcomes", "customers_matched", "customers_bought", "ratings", "rating_rows", "surveys", "scores_of_ten",
    "survey_answers",
]  # fmt: skip
"""What a desk's data may lack, so that a metric is absent; metrics.absence tells each in words."""

DIMENSIONS = (
    "peak", "source", "channel", "priority", "tier", "type", "subtype", "product", "team", "agent", "status",
    "language", "customer_class", "weekday", "hour",
)  # fmt: skip
"""What figures can be split and filtered by, beside a source's own fields `x_<name>`; all are columns of every fact."""

OWN_DIMENSIONS: Mapping[FactName, tuple[str, ...]] = {"sla_instances": ("thing",)}
"""What only the figures of one fact can be split and filtered by."""


class Unit(Enum):
    """What a value is counted in outside the screen."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    SCORE = "score"
    POINTS = "points"
    """From −100 to 100."""
    RATE = "rate"
    """One flow over another, read in per cent; unlike a share it may pass 1."""
    RATIO = "ratio"
    """A plain number, such as how many times one length of time is another."""
    MONEY = "money"
    """In the currency of the desk."""


@dataclass(frozen=True)
class Measure:
    """An additive part of a metric over one fact table.

    rows: fact rows · present: rows where `column` is known · true: rows where the Boolean `column` is true ·
    sum: sum of `column` over the known · values: the known values of `column` themselves (a histogram, for quantiles).
    """

    kind: Literal["rows", "present", "true", "sum", "values"]
    column: str | None = None


@dataclass(frozen=True)
class Total:
    """A count or a sum."""

    of: Measure


@dataclass(frozen=True)
class Ratio:
    """One measure over another; null where the lower one is 0."""

    of: Measure
    over: Measure


@dataclass(frozen=True)
class Quantile:
    """The q-quantile of the known values, linear between order statistics."""

    of: Measure
    q: float


@dataclass(frozen=True)
class Stock:
    """How many intervals [opened, closed) contain the end of the period; still open while `closed` is null."""

    opened: str
    closed: str


@dataclass(frozen=True)
class Spread:
    """How many times the lower quantile of the known values the upper one is; null where the lower is 0."""

    of: Measure
    upper: float
    lower: float


@dataclass(frozen=True)
class Turnover:
    """One flow, dated by `of_at`, over another, dated by the metric's `at`: both within the same period."""

    of: Measure
    of_at: str
    over: Measure


@dataclass(frozen=True)
class Balance:
    """How unequally what stands open is spread over the people of column `among`: Gini, 0 equal – 1 all with one."""

    opened: str
    closed: str
    among: str


@dataclass(frozen=True)
class Quotient:
    """The sum of one column over the sum of another, of the rows where both are known; n is the sum of `counted`.

    For rows that are sums themselves, such as an interval's calls or a person's day.
    """

    of: str
    over: str
    counted: str


@dataclass(frozen=True)
class Waiting:
    """The q-quantile by Kaplan–Meier: `took` where the wait is over, `waiting` where it still goes on (censored)."""

    took: str
    waiting: str
    q: float


@dataclass(frozen=True)
class Sampled:
    """The share of all conversations for which the Boolean column is true, estimated from those drawn by chance.

    Beside it a row has `chance`, with which it came to be read, `stratum_key`, `stratum_part` (1 over how many were
    read of its stratum), `<of>_centre` and `<of>_inner`: its part of the stratum's smoothed share and variance. Where
    the rows are whole strata the interval is that of strata, else that of single rows; see metrics.quality.estimates.
    """

    of: str


Formula = Total | Ratio | Quantile | Stock | Spread | Turnover | Balance | Quotient | Waiting | Sampled


@dataclass(frozen=True)
class Metric:
    """One figure, declared once; pages, charts, command line, workbook and the generic tests read this object.

    Wording stands in the catalogue under `metric.<id>.label`, `metric.<id>.short` and `metric.<id>.definition`;
    a family (percentiles of one thing) may share `short` and `definition` through `wording_id`.
    `at` names the fact column whose instant puts a row in a period.
    """

    id: str
    unit: Unit
    fact: FactName
    at: str
    value: Formula
    better: Better
    interval: IntervalName = "none"
    wording_id: str | None = None
    source: str = ""
    """Who else counts so, in one English sentence that is an entry of the catalogue."""
    minimum_n: int = 1
    """Below this n the page says “not enough” instead of ranking."""
    person: str = "agent"
    """The fact column of the person whom a split or filter by `agent` credits: who replied, resolved, was rated."""
    settles_after_days: int | None = None
    """How long after its instant a row may still change sides: what is younger than that is provisional."""
    needs: tuple[NeedName, ...] = ()
    """What the data must tell for this figure; where it does not, the figure is absent, with the reason."""


@dataclass(frozen=True)
class Period:
    """Local days `[start, end)` in the desk's zone."""

    start: date
    end: date


@dataclass(frozen=True)
class Scope:
    """What is asked about: a period (None: all the data), filters by dimension (None is unknown), as_of.

    `as_of` None means the newest stamp of the data.
    """

    period: Period | None = None
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    as_of: datetime | None = None
