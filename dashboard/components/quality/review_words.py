"""What the review room says: the conversation entry by entry, the lines of a card, root causes, what came of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.components.ticket_words import sentence
from dashboard.format import duration, listed
from dashboard.quality.answers import Answer, Reading
from dashboard.quality.cards import Card, CardLine, Cause
from dashboard.quality.reviewing import result
from dashboard.services.analysis.ticket_story import Event, Story
from dashboard.wording import N_, _
from metrics.quality.scoring import Score

KEY = re.compile(r"(?:criterion|scorecard|section|cause)\.[A-Za-z0-9_.]+")
"""A text that came with the product is a key of the wording; everything else is the desk's own words."""
GAP_SECONDS = 600
SPOKEN = ("customer", "agent", "bot", "system")
PUT_BY_MESSAGES = ("customer", "agent", "bot", "system", "note")
STATE_NAMES: Mapping[str, str] = {
    "draft": N_("being read"), "submitted": N_("submitted"), "acknowledged": N_("acknowledged"),
    "disputed": N_("disputed"), "upheld": N_("dispute: upheld"), "amended": N_("dispute: amended"),
    "part_amended": N_("dispute: amended in part"), "appealed": N_("appealed"), "final": N_("final after the appeal"),
    "closed": N_("done with"), "closed_unacknowledged": N_("closed, never acknowledged"), "void": N_("void"),
}  # fmt: skip
KIND_NAMES: Mapping[str, str] = {
    "normal": N_("drawn"), "double": N_("second reading"), "adhoc": N_("picked by hand"),
    "calibration": N_("calibration"), "grader": N_("check of the reviewer"),
}  # fmt: skip
KEYS_TOLD = N_(
    "1 full · 5 half · 0 failed · 9 does not apply · ↑ ↓ line · j k message · e evidence · w cause · c comment · "
    "/ search · s submit and open the next"
)


def words(text: str) -> str:
    """A text of a card or a root cause as people read it."""
    return _(text) if KEY.fullmatch(text) else text


def card_name(card: Card) -> str:
    """The scorecard with its version."""
    return f"{words(card.name)} v{card.number}"


def value_words(value: float | None) -> str:
    """The value of a line."""
    if value is None:
        return _("does not apply")
    return {0.0: "0", 0.5: "½", 1.0: "1"}[value]


def score_words(score: Score) -> str:
    """What came of a conversation, in a few words."""
    return verdict_words(score.score, score.critical_failed, score.passed)


def verdict_words(score: float | None, critical_failed: bool | None, passed: bool | None) -> str:
    """The same of its values."""
    number = [] if score is None else [f"{score:.4g}"]
    if critical_failed:
        return listed([*number, _("critical error: failed")])
    if passed is None:
        return listed([*number, _("not scorable: too little of the card applies")])
    return listed([*number, _("passed") if passed else _("failed")])


def entries(story: Story, zone: str) -> list[dict[str, Any]]:
    """The conversation in order: what was written, what happened between, and gaps in which nothing did."""
    spoken = [(row["at"], 0, _message(row, zone)) for row in story.messages.iter_rows(named=True)]
    beside = [(event.at, 1, _event(event, zone)) for event in story.events if event.kind not in PUT_BY_MESSAGES]
    return list(_with_gaps(sorted([*spoken, *beside], key=lambda one: one[:2])))


def _with_gaps(found: Sequence[tuple[datetime, int, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    before = None
    for at, _rank, entry in found:
        if before is not None and (at - before).total_seconds() >= GAP_SECONDS:
            yield {"gap": _("nothing for {time}", time=duration((at - before).total_seconds()))}
        before = at
        yield entry


def _message(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    kind = row["author_kind"] if row["author_kind"] in SPOKEN else "system"
    is_note = kind == "agent" and row["is_public"] is False
    mark = _("private note: the customer cannot read it") if is_note else ""
    mark = _("automatic") if kind in ("bot", "system") else mark
    who = " ".join(filter(None, [_(f"author.{kind}"), row["author"] or ""]))
    return {"id": row["message_id"], "kind": "note" if is_note else kind, "who": who, "time": _clock(row["at"], zone),
            "text": (row["text"] or "").strip(), "mark": mark}  # fmt: skip


def _event(event: Event, zone: str) -> dict[str, Any]:
    return {"time": _clock(event.at, zone), "text": sentence(event, escaped=str)}


def _clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S}"


def line_words(line: CardLine, reading: Reading) -> dict[str, Any]:
    """A line as the card shows it; `auto` where nobody judges it."""
    told: dict[str, Any] = {
        "code": line.code, "section": words(line.section), "title": words(line.title), "scale": line.scale,
        "guidance": words(line.guidance), "critical": line.kind == "critical", "weight": f"{line.weight:g}",
        "na": line.na_allowed,
    }  # fmt: skip
    if line.code in reading.auto:
        value = reading.auto[line.code]
        told |= {"auto": value, "autoWords": _("computed: {value}", value=value_words(value))}
    return told


def cause_words(causes: Sequence[Cause]) -> list[dict[str, Any]]:
    """The root causes; whole: with the one above it."""
    names = {one.code: words(one.title) for one in causes}
    return [
        {"code": one.code, "parent": one.parent, "title": names[one.code],
         "whole": names[one.code] if one.parent is None else f"{names[one.parent]}: {names[one.code]}"}
        for one in causes
    ]  # fmt: skip


def cause_name(code: str | None, causes: Sequence[Cause]) -> str:
    """One of them by its code."""
    return next((one["whole"] for one in cause_words(causes) if one["code"] == code), "")


def standing(card: Card, answers: Mapping[str, Answer]) -> dict[str, str]:
    """The score so far, as the head of the card shows it."""
    left = [line.code for line in card.lines if line.code not in answers]
    if left:
        done = len(card.lines) - len(left)
        return {"text": _("{n} of {total} lines", n=done, total=len(card.lines)), "level": "open"}
    score = result(card, answers)
    return {"text": score_words(score), "level": "good" if score.passed else "bad"}


def part_words() -> dict[str, str]:
    """The words of the part that draws conversation and card."""
    return {
        "search": _("Search this conversation"), "found": _("{n} found", n="{n}"), "talk": _("Conversation"),
        "nothing": _("The source gave no messages for this ticket."), "critical": _("critical"),
        "na": _("n/a"), "cause": _("Why did it fail? Press its number."),
        "part": _("More exactly? Enter leaves it at that."), "because": _("Cause:"), "where": _("Seen at:"),
        "evidence": _("Where does it show? ↑ ↓ and Enter choose a message; / and Enter the words that you "
                      "type, and the mouse those that it marks."),
        "comment": _("Note on this line"), "keys": _(KEYS_TOLD), "ready": _("Every line is answered; s submits."),
    }  # fmt: skip
