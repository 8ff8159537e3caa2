"""Desks of both kinds of database, and passwords that cost next to nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboard.desk import Desk, open_desk
from dashboard.people import passwords


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on each database."""
    url = None if request.param == "sqlite" else request.getfixturevalue("database_url")
    made = open_desk(tmp_path / "desk", database=url)
    yield made
    made.engine.dispose()


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function with the least of memory: what is tested here is not how long it takes."""
    passwords._of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
