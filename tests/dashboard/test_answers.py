"""Answers that are kept: made once for each question, whoever asks; and what is looked at once in a moment."""

from collections.abc import Iterator
from threading import Barrier, Thread

import polars as pl
import pytest

from dashboard import moment
from dashboard.answers import Answers, asked_of
from metrics.model import Scope


def test_an_answer_is_made_once() -> None:
    kept, made = Answers(8), iter(range(10))
    assert [kept.of("who", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    kept.clear()
    assert kept.of("who", lambda: next(made)) == 1


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    kept, made = Answers(2), iter(range(10))

    def ask(question: str) -> int:
        return kept.of(question, lambda: next(made))

    assert [ask("one"), ask("two"), ask("one"), ask("three"), ask("one"), ask("two")] == [0, 1, 0, 2, 0, 3]


def test_what_fails_is_asked_again() -> None:
    kept = Answers(2)
    with pytest.raises(ZeroDivisionError):
        kept.of("who", lambda: 1 // 0)
    assert kept.of("who", lambda: 7) == 7


def test_those_who_ask_at_once_wait_for_one_making() -> None:
    kept, begun, made = Answers(2), Barrier(4), list[int]()

    def ask() -> None:
        begun.wait()
        kept.of("who", lambda: made.append(1))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_an_answer_may_rest_on_others() -> None:
    kept = Answers(4)
    assert kept.of("sum", lambda: kept.of("one", lambda: 1) + kept.of("two", lambda: 2)) == 3


def test_questions_differ_by_what_is_asked_and_not_by_its_order() -> None:
    one, same = Scope(where={"team": ("a",), "type": (None,)}), Scope(where={"type": (None,), "team": ("a",)})
    assert asked_of(one) == asked_of(same)
    assert hash(asked_of([one, "x"])) == hash(asked_of((same, "x")))
    assert asked_of(one) != asked_of(Scope(where={"team": ("a",), "type": ("b",)}))
    assert asked_of(Scope()) != asked_of(None)


def test_a_frame_is_no_part_of_a_question() -> None:
    with pytest.raises(TypeError):
        asked_of([pl.DataFrame({"a": [1]})])


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A page is being drawn."""
    monkeypatch.setattr(moment, "get_script_run_ctx", lambda **_how: object())
    yield
    monkeypatch.undo()
    moment.begin()


@pytest.mark.usefixtures("page")
def test_in_a_moment_one_looks_once_and_in_the_next_one_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter(range(10))
    look = moment.once(lambda: next(seen))
    moment.begin()
    assert [look(), look()] == [0, 0]
    moment.begin()
    assert [look(), look()] == [1, 1]
    monkeypatch.setattr(moment, "SECONDS", -1.0)
    assert [look(), look()] == [2, 3], "no moment lasts for ever"


def test_outside_of_pages_one_looks_each_time() -> None:
    seen = iter(range(10))
    look = moment.once(lambda: next(seen))
    moment.begin()
    assert [look(), look()] == [0, 1]
