"""What the lines of a scorecard come to: the score, whether something critical failed, whether it passes.

score = 100 · Σ weight · value / Σ weight, over the scored lines that apply; a line that does not apply drops its
weight. A critical line weighs nothing: its failure fails the conversation and leaves the score as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

LineKind = Literal["scored", "critical"]
VALUES: Mapping[int, tuple[float, ...]] = {2: (0.0, 1.0), 3: (0.0, 0.5, 1.0)}
"""Scale -> the values that a line of it can have; beside them None: it does not apply."""
ROUNDING = 9
"""A score a hair below the mark, for want of exact thirds in binary, is the mark."""


@dataclass(frozen=True)
class Line:
    """One line of a scorecard. auto_rule: it is computed from the clocks, and nobody judges it."""

    code: str
    section: str
    kind: LineKind
    scale: int
    weight: float
    na_allowed: bool = False
    auto_rule: str | None = None

    def takes(self, value: float | None) -> bool:
        """Whether the line can have this value."""
        return value in VALUES[self.scale] if value is not None else self.na_allowed or self.auto_rule is not None


@dataclass(frozen=True)
class Marks:
    """From which score on a conversation passes, and how much of the weight must apply for it to be scored at all."""

    pass_mark: float = 95.0
    least_share: float = 0.6


@dataclass(frozen=True)
class Score:
    """What came of one conversation.

    score: 0 to 100, None where no line with a weight applies · applicable_share: of the weight, on a card without any
    of the lines · passed: None where too little applied and nothing critical failed, so that there is no verdict.
    """

    score: float | None
    applicable_share: float
    critical_failed: bool
    passed: bool | None
    failed: tuple[str, ...]
    """The lines that lost points, in the order of the card; a critical one loses the conversation."""


def scored(lines: Sequence[Line], values: Mapping[str, float | None], marks: Marks) -> Score:
    """The score of these values by code of the line. Raises KeyError where a line has none, ValueError where it cannot
    have the one that it was given."""
    for line in lines:
        if not line.takes(values[line.code]):
            raise ValueError(f"{line.code} cannot be {values[line.code]}")
    weighed = [line for line in lines if line.weight > 0]
    got = [(line.weight, value) for line in weighed if (value := values[line.code]) is not None]
    applies = sum(weight for weight, _ in got)
    score = round(100 * sum(weight * value for weight, value in got) / applies, ROUNDING) if applies else None
    share = _share([(line.weight if weighed else 1.0, values[line.code]) for line in lines])
    failed = tuple(line.code for line in lines if is_failure(values[line.code]))
    critical = any(line.kind == "critical" and line.code in failed for line in lines)
    enough = 100.0 if not weighed and share else score
    return Score(score, share, critical, _verdict(enough, share, marks, is_critical=critical), failed)


def _share(weights: Sequence[tuple[float, float | None]]) -> float:
    whole = sum(weight for weight, _ in weights)
    return sum(weight for weight, value in weights if value is not None) / whole if whole else 0.0


def _verdict(score: float | None, share: float, marks: Marks, *, is_critical: bool) -> bool | None:
    if is_critical:
        return False
    if score is None or round(share, ROUNDING) < marks.least_share:
        return None
    return score >= marks.pass_mark


def is_failure(value: float | None) -> bool:
    """Whether a line lost points, so that somebody has to say why and to show where."""
    return value is not None and value < 1
