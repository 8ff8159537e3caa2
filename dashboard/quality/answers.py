"""The answers to a scorecard while they are given: taken in from a browser that may say anything, and made whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.privacy.masking import masked
from dashboard.quality.cards import Card, CardLine
from metrics.errors import ActionableError
from metrics.quality.scoring import is_failure
from metrics.words import N_

COMMENT_AT_MOST = 2000
_MISSING = N_("Not answered yet: {lines}.")
_UNEXPLAINED = N_("Name the root cause of what failed: {lines}.")
_UNSHOWN = N_("Show in the conversation where it failed: {lines}.")
_UNTOLD = N_("This conversation has no text to point at; write what failed instead: {lines}.")


class NotReady(ActionableError):
    """A review that cannot be submitted as it is; `lines`: where it lacks something."""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(str(self.params["lines"]).split(", "))


@dataclass(frozen=True)
class Answer:
    """One line as it is answered. value None: it does not apply · message_id, from_char, to_char: where it shows."""

    value: float | None
    root_cause: str | None = None
    message_id: str | None = None
    from_char: int | None = None
    to_char: int | None = None
    comment: str = ""

    def told(self) -> dict[str, Any]:
        """As the draft keeps it."""
        return {"v": self.value, "cause": self.root_cause, "m": self.message_id, "from": self.from_char,
                "to": self.to_char, "c": self.comment}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What the desk itself knows of a conversation when its reading begins, so that no browser has a say in it.

    auto: the lines that are computed · messages: the number of each message and its length without blanks around it.
    """

    auto: Mapping[str, float | None]
    messages: Mapping[str, int]


def taken_in(told: object, card: Card, reading: Reading, causes: Iterable[str]) -> dict[str, Answer]:
    """What of these answers can be meant; all else is left out. Computed lines are as the desk computes them."""
    known, given = frozenset(causes), told if isinstance(told, Mapping) else {}
    found = {
        line.code: answer for line in card.lines
        if line.code not in reading.auto and (answer := _answer(given.get(line.code), line, reading, known)) is not None
    }  # fmt: skip
    auto = {line.code: Answer(reading.auto[line.code]) for line in card.lines if line.code in reading.auto}
    return {line.code: {**found, **auto}[line.code] for line in card.lines if line.code in {**found, **auto}}


def _answer(told: object, line: CardLine, reading: Reading, causes: frozenset[str]) -> Answer | None:
    if not isinstance(told, Mapping) or "v" not in told:
        return None
    value = told["v"]
    if isinstance(value, bool) or not isinstance(value, int | float | None) or not line.takes(value):
        return None
    comment = masked(str(told.get("c") or "")[:COMMENT_AT_MOST].strip())
    if not is_failure(value):
        return Answer(value, comment=comment)
    cause = told.get("cause")
    where = _evidence(told, reading)
    return Answer(value, cause if isinstance(cause, str) and cause in causes else None, *where, comment)


def _evidence(told: Mapping[Any, Any], reading: Reading) -> tuple[str | None, int | None, int | None]:
    """A span of a message of this conversation; the whole message where none within it is named."""
    message = told.get("m")
    if not isinstance(message, str) or message not in reading.messages:
        return None, None, None
    length, since, to = reading.messages[message], told.get("from"), told.get("to")
    is_span = type(since) is int and type(to) is int and 0 <= since < to <= length
    return (message, since, to) if is_span else (message, 0, length)


def demand_whole(answers: Mapping[str, Answer], card: Card, reading: Reading) -> None:
    """Raises NotReady where a line has no answer, or a failed one no cause or nothing that shows it."""
    judged = [line.code for line in card.lines if line.code not in reading.auto]
    failed = [code for code in judged if code in answers and is_failure(answers[code].value)]
    _demand(_MISSING, [code for code in judged if code not in answers])
    _demand(_UNEXPLAINED, [code for code in failed if answers[code].root_cause is None])
    if reading.messages:
        _demand(_UNSHOWN, [code for code in failed if answers[code].message_id is None])
    else:
        _demand(_UNTOLD, [code for code in failed if not answers[code].comment])


def _demand(template: str, lacking: Sequence[str]) -> None:
    if lacking:
        raise NotReady(template, lines=", ".join(lacking))


def heaviest_cause(card: Card, answers: Mapping[str, Answer]) -> str | None:
    """The root cause of the failure that weighs most: a critical one, else the one that cost the most points."""

    def weight(line: CardLine) -> tuple[bool, float]:
        value = answers[line.code].value
        return line.kind == "critical", line.weight * (1 - (1.0 if value is None else value))

    caused = [line for line in card.lines if line.code in answers and answers[line.code].root_cause is not None]
    return answers[max(caused, key=weight).code].root_cause if caused else None
