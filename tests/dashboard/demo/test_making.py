"""The demo desk in its folder: whole or absent, recognised at once, never over another desk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from dashboard.demo import NEWEST, ensure_demo, kept, making
from dashboard.demo.generating import DemoData
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import facts_of, figures
from dashboard.services.loading.loads import history, rejects_of
from loaders.base import Progress
from loaders.errors import WarehouseError


@dataclass(frozen=True)
class Made:
    """A desk that was made, and how far it was told to be meanwhile."""

    desk: Desk
    steps: list[Progress]


@pytest.fixture(scope="module")
def less(demo: DemoData) -> DemoData:
    """The end of the demo desk only, so that a desk is made in a moment."""
    tickets = demo.tickets.tail(1_500)
    rest = {
        name: frame.join(tickets, on="ticket_id", how="semi") if "ticket_id" in frame.columns else frame.tail(500)
        for name, frame in demo.tables.items()
    }
    return replace(demo, **rest)


@pytest.fixture
def small(less: DemoData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "generate", lambda: less)


@pytest.fixture(scope="module")
def made(less: DemoData, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Made once for all who only look at it."""
    steps: list[Progress] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "generate", lambda: less)
        desk = ensure_demo(tmp_path_factory.mktemp("made") / "demo", steps.append)
    yield Made(desk, steps)
    desk.engine.dispose()


def test_it_is_made_by_two_loads_with_rejects_to_look_at(made: Made, less: DemoData) -> None:
    dirty, clean = history(COMMAND_LINE, made.desk)
    assert (clean.source, dirty.source) == ("demo", "store_register")
    assert clean.files[0]["inserted"] == less.tickets.height
    told = dirty.files[0]
    assert told["rows_read"] == told["loaded"] + told["rejected"] + told["blank"]
    assert told["rejected"] == rejects_of(COMMAND_LINE, made.desk, dirty.id).filter(kind="rejected").height == 5
    reasons = {problem["reason"] for problem in told["problems"]}
    assert {"responded_before_created", "unknown_channel", "bad_date", "missing_ticket_id"} <= reasons
    assert {"reading", "writing", "checking", "figures"} <= {progress.step for progress in made.steps}


def test_its_figures_are_those_of_the_friday_morning(made: Made, less: DemoData) -> None:
    facts = facts_of(COMMAND_LINE, made.desk)
    assert (made.desk.zone(), facts.zone, facts.as_of) == ("Asia/Shanghai", "Asia/Shanghai", NEWEST)
    assert facts.tickets.filter(source="demo").height == less.tickets.height
    assert "22:00" in str(made.desk.agreements())


def test_an_existing_one_is_recognised_at_once(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "generate", lambda: pytest.fail("made again"))
    desk = ensure_demo(made.desk.root)
    assert len(history(COMMAND_LINE, desk)) == 2


@pytest.mark.usefixtures("small")
def test_one_of_an_older_program_is_made_anew(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copytree(made.desk.root, tmp_path / "demo")
    monkeypatch.setattr(kept, "VERSION", kept.VERSION + 1)
    assert history(COMMAND_LINE, ensure_demo(tmp_path / "demo"))[0].at > history(COMMAND_LINE, made.desk)[0].at
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["demo"]


@pytest.mark.usefixtures("small")
def test_a_crash_half_way_leaves_no_desk_and_the_next_start_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(making, "_load_dirty", crash)
        with pytest.raises(KeyboardInterrupt):
            ensure_demo(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()
    assert len(history(COMMAND_LINE, ensure_demo(tmp_path / "demo"))) == 2
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["demo"]


@pytest.mark.slow
def test_the_whole_desk_gives_figures_of_every_channel(tmp_path: Path, demo: DemoData) -> None:
    desk = ensure_demo(tmp_path / "demo")
    found = figures(COMMAND_LINE, desk, ["tickets_created", "first_response_within_target"], by=["channel"])
    created = found.filter(metric="tickets_created")
    assert created["value"].sum() == demo.tickets.height + history(COMMAND_LINE, desk)[0].files[0]["inserted"]
    judged = found.filter((pl.col("metric") == "first_response_within_target") & (pl.col("n") > 100))
    assert judged.height == 7
    assert judged["value"].is_between(0.4, 0.98).all()


def test_another_desk_is_never_touched(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "ours")
    desk.set_zone("Europe/Berlin")
    with pytest.raises(WarehouseError, match="not the demo desk"):
        ensure_demo(tmp_path / "ours")
    assert open_desk(tmp_path / "ours").zone() == "Europe/Berlin"
