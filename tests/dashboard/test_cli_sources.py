"""At the command line: exports of named systems by themselves, their own figures beside ours, one customer's names."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main
from tests.loaders.sources.samples import EXPORTS


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources") / "desk"
    wanted = ("freshdesk/tickets.zh.csv", "osticket/queue.zh.csv", "chatwoot/conversations.json")
    paths = [str(one.path) for one in EXPORTS if f"{one.source}/{one.file}" in wanted]
    loaded = asked(folder, "load", *paths, "--zone", "Asia/Shanghai", "--json")
    assert loaded.exit_code == 0, loaded.output
    report = json.loads(loaded.stdout)
    assert sorted(file["source"] for file in report["files"]) == ["chatwoot", "freshdesk", "osticket"]
    assert all(file["rows_read"] == file["loaded"] == 24 for file in report["files"])
    return folder


def asked(root: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--data", str(root)])


def test_the_sources_own_figures_are_told_with_the_reason_of_each_difference(root: Path) -> None:
    figures = json.loads(asked(root, "reconcile", "--format", "json").stdout)
    business = next(one for one in figures if one["figure"] == "first_response_business_seconds")
    assert (business["source"], business["told"], business["unexplained"]) == ("freshdesk", 22, 0)
    assert business["same"] + business["explained"] == 22
    unlike = asked(root, "reconcile", "--tickets", "--format", "csv").stdout.splitlines()
    assert unlike[0] == "source,ticket_id,figure,ours,theirs,difference,why"
    assert len(unlike) - 1 == sum(one["told"] - one["same"] for one in figures)


def test_rules_are_looked_at_then_kept_then_taken_back(root: Path) -> None:
    names = json.loads(asked(root, "identity", "--json").stdout)
    assert names["people"] == names["customers"]
    looked = json.loads(asked(root, "identity", "--rule", "email", "--json").stdout)
    assert looked["people"] < looked["customers"]
    assert looked["in_force"] == []
    assert asked(root, "identity", "--rule", "email", "--keep").exit_code == 2
    kept = json.loads(asked(root, "identity", "--rule", "email", "--keep", "--reason", "one customer", "--json").stdout)
    assert kept["in_force"] == ["email"]
    back = json.loads(asked(root, "identity", "--keep", "--reason", "back", "--json").stdout)
    assert (back["in_force"], back["people"]) == ([], names["people"])


def test_a_summary_of_averages_is_refused_in_one_sentence(root: Path, tmp_path: Path) -> None:
    report = tmp_path / "agents.csv"
    report.write_text(
        "Reporting period 2026-03-01 to 2026-03-31\n"
        "Agent name,Assigned conversations,Avg first response time,Avg resolution time,Resolution Count\n"
        "Agent One,12,1 hour 5 minutes,2 days,9\n",
        encoding="utf-8",
    )
    found = asked(root, "load", str(report))
    assert found.exit_code == 1
    assert "summary from Chatwoot" in found.output
    assert "Traceback" not in found.output


def test_an_export_that_is_named_as_another_systems_is_refused_and_as_its_own_taken(root: Path) -> None:
    path = next(one.path for one in EXPORTS if f"{one.source}/{one.file}" == "hubspot/tickets.en.csv")
    found = asked(root, "load", str(path), "--as", "zoho", "--zone", "Asia/Shanghai", "--dry-run")
    assert found.exit_code == 1
    assert "looks like an export of HubSpot Service Hub, not of Zoho Desk" in found.output
    taken = asked(root, "load", str(path), "--as", "hubspot", "--zone", "Asia/Shanghai", "--dry-run")
    assert taken.exit_code == 0, taken.output
