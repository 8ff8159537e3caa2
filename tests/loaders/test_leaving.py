"""Tickets that their system has deleted leave every table, and stand where the versions before are read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from loaders.warehouse import Versions, Warehouse
from metrics.tables import MESSAGES, TICKETS

START = datetime(2024, 1, 15, 9, tzinfo=UTC)


def standing(warehouse: Warehouse, versions: Versions, name: str) -> list[str]:
    return warehouse.scan(name, versions).select("ticket_id").collect()["ticket_id"].sort().to_list()


def filled(root: Path) -> tuple[Warehouse, Versions]:
    numbers = ["1", "2", "3"]
    created = [START + timedelta(days=31 * place) for place in range(3)]
    tickets = pl.DataFrame(
        {"ticket_id": numbers, "created_at": created}, schema_overrides={"created_at": TICKETS.schema["created_at"]}
    )
    messages = pl.DataFrame(
        {"message_id": ["a", "b", "c"], "ticket_id": numbers, "at": created},
        schema_overrides={"at": MESSAGES.schema["at"]},
    )
    warehouse = Warehouse(root)
    return warehouse, warehouse.commit("desk", {"tickets": tickets, "messages": messages}, base={}).versions


def test_a_deleted_ticket_leaves_with_its_messages_though_its_month_is_empty_then(tmp_path: Path) -> None:
    warehouse, versions = filled(tmp_path)
    after, count = warehouse.remove("desk", ["2", "never there"], base=versions)
    assert count == ["2"]
    assert standing(warehouse, after, "tickets") == ["1", "3"]
    assert standing(warehouse, after, "messages") == ["1", "3"]
    assert standing(warehouse, versions, "messages") == ["1", "2", "3"], "what stood before can be read again"


def test_deleting_what_is_not_there_makes_no_version(tmp_path: Path) -> None:
    warehouse, versions = filled(tmp_path)
    assert warehouse.remove("desk", ["9"], base=versions) == (versions, [])


def test_a_deleted_ticket_that_comes_again_stands_again(tmp_path: Path) -> None:
    warehouse, versions = filled(tmp_path)
    after, _count = warehouse.remove("desk", ["2"], base=versions)
    again = warehouse.scan("tickets", versions).filter(ticket_id="2").collect().select("ticket_id", "created_at")
    back = warehouse.commit("desk", {"tickets": again}, base=after)
    assert back.counts.inserted == 1
    assert standing(warehouse, back.versions, "tickets") == ["1", "2", "3"]
