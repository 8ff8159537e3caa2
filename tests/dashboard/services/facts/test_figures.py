"""Facts are made once per state of the desk and asked for everywhere."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts import figures as service
from dashboard.services.facts.figures import facts_of, figures, rebuild, tickets
from dashboard.services.loading.ledger import undo_last
from dashboard.store import LoadRow
from loaders.base import Progress
from loaders.errors import WarehouseError
from metrics.facts import build_facts
from metrics.model import Scope
from metrics.tables import TICKETS

START = datetime(2024, 3, 4, 9, tzinfo=UTC)


def keep(desk: Desk, count: int, *, status: str = "open") -> None:
    """A load of so many tickets, an hour apart, each resolved after half an hour."""
    head = desk.head()
    created = [START + timedelta(hours=number) for number in range(count)]
    rows = {"ticket_id": [str(number) for number in range(count)], "created_at": created, "status": [status] * count}
    rows["resolved_at"] = [at + timedelta(minutes=30) for at in created]
    frame = pl.DataFrame(rows, schema={name: TICKETS.schema[name] for name in rows})
    versions = desk.warehouse.commit("s", {"tickets": frame}, base=head.versions if head else {}).versions
    as_of = desk.warehouse.newest(versions)
    entry = LoadRow(at=START, actor="a", kind="load", versions=dict(versions), as_of=as_of, files=[], settings={})
    with desk.keeping() as session:
        session.add(entry)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was asked of build_facts."""
    calls: list[object] = []
    original = build_facts

    def counted(*args: object, **options: object) -> object:
        calls.append(options)
        return original(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "build_facts", counted)
    return calls


def folders(desk: Desk) -> list[Path]:
    return [path for path in desk.facts_folder.iterdir() if path.is_dir()]


def test_facts_are_made_once_and_read_back_equal(desk: Desk, made: list[object]) -> None:
    keep(desk, 3)
    first, again = facts_of(COMMAND_LINE, desk), facts_of(COMMAND_LINE, open_desk(desk.root))
    assert len(made) == 1
    assert first.as_of == again.as_of == START + timedelta(hours=2, minutes=30)
    assert again.zone == "UTC"
    for name in ("tickets", "replies", "ratings"):
        assert getattr(first, name).equals(getattr(again, name))
    assert first.tickets.height == 3


def test_a_load_an_undo_and_a_setting_each_show_at_once(desk: Desk, made: list[object]) -> None:
    keep(desk, 2)
    assert facts_of(COMMAND_LINE, desk).tickets.height == 2
    keep(desk, 4)
    assert facts_of(COMMAND_LINE, desk).tickets.height == 4
    undo_last(COMMAND_LINE, desk)
    assert facts_of(COMMAND_LINE, desk).tickets.height == 2
    assert len(made) == 2
    desk.set_zone("Asia/Shanghai")
    assert facts_of(COMMAND_LINE, desk).zone == "Asia/Shanghai"
    assert len(made) == 3


def test_damaged_facts_are_made_again(desk: Desk, made: list[object]) -> None:
    keep(desk, 3)
    facts_of(COMMAND_LINE, desk)
    folder = folders(desk)[0]
    path = folder / "tickets.parquet"
    path.write_bytes(path.read_bytes()[:100])
    assert facts_of(COMMAND_LINE, desk).tickets.height == 3
    for damaged in ("{", "[]", '{"sizes": 3}', '{"sizes": {}, "zone": "UTC", "as_of": 5}'):
        (folder / "facts.json").write_text(damaged)
        assert facts_of(COMMAND_LINE, desk).tickets.height == 3
    assert len(made) == 6
    shutil.rmtree(folder)
    assert facts_of(COMMAND_LINE, desk).tickets.height == 3
    assert len(folders(desk)) == 1


@pytest.mark.parametrize("left", [0, 100])
def test_damaged_tables_are_told_in_one_sentence(desk: Desk, left: int) -> None:
    keep(desk, 3)
    for path in desk.warehouse_folder.glob("*/*/*/*.parquet"):
        path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(WarehouseError, match="could not be read"):
        facts_of(COMMAND_LINE, desk)


def test_a_mistake_of_our_own_is_not_taken_for_damage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(desk, 3)

    def mistaken(*_: object, **__: object) -> None:
        raise pl.exceptions.ColumnNotFoundError("ours")

    monkeypatch.setattr(service, "build_facts", mistaken)
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="ours"):
        facts_of(COMMAND_LINE, desk)


def test_facts_of_older_states_are_removed(desk: Desk) -> None:
    for count in range(1, 7):
        keep(desk, count)
        facts_of(COMMAND_LINE, desk)
    assert len(folders(desk)) == 3


def test_facts_that_cannot_be_kept_are_still_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(desk, 3)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(service, "_write", full)
    assert facts_of(COMMAND_LINE, desk).tickets.height == 3
    assert folders(desk) == []


def test_an_earlier_instant_shows_what_was_known_then(desk: Desk) -> None:
    keep(desk, 3)
    assert facts_of(COMMAND_LINE, desk, START + timedelta(minutes=90)).tickets.height == 2
    assert tickets(COMMAND_LINE, desk, Scope(as_of=START + timedelta(minutes=90))).height == 2
    assert facts_of(COMMAND_LINE, desk).tickets.height == 3


def test_figures_answer_by_metric_and_dimension(desk: Desk) -> None:
    keep(desk, 3)
    result = figures(COMMAND_LINE, desk, ["tickets_created", "full_resolution_calendar_p50"], by=["status"])
    assert result.select("metric", "status", "value").rows() == [
        ("tickets_created", "open", 3.0),
        ("full_resolution_calendar_p50", "open", 1800.0),
    ]


def test_an_empty_desk_has_empty_figures(desk: Desk) -> None:
    result = figures(COMMAND_LINE, desk, ["tickets_created", "full_resolution_calendar_p50"])
    assert result["n"].to_list() == [0, 0]
    assert result["value"][1] is None
    assert tickets(COMMAND_LINE, desk).is_empty()


def test_a_rebuild_makes_the_facts_anew(desk: Desk, made: list[object]) -> None:
    keep(desk, 3)
    facts_of(COMMAND_LINE, desk)
    steps: list[Progress] = []
    assert rebuild(COMMAND_LINE, desk, on_progress=steps.append).tickets.height == 3
    assert len(made) == 2
    assert [progress.step for progress in steps] == ["figures"]
    assert facts_of(COMMAND_LINE, desk).tickets.height == 3
    assert len(made) == 2


def test_the_command_rebuild_says_what_it_made(desk: Desk, made: list[object]) -> None:
    keep(desk, 3)
    facts_of(COMMAND_LINE, desk)
    told = CliRunner().invoke(main, ["--data", str(desk.root), "rebuild"])
    assert told.exit_code == 0
    assert "Made anew from 3 tickets" in told.output
    assert len(made) == 2
