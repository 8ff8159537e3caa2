"""Rollups are made once, kept beside their facts, and made anew where they are damaged, older or of another form."""

from dataclasses import replace
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from dashboard.services.facts import rollup_files
from dashboard.services.facts.rollup_files import FOLDER, with_rollups
from metrics.facts import Facts
from metrics.model import FactName
from metrics.rollup import Rollups
from tests.builders import facts, rating, ticket, value

MARCH, APRIL = 2026 * 12 + 2, 2026 * 12 + 3


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tickets are many here."""
    monkeypatch.setattr(rollup_files, "EXACT_BELOW", 2)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """The months of tickets whose rollups were made."""
    calls: list[set[int]] = []
    original = rollup_files.updated

    def counted(*args: object, **options: object) -> object:
        parts, anew = original(*args, **options)  # type: ignore[arg-type]
        calls.append(anew["tickets"])
        return parts, anew

    monkeypatch.setattr(rollup_files, "updated", counted)
    return calls


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of one state of the desk."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


def some(*more: str) -> Facts:
    days = ["2026-03-02 09:00", "2026-03-03 09:00", "2026-04-01 09:00", *more]
    tickets = [ticket(str(number), day, channel="chat") for number, day in enumerate(days)]
    return facts(tickets, ratings=[rating("0", 4)], as_of="2026-05-01 00:00")


def used(told: Facts) -> float | None:
    """A figure that comes from the rollups alone: the facts beside them are empty."""
    assert told.rollups is not None
    always = Rollups(told.rollups.tables, told.rollups.words, exact_below=0)
    return value("tickets_created", replace(told, rollups=always, tickets=told.tickets.clear()))


def test_rollups_are_made_once_and_read_back(state: Path, made: list[set[int]]) -> None:
    first, again = with_rollups(some(), state), with_rollups(some(), state)
    assert made == [{MARCH, APRIL}]
    assert used(first) == used(again) == 3
    assert first.rollups is not None
    assert again.rollups is not None
    for shape, table in first.rollups.tables.items():
        assert_frame_equal(again.rollups.tables[shape], table)


def test_a_desk_of_few_tickets_has_none(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup_files, "EXACT_BELOW", 4)
    assert with_rollups(some(), state).rollups is None
    assert list(state.iterdir()) == []


def test_an_older_state_lends_the_months_that_are_the_same(state: Path, tmp_path: Path, made: list[set[int]]) -> None:
    with_rollups(some(), state)
    newer = tmp_path / "newer"
    newer.mkdir()
    assert used(with_rollups(some("2026-04-02 09:00"), newer, older=[tmp_path / "gone", state])) == 4
    assert made == [{MARCH, APRIL}, {APRIL}]


def test_rollups_cut_short_or_gone_are_made_anew(state: Path, made: list[set[int]]) -> None:
    with_rollups(some(), state)
    damaged = sorted((state / FOLDER / "whole").iterdir())[0]
    damaged.write_bytes(damaged.read_bytes()[:50])
    assert used(with_rollups(some(), state)) == 3
    sorted((state / FOLDER / "words").iterdir())[0].unlink()
    assert used(with_rollups(some(), state)) == 3
    (state / FOLDER / "rollups.json").write_text("{")
    assert used(with_rollups(some(), state)) == 3
    assert len(made) == 4


def test_a_rollup_of_the_right_size_that_cannot_be_read_is_missed_by_nobody(state: Path, made: list[set[int]]) -> None:
    with_rollups(some(), state)
    for path in (state / FOLDER / "whole").iterdir():
        path.write_bytes(b"\0" * path.stat().st_size)
    told = with_rollups(some(), state)
    assert told.rollups is not None
    always = Rollups(told.rollups.tables, told.rollups.words, exact_below=0)
    assert value("tickets_created", replace(told, rollups=always)) == 3
    assert used(with_rollups(some(), state)) == 3
    assert len(made) == 2


def test_rollups_of_another_form_are_made_anew(
    state: Path, made: list[set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rollups(some(), state)
    monkeypatch.setattr(rollup_files, "FORM", rollup_files.FORM + 1)
    with_rollups(some(), state)
    assert len(made) == 2


def test_rollups_that_cannot_be_kept_still_answer(tmp_path: Path) -> None:
    assert used(with_rollups(some(), tmp_path / "not" / "there")) == 3


def test_progress_names_each_fact(state: Path) -> None:
    told: list[FactName] = []
    with_rollups(some(), state, on_fact=told.append)
    assert {"tickets", "replies", "ratings"} <= set(told)
