"""Exports that we did not make: a connector's records, masked seeds of a vendor's tables, and known other lists."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files, preview
from loaders.build import build
from loaders.catalog import certain_proposal, preset_of, proposal_of
from loaders.others import NoTicketsError, refuse_others
from loaders.streams import tables_in
from tests.loaders.raws import raw_csv, raw_file

LOADED = {"ticket_data.csv": ("zendesk", "tickets"), "ticket_comment_data.csv": ("zendesk_comments", "messages")}


def stamp(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def test_a_connectors_records_are_told_apart_by_kind_and_the_tickets_among_them_load(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "zendesk" / "ticket_metrics_excerpt.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    tables = {table.sheet: table for table in tables_in(raw_file(path, tmp_path))}
    assert sum(table.rows_read for table in tables.values()) == len(records) == 6
    found: dict[str, dict[str, object]] = {}
    for kind in ("tickets", "ticket_metrics"):
        preset = preset_of(tables[kind])
        assert preset is not None
        mapping = certain_proposal(tables[kind], preset).mapping
        assert mapping.name == "zendesk"
        rows = build(tables[kind], mapping, source="zendesk").tables["tickets"]
        found |= {row["ticket_id"]: row for row in rows.iter_rows(named=True)}
    for record in records:
        data = record["data"]
        if record["stream"] == "ticket_metrics":
            row, wait = found[str(data["ticket_id"])], data["reply_time_in_minutes"]["calendar"]
            created = stamp(data["created_at"])
            assert created is not None
            assert row["created_at"] == created
            assert row["first_responded_at"] == (None if wait is None else created + timedelta(minutes=wait))
            business = data["reply_time_in_minutes"]["business"]
            assert row["x_own_first_response_business_seconds"] == (None if business is None else str(60 * business))
            assert (row["reopens"], row["replies"]) == (data["reopens"], data["replies"])
        elif record["stream"] == "tickets":
            row = found[str(data["id"])]
            assert (row["status"], row["channel"], row["priority"]) == ("open", "web_form", "low")
            assert row["created_at"] == stamp(data["created_at"])
        else:
            with pytest.raises(NoTicketsError):
                refuse_others(tables[record["stream"]].headers)


def test_of_the_vendors_seed_tables_only_tickets_and_comments_are_taken_for_them(shared_data: Path) -> None:
    taken = {}
    for path in sorted((shared_data / "zendesk" / "dbt_seeds").glob("*.csv")):
        raw = raw_csv(path)
        preset = preset_of(raw)
        if preset is not None:
            taken[path.name] = (preset.name, preset.mapping.shape)
            continue
        try:
            proposal = proposal_of(raw)
        except NoTicketsError:
            continue
        assert not proposal.is_certain, path.name
    assert taken == LOADED


def test_the_seed_tickets_are_as_their_file_says(shared_data: Path) -> None:
    path = shared_data / "zendesk" / "dbt_seeds" / "ticket_data.csv"
    raw = raw_csv(path)
    preset = preset_of(raw)
    assert preset is not None
    tickets = build(raw, certain_proposal(raw, preset).mapping, source="zendesk", zone="UTC").tables["tickets"]
    with path.open(encoding="utf-8", newline="") as file:
        expected = {row["id"]: row for row in csv.DictReader(file)}
    statuses = {"deleted": "spam", "solved": "resolved", "hold": "on_hold"}
    for row in tickets.iter_rows(named=True):
        theirs = expected[row["ticket_id"]]
        assert row["created_at"] == datetime.fromisoformat(theirs["created_at"]).replace(tzinfo=UTC)
        assert row["status"] == statuses.get(theirs["status"], theirs["status"])
        assert (row["team"] or "", row["customer"]) == (theirs["group_id"], theirs["requester_id"])
    assert tickets.height == len(expected) == 10
    assert set(tickets["channel"]) <= {"web_form", "email", "chat", "other", "phone", "social", None}


@pytest.mark.parametrize(
    ("name", "preset", "height"),
    [
        ("servicenow/incident_event_log_excel.csv", "servicenow", 890),
        ("servicenow/incident_event_log.csv.gz", "servicenow", 20_769),
    ],
)
def test_both_dialects_of_the_incident_log_are_recognised(
    shared_data: Path, name: str, preset: str, height: int
) -> None:
    raw = raw_csv(shared_data / name)
    found = preset_of(raw)
    assert found is not None
    assert found.name == preset
    mapping = certain_proposal(raw, found).mapping
    assert build(raw, mapping, source="servicenow", zone="UTC").tables["tickets"].height == height


@pytest.mark.parametrize("name", ["shopzilla/customer_support_data.csv", "twitter_support/twcs_first5000.csv"])
def test_exports_of_no_named_system_are_taken_for_none(shared_data: Path, name: str) -> None:
    raw = raw_csv(shared_data / name)
    assert preset_of(raw) is None
    assert proposal_of(raw).is_certain
    assert isinstance(raw.frame, pl.DataFrame)


def test_a_connectors_file_loads_kind_by_kind_with_the_mapping_that_was_looked_at(
    shared_data: Path, tmp_path: Path
) -> None:
    """As the browser does it: the preview's mapping is for the tickets, the metrics are read by their own."""
    desk, path = open_desk(tmp_path), shared_data / "zendesk" / "ticket_metrics_excerpt.jsonl"
    looked = preview(COMMAND_LINE, desk, path)
    report = load_files(COMMAND_LINE, desk, [path], options=LoadOptions(mapping=looked.mapping))
    told = {file.file.rpartition(" ")[2]: (file.source, file.loaded) for file in report.files}
    assert told == {
        "schedules": (None, 0), "sla_policies": (None, 0), "tickets": ("zendesk", 1), "ticket_metrics": ("zendesk", 3),
    }  # fmt: skip
