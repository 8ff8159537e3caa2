"""Many small loads of a connection: the ledger and the tables stay small, and nothing that is shown changes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.folding import Folded, fold
from dashboard.services.loading.ledger import SETTLED, history, redo_last, undo_last
from dashboard.services.sync.connections import Connected, keep_connection
from dashboard.services.sync.running import standing_state
from dashboard.store import LoadRow, SyncCursor
from loaders.errors import WarehouseError
from loaders.warehouse.delta import DeltaFolder

AT = datetime(2026, 3, 1, tzinfo=UTC)


class Small:
    """A desk that a connection loads into, a ticket at a time: tables and ledger as a load leaves them."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.count = open_desk(folder / "desk"), 0
        made = Connected("Z", "zendesk", settings={"address": "http://127.0.0.1:1", "user": "a@example.com"})
        self.connection = keep_connection(COMMAND_LINE, self.desk, made, secret="s")

    def load(self, *, ticket: int | None = None) -> int:
        self.count += 1
        head = self.desk.head()
        rows = {"ticket_id": [str(ticket or self.count)], "created_at": [AT], "updated_at": [AT], "status": ["open"]}
        changed = pl.DataFrame(rows).with_columns(updated_at=pl.lit(AT + timedelta(hours=self.count)))
        base = head.versions if head else {}
        done = self.desk.warehouse.commit("z", {"tickets": changed}, base=base, export_at=AT)
        with self.desk.keeping() as session:
            entry = LoadRow(at=AT, actor="Z", kind="load", versions=dict(done.versions), files=[], settings={})
            session.add(entry)
            session.flush()
            state = {"at": self.count}
            session.add(SyncCursor(connection_id=self.connection, load_id=entry.id, state=state))
            return entry.id

    def shown(self) -> list[str]:
        head = self.desk.head()
        rows = self.desk.warehouse.scan("tickets", head.versions if head else {}).select("ticket_id").collect()
        return sorted(rows["ticket_id"].to_list(), key=int)

    @property
    def files(self) -> int:
        return sum(path.is_file() for path in (self.desk.warehouse_folder).rglob("*"))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    made = Small(tmp_path)
    yield made
    made.desk.engine.dispose()


def test_nothing_is_folded_before_it_is_worth_while(small: Small) -> None:
    for _load in range(3):
        small.load()
    assert fold(COMMAND_LINE, small.desk, kept=2, least=2) == Folded()
    assert len(history(COMMAND_LINE, small.desk)) == 3


def test_old_loads_are_settled_the_newest_can_be_taken_back_and_all_is_shown_as_before(small: Small) -> None:
    for _load in range(6):
        small.load()
    small.load(ticket=3)  # a month is written anew: its older file is needed by older versions only
    before, files = small.shown(), small.files
    done = fold(COMMAND_LINE, small.desk, kept=2, least=2)
    assert done.entries == 4
    assert done.files > 0
    assert small.files < files
    assert small.shown() == before == ["1", "2", "3", "4", "5", "6"]
    entries = history(COMMAND_LINE, small.desk)
    assert [one.id for one in entries] == [7, 6, 5]
    with small.desk.reading() as session:
        border = session.get(LoadRow, 5)
        assert border is not None
        assert border.settings[SETTLED]["entries"] == 4
        assert standing_state(session, small.connection) == (7, {"at": 7})
    undo_last(COMMAND_LINE, small.desk)
    undo_last(COMMAND_LINE, small.desk)
    assert small.shown() == ["1", "2", "3", "4", "5"]
    with small.desk.reading() as session:
        assert standing_state(session, small.connection) == (5, {"at": 5})
    with pytest.raises(WarehouseError, match="could be taken back"):
        undo_last(COMMAND_LINE, small.desk)
    redo_last(COMMAND_LINE, small.desk)
    small.load(ticket=9)
    assert small.shown() == ["1", "2", "3", "4", "5", "6", "9"]


def test_a_load_that_was_taken_back_and_brought_back_is_no_border(small: Small) -> None:
    for _load in range(4):
        small.load()
    undo_last(COMMAND_LINE, small.desk)
    redo_last(COMMAND_LINE, small.desk)
    for _load in range(2):
        small.load()
    fold(COMMAND_LINE, small.desk, kept=2, least=1)
    with small.desk.reading() as session:
        settled = [row.id for row in session.query(LoadRow) if SETTLED in row.settings]
    assert settled == [3], "the fourth was taken back and brought back by later entries"
    for _undo in range(3):
        undo_last(COMMAND_LINE, small.desk)
    assert small.shown() == ["1", "2", "3"]


def test_who_reads_while_it_is_folded_goes_on_reading(small: Small) -> None:
    for _load in range(6):
        small.load()
    head = small.desk.head()
    assert head is not None
    begun = small.desk.warehouse.scan("tickets", head.versions)
    fold(COMMAND_LINE, small.desk, kept=2, least=2)
    assert begun.select(pl.len()).collect().item() == 6


@pytest.mark.parametrize("after", [0, 2])
def test_who_is_killed_while_he_folds_loses_nothing(small: Small, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for _load in range(6):
        small.load()
    removed = 0
    unlink = Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        nonlocal removed
        removed += 1
        if removed > after:
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            fold(COMMAND_LINE, small.desk, kept=2, least=2)
    assert small.shown() == ["1", "2", "3", "4", "5", "6"]
    undo_last(COMMAND_LINE, small.desk)
    assert small.shown() == ["1", "2", "3", "4", "5"]
    small.load()
    small.load()
    fold(COMMAND_LINE, small.desk, kept=2, least=0)
    folder = DeltaFolder(small.desk.warehouse_folder / "z" / "tickets")
    log = [path for path in (folder.path / "_delta_log").iterdir() if path.suffix == ".json"]
    assert len(log) <= 5, "what the killed one left is gone with the next"
    assert small.shown() == ["1", "2", "3", "4", "5", "7", "8"]
