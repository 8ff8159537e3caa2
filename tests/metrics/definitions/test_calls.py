"""What the figures of the switch are declared as: what over what, which way is better, what the data must tell."""

import pytest

from metrics.definitions import calls
from metrics.model import Measure, Metric, NeedName, Quantile, Quotient, Ratio, Total, Unit

PERCENTILES = {"p50": (0.5, 10), "p75": (0.75, 13), "p90": (0.9, 36), "p95": (0.95, 72), "p99": (0.99, 368)}
"""The quantile, and from how many values on its interval is bounded on both sides."""


def figure(id: str) -> Metric:
    (found,) = [metric for metric in calls.METRICS if metric.id == id]
    return found


@pytest.mark.parametrize(
    ("id", "column", "better", "needs"),
    [
        ("calls_offered", "offered", "neither", ("calls",)), ("calls_answered", "answered", "higher", ("calls",)),
        ("calls_abandoned", "abandoned", "lower", ("calls", "abandoned")),
    ],
)  # fmt: skip
def test_counts_add_up_the_intervals_of_the_switch(
    id: str, column: str, better: str, needs: tuple[NeedName, ...]
) -> None:
    metric = figure(id)
    assert (metric.unit, metric.fact, metric.at) == (Unit.COUNT, "calls", "interval_at")
    assert (metric.value, metric.better, metric.needs) == (Total(Measure("sum", column)), better, needs)


@pytest.mark.parametrize(
    ("id", "of", "over", "better", "needs"),
    [
        ("service_level", "in_time", "judged", "higher",
         ("calls", "answered_in_time", "abandoned_in_time", "service_target")),
        ("abandonment", "abandoned_known", "offered_known", "lower", ("calls", "abandoned")),
    ],
)  # fmt: skip
def test_shares_of_calls_are_sums_over_sums_told_from_thirty_on(
    id: str, of: str, over: str, better: str, needs: tuple[NeedName, ...]
) -> None:
    metric = figure(id)
    assert (metric.unit, metric.fact, metric.at) == (Unit.SHARE, "calls", "interval_at")
    assert metric.value == Ratio(Measure("sum", of), Measure("sum", over))
    assert (metric.better, metric.interval, metric.minimum_n, metric.needs) == (better, "wilson", 30, needs)
    assert metric.source.endswith(".")


@pytest.mark.parametrize(
    ("thing", "value", "needs"),
    [
        ("handle_time", Quotient("handle_seconds", "answered", "answered"), ("calls", "handle_time")),
        ("asa", Quotient("wait_seconds", "waited", "waited"), ("calls", "waits")),
        ("asa_served", Quotient("answered_wait_seconds", "answered", "answered"), ("calls", "waits_answered")),
    ],
)
def test_means_of_calls_are_weighed_by_the_calls(thing: str, value: Quotient, needs: tuple[NeedName, ...]) -> None:
    metric = figure(f"{thing}_calendar_mean")
    assert (metric.unit, metric.fact, metric.at) == (Unit.SECONDS, "calls", "interval_at")
    assert (metric.value, metric.better, metric.interval) == (value, "lower", "quotient")
    assert (metric.minimum_n, metric.wording_id, metric.needs) == (30, thing, needs)
    assert metric.source.endswith(".")


@pytest.mark.parametrize("thing", ["handle_time", "asa"])
@pytest.mark.parametrize("statistic", PERCENTILES)
def test_percentiles_of_calls_need_single_calls(thing: str, statistic: str) -> None:
    metric, (q, from_how_many) = figure(f"{thing}_calendar_{statistic}"), PERCENTILES[statistic]
    assert (metric.unit, metric.fact, metric.at) == (Unit.SECONDS, "calls", "interval_at")
    assert metric.value == Quantile(Measure("values", f"{thing}_calendar_seconds"), q)
    assert (metric.better, metric.interval, metric.minimum_n) == ("lower", "order_statistic", from_how_many)
    assert (metric.wording_id, metric.needs) == (thing, ("single_calls",))
    assert metric.source == figure(f"{thing}_calendar_mean").source


@pytest.mark.parametrize(
    ("id", "unit", "value", "better", "needs"),
    [
        ("occupancy", Unit.SHARE, Quotient("busy_seconds", "working_seconds", "days"), "neither", ("agent_time",)),
        ("adherence", Unit.SHARE, Quotient("planned_kept_seconds", "planned_seconds", "days"), "higher",
         ("agent_time", "shifts_planned")),
        ("tickets_per_agent_hour", Unit.RATIO, Quotient("resolved", "shift_hours", "days"), "higher",
         ("agent_time", "resolved_by_agents")),
        ("cost_per_inquiry", Unit.MONEY, Quotient("cost", "resolved", "resolved"), "lower",
         ("agent_time", "resolved_by_agents", "hourly_cost")),
    ],
)  # fmt: skip
def test_figures_of_peoples_days_are_told_from_thirty_on(
    id: str, unit: Unit, value: Quotient, better: str, needs: tuple[NeedName, ...]
) -> None:
    metric = figure(id)
    assert (metric.unit, metric.fact, metric.at) == (unit, "agent_time", "day_at")
    assert (metric.value, metric.better, metric.needs) == (value, better, needs)
    assert (metric.interval, metric.minimum_n) == ("quotient", 30)
    assert metric.source.endswith(".")
