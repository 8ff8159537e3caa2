"""Promises of a stand-up are judged by what really happened up to their time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.triage.items import Event
from dashboard.triage.promises import PROMISED, Happened, Promise, Verdict, judged, reports, solved_spans

NINE = datetime(2026, 3, 20, 9, tzinfo=UTC)


def at(hour: float) -> datetime:
    return NINE + timedelta(hours=hour - 9)


def event(version: int, action: str, hour: float, *, state: str | None = None, undone_by: int | None = None) -> Event:
    after: dict[str, Any] = {} if state is None else {"state": state}
    return Event(version, 1, version, at(hour), "Li", action, {}, after, None, None, undone_by)


SOLVED, ANSWERED, REPORTED = (Promise(what, at(9), at(12)) for what in PROMISED)


@pytest.mark.parametrize(
    ("promise", "happened", "seen_at", "verdict"),
    [
        (SOLVED, Happened(solved=((at(11), None),)), 13, Verdict("kept", at(11))),
        (SOLVED, Happened(solved=((at(12), None),)), 13, Verdict("kept", at(12))),
        (SOLVED, Happened(solved=((at(12.1), None),)), 13, Verdict("late", at(12.1))),
        (SOLVED, Happened(solved=((at(10), at(11)),)), 13, Verdict("broken")),  # reopened before its time
        (SOLVED, Happened(solved=((at(10), at(12.5)),)), 13, Verdict("kept", at(10))),  # reopened after it
        (SOLVED, Happened(answers=(at(10),), reports=(at(11),)), 13, Verdict("broken")),
        (SOLVED, Happened(), 11, Verdict("open")),
        (SOLVED, Happened(known_until=at(11)), 13, Verdict("untold")),
        (SOLVED, Happened(solved=((at(10), None),), known_until=at(11)), 13, Verdict("kept", at(10))),
        (ANSWERED, Happened(answers=(at(8),)), 13, Verdict("broken")),  # before it was promised
        (ANSWERED, Happened(answers=(at(8), at(10))), 13, Verdict("kept", at(10))),
        (ANSWERED, Happened(answers=(at(12.5),)), 13, Verdict("late", at(12.5))),
        (ANSWERED, Happened(answers=(at(12.5),)), 12.2, Verdict("broken")),  # as it was seen then
        (ANSWERED, Happened(reports=(at(10),)), 13, Verdict("broken")),
        (ANSWERED, Happened(solved=((at(10), at(11)),)), 13, Verdict("kept", at(10))),
        (REPORTED, Happened(reports=(at(10),)), 13, Verdict("kept", at(10))),
        (REPORTED, Happened(answers=(at(11),)), 11.5, Verdict("kept", at(11))),
    ],
)
def test_a_promise_is_judged_by_what_happened(
    promise: Promise, happened: Happened, seen_at: float, verdict: Verdict
) -> None:
    assert judged(promise, happened, at(seen_at)) == verdict


def test_what_was_resolved_then_closed_was_solved_once_and_what_was_taken_back_was_not() -> None:
    history = [
        event(1, "open", 8, state="new"), event(2, "acknowledge", 9, state="acknowledged"), event(3, "assign", 9.5),
        event(4, "resolve", 10, state="resolved"), event(5, "close", 11, state="closed"),
        event(6, "reopen", 12, state="acknowledged"), event(7, "resolve", 13, state="resolved", undone_by=8),
        event(8, "undo", 13.5, state="acknowledged"),
    ]  # fmt: skip
    assert solved_spans(history[::-1]) == ((at(10), at(12)), (at(13), at(13.5)))
    assert reports(history) == (at(10), at(11))
    assert solved_spans([]) == ()


hours = st.integers(min_value=0, max_value=40).map(lambda quarter: at(8 + quarter / 4))


@given(
    what=st.sampled_from(PROMISED), moments=st.lists(hours, max_size=6, unique=True).map(sorted),
    answers=st.lists(hours, max_size=3), told=st.lists(hours, max_size=3), seen=hours, known=st.none() | hours,
)  # fmt: skip
def test_it_says_the_same_as_walking_quarter_hour_by_quarter_hour(
    what: Any, moments: list[datetime], answers: list[datetime], told: list[datetime], seen: datetime, known: Any
) -> None:
    spans = tuple(zip(moments[::2], [*moments[1::2], None], strict=False))
    happened = Happened(spans, tuple(answers), tuple(told), known)
    found = judged(Promise(what, at(9), at(12)), happened, seen)
    steps = [at(8 + quarter / 4) for quarter in range(41)]
    is_solved = {one: any(a <= one and (b is None or one < b) for a, b in spans) for one in steps}
    by = min(at(12), seen)
    signs = {
        "solved": [],
        "answered": [*answers, *moments[::2]],
        "reported": [*answers, *told, *moments[::2]],
    }[what]
    kept = is_solved[by] if what == "solved" else any(at(9) < one <= by for one in signs)
    after = moments[::2] if what == "solved" else signs
    if kept:
        assert found.standing == "kept"
    elif seen < at(12):
        assert found.standing == "open"
    elif known is not None and known < at(12):
        assert found.standing == "untold"
    else:
        assert found.standing == ("late" if any(at(12) < one <= seen for one in after) else "broken")
