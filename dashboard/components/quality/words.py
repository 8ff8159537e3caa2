"""The words of the quality page: names of strata, lines and causes, verdicts as sentences."""

from collections.abc import Mapping

from dashboard.format import NOTHING, count, value_name
from dashboard.quality.risk_words import RISK_WORDS
from dashboard.services.quality.results import Span
from dashboard.wording import N_, _, share
from metrics.quality.estimates import Estimate, Verdict
from metrics.quality.results import Sample
from metrics.quality.sampling import OTHERS, parts

SPAN_NAMES: Mapping[Span, str] = {
    "weeks": N_("Last four weeks"), "month": N_("Last month"), "quarter": N_("Last 13 weeks"),
}  # fmt: skip
PART_NAMES: Mapping[str, str] = {
    "team": N_("Team"), "channel": N_("Channel"), "type": N_("Type"), "criterion": N_("Criterion"),
    "cause": N_("Root cause"), "risk": N_("Risk"),
}  # fmt: skip
_TITLES = {
    "meets": N_("The target is met: {share} of conversations pass ({low} to {high})."),
    "below": N_("Below target: {share} of conversations pass ({low} to {high})."),
    "unsettled": N_("Not enough evidence: {share} of conversations pass so far, between {low} and {high}."),
}  # fmt: skip


def verdict_title(one: Estimate, verdict: Verdict, target: float) -> str:
    """What the span came to, as one sentence."""
    if one.value is None:
        return _("Nothing has been read of these weeks.")
    told = (share(value or 0, beside=target) for value in (one.value, one.low, one.high))
    return _(_TITLES[verdict], **dict(zip(("share", "low", "high"), told, strict=True)))


def what_would_settle(verdict: Verdict, target: float, more: int | None) -> str:
    """What would change the verdict; more: so many more reviews would settle it, None: hardly any number."""
    line = share(target, digits=0)
    if verdict == "meets":
        return _("Even the lower end of the interval is at the target of {line} or above.", line=line)
    if verdict == "below":
        return _("Even the upper end of the interval is below the target of {line}.", line=line)
    if more is None:
        return _("The share lies so near to the target of {line} that more reviews would hardly settle it.", line=line)
    return _("About {n} more reviews would settle whether it meets the target of {line}, if the share stays as it is.",
             n=count(more), line=line)  # fmt: skip


def what_was_read(one: Sample) -> str:
    """How many of what was drawn were read, and what became of the rest."""
    told = _("{read} of {drawn} drawn conversations were read; {skipped} skipped, {ineligible} ineligible.",
             read=count(one.reviewed), drawn=count(one.drawn), skipped=count(one.skipped),
             ineligible=count(one.ineligible))  # fmt: skip
    estimate = one.estimate
    if estimate.covered < 0.9995 and estimate.value is not None:
        part = share(estimate.covered)
        told += " " + _("Of the rest nothing was read at all, so the share speaks of {part} of them.", part=part)
    return told


def stratum_name(name: str, *, coaching: bool = False) -> str:
    """A stratum as people read it."""
    if coaching:
        return name
    team, risk, channel = parts(name)
    told = [value_name("team", team) if team else _("no team"), _(RISK_WORDS.get(risk, risk))]
    return " · ".join([*told, *([] if channel == OTHERS else [value_name("channel", channel)])])


def part_name(part: str, value: str) -> str:
    """A value of a split as people read it."""
    if part == "risk":
        return _(RISK_WORDS.get(value, value))
    if part == "cause":
        return cause_name(value)
    if part == "criterion":
        return criterion_name(value)
    return value_name(part, value) if value else _("no team")


def criterion_name(code: str) -> str:
    """A line of a scorecard: its code, and its words where it came with the product."""
    told = _(f"criterion.{code}")
    return code if told.startswith("criterion.") else f"{code} {told}"


def cause_name(code: str) -> str:
    """A root cause as people read it."""
    told = _(f"cause.{code}")
    return code if told.startswith("cause.") else told


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """A share with its interval."""
    if value is None or low is None or high is None:
        return NOTHING if value is None else share(value)
    return _("{share} ({low} to {high})", share=share(value), low=share(low), high=share(high))
