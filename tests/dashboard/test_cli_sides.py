"""Two sides compared and other systems' rules, at the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main

ROWS = """Ticket ID,Created At,Status,Channel,First Responded At,Resolved At,Replies,Reopens,Agent
1,2026-11-02 09:00,resolved,chat,2026-11-02 09:10,2026-11-02 12:00,1,0,Ann
2,2026-11-03 09:00,closed,email,2026-11-03 10:00,,0,0,Bob
3,2026-11-10 09:00,resolved,chat,2026-11-10 09:20,2026-11-10 11:00,2,0,
4,2026-11-11 09:00,open,chat,,,0,0,Bob
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sides")
    (folder / "tickets.csv").write_text(ROWS)
    done = asked(folder, "load", str(folder / "tickets.csv"), "--zone", "UTC")
    assert done.exit_code == 0, done.output
    return folder


def asked(root: Path, command: str, *words: str) -> Result:
    return CliRunner().invoke(main, [command, "--data", str(root / "desk"), *words])


def rows(found: Result) -> list[dict[str, Any]]:
    assert found.exit_code == 0, found.output
    told: list[dict[str, Any]] = json.loads(found.stdout)
    return told


def test_a_period_is_compared_with_the_one_before_unless_another_is_named(root: Path) -> None:
    for words in (
        ["--to", "2026-11-09..2026-11-16"],
        ["--to", "2026-11-09..2026-11-16", "--of", "2026-11-02..2026-11-09"],
    ):
        (row,) = rows(asked(root, "compare", "tickets_created", *words, "--format", "json"))
        assert (row["before"], row["after"], row["difference"]) == (2, 2, 0)
        assert row["low"] < 0 < row["high"]


def test_a_group_is_compared_with_all_others_unless_one_is_named(root: Path) -> None:
    for words in (["--to", "channel=chat"], ["--to", "channel=chat", "--of", "channel=email"]):
        (row,) = rows(asked(root, "compare", "tickets_created", *words, "--format", "json"))
        assert (row["before"], row["after"]) == (1, 3)
    assert "tickets_created" in asked(root, "compare", "tickets_created", "--to", "channel=chat").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "November"], "is no side to compare"),
        (["--to", "2026-11-09..2026-11-02"], "is no side to compare"),
        (["--to", "channel=chat", "--of", "channel=chat"], "share tickets"),
        (["--to", "colour=red"], "no dimension"),
    ],
)
def test_sides_that_cannot_be_compared_are_refused_in_one_sentence(root: Path, words: list[str], said: str) -> None:
    found = asked(root, "compare", "tickets_created", *words)
    assert found.exit_code == 1
    assert said in found.output
    assert "Traceback" not in found.output


def test_figures_by_other_rules_and_where_they_differ(root: Path) -> None:
    words = ["full_resolution_calendar_p50", "--rules", "zendesk", "--format", "json"]
    (row,) = rows(asked(root, "show", *words))
    assert (row["value"], row["n"]) == (9000, 2)
    assert rows(asked(root, "show", *words, "--difference")) == []
    unlike = rows(asked(root, "show", "first_response_calendar_p50", "--rules", "freshdesk", "--difference",
                        "--format", "json"))  # fmt: skip
    assert [(row["ticket_id"], row["ours"], row["theirs"], row["why"]) for row in unlike] == [
        ("3", 1200, None, "It does not count there.")
    ]
    table = asked(root, "show", "--rules", "freshdesk", "--difference")
    assert "20 min" in table.output


def test_a_system_without_that_figure_and_a_difference_with_ourselves_are_refused(root: Path) -> None:
    assert asked(root, "show", "fcr_one_touch", "--rules", "chatwoot").exit_code == 1
    assert asked(root, "show", "csat", "--difference").exit_code == 2
