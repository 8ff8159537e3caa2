"""The answered beside all who waited, and busy hours beside the rest."""

from dashboard.services.analysis.waits import both_waits, peaks
from metrics.desk import Target
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import desk, facts, period, ticket

DAYS = Scope(period=period("2026-03-02", "2026-03-07"))


def answered(number: int, hour: int, minutes: int) -> dict[str, object]:
    return ticket(
        f"{hour}-{number}", f"2026-03-02 {hour:02d}:00",
        first_responded_at=f"2026-03-02 {hour + minutes // 60:02d}:{minutes % 60:02d}",
    )  # fmt: skip


def a_desk() -> Facts:
    """Forty fast answers in the busy morning, forty slow ones at night, forty that are not answered at all."""
    rows = [answered(number, 10, 5) for number in range(40)] + [answered(number, 20, 50) for number in range(40)]
    rows += [ticket(f"open-{number}", "2026-03-06 08:00") for number in range(40)]
    settings = desk(Target("first_response", 1800, clock="calendar"), peak_hours=((9 * 60, 11 * 60),))
    return facts(rows, settings=settings, as_of="2026-03-06 20:00")


def test_those_still_waiting_move_the_figure_that_the_answered_flatter() -> None:
    found = both_waits(a_desk(), DAYS, thing="first_response", clock="calendar")
    assert found.answered["value"].to_list() == [1650.0, 3000.0, 3000.0, 3000.0]
    assert found.everybody["value"].to_list() == [3000.0, None, None, None]
    assert found.answered["n"].to_list() == [80] * 4
    assert found.everybody["n"].to_list() == [120] * 4
    assert found.still_waiting == 40


def test_only_waits_of_the_scope_are_counted_as_going_on() -> None:
    early = Scope(period=period("2026-03-02", "2026-03-03"))
    found = both_waits(a_desk(), early, thing="first_response", clock="calendar")
    assert found.still_waiting == 0
    assert found.everybody["value"][0] == 300.0


def test_busy_hours_are_held_against_the_rest_with_the_interval_of_the_difference() -> None:
    found = peaks(a_desk(), DAYS, thing="first_response", clock="calendar")
    assert found is not None
    assert found.busy["value"][0] == 300
    assert found.rest["value"][0] == 3000
    row = found.difference.row(0, named=True)
    assert (row["before"], row["after"], row["difference"]) == (3000, 300, -2700)
    assert row["high"] < 0
    within = {row["peak"]: row["value"] for row in found.result.iter_rows(named=True) if row["unit"] == "share"}
    assert within["yes"] == 1.0


def test_where_nothing_was_asked_in_busy_hours_there_is_nothing_to_compare() -> None:
    night = facts([answered(1, 20, 5)], as_of="2026-03-06 20:00", settings=desk(peak_hours=((540, 660),)))
    assert peaks(night, Scope(), thing="first_response", clock="calendar") is None
