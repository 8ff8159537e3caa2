"""Queues by groups of types: where each request waits, a switch's counts shared out, small groups left together."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.desk import QueueGroup
from metrics.staffing.arrivals import from_tickets
from metrics.staffing.changes import Changes
from metrics.staffing.groups import folded, shared_out, sizes
from metrics.staffing.model import Event, is_meant
from metrics.staffing.rosters import shared
from metrics.staffing.seen import weights_of

AFTER = QueueGroup("after", ("returns", "delivery"), ("phone", "chat"))
BEFORE = QueueGroup("before", ("products",))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def tickets(*rows: tuple[str | None, str | None, int]) -> pl.DataFrame:
    """(channel, type, hours after START) of one ticket each."""
    return pl.DataFrame(
        [
            {"channel": channel, "type": kind, "created_at": START + timedelta(hours=hours), "status": "open",
             "date_only": None, "team": "甲组"}
            for channel, kind, hours in rows
        ],
        schema_overrides={"created_at": pl.Datetime("us", "UTC"), "date_only": pl.List(pl.String())},
    )  # fmt: skip


def counts(**queues: Sequence[float]) -> pl.DataFrame:
    """queue -> requests of one hour after another."""
    rows = [(queue.replace("_", "/"), START + timedelta(hours=at), float(n))
            for queue, told in queues.items() for at, n in enumerate(told)]  # fmt: skip
    schema = {"queue": pl.String(), "starts_at": pl.Datetime("us", "UTC"), "offered": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_request_waits_in_the_queue_of_its_type_and_else_in_that_of_its_channel() -> None:
    rows = tickets(("phone", "returns", 0), ("phone", "products", 0), ("email", "returns", 0), ("email", None, 0),
                   ("chat", "delivery", 0), (None, "products", 0))  # fmt: skip
    found = from_tickets(rows, zone="UTC", minutes=60, groups=(AFTER, BEFORE))
    assert set(found["queue"]) == {"phone/after", "phone/before", "email", "chat/after", "other/before"}
    assert found["offered"].sum() == rows.height
    assert set(from_tickets(rows, zone="UTC", minutes=60)["queue"]) == {"phone", "email", "chat", "other"}


def test_calls_that_a_switch_counts_are_shared_out_by_the_tickets_of_their_day() -> None:
    next_day = counts(phone=[10]).with_columns(pl.col("starts_at") + pl.duration(days=1))
    calls = pl.concat([counts(phone=[40, 20]), next_day, counts(store=[7])])
    known = counts(phone_after=[3], phone=[1])
    found = shared_out(calls, known, "UTC")
    by = {(row["queue"], row["starts_at"]): row["offered"] for row in found.iter_rows(named=True)}
    assert by[("phone/after", START)] == pytest.approx(30)
    assert by[("phone", START + timedelta(hours=1))] == pytest.approx(5)
    assert by[("phone/after", START + timedelta(days=1))] == pytest.approx(7.5), "a day without tickets: as usual"
    assert by[("store", START)] == 7, "no ticket of it is known: it stays whole"
    assert found["offered"].sum() == pytest.approx(calls["offered"].sum())


def test_a_group_with_next_to_nothing_is_planned_with_its_channel_and_nothing_is_lost() -> None:
    days = 10
    told = counts(phone_after=[30] * 24 * days, phone_before=[0.2] * 24 * days, phone=[2] * 24 * days)
    until = START + timedelta(days=days)
    assert {one.queue: (round(one.a_day, 6), one.is_small) for one in sizes(told, until)} == {
        "phone": (48.0, False), "phone/after": (720.0, False), "phone/before": (4.8, True),
    }  # fmt: skip
    found = folded(told, until)
    assert set(found["queue"]) == {"phone", "phone/after"}
    assert found.filter(queue="phone")["offered"].unique().to_list() == pytest.approx([2.2])
    assert found["offered"].sum() == pytest.approx(told["offered"].sum())


def test_a_group_that_had_nothing_lately_is_planned_with_its_channel() -> None:
    told = pl.concat([counts(phone=[5] * 24), counts(phone_after=[90] * 24).with_columns(
        pl.col("starts_at") - pl.duration(weeks=20))])  # fmt: skip
    assert set(folded(told, START + timedelta(days=1))["queue"]) == {"phone"}


def test_who_names_a_channel_means_every_queue_in_it() -> None:
    assert is_meant("phone/after", ())
    assert is_meant("phone/after", ("chat", "phone"))
    assert not is_meant("phone/after", ("phone/before",))
    assert not is_meant("phone", ("phone/after",))
    sale = Event("sale", "promotion", date(2026, 3, 2), date(2026, 3, 3), ("phone",))
    assert sale.concerns("phone/after", date(2026, 3, 3))
    assert Changes(queues=("phone",)).concerns("phone/after")


def test_people_of_a_channel_serve_all_its_queues_and_those_of_a_group_that_alone() -> None:
    required = pl.DataFrame(
        {"queue": ["phone", "phone/after"], "starts_at": [START, START], "required": [2, 6]},
        schema_overrides={"starts_at": pl.Datetime("us", "UTC")},
    )
    people = pl.DataFrame(
        {"team": ["甲组", "甲组"], "queues": ["phone", "phone/after"], "kind": ["regular"] * 2,
         "starts_at": [START] * 2, "people": [4.0, 1.0]},
        schema_overrides={"starts_at": pl.Datetime("us", "UTC")},
    )  # fmt: skip
    found = dict(shared(people, required, {}).select("queue", "rostered").iter_rows())
    assert found == pytest.approx({"phone": 1.0, "phone/after": 4.0})


def test_the_work_of_a_group_that_is_not_planned_apart_counts_for_its_channel() -> None:
    rows = tickets(("phone", "returns", 0), ("phone", "products", 1), ("phone", None, 2))
    asked: dict[str, Any] = {"zone": "UTC", "until": date(2026, 3, 4), "groups": (AFTER, BEFORE)}
    assert weights_of(rows, **asked, queues=("phone", "phone/after")) == {"甲组": {"phone": 1.0, "phone/after": 1.0}}
    assert weights_of(rows, **asked, queues=("phone",)) == {"甲组": {"phone": 1.0}}


def test_without_groups_all_is_as_before() -> None:
    rows = tickets(("phone", "returns", 0), ("chat", None, 1), ("phone", None, 1))
    found = from_tickets(rows, zone="UTC", minutes=60)
    assert_frame_equal(folded(found, START + timedelta(days=2)), found)
