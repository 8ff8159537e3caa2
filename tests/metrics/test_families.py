"""The members of a family of figures: which there are, what each counts, from how many on it is told."""

import pytest

from metrics.families import share, times, waits
from metrics.model import Measure, Metric, Quantile, Ratio, Unit, Waiting


def ride() -> dict[str, Metric]:
    made = times("ride", fact="replies", at="home_at", source="Said so.", person="driver", needs=("calls",))
    return {metric.id: metric for metric in made}


def waiting() -> dict[str, Metric]:
    made = waits("ride", fact="replies", at="called_at", source="Said so.", person="driver")
    return {metric.id: metric for metric in made}


def test_a_length_of_time_has_five_percentiles_and_a_mean_on_both_clocks() -> None:
    assert list(ride()) == [
        "ride_calendar_p50", "ride_calendar_p75", "ride_calendar_p90", "ride_calendar_p95", "ride_calendar_p99",
        "ride_calendar_mean", "ride_business_p50", "ride_business_p75", "ride_business_p90", "ride_business_p95",
        "ride_business_p99", "ride_business_mean",
    ]  # fmt: skip


def test_the_waiting_aware_form_has_the_percentiles_alone() -> None:
    assert list(waiting()) == [
        f"ride_{clock}_waiting_{percentile}"
        for clock in ("calendar", "business") for percentile in ("p50", "p75", "p90", "p95", "p99")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statistic", "q", "from_how_many"),
    # 0.975 ≤ 1 − q^n: the greatest of n values lies above the q-quantile surely enough from so many on; never below 10.
    [("p50", 0.5, 10), ("p75", 0.75, 13), ("p90", 0.9, 36), ("p95", 0.95, 72), ("p99", 0.99, 368)],
)
def test_a_percentile_is_told_from_as_many_values_on_as_bound_it(statistic: str, q: float, from_how_many: int) -> None:
    for clock in ("calendar", "business"):
        whole = ride()[f"ride_{clock}_{statistic}"]
        assert whole.value == Quantile(Measure("values", f"ride_{clock}_seconds"), q)
        assert (whole.minimum_n, whole.interval) == (from_how_many, "order_statistic")
        still = waiting()[f"ride_{clock}_waiting_{statistic}"]
        assert still.value == Waiting(f"ride_{clock}_seconds", f"ride_waiting_{clock}_seconds", q)
        assert (still.minimum_n, still.interval) == (from_how_many, "greenwood")


def test_a_mean_is_the_sum_over_the_known_and_told_from_thirty_on() -> None:
    mean = ride()["ride_business_mean"]
    assert mean.value == Ratio(Measure("sum", "ride_business_seconds"), Measure("present", "ride_business_seconds"))
    assert (mean.minimum_n, mean.interval) == (30, "normal")


def test_all_members_say_the_same_of_where_they_come_from() -> None:
    for metric in ride().values():
        assert (metric.unit, metric.fact, metric.at, metric.person) == (Unit.SECONDS, "replies", "home_at", "driver")
        assert (metric.better, metric.wording_id, metric.source) == ("lower", "ride", "Said so.")
        assert (metric.needs, metric.settles_after_days) == (("calls",), None)
    for metric in waiting().values():
        assert (metric.unit, metric.fact, metric.at, metric.person) == (Unit.SECONDS, "replies", "called_at", "driver")
        assert (metric.better, metric.wording_id, metric.source) == ("lower", "ride_waiting", "Said so.")


def test_who_is_credited_is_the_tickets_agent_unless_said_otherwise() -> None:
    made = [
        *times("ride", fact="replies", at="home_at", source=""),
        *waits("ride", fact="replies", at="home_at", source=""),
        share("late", true="is_late", fact="replies", at="home_at", source=""),
    ]  # fmt: skip
    assert {metric.person for metric in made} == {"agent"}


def test_a_share_is_the_true_ones_of_the_known_ones() -> None:
    assert share("late", true="is_late", fact="ratings", at="home_at", source="Said so.") == Metric(
        id="late", unit=Unit.SHARE, fact="ratings", at="home_at", better="higher", interval="wilson", minimum_n=30,
        value=Ratio(Measure("true", "is_late"), Measure("present", "is_late")), source="Said so.",
    )  # fmt: skip
    told = share("late", true="is_late", fact="ratings", at="home_at", source="", person="driver", better="lower",
                 settles_after_days=7, needs=("ratings",))  # fmt: skip
    assert (told.person, told.better, told.settles_after_days, told.needs) == ("driver", "lower", 7, ("ratings",))
