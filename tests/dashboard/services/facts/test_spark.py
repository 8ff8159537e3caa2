"""A cluster makes the same facts and rollups as this machine, row by row."""

import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.fact_files import FRAMES
from dashboard.services.facts.figures import facts_of, rebuild, settings_of
from dashboard.services.facts.monthly import MonthlyMaking
from dashboard.services.facts.months import Plan, StateMeta, known
from dashboard.services.facts.part_files import PartFiles
from dashboard.services.facts.spark import ClusterError, Task, _measured, _seen, _told, run_on_spark
from dashboard.store import LoadRow
from loaders.warehouse.months import MonthlyTables
from metrics.facts.knowledge import Knowledge
from metrics.rollup import DAY
from tests.benchmarks.tickets import ZONE, tickets_and_ratings
from tests.builders import facts, ticket

COUNT = 1_000_000
MASTER = "local-cluster[2,1,1024]"
"""Two executors, each a process of its own."""


def desk_of(root: Path, count: int) -> Desk:
    """A desk of generated tickets."""
    desk = open_desk(root)
    tickets, ratings = tickets_and_ratings(count)
    versions = desk.warehouse.commit("bench", {"tickets": tickets, "ratings": ratings}, base={}).versions
    entry = LoadRow(
        at=datetime(2026, 1, 1, tzinfo=UTC), actor="a", kind="load", versions=dict(versions),
        as_of=desk.warehouse.newest(versions), files=[], settings={},
    )  # fmt: skip
    with desk.keeping() as session:
        session.add(entry)
    desk.set_zone(ZONE)
    return desk


def rebuilt_by_spark(desk: Desk) -> None:
    """In a process of its own, as a person would."""
    command = [sys.executable, "-m", "dashboard.cli", "--data", str(desk.root), "rebuild", "--engine", "spark"]
    done = subprocess.run([*command, "--master", MASTER], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def assert_same_figures(desk: Desk) -> None:
    """Facts and rollups of both are equal: every row, every column."""
    ours = rebuild(COMMAND_LINE, desk)
    kept = desk.root / "ours"
    shutil.copytree(desk.facts_folder, kept)
    rebuilt_by_spark(desk)
    theirs = facts_of(COMMAND_LINE, desk)
    for name in FRAMES:
        assert_frame_equal(theirs.frame(name), ours.frame(name))
    for path in sorted(kept.glob("*/rollups/whole/*.arrow")):
        assert_frame_equal(pl.read_ipc(desk.facts_folder / path.relative_to(kept)), pl.read_ipc(path))
    assert (ours.rollups is None) == (theirs.rollups is None)


@pytest.mark.slow
@pytest.mark.timeout(5_400)
@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed (extra “cluster”)")
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17")
def test_a_cluster_makes_the_same_facts_and_rollups(tmp_path: Path) -> None:
    assert_same_figures(desk_of(tmp_path, COUNT))


def test_what_is_missing_for_a_cluster_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ClusterError, match="extra “cluster”"):
        rebuild(COMMAND_LINE, desk_of(tmp_path, 10), run=run_on_spark(MASTER))


def test_a_month_made_elsewhere_gets_the_codes_of_all_others(tmp_path: Path) -> None:
    words = {"2026-01": ("b", "a"), "2026-02": ("c", "b")}
    whole = PartFiles(tmp_path, {})
    for month, teams in words.items():
        made = facts([ticket(team, f"{month}-05 09:00", team=team) for team in teams])
        elsewhere = PartFiles(tmp_path, {})
        elsewhere.add(month, [made])
        elsewhere.keep_words(month)
        whole.take(month)
    whole.finish(list(words), facts())
    told = json.loads((tmp_path / "rollups" / "rollups.json").read_text())
    (path,) = (tmp_path / "rollups" / "whole").glob("tickets.created_at.day.team+type.arrow")
    assert path.stem in told["shapes"]
    found = pl.read_ipc(path).with_columns(pl.lit(pl.Series([None, "a", "b", "c"])).gather("team").alias("team"))
    teams = found.group_by(DAY, maintain_order=True).agg(pl.col("team").sort())["team"].to_list()
    assert teams == [["a", "b"], ["b", "c"]]


def test_an_executor_finds_what_is_found_here(tmp_path: Path) -> None:
    desk = desk_of(tmp_path / "desk", 50)
    head = desk.head()
    assert head is not None
    assert head.as_of is not None
    plan = Plan(MonthlyTables(desk.warehouse_folder, head.versions), "settings", StateMeta())
    making = MonthlyMaking(plan, settings_of(COMMAND_LINE, desk), head.as_of, tmp_path / "here", None)
    making.run()
    task = pickle.loads(pickle.dumps(replace(Task.of(making), folder=tmp_path / "there")))
    told = {month: _told(task, month) for month in task.months}
    assert Knowledge(frozenset().union(*told.values())) == known(making.made.values())  # type: ignore[arg-type]
    for month in task.months:
        answer = json.loads(json.dumps(_measured(replace(task, knowledge=known(making.made.values())), month)))
        meta = making.made[month]
        assert _seen(answer).meta(meta.name, meta.inputs) == meta
    here, there = (
        sorted(path.read_bytes() for path in (tmp_path / at).glob("*/tickets.parquet")) for at in ("here", "there")
    )
    assert here == there
