"""The commands over escalated tickets, from a load to a decision."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main

AT = "2026-03-02T11:00+00:00"
TICKETS = """Id,Created,First response,Resolved,Status,Priority,Team,Agent,Type
1,2026-03-01 09:00:00,,,open,urgent,Mail,Wang,delivery
2,2026-03-01 10:00:00,,,open,low,Phone,Li,complaint
3,2026-03-02 10:50:00,2026-03-02 10:51:00,,open,normal,Mail,Wang,delivery
4,2026-03-01 12:00:00,2026-03-01 12:01:00,2026-03-01 12:30:00,resolved,normal,Mail,Wang,delivery
"""


def run(*given: str) -> Result:
    return CliRunner().invoke(main, list(given))


def told(*given: str) -> Any:
    result = run(*given)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def desk(tmp_path: Path) -> tuple[str, ...]:
    file = tmp_path / "tickets.csv"
    file.write_text(TICKETS, encoding="utf-8")
    folder = str(tmp_path / "desk")
    loaded = run("--data", folder, "load", str(file), "--zone", "UTC")
    assert loaded.exit_code == 0, loaded.output
    return ("--data", folder, "triage")


def test_a_load_brings_its_late_tickets_to_the_queue_in_their_order(desk: tuple[str, ...]) -> None:
    queue = told(*desk, "list", "--json", "--at", AT)
    assert [row["ticket_id"] for row in queue] == ["2", "1"]
    assert {"complaint", "overdue", "no_response"} <= set(queue[0]["rules"])
    assert queue[0]["sentence"].startswith("complaint, ")
    again = told(*desk, "check", "--at", AT)
    assert (again["opened"], again["added"]) == (0, 0)


def test_figures_of_triage_stand_beside_those_of_tickets(desk: tuple[str, ...]) -> None:
    asked = ("tickets_created", "triage_items", "triage_backlog", "csat")
    shown = told(*desk[:2], "show", *asked, "--where", "team=Mail", "--format", "json")
    assert [(row["metric"], row["value"]) for row in shown] == [
        ("tickets_created", 3.0), ("triage_items", 1.0), ("triage_backlog", 1.0), ("csat", None),
    ]  # fmt: skip
    assert shown[-1]["reason"]
    wrong = run(*desk[:2], "show", "triage_itemz")
    assert wrong.exit_code == 1
    assert "triage_items" in wrong.output


def test_an_item_is_taken_told_of_and_decided(desk: tuple[str, ...]) -> None:
    item = told(*desk, "next", "--json")
    assert (item["ticket_id"], item["state"], item["owner"]) == ("2", "acknowledged", "command line")
    id = str(item["id"])
    assert run(*desk, "start", id).exit_code == 0
    done = told(*desk, "resolve", id, "--decision", "answered", "--reason", "process", "--json")
    assert (done["state"], done["version"]) == ("resolved", 4)
    shown = told(*desk, "show", id)
    assert [event["action"] for event in shown["history"]] == ["resolve", "start", "acknowledge", "open"]
    assert told(*desk, "undo", id, "--json")["state"] == "in_progress"


def test_what_cannot_be_done_is_told_in_one_sentence(desk: tuple[str, ...]) -> None:
    first = str(told(*desk, "list", "--json")[0]["id"])
    for refused, sentence in (
        (("close", first), "This cannot be done any more"),
        (("snooze", first, "--until", "2030-01-01T00:00+00:00"), "can be put off only after somebody has taken it"),
        (("acknowledge", "999"), "There is no escalated ticket 999 here."),
        (("assign", first, "--owner", "Li", "--version", "7"), "has changed this meanwhile"),
    ):
        result = run(*desk, *refused)
        assert result.exit_code == 1
        assert sentence in result.stderr
