"""What the lines of a scorecard come to, held against sums done by hand and by fractions."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.quality.scoring import VALUES, Line, Marks, scored

LINES = (
    Line("S1", "speed", "scored", 3, 20, na_allowed=True, auto_rule="tier_deadlines"),
    Line("S2", "speed", "scored", 2, 10, na_allowed=True), Line("R1", "resolution", "scored", 3, 15),
    Line("R2", "resolution", "scored", 3, 15), Line("R3", "resolution", "scored", 2, 10),
    Line("A1", "attitude", "scored", 3, 15), Line("A2", "attitude", "scored", 3, 10, na_allowed=True),
    Line("A3", "attitude", "scored", 2, 5), Line("K1", "critical", "critical", 2, 0),
    Line("K5", "critical", "critical", 2, 0, na_allowed=True),
)  # fmt: skip
FULL = {line.code: 1.0 for line in LINES}


def test_everything_right_is_a_hundred_and_passes() -> None:
    found = scored(LINES, FULL, Marks())
    assert (found.score, found.applicable_share, found.critical_failed, found.passed) == (100, 1, False, True)
    assert found.failed == ()


def test_one_slip_of_five_points_still_passes_at_ninety_five_and_two_do_not() -> None:
    assert scored(LINES, {**FULL, "A3": 0.0}, Marks()).passed is True
    assert scored(LINES, {**FULL, "A3": 0.0}, Marks()).score == 95
    found = scored(LINES, {**FULL, "A3": 0.0, "R1": 0.5}, Marks())
    assert (found.score, found.passed, found.failed) == (87.5, False, ("R1", "A3"))


def test_what_does_not_apply_drops_its_weight() -> None:
    found = scored(LINES, {**FULL, "S2": None, "A2": None, "R3": 0.0}, Marks())
    assert found.score == pytest.approx(100 * 70 / 80)
    assert found.applicable_share == pytest.approx(0.8)


def test_a_critical_failure_fails_the_conversation_and_keeps_its_score() -> None:
    found = scored(LINES, {**FULL, "K1": 0.0}, Marks())
    assert (found.score, found.critical_failed, found.passed, found.failed) == (100, True, False, ("K1",))


def test_below_sixty_per_cent_of_the_weight_there_is_no_verdict_but_a_critical_failure_is_one() -> None:
    loose = tuple(Line(line.code, line.section, line.kind, line.scale, line.weight, na_allowed=True) for line in LINES)
    little = {line.code: None for line in loose} | {"S1": 1.0, "S2": 1.0, "R1": 1.0, "K1": 1.0}
    at_the_floor = little | {"R2": 1.0}
    assert scored(loose, little, Marks()).passed is None
    assert scored(loose, little, Marks()).score == 100
    assert scored(loose, at_the_floor, Marks()).passed is True
    assert scored(loose, {**little, "K1": 0.0}, Marks()).passed is False


def test_a_card_of_critical_lines_alone_has_a_verdict_and_no_score() -> None:
    critical = tuple(line for line in LINES if line.kind == "critical")
    assert scored(critical, {"K1": 1.0, "K5": None}, Marks()).score is None
    assert scored(critical, {"K1": 1.0, "K5": 1.0}, Marks()).passed is True
    assert scored(critical, {"K1": 1.0, "K5": 0.0}, Marks()).passed is False


def test_a_line_takes_only_its_own_values_and_every_line_needs_one() -> None:
    for code, value in (("R1", None), ("R3", 0.5), ("R1", 0.7), ("K1", None)):
        with pytest.raises(ValueError, match=code):
            scored(LINES, {**FULL, code: value}, Marks())
    with pytest.raises(KeyError):
        scored(LINES, {"R1": 1.0}, Marks())


@st.composite
def cards(draw: st.DrawFn) -> tuple[tuple[Line, ...], dict[str, float | None]]:
    lines = tuple(
        Line(f"L{place}", "s", "scored", draw(st.sampled_from([2, 3])), draw(st.integers(1, 40)), na_allowed=True)
        for place in range(draw(st.integers(1, 12)))
    )
    return lines, {line.code: draw(st.sampled_from([*VALUES[line.scale], None])) for line in lines}


@given(cards(), st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=150, deadline=None)
def test_the_score_is_the_exact_weighted_share_of_what_applies(
    told: tuple[tuple[Line, ...], dict[str, float | None]], mark: int, least: int
) -> None:
    lines, values = told
    kept = [
        (Fraction(line.weight), Fraction(values[line.code] or 0)) for line in lines if values[line.code] is not None
    ]
    whole, applies = sum(Fraction(line.weight) for line in lines), sum((weight for weight, _ in kept), Fraction())
    found = scored(lines, values, Marks(mark, least / 100))
    if not applies:
        assert (found.score, found.passed) == (None, None)
        return
    exact = 100 * sum(weight * value for weight, value in kept) / applies
    assert found.score == pytest.approx(float(exact), abs=1e-8)
    assert found.applicable_share == pytest.approx(float(applies / whole))
    expected = None if applies / whole < Fraction(least, 100) else exact >= mark
    assert found.passed is expected
