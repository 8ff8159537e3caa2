"""The command line refuses wrong usage and odd wishes in one sentence, and says what it did."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main

EXPORT = """ticket id,created at,agent
1,2026-11-01 09:00,Li
2,gestern,Li
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "tickets.csv").write_text(EXPORT, encoding="utf-8")
    return tmp_path / "desk"


def run(desk: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(desk), *words])


def load(desk: Path, *words: str) -> Result:
    return run(desk, "load", str(desk.parent / "tickets.csv"), "--zone", "Asia/Shanghai", *words)


def test_a_load_is_told_with_its_source_and_where_the_first_example_stands(desk: Path) -> None:
    told = load(desk).output
    assert "(source generic)" in told
    assert "(line 3, created at: gestern)" in told
    assert "--dry-run" not in told


def test_a_dry_run_says_that_nothing_was_kept(desk: Path) -> None:
    assert load(desk, "--dry-run").output.startswith("Only tried (--dry-run); nothing was kept.")
    assert run(desk, "undo").exit_code == 1


def test_rejects_of_a_load_that_is_none_are_refused(desk: Path) -> None:
    load(desk)
    assert "2,gestern,Li" in run(desk, "rejects", "1").output
    refused = run(desk, "rejects", "5")
    assert refused.exit_code == 1
    assert "There is no load 5" in refused.output


def test_undo_and_redo_say_which_load_they_took_back_or_brought_back(desk: Path) -> None:
    load(desk)
    assert run(desk, "undo").output.startswith("Load 1 is taken back")
    refused = run(desk, "undo")
    assert (refused.exit_code, refused.output) == (1, "There is no load on this desk that could be taken back.\n")
    assert run(desk, "redo").output.startswith("Load 1 is back")
    assert run(desk, "redo").exit_code == 1


def test_a_date_format_that_is_none_is_refused_by_its_name(desk: Path) -> None:
    refused = load(desk, "--date-format", "ZZ")
    assert refused.exit_code == 1
    assert "“ZZ” is no date format" in refused.output


def test_a_file_that_cannot_be_written_is_one_sentence(desk: Path) -> None:
    load(desk)
    refused = run(desk, "tickets", "--out", str(desk.parent / "absent" / "tickets.csv"))
    assert refused.exit_code == 1
    assert "could not be written" in refused.output
    assert "Traceback" not in refused.output


@pytest.mark.parametrize(
    "words",
    [("serve", "--port", "99999"), ("show", "--from", "2026-12-01", "--to", "2026-11-01"), ("show", "--from", "x")],
)
def test_wrong_usage_exits_with_2(desk: Path, words: tuple[str, ...]) -> None:
    assert run(desk, *words).exit_code == 2


def test_an_instant_without_a_zone_is_one_of_the_desk_s_zone(desk: Path) -> None:
    answered = "ticket id,created at,first response at\n1,2026-11-01 09:00,2026-11-01 12:00\n"
    (desk.parent / "tickets.csv").write_text(answered, encoding="utf-8")
    load(desk)

    def shown(at: str) -> str:
        return run(desk, "show", "first_response_calendar_p50", "--format", "csv", "--as-of", at).output

    assert shown("2026-11-01T11:00") == shown("2026-11-01T03:00Z")
    assert shown("2026-11-01T11:00") != shown("2026-11-01T11:00Z")
