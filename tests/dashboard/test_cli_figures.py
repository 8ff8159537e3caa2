"""What `show` says beside its figures, and what it refuses."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main

FIRST = datetime(2026, 10, 5, 9, 0)  # noqa: DTZ001 - a stamp without a zone, as exports have it


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty days of a ticket each, resolved two hours later, the last of them on 13 November."""
    folder = tmp_path_factory.mktemp("figures")
    rows = ["ticket id,created at,resolved at,status,channel,agent"]
    for day in range(40):
        created = FIRST + timedelta(days=day)
        rows.append(f"{day},{created},{created + timedelta(hours=2)},resolved,{'chat' if day % 2 else 'email'},Li")
    (folder / "tickets.csv").write_text("\n".join(rows), encoding="utf-8")
    loaded = run(folder / "desk", "load", str(folder / "tickets.csv"), "--zone", "Asia/Shanghai")
    assert loaded.exit_code == 0, loaded.output
    return folder / "desk"


def run(desk: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(desk), *words])


def rows(desk: Path, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(desk, "show", *words, "--format", "json").output)
    return found


def test_weeks_that_may_still_change_are_marked_with_the_day_from_which_they_may(desk: Path) -> None:
    found = {row["period"]: row["provisional_from"] for row in rows(desk, "resolution_rate", "--every", "week")}
    assert found == {
        "2026-10-05": None, "2026-10-12": None, "2026-10-19": None, "2026-10-26": None,
        "2026-11-02": "2026-11-06", "2026-11-09": "2026-11-06",
    }  # fmt: skip


def test_a_table_stars_them_and_says_why(desk: Path) -> None:
    told = run(desk, "show", "resolution_rate", "tickets_created", "--every", "month").output
    assert "2026-10-01  resolution_rate  100.0%" in told
    assert told.count("100.0% *") == 1
    assert "* provisional from 2026-11-06 on, because a ticket may still change sides: resolution_rate\n" in told


def test_a_figure_of_settled_days_is_not_marked(desk: Path) -> None:
    (row,) = rows(desk, "resolution_rate", "--to", "2026-11-06")
    assert row["provisional_from"] is None
    (row,) = rows(desk, "resolution_rate")
    assert row["provisional_from"] == "2026-11-06"


def test_figures_that_settle_at_once_have_no_mark_at_all(desk: Path) -> None:
    assert "provisional_from" not in rows(desk, "tickets_created", "--every", "week")[0]


def test_a_period_without_an_end_ends_with_the_data(desk: Path) -> None:
    weeks = [row["period"] for row in rows(desk, "tickets_created", "--from", "2026-10-26", "--every", "week")]
    assert weeks == ["2026-10-26", "2026-11-02", "2026-11-09"]
    months = [row["period"] for row in rows(desk, "tickets_created", "--to", "2026-11-01", "--every", "month")]
    assert months == ["2026-10-01"]


@pytest.mark.parametrize(
    "command", [("show", "backlog"), ("tickets",), ("compare", "backlog", "--to", "channel=emial")]
)
def test_a_value_that_is_nowhere_is_refused_with_the_near_ones(command: tuple[str, ...], desk: Path) -> None:
    where = () if command[0] == "compare" else ("--where", "channel=emial")
    refused = run(desk, *command, *where)
    assert refused.exit_code == 1
    assert refused.output.startswith("No ticket of this desk has channel “emial”. Did you mean “email”")


def test_where_nothing_is_near_what_there_is_is_named(desk: Path) -> None:
    refused = run(desk, "show", "--where", "agent=nobody")
    assert (refused.exit_code, refused.output) == (
        1,
        "No ticket of this desk has agent “nobody”. There are: “Li”.\n",
    )


def test_a_value_that_a_desk_may_have_but_has_not_answers_nothing(desk: Path) -> None:
    (row,) = rows(desk, "tickets_created", "--where", "channel=phone")
    assert row["value"] == 0
    (row,) = rows(desk, "tickets_created", "--where", "hour=03")
    assert row["value"] == 0


def test_a_metric_that_is_none_leads_to_the_list(desk: Path) -> None:
    refused = run(desk, "show", "tickets_creted")
    assert refused.exit_code == 1
    assert refused.output == (
        "There is no metric “tickets_creted”. Did you mean “tickets_created”? `floorwalker metrics` lists them all.\n"
    )
