"""What the first page asks is answered before anybody comes, and just that."""

import shutil
from collections import Counter
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest

from dashboard.answers import Answers
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import add
from dashboard.server.ahead import answer_first_page
from dashboard.state import begin_to_read
from tests.pages.conftest import Visit

AHEAD = ("stand_up", "this_morning", "first_contacts", "arrivals", "measured", "weights")


@pytest.fixture
def desk(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small desk, of which no answer is kept yet."""
    own = shutil.copytree(small_desk, tmp_path / "desk")
    monkeypatch.setenv("FLOORWALKER_DATA", str(own))
    return own


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each question was really answered, not found again."""
    counted: Counter[str] = Counter()
    of = Answers.of

    def counting(self: Answers, question: Hashable, make: Callable[[], Any]) -> Any:
        name = question[0].rpartition(".")[2] if isinstance(question, tuple) and isinstance(question[0], str) else ""
        return of(self, question, lambda: counted.update([name]) or make())

    monkeypatch.setattr(Answers, "of", counting)
    return counted


def test_the_first_visitor_finds_the_stand_up_answered(desk: Path, visit: Visit, made: Counter[str]) -> None:
    begin_to_read()
    answer_first_page()
    found = Counter(made)
    assert found["stand_up"] == 1
    visit(desk)
    assert {name: made[name] for name in AHEAD} == {name: found[name] for name in AHEAD}


def test_nothing_is_made_for_nobody(empty_desk: Path, made: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOORWALKER_DATA", str(empty_desk))
    answer_first_page()
    assert not made.keys() & set(AHEAD)


def test_on_a_desk_with_accounts_nobody_is_answered_before_he_is_known(desk: Path, made: Counter[str]) -> None:
    add(COMMAND_LINE, open_desk(desk), "chief", name="Chief", role="administrator")
    answer_first_page()
    assert not made.keys() & set(AHEAD)
