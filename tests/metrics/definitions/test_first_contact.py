"""Hand-worked first contacts: who came back, who was answered once, what was opened again."""

from datetime import date

import pytest

from metrics.catalog import METRICS
from metrics.definitions import first_contact
from metrics.desk import EarlierRules
from metrics.facts import Facts
from metrics.maturity import is_provisional, provisional_from
from metrics.model import Measure, Ratio
from tests.builders import at, change, desk, facts, period, rows, ticket, value


def done(id: str, created: str, resolved: str | None, **columns: object) -> dict[str, object]:
    state = "resolved" if resolved else "open"
    return ticket(id, created, status=state, resolved_at=resolved, reopens=columns.pop("reopens", 0), **columns)


@pytest.fixture(scope="module")
def march() -> Facts:
    return facts(
        [
            done("1", "2026-03-01 09:00", "2026-03-01 10:00", customer="Li", type="a", replies=1),
            done("2", "2026-03-04 09:00", "2026-03-04 10:00", customer="Li", type="a", replies=2),  # 3 days after 1
            done("3", "2026-03-05 09:00", "2026-03-05 10:00", customer="Li", type="b", replies=1),  # another type
            done("4", "2026-03-06 09:00", None, customer="Wu", type="a", replies=1),  # never resolved
            done("5", "2026-03-07 09:00", "2026-03-07 10:00", customer="He", type="a", reopens=1),
            done("6", "2026-03-08 09:00", "2026-03-08 10:00", type="a", replies=0),  # nobody's
            ticket("7", "2026-03-06 10:00", status="spam", customer="Wu", type="a"),
            done("8", "2026-03-24 09:00", "2026-03-24 10:00", customer="Xu", type="a", replies=1),  # too young
        ],
        as_of="2026-03-28 09:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("id", "worth", "n"),
    [
        ("fcr", 2 / 5, 5),  # as shipped: no repeat within 7 days
        ("fcr_repeat", 2 / 5, 5),  # 2 and 3; not 1 (2 came), 4 (open), 5 (opened again)
        ("fcr_repeat_1d", 4 / 6, 6),  # 1, 2, 3 and 8, which is old enough
        ("fcr_repeat_3d", 3 / 6, 6),  # exactly three days are within three days
        ("fcr_repeat_14d", 2 / 5, 5),
        ("fcr_repeat_30d", None, 0),
        ("fcr_one_touch", 2 / 5, 5),  # 1 and 3; the replies of 5 are not known
        ("fcr_no_reopen", 4 / 6, 6),  # 1, 2, 3 and 6
        ("fcr_survey", None, 0),
    ],
)
def test_first_contacts_of_march(march: Facts, id: str, worth: float | None, n: int) -> None:
    (row,) = rows(id, march)
    assert (row["value"], row["n"]) == (worth, n)


def test_young_tickets_are_undecided_and_their_days_provisional(march: Facts) -> None:
    assert value("fcr_repeat", march, during=period("2026-03-22", "2026-03-28")) is None
    metric = METRICS["fcr_repeat"]
    assert provisional_from(metric, as_of=march.as_of, zone="UTC") == at("2026-03-21 00:00").date()
    for day, expected in (("2026-03-20 00:00", False), ("2026-03-21 00:00", True), ("2026-03-22 00:00", True)):
        assert is_provisional(metric, at(day).date(), "day", as_of=march.as_of, zone="UTC") is expected
    assert is_provisional(metric, at("2026-03-16 00:00").date(), "week", as_of=march.as_of, zone="UTC")


def test_two_tickets_of_one_second_follow_each_other_by_their_number() -> None:
    same = [done(id, "2026-03-01 09:00", "2026-03-01 10:00", customer="Li", agent=id) for id in ("b", "a")]
    told = facts(same, as_of="2026-03-28 09:00")
    assert {row["agent"]: row["value"] for row in rows("fcr_repeat", told, by=["agent"])} == {"a": 0, "b": 1}


def test_a_reopening_after_the_window_is_another_matter() -> None:
    made = [
        ticket(id, "2026-03-01 09:00", status="closed", resolved_at=last, agent=id)
        for id, last in (("late", "2026-03-20 10:00"), ("soon", "2026-03-06 10:00"))
    ]
    moves = [
        change(id, moment, to, from_value=before)
        for id, back, last in (
            ("late", "2026-03-19 10:00", "2026-03-20 10:00"), ("soon", "2026-03-05 10:00", "2026-03-06 10:00"),
        )
        for moment, before, to in (
            ("2026-03-01 10:00", "open", "resolved"), (back, "resolved", "open"), (last, "open", "resolved"),
        )
    ]  # fmt: skip
    told = facts(made, changes=moves, as_of="2026-03-28 09:00")
    assert {row["agent"]: row["value"] for row in rows("fcr_no_reopen", told, by=["agent"])} == {"late": 1, "soon": 0}


def test_what_customers_said_comes_from_the_field_of_that_name() -> None:
    said = {"1": "Yes", "2": "否", "3": "是", "4": "perhaps", "5": None}
    told = facts([ticket(id, x_fcr_survey=word) for id, word in said.items()])
    (row,) = rows("fcr_survey", told)
    assert (row["value"], row["n"]) == (2 / 3, 3)


def test_no_repeat_contact_is_a_figure_for_each_window_and_provisional_until_it_has_passed() -> None:
    declared = [metric for metric in first_contact.METRICS if metric.id.startswith("fcr_repeat")]
    assert [(metric.id, metric.value, metric.settles_after_days) for metric in declared] == [
        (id, Ratio(Measure("true", f"fcr_repeat_{days}d"), Measure("present", f"fcr_repeat_{days}d")), days)
        for id, days in (("fcr_repeat", 7), ("fcr_repeat_1d", 1), ("fcr_repeat_3d", 3), ("fcr_repeat_14d", 14),
                         ("fcr_repeat_30d", 30))
    ]  # fmt: skip
    for metric in declared:
        assert (metric.fact, metric.at, metric.person) == ("tickets", "created_at", "resolution_by")
        assert metric.source.startswith("Contact-centre practice")


def test_the_desks_own_is_the_way_that_it_had_chosen_on_the_day_of_creation() -> None:
    asked = [ticket(str(day), f"2026-03-0{day} 09:00", status="resolved", resolved_at=f"2026-03-0{day} 10:00",
                    replies=day, reopens=0, customer=str(day)) for day in (1, 2, 3)]  # fmt: skip
    chosen = desk(first_contact="fcr_one_touch", earlier=(EarlierRules(date(2026, 3, 2), (), 0.75, False),))
    told = facts(asked, settings=chosen, as_of="2026-04-20 00:00").tickets.sort("ticket_id")
    assert told["fcr_one_touch"].to_list() == [True, False, False]
    assert told["fcr"].to_list() == [True, False, False]
    assert told["fcr_repeat_7d"].to_list() == [True, True, True]
    longer = desk(first_contact="fcr_repeat_30d")
    told = facts(asked, settings=longer, as_of="2026-04-01 00:00").tickets.sort("ticket_id")
    assert told["fcr"].to_list() == [True, None, None]
