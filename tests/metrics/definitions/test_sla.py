"""Hand-worked promises: four kept, one broken, one at risk, one resting, one running."""

import pytest

from metrics.desk import Target
from metrics.facts import Facts
from metrics.selection import UnknownDimensionError
from tests.builders import change, desk, facts, period, rows, ticket, value

HOUR = 3600


@pytest.fixture(scope="module")
def promised() -> Facts:
    """Targets of 2 h for the answer and 8 h for the resolution, in the hours 09–12 and 13–18; it is Tuesday 11:00."""
    tickets = [
        ticket("1", first_responded_at="2026-03-02 10:00", resolved_at="2026-03-02 15:00", status="resolved"),
        ticket("2", first_responded_at="2026-03-02 14:00", resolved_at="2026-03-03 10:00", status="resolved"),
        ticket("3", "2026-03-03 09:15", status="open"),
        ticket("4", "2026-03-02 16:00", first_responded_at="2026-03-02 16:30", status="pending"),
    ]
    changes = [change("2", "2026-03-02 14:00", "pending"), change("2", "2026-03-02 16:00", "open")]
    changes.append(change("4", "2026-03-02 17:00", "pending"))
    settings = desk(Target("first_response", 2 * HOUR), Target("resolution", 8 * HOUR))
    return facts(tickets, changes=changes, settings=settings, as_of="2026-03-03 11:00")


def test_attainment_counts_the_decided_alone(promised: Facts) -> None:
    (row,) = rows("sla_attainment", promised)
    assert (row["value"], row["n"]) == (4 / 5, 5)


def test_attainment_is_dated_by_the_instant_that_decided(promised: Facts) -> None:
    assert value("sla_attainment", promised, during=period("2026-03-02", "2026-03-03")) == 3 / 4
    assert value("sla_attainment", promised, during=period("2026-03-03", "2026-03-04")) == 1


def test_what_has_little_time_left_is_at_risk(promised: Facts) -> None:
    assert value("sla_at_risk", promised) == 1


@pytest.mark.parametrize("statistic", ["p50", "p90", "mean"])
def test_lateness_is_told_on_both_clocks(promised: Facts, statistic: str) -> None:
    assert value(f"sla_overrun_business_{statistic}", promised) == 2 * HOUR
    assert value(f"sla_overrun_calendar_{statistic}", promised) == 3 * HOUR


def test_promises_are_split_by_what_was_promised_and_other_figures_are_not(promised: Facts) -> None:
    found = {row["thing"]: (row["value"], row["n"]) for row in rows("sla_attainment", promised, by=["thing"])}
    assert found == {"first_response": (2 / 3, 3), "resolution": (1, 2)}
    assert value("sla_at_risk", promised, where={"thing": ("resolution",)}) == 0
    with pytest.raises(UnknownDimensionError):
        rows(["sla_attainment", "tickets_created"], promised, by=["thing"])
