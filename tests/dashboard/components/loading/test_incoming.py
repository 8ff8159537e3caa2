"""Uploads lie on disk for as long as a visit, and no longer."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from dashboard.components.loading import incoming
from dashboard.components.loading.incoming import PREFIX, Uploads, clear_left_uploads


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_uploads_go_with_the_visit(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visit: dict[str, object] = {}
    monkeypatch.setattr(incoming.st, "session_state", visit)
    path = incoming._on_disk("file-1", "三月.csv", memoryview(b"a,b"))
    assert path.read_bytes() == b"a,b"
    assert [file.name for file in path.parent.iterdir()] == ["三月.csv"]
    visit.clear()
    gc.collect()
    assert not list(temporary.iterdir())


def test_a_server_that_starts_removes_what_a_killed_one_left(temporary: Path) -> None:
    of_this = Uploads()
    (temporary / f"{PREFIX}999999999-x").mkdir()
    (temporary / f"{PREFIX}999999999-x" / "customers.csv").write_text("a")
    (temporary / f"{PREFIX}other").mkdir()
    clear_left_uploads()
    assert sorted(path.name for path in temporary.iterdir()) == sorted([of_this.path.name, f"{PREFIX}other"])
    assert f"-{os.getpid()}-" in of_this.path.name
